/* serve: the flow receive → verify → store, and the pages, in one process.
 *
 * Order of the start: state directory and its owner, the unprivileged user,
 * the lock, the database, the writers, HTTP last. The stop goes the other way:
 * no new connections, answers under way, waiting batches, then PostgreSQL.
 * Meanwhile the main thread looks each second whether PostgreSQL lives. */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "collector/api/api.h"
#include "collector/command/command.h"
#include "collector/db/database.h"
#include "collector/db/scratch.h"
#include "collector/figure/chapter.h"
#include "collector/figure/refresh.h"
#include "collector/probe/desk.h"
#include "collector/probe/forget.h"
#include "collector/health.h"
#include "collector/ledger/intake.h"
#include "collector/web/site.h"
#include "collector/probe/schedule.h"
#include "collector/upkeep.h"
#include "collector/db/user.h"
#include "common/clock.h"
#include "common/file.h"
#include "common/json.h"
#include "common/lang.h"
#include "common/limits.h"
#include "common/log.h"
#include "common/statement.h"
#include "common/wake.h"

#define IDLE_TIMEOUT_S 60
#define BODY_TIMEOUT_S 120 /* twice what an agent waits for an answer to what it sends */
#define WAKE_EVERY_MS  500
#define INGEST_POOL    8 /* connections for enrolment, probe and name look-ups */
#define ANALYST_POOL   4
#define OWNER_POOL     2 /* each reads one probe */

struct serve {
    const struct context *context;
    int lock_fd;
    struct database *database;
    struct upkeep *upkeep;
    struct http_server *http;
    struct identity identity;
    json_t *tasks;       /* the schedule as it was read */
    struct buf schedule; /* and as it is told, signed */
    char *archive;
    struct pg_pool *ingest, *analyst, *owner, *answers, *reader; /* kinds of readers do not wait for each other */
    /* What each room's handlers are given. */
    struct desk desk;
    struct intake intake;
    struct api api;
    struct site *site;
    struct health health;
    int64_t tell_us; /* when it is said again that PostgreSQL does not start (clock_mono_us) */
};

/* ---- start ---- */

static int take_state_dir(struct serve *s, struct fault *f)
{
    const char *dir = s->context->state_dir;
    int rc = user_take_dir(dir, f);
    if (rc == 0 && user_acts()) {
        _cleanup_text_ char *name = user_name(geteuid());
        log_info(_("started as root; going on as the user %s"), name);
    }
    if (rc == 0)
        rc = user_become(f);
    if (rc == 0)
        rc = file_lock_dir(dir, &s->lock_fd, f);
    return rc;
}

/* An answer to a probe says "durable", and the probe deletes. PostgreSQL must
 * not have been told to take that lightly. */
static int check_durable(struct serve *s, struct fault *f)
{
    _cleanup_(pg_closep) struct pg *pg = NULL;
    _cleanup_rows_ struct pg_rows *rows = NULL;
    int rc = database_connect(s->database, &pg, f);
    if (rc == 0)
        rc = pg_query(pg,
                      "SELECT string_agg(name, ', ' ORDER BY name) FROM pg_settings WHERE setting = 'off' AND "
                      "name IN ('fsync', 'full_page_writes', 'synchronous_commit')",
                      0, NULL, &rows, f);
    if (rc < 0 || !pg_text(rows, 0, 0))
        return rc;
    if (s->context->settings.unsafe_database) {
        log_warn(_("PostgreSQL has %s off: a power cut loses data that probes were told is safe"), pg_text(rows, 0, 0));
        return 0;
    }
    return fault_set(f, -EINVAL,
                     _("PostgreSQL has %s off: a power cut would lose data that probes were told is safe; switch it "
                       "on, or say unsafe_database = yes in the configuration"),
                     pg_text(rows, 0, 0));
}

/* A database that came back from a backup remembers what its owner had forgotten. */
static int forget(struct serve *s, struct fault *f)
{
    unsigned count = 0;
    _cleanup_(pg_closep) struct pg *pg = NULL;
    int rc = database_connect(s->database, &pg, f);
    if (rc == 0)
        rc = forget_again(pg, s->context->state_dir, s->archive, &count, f);
    if (count > 0)
        log_warn(_("probes forgotten again, as their tombstones say: %u"), count);
    return rc;
}

