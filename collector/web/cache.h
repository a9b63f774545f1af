/* Pages as they were rendered, by path, each good for one version of the data
 * alone. It is bounded; what was asked least recently goes first. Many threads
 * share it. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

#include "collector/http/etag.h"
#include "collector/web/page.h"
#include "common/buf.h"

/* A front page is 25 kB; every operator, department and town of a country in all
 * languages are some hundred pages. */
#define CACHE_PAGES_MAX 512
#define CACHE_BYTES_MAX (16u << 20)

struct cache;

struct cache *cache_new(void);
void cache_free(struct cache *cache);

/* Appends the page of this path to body, if it was made of this very version. */
bool cache_get(struct cache *cache, const char *path, const char *version, struct buf *body,
               char ret_etag[static ETAG_SIZE]);
/* Keeps it, unless the page is behind a secret link; etag: of body. */
void cache_put(struct cache *cache, const struct page *page, const char *path, const char *version,
               const struct buf *body, const char *etag);

/* Who makes a page of this path; nobody else does meanwhile. */
struct cache_turn {
    const char *path; /* borrowed until it is given back */
    struct cache_turn *next;
};

/* False: another has it. */
bool cache_turn_take(struct cache *cache, const char *path, struct cache_turn *ret);
void cache_turn_give(struct cache *cache, struct cache_turn *turn);
/* Waits until nobody makes it; false when that lasts longer than `until` (wake.h). */
bool cache_turn_wait(struct cache *cache, const char *path, const struct timespec *until);
