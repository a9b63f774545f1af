#include "collector/figure/given.h"

#include <errno.h>
#include <string.h>

#include "collector/db/database.h"
#include "collector/figure/sketch.h"
#include "common/alloc.h"
#include "common/clock.h"
#include "common/lang.h"

/* In a table whose size the planner knows before it joins them. */
#define TABLES_SQL                                                                                                     \
    "CREATE TEMP TABLE IF NOT EXISTS given (day date, probe_no int, family text, value double precision, samples "     \
    "bigint, failed bigint) ON COMMIT DROP; "                                                                          \
    "CREATE TEMP TABLE IF NOT EXISTS sketched (day date, probe_no int, family text, failed bigint, buckets "           \
    "smallint[], counts int[]) ON COMMIT DROP; TRUNCATE pg_temp.given, pg_temp.sketched; "

/* It takes a year's sketches, hundreds of thousands, for a handful, and would look up the target of each: what is
 * small is hashed, and what is large has memory for it. */
#define PLAN_SQL "SET LOCAL enable_nestloop = off; SET LOCAL work_mem = '64MB'"
#define DONE_SQL "SET LOCAL enable_nestloop TO DEFAULT; SET LOCAL work_mem TO DEFAULT; ANALYZE pg_temp.given"

#define VALUES_SQL                                                                                                     \
    "INSERT INTO pg_temp.given (day, probe_no, family, value, samples, failed) SELECT g.day, g.probe_no, g.family, "   \
    "g.value, g.samples, g.failed FROM (%s) g"
#define SKETCHES_SQL                                                                                                   \
    "INSERT INTO pg_temp.sketched (day, probe_no, family, failed, buckets, counts) SELECT g.day, g.probe_no, "         \
    "g.family, g.failed, g.buckets, g.counts FROM (%s) g"
#define SKETCHES_OUT_SQL "COPY pg_temp.sketched TO STDOUT (FORMAT binary)"
#define VALUES_OUT_SQL   "COPY pg_temp.given TO STDOUT (FORMAT binary)"
#define VALUES_IN_SQL    "COPY pg_temp.given FROM STDIN (FORMAT binary)"
#define VALUES_COLUMNS   6

void given_row(struct copy_out *in, struct buf *room, struct copy_rows *out)
{
    size_t family_len, max = (size_t)(in->end - in->at), count; /* fewer buckets than octets */
    int64_t day = copy_out_int(in, 0), probe_no = copy_out_int(in, 0), samples = 0;
    const unsigned char *family = copy_out_bytes(in, &family_len);
    int64_t failed = copy_out_int(in, 0);
    buf_clear(room);
    buf_reserve(room, max * (2 * sizeof(int32_t) + sizeof(struct sketch_part)));
    struct sketch_part *parts = (void *)room->data;
    int32_t *buckets = (void *)(parts + max), *counts = buckets + max;
    count = copy_out_ints(in, buckets, max);
    size_t counted = copy_out_ints(in, counts, max);
    count = counted < count ? counted : count;
    for (size_t b = 0; b < count; b++)
        parts[b] = (struct sketch_part){buckets[b], counts[b]};
    double value = sketch_quantile(parts, count, 0.5, &samples);
    char *to = copy_row_begin(out, 96 + family_len, VALUES_COLUMNS);
    to = copy_int4(to, (int32_t)day);
    to = copy_int4(to, (int32_t)probe_no);
    to = family ? copy_bytes(to, family, family_len) : copy_null(to);
    to = samples > 0 ? copy_double(to, value) : copy_null(to);
    to = copy_int8(to, samples);
    copy_row_end(out, copy_int8(to, failed));
}

/* Does its SQL give sketches? */
static int asks_sketches(struct pg *pg, const struct indicator *i, const char *const *period, bool *ret,
                         struct fault *f)
{
    _cleanup_text_ char *sql = alloc_format("SELECT * FROM (%s) g LIMIT 0", i->sql);
    _cleanup_rows_ struct pg_rows *none = NULL;
    int rc = pg_query(pg, sql, 2, period, &none, f);
    *ret = false;
    for (int c = 0; rc == 0 && c < pg_columns(none); c++)
        *ret |= !strcmp(pg_column_name(none, c), "buckets");
    return rc;
}

