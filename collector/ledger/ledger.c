/* Exactly once: the key (probe, hash) is inserted with ON CONFLICT DO NOTHING,
 * and only the batches whose keys were new in this transaction get a body and
 * rows. Two transactions with the same key wait for each other inside the
 * insert; entries are sorted so that they never wait in a circle. An answer is
 * sent after COMMIT; a probe that did not hear it sends again and meets its
 * own key. */
#include "collector/ledger/ledger.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "collector/ledger/epoch.h"
#include "common/clock.h"
#include "common/json.h"
#include "common/lang.h"
#include "common/limits.h"
#include "common/prefix.h"

/* sealed_at is whatever the probe's clock said; the column keeps what
 * PostgreSQL can hold, the body keeps the truth. */
#define SEALED_MIN_US 0
/* Keys that a rotation names, in base64. */
#define PUBLIC_TEXT_SIZE (4 * ((SIGN_PUBLIC_SIZE + 2) / 3) + 1)
#define TEXT_(x)         #x
#define TEXT(x)          TEXT_(x)

struct ledger {
    struct pg *pg;
    struct copy_rows bodies, dirty; /* under construction; the memory is reused */
    struct buf json, notes, epochs;
    struct buf months; /* of int64_t: partitions known to exist */
};

struct ledger *ledger_new(struct pg *pg)
{
    struct ledger *l = alloc_zero(1, sizeof *l);
    l->pg = pg;
    return l;
}

void ledger_free(struct ledger *l)
{
    if (!l)
        return;
    pg_close(l->pg);
    copy_rows_free(&l->bodies);
    copy_rows_free(&l->dirty);
    buf_free(&l->json);
    buf_free(&l->notes);
    buf_free(&l->epochs);
    buf_free(&l->months);
    free(l);
}

/* ---- partitions ---- */

/* A month as a number, and the table it is of as the sign. */
static int64_t month_key(const char *date, bool of_bodies)
{
    int64_t month = strtol(date, NULL, 10) * 12 + strtol(date + 5, NULL, 10);
    return of_bodies ? -month : month;
}

static int ensure_month(struct ledger *l, const char *table, int64_t at_us, struct fault *f)
{
    char date[TIME_TEXT_SIZE];
    time_format(at_us, date);
    date[10] = '\0';
    int64_t key = month_key(date, table[0] == 'b');
    const int64_t *known = (const int64_t *)(const void *)l->months.data;
    for (size_t i = 0; i < l->months.len / sizeof key; i++)
        if (known[i] == key)
            return 0;
    const char *const params[] = {table, date};
    int rc = pg_query(l->pg, "SELECT partition_make($1, $2::date)", 2, params, NULL, f);
    if (rc == 0)
        buf_add(&l->months, &key, sizeof key);
    return rc;
}

/* In a transaction of its own, before: locks on the parent end at once. */
static int ensure_partitions(struct ledger *l, struct ledger_entry **entries, size_t count, int64_t now_us,
                             struct fault *f)
{
    int rc = ensure_month(l, "batch_body", now_us, f);
    for (size_t i = 0; rc == 0 && i < count; i++) {
        const struct buf *days = &entries[i]->projection->days;
        for (size_t at = 0; rc == 0 && at < days->len; at += sizeof(int32_t)) {
            int32_t day;
            memcpy(&day, days->data + at, sizeof day);
            rc = ensure_month(l, "result", day * DAY_US, f);
        }
    }
    return rc;
}

/* ---- keys ---- */

static int compare(const void *a, const void *b)
{
    const struct ledger_entry *x = *(struct ledger_entry *const *)a, *y = *(struct ledger_entry *const *)b;
    if (x->probe_no != y->probe_no)
        return x->probe_no < y->probe_no ? -1 : 1;
    return memcmp(x->batch->envelope.hash, y->batch->envelope.hash, HASH_SIZE);
}

