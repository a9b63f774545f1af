/* One batch is in flight at a time, the oldest. Its file is the body. What the
 * answer means:
 *
 *   2xx with a statement signed by a pinned key, for this probe, that lists
 *   the batch's hash        stored: the file moves to acked/
 *   400 401 403 413 422 with application/problem+json
 *                           refused: the file moves to rejected/ with the text
 *   anything else           later again, with the same batch
 *
 * So a captive portal's 200, a proxy's cached answer, a statement for another
 * probe or for other hashes delete nothing. "Anything else" waits: full jitter
 * under an exponential bound, after what Retry-After asks.
 *
 * A refusal need not be for ever: the collector may have been put back to before
 * it knew this probe or its key, or may have erred. One that does not know the
 * signature is first offered the batches that changed the key. And when a batch
 * is taken while refused ones lie aside, one of those is offered again, once a
 * day: should that be taken too, all of them are.
 *
 * The statement also says what the collector holds (ack.h). Holes that the
 * spool can fill wait again; a chain of which the collector has other batches
 * is given up before the next one is sealed. */
#include "agent/uplink/push.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "agent/uplink/problem.h"
#include "common/lang.h"

/* ---- decisions ---- */

static bool refuses_batch(long status)
{
    return status == 400 || status == 401 || status == 403 || status == 413 || status == 422;
}

enum push_verdict push_judge(const struct web_reply *reply, const struct identity *identity,
                             const uint8_t hash[static HASH_SIZE], struct ack *ret_ack, struct trouble *ret_trouble)
{
    struct fault f = {0};
    *ret_trouble = (struct trouble){0};
    if (reply->outcome == OUTCOME_OK && reply->status >= 200 && reply->status < 300) {
        _cleanup_(ack_free) struct ack ack = {0};
        int r = reply->body.data ? ack_read(identity, reply->body.data, reply->body.len, &ack, &f)
                                 : fault_set(&f, -EBADMSG, _("the answer is empty"));
        if (r == 0 && ack_stored(&ack, hash)) {
            ret_ack->json = TAKE(ack.json);
            return PUSH_STORED;
        }
        if (r == 0)
            fault_set(&f, -ENOENT, _("the statement does not list the batch"));
        trouble_from(TROUBLE_FORGED, reply->status, &f, ret_trouble);
        return r == -EKEYREJECTED ? PUSH_STRANGER : PUSH_RETRY;
    }
    trouble_of(reply, ret_trouble);
    return ret_trouble->kind == TROUBLE_REFUSED && refuses_batch(reply->status) ? PUSH_REJECTED : PUSH_RETRY;
}

int64_t push_delay_us(unsigned failures, int64_t max_us, int64_t retry_after_us, uint64_t random)
{
    int64_t bound = PUSH_RETRY_FIRST_US;
    for (unsigned i = 1; i < failures && bound < max_us; i++)
        bound *= 2;
    if (bound > max_us)
        bound = max_us;
    int64_t jitter = (int64_t)(random % (uint64_t)bound);
    if (retry_after_us > PUSH_RETRY_AFTER_MAX_US)
        retry_after_us = PUSH_RETRY_AFTER_MAX_US;
    return jitter + (retry_after_us > 0 ? retry_after_us : 0);
}

/* ---- the sender ---- */

enum state {
    STATE_IDLE,    /* nothing waits, or nobody has looked */
    STATE_SENDING, /* a batch is in flight */
    STATE_PAUSING, /* the timer runs until the next try */
};

struct push {
    const struct uplink *uplink;
    struct spool *spool;
    int64_t retry_max_us;
    enum lang lang; /* of the log, whoever asks that something be sent */
    push_news_fn fn;
    void *user;
    enum state state;
    uv_timer_t timer;
    struct web_transfer *transfer;
    struct buf wire; /* the body in flight */
    int64_t number;
    uint8_t hash[HASH_SIZE];
    struct batch_header header; /* of the batch in flight */
    struct push_state news;
    /* The holes that were filled last: their hash, and when. */
    uint8_t filled[HASH_SIZE];
    int64_t filled_us;
    int64_t keys_us;             /* when the batches that changed the key were offered last, 0: never */
    int64_t offered, offered_us; /* the refused batch that is offered again, and when one was */
};

static void send_next(struct push *p);

static void on_timer(uv_timer_t *timer)
{
    send_next(timer->data);
}

static void tell(struct push *p, const struct trouble *t)
{
    p->news.trouble = *t;
    trouble_text(t, false, p->news.last_fault);
}

