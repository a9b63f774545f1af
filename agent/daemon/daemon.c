/* What happens when:
 *   a task is due         the runner takes it, or it counts as an overlap
 *   a result comes        it goes into the journal; the first one of a journal
 *                         starts the sealing timer, the first one since a sync
 *                         the sync timer
 *   a timer ends          what its line of the table (enum timer) says
 *   the journal is full   a batch is made and the sender kicked
 *   the collector has told something (hearing.h)
 *                         a newer schedule is used
 *   SIGHUP                the configuration is read anew; a wrong one changes
 *                         nothing
 *   a command asks        an errand is done (errand.h); after leaving, the spool is
 *                         closed without a seal, and everything of it removed
 *   SIGTERM, SIGINT       checks are cancelled without a result, what is open
 *                         is sealed, everything closes
 * With `once`, every task runs now; after the last result comes sealing, and
 * the end when nothing waits any more or the patience is over. */
#include "agent/daemon/daemon.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "agent/probe/departure.h"
#include "agent/daemon/desk.h"
#include "agent/daemon/hearing.h"
#include "agent/io/host.h"
#include "agent/probe/identity.h"
#include "agent/probe/network.h"
#include "agent/uplink/push.h"
#include "agent/probe/redact.h"
#include "agent/schedule/runner.h"
#include "agent/spool/spool.h"
#include "agent/schedule/ticker.h"
#include "agent/daemon/vitals.h"
#include "common/lang.h"
#include "common/log.h"

/* How long `once` waits for a collector that does not answer. */
#define ONCE_PATIENCE_US (30 * INT64_C(1000000))

/* How often the interfaces are looked at. A network that comes and goes faster
 * makes no batch of its own. */
#define LOOK_INTERVAL_US (60 * INT64_C(1000000))

/* When a full disk is tried again. */
#define SEAL_AGAIN_US (60 * INT64_C(1000000))

enum timer {
    TIMER_SYNC, /* the journal is made durable, status.json written */
    TIMER_SEAL, /* a batch is made and the sender kicked */
    TIMER_LOOK, /* addresses and link are looked at anew; on another network what is open is sealed */
    TIMER_STOP, /* the run is over, or the patience of `once` */
    TIMER_COUNT,
};

enum once_state {
    ONCE_NO,       /* an ordinary run */
    ONCE_SCHEDULE, /* waiting for the collector's schedule and the time */
    ONCE_MEASURE,  /* every task runs */
    ONCE_SEND,     /* sealed; batches go out */
};

struct daemon {
    const struct daemon_options *options;
    struct host host;
    struct settings settings;
    struct identity identity;
    struct uplink uplink;
    struct spool *spool;
    struct push *push;
    struct runner *runner;
    struct ticker *ticker;
    struct schedule joined;
    struct hearing *hearing;
    struct timekeeper timekeeper;
    struct network network;
    uv_timer_t timers[TIMER_COUNT];
    uv_signal_t signals[3];
    enum once_state once;
    struct errand_host errands; /* what commands may work on */
    struct desk *desk;
    struct vitals vitals;
    bool stopping;
    bool left; /* the collector has confirmed that this is no probe any more */
};

static struct log_limit disk_limit = {.interval_us = 60 * INT64_C(1000000), .burst = 3};
static struct log_limit denied_limit = {.interval_us = 86400 * INT64_C(1000000), .burst = 8};
static struct log_limit push_limit = {.interval_us = 600 * INT64_C(1000000), .burst = 3};

/* ---- timers ---- */

static void on_timer(uv_timer_t *timer);

static uint64_t ms(int64_t us)
{
    return us > 0 ? (uint64_t)((us + 999) / 1000) : 0;
}

/* In `after`, and then each `every`; 0: once. */
static void arm(struct daemon *d, enum timer which, int64_t after_us, int64_t every_us)
{
    uv_timer_start(&d->timers[which], on_timer, ms(after_us), ms(every_us));
}

