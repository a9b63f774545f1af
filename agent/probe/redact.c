#include "agent/probe/redact.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <string.h>
#include <sys/socket.h>

#include "common/sign.h"

/* Strings of the detail under this name hold a packet in base64. */
#define PACKET_MEMBER "raw"

struct scope {
    const struct network *network;
    /* The address measured: stays although it lies under a prefix seen. */
    int family;
    uint8_t keep[16];
};

static bool cuts(const struct scope *s, int family, const void *address)
{
    if (s->family == family && memcmp(s->keep, address, family == AF_INET ? 4 : 16) == 0)
        return network_is_own(s->network, family, address);
    return network_tells(s->network, family, address);
}

/* ---- IPv4 in text ---- */

/* A quad at text: decimal octets with one and the same separator between them.
 * Returns its length, 0 when there is none. */
static size_t quad_read(const char *text, size_t len, uint8_t ret[static 4], char *ret_separator)
{
    size_t at = 0;
    for (int octet = 0; octet < 4; octet++) {
        unsigned value = 0, digits = 0;
        if (octet > 0) {
            if (at == len || !strchr(".-_", text[at]) || !text[at] || (octet > 1 && text[at] != *ret_separator))
                return 0;
            *ret_separator = text[at++];
        }
        for (; at < len && digits < 3 && isdigit((unsigned char)text[at]); at++, digits++)
            value = 10 * value + (unsigned)(text[at] - '0');
        if (digits == 0 || value > 255)
            return 0;
        ret[octet] = (uint8_t)value;
    }
    return at < len && isdigit((unsigned char)text[at]) ? 0 : at;
}

/* "/32" after an address becomes "/24"; a shorter prefix stays. */
static size_t suffix_cut(const char *text, size_t len, unsigned max, struct buf *out)
{
    unsigned value = 0;
    size_t at = 1;
    if (len < 2 || text[0] != '/')
        return 0;
    for (; at < len && at < 4 && isdigit((unsigned char)text[at]); at++)
        value = 10 * value + (unsigned)(text[at] - '0');
    bool goes_on = at < len && (isalnum((unsigned char)text[at]) || strchr("-_", text[at]) ||
                                (text[at] == '.' && at + 1 < len && isdigit((unsigned char)text[at + 1])));
    if (at == 1 || goes_on) /* none, or the next part of a path */
        return 0;
    buf_addf(out, "/%u", value < max ? value : max);
    return at;
}

/* Octets of the text that were taken and rewritten, 0 when there is nothing to cut. */
static size_t quad_cut(const struct scope *s, const char *text, size_t len, struct buf *out)
{
    uint8_t a[4];
    char c;
    size_t taken = quad_read(text, len, a, &c);
    if (taken == 0)
        return 0;
    if (cuts(s, AF_INET, a)) {
        buf_addf(out, "%u%c%u%c%u%c0", a[0], c, a[1], c, a[2], c);
        return taken + suffix_cut(text + taken, len - taken, 24, out);
    }
    const uint8_t reversed[4] = {a[3], a[2], a[1], a[0]};
    if (!cuts(s, AF_INET, reversed))
        return 0;
    buf_addf(out, "0%c%u%c%u%c%u", c, a[1], c, a[2], c, a[3]);
    return taken;
}

/* ---- IPv6 in text ---- */

static bool in_address6(char c)
{
    return isxdigit((unsigned char)c) || c == ':' || c == '.';
}

/* An IPv4 address inside an IPv6 one: mapped, NAT64 (RFC 6052), 6to4 (RFC 3056). */
static bool cut_embedded(const struct scope *s, struct in6_addr *a)
{
    static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff}, nat64[12] = {0, 0x64, 0xff, 0x9b};
    uint8_t *o = a->s6_addr;
    if ((memcmp(o, mapped, 12) == 0 || memcmp(o, nat64, 12) == 0) && cuts(s, AF_INET, o + 12)) {
        o[15] = 0;
        return true;
    }
    if (o[0] == 0x20 && o[1] == 0x02 && cuts(s, AF_INET, o + 2)) {
        memset(o + 5, 0, 11);
        return true;
    }
    return false;
}

