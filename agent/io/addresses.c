#include "agent/io/addresses.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include <ares.h>
#include <netinet/in.h>

#include "agent/io/headers.h"

/* Longer chains of CNAMEs are given up by resolvers, too. */
#define CHAIN_MAX   32
#define RECORDS_MAX 256 /* that are looked at */

#define TYPE_A     1
#define TYPE_CNAME 5
#define TYPE_AAAA  28
#define CLASS_IN   1
/* Of a record behind its name: type, class, TTL, length (RFC 1035 section 3.2.1). */
#define FIXED_SIZE 10

struct record {
    char *owner; /* c-ares's, with what is no letter of a host name escaped */
    int type, class;
    const uint8_t *data;
    size_t len;
};

struct cursor {
    const uint8_t *message, *at, *end;
};

static int number(const uint8_t *at)
{
    return at[0] << 8 | at[1];
}

/* The caller frees (ares_free_string). */
static char *name_at(const struct cursor *c, const uint8_t *at, size_t *ret_len)
{
    char *name = NULL;
    long len = 0;
    if (at >= c->end || ares_expand_name(at, c->message, (int)(c->end - c->message), &name, &len) != ARES_SUCCESS)
        return NULL;
    *ret_len = (size_t)len;
    return name;
}

static bool record_next(struct cursor *c, struct record *ret)
{
    size_t len = 0;
    char *owner = name_at(c, c->at, &len);
    const uint8_t *fixed = c->at + len;
    if (!owner || c->end - fixed < FIXED_SIZE || c->end - fixed - FIXED_SIZE < number(fixed + 8)) {
        ares_free_string(owner);
        return false;
    }
    *ret = (struct record){owner, number(fixed), number(fixed + 2), fixed + FIXED_SIZE, (size_t)number(fixed + 8)};
    c->at = ret->data + ret->len;
    return true;
}

static bool address_of(const struct record *r, int family, struct sockaddr_storage *ret)
{
    struct sockaddr_in v4 = {.sin_family = AF_INET};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};
    memset(ret, 0, sizeof *ret);
    if (family == 4 && r->type == TYPE_A && r->len == sizeof v4.sin_addr) {
        memcpy(&v4.sin_addr, r->data, r->len);
        memcpy(ret, &v4, sizeof v4);
        return true;
    }
    if (family == 6 && r->type == TYPE_AAAA && r->len == sizeof v6.sin6_addr) {
        memcpy(&v6.sin6_addr, r->data, r->len);
        memcpy(ret, &v6, sizeof v6);
        return true;
    }
    return false;
}

/* From alias to alias, each looked for in all of the answer. The name is
 * replaced by the last one; false when there is no last one. */
static bool follow(const struct cursor *c, const struct record *records, size_t count, char **name)
{
    for (size_t step = 0; step < CHAIN_MAX; step++) {
        size_t i = 0, len;
        while (i < count && (records[i].type != TYPE_CNAME || strcasecmp(records[i].owner, *name) != 0))
            i++;
        if (i == count)
            return true;
        char *target = name_at(c, records[i].data, &len);
        if (!target)
            return false;
        ares_free_string(*name);
        *name = target;
    }
    return false;
}

int addresses_read(const uint8_t *message, size_t len, int family, struct sockaddr_storage *ret, size_t max)
{
    struct cursor c = {message, message + DNS_HEADER_SIZE, message + len};
    size_t question = 0, count = 0, found = 0;
    char *name = len > DNS_HEADER_SIZE && number(message + 4) == 1 ? name_at(&c, c.at, &question) : NULL;
    if (!name)
        return -EBADMSG;
    struct record *records = alloc_zero(RECORDS_MAX, sizeof *records);
    size_t wanted = (size_t)number(message + 6);
    bool good = c.end - c.at >= (ptrdiff_t)question + 4;
    c.at += good ? question + 4 : 0;
    while (good && count < wanted && count < RECORDS_MAX) {
        good = record_next(&c, &records[count]);
        count += good;
    }
    good = good && follow(&c, records, count, &name);
    for (size_t i = 0; good && i < count && found < max; i++)
        if (records[i].class == CLASS_IN && strcasecmp(records[i].owner, name) == 0)
            found += address_of(&records[i], family, &ret[found]);
    for (size_t i = 0; i < count; i++)
        ares_free_string(records[i].owner);
    free(records);
    ares_free_string(name);
    return good ? (int)found : -EBADMSG;
}
