#include "collector/target/limiter.h"

#include <netinet/in.h>
#include <string.h>

#include "collector/target/keyed.h"
#include "common/alloc.h"

#define BUCKETS 16384 /* 256 KiB */

struct bucket {
    double tokens;
    int64_t at_us; /* when tokens was right; 0: never used, full */
};

struct limiter {
    double rate, total;
    struct keyed key;
    struct bucket all;
    struct bucket buckets[BUCKETS];
};

struct limiter *limiter_new(double rate, double total)
{
    struct limiter *l = alloc_zero(1, sizeof *l);
    l->rate = rate;
    l->total = total;
    keyed_init(&l->key);
    return l;
}

void limiter_free(struct limiter *l)
{
    free(l);
}

/* The prefix as octets; an IPv4 address in IPv6's clothes is IPv4. */
static size_t prefix(const struct sockaddr *addr, uint8_t ret[static 7])
{
    const uint8_t *four = NULL;
    if (addr->sa_family == AF_INET) {
        four = (const uint8_t *)&((const struct sockaddr_in *)addr)->sin_addr;
    } else {
        const struct in6_addr *six = &((const struct sockaddr_in6 *)addr)->sin6_addr;
        if (!IN6_IS_ADDR_V4MAPPED(six)) {
            ret[0] = 6;
            memcpy(ret + 1, six, 6);
            return 7;
        }
        four = six->s6_addr + 12;
    }
    ret[0] = 4;
    memcpy(ret + 1, four, 3);
    return 4;
}

static void refill(struct bucket *b, double rate, int64_t mono_us)
{
    if (b->at_us == 0)
        b->tokens = rate;
    else if (mono_us > b->at_us)
        b->tokens += rate * (double)(mono_us - b->at_us) / 1e6;
    if (b->tokens > rate)
        b->tokens = rate;
    b->at_us = mono_us;
}

bool limiter_allow(struct limiter *l, const struct sockaddr *addr, int64_t mono_us)
{
    uint8_t octets[7];
    size_t len = prefix(addr, octets);
    struct bucket *b = &l->buckets[keyed_hash(&l->key, octets, len) % BUCKETS];
    refill(b, l->rate, mono_us);
    refill(&l->all, l->total, mono_us);
    if (b->tokens < 1 || l->all.tokens < 1)
        return false;
    b->tokens -= 1;
    l->all.tokens -= 1;
    return true;
}
