#include "collector/db/pg.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>

#include "common/lang.h"
#include "common/wake.h"

/* Idle connections are a stack, so that a quiet collector touches few of them.
 * `open` counts what exists, taken or idle; a connection that broke is closed
 * when it is given back, and opened anew when somebody needs it. */
struct pg_pool {
    char *conninfo, *role;
    int64_t statement_ms; /* 0: no limit */
    pthread_mutex_t lock;
    pthread_cond_t given;
    struct pg **idle;
    unsigned idle_count, open, size;
};

int pg_pool_new(const char *conninfo, const char *role, unsigned size, int64_t statement_ms, struct pg_pool **ret,
                struct fault *f)
{
    if (size == 0)
        return fault_set(f, -EINVAL, _("a pool of connections needs room for one"));
    struct pg_pool *pool = alloc_zero(1, sizeof *pool);
    pool->conninfo = alloc_text(conninfo);
    pool->role = alloc_text(role);
    pool->statement_ms = statement_ms;
    pool->idle = alloc_zero(size, sizeof *pool->idle);
    pool->size = size;
    pthread_mutex_init(&pool->lock, NULL);
    wake_init(&pool->given);
    *ret = pool;
    return 0;
}

void pg_pool_free(struct pg_pool *pool)
{
    if (!pool)
        return;
    for (unsigned i = 0; i < pool->idle_count; i++)
        pg_close(pool->idle[i]);
    pthread_cond_destroy(&pool->given);
    pthread_mutex_destroy(&pool->lock);
    free(pool->idle);
    free(pool->conninfo);
    free(pool->role);
    free(pool);
}

static int open_one(const struct pg_pool *pool, struct pg **ret, struct fault *f)
{
    _cleanup_(pg_closep) struct pg *pg = NULL;
    int rc = pg_open(pool->conninfo, &pg, f);
    if (rc == 0 && pool->role) {
        const char *role = pool->role;
        rc = pg_query(pg, "SELECT set_config('role', $1, false)", 1, &role, NULL, f);
    }
    if (rc == 0 && pool->statement_ms > 0) {
        char ms[24];
        snprintf(ms, sizeof ms, "%lld", (long long)pool->statement_ms);
        rc = pg_query(pg, "SELECT set_config('statement_timeout', $1, false)", 1, (const char *const[]){ms}, NULL, f);
    }
    if (rc == 0)
        *ret = TAKE(pg);
    return rc;
}

static void forget_one(struct pg_pool *pool)
{
    pthread_mutex_lock(&pool->lock);
    pool->open--;
    pthread_cond_signal(&pool->given);
    pthread_mutex_unlock(&pool->lock);
}

/* Waits for an idle connection or for the right to open one (*ret NULL). */
static int wait_turn(struct pg_pool *pool, int timeout_ms, struct pg **ret)
{
    const struct timespec until = wake_after_ms(timeout_ms);
    int rc = 0;
    pthread_mutex_lock(&pool->lock);
    while (rc == 0 && pool->idle_count == 0 && pool->open == pool->size)
        rc = pthread_cond_timedwait(&pool->given, &pool->lock, &until);
    if (rc == 0 && pool->idle_count > 0)
        *ret = pool->idle[--pool->idle_count];
    else if (rc == 0)
        pool->open++;
    pthread_mutex_unlock(&pool->lock);
    return -rc;
}

int pg_pool_take(struct pg_pool *pool, int timeout_ms, struct pg **ret, struct fault *f)
{
    struct pg *pg = NULL;
    if (wait_turn(pool, timeout_ms, &pg) < 0)
        return fault_set(f, -EBUSY, _("all %u connections to PostgreSQL are taken"), pool->size);
    /* An idle connection may have died: a round trip tells, and costs less than a failed request. */
    if (pg && pg_run(pg, "", f) < 0) {
        pg_close(pg);
        pg = NULL;
    }
    if (!pg) {
        int rc = open_one(pool, &pg, f);
        if (rc < 0) {
            forget_one(pool);
            return rc;
        }
    }
    *ret = pg;
    return 0;
}

void pg_pool_give(struct pg_pool *pool, struct pg *pg)
{
    if (!pg)
        return;
    pg_stream_stop(pg);
    pg_watch(pg, -1);
    if (!pg_idle(pg) && pg_run(pg, "ROLLBACK", NULL) < 0) {
        pg_close(pg);
        forget_one(pool);
        return;
    }
    pthread_mutex_lock(&pool->lock);
    pool->idle[pool->idle_count++] = pg;
    pthread_cond_signal(&pool->given);
    pthread_mutex_unlock(&pool->lock);
}
