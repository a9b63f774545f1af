#include "collector/upkeep.h"

#include <pthread.h>

#include "collector/db/scratch.h"
#include "collector/ledger/again.h"
#include "collector/figure/refresh.h"
#include "collector/figure/rollup.h"
#include "common/clock.h"
#include "common/lang.h"
#include "common/log.h"
#include "common/wake.h"

#define LOOK_EVERY_MS 1000 /* whether a job is due */

struct job {
    const char *name;
    int every_s;
    int (*run)(struct pg *pg, const struct upkeep_options *o, struct fault *f);
};

static int make_days(struct pg *pg, const struct upkeep_options *o, struct fault *f)
{
    return rollup_run(pg, f);
}

static int make_figures(struct pg *pg, const struct upkeep_options *o, struct fault *f)
{
    return refresh_paced(pg, f);
}

static int project_again(struct pg *pg, const struct upkeep_options *o, struct fault *f)
{
    return again_run(pg, &o->names, false, f);
}

/* What a killed verification leaves holds batches as the ledger does, also of those who leave. */
static int retain(struct pg *pg, const struct upkeep_options *o, struct fault *f)
{
    bool swept = false;
    int rc = retain_run(pg, &o->retain, f);
    if (rc == 0)
        rc = scratch_sweep(pg, &swept, f);
    if (swept)
        log_info(_("took away the database that a killed verification had left"));
    return rc;
}

/* A line a job; it decides itself whether there is anything to do. */
static const struct job jobs[] = {
    {"projection", 10, project_again}, {"rollup", 10, make_days}, {"figures", 10, make_figures},
    {"retention", 600, retain},        {NULL, 0, NULL},
};

struct upkeep {
    struct upkeep_options options;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool stopping;
};

static void run_job(struct upkeep *u, struct pg **pg, const struct job *job)
{
    struct fault f = {0};
    int rc = 0;
    if (!*pg || !pg_usable(*pg)) {
        pg_close(*pg);
        *pg = NULL;
        rc = pg_open(u->options.conninfo, pg, &f);
    }
    if (rc == 0)
        rc = job->run(*pg, &u->options, &f);
    if (rc < 0)
        log_warn("%s: %s; tried again in %d s", job->name, f.text, job->every_s);
    if (rc < 0 && *pg && !pg_idle(*pg) && pg_run(*pg, "ROLLBACK", NULL) < 0)
        log_debug("%s: the connection is lost", job->name);
}

static void *work(void *ctx)
{
    struct upkeep *u = ctx;
    struct pg *pg = NULL;
    int64_t due[COUNT(jobs)] = {0};
    pthread_mutex_lock(&u->lock);
    while (!u->stopping) {
        pthread_mutex_unlock(&u->lock);
        for (size_t i = 0; jobs[i].name; i++) {
            int64_t now = clock_mono_us(&clock_system);
            if (now < due[i])
                continue;
            due[i] = now + jobs[i].every_s * INT64_C(1000000);
            run_job(u, &pg, &jobs[i]);
        }
        const struct timespec until = wake_after_ms(LOOK_EVERY_MS);
        pthread_mutex_lock(&u->lock);
        if (!u->stopping)
            pthread_cond_timedwait(&u->wake, &u->lock, &until);
    }
    pthread_mutex_unlock(&u->lock);
    pg_close(pg);
    return NULL;
}

int upkeep_start(const struct upkeep_options *options, struct upkeep **ret, struct fault *f)
{
    struct upkeep *u = alloc_zero(1, sizeof *u);
    u->options = *options;
    pthread_mutex_init(&u->lock, NULL);
    wake_init(&u->wake);
    int error = pthread_create(&u->thread, NULL, work, u);
    if (error) {
        free(u);
        return fault_set(f, -error, _("cannot start the upkeep thread"));
    }
    *ret = u;
    return 0;
}

void upkeep_stop(struct upkeep *u)
{
    if (!u)
        return;
    pthread_mutex_lock(&u->lock);
    u->stopping = true;
    pthread_cond_signal(&u->wake);
    pthread_mutex_unlock(&u->lock);
    pthread_join(u->thread, NULL);
    pthread_cond_destroy(&u->wake);
    pthread_mutex_destroy(&u->lock);
    free(u);
}
