/* Group commit. A request puts its batch into the queue and sleeps. A writer
 * takes all that waits, up to a bound, and stores it in one transaction: while
 * one group is being committed the next gathers, so that the group's size
 * follows the load and a lone batch never waits for company.
 *
 * When a group fails for another reason than a lost connection, each of its
 * batches is tried alone: one that the database refuses must not sink its
 * neighbours. When the connection is lost all of the group fail, the requests
 * answer 503, and probes come again; what was committed unheard is then known
 * by its key.
 *
 * The queue is bounded: a full one refuses at once, which is back-pressure,
 * not loss. */
#include "collector/ledger/store.h"

#include <errno.h>
#include <pthread.h>

#include "common/lang.h"
#include "common/log.h"

/* Enough to make a commit's fsync cheap per batch, small enough to be done
 * within moments on a slow disk. */
#define GROUP_BATCHES_MAX 64
#define GROUP_RESULTS_MAX 20000

struct job {
    struct ledger_entry *entry;
    struct job *next;
    bool done;
    int rc;
    struct fault fault;
    pthread_cond_t finished;
};

struct store {
    char *conninfo, *role;
    unsigned queue_max;
    pthread_mutex_t lock;
    pthread_cond_t work;
    struct job *first, **last;
    unsigned waiting, writing;
    bool stopping;
    unsigned thread_count;
    pthread_t threads[64];
};

static int connect_ledger(const struct store *s, struct ledger **ret, struct fault *f)
{
    _cleanup_(pg_closep) struct pg *pg = NULL;
    int rc = pg_open(s->conninfo, &pg, f);
    /* A server that hangs must not hold requests for ever. */
    if (rc == 0)
        rc = pg_run(pg, "SET statement_timeout = '60s'; SET lock_timeout = '30s'; SET synchronous_commit = on", f);
    if (rc == 0 && s->role) {
        const char *role = s->role;
        rc = pg_query(pg, "SELECT set_config('role', $1, false)", 1, &role, NULL, f);
    }
    if (rc == 0)
        *ret = ledger_new(TAKE(pg));
    return rc;
}

/* Writes entries through *l, which it opens when needed and closes when lost. */
static int write_entries(const struct store *s, struct ledger **l, struct ledger_entry **entries, size_t count,
                         struct fault *f)
{
    int rc = *l ? 0 : connect_ledger(s, l, f);
    if (rc < 0)
        return -ENOTCONN;
    rc = ledger_write(*l, entries, count, f);
    if (rc == -ENOTCONN) {
        ledger_free(*l);
        *l = NULL;
    }
    return rc;
}

static void write_group(const struct store *s, struct ledger **l, struct job **jobs, size_t count)
{
    struct ledger_entry *entries[GROUP_BATCHES_MAX];
    struct fault f = {0};
    for (size_t i = 0; i < count; i++)
        entries[i] = jobs[i]->entry;
    int rc = write_entries(s, l, entries, count, &f);
    for (size_t i = 0; i < count; i++) {
        jobs[i]->rc = rc;
        jobs[i]->fault = f;
        if (rc < 0 && rc != -ENOTCONN && count > 1) {
            entries[0] = jobs[i]->entry;
            jobs[i]->rc = write_entries(s, l, entries, 1, &jobs[i]->fault);
        }
        /* A deadlock or a partition that went away: once more, alone. */
        if (jobs[i]->rc < 0 && jobs[i]->rc != -ENOTCONN) {
            entries[0] = jobs[i]->entry;
            jobs[i]->rc = write_entries(s, l, entries, 1, &jobs[i]->fault);
        }
    }
}

/* With the lock: takes what waits, within a group's bounds. */
static size_t take_group(struct store *s, struct job **jobs)
{
    size_t count = 0, results = 0;
    while (s->first && count < GROUP_BATCHES_MAX) {
        size_t more = s->first->entry->projection->results.count;
        if (count > 0 && results + more > GROUP_RESULTS_MAX)
            break;
        results += more;
        jobs[count++] = s->first;
        s->first = s->first->next;
    }
    if (!s->first)
        s->last = &s->first;
    s->waiting -= (unsigned)count;
    s->writing += (unsigned)count;
    return count;
}

static void *writer(void *ctx)
{
    struct store *s = ctx;
    struct ledger *l = NULL;
    struct job *jobs[GROUP_BATCHES_MAX];
    pthread_mutex_lock(&s->lock);
    for (;;) {
        while (!s->first && !s->stopping)
            pthread_cond_wait(&s->work, &s->lock);
        if (!s->first)
            break;
        size_t count = take_group(s, jobs);
        pthread_mutex_unlock(&s->lock);
        write_group(s, &l, jobs, count);
        pthread_mutex_lock(&s->lock);
        s->writing -= (unsigned)count;
        for (size_t i = 0; i < count; i++) {
            jobs[i]->done = true;
            pthread_cond_signal(&jobs[i]->finished);
        }
    }
    pthread_mutex_unlock(&s->lock);
    ledger_free(l);
    return NULL;
}

int store_start(const struct store_options *options, struct store **ret, struct fault *f)
{
    struct store *s = alloc_zero(1, sizeof *s);
    s->conninfo = alloc_text(options->conninfo);
    s->role = alloc_text(options->role);
    s->queue_max = options->queue_max;
    s->last = &s->first;
    pthread_mutex_init(&s->lock, NULL);
    pthread_cond_init(&s->work, NULL);
    for (unsigned i = 0; i < options->writers && i < COUNT(s->threads); i++) {
        int error = pthread_create(&s->threads[i], NULL, writer, s);
        if (error) {
            store_stop(s);
            return fault_set(f, -error, _("cannot start a writer thread"));
        }
        s->thread_count++;
    }
    *ret = s;
    return 0;
}

void store_stop(struct store *s)
{
    if (!s)
        return;
    pthread_mutex_lock(&s->lock);
    s->stopping = true;
    pthread_cond_broadcast(&s->work);
    pthread_mutex_unlock(&s->lock);
    for (unsigned i = 0; i < s->thread_count; i++)
        pthread_join(s->threads[i], NULL);
    pthread_cond_destroy(&s->work);
    pthread_mutex_destroy(&s->lock);
    free(s->conninfo);
    free(s->role);
    free(s);
}

int store_put(struct store *s, struct ledger_entry *entry, struct fault *f)
{
    struct job *job = alloc_zero(1, sizeof *job);
    job->entry = entry;
    pthread_cond_init(&job->finished, NULL);
    pthread_mutex_lock(&s->lock);
    bool full = s->waiting >= s->queue_max || s->stopping;
    if (full) {
        job->rc = fault_set(&job->fault, -EBUSY, _("%u batches wait to be stored already"), s->waiting);
    } else {
        *s->last = job;
        s->last = &job->next;
        s->waiting++;
        pthread_cond_signal(&s->work);
    }
    while (!full && !job->done)
        pthread_cond_wait(&job->finished, &s->lock);
    pthread_mutex_unlock(&s->lock);
    int rc = job->rc;
    if (rc < 0 && f)
        *f = job->fault;
    pthread_cond_destroy(&job->finished);
    free(job);
    return rc;
}

unsigned store_depth(struct store *s)
{
    pthread_mutex_lock(&s->lock);
    unsigned depth = s->waiting + s->writing;
    pthread_mutex_unlock(&s->lock);
    return depth;
}