static void disarm(struct daemon *d, enum timer which)
{
    uv_timer_stop(&d->timers[which]);
}

static bool armed(const struct daemon *d, enum timer which)
{
    return uv_is_active((const uv_handle_t *)&d->timers[which]);
}

/* ---- the spool ---- */

static void notice(struct daemon *d)
{
    char text[FAULT_TEXT_MAX];
    if (spool_notice(d->spool, text))
        log_limited(&disk_limit, LOG_WARN, "%s", text);
}

static void write_status(struct daemon *d)
{
    struct fault f;
    struct status *s = &d->vitals.status;
    vitals_gather(&d->vitals, d->spool, d->push);
    strcpy(s->probe, d->identity.probe);
    strcpy(s->collector, d->uplink.url);
    s->at_us = clock_wall_us(d->host.env.clock);
    s->missed = ticker_missed(d->ticker);
    s->tasks = (int64_t)d->joined.count;
    s->schedule_version = hearing_schedule(d->hearing)->version;
    if (status_write(d->options->state_dir, s, &f) < 0)
        log_limited(&disk_limit, LOG_WARN, "%s; the status is not updated", f.text);
}

static void sync_journal(struct daemon *d)
{
    struct fault f;
    int r = spool_sync(d->spool, &f);
    vitals_disk(&d->vitals, DISK_SYNC, r);
    if (r < 0)
        log_limited(&disk_limit, LOG_ERROR, "%s; a power cut now would lose open results", f.text);
    write_status(d);
}

static void arm_timers(struct daemon *d)
{
    int64_t age = spool_age_us(d->spool);
    if (age >= 0 && !armed(d, TIMER_SEAL))
        arm(d, TIMER_SEAL, d->settings.seal_interval_us - age, 0);
    bool tells = spool_dirty(d->spool) || d->vitals.status.disk_error; /* the status has something new */
    if (tells && !armed(d, TIMER_SYNC))
        arm(d, TIMER_SYNC, d->settings.journal_sync_us, 0);
}

/* Seals and sends; on a full disk the journal stays and the timer tries anew. */
static void seal(struct daemon *d)
{
    struct fault f;
    disarm(d, TIMER_SEAL);
    int r = spool_seal(d->spool, &f);
    vitals_disk(&d->vitals, DISK_SEAL, r);
    if (r < 0) {
        log_limited(&disk_limit, LOG_ERROR, "%s; sealing is tried again in a minute", f.text);
        arm(d, TIMER_SEAL, SEAL_AGAIN_US, 0);
    }
    notice(d);
    push_kick(d->push);
}

/* ---- stopping ---- */

static void stop(struct daemon *d)
{
    if (d->stopping)
        return;
    d->stopping = true;
    uv_stop(&d->host.loop);
}

static void once_advance(struct daemon *d);

/* ---- the network ---- */

static void move_to_network(struct daemon *d)
{
    struct spool_network to;
    struct fault f;
    memcpy(to.link, d->network.link, sizeof to.link);
    memcpy(to.net, d->network.net, sizeof to.net);
    memcpy(to.net6, d->network.net6, sizeof to.net6);
    if (spool_move(d->spool, &to, &f) < 0) /* tried anew at the next look */
        log_limited(&disk_limit, LOG_ERROR, "%s; sealing is tried again in a minute", f.text);
    if (spool_age_us(d->spool) < 0)
        disarm(d, TIMER_SEAL);
    push_kick(d->push);
}

static void look(struct daemon *d)
{
    network_look(&d->network);
    move_to_network(d);
}

/* ---- sending ---- */

static void on_push_news(void *user, const struct push_state *state)
{
    struct daemon *d = user;
    if (*state->last_fault)
        log_limited(&push_limit, LOG_WARN, "sending to %s: %s; batches waiting: %zu", d->uplink.url, state->last_fault,
                    spool_waiting(d->spool)->count);
    if (state->stranger)
        hearing_keys(d->hearing);
    if (network_seen(&d->network, state->seen))
        move_to_network(d);
    notice(d);
    if (push_idle(d->push) || state->failures > 0)
        write_status(d);
    desk_news(d->desk);
    once_advance(d);
}

