#include "collector/api/answer.h"

#include <errno.h>
#include <string.h>

#include "common/log.h"

/* Rows are fetched until this much waits to be sent. */
#define WAITING_BYTES (64u << 10)

void answer_free(struct answer *a)
{
    if (!a)
        return;
    if (a->source.free)
        a->source.free(a->source.ctx);
    if (a->pg)
        pg_pool_give(a->pool, a->pg);
    buf_free(&a->waiting);
    free((void *)a->extra);
    free(a);
}

static void free_stream(void *ctx)
{
    answer_free(ctx);
}

static void write_columns(struct answer *a, const struct pg_rows *row, struct buf *out)
{
    const char *values[ENCODE_COLUMNS_MAX];
    for (size_t i = 0; i < a->encoder.count; i++)
        values[i] = pg_text(row, 0, (int)i);
    encode_row(&a->encoder, values, out);
}

static bool takes(struct answer *a, const struct pg_rows *row)
{
    const char *values[ENCODE_COLUMNS_MAX];
    int count = pg_columns(row);
    if (page_is_all(&a->page))
        return true;
    for (int i = 0; i < count; i++)
        values[i] = pg_text(row, 0, i);
    if (!page_takes(&a->page, values, (size_t)count))
        return false;
    if (a->place && a->page.limit > 0 && a->page.taken == a->page.limit)
        a->place(row, a->page.next);
    return true;
}

/* A row of the statement. */
static int next_row(struct answer *a, bool *ret_more, struct fault *f)
{
    const struct pg_rows *row = NULL;
    int rc = pg_stream_next(a->pg, &row, f);
    if (rc == 0 && row && takes(a, row))
        (a->row ? a->row : write_columns)(a, row, &a->waiting);
    *ret_more = row != NULL;
    return rc;
}

static int fill(struct answer *a, size_t most, struct fault *f)
{
    while (!a->ended && a->waiting.len < most) {
        bool more = false;
        int rc = a->source.next ? a->source.next(a->source.ctx, &more, f) : next_row(a, &more, f);
        if (rc < 0)
            return rc;
        a->ended = !more || a->page.cut;
        if (a->page.moved || (a->ended && !page_ends(&a->page)))
            return -ESTALE;
        if (a->ended)
            encode_close(&a->encoder, &a->waiting);
    }
    return 0;
}

static ssize_t read_stream(void *ctx, char *bytes, size_t max)
{
    struct answer *a = ctx;
    struct fault f = {0};
    if (a->sent == a->waiting.len) {
        buf_clear(&a->waiting);
        a->sent = 0;
        if (fill(a, WAITING_BYTES, &f) < 0) {
            log_debug("an answer is cut: %s", f.text);
            return -1;
        }
    }
    size_t len = a->waiting.len - a->sent;
    if (len > max)
        len = max;
    if (len > 0)
        memcpy(bytes, a->waiting.data + a->sent, len);
    a->sent += len;
    return (ssize_t)len;
}

int answer_begin(struct answer *a, struct http_reply *reply, struct fault *f)
{
    encode_open(&a->encoder, &a->waiting);
    int rc = fill(a, a->gather ? a->gather : WAITING_BYTES, f);
    if (rc < 0) {
        answer_free(a);
        return rc;
    }
    reply->content_type = encode_media_type(a->encoder.format);
    reply->stream = (struct http_stream){.read = read_stream, .free = free_stream, .ctx = a};
    return 0;
}

int answer_start(struct answer *a, const char *sql, int count, const char *const *values, struct http_reply *reply,
                 struct fault *f)
{
    int rc = pg_stream_start(a->pg, sql, count, values, f);
    if (rc < 0) {
        answer_free(a);
        return rc;
    }
    return answer_begin(a, reply, f);
}
