#include "agent/command/errand_alone.h"

#include <errno.h>
#include <string.h>

#include "agent/probe/departure.h"
#include "agent/io/host.h"

struct alone {
    struct host host;
    struct identity identity;
    struct network network;
    struct uplink uplink;
    struct errand_host lent;
    struct errand *errand;
    enum errand_end end;
    json_t *answer;
    bool looping;
};

static void on_done(void *user, enum errand_end end, json_t *answer)
{
    struct alone *a = user;
    a->errand = NULL;
    a->end = end;
    a->answer = answer;
    if (a->looping) /* or the loop would stop before it has closed anything */
        uv_stop(&a->host.loop);
}

static void on_push_news(void *user, const struct push_state *state)
{
    struct alone *a = user;
    errand_news(a->errand);
}

/* Telling the collector where the box stands needs no spool. Leaving can do
 * without: a card that is full or damaged must not keep anybody. */
static int open_spool(struct alone *a, const struct settings *settings, const char *errand, struct fault *f)
{
    if (!*a->identity.collector || strcmp(errand, "enroll") == 0)
        return 0;
    int r = spool_open(a->uplink.state_dir, &a->identity, &clock_system, settings->spool_max, &a->lent.spool, f);
    if (r < 0)
        return strcmp(errand, "leave") == 0 ? 0 : r;
    a->lent.push = push_new(&a->uplink, a->lent.spool, settings->retry_max_us, on_push_news, a);
    return 0;
}

static int run(struct alone *a, const struct settings *settings, const json_t *request, struct fault *f)
{
    int r = host_open(&a->host, &clock_system, f);
    if (r < 0)
        return r;
    network_init(&a->network, a->uplink.state_dir);
    r = open_spool(a, settings, json_string_value(json_object_get(request, "errand")), f);
    if (r == 0) {
        a->errand = errand_new(&a->lent, request, on_done, a);
        errand_begin(a->errand);
        a->looping = !a->answer;
        if (a->looping)
            uv_run(&a->host.loop, UV_RUN_DEFAULT);
    }
    push_free(a->lent.push);
    host_close(&a->host);
    spool_free(a->lent.spool);
    if (r == 0 && a->end == ERRAND_LEFT && (r = departure_begin(a->uplink.state_dir, f)) == 0)
        r = departure_finish(a->uplink.state_dir, f);
    return r;
}

int errand_alone(const char *state_dir, const struct settings *settings, const json_t *request, json_t **ret_answer,
                 struct fault *f)
{
    struct alone a = {.uplink = {.state_dir = state_dir}};
    int r = identity_read(state_dir, &a.identity, f);
    if (r == -ENOENT)
        r = departure_finish(state_dir, f);
    a.uplink.env = &a.host.env;
    a.uplink.identity = &a.identity;
    a.lent.uplink = &a.uplink;
    a.lent.network = &a.network;
    a.uplink.url = settings->collector ? settings->collector : a.identity.collector;
    if (r == 0)
        r = run(&a, settings, request, f);
    identity_wipe(&a.identity);
    if (r < 0)
        json_decref(a.answer);
    else
        *ret_answer = a.answer;
    return r;
}
