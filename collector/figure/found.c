#include "collector/figure/found.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define HEAD 4 /* family, bits, is_cidr, length: of an inet, and then the octets */

struct address {
    int32_t target_no;
    int16_t af;
    unsigned char len, octets[16];
};

static int order(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(struct address));
}

void found_add(struct found *f, int32_t target_no, int16_t af, const unsigned char *addr, size_t len)
{
    if (target_no == 0 || af == 0 || !addr || (len != HEAD + 4 && len != HEAD + 16))
        return;
    struct address a;
    memset(&a, 0, sizeof a); /* holes as well: compared as octets */
    a.target_no = target_no;
    a.af = af;
    a.len = (unsigned char)(len - HEAD);
    memcpy(a.octets, addr + HEAD, a.len);
    buf_add(&f->seen, &a, sizeof a);
}

void found_write(struct found *f, int64_t place)
{
    struct address *all = (void *)f->seen.data;
    size_t count = f->seen.len / sizeof *all;
    if (count > 0)
        qsort(all, count, sizeof *all, order);
    for (size_t i = 0; i < count; i++) {
        char text[INET6_ADDRSTRLEN];
        if (i > 0 && order(&all[i], &all[i - 1]) == 0)
            continue;
        const char *comma = f->places.len > 0 ? "," : "";
        buf_addf(&f->places, "%s%" PRId64, comma, place);
        buf_addf(&f->targets, "%s%" PRId32, comma, all[i].target_no);
        buf_addf(&f->families, "%s%d", comma, all[i].af);
        buf_addf(&f->addrs, "%s%s", comma,
                 inet_ntop(all[i].len == 4 ? AF_INET : AF_INET6, all[i].octets, text, sizeof text));
    }
    buf_clear(&f->seen);
}

void found_free(struct found *f)
{
    buf_free(&f->seen);
    buf_free(&f->places);
    buf_free(&f->targets);
    buf_free(&f->families);
    buf_free(&f->addrs);
}