static bool cut_bytes6(const struct scope *s, struct in6_addr *a)
{
    if (cut_embedded(s, a))
        return true;
    if (!cuts(s, AF_INET6, a))
        return false;
    memset(a->s6_addr + 6, 0, 10);
    return true;
}

/* The longest IPv6 address at text, 0 when there is none. */
static size_t address6_read(const char *text, size_t len, struct in6_addr *ret)
{
    char copy[INET6_ADDRSTRLEN];
    size_t run = 0, colons = 0;
    for (; run < len && run < sizeof copy - 1 && in_address6(text[run]); run++)
        colons += text[run] == ':';
    if (colons < 2)
        return 0;
    memcpy(copy, text, run);
    for (; run >= 2; run--) {
        copy[run] = '\0';
        if (inet_pton(AF_INET6, copy, ret) == 1)
            return run;
    }
    return 0;
}

/* As quad_cut. *ret_skip: octets of an address that is somebody else's. */
static size_t address6_cut(const struct scope *s, const char *text, size_t len, struct buf *out, size_t *ret_skip)
{
    struct in6_addr a;
    char copy[INET6_ADDRSTRLEN];
    size_t taken = address6_read(text, len, &a);
    *ret_skip = 0;
    if (taken == 0)
        return 0;
    if (!cut_bytes6(s, &a)) {
        *ret_skip = taken;
        return 0;
    }
    buf_add_text(out, inet_ntop(AF_INET6, &a, copy, sizeof copy));
    return taken + suffix_cut(text + taken, len - taken, 48, out);
}

/* The longest IPv6 address at text with hyphens for its colons, as host names
 * have it ("2001-db8-1--2.dyn.example"); 0 when there is none. */
static size_t hyphens6_read(const char *text, size_t len, struct in6_addr *ret)
{
    char copy[INET6_ADDRSTRLEN];
    size_t run = 0, hyphens = 0;
    for (; run < len && run < sizeof copy - 1 && (isxdigit((unsigned char)text[run]) || text[run] == '-'); run++) {
        copy[run] = text[run] == '-' ? ':' : text[run];
        hyphens += text[run] == '-';
    }
    if (hyphens < 2)
        return 0;
    for (; run >= 2; run--) {
        copy[run] = '\0';
        if (inet_pton(AF_INET6, copy, ret) == 1)
            return run;
    }
    return 0;
}

static size_t hyphens6_cut(const struct scope *s, const char *text, size_t len, struct buf *out)
{
    char copy[INET6_ADDRSTRLEN];
    struct in6_addr a;
    size_t taken = hyphens6_read(text, len, &a);
    if (taken == 0 || !cut_bytes6(s, &a))
        return 0;
    inet_ntop(AF_INET6, &a, copy, sizeof copy);
    for (const char *c = copy; *c; c++)
        buf_add_char(out, *c == ':' ? '-' : *c);
    return taken;
}

static int hex_value(char c)
{
    return isdigit((unsigned char)c) ? c - '0' : tolower((unsigned char)c) - 'a' + 10;
}

/* 32 hex digits, the last first, each `step` after the other from text[0] on:
 * ip6.arpa (RFC 3596 section 2.5). Their separators are the caller's business. */
static bool nibbles_read(const char *text, size_t len, struct in6_addr *ret)
{
    if (len < 63)
        return false;
    memset(ret, 0, sizeof *ret);
    for (size_t i = 0; i < 32; i++) {
        if (!isxdigit((unsigned char)text[2 * i]))
            return false;
        ret->s6_addr[15 - i / 2] |= (uint8_t)(hex_value(text[2 * i]) << (i % 2 ? 4 : 0));
    }
    return true;
}

static size_t nibbles_cut(const struct scope *s, const char *text, size_t len, struct buf *out)
{
    struct in6_addr a;
    if (len < 63 || text[1] != '.' || !nibbles_read(text, len, &a) || !cut_bytes6(s, &a))
        return 0;
    for (size_t i = 0; i < 32; i++) {
        if (i < 31 && text[2 * i + 1] != '.')
            return 0;
    }
    for (size_t i = 0; i < 32; i++)
        buf_addf(out, "%s%x", i ? "." : "", (unsigned)a.s6_addr[15 - i / 2] >> (i % 2 ? 4 : 0) & 15);
    return 63;
}

/* ---- text ---- */