static void tell_own(struct push *p, const struct fault *f)
{
    struct trouble t;
    trouble_from(TROUBLE_HERE, 0, f, &t);
    tell(p, &t);
}

static void fail(struct push *p, int64_t retry_after_us)
{
    uint64_t random;
    random_bytes(&random, sizeof random);
    p->news.failures++;
    p->state = STATE_PAUSING;
    int64_t delay = push_delay_us(p->news.failures, p->retry_max_us, retry_after_us, random);
    uv_timer_start(&p->timer, on_timer, (uint64_t)(delay / 1000) + 1, 0);
}

/* A hash over what could make the spool send again. */
static void holes_hash(const struct ack *ack, const struct spool *spool, uint8_t ret[static HASH_SIZE])
{
    _cleanup_(buf_free) struct buf text = {0};
    struct ack_range range;
    for (size_t cursor = 0; ack_missing(ack, &cursor, &range);)
        buf_addf(&text, "%s %" PRId64 " %" PRId64 "\n", range.chain, range.from, range.to);
    if (spool_behind(spool, ack))
        buf_add_text(&text, "behind");
    if (text.len > 0)
        hash_make("", text.data, text.len, ret);
    else
        memset(ret, 0, HASH_SIZE);
}

static int refill(struct push *p, const struct ack *ack, struct fault *f)
{
    static const uint8_t none[HASH_SIZE];
    uint8_t holes[HASH_SIZE];
    int64_t now = clock_mono_us(p->uplink->env->clock);
    holes_hash(ack, p->spool, holes);
    if (memcmp(holes, none, sizeof none) == 0 ||
        (memcmp(holes, p->filled, sizeof holes) == 0 && now - p->filled_us < PUSH_REFILL_US))
        return 0;
    int r = spool_places_refill(spool_places(p->spool), ack, f);
    if (r < 0)
        return r;
    memcpy(p->filled, holes, sizeof holes);
    p->filled_us = now;
    p->news.refilled += r;
    return 0;
}

/* One of the refused batches, or all when that one was just taken. */
static int offer_refused(struct push *p, struct fault *f)
{
    int64_t now = clock_mono_us(p->uplink->env->clock);
    if (p->number == p->offered) {
        p->offered = 0;
        return spool_places_unreject(spool_places(p->spool), f);
    }
    if (p->offered_us > 0 && now - p->offered_us < PUSH_OFFER_US)
        return 0;
    uint64_t random;
    random_bytes(&random, sizeof random);
    int64_t number = spool_places_unreject_one(spool_places(p->spool), random, f);
    if (number < 0)
        return (int)number;
    p->offered = number;
    if (number > 0)
        p->offered_us = now;
    return 0;
}

/* Set aside, unless the collector only lacks the key: then the batches that
 * changed it go first, and this one waits behind them. */
static int on_refused(struct push *p, const struct web_reply *reply, const char *text, struct fault *f)
{
    int64_t now = clock_mono_us(p->uplink->env->clock);
    if (problem_is(reply, "signature") && (p->keys_us == 0 || now - p->keys_us >= PUSH_REFILL_US)) {
        int moved = spool_places_refill_keys(spool_places(p->spool), f);
        p->keys_us = now;
        if (moved != 0)
            return moved < 0 ? moved : 0;
    }
    if (p->number == p->offered)
        p->offered = 0;
    p->news.rejected++;
    return spool_places_reject(spool_places(p->spool), p->number, text, f);
}

/* The batch is the collector's from here on; then what else it says. */
static int on_stored(struct push *p, const struct ack *ack, struct fault *f)
{
    int r = spool_acked(p->spool, p->number, &p->header, f);
    p->news.acked++;
    p->news.last_ack_us = clock_wall_us(p->uplink->env->clock);
    p->news.last_ack_mono_us = clock_mono_us(p->uplink->env->clock);
    snprintf(p->news.seen, sizeof p->news.seen, "%s", ack_seen(ack));
    if (r == 0)
        r = refill(p, ack, f);
    if (r == 0)
        r = offer_refused(p, f);
    return r == 0 && spool_forked(p->spool, ack) ? spool_new_chain(p->spool, f) : r;
}