/* Before anybody can read: what was made without the floor must not be seen with it. */
static int set_floor(struct serve *s, struct fault *f)
{
    const int says = s->context->settings.publication_floor;
    const bool lifted = says == SETTINGS_FLOOR_NO, simulated = says == SETTINGS_FLOOR_SIMULATED;
    _cleanup_(pg_closep) struct pg *pg = NULL;
    int rc = database_connect(s->database, &pg, f);
    if (rc == 0)
        rc = pg_query(pg, "SELECT floor_lift($1, $2)", 2,
                      (const char *const[]){lifted ? "true" : "false", simulated ? "true" : "false"}, NULL, f);
    if (rc == 0 && lifted)
        log_warn(_("publication_floor = no: every figure is shown, also of a single household"));
    if (rc == 0 && simulated)
        log_warn(_(
            "publication_floor = simulated: every figure of a simulated country is shown, whatever stands behind it"));
    return rc;
}

/* Of a verification that was killed. Where that cannot be, figures are made all the same. */
static void sweep(struct serve *s)
{
    struct fault f = {0};
    bool swept = false;
    _cleanup_(pg_closep) struct pg *pg = NULL;
    int rc = database_connect(s->database, &pg, &f);
    if (rc == 0)
        rc = scratch_sweep(pg, &swept, &f);
    if (rc < 0)
        log_warn(_("a database that a verification may have left could not be looked for: %s"), f.text);
    else if (swept)
        log_info(_("took away the database that a killed verification had left"));
}

static void tell(const struct fault *f)
{
    log_error("%s", f->text);
}

/* Before the first figure is made, and before anybody looks one up. */
static int check_chapter(struct serve *s, struct fault *f)
{
    _cleanup_(pg_closep) struct pg *pg = NULL;
    int rc = database_connect(s->database, &pg, f);
    if (rc == 0)
        rc = chapter_check(pg, tell, f);
    return rc < 0 ? rc : refresh_settle(pg, f);
}

/* What a schedule of the team's own file measures is for everybody to see; what members add to theirs is not. */
static int name_targets(struct serve *s, struct fault *f)
{
    _cleanup_(pg_closep) struct pg *pg = NULL;
    _cleanup_text_ char *tasks = json_text(s->tasks);
    int rc = database_connect(s->database, &pg, f);
    return rc < 0 ? rc : pg_query(pg, "SELECT schedule_seed($1::jsonb)", 1, (const char *const[]){tasks}, NULL, f);
}

static int open_pools(struct serve *s, const char **ret_ingest_role, struct fault *f)
{
    const struct settings *settings = &s->context->settings;
    const int64_t answer_ms = settings->answer_timeout / 1000, analyst_ms = settings->analyst_timeout / 1000;
    /* What strangers may ask has limits; who has a key is known, and may ask for a million results: so it has a longer
     * one. */
    const struct {
        const char *role;
        unsigned size;
        struct pg_pool **pool;
        int64_t statement_ms;
    } pools[] = {
        {"internetmetre_ingest", INGEST_POOL, &s->ingest, 0},
        {"internetmetre_analyst", ANALYST_POOL, &s->analyst, analyst_ms},
        {"internetmetre_analyst", OWNER_POOL, &s->owner, answer_ms},
        {"internetmetre_reader", (unsigned)settings->answers, &s->answers, answer_ms},
        {"internetmetre_reader", (unsigned)settings->readers, &s->reader, 0},
    };
    const char *roles[COUNT(pools)];
    _cleanup_(pg_closep) struct pg *pg = NULL;
    int rc = database_connect(s->database, &pg, f);
    for (size_t i = 0; rc == 0 && i < COUNT(pools); i++) {
        rc = database_role(pg, pools[i].role, &roles[i], f);
        if (rc == 0)
            rc = pg_pool_new(database_conninfo(s->database), roles[i], pools[i].size, pools[i].statement_ms,
                             pools[i].pool, f);
    }
    if (rc < 0)
        return rc;
    if (!roles[0])
        log_warn(_("the roles internetmetre_ingest, _analyst and _reader do not exist; everything runs as the owner"));
    *ret_ingest_role = roles[0];
    return 0;
}

static int start_store(struct serve *s, struct fault *f)
{
    struct store_options options = {
        .conninfo = database_conninfo(s->database),
        .writers = (unsigned)s->context->settings.writers,
        .queue_max = (unsigned)s->context->settings.queue,
    };
    int rc = open_pools(s, &options.role, f);
    if (rc < 0)
        return rc;
    s->intake = (struct intake){
        .identity = &s->identity,
        .roster = roster_new(s->ingest),
        .strikes = strikes_new(),
        .targets = dictionary_new(s->ingest, "target"),
        .tasks = dictionary_new(s->ingest, "task"),
    };
    rc = store_start(&options, &s->intake.store, f);
    const struct settings *settings = &s->context->settings;
    const struct upkeep_options upkeep = {
        .conninfo = options.conninfo,
        .retain = {s->archive, settings->keep_results, settings->keep_bodies},
        .names = {s->intake.targets, s->intake.tasks},
    };
    if (rc == 0 && s->context->settings.upkeep)
        rc = upkeep_start(&upkeep, &s->upkeep, f);
    return rc;
}

