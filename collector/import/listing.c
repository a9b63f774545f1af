#include "collector/import/listing.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "common/lang.h"
#include "common/scan.h"

#define LINE_MAX 2000

/* ---- words ---- */

int import_whole(const char *text, size_t len, uint64_t max, uint64_t *ret)
{
    uint64_t n = 0;
    if (len == 0 || len > 10)
        return -EBADMSG;
    for (size_t i = 0; i < len; i++) {
        if (text[i] < '0' || text[i] > '9')
            return -EBADMSG;
        n = n * 10 + (uint64_t)(text[i] - '0');
    }
    *ret = n;
    return n > max ? -EBADMSG : 0;
}

static bool has_host_bits(const unsigned char *octets, size_t size, unsigned bits)
{
    for (unsigned i = bits; i < size * 8; i++)
        if (octets[i / 8] & 0x80 >> i % 8)
            return true;
    return false;
}

int import_prefix(const char *addr, const char *length, struct import_prefix *ret, struct fault *f)
{
    unsigned char octets[16];
    uint64_t bits;
    *ret = (struct import_prefix){.v6 = strchr(addr, ':') != NULL};
    if (strlen(addr) >= sizeof ret->addr || inet_pton(ret->v6 ? AF_INET6 : AF_INET, addr, octets) != 1)
        return fault_set(f, -EBADMSG,
                         _("\"%.64s\" is no address; write the prefix's first address, such as 41.85.160.0"), addr);
    unsigned widest = ret->v6 ? 128 : 32;
    if (import_whole(length, strlen(length), widest, &bits) < 0)
        return fault_set(f, -EBADMSG, _("\"%.64s\" is no length of a prefix; write a whole number from 0 to %u"),
                         length, widest);
    if (has_host_bits(octets, widest / 8, (unsigned)bits))
        return fault_set(f, -EBADMSG, _("%s is not the first address of a /%u; correct one of the two"), addr,
                         (unsigned)bits);
    snprintf(ret->addr, sizeof ret->addr, "%s", addr);
    ret->bits = (unsigned)bits;
    return 0;
}

/* ---- lines ---- */

int import_lines(const char *text, size_t len, int (*read)(void *ctx, char *line, struct fault *f), void *ctx,
                 struct fault *f)
{
    size_t bad = scan_utf8(text, len), number = 0;
    if (bad != len || memchr(text, '\0', len))
        return fault_set(f, -EBADMSG, _("not a text file; give it as it was published, unpacked"));
    for (const char *at = text, *end = text + len; at < end;) {
        char line[LINE_MAX];
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        size_t size = (size_t)((stop ? stop : end) - at);
        number++;
        if (size >= sizeof line)
            return fault_set(f, -EBADMSG,
                             _("line %zu: longer than %d characters; put each prefix on a line of its own"), number,
                             LINE_MAX - 1);
        memcpy(line, at, size);
        at += size + 1;
        if (size > 0 && line[size - 1] == '\r')
            size--;
        line[size] = '\0';
        int rc = *line ? read(ctx, line, f) : 0;
        if (rc < 0) {
            fault_prefix(f, _("line %zu: "), number);
            return rc;
        }
    }
    return 0;
}