static bool cut_text(const struct scope *s, const char *text, size_t len, struct buf *out)
{
    bool changed = false;
    for (size_t at = 0; at < len;) {
        char c = text[at];
        size_t taken = 0, skip = 0;
        bool after_digit = at > 0 && isdigit((unsigned char)text[at - 1]);
        bool begins_hex = isxdigit((unsigned char)c) && (at == 0 || !isxdigit((unsigned char)text[at - 1]));
        if (begins_hex)
            taken = nibbles_cut(s, text + at, len - at, out);
        if (begins_hex && taken == 0)
            taken = hyphens6_cut(s, text + at, len - at, out);
        if (taken == 0 && (isxdigit((unsigned char)c) || c == ':'))
            taken = address6_cut(s, text + at, len - at, out, &skip);
        if (taken == 0 && skip == 0 && isdigit((unsigned char)c) && !after_digit)
            taken = quad_cut(s, text + at, len - at, out);
        if (taken > 0) {
            at += taken;
            changed = true;
            continue;
        }
        if (skip == 0)
            skip = 1;
        buf_add(out, text + at, skip);
        at += skip;
    }
    return changed;
}

bool redact_text(const struct network *n, const char *text, size_t len, struct buf *out)
{
    const struct scope s = {.network = n};
    return cut_text(&s, text, len, out);
}

/* ---- packets ---- */

/* The digits of an IPv6 address in text past its third group become zeros. */
static void zero_groups(char *text, size_t len, char separator)
{
    size_t separators = 0;
    for (size_t i = 0; i < len; i++) {
        separators += text[i] == separator;
        if (separators >= 3 && isxdigit((unsigned char)text[i]))
            text[i] = '0';
    }
}

/* Labels of a name (RFC 1035 section 3.1) that are a quad's octets. Returns
 * their length with their counts, 0 when they are none. */
static size_t quad_labels_read(const uint8_t *bytes, size_t len, uint8_t ret[static 4])
{
    size_t at = 0;
    for (int octet = 0; octet < 4; octet++) {
        unsigned value = 0, digits = at < len ? bytes[at++] : 0;
        if (digits < 1 || digits > 3 || len - at < digits)
            return 0;
        for (unsigned i = 0; i < digits; i++, at++) {
            if (!isdigit(bytes[at]))
                return 0;
            value = 10 * value + (unsigned)(bytes[at] - '0');
        }
        if (value > 255)
            return 0;
        ret[octet] = (uint8_t)value;
    }
    return at;
}

/* in-addr.arpa and ip6.arpa in labels: the last part stands first. */
static bool cut_labels(const struct scope *s, uint8_t *bytes, size_t len)
{
    uint8_t quad[4];
    struct in6_addr a;
    size_t taken = quad_labels_read(bytes, len, quad);
    const uint8_t reversed[4] = {quad[3], quad[2], quad[1], quad[0]};
    if (taken > 0 && cuts(s, AF_INET, reversed)) {
        memset(bytes + 1, '0', bytes[0]);
        return true;
    }
    if (len < 64 || bytes[0] != 1 || bytes[2] != 1 || !nibbles_read((const char *)bytes + 1, len - 1, &a) ||
        !cut_bytes6(s, &a))
        return false;
    for (size_t i = 0; i < 20; i++)
        bytes[1 + 2 * i] = '0';
    return true;
}

/* In octets nothing may change its length. An address in text keeps its
 * leading part: the digits after it become zeros. */
static bool cut_packet_text(const struct scope *s, uint8_t *bytes, size_t len)
{
    bool changed = false;
    for (size_t at = 0; at < len; at++) {
        char *text = (char *)bytes + at, separator;
        uint8_t quad[4];
        struct in6_addr a;
        size_t taken = quad_read(text, len - at, quad, &separator);
        if (taken > 0 && cuts(s, AF_INET, quad)) {
            for (size_t i = taken; text[i - 1] != separator; i--)
                text[i - 1] = '0';
            changed = true;
            continue;
        }
        taken = isxdigit(bytes[at]) ? address6_read(text, len - at, &a) : 0;
        if (taken > 0 && cut_bytes6(s, &a)) {
            zero_groups(text, taken, ':');
            changed = true;
        }
        taken = isxdigit(bytes[at]) ? hyphens6_read(text, len - at, &a) : 0;
        if (taken > 0 && cut_bytes6(s, &a)) {
            zero_groups(text, taken, '-');
            changed = true;
        }
        changed |= cut_labels(s, bytes + at, len - at);
    }
    return changed;
}

