#include "collector/probe/roster.h"

#include <pthread.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/alloc.h"
#include "common/clock.h"

/* How long what the database said about a probe is believed. */
#define ROSTER_AGE_US (60 * INT64_C(1000000))
#define ROSTER_SLOTS  16384

struct slot {
    struct roster_probe probe;
    int64_t asked_us; /* CLOCK_BOOTTIME; 0: empty */
};

struct roster {
    struct pg_pool *pool;
    pthread_mutex_t lock;
    struct slot *slots; /* by hash of the id; a later probe takes the place of an earlier one */
};

struct roster *roster_new(struct pg_pool *pool)
{
    struct roster *r = alloc_zero(1, sizeof *r);
    r->pool = pool;
    r->slots = alloc_zero(ROSTER_SLOTS, sizeof *r->slots);
    pthread_mutex_init(&r->lock, NULL);
    return r;
}

void roster_free(struct roster *r)
{
    if (!r)
        return;
    pthread_mutex_destroy(&r->lock);
    free(r->slots);
    free(r);
}

/* The id is a hash already: its first letters spread well. */
static struct slot *slot_of(const struct roster *r, const char *id)
{
    uint32_t n = 0;
    for (int i = 0; i < 6; i++)
        n = n * 37 + (unsigned char)id[i];
    return &r->slots[n % ROSTER_SLOTS];
}

void roster_forget(struct roster *r, const char *id)
{
    pthread_mutex_lock(&r->lock);
    slot_of(r, id)->asked_us = 0;
    pthread_mutex_unlock(&r->lock);
}

bool roster_remembers(struct roster *r, const char *id, struct roster_probe *ret)
{
    pthread_mutex_lock(&r->lock);
    const struct slot *s = slot_of(r, id);
    bool fresh = s->asked_us && !strcmp(s->probe.id, id) && clock_mono_us(&clock_system) - s->asked_us < ROSTER_AGE_US;
    if (fresh)
        *ret = s->probe;
    pthread_mutex_unlock(&r->lock);
    return fresh;
}

static void fill(const struct pg_rows *rows, const char *id, struct roster_probe *ret)
{
    *ret = (struct roster_probe){
        .no = (int32_t)pg_int(rows, 0, 0), .revoked = pg_bool(rows, 0, 1), .forgotten = pg_bool(rows, 0, 3)};
    memcpy(ret->id, id, strnlen(id, PROBE_ID_SIZE - 1));
    for (size_t i = 0; i < pg_rows_count(rows) && ret->key_count < ROSTER_KEYS_MAX; i++) {
        const char *key = pg_text(rows, i, 2);
        if (!key || base64_read(key, strlen(key), ret->keys[ret->key_count], SIGN_PUBLIC_SIZE) < 0)
            continue;
        struct roster_until *until = &ret->until[ret->key_count++];
        const char *chain = pg_text(rows, i, 4);
        if (chain) {
            snprintf(until->chain, sizeof until->chain, "%s", chain);
            until->seq = pg_int(rows, i, 5);
        } else {
            ret->current_count++;
        }
    }
}

int roster_ask(struct roster *r, const char *id, struct roster_probe *ret, struct fault *f)
{
    static const char sql[] =
        "SELECT p.probe_no, p.revoked_at IS NOT NULL, encode(k.public, 'base64'), p.forgotten_at IS NOT NULL, "
        "k.until_chain, k.until_seq "
        "FROM probe p LEFT JOIN probe_key k "
        "ON k.probe_no = p.probe_no AND k.revoked_at IS NULL WHERE p.probe = $1 "
        "ORDER BY k.until_seq IS NOT NULL, k.valid_to DESC, k.valid_from DESC";
    struct pg *pg = NULL;
    int rc = pg_pool_take(r->pool, PG_TAKE_WAIT_MS, &pg, f);
    if (rc < 0)
        return rc;
    _cleanup_rows_ struct pg_rows *rows = NULL;
    rc = pg_query_kept(pg, sql, 1, &id, &rows, f);
    pg_pool_give(r->pool, pg);
    if (rc < 0)
        return rc;
    if (pg_rows_count(rows) == 0) {
        *ret = (struct roster_probe){0};
        return 0;
    }
    fill(rows, id, ret);
    pthread_mutex_lock(&r->lock);
    *slot_of(r, id) = (struct slot){*ret, clock_mono_us(&clock_system)};
    pthread_mutex_unlock(&r->lock);
    return 0;
}

int roster_place(struct roster *r, int32_t probe_no, const char *chain, int64_t seq,
                 const uint8_t hash[static HASH_SIZE], enum roster_place *ret, struct fault *f)
{
    static const char sql[] =
        "SELECT coalesce(bool_or(prev = decode($4, 'hex') AND seq = $3::bigint + 1 OR hash = decode($4, 'hex')), "
        "false), "
        "coalesce(bool_or(seq = $3::bigint + 1), false) FROM batch_key WHERE probe_no = $1::int AND chain = $2 AND "
        "seq BETWEEN $3::bigint AND $3::bigint + 1";
    char no[16], place[24], hex[HASH_TEXT_SIZE];
    const char *const params[] = {no, chain, place, hash_text(hash, hex)};
    struct pg *pg = NULL;
    _cleanup_rows_ struct pg_rows *rows = NULL;
    if (seq == INT64_MAX) { /* nothing comes after it */
        *ret = ROSTER_PLACE_OPEN;
        return 0;
    }
    snprintf(no, sizeof no, "%" PRId32, probe_no);
    snprintf(place, sizeof place, "%" PRId64, seq);
    int rc = pg_pool_take(r->pool, PG_TAKE_WAIT_MS, &pg, f);
    if (rc < 0)
        return rc;
    rc = pg_query_kept(pg, sql, 4, params, &rows, f);
    pg_pool_give(r->pool, pg);
    if (rc == 0)
        *ret = pg_bool(rows, 0, 0) ? ROSTER_PLACE_PROVEN : pg_bool(rows, 0, 1) ? ROSTER_PLACE_OTHER : ROSTER_PLACE_OPEN;
    return rc;
}