static void on_reply(void *user, const struct web_reply *reply)
{
    struct push *p = user;
    LANG_SCOPE(p->lang);
    struct fault f = {0};
    struct trouble trouble;
    p->transfer = NULL;
    _cleanup_(ack_free) struct ack ack = {0};
    int r = 0;
    enum push_verdict verdict = push_judge(reply, p->uplink->identity, p->hash, &ack, &trouble);
    tell(p, &trouble);
    p->news.stranger = verdict == PUSH_STRANGER;
    switch (verdict) {
    case PUSH_STORED:
        r = on_stored(p, &ack, &f);
        break;
    case PUSH_REJECTED:
        r = on_refused(p, reply, p->news.last_fault, &f);
        break;
    case PUSH_STRANGER:
    case PUSH_RETRY:
        fail(p, reply->retry_after_us);
        p->fn(p->user, &p->news);
        return;
    }
    if (r < 0) {
        tell_own(p, &f);
        fail(p, -1);
    } else {
        p->news.failures = 0;
        p->state = STATE_PAUSING; /* the next one from the loop, not from in here */
        uv_timer_start(&p->timer, on_timer, 0, 0);
    }
    p->fn(p->user, &p->news);
}

static int start(struct push *p, struct fault *f)
{
    char name[sizeof BATCH_HASH_HEADER + HASH_TEXT_SIZE + 2], hash[HASH_TEXT_SIZE];
    snprintf(name, sizeof name, "%s: %s", BATCH_HASH_HEADER, hash_text(p->hash, hash));
    const struct call call = {
        .path = "/api/v1/batches",
        .body = &p->wire,
        .media = BATCH_MEDIA_TYPE,
        /* When an answer was lost, a long batch that arrived need not be taken again. */
        .header = p->news.failures > 0 ? name : NULL,
        .done = on_reply,
        .user = p,
    };
    return call_start(p->uplink, &call, &p->transfer, f);
}

/* Reads the oldest batch; a file that the card has damaged is set aside. */
static int load_oldest(struct push *p, struct fault *f)
{
    const struct spool_list *waiting = spool_waiting(p->spool);
    while (waiting->count > 0) {
        _cleanup_(batch_free) struct batch batch = {0};
        _cleanup_text_ char *path = NULL;
        p->number = waiting->entries[0].number;
        path = spool_entry_path(p->spool, p->number);
        buf_free(&p->wire);
        int r = spool_read(path, &p->wire, &batch, f);
        if (r == 0) {
            memcpy(p->hash, batch.envelope.hash, sizeof p->hash);
            p->header = batch.header;
            return 1;
        }
        if (r != -EBADMSG)
            return r;
        p->news.rejected++;
        tell_own(p, f);
        r = spool_places_reject(spool_places(p->spool), p->number, p->news.last_fault, f);
        if (r < 0)
            return r;
    }
    return 0;
}

static void send_next(struct push *p)
{
    LANG_SCOPE(p->lang);
    struct fault f = {0};
    int r = load_oldest(p, &f);
    if (r == 0) {
        p->state = STATE_IDLE;
        p->fn(p->user, &p->news);
        return;
    }
    if (r > 0) {
        p->state = STATE_SENDING;
        r = start(p, &f);
    }
    if (r < 0) {
        tell_own(p, &f);
        fail(p, -1);
        p->fn(p->user, &p->news);
    }
}

void push_kick(struct push *p)
{
    if (p->state == STATE_IDLE)
        push_now(p);
}

void push_now(struct push *p)
{
    if (p->state == STATE_SENDING)
        return;
    p->state = STATE_PAUSING;
    uv_timer_start(&p->timer, on_timer, 0, 0);
}

bool push_idle(const struct push *p)
{
    return p->state == STATE_IDLE;
}

const struct push_state *push_state(const struct push *p)
{
    return &p->news;
}

struct push *push_new(const struct uplink *uplink, struct spool *spool, int64_t retry_max_us, push_news_fn fn,
                      void *user)
{
    struct push *p = alloc_zero(1, sizeof *p);
    p->uplink = uplink;
    p->spool = spool;
    p->retry_max_us = retry_max_us;
    p->lang = lang_current();
    p->fn = fn;
    p->user = user;
    uv_timer_init(uplink->env->loop, &p->timer);
    p->timer.data = p;
    return p;
}

static void on_closed(uv_handle_t *handle)
{
    struct push *p = handle->data;
    buf_free(&p->wire);
    free(p);
}

void push_free(struct push *p)
{
    if (!p)
        return;
    if (p->transfer)
        web_cancel(p->transfer);
    uv_close((uv_handle_t *)&p->timer, on_closed);
}