/* ---- errands ---- */

static void on_errand(void *user, enum errand_end end)
{
    LANG_SCOPE(LANG_EN); /* what was asked may have been asked in French */
    struct daemon *d = user;
    if (end == ERRAND_LEFT) {
        log_info("probe %s has left %s", d->identity.probe, d->uplink.url);
        d->left = true;
        stop(d);
        return;
    }
    log_info("enrolled anew with %s", d->identity.collector);
    move_to_network(d);
}

/* Without it the probe measures all the same. */
static void open_desk(struct daemon *d)
{
    struct fault f;
    d->errands = (struct errand_host){&d->uplink, d->spool, d->push, &d->network};
    if (desk_open(&d->errands, on_errand, d, &d->desk, &f) < 0)
        log_warn("%s; commands cannot ask this agent while it runs", f.text);
}

/* The box's side of leaving: nobody writes into the folder any more. */
static int depart(struct daemon *d, struct fault *f)
{
    hearing_stop(d->hearing);
    push_free(TAKE(d->push));
    spool_free(TAKE(d->spool));
    int r = departure_begin(d->options->state_dir, f);
    if (r == 0)
        r = departure_finish(d->options->state_dir, f);
    desk_farewell(d->desk, r, f);
    return r;
}

/* ---- measuring ---- */

/* What this host does not let the probe do will not pass by itself: its owner hears why. */
static void say(const struct result *r)
{
    const char *why = json_string_value(json_object_get(r->detail, "reason"));
    log_debug("%s: %s", r->task, outcome_word(r->outcome));
    if (r->outcome == OUTCOME_DENIED && why)
        log_limited(&denied_limit, LOG_WARN, "%s: %s: %s", r->task, outcome_word(r->outcome), why);
}

static void on_result(void *user, struct task *task, struct result *result)
{
    struct daemon *d = user;
    struct fault f;
    int64_t batches = (int64_t)spool_waiting(d->spool)->count;
    redact_result(&d->network, result);
    vitals_result(&d->vitals, result);
    say(result);
    int r = spool_append(d->spool, result, &f);
    if (r == 0 && d->vitals.disk_errors[DISK_APPEND]) /* there is room again: also for what could not be sealed */
        arm(d, TIMER_SEAL, 0, 0);
    vitals_disk(&d->vitals, DISK_APPEND, r);
    if (r < 0) {
        d->vitals.status.lost++;
        log_limited(&disk_limit, LOG_ERROR, "%s; the result of %s is lost", f.text, result->task);
    }
    result_free(result);
    notice(d);
    if ((int64_t)spool_waiting(d->spool)->count != batches) { /* the journal was full */
        disarm(d, TIMER_SEAL);
        push_kick(d->push);
    }
    arm_timers(d);
    once_advance(d);
}

static void on_due(void *user, struct task *task)
{
    struct daemon *d = user;
    if (runner_submit(d->runner, task) < 0) {
        d->vitals.status.overlaps++;
        log_debug("%s: skipped, the last run has not ended or too many wait", task->args.task);
    }
}

/* ---- the schedule ---- */

static void use_schedule(struct daemon *d)
{
    static const struct schedule none = {0};
    struct schedule old = d->joined;
    schedule_join(&d->joined, &d->settings.tasks,
                  d->settings.schedule == SCHEDULE_REMOTE ? hearing_schedule(d->hearing) : &none, d->settings.forbid);
    if (d->once == ONCE_NO)
        ticker_set(d->ticker, &d->joined);
    schedule_free(&old);
}

static void on_heard(void *user, bool fresh)
{
    struct daemon *d = user;
    if (fresh)
        use_schedule(d);
    once_advance(d);
}

/* ---- once ---- */