static int read_medians(struct pg *pg, struct copy_rows *rows, struct fault *f)
{
    _cleanup_(buf_free) struct buf room = {0};
    struct copy_out in;
    bool more = true;
    int rc = copy_out_start(&in, pg, SKETCHES_OUT_SQL, f);
    while (rc == 0 && (rc = copy_out_next(&in, &more, f)) == 0 && more)
        given_row(&in, &room, rows);
    return rc;
}

static int read_values(struct pg *pg, struct copy_rows *rows, struct fault *f)
{
    struct copy_out in;
    bool more = true;
    int rc = copy_out_start(&in, pg, VALUES_OUT_SQL, f);
    while (rc == 0 && (rc = copy_out_next(&in, &more, f)) == 0 && more) {
        size_t len = (size_t)(in.end - in.at);
        char *to = copy_row_begin(rows, sizeof(uint16_t) + len, VALUES_COLUMNS);
        memcpy(to, in.at, len);
        copy_row_end(rows, to + len);
    }
    return rc;
}

/* ---- a chapter's own ---- */

#define ROLE "internetmetre_analyst"

/* A year of a country's lines takes seconds; and serve waits for it when it stops. */
#define OWN_TIMEOUT_S 60

/* What a file beside the configuration asks for reads what an analyst may, writes nothing but what it gives, and ends.
 * That it may not write holds whatever it calls; that it reads as an analyst does not hold against a SELECT that sets
 * the role back: whoever writes such files is trusted. Those of the program are its owner's. */
static int confine(struct pg *pg, const struct indicator *i, struct fault *f)
{
    const char *role = NULL;
    if (!i->own)
        return 0;
    int rc = database_role(pg, ROLE, &role, f);
    if (rc == 0)
        rc = pg_run(pg, "SAVEPOINT confined", f);
    if (rc == 0 && role)
        rc = pg_run(pg, "GRANT SELECT, INSERT ON pg_temp.given, pg_temp.sketched TO " ROLE, f);
    _cleanup_text_ char *ends = alloc_format("SET LOCAL statement_timeout = '%ds'", OWN_TIMEOUT_S);
    if (rc == 0)
        rc = pg_run(pg, ends, f);
    if (rc == 0)
        rc = pg_run(pg, "SET LOCAL transaction_read_only = on", f);
    return rc == 0 && role ? pg_run(pg, "SET LOCAL ROLE " ROLE, f) : rc;
}

/* Nothing that it did is left, nor any setting: what it gave was read by then. Of one that failed, the transaction is
 * undone. */
static int set_free(struct pg *pg, const struct indicator *i, struct fault *f)
{
    return i->own ? pg_run(pg, "ROLLBACK TO SAVEPOINT confined; RELEASE SAVEPOINT confined", f) : 0;
}

/* One that somebody else cancels did not take too long. */
static int run_select(struct pg *pg, const struct indicator *i, const char *sql, const char *const *period,
                      struct fault *f)
{
    int64_t began_us = clock_mono_us(&clock_system);
    int rc = pg_query(pg, sql, 2, period, NULL, f);
    if (rc != -ETIMEDOUT || !i->own || clock_mono_us(&clock_system) - began_us < OWN_TIMEOUT_S * INT64_C(1000000))
        return rc;
    return fault_set(f, -E2BIG, _("it takes longer than %d s; ask for less, or of a smaller table"), OWN_TIMEOUT_S);
}

/* ---- given ---- */