static void key_json(const struct ledger_entry *e, struct buf *out)
{
    const struct batch_header *h = &e->batch->header;
    char hash[HASH_TEXT_SIZE], prev[HASH_TEXT_SIZE] = "", sealed[TIME_TEXT_SIZE], public[PUBLIC_TEXT_SIZE];
    buf_addf(out,
             "{\"probe_no\":%" PRId32 ",\"hash\":\"%s\",\"chain\":\"%s\",\"seq\":%" PRId64
             ",\"sealed_at\":\"%s\",\"mono_us\":%" PRId64
             ",\"boot\":\"%s\",\"sync\":%s,\"agent\":\"%s\",\"ask\":%s,\"results\":%" PRId64,
             e->probe_no, hash_text(e->batch->envelope.hash, hash), h->chain, h->seq,
             time_format(h->sealed_at_us < SEALED_MIN_US ? SEALED_MIN_US : h->sealed_at_us, sealed), h->mono_us,
             h->boot, h->sync ? "true" : "false", h->agent, e->ask ? "true" : "false", e->batch->header.count);
    if (h->has_prev)
        buf_addf(out, ",\"prev\":\"%s\"", hash_text(h->prev, prev));
    if (e->batch->gap) {
        _cleanup_text_ char *gap = json_text(e->batch->gap);
        buf_addf(out, ",\"gap\":%s", gap);
    }
    if (e->in_force) {
        base64_write(e->signer, SIGN_PUBLIC_SIZE, public);
        buf_addf(out, ",\"in_force\":\"%s\"", public);
    }
    buf_add_char(out, '}');
}

static void keys_json(struct ledger_entry **entries, size_t count, struct buf *out)
{
    buf_add_char(out, '[');
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            buf_add_char(out, ',');
        key_json(entries[i], out);
    }
    buf_add_char(out, ']');
}

#define KEY_COLUMNS                                                                                                    \
    "json_to_recordset($1::json) AS n(probe_no int, hash text, chain text, seq bigint, ask boolean, prev text, "       \
    "sealed_at timestamptz, mono_us bigint, boot text, sync boolean, agent text, results int, gap jsonb, in_force "    \
    "text)"

static struct ledger_entry *find_waiting(struct ledger_entry **entries, size_t count, int64_t probe_no, const char *hex,
                                         bool asks)
{
    uint8_t hash[HASH_SIZE];
    if (hash_parse(hex, strlen(hex), hash) < 0)
        return NULL;
    for (size_t i = 0; i < count; i++)
        if (entries[i]->fate == LEDGER_WAITING && entries[i]->probe_no == probe_no && (asks || !entries[i]->ask) &&
            !memcmp(entries[i]->batch->envelope.hash, hash, HASH_SIZE))
            return entries[i];
    return NULL;
}

/* Inserts the keys; entries whose key was new become STORED and are numbered. */
static int insert_keys(struct ledger *l, struct ledger_entry **entries, size_t count, const char *received,
                       struct fault *f)
{
    static const char sql[] =
        "INSERT INTO batch_key (probe_no, hash, chain, seq, prev, received_at, sealed_at, mono_us, boot, sync, agent, "
        "results, gap) SELECT n.probe_no, decode(n.hash, 'hex'), n.chain, n.seq, decode(n.prev, 'hex'), "
        "$2::timestamptz, n.sealed_at, n.mono_us, n.boot, n.sync, n.agent, n.results, n.gap FROM " KEY_COLUMNS
        " JOIN probe p USING (probe_no) WHERE p.revoked_at IS NULL AND NOT n.ask AND (n.in_force IS NULL OR EXISTS "
        "(SELECT FROM probe_key y WHERE y.public = decode(n.in_force, 'base64') AND y.until_seq IS NULL AND "
        "y.revoked_at IS NULL)) ORDER BY 1, 2 ON CONFLICT DO NOTHING "
        "RETURNING probe_no, encode(hash, 'hex'), batch_no";
    const char *const params[] = {l->json.data, received};
    _cleanup_rows_ struct pg_rows *rows = NULL;
    int rc = pg_query_kept(l->pg, sql, 2, params, &rows, f);
    if (rc < 0)
        return rc;
    for (size_t r = 0; r < pg_rows_count(rows); r++) {
        struct ledger_entry *e = find_waiting(entries, count, pg_int(rows, r, 0), pg_text(rows, r, 1), false);
        if (!e)
            return fault_set(f, -EIO, _("PostgreSQL returned the key of another batch"));
        e->fate = LEDGER_STORED;
        e->problems = (int64_t)e->projection->problems.count;
        e->batch_no = pg_int(rows, r, 2);
        project_number(e->projection, e->batch_no);
    }
    return 0;
}