static void once_measure(struct daemon *d)
{
    d->once = ONCE_MEASURE;
    for (size_t i = 0; i < d->joined.count; i++)
        on_due(d, d->joined.tasks[i]);
    if (d->joined.count == 0)
        once_advance(d);
}

static void once_advance(struct daemon *d)
{
    switch (d->once) {
    case ONCE_NO:
        break;
    case ONCE_SCHEDULE:
        if (!hearing_waits(d->hearing))
            once_measure(d);
        break;
    case ONCE_MEASURE:
        if (runner_busy(d->runner) > 0)
            break;
        d->once = ONCE_SEND;
        seal(d);
        arm(d, TIMER_STOP, ONCE_PATIENCE_US, 0);
        break;
    case ONCE_SEND:
        if (push_idle(d->push) && spool_waiting(d->spool)->count == 0)
            stop(d);
        break;
    }
}

static void once_start(struct daemon *d)
{
    d->once = ONCE_SCHEDULE;
    hearing_once(d->hearing);
    once_advance(d);
}

/* ---- signals ---- */

static void reload(struct daemon *d)
{
    struct settings fresh = {0};
    struct fault f;
    _cleanup_(buf_free) struct buf waiting = {0};
    if (settings_read(d->options->config, &fresh, &f) < 0) {
        log_error("%s; the configuration stays as it was", f.text);
        return;
    }
    if (d->settings.present && !fresh.present) { /* the owner's vetoes do not go with it */
        log_error("%s is gone; the configuration stays as it was", SETTINGS_FILE);
        settings_free(&fresh);
        return;
    }
    settings_changed(&d->settings, &fresh, &waiting);
    if (waiting.len > 0)
        log_warn("changed, and counts from the next start on: %s", waiting.data);
    /* The uplink's URL may be it: this one is not reloadable. */
    free(fresh.collector);
    fresh.collector = TAKE(d->settings.collector);
    settings_free(&d->settings);
    d->settings = fresh;
    log_set_level((enum log_level)d->settings.log_level);
    spool_set_max(d->spool, d->settings.spool_max);
    use_schedule(d);
    disarm(d, TIMER_SEAL);
    arm_timers(d);
    hearing_schedule_now(d->hearing);
    log_info("the configuration has been read anew: %zu tasks", d->joined.count);
}

static void on_signal(uv_signal_t *handle, int number)
{
    struct daemon *d = handle->data;
    if (number == SIGHUP)
        reload(d);
    else
        stop(d);
}

/* ---- start and end ---- */

static void start_signals(struct daemon *d)
{
    static const int numbers[] = {SIGTERM, SIGINT, SIGHUP};
    for (size_t i = 0; i < COUNT(numbers); i++) {
        uv_signal_init(&d->host.loop, &d->signals[i]);
        d->signals[i].data = d;
        uv_signal_start(&d->signals[i], on_signal, numbers[i]);
    }
}

/* What each timer does. */
static void (*const timer_ends[TIMER_COUNT])(struct daemon *d) = {
    [TIMER_SYNC] = sync_journal, [TIMER_SEAL] = seal, [TIMER_LOOK] = look, [TIMER_STOP] = stop};

static void on_timer(uv_timer_t *timer)
{
    struct daemon *d = timer->data;
    timer_ends[timer - d->timers](d);
}

static void start_timers(struct daemon *d)
{
    for (size_t i = 0; i < TIMER_COUNT; i++) {
        uv_timer_init(&d->host.loop, &d->timers[i]);
        d->timers[i].data = d;
    }
    if (d->options->stop_after_us > 0)
        arm(d, TIMER_STOP, d->options->stop_after_us, 0);
}

static void close_all(struct daemon *d)
{
    for (size_t i = 0; i < TIMER_COUNT; i++)
        uv_close((uv_handle_t *)&d->timers[i], NULL);
    for (size_t i = 0; i < COUNT(d->signals); i++)
        uv_close((uv_handle_t *)&d->signals[i], NULL);
    hearing_free(d->hearing);
    desk_close(d->desk);
    push_free(d->push);
    ticker_free(d->ticker);
    host_close(&d->host);
}