int given_make(struct pg *pg, const struct indicator *i, const char *const *period, struct fault *f)
{
    _cleanup_(copy_rows_free) struct copy_rows rows = {0};
    const struct copy_rows *const all = &rows;
    bool sketches = false;
    int rc = pg_run(pg, TABLES_SQL PLAN_SQL, f);
    if (rc == 0)
        rc = confine(pg, i, f);
    if (rc == 0)
        rc = asks_sketches(pg, i, period, &sketches, f);
    _cleanup_text_ char *sql = alloc_format(sketches ? SKETCHES_SQL : VALUES_SQL, i->sql);
    if (rc == 0)
        rc = run_select(pg, i, sql, period, f);
    if (rc == 0 && sketches)
        rc = read_medians(pg, &rows, f);
    if (rc == 0 && !sketches && i->own)
        rc = read_values(pg, &rows, f);
    if (rc == 0)
        rc = set_free(pg, i, f);
    if (rc == 0)
        rc = copy_send(pg, VALUES_IN_SQL, &all, 1, f);
    return rc < 0 ? rc : pg_run(pg, DONE_SQL, f);
}

/* ---- of objects ---- */

/* A household has one voice, by all of its tests in the period, where it stood in the object's country. Days are ripe
 * as others are. */
#define VOICES_SQL                                                                                                     \
    "INSERT INTO pg_temp.voice (country, source, simulated, lifted, object, line, network, days, tests, good) "        \
    "SELECT s.country, CASE WHEN p.simulated THEN 'simulated' WHEN p.source = 'agent' THEN 'measured' ELSE p.source "  \
    "END, p.simulated, e.lifted OR e.lifted_simulated AND p.simulated, s.object, coalesce(h.household, p.probe_no), "  \
    "y.network, range_agg(daterange(s.day, s.day + 1)) FILTER (WHERE s.good IS NOT NULL), count(s.good), count(*) "    \
    "FILTER (WHERE s.good) FROM (%s) AS s JOIN probe p USING (probe_no) LEFT JOIN probe_household h USING (probe_no) " \
    "CROSS JOIN publication_floor e "                                                                                  \
    "JOIN line_year y ON (y.first, y.last, y.probe_no) = ($1::date, $2::date - 1, s.probe_no) "                        \
    "JOIN place_year x ON (x.first, x.last, x.day, x.probe_no, x.country) = ($1::date, $2::date - 1, s.day, "          \
    "s.probe_no, s.country) WHERE (y.counts OR e.lifted OR e.lifted_simulated AND p.simulated) "                       \
    "AND (e.lifted OR p.simulated OR s.day <= (now() AT TIME ZONE 'UTC')::date - 2) GROUP BY 1, 2, 3, 4, 5, 6, 7"

int given_voices(struct pg *pg, const struct indicator *i, const char *const *period, struct fault *f)
{
    _cleanup_text_ char *sql = alloc_format(VOICES_SQL, i->sql);
    int rc = pg_run(pg,
                    "CREATE TEMP TABLE IF NOT EXISTS voice (country text, source text, simulated boolean, lifted "
                    "boolean, object text, line int, network text, days datemultirange, tests bigint, good bigint) ON "
                    "COMMIT DROP; TRUNCATE pg_temp.voice",
                    f);
    return rc < 0 ? rc : pg_query(pg, sql, 2, period, NULL, f);
}

int given_check(struct pg *pg, const struct indicator *i, struct fault *f)
{
    static const char *const day[] = {"2020-01-01", "2020-01-02"};
    bool sketches = false;
    int rc = pg_run(pg, "BEGIN; " TABLES_SQL, f);
    if (rc == 0)
        rc = confine(pg, i, f);
    if (rc == 0)
        rc = asks_sketches(pg, i, day, &sketches, f);
    _cleanup_text_ char *sql = alloc_format(sketches ? "EXPLAIN " SKETCHES_SQL : "EXPLAIN " VALUES_SQL, i->sql);
    if (rc == 0)
        rc = pg_query(pg, sql, 2, day, NULL, f);
    int back = pg_run(pg, "ROLLBACK", rc < 0 ? NULL : f);
    return rc < 0 ? rc : back;
}
