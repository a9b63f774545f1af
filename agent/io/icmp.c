#include "agent/io/icmp.h"

#include <errno.h>
#include <string.h>

#include <sys/random.h>

#include "common/alloc.h"
#include "common/lang.h"

enum {
    ECHO4_REPLY = 0,
    ECHO4_REQUEST = 8,
    ECHO6_REQUEST = 128,
    ECHO6_REPLY = 129,
};

static void put16(uint8_t *at, unsigned value)
{
    at[0] = (uint8_t)(value >> 8);
    at[1] = (uint8_t)value;
}

static uint16_t get16(const uint8_t *at)
{
    return (uint16_t)(at[0] << 8 | at[1]);
}

void tag_make(struct tag *ret)
{
    /* Eight octets never come short and never block once the machine is up. */
    while (getrandom(ret->cookie, sizeof ret->cookie, 0) != (ssize_t)sizeof ret->cookie)
        ;
}

void tag_write(const struct tag *tag, uint32_t seq, uint8_t *at)
{
    memcpy(at, tag->cookie, TAG_COOKIE_SIZE);
    put16(at + TAG_COOKIE_SIZE, seq >> 16);
    put16(at + TAG_COOKIE_SIZE + 2, seq & 0xffff);
}

bool tag_read(const struct tag *tag, const uint8_t *bytes, size_t len, uint32_t *ret_seq)
{
    if (len < TAG_SIZE || memcmp(bytes, tag->cookie, TAG_COOKIE_SIZE) != 0)
        return false;
    *ret_seq = (uint32_t)get16(bytes + TAG_COOKIE_SIZE) << 16 | get16(bytes + TAG_COOKIE_SIZE + 2);
    return true;
}

bool tag_find(const struct tag *tag, const uint8_t *bytes, size_t len, uint32_t *ret_seq)
{
    const uint8_t *at = len ? memmem(bytes, len, tag->cookie, TAG_COOKIE_SIZE) : NULL;
    return at && tag_read(tag, at, len - (size_t)(at - bytes), ret_seq);
}

/* The Internet checksum, RFC 1071. */
static uint16_t checksum(const uint8_t *bytes, size_t len)
{
    uint32_t sum = 0;
    for (size_t i = 0; i + 1 < len; i += 2)
        sum += get16(bytes + i);
    if (len & 1)
        sum += (uint32_t)bytes[len - 1] << 8;
    while (sum >> 16)
        sum = (sum & 0xffff) + (sum >> 16);
    return (uint16_t)~sum;
}

void icmp_echo_write(int af, uint16_t id, uint32_t seq, const struct tag *tag, size_t size, uint8_t *bytes)
{
    memset(bytes, 0, ICMP_HEADER_SIZE + size);
    bytes[0] = af == 4 ? ECHO4_REQUEST : ECHO6_REQUEST;
    put16(bytes + 4, id);
    put16(bytes + 6, seq & 0xffff);
    tag_write(tag, seq, bytes + ICMP_HEADER_SIZE);
    if (af == 4)
        put16(bytes + 2, checksum(bytes, ICMP_HEADER_SIZE + size));
}

bool icmp_echo_read(int af, const uint8_t *bytes, size_t len, int id, const struct tag *tag, uint32_t *ret_seq)
{
    uint32_t seq;
    if (len < ICMP_HEADER_SIZE || bytes[0] != (af == 4 ? ECHO4_REPLY : ECHO6_REPLY) || bytes[1] != 0)
        return false;
    if (id >= 0 && get16(bytes + 4) != id)
        return false;
    if (!tag_read(tag, bytes + ICMP_HEADER_SIZE, len - ICMP_HEADER_SIZE, &seq) || get16(bytes + 6) != (seq & 0xffff))
        return false;
    *ret_seq = seq;
    return true;
}

bool icmp_quote_read(int af, const uint8_t *bytes, size_t len, int id, uint16_t *ret_seq)
{
    if (len < ICMP_HEADER_SIZE || bytes[0] != (af == 4 ? ECHO4_REQUEST : ECHO6_REQUEST))
        return false;
    if (id >= 0 && get16(bytes + 4) != id)
        return false;
    *ret_seq = get16(bytes + 6);
    return true;
}

