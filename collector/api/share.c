#include "collector/api/share.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "common/wake.h"

struct share_question {
    struct share *share;
    char *text;
    enum { ASKED, TOLD, LEFT, TOO_LONG } state;
    struct buf body;
    char after[PAGE_AFTER_SIZE]; /* of the next page */
    size_t holders;              /* who answers it, waits for it, or reads what was told */
    struct share_question *next;
};

struct share {
    pthread_mutex_t lock;
    pthread_cond_t ended; /* one of them */
    struct share_question *asked;
    size_t held; /* octets of what was told and is still read */
};

struct share *share_new(void)
{
    struct share *share = alloc_zero(1, sizeof *share);
    pthread_mutex_init(&share->lock, NULL);
    wake_init(&share->ended);
    return share;
}

void share_free(struct share *share)
{
    if (!share)
        return;
    pthread_cond_destroy(&share->ended);
    pthread_mutex_destroy(&share->lock);
    free(share);
}

static void give_back(struct share *share, struct share_question *q)
{
    pthread_mutex_lock(&share->lock);
    bool last = --q->holders == 0;
    if (last)
        share->held -= q->body.len;
    pthread_mutex_unlock(&share->lock);
    if (!last)
        return;
    free(q->text);
    buf_free(&q->body);
    free(q);
}

bool share_ask(struct share *share, const char *text, struct share_question **ret)
{
    pthread_mutex_lock(&share->lock);
    struct share_question *q = share->asked;
    while (q && strcmp(q->text, text) != 0)
        q = q->next;
    bool mine = !q;
    if (mine) {
        q = alloc_zero(1, sizeof *q);
        *q = (struct share_question){.share = share, .text = alloc_text(text), .next = share->asked};
        share->asked = q;
    }
    q->holders++;
    pthread_mutex_unlock(&share->lock);
    *ret = q;
    return mine;
}

/* ---- told ---- */

struct reading {
    struct share_question *q;
    size_t at;
};

static ssize_t read_told(void *ctx, char *bytes, size_t max)
{
    struct reading *r = ctx;
    size_t len = r->q->body.len - r->at;
    if (len > max)
        len = max;
    if (len > 0)
        memcpy(bytes, r->q->body.data + r->at, len);
    r->at += len;
    return (ssize_t)len;
}

static void end_reading(void *ctx)
{
    struct reading *r = ctx;
    give_back(r->q->share, r->q);
    free(r);
}

/* Holds q until it is read. */
static void send_told(struct share_question *q, struct http_reply *reply)
{
    struct reading *r = alloc_zero(1, sizeof *r);
    r->q = q;
    reply->stream = (struct http_stream){.read = read_told, .free = end_reading, .ctx = r};
    reply->stream_len = (int64_t)q->body.len;
}

/* From here on the same question is asked anew. */
static void end(struct share *share, struct share_question *q, int state)
{
    pthread_mutex_lock(&share->lock);
    struct share_question **at = &share->asked;
    while (*at != q)
        at = &(*at)->next;
    *at = q->next;
    q->state = state;
    share->held += q->body.len;
    pthread_cond_broadcast(&share->ended);
    pthread_mutex_unlock(&share->lock);
}

size_t share_room(struct share *share)
{
    pthread_mutex_lock(&share->lock);
    size_t room = share->held < SHARE_HELD_MAX ? SHARE_HELD_MAX - share->held : 0;
    pthread_mutex_unlock(&share->lock);
    return room < SHARE_BYTES_MAX ? room : SHARE_BYTES_MAX;
}

void share_tell(struct share *share, struct share_question *q, struct buf *body, const char *next,
                struct http_reply *reply)
{
    snprintf(q->after, sizeof q->after, "%s", next);
    q->body = *body;
    *body = (struct buf){0};
    end(share, q, TOLD);
    send_told(q, reply);
}

void share_leave(struct share *share, struct share_question *q, bool too_long)
{
    end(share, q, too_long ? TOO_LONG : LEFT);
    give_back(share, q);
}

int share_wait(struct share *share, struct share_question *q, const struct timespec *until,
               char ret_next[static PAGE_AFTER_SIZE], struct http_reply *reply)
{
    static const int said[] = {[ASKED] = -ETIMEDOUT, [TOLD] = 0, [LEFT] = -EAGAIN, [TOO_LONG] = -EFBIG};
    int rc = 0;
    pthread_mutex_lock(&share->lock);
    while (rc == 0 && q->state == ASKED)
        rc = pthread_cond_timedwait(&share->ended, &share->lock, until);
    rc = said[q->state];
    pthread_mutex_unlock(&share->lock);
    if (rc == 0) {
        memcpy(ret_next, q->after, PAGE_AFTER_SIZE);
        send_told(q, reply);
    } else {
        give_back(share, q);
    }
    return rc;
}