/* What was not inserted is there already, or its probe or key is none any more. */
static int tell_known(struct ledger *l, struct ledger_entry **entries, size_t count, struct fault *f)
{
    static const char sql[] = "SELECT k.probe_no, encode(k.hash, 'hex'), (SELECT count(*) FROM result_problem r "
                              "WHERE r.probe_no = k.probe_no AND r.batch_no = k.batch_no) FROM " KEY_COLUMNS
                              " JOIN batch_key k ON k.probe_no = n.probe_no AND k.hash = decode(n.hash, 'hex')";
    bool waiting = false;
    for (size_t i = 0; i < count; i++)
        waiting |= entries[i]->fate == LEDGER_WAITING;
    if (!waiting)
        return 0;
    const char *json = l->json.data;
    _cleanup_rows_ struct pg_rows *rows = NULL;
    int rc = pg_query_kept(l->pg, sql, 1, &json, &rows, f);
    if (rc < 0)
        return rc;
    for (size_t r = 0; r < pg_rows_count(rows); r++)
        for (struct ledger_entry *e;
             (e = find_waiting(entries, count, pg_int(rows, r, 0), pg_text(rows, r, 1), true)) != NULL;) {
            e->fate = LEDGER_KNOWN;
            e->problems = pg_int(rows, r, 2);
        }
    for (size_t i = 0; i < count; i++)
        if (entries[i]->fate == LEDGER_WAITING)
            entries[i]->fate = LEDGER_REVOKED;
    return 0;
}

/* ---- rows ---- */

static int copy_bodies(struct ledger *l, struct ledger_entry **entries, size_t count, int64_t now_us, struct fault *f)
{
    copy_rows_clear(&l->bodies);
    for (size_t i = 0; i < count; i++) {
        const struct ledger_entry *e = entries[i];
        if (e->fate != LEDGER_STORED)
            continue;
        char *to = copy_row_begin(&l->bodies, 64 + e->body_len, 4);
        to = copy_int8(to, e->batch_no);
        to = copy_int8(to, now_us - PG_EPOCH_US);
        to = copy_int4(to, e->probe_no);
        to = copy_bytes(to, e->body, e->body_len);
        copy_row_end(&l->bodies, to);
    }
    const struct copy_rows *const all = &l->bodies;
    return copy_send(l->pg, "COPY batch_body (batch_no, received_at, probe_no, body) FROM STDIN (FORMAT binary)", &all,
                     1, f);
}

/* The projections of all batches that are new, each table in one COPY. */
static int copy_projections(struct ledger *l, struct ledger_entry **entries, size_t count, struct fault *f)
{
    const struct copy_rows **rows = alloc_zero(count, sizeof *rows);
    size_t stored = 0;
    for (size_t i = 0; i < count; i++)
        if (entries[i]->fate == LEDGER_STORED)
            rows[stored++] = &entries[i]->projection->results;
    int rc = copy_send(l->pg, PROJECT_RESULT_SQL, rows, stored, f);
    stored = 0;
    for (size_t i = 0; i < count; i++)
        if (entries[i]->fate == LEDGER_STORED)
            rows[stored++] = &entries[i]->projection->problems;
    if (rc == 0)
        rc = copy_send(l->pg, PROJECT_PROBLEM_SQL, rows, stored, f);
    stored = 0;
    for (size_t i = 0; i < count; i++)
        if (entries[i]->fate == LEDGER_STORED)
            rows[stored++] = &entries[i]->projection->servers;
    if (rc == 0)
        rc = copy_send(l->pg, DELEGATION_SERVER_SQL, rows, stored, f);
    stored = 0;
    for (size_t i = 0; i < count; i++)
        if (entries[i]->fate == LEDGER_STORED)
            rows[stored++] = &entries[i]->projection->edns;
    if (rc == 0)
        rc = copy_send(l->pg, EDNS_SERVER_SQL, rows, stored, f);
    free(rows);
    return rc;
}