int icmp_skip_ip4(const uint8_t *bytes, size_t len)
{
    if (len < 20 || bytes[0] >> 4 != 4)
        return -EBADMSG;
    size_t header = (size_t)(bytes[0] & 15) * 4;
    if (header < 20 || header > len)
        return -EBADMSG;
    return (int)header;
}

/* Errors by version, type and code: RFC 792, RFC 1122 section 3.2.2.1,
 * RFC 1812 section 5.2.7.1; RFC 4443 section 3. */
static const struct icmp_kind {
    uint8_t af, type;
    int code; /* -1: any */
    enum icmp_class class;
    char atlas;
    const char *word;
} kinds[] = {
    {4, 3, 0, ICMP_CLASS_UNREACHABLE, 'N', N_("network_unreachable")},
    {4, 3, 1, ICMP_CLASS_UNREACHABLE, 'H', N_("host_unreachable")},
    {4, 3, 2, ICMP_CLASS_UNREACHABLE, 'P', N_("protocol_unreachable")},
    {4, 3, 3, ICMP_CLASS_PORT, 0, N_("port_unreachable")},
    {4, 3, 4, ICMP_CLASS_TOO_BIG, 0, N_("too_big")},
    {4, 3, 5, ICMP_CLASS_UNREACHABLE, 0, N_("source_route_failed")},
    {4, 3, 6, ICMP_CLASS_UNREACHABLE, 0, N_("network_unknown")},
    {4, 3, 7, ICMP_CLASS_UNREACHABLE, 0, N_("host_unknown")},
    {4, 3, 9, ICMP_CLASS_UNREACHABLE, 0, N_("network_prohibited")},
    {4, 3, 10, ICMP_CLASS_UNREACHABLE, 0, N_("host_prohibited")},
    {4, 3, 13, ICMP_CLASS_UNREACHABLE, 'A', N_("admin_prohibited")},
    {4, 3, -1, ICMP_CLASS_UNREACHABLE, 0, NULL},
    {4, 11, 0, ICMP_CLASS_EXPIRED, 0, N_("ttl_exceeded")},
    {4, 11, -1, ICMP_CLASS_OTHER, 0, N_("reassembly_timeout")},
    {4, 12, -1, ICMP_CLASS_OTHER, 0, N_("parameter_problem")},
    {6, 1, 0, ICMP_CLASS_UNREACHABLE, 'N', N_("no_route")},
    {6, 1, 1, ICMP_CLASS_UNREACHABLE, 'A', N_("admin_prohibited")},
    {6, 1, 2, ICMP_CLASS_UNREACHABLE, 'h', N_("beyond_scope")},
    {6, 1, 3, ICMP_CLASS_UNREACHABLE, 'H', N_("host_unreachable")},
    {6, 1, 4, ICMP_CLASS_PORT, 0, N_("port_unreachable")},
    {6, 1, 5, ICMP_CLASS_UNREACHABLE, 0, N_("source_policy")},
    {6, 1, 6, ICMP_CLASS_UNREACHABLE, 0, N_("route_rejected")},
    {6, 1, -1, ICMP_CLASS_UNREACHABLE, 0, NULL},
    {6, 2, -1, ICMP_CLASS_TOO_BIG, 0, N_("too_big")},
    {6, 3, 0, ICMP_CLASS_EXPIRED, 0, N_("ttl_exceeded")},
    {6, 3, -1, ICMP_CLASS_OTHER, 0, N_("reassembly_timeout")},
    {6, 4, -1, ICMP_CLASS_OTHER, 0, N_("parameter_problem")},
};

static const struct icmp_kind *kind_find(int af, uint8_t type, uint8_t code)
{
    for (size_t i = 0; i < COUNT(kinds); i++) {
        if (kinds[i].af == af && kinds[i].type == type && (kinds[i].code < 0 || kinds[i].code == code))
            return &kinds[i];
    }
    return NULL;
}

enum icmp_class icmp_error_class(int af, uint8_t type, uint8_t code)
{
    const struct icmp_kind *kind = kind_find(af, type, code);
    return kind ? kind->class : ICMP_CLASS_OTHER;
}

const char *icmp_error_word(int af, uint8_t type, uint8_t code)
{
    const struct icmp_kind *kind = kind_find(af, type, code);
    return kind ? kind->word : NULL;
}

char icmp_error_atlas(int af, uint8_t type, uint8_t code)
{
    const struct icmp_kind *kind = kind_find(af, type, code);
    return kind ? kind->atlas : 0;
}
