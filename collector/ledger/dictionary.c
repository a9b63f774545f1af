#include "collector/ledger/dictionary.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>

#include "common/fnv.h"
#include "common/lang.h"
#include "common/limits.h"

/* Names kept in memory; then all are forgotten and met anew. The standard
 * schedule has fewer than a hundred, a fleet of 10 000 local configurations
 * some thousands. */
#define NAMES_MAX 200000

struct entry {
    char *name; /* NULL: empty */
    size_t len;
    int32_t no;
};

struct dictionary {
    struct pg_pool *pool;
    char *sql;
    pthread_rwlock_t lock;
    struct entry *entries; /* open addressing, a power of two, at most half full */
    size_t size, count;
};

struct dictionary *dictionary_new(struct pg_pool *pool, const char *table)
{
    struct dictionary *d = alloc_zero(1, sizeof *d);
    d->pool = pool;
    d->sql = alloc_format(
        "WITH made AS (INSERT INTO %s (name) VALUES ($1) ON CONFLICT (name) DO NOTHING RETURNING %s_no) "
        "SELECT %s_no FROM made UNION ALL SELECT %s_no FROM %s WHERE name = $1",
        table, table, table, table, table);
    d->size = 1024;
    d->entries = alloc_zero(d->size, sizeof *d->entries);
    pthread_rwlock_init(&d->lock, NULL);
    return d;
}

static void forget_all(struct dictionary *d)
{
    for (size_t i = 0; i < d->size; i++)
        free(d->entries[i].name);
    memset(d->entries, 0, d->size * sizeof *d->entries);
    d->count = 0;
}

void dictionary_free(struct dictionary *d)
{
    if (!d)
        return;
    forget_all(d);
    free(d->entries);
    free(d->sql);
    pthread_rwlock_destroy(&d->lock);
    free(d);
}

/* A peer that finds collisions slows its own batch down. */
static uint64_t hash_name(const char *name, size_t len)
{
    const uint64_t hash = fnv_add(FNV_START, name, len);
    return hash ^ hash >> 32;
}

/* The name's entry, or the empty one where it belongs. */
static struct entry *slot(const struct dictionary *d, const char *name, size_t len)
{
    for (size_t i = hash_name(name, len);; i++) {
        struct entry *e = &d->entries[i & (d->size - 1)];
        if (!e->name || (e->len == len && !memcmp(e->name, name, len)))
            return e;
    }
}

static void grow(struct dictionary *d)
{
    struct entry *old = d->entries;
    size_t old_size = d->size;
    d->size *= 2;
    d->entries = alloc_zero(d->size, sizeof *d->entries);
    for (size_t i = 0; i < old_size; i++)
        if (old[i].name)
            *slot(d, old[i].name, old[i].len) = old[i];
    free(old);
}

void dictionary_learn(struct dictionary *d, const char *name, size_t len, int32_t no)
{
    pthread_rwlock_wrlock(&d->lock);
    if (d->count >= NAMES_MAX)
        forget_all(d);
    if (2 * (d->count + 1) > d->size)
        grow(d);
    struct entry *e = slot(d, name, len);
    if (!e->name) {
        *e = (struct entry){alloc_text_n(name, len), len, no};
        d->count++;
    }
    pthread_rwlock_unlock(&d->lock);
}

static int ask(struct dictionary *d, const char *name, int32_t *ret_no, struct fault *f)
{
    struct pg *pg = NULL;
    if (!d->pool)
        return fault_set(f, -ENOTCONN, _("no database to ask for the name %s"), name);
    int rc = pg_pool_take(d->pool, PG_TAKE_WAIT_MS, &pg, f);
    if (rc < 0)
        return rc;
    /* Nothing comes back when another transaction made it meanwhile: then the next try sees it. */
    int64_t no = 0;
    for (int tries = 0; rc == 0 && no == 0 && tries < 3; tries++) {
        _cleanup_rows_ struct pg_rows *rows = NULL;
        rc = pg_query(pg, d->sql, 1, &name, &rows, f);
        if (rc == 0 && pg_rows_count(rows) > 0)
            no = pg_int(rows, 0, 0);
    }
    pg_pool_give(d->pool, pg);
    if (rc == 0 && no == 0)
        rc = fault_set(f, -EIO, _("the name %s gets no number"), name);
    if (rc == 0)
        *ret_no = (int32_t)no;
    return rc;
}

int dictionary_find(struct dictionary *d, const char *name, size_t len, int32_t *ret_no, struct fault *f)
{
    pthread_rwlock_rdlock(&d->lock);
    struct entry *e = slot(d, name, len);
    int32_t no = e->name ? e->no : 0;
    pthread_rwlock_unlock(&d->lock);
    if (no == 0) {
        char text[NAME_MAX_TARGET + 1];
        if (len >= sizeof text)
            return fault_set(f, -EINVAL, _("a name of %zu octets"), len);
        memcpy(text, name, len);
        text[len] = '\0';
        int rc = ask(d, text, &no, f);
        if (rc < 0)
            return rc;
        dictionary_learn(d, name, len, no);
    }
    *ret_no = no;
    return 0;
}