/* The address as it came to be: DIR/listen tells scripts which port 0 became. */
static int announce(const struct serve *s, struct fault *f)
{
    const char *listen = s->context->settings.listen;
    _cleanup_text_ char *path = alloc_format("%s/listen", s->context->state_dir);
    _cleanup_text_ char *text = alloc_format("%.*s:%u\n", (int)(strrchr(listen, ':') - listen), listen,
                                             http_port(s->http));
    log_info(_("listening on http://%.*s"), (int)strlen(text) - 1, text);
    return file_write_atomic(path, text, strlen(text), 0644, f);
}

/* The desk shares the intake's roster, so that who leaves is forgotten there, and
 * its strikes, so that a network's refusals count wherever they were. */
static void furnish(struct serve *s)
{
    s->desk = (struct desk){
        .pool = s->ingest,
        .identity = &s->identity,
        .roster = s->intake.roster,
        .strikes = s->intake.strikes,
        .schedule = &s->schedule,
        .country = s->context->settings.country,
        .state_dir = s->context->state_dir,
        .archive = s->archive,
    };
    s->api = (struct api){s->ingest, s->analyst, s->owner, s->answers, share_new()};
    s->site = site_new(s->reader, s->context->settings.country);
    s->health.pool = s->ingest;
    s->health.desk = &s->desk;
    s->health.intake = &s->intake;
}

static int start_http(struct serve *s, struct fault *f)
{
    furnish(s);
    /* Every route of the collector; a module with routes adds its table here. */
    const struct http_table tables[] = {
        {announce_routes, &s->desk},  {enroll_routes, &s->desk}, {leave_routes, &s->desk},
        {receive_routes, &s->intake}, {query_routes, &s->api},   {site_routes(s->site), s->site},
        {health_routes, &s->health},
    };
    const struct http_options options = {
        .listen = s->context->settings.listen,
        .tables = tables,
        .table_count = COUNT(tables),
        .proxies = s->context->settings.proxies,
        .near_only = s->context->settings.publication_floor == SETTINGS_FLOOR_NO,
        .connections_max = (unsigned)s->context->settings.connections,
        .idle_timeout_s = IDLE_TIMEOUT_S,
        .body_timeout_s = BODY_TIMEOUT_S,
    };
    int rc = http_start(&options, &s->http, f);
    return rc < 0 ? rc : announce(s, f);
}

static int open_identity(struct serve *s, struct fault *f)
{
    bool fresh = false;
    int rc = identity_open(s->context->state_dir, &s->identity, &fresh, f);
    if (fresh)
        log_warn(_("%s/recovery.key was made: move it to a safe place off this machine; it replaces the collector's "
                   "key should that be lost or stolen"),
                 s->context->state_dir);
    return rc;
}

static int start(struct serve *s, struct fault *f)
{
    int rc = take_state_dir(s, f);
    if (rc == 0)
        rc = open_identity(s, f);
    if (rc == 0)
        statement_write(&s->identity.key, DOMAIN_SCHEDULE, s->tasks, &s->schedule);
    if (rc == 0)
        rc = database_serve(&s->context->database, &s->database, f);
    if (rc == 0)
        rc = check_durable(s, f);
    if (rc == 0)
        rc = forget(s, f);
    if (rc == 0)
        rc = set_floor(s, f);
    if (rc == 0)
        rc = name_targets(s, f);
    if (rc == 0)
        sweep(s);
    if (rc == 0)
        rc = check_chapter(s, f);
    if (rc == 0)
        rc = start_store(s, f);
    if (rc == 0)
        rc = start_http(s, f);
    return rc;
}

/* ---- stop ---- */

/* Those that end wait for the database's answers first. One of its processes that
 * somebody has just stopped may still be in a system call, and stands still only
 * when that ends: it is looked for until they all have ended. */
struct vigil {
    const struct database *database;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool over;
};

static void *keep_awake(void *ctx)
{
    struct vigil *v = ctx;
    pthread_mutex_lock(&v->lock);
    while (!v->over) {
        const struct timespec until = wake_after_ms(WAKE_EVERY_MS);
        database_wake(v->database);
        pthread_cond_timedwait(&v->wake, &v->lock, &until);
    }
    pthread_mutex_unlock(&v->lock);
    return NULL;
}

