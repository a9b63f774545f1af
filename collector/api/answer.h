/* The rows of a query as the body of an HTTP answer, made while they are sent:
 * memory is bounded by one row and one buffer, however many rows there are.
 * Aggregates are gathered first, up to a bound, and shared (share.h). */
#pragma once

#include "collector/api/page.h"
#include "collector/format/encode.h"
#include "collector/http/http.h"
#include "collector/db/pg.h"

struct answer;

/* Where rows come from that no statement gives as they are. */
struct answer_source {
    /* Writes some to `waiting` with encode_row, those that page_takes; *ret_more: there may be others. */
    int (*next)(void *ctx, bool *ret_more, struct fault *f);
    void (*free)(void *ctx);
    void *ctx;
};

struct answer {
    struct pg_pool *pool;
    struct pg *pg; /* taken from pool, goes back when the answer ends */
    struct encoder encoder;
    /* Writes one row, between encode_next and encode_end_row when it is not encode_row. */
    void (*row)(struct answer *a, const struct pg_rows *row, struct buf *out);
    struct page page;
    /* Of struct endpoint. */
    void (*place)(const struct pg_rows *row, char ret_after[static PAGE_AFTER_SIZE]);
    const struct encode_column *extra; /* of `row`: owned, freed at the end */
    struct answer_source source;       /* next NULL: the statement's rows */
    struct buf waiting;
    size_t sent;   /* of waiting */
    size_t gather; /* so much is made before the first of it is sent; 0: as much as later */
    bool ended;
};

/* Sends the statement over a->pg and makes the reply a stream of its rows. What
 * fails before the first rows came is returned, so that it gets an answer of its
 * own, -ESTALE when those before the page are others now; later the connection is cut. Takes a (alloc'd) over in any
 * case. */
int answer_start(struct answer *a, const char *sql, int count, const char *const *values, struct http_reply *reply,
                 struct fault *f) CHECKED;
/* The same of a->source, which has begun. */
int answer_begin(struct answer *a, struct http_reply *reply, struct fault *f) CHECKED;
void answer_free(struct answer *a);
