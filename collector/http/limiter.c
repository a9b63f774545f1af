#include "collector/http/limiter.h"

#include <netinet/in.h>
#include <string.h>

#include "collector/http/keyed.h"
#include "common/alloc.h"

#define BUCKETS 16384 /* 256 KiB */

struct bucket {
    double tokens;
    int64_t at_us; /* when tokens was right; 0: never used, full */
};

struct limiter {
    double rate, burst, total;
    struct keyed key;
    struct bucket all;
    struct bucket buckets[BUCKETS];
};

struct limiter *limiter_new(double rate, double burst, double total)
{
    struct limiter *l = alloc_zero(1, sizeof *l);
    l->rate = rate;
    l->burst = burst;
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

static void refill(struct bucket *b, double rate, double burst, int64_t mono_us)
{
    if (b->at_us == 0)
        b->tokens = burst;
    else if (mono_us > b->at_us)
        b->tokens += rate * (double)(mono_us - b->at_us) / 1e6;
    if (b->tokens > burst)
        b->tokens = burst;
    b->at_us = mono_us;
}

static struct bucket *bucket_at(struct limiter *l, const void *key, size_t len, int64_t mono_us)
{
    struct bucket *b = &l->buckets[keyed_hash(&l->key, key, len) % BUCKETS];
    refill(b, l->rate, l->burst, mono_us);
    refill(&l->all, l->total, l->total, mono_us);
    return b;
}

bool limiter_open(struct limiter *l, const void *key, size_t len, int64_t mono_us)
{
    return bucket_at(l, key, len, mono_us)->tokens >= 1 && l->all.tokens >= 1;
}

void limiter_spend(struct limiter *l, const void *key, size_t len, int64_t mono_us)
{
    struct bucket *b = bucket_at(l, key, len, mono_us);
    b->tokens = b->tokens > 1 ? b->tokens - 1 : 0;
    l->all.tokens = l->all.tokens > 1 ? l->all.tokens - 1 : 0;
}

bool limiter_allow(struct limiter *l, const struct sockaddr *addr, int64_t mono_us)
{
    uint8_t octets[7];
    size_t len = prefix(addr, octets);
    bool open = limiter_open(l, octets, len, mono_us);
    if (open)
        limiter_spend(l, octets, len, mono_us);
    return open;
}
