#include "collector/http/strike.h"

#include <pthread.h>
#include <string.h>

#include "collector/http/limiter.h"
#include "collector/http/seen.h"
#include "common/clock.h"
#include "common/lang.h"

/* Behind one /24 of a mobile operator stand many honest probes, and a broken one
 * backs off by itself: whole spools of refused batches fit into the burst. */
#define PER_S         1
#define BURST         60
#define ALL           1e9 /* no limit on the sum: it would let one network silence the others */
#define RETRY_AFTER_S "10"

struct strikes {
    pthread_mutex_t lock;
    struct limiter *limiter;
};

struct strikes *strikes_new(void)
{
    struct strikes *s = alloc_zero(1, sizeof *s);
    pthread_mutex_init(&s->lock, NULL);
    s->limiter = limiter_new(PER_S, BURST, ALL);
    return s;
}

void strikes_free(struct strikes *s)
{
    if (!s)
        return;
    limiter_free(s->limiter);
    pthread_mutex_destroy(&s->lock);
    free(s);
}

static bool is_loopback(const char *prefix)
{
    return !strncmp(prefix, "127.", 4) || !strcmp(prefix, "::/48");
}

static bool is_open(struct strikes *s, const char *seen)
{
    pthread_mutex_lock(&s->lock);
    bool open = limiter_open(s->limiter, seen, strlen(seen), clock_mono_us(&clock_system));
    pthread_mutex_unlock(&s->lock);
    return open;
}

static void add(struct strikes *s, const char *seen)
{
    pthread_mutex_lock(&s->lock);
    limiter_spend(s->limiter, seen, strlen(seen), clock_mono_us(&clock_system));
    pthread_mutex_unlock(&s->lock);
}

int strike_guard(struct strikes *s, http_handler handler, struct http_request *request, struct http_reply *reply)
{
    char seen[PREFIX_TEXT_SIZE];
    if (is_loopback(seen_prefix(request, seen)))
        return handler(request, reply);
    if (!is_open(s, seen)) {
        http_reply_header(request, "Retry-After", RETRY_AFTER_S);
        return http_problem(
            request, reply, 429, "too-many-refused", N_("Too many requests from this network were refused"),
            N_("%d refused requests came from %s; come again in %s s with what is good"), BURST, seen, RETRY_AFTER_S);
    }
    int rc = handler(request, reply);
    if (rc == 0 && reply->status >= 400 && reply->status < 500)
        add(s, seen);
    return rc;
}