static int copy_dirty(struct ledger *l, struct ledger_entry **entries, size_t count, struct fault *f)
{
    copy_rows_clear(&l->dirty);
    for (size_t i = 0; i < count; i++) {
        const struct buf *days = &entries[i]->projection->days;
        for (size_t at = 0; entries[i]->fate == LEDGER_STORED && at < days->len; at += sizeof(int32_t)) {
            int32_t day;
            memcpy(&day, days->data + at, sizeof day);
            char *to = copy_row_begin(&l->dirty, 32, 2);
            to = copy_int4(to, day - PG_EPOCH_DAY);
            copy_row_end(&l->dirty, copy_int4(to, entries[i]->probe_no));
        }
    }
    const struct copy_rows *const all = &l->dirty;
    return copy_send(l->pg, "COPY rollup_dirty (day, probe_no) FROM STDIN (FORMAT binary)", &all, 1, f);
}

/* ---- chains ---- */

static void note_json(const struct ledger_entry *e, int64_t now_us, struct buf *out)
{
    const struct batch_header *h = &e->batch->header;
    char hash[HASH_TEXT_SIZE], prev[HASH_TEXT_SIZE], public[PUBLIC_TEXT_SIZE];
    buf_addf(out,
             "{\"probe_no\":%" PRId32 ",\"batch_no\":%" PRId64 ",\"hash\":\"%s\",\"chain\":\"%s\",\"seq\":%" PRId64
             ",\"boot\":\"%s\",\"clock\":%s",
             e->probe_no, e->batch_no, hash_text(e->batch->envelope.hash, hash), h->chain, h->seq, h->boot,
             e->projection->clock ? "true" : "false");
    /* A clock that says it is synchronised and is in 1970 is not believed, nor a boot that began before Christ. */
    if (h->sync && h->mono_us <= MONO_US_MAX && h->sealed_at_us >= PROJECT_AT_MIN_US &&
        h->sealed_at_us <= now_us + PROJECT_AT_AHEAD_US)
        buf_addf(out, ",\"offset_us\":%" PRId64, h->sealed_at_us - h->mono_us);
    if (h->has_prev)
        buf_addf(out, ",\"prev\":\"%s\"", hash_text(h->prev, prev));
    if (e->batch->gap) {
        _cleanup_text_ char *gap = json_text(e->batch->gap);
        buf_addf(out, ",\"gap\":%s", gap);
    }
    if (e->batch->has_rotate) {
        base64_write(e->batch->rotate, SIGN_PUBLIC_SIZE, public);
        buf_addf(out, ",\"rotate\":\"%s\"", public);
        base64_write(e->signer, SIGN_PUBLIC_SIZE, public);
        buf_addf(out, ",\"signer\":\"%s\",\"turn\":%" PRId64, public, e->batch->turn);
    }
    if (e->seen && prefix_is_network(e->seen))
        buf_addf(out, ",\"seen\":\"%s\"", e->seen);
    buf_add_char(out, '}');
}

/* Tells the chains, the boots, the epochs, the networks and the probes' keys what is new. */
static int note(struct ledger *l, struct ledger_entry **entries, size_t count, int64_t now_us, struct fault *f)
{
    buf_clear(&l->notes);
    buf_clear(&l->epochs);
    for (size_t i = 0; i < count; i++)
        if (entries[i]->fate == LEDGER_STORED) {
            buf_add_char(&l->notes, l->notes.len ? ',' : '[');
            note_json(entries[i], now_us, &l->notes);
            epoch_write(entries[i]->batch, entries[i]->probe_no, &l->epochs);
        }
    if (l->notes.len == 0)
        return 0;
    buf_add_char(&l->notes, ']');
    const char *json = l->notes.data;
    int rc = pg_query_kept(l->pg, "SELECT ledger_note($1::json)", 1, &json, NULL, f);
    return rc < 0 ? rc : epoch_note(l->pg, &l->epochs, f);
}