static int open_all(struct daemon *d, struct fault *f)
{
    int r = identity_read(d->options->state_dir, &d->identity, f);
    if (r < 0)
        return r;
    d->uplink = (struct uplink){
        .env = &d->host.env,
        .state_dir = d->options->state_dir,
        .identity = &d->identity,
        .url = d->settings.collector ? d->settings.collector : d->identity.collector,
    };
    r = spool_open(d->options->state_dir, &d->identity, &d->timekeeper.clock, d->settings.spool_max, &d->spool, f);
    if (r < 0)
        return r;
    network_init(&d->network, d->options->state_dir);
    network_look(&d->network);
    r = host_open(&d->host, &d->timekeeper.clock, f);
    return r;
}

static int once_result(const struct daemon *d, struct fault *f)
{
    size_t waiting = spool_waiting(d->spool)->count;
    const struct push_state *push = push_state(d->push);
    if (push->rejected > 0)
        return fault_set(f, -EAGAIN,
                         _("batches that the collector refused: %" PRId64 " (%s); they are in spool/rejected"),
                         push->rejected, push->last_fault);
    if (waiting > 0)
        return fault_set(f, -EAGAIN, _("batches that still wait: %zu (%s)"), waiting,
                         *push->last_fault ? push->last_fault : _("stopped before the collector answered"));
    return 0;
}

static int finish(struct daemon *d, struct fault *f)
{
    LANG_SCOPE(LANG_EN); /* from here on it is a log */
    struct fault late;
    desk_stop(d->desk);
    if (spool_seal(d->spool, &late) < 0)
        log_error("%s; open results stay in the journal", late.text);
    d->vitals.status.pid = d->vitals.status.started = 0;
    write_status(d);
    return d->options->once ? once_result(d, f) : 0;
}

static int loop(struct daemon *d, struct fault *f)
{
    d->runner = runner_new(&d->host.env, on_result, d);
    d->ticker = ticker_new(&d->host.loop, d->host.env.clock, d->identity.key.public, on_due, d);
    d->hearing = hearing_new(&d->uplink, &d->timekeeper, &d->settings, on_heard, d);
    d->push = push_new(&d->uplink, d->spool, d->settings.retry_max_us, on_push_news, d);
    open_desk(d);
    start_timers(d);
    start_signals(d);
    vitals_init(&d->vitals, d->options->state_dir);
    notice(d);
    d->once = d->options->once ? ONCE_SCHEDULE : ONCE_NO;
    use_schedule(d);
    log_info("probe %s: %zu tasks, collector %s", d->identity.probe, d->joined.count, d->uplink.url);
    if (d->joined.count == 0 && d->settings.schedule == SCHEDULE_OFF)
        log_warn("there is nothing to measure: no [task NAME] in the configuration, and schedule = off");
    arm_timers(d);
    write_status(d);
    move_to_network(d);
    arm(d, TIMER_LOOK, LOOK_INTERVAL_US, LOOK_INTERVAL_US);
    if (d->options->once) {
        once_start(d);
    } else {
        push_kick(d->push);
        hearing_start(d->hearing);
    }
    uv_run(&d->host.loop, UV_RUN_DEFAULT);

    ticker_set(d->ticker, NULL);
    runner_free(d->runner);
    int r = d->left ? depart(d, f) : finish(d, f);
    close_all(d);
    return r;
}

int daemon_run(const struct daemon_options *options, struct settings *settings, struct fault *f)
{
    struct daemon d = {.options = options, .settings = *settings};
    *settings = (struct settings){0};
    timekeeper_init(&d.timekeeper, &clock_system);
    int r = open_all(&d, f);
    if (r == 0)
        r = loop(&d, f);
    spool_free(d.spool);
    schedule_free(&d.joined);
    settings_free(&d.settings);
    identity_wipe(&d.identity);
    return r;
}
