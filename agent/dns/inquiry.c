#include "agent/dns/inquiry.h"

#include <string.h>

#include "common/lang.h"

enum entry_state {
    ENTRY_WAITING, /* its turn has not come */
    ENTRY_RUNNING, /* its exchange is under way */
    ENTRY_FAILED,  /* could not be asked: to be told from the loop */
    ENTRY_OVER,
};

struct entry {
    struct inquiry *inquiry;
    enum entry_state state;
    struct exchange_question question;
    char *name, *type;
    struct exchange *exchange;
    void *tag;
    enum outcome outcome; /* ENTRY_FAILED */
    char reason[160];
};

struct inquiry {
    const struct env *env;
    unsigned at_once, running;
    bool at_home;
    inquiry_answer_fn answer;
    inquiry_done_fn done;
    void *user;
    uv_timer_t timer; /* starts what waits; never from inside inquiry_ask */
    struct entry *entries[INQUIRY_MAX + 1];
    size_t count, first; /* every entry before first is over */
    int64_t wire_bytes;
};

static void on_turn(uv_timer_t *timer);

static void schedule(struct inquiry *q)
{
    uv_timer_start(&q->timer, on_turn, 0, 0);
}

static void tell(struct inquiry *q, struct entry *e, const struct exchange_answer *answer)
{
    e->state = ENTRY_OVER;
    e->exchange = NULL;
    q->wire_bytes += answer->wire_bytes;
    while (q->first < q->count && q->entries[q->first]->state == ENTRY_OVER)
        q->first++;
    schedule(q);
    q->answer(q->user, e->tag, answer);
}

static void on_answer(void *user, const struct exchange_answer *answer)
{
    struct entry *e = user;
    e->inquiry->running--;
    tell(e->inquiry, e, answer);
}

static bool same_server(const struct exchange_question *a, const struct exchange_question *b)
{
    if (a->transport == EXCHANGE_HTTPS || b->transport == EXCHANGE_HTTPS)
        return false;
    return memcmp(&a->server, &b->server, sizeof a->server) == 0;
}

static bool busy(const struct inquiry *q, const struct entry *wanted)
{
    for (size_t i = q->first; i < q->count; i++) {
        const struct entry *e = q->entries[i];
        if (e->state == ENTRY_RUNNING && same_server(&e->question, &wanted->question))
            return true;
    }
    return false;
}

static void start(struct inquiry *q, struct entry *e)
{
    struct fault f = {0};
    if (exchange_start(q->env, &e->question, on_answer, e, &e->exchange, &f) < 0) {
        e->state = ENTRY_FAILED;
        e->outcome = OUTCOME_ERROR;
        snprintf(e->reason, sizeof e->reason, "%.*s", (int)sizeof e->reason - 1, f.text);
        schedule(q);
        return;
    }
    e->state = ENTRY_RUNNING;
    q->running++;
}

static void on_turn(uv_timer_t *timer)
{
    struct inquiry *q = timer->data;
    for (size_t i = q->first; i < q->count; i++) {
        struct entry *e = q->entries[i];
        if (e->state == ENTRY_FAILED) {
            struct exchange_answer answer = {.outcome = e->outcome, .transport = e->question.transport};
            memcpy(answer.reason, e->reason, sizeof answer.reason);
            tell(q, e, &answer); /* may free q: the next turn goes on */
            return;
        }
        if (e->state == ENTRY_WAITING && q->running < q->at_once && (q->at_home || !busy(q, e)))
            start(q, e);
    }
    if (q->first == q->count)
        q->done(q->user);
}

struct inquiry *inquiry_new(const struct env *env, unsigned at_once, inquiry_answer_fn answer, inquiry_done_fn done,
                            void *user)
{
    struct inquiry *q = alloc_zero(1, sizeof *q);
    q->env = env;
    q->at_once = at_once;
    q->answer = answer;
    q->done = done;
    q->user = user;
    uv_timer_init(env->loop, &q->timer);
    q->timer.data = q;
    return q;
}

void inquiry_at_home(struct inquiry *q)
{
    q->at_home = true;
}

void inquiry_ask(struct inquiry *q, const struct exchange_question *question, void *tag)
{
    if (q->count > INQUIRY_MAX)
        return;
    struct entry *e = alloc_zero(1, sizeof *e);
    e->inquiry = q;
    e->question = *question;
    e->name = alloc_text(question->query.name);
    e->type = alloc_text(question->query.type);
    e->question.query.name = e->name;
    e->question.query.type = e->type;
    e->tag = tag;
    if (q->count == INQUIRY_MAX) {
        e->state = ENTRY_FAILED;
        e->outcome = OUTCOME_SKIPPED;
        snprintf(e->reason, sizeof e->reason, _("more than %d questions"), INQUIRY_MAX);
    }
    q->entries[q->count++] = e;
    schedule(q);
}

/* A timer of 0 ms that is set anew by its own callback fires before the loop
 * looks at anything else. */
void inquiry_again(struct inquiry *q)
{
    uv_timer_start(&q->timer, on_turn, 1, 0);
}

int64_t inquiry_wire_bytes(const struct inquiry *q)
{
    return q ? q->wire_bytes : 0;
}

size_t inquiry_count(const struct inquiry *q)
{
    return q->count;
}

bool inquiry_idle(const struct inquiry *q)
{
    return !q || q->first == q->count;
}

static void on_closed(uv_handle_t *handle)
{
    struct inquiry *q = handle->data;
    for (size_t i = 0; i < q->count; i++) {
        free(q->entries[i]->name);
        free(q->entries[i]->type);
        free(q->entries[i]);
    }
    free(q);
}

void inquiry_free(struct inquiry *q)
{
    if (!q || uv_is_closing((uv_handle_t *)&q->timer))
        return;
    for (size_t i = q->first; i < q->count; i++) {
        if (q->entries[i]->state == ENTRY_RUNNING)
            exchange_cancel(TAKE(q->entries[i]->exchange));
        q->entries[i]->state = ENTRY_OVER;
    }
    uv_close((uv_handle_t *)&q->timer, on_closed);
}