static void add_state(struct ledger_entry *e, const struct pg_rows *rows, size_t r)
{
    if (pg_bool(rows, r, 1) && e->hole_count < LEDGER_HOLES_MAX) {
        struct ledger_hole *hole = &e->holes[e->hole_count++];
        snprintf(hole->chain, sizeof hole->chain, "%s", pg_text(rows, r, 2));
        hole->first = pg_int(rows, r, 3);
        hole->last = pg_int(rows, r, 4);
    } else if (!pg_bool(rows, r, 1) && e->head_count < LEDGER_HEADS_MAX) {
        struct ledger_head *head = &e->heads[e->head_count++];
        snprintf(head->chain, sizeof head->chain, "%s", pg_text(rows, r, 2));
        head->seq = pg_int(rows, r, 3);
        snprintf(head->hash, sizeof head->hash, "%s", pg_text(rows, r, 5));
        head->forked = pg_bool(rows, r, 6);
    }
}

/* What is held of the chains of the probes in the group: the chains that are
 * being sent come first, since an answer lists only so many. */
static int read_chains(struct ledger *l, struct ledger_entry **entries, size_t count, struct fault *f)
{
    static const char sql[] =
        "WITH n AS (SELECT probe_no, array_agg(chain) AS sent FROM json_to_recordset($1::json) AS n(probe_no int, "
        "chain text) GROUP BY probe_no) "
        "SELECT n.probe_no, false, c.chain, c.top, NULL, encode(c.top_hash, 'hex'), c.forked_at IS NOT NULL "
        "FROM n, LATERAL (SELECT * FROM chain c WHERE c.probe_no = n.probe_no ORDER BY c.chain <> ALL (n.sent), "
        "c.chain LIMIT " TEXT(
            LEDGER_HEADS_MAX) ") c "
                              "UNION ALL SELECT n.probe_no, true, h.chain, h.first, h.last, NULL, NULL "
                              "FROM n, LATERAL (SELECT * FROM hole h WHERE h.probe_no = n.probe_no "
                              "ORDER BY h.chain <> ALL (n.sent), h.chain, h.first LIMIT " TEXT(LEDGER_HOLES_MAX) ") h";
    const char *json = l->json.data;
    _cleanup_rows_ struct pg_rows *rows = NULL;
    int rc = pg_query_kept(l->pg, sql, 1, &json, &rows, f);
    for (size_t r = 0; rc == 0 && r < pg_rows_count(rows); r++)
        for (size_t i = 0; i < count; i++)
            if (entries[i]->probe_no == pg_int(rows, r, 0))
                add_state(entries[i], rows, r);
    return rc;
}

/* ---- the transaction ---- */

static int write_all(struct ledger *l, struct ledger_entry **entries, size_t count, int64_t now_us, struct fault *f)
{
    char received[TIME_TEXT_SIZE];
    int rc = ensure_partitions(l, entries, count, now_us, f);
    if (rc == 0)
        rc = pg_run(l->pg, "BEGIN", f);
    if (rc == 0)
        rc = insert_keys(l, entries, count, time_format(now_us, received), f);
    if (rc == 0)
        rc = tell_known(l, entries, count, f);
    if (rc == 0)
        rc = copy_bodies(l, entries, count, now_us, f);
    if (rc == 0)
        rc = copy_projections(l, entries, count, f);
    if (rc == 0)
        rc = copy_dirty(l, entries, count, f);
    if (rc == 0)
        rc = note(l, entries, count, now_us, f);
    if (rc == 0)
        rc = read_chains(l, entries, count, f);
    return rc < 0 ? rc : pg_run(l->pg, "COMMIT", f);
}

int ledger_write(struct ledger *l, struct ledger_entry **entries, size_t count, struct fault *f)
{
    qsort(entries, count, sizeof(struct ledger_entry *), compare);
    for (size_t i = 0; i < count; i++) {
        entries[i]->fate = LEDGER_WAITING;
        entries[i]->head_count = entries[i]->hole_count = 0;
    }
    buf_clear(&l->json);
    keys_json(entries, count, &l->json);
    int rc = write_all(l, entries, count, clock_wall_us(&clock_system), f);
    if (rc == 0)
        return 0;
    /* A partition that retention dropped is not known any more. */
    buf_clear(&l->months);
    if (pg_run(l->pg, "ROLLBACK", NULL) < 0)
        rc = -ENOTCONN;
    return rc;
}