static void stop_threads(struct serve *s)
{
    struct vigil v = {.database = s->database, .lock = PTHREAD_MUTEX_INITIALIZER};
    pthread_t thread;
    wake_init(&v.wake);
    bool kept = pthread_create(&thread, NULL, keep_awake, &v) == 0;
    http_stop(s->http);
    site_free(s->site);
    store_stop(s->intake.store);
    upkeep_stop(s->upkeep);
    if (kept) {
        pthread_mutex_lock(&v.lock);
        v.over = true;
        pthread_cond_signal(&v.wake);
        pthread_mutex_unlock(&v.lock);
        pthread_join(thread, NULL);
    }
    pthread_cond_destroy(&v.wake);
}

static void stop(struct serve *s)
{
    LANG_SCOPE(LANG_EN);
    stop_threads(s);
    dictionary_free(s->intake.targets);
    dictionary_free(s->intake.tasks);
    roster_free(s->intake.roster);
    strikes_free(s->intake.strikes);
    share_free(s->api.share);
    pg_pool_free(s->ingest);
    pg_pool_free(s->analyst);
    pg_pool_free(s->owner);
    pg_pool_free(s->answers);
    pg_pool_free(s->reader);
    database_close(s->database);
    free(s->archive);
    buf_free(&s->schedule);
    json_decref(s->tasks);
    identity_close(&s->identity);
    if (s->lock_fd >= 0)
        close(s->lock_fd);
}

/* ---- the command ---- */

#define TELL_AGAIN_US INT64_C(600000000) /* a log that fills the disk is no help where it is full */

static void watch_database(struct serve *s)
{
    struct fault f = {0};
    int64_t now = clock_mono_us(&clock_system);
    int rc = database_watch(s->database, &f);
    if (rc > 0) {
        s->health.restarts++;
        s->tell_us = 0;
        log_warn(_("PostgreSQL had died and runs again; batches were asked to come later meanwhile"));
    } else if (rc < 0 && rc != -EINTR && now >= s->tell_us) {
        s->tell_us = now + TELL_AGAIN_US;
        log_error(_("PostgreSQL died and does not start: %s; tried again each second, told again in ten minutes"),
                  f.text);
    }
}

/* SIGHUP: what the table calls reloadable, which is the log's level. A file that
 * is wrong, or is gone, changes nothing. */
static void reload(const struct context *c)
{
    struct fault f = {0};
    struct settings fresh = {0};
    _cleanup_(buf_free) struct buf waiting = {0};
    if (settings_read(c->config, c->config_read, &fresh, &f) < 0) {
        log_error(_("%s; the earlier settings stay"), f.text);
    } else {
        log_set_level((enum log_level)fresh.log_level);
        conf_changed(&settings_table, &c->settings, &fresh, &waiting);
        if (waiting.len > 0)
            log_warn(_("changed, and counts from the next start on: %s"), waiting.data);
    }
    settings_free(&fresh);
}

static void wait_for_end(struct serve *s, const sigset_t *signals)
{
    LANG_SCOPE(LANG_EN); /* from here on it is a log */
    const struct timespec second = {.tv_sec = 1};
    for (;;) {
        int got = sigtimedwait(signals, NULL, &second);
        if (got == SIGTERM || got == SIGINT) {
            log_info(_("stopping: answers under way, waiting batches, then PostgreSQL"));
            return;
        }
        if (got == SIGHUP)
            reload(s->context);
        watch_database(s);
    }
}

static int run(const struct invocation *in)
{
    const struct context *c = in->context;
    struct serve s = {.context = c, .lock_fd = -1};
    struct fault f = {0};
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGHUP);
    sigaddset(&signals, SIGCHLD); /* PostgreSQL ended: looked after at once */
    /* Blocked before any thread starts: the main thread alone takes them. */
    sigprocmask(SIG_BLOCK, &signals, NULL);
    if (schedule_load(c->settings.schedule, c->settings.packs, c->settings.target, &s.tasks, &f) <
        0) { /* a wrong configuration, before anything is touched */
        log_error("%s", f.text);
        return EXIT_USAGE;
    }
    s.archive = settings_archive(&c->settings, c->state_dir);
    int rc = start(&s, &f);
    if (rc == 0)
        wait_for_end(&s, &signals);
    else
        log_line(rc == -EINTR ? LOG_INFO : LOG_ERROR, "%s", f.text);
    stop(&s);
    return rc < 0 && rc != -EINTR;
}

const struct command command_serve = {
    .name = "serve",
    .help = N_("Run the collector: receive batches, answer questions, show pages."),
    .run = run,
};
