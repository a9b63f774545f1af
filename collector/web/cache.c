#include "collector/web/cache.h"

#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/wake.h"

struct sheet {
    char *path, *version;
    struct buf body;
    char etag[ETAG_SIZE];
    uint64_t used; /* when, on the cache's own count */
};

struct cache {
    pthread_mutex_t lock;
    struct sheet sheets[CACHE_PAGES_MAX]; /* those in use come first */
    size_t count, bytes;
    uint64_t turn;
    struct cache_turn *making;
    pthread_cond_t made;
};

struct cache *cache_new(void)
{
    struct cache *cache = alloc_zero(1, sizeof *cache);
    pthread_mutex_init(&cache->lock, NULL);
    wake_init(&cache->made);
    return cache;
}

static void drop(struct cache *cache, struct sheet *s)
{
    cache->bytes -= s->body.len;
    free(s->path);
    free(s->version);
    buf_free(&s->body);
    *s = cache->sheets[--cache->count];
}

void cache_free(struct cache *cache)
{
    if (!cache)
        return;
    while (cache->count > 0)
        drop(cache, &cache->sheets[0]);
    pthread_cond_destroy(&cache->made);
    pthread_mutex_destroy(&cache->lock);
    free(cache);
}

static struct sheet *find(struct cache *cache, const char *path)
{
    for (size_t i = 0; i < cache->count; i++)
        if (!strcmp(cache->sheets[i].path, path))
            return &cache->sheets[i];
    return NULL;
}

bool cache_get(struct cache *cache, const char *path, const char *version, struct buf *body,
               char ret_etag[static ETAG_SIZE])
{
    pthread_mutex_lock(&cache->lock);
    struct sheet *s = find(cache, path);
    bool fresh = s && !strcmp(s->version, version);
    if (fresh) {
        s->used = ++cache->turn;
        buf_add(body, s->body.data, s->body.len);
        snprintf(ret_etag, ETAG_SIZE, "%s", s->etag);
    }
    pthread_mutex_unlock(&cache->lock);
    return fresh;
}

static struct sheet *oldest(struct cache *cache)
{
    struct sheet *found = &cache->sheets[0];
    for (size_t i = 1; i < cache->count; i++)
        if (cache->sheets[i].used < found->used)
            found = &cache->sheets[i];
    return found;
}

void cache_put(struct cache *cache, const struct page *page, const char *path, const char *version,
               const struct buf *body, const char *etag)
{
    if (page->secret || body->len > CACHE_BYTES_MAX)
        return;
    pthread_mutex_lock(&cache->lock);
    struct sheet *before = find(cache, path);
    if (before)
        drop(cache, before);
    while (cache->count == CACHE_PAGES_MAX || cache->bytes + body->len > CACHE_BYTES_MAX)
        drop(cache, oldest(cache));
    struct sheet *s = &cache->sheets[cache->count++];
    *s = (struct sheet){.path = alloc_text(path), .version = alloc_text(version), .used = ++cache->turn};
    buf_add(&s->body, body->data, body->len);
    snprintf(s->etag, sizeof s->etag, "%s", etag);
    cache->bytes += body->len;
    pthread_mutex_unlock(&cache->lock);
}

/* ---- who makes one ---- */

static bool is_made(const struct cache *cache, const char *path)
{
    const struct cache_turn *t = cache->making;
    while (t && strcmp(t->path, path) != 0)
        t = t->next;
    return t;
}

bool cache_turn_take(struct cache *cache, const char *path, struct cache_turn *ret)
{
    pthread_mutex_lock(&cache->lock);
    bool idle = !is_made(cache, path);
    if (idle) {
        *ret = (struct cache_turn){path, cache->making};
        cache->making = ret;
    }
    pthread_mutex_unlock(&cache->lock);
    return idle;
}

void cache_turn_give(struct cache *cache, struct cache_turn *turn)
{
    pthread_mutex_lock(&cache->lock);
    struct cache_turn **at = &cache->making;
    while (*at != turn)
        at = &(*at)->next;
    *at = turn->next;
    pthread_cond_broadcast(&cache->made);
    pthread_mutex_unlock(&cache->lock);
}

bool cache_turn_wait(struct cache *cache, const char *path, const struct timespec *until)
{
    int rc = 0;
    pthread_mutex_lock(&cache->lock);
    while (rc == 0 && is_made(cache, path))
        rc = pthread_cond_timedwait(&cache->made, &cache->lock, until);
    pthread_mutex_unlock(&cache->lock);
    return rc == 0;
}