static bool cut_packet_octets(const struct scope *s, uint8_t *bytes, size_t len)
{
    bool changed = false;
    for (size_t at = 0; at < len; at++) {
        if (len - at >= 4 && cuts(s, AF_INET, bytes + at)) {
            changed |= bytes[at + 3] != 0;
            bytes[at + 3] = 0;
        }
        if (len - at >= 16 && cuts(s, AF_INET6, bytes + at)) {
            memset(bytes + at + 6, 0, 10);
            changed = true;
        }
    }
    return changed;
}

/* NULL when it is no base64 or nothing had to be cut. */
static json_t *cut_packet(const struct scope *s, const char *text, size_t text_len)
{
    size_t len = text_len / 4 * 3;
    if (len == 0 || text_len % 4 != 0)
        return NULL;
    len -= (text[text_len - 1] == '=') + (text[text_len - 2] == '=');
    _cleanup_text_ char *bytes = alloc_zero(1, len + 1), *again = alloc_zero(1, text_len + 1);
    if (base64_read(text, text_len, bytes, len) < 0)
        return NULL;
    bool changed = cut_packet_text(s, (uint8_t *)bytes, len);
    changed |= cut_packet_octets(s, (uint8_t *)bytes, len);
    if (!changed)
        return NULL;
    base64_write(bytes, len, again);
    return json_string(again);
}

/* ---- the detail ---- */

static json_t *cut_string(const struct scope *s, const char *name, const json_t *value)
{
    _cleanup_(buf_free) struct buf out = {0};
    const char *text = json_string_value(value);
    size_t len = json_string_length(value);
    if (name && strcmp(name, PACKET_MEMBER) == 0) {
        json_t *packet = cut_packet(s, text, len);
        if (packet)
            return packet;
    }
    return cut_text(s, text, len, &out) ? json_stringn(out.data, out.len) : NULL;
}

/* A new value, NULL when it may stay. Nesting is what a check builds. */
static json_t *cut_value(const struct scope *s, const char *name, json_t *value);

static void cut_members(const struct scope *s, json_t *object)
{
    const char *name;
    json_t *value;
    void *next;
    _cleanup_(buf_free) struct buf key = {0};
    json_object_foreach_safe(object, next, name, value)
    {
        json_t *fresh = cut_value(s, name, value);
        if (fresh)
            json_object_set_new(object, name, fresh);
        buf_clear(&key);
        if (cut_text(s, name, strlen(name), &key) && strcmp(key.data, name) != 0) {
            json_object_set(object, key.data, json_object_get(object, name));
            json_object_del(object, name);
        }
    }
}

static json_t *cut_value(const struct scope *s, const char *name, json_t *value)
{
    if (json_is_string(value))
        return cut_string(s, name, value);
    for (size_t i = 0; i < json_array_size(value); i++) {
        json_t *fresh = cut_value(s, name, json_array_get(value, i));
        if (fresh)
            json_array_set_new(value, i, fresh);
    }
    if (json_is_object(value))
        cut_members(s, value);
    return NULL;
}

static void cut_owned(const struct scope *s, char **text)
{
    _cleanup_(buf_free) struct buf out = {0};
    if (*text && cut_text(s, *text, strlen(*text), &out)) {
        free(*text);
        *text = buf_take(&out);
    }
}

void redact_result(const struct network *n, struct result *r)
{
    struct scope s = {.network = n};
    _cleanup_(buf_free) struct buf out = {0};
    const char *measured = *r->addr ? r->addr : r->target ? r->target : "";
    if (inet_pton(AF_INET, measured, s.keep) == 1)
        s.family = AF_INET;
    else if (inet_pton(AF_INET6, measured, s.keep) == 1)
        s.family = AF_INET6;
    if (*r->addr && cut_text(&s, r->addr, strlen(r->addr), &out))
        snprintf(r->addr, sizeof r->addr, "%s", out.data);
    cut_owned(&s, &r->task);
    cut_owned(&s, &r->target);
    cut_members(&s, r->detail);
}
