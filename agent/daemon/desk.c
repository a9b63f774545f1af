#include "agent/daemon/desk.h"

#include <errno.h>

#include "agent/daemon/control.h"
#include "common/lang.h"
#include "common/log.h"

struct desk {
    const struct errand_host *host;
    struct control *control;
    struct errand *errand;     /* the one at hand */
    struct control_call *call; /* who waits for it; NULL when they went away */
    json_t *farewell;          /* kept until the box's side of leaving is done */
    json_t *request;           /* of the errand: outlives who asked */
    desk_news_fn fn;
    void *user;
};

static void answer(struct desk *d, json_t *text)
{
    struct control_call *call = TAKE(d->call);
    if (call)
        control_answer(call, text);
    else
        json_decref(text);
}

static void on_done(void *user, enum errand_end end, json_t *text)
{
    struct desk *d = user;
    d->errand = NULL;
    json_decref(TAKE(d->request));
    if (end == ERRAND_LEFT)
        d->farewell = text;
    else
        answer(d, text);
    if (end != ERRAND_DONE)
        d->fn(d->user, end);
}

/* What only sends is ended for what somebody else wants, who may wish to leave. */
static void on_ask(void *user, struct control_call *call, const json_t *request)
{
    struct desk *d = user;
    if (d->errand && errand_sends(d->errand))
        errand_hurry(d->errand);
    if (d->errand || d->farewell) {
        LANG_SCOPE(errand_lang(request));
        control_answer(call, errand_failed(-EBUSY, _("the running agent is at what another command has asked; try "
                                                     "again in a minute")));
        return;
    }
    log_info("a command asks: %s", errand_name(request));
    d->call = call;
    d->request = json_deep_copy(request);
    d->errand = errand_new(d->host, d->request, on_done, d);
    errand_begin(d->errand);
}

/* Sending goes on by itself; what is with the collector already is finished,
 * since nobody can take it back. */
static void on_gone(void *user, struct control_call *call)
{
    struct desk *d = user;
    if (call == d->call)
        d->call = NULL;
}

int desk_open(const struct errand_host *host, desk_news_fn fn, void *user, struct desk **ret, struct fault *f)
{
    struct desk *d = alloc_zero(1, sizeof *d);
    d->host = host;
    d->fn = fn;
    d->user = user;
    int r = control_open(host->uplink->env->loop, host->uplink->state_dir, on_ask, on_gone, d, &d->control, f);
    if (r < 0)
        free(d);
    else
        *ret = d;
    return r;
}

void desk_news(struct desk *d)
{
    if (d)
        errand_news(d->errand);
}

void desk_stop(struct desk *d)
{
    if (d)
        errand_cancel(TAKE(d->errand));
}

void desk_farewell(struct desk *d, int r, const struct fault *f)
{
    answer(d, r < 0 ? errand_failed(r, f->text) : TAKE(d->farewell));
}

void desk_close(struct desk *d)
{
    if (!d)
        return;
    desk_stop(d);
    control_close(d->control);
    json_decref(d->farewell);
    json_decref(d->request);
    free(d);
}
