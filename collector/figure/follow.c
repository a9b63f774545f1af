#include "collector/figure/follow.h"

#include <errno.h>
#include <string.h>

#include "collector/db/scratch.h"
#include "collector/figure/chapter.h"
#include "collector/figure/refresh.h"
#include "collector/figure/rollup.h"
#include "collector/ledger/again.h"
#include "collector/ledger/dictionary.h"
#include "common/hex.h"
#include "common/lang.h"
#include "common/progress.h"
#include "common/stop.h"

/* What is made from batches, or need not be known to make it. */
#define MADE                                                                                                           \
    "^(api_key|batch_body.*|closed_.*|data_change|data_version|delegation_server|edition_reach|edns_server|"           \
    "indicator_change|indicator_day|indicator_dirty|indicator_fault|indicator_value|probe_contact|probe_owner|"        \
    "project_again|result_.*|retained.*|rollup_.*|series_.*)$"

struct follow {
    struct pg *live;
    struct scratch *scratch;
    const char *year;
    struct project_names names;
    const struct follow_teller *tell;
    struct follow_count *count;
    struct progress progress;
};

/* ---- what it is made of ---- */

static int check_held(struct pg *pg, const char *year, struct fault *f)
{
    static const char sql[] = "SELECT string_agg(to_char(month, 'YYYY-MM'), ', ' ORDER BY month) FROM retained WHERE "
                              "parent = 'batch_body' AND month >= make_date($1::int, 1, 1)";
    _cleanup_rows_ struct pg_rows *rows = NULL;
    int rc = pg_query(pg, sql, 1, &year, &rows, f);
    if (rc < 0 || !pg_text(rows, 0, 0))
        return rc;
    return fault_set(
        f, -ENODATA,
        _("retention took the batches of %s out of the ledger: figures of %s cannot be made again from it"),
        pg_text(rows, 0, 0), year);
}

/* Without any batch: what is calculated from imported rows, which are copied with the rest, needs none. */
static int check_inputs(struct pg *pg, const char *year, struct fault *f)
{
    _cleanup_rows_ struct pg_rows *rows = NULL;
    int rc = pg_query(pg,
                      "SELECT $1::int IN (SELECT input_year()), EXISTS (SELECT FROM indicator_value WHERE computed AND "
                      "left(period, 4)::int = $1::int)",
                      1, &year, &rows, f);
    if (rc < 0 || pg_bool(rows, 0, 0))
        return rc;
    if (!pg_bool(rows, 0, 1))
        return fault_set(f, -ENODATA, _("there is no figure of %s, and no batch of which there could be one"), year);
    return fault_set(f, -ENODATA,
                     _("the ledger has no batch that came in %s or later: its figures were made of days, as a "
                       "simulation can, and no batch says otherwise"),
                     year);
}

/* None of them came before what it tells of. */
#define BODIES "FROM batch_body WHERE received_at >= make_date(%s, 1, 1)::timestamp AT TIME ZONE 'UTC'"

static int copy_bodies(struct follow *w, struct fault *f)
{
    static const char month_sql[] =
        "SELECT DISTINCT date_trunc('month', received_at AT TIME ZONE 'UTC')::date FROM batch_body WHERE "
        "received_at >= make_date($1::int, 1, 1)::timestamp AT TIME ZONE 'UTC'";
    _cleanup_rows_ struct pg_rows *months = NULL;
    _cleanup_text_ char *out = alloc_format("COPY (SELECT * " BODIES ") TO STDOUT (FORMAT binary)", w->year);
    int rc = pg_query(w->live, month_sql, 1, &w->year, &months, f);
    if (rc == 0 && pg_rows_count(months) == 0)
        rc = check_inputs(w->live, w->year, f);
    for (size_t m = 0; rc == 0 && m < pg_rows_count(months); m++) {
        const char *month = pg_text(months, m, 0);
        rc = pg_query(scratch_pg(w->scratch), "SELECT partition_make('batch_body', $1::date)", 1, &month, NULL, f);
    }
    return rc < 0 ? rc : scratch_copy(w->scratch, out, "COPY batch_body FROM STDIN (FORMAT binary)", f);
}

static int copy_rows(struct follow *w, const char *table, struct fault *f)
{
    _cleanup_rows_ struct pg_rows *columns = NULL;
    int rc = pg_query(
        scratch_pg(w->scratch),
        "SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute WHERE attrelid = "
        "$1::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''",
        1, &table, &columns, f);
    if (rc < 0)
        return rc;
    _cleanup_text_ char *out = alloc_format(
        "COPY (SELECT %s FROM %s WHERE day >= make_date(%s, 1, 1) AND probe_no IN (SELECT probe_no FROM "
        "probe WHERE forgotten_at IS NOT NULL)) TO STDOUT (FORMAT binary)",
        pg_text(columns, 0, 0), table, w->year);
    _cleanup_text_ char *in = alloc_format("COPY %s (%s) FROM STDIN (FORMAT binary)", table, pg_text(columns, 0, 0));
    return scratch_copy(w->scratch, out, in, f);
}

/* Of a probe that was forgotten the batches are gone, and its days stay (functions/probe.sql): they are taken as they
 * stand, and put where they lie. */
static int copy_forgotten(struct follow *w, struct fault *f)
{
    static const char *const tables[] = {"rollup_day", "rollup_day_sketch", "rollup_day_origin", "rollup_watch",
                                         "edns_server"};
    _cleanup_rows_ struct pg_rows *rows = NULL;
    int rc = 0;
    for (size_t t = 0; rc == 0 && t < COUNT(tables); t++)
        rc = copy_rows(w, tables[t], f);
    if (rc == 0)
        rc = pg_query(scratch_pg(w->scratch),
                      "SELECT cell_note(array_agg(day), array_agg(probe_no)) FROM (SELECT DISTINCT day, probe_no FROM "
                      "rollup_day) d",
                      0, NULL, NULL, f);
    if (rc == 0)
        rc = pg_query(scratch_pg(w->scratch),
                      "SELECT count(DISTINCT (probe_no, day)) FROM rollup_day WHERE extract(year FROM day) = $1::int",
                      1, &w->year, &rows, f);
    if (rc == 0)
        w->count->forgotten = (size_t)pg_int(rows, 0, 0);
    return rc;
}

/* Since when a month's results are whole no more: what came later is in no figure (rollup_take). */
static int copy_retained(struct follow *w, struct fault *f)
{
    int rc = pg_run(scratch_pg(w->scratch), "CREATE TEMP TABLE taken (month date, since timestamptz)", f);
    return rc < 0 ? rc
                  : scratch_copy(w->scratch,
                                 "COPY (SELECT month, max(dropped_at) FROM retained WHERE parent = 'result' GROUP BY "
                                 "month) TO STDOUT (FORMAT binary)",
                                 "COPY taken FROM STDIN (FORMAT binary)", f);
}

static int leave_late(struct follow *w, struct fault *f)
{
    return pg_run(
        scratch_pg(w->scratch),
        "DELETE FROM result r USING taken t, batch_body b WHERE date_trunc('month', r.at AT TIME ZONE "
        "'UTC')::date = t.month AND (b.probe_no, b.batch_no) = (r.probe_no, r.batch_no) AND b.received_at >= "
        "t.since; DELETE FROM edns_server s USING taken t, batch_body b WHERE date_trunc('month', s.day)::date = "
        "t.month AND (b.probe_no, b.batch_no) = (s.probe_no, s.batch_no) AND b.received_at >= t.since",
        f);
}

/* What the public reads: of a closed year, its latest version; those that the floor hides as well, which may not have
 * been hidden. Of days alone, as a long simulation is made of, the ledger knows nothing. */
#define BY_DAYS "(v.simulated AND EXISTS (SELECT FROM simulation WHERE way = 'rollups'))"
static int copy_figures(struct follow *w, struct fault *f)
{
    _cleanup_text_ char *out = alloc_format(
        "COPY (SELECT v.*, e.speaks_of FROM figure_version v LEFT JOIN closed_latest l ON l.year = v.year LEFT JOIN "
        "edition_version e ON (e.version, e.period, e.country, e.source) = (v.version, v.period, v.country, v.source) "
        "WHERE v.computed AND v.period = '%s' AND v.version = CASE WHEN v.simulated THEN 0 ELSE coalesce(l.version, 0) "
        "END AND NOT " BY_DAYS ") TO STDOUT (FORMAT binary)",
        w->year);
    int rc = pg_run(scratch_pg(w->scratch),
                    "CREATE TEMP TABLE published AS SELECT *, NULL::text AS edition FROM figure_version WITH NO DATA",
                    f);
    return rc < 0 ? rc : scratch_copy(w->scratch, out, "COPY published FROM STDIN (FORMAT binary)", f);
}

/* ---- at one moment ---- */

/* Is all that its figures would be made of in them? Of days that are not ripe yet (refresh.c), nothing is. */
static int settled(struct follow *w, bool *ret, struct fault *f)
{
    static const char sql[] =
        "SELECT NOT (EXISTS (SELECT FROM project_again) OR EXISTS (SELECT FROM indicator_dirty WHERE year = $1::int) "
        "OR "
        "EXISTS (SELECT FROM rollup_dirty JOIN probe USING (probe_no) CROSS JOIN publication_floor WHERE extract(year "
        "FROM day) = $1::int AND (day <= (now() AT TIME ZONE 'UTC')::date - 2 OR simulated OR lifted OR NOT EXISTS "
        "(SELECT FROM told_cell WHERE period = $1::int::text))))";
    _cleanup_rows_ struct pg_rows *rows = NULL;
    int rc = pg_query(w->live, sql, 1, &w->year, &rows, f);
    *ret = rc == 0 && pg_bool(rows, 0, 0);
    return rc;
}

static int catch_up(struct follow *w, struct fault *f)
{
    int rc = pg_run(w->live, "ROLLBACK", f);
    if (rc == 0)
        rc = rollup_run_shown(w->live, f);
    return rc < 0 ? rc : refresh_run(w->live, f);
}

/* Nobody makes days while it is looked whether figures are made of all of them: those of today come all the time.
 * Whoever enrolls a probe waits for this lock. */
#define ROLLUP_LOCK "hashtext('internetmetre rollup')"
static int look(struct follow *w, bool *ret, struct fault *f)
{
    int rc = pg_run(w->live, "SELECT pg_advisory_lock(" ROLLUP_LOCK ")", f);
    if (rc < 0)
        return rc;
    rc = pg_run(w->live, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", f);
    if (rc == 0)
        rc = settled(w, ret, f);
    if (rc < 0 && pg_run(w->live, "ROLLBACK", NULL) < 0)
        return rc; /* the lock ended with the connection */
    int unlocked = pg_run(w->live, "SELECT pg_advisory_unlock(" ROLLUP_LOCK ")", rc < 0 ? NULL : f);
    return rc < 0 ? rc : unlocked;
}

#define TRIES 5
static int begin(struct follow *w, struct fault *f)
{
    bool good = false;
    int rc = 0;
    for (int n = 0; rc == 0 && !good && n < TRIES; n++) {
        if (n > 0)
            rc = catch_up(w, f);
        if (rc == 0)
            rc = look(w, &good, f);
    }
    return rc < 0 || good
               ? rc
               : fault_set(f, -EAGAIN,
                           _("results of %s come faster than its figures are made, or wait to be read again; "
                             "give the command once more in a minute"),
                           w->year);
}

/* As it is at one moment, while the collector goes on. */
static int copy_all(struct follow *w, const struct indicator *i, struct fault *f)
{
    int rc = begin(w, f);
    if (rc == 0 && !(i && indicator_calculated(i))) /* of what was imported alone */
        rc = check_held(w->live, w->year, f);
    if (rc == 0)
        rc = scratch_fill(w->scratch, MADE, f);
    if (rc == 0)
        rc = copy_bodies(w, f);
    if (rc == 0)
        rc = copy_forgotten(w, f);
    if (rc == 0)
        rc = copy_retained(w, f);
    if (rc == 0)
        rc = copy_figures(w, f);
    int ended = pg_run(w->live, "ROLLBACK", rc < 0 ? NULL : f);
    return rc < 0 ? rc : ended;
}

/* ---- batches ---- */

enum body_column { PROBE_NO, BATCH_NO, PROBE, SIMULATED, CHAIN, SEQ, RECEIVED, NAME, KEYS, BODY };
/* A batch whose key is there and whose body is not is looked at as well, but of a probe that was forgotten: bodies go
 * then. */
#define BODIES_SQL                                                                                                     \
    "SELECT probe_no, batch_no, p.probe, p.simulated, k.chain, k.seq, to_char(coalesce(b.received_at, k.received_at) " \
    "AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS'), encode(k.hash, 'hex'), (SELECT string_agg(encode(y.public, "        \
    "'hex'), '' ORDER BY y.valid_from DESC) FROM probe_key y WHERE y.probe_no = p.probe_no), encode(b.body, 'hex') "   \
    "FROM batch_body b FULL JOIN batch_key k USING (probe_no, batch_no) LEFT JOIN probe p USING (probe_no) WHERE "     \
    "(b.body IS NOT NULL OR p.forgotten_at IS NULL AND k.received_at >= make_date($3::int, 1, 1)::timestamp AT TIME "  \
    "ZONE 'UTC') AND (probe_no, batch_no) > ($1::int, $2::bigint) ORDER BY probe_no, batch_no LIMIT 100"

/* By one of the keys that the probe has or had: which of them may speak for which place was judged when it came. */
static bool is_signed(const struct batch *b, const char *keys)
{
    _cleanup_(buf_free) struct buf octets = {0};
    struct fault f;
    bool found = false;
    hex_add(keys, &octets);
    for (size_t at = 0; !found && at + SIGN_PUBLIC_SIZE <= octets.len; at += SIGN_PUBLIC_SIZE)
        found = batch_verify(b, (const uint8_t *)octets.data + at, &f) == BATCH_FINE;
    return found;
}

const char *follow_wrong(const char *body, size_t len, const char *name, const char *keys)
{
    _cleanup_(batch_free) struct batch b = {0};
    struct fault f;
    char hash[HASH_TEXT_SIZE];
    if (batch_read(body, len, &b, &f) != BATCH_FINE)
        return N_("its octets are no batch any more");
    if (!name || strcmp(hash_text(b.envelope.hash, hash), name) != 0)
        return N_("its octets have another SHA-256 than those that came");
    return !keys || is_signed(&b, keys) ? NULL : N_("its signature is by none of the probe's keys");
}

/* A measuring probe without a key is no simulated one. */
static const char *wrong_with(const struct pg_rows *rows, size_t r)
{
    _cleanup_(buf_free) struct buf body = {0};
    const char *keys = pg_text(rows, r, KEYS);
    if (!pg_text(rows, r, BODY))
        return N_("it came, and is in the ledger no more");
    hex_add(pg_text(rows, r, BODY), &body);
    return follow_wrong(body.data, body.len, pg_text(rows, r, NAME), keys || pg_bool(rows, r, SIMULATED) ? keys : "");
}

static int look_at(struct follow *w, const struct pg_rows *rows, size_t r, struct fault *f)
{
    const char *wrong = wrong_with(rows, r);
    int64_t results;
    w->count->batches++;
    if (!wrong)
        return again_batch(scratch_pg(w->scratch), &w->names, pg_text(rows, r, PROBE_NO), pg_text(rows, r, BATCH_NO),
                           &results, f);
    w->count->unsound++;
    progress_end(&w->progress);
    w->tell->batch(w->tell->ctx, &(struct follow_batch){.probe = pg_text(rows, r, PROBE),
                                                        .chain = pg_text(rows, r, CHAIN),
                                                        .seq = pg_text(rows, r, SEQ),
                                                        .received = pg_text(rows, r, RECEIVED),
                                                        .wrong = _(wrong)});
    return 0;
}

static int project_all(struct follow *w, struct fault *f)
{
    _cleanup_rows_ struct pg_rows *whole = NULL;
    char probe_no[24] = "0", batch_no[24] = "0";
    size_t found = 1;
    int rc = pg_query(scratch_pg(w->scratch), "SELECT count(*) FROM batch_body", 0, NULL, &whole, f);
    while (rc == 0 && found > 0) {
        _cleanup_rows_ struct pg_rows *rows = NULL;
        rc = pg_query_kept(scratch_pg(w->scratch), BODIES_SQL, 3, (const char *const[]){probe_no, batch_no, w->year},
                           &rows, f);
        found = rc == 0 ? pg_rows_count(rows) : 0;
        for (size_t r = 0; rc == 0 && r < found; r++) {
            progress_show(&w->progress, _("batches"), (int64_t)w->count->batches, pg_int(whole, 0, 0));
            snprintf(probe_no, sizeof probe_no, "%s", pg_text(rows, r, PROBE_NO));
            snprintf(batch_no, sizeof batch_no, "%s", pg_text(rows, r, BATCH_NO));
            rc = look_at(w, rows, r, f);
            if (rc == 0)
                rc = stop_check(f);
        }
    }
    progress_end(&w->progress);
    return rc;
}

/* Of each chain every number from 1 to its top came, or is in a hole that was noted (functions/chain.sql): a batch
 * whose key went with its body is in neither. Named as one that came before the next of its chain did. */
#define GONE_SQL                                                                                                       \
    "WITH mark AS (SELECT probe_no, chain, seq, received_at FROM batch_key UNION ALL SELECT probe_no, chain, 0, NULL " \
    "FROM chain UNION ALL SELECT probe_no, chain, top + 1, 'infinity' FROM chain), step AS (SELECT probe_no, chain, "  \
    "seq, lead(seq) OVER w AS next, lead(received_at) OVER w AS received_at FROM mark WINDOW w AS (PARTITION BY "      \
    "probe_no, chain ORDER BY seq)), gap AS (SELECT s.probe_no, s.chain, unnest(int8multirange(int8range(s.seq + 1, "  \
    "s.next)) - coalesce((SELECT range_agg(int8range(h.first, h.last, '[]')) FROM chain_hole h WHERE (h.probe_no, "    \
    "h.chain) = (s.probe_no, s.chain)), '{}')) AS r FROM step s WHERE s.next > s.seq + 1 AND s.received_at >= "        \
    "make_date($1::int, 1, 1)::timestamp AT TIME ZONE 'UTC') SELECT p.probe, g.chain, concat_ws('-', lower(g.r), "     \
    "nullif(upper(g.r) - 1, lower(g.r))), upper(g.r) - lower(g.r) FROM gap g JOIN probe p USING (probe_no) WHERE "     \
    "p.forgotten_at IS NULL ORDER BY 1, 2, lower(g.r)"

static int tell_gone(struct follow *w, struct fault *f)
{
    _cleanup_rows_ struct pg_rows *rows = NULL;
    int rc = pg_query(scratch_pg(w->scratch), GONE_SQL, 1, &w->year, &rows, f);
    for (size_t r = 0; rc == 0 && r < pg_rows_count(rows); r++) {
        w->count->batches += (size_t)pg_int(rows, r, 3);
        w->count->unsound += (size_t)pg_int(rows, r, 3);
        w->tell->batch(w->tell->ctx,
                       &(struct follow_batch){.probe = pg_text(rows, r, 0),
                                              .chain = pg_text(rows, r, 1),
                                              .seq = pg_text(rows, r, 2),
                                              .wrong = _("it came, and nothing of it is in the ledger any more")});
    }
    return rc;
}

/* Days that are told apart from figures need not be made. */
static int make_figures(struct follow *w, struct fault *f)
{
    struct pg *pg = scratch_pg(w->scratch);
    struct pg_pool *pool = NULL;
    int rc = pg_pool_new(scratch_conninfo(w->scratch), NULL, 1, 0, &pool, f);
    if (rc == 0) {
        w->names = (struct project_names){dictionary_new(pool, "target"), dictionary_new(pool, "task")};
        rc = project_all(w, f);
        if (rc == 0)
            rc = tell_gone(w, f);
        dictionary_free(w->names.targets);
        dictionary_free(w->names.tasks);
    }
    pg_pool_free(pool);
    if (rc == 0)
        rc = leave_late(w, f);
    if (rc == 0)
        rc = rollup_run_shown(pg, f);
    if (rc == 0)
        rc = pg_query(pg, "SELECT years_stale('imported', ARRAY(SELECT y FROM input_year() y WHERE y = $1::int))", 1,
                      &w->year, NULL, f);
    if (rc == 0)
        rc = pg_run(pg, "TRUNCATE series_dirty; CREATE TEMP TABLE told_before AS SELECT * FROM told_cell", f);
    return rc < 0 ? rc : refresh_run(pg, f);
}

/* ---- held against each other ---- */

enum figure_column { ID, STATISTIC, COUNTRY, SOURCE, CELL, COLUMN, PUBLISHED, MADE_AGAIN, AS_OF, UNZONED };
/* A row a figure, that is there or should be: of what is another, the first. One stands of days before only where it is
 * known to have been told then: of a year that is open, by a cell of that day. Beside one that stands, another may be
 * hidden or not made, and one of figures is as old as the oldest of them. Of a version that an older program made,
 * columns may be empty. One that told no zones apart published none of an indicator, and told_cell remembers none:
 * these are held against nothing, and counted by themselves; a figure of other figures is one of zones where any other
 * is. */
#define COMPARE_SQL                                                                                                    \
    "WITH made AS (SELECT v.*, e.speaks_of AS edition FROM indicator_value v LEFT JOIN public_edition e USING "        \
    "(period, country, source) WHERE v.computed AND v.period = $2 AND NOT " BY_DAYS                                    \
    "), zoned AS MATERIALIZED (SELECT "                                                                                \
    "indicator, country, source FROM published WHERE computed AND zone IS NOT NULL UNION SELECT t.indicator, "         \
    "k.key->>0, k.key->>1 FROM told_before t CROSS JOIN LATERAL (SELECT t.key::jsonb AS key) k WHERE t.period = $2 "   \
    "AND k.key->>6 IS NOT NULL), held AS MATERIALIZED (SELECT "                                                        \
    "k.*, p.value AS told, p.as_of, p.version, to_jsonb(p) AS p, to_jsonb(m) AS m, p.as_of < m.as_of AND (p.version "  \
    "> 0 OR EXISTS (SELECT FROM told_before t CROSS JOIN LATERAL (SELECT t.key::jsonb AS key) k WHERE (t.indicator, "  \
    "t.period, t.made) = (p.indicator, p.period, p.retrieved) AND (p.country, p.source) = (k.key->>0, k.key->>1) AND " \
    "(p.geo, p.operator, p.technology, p.family, p.zone) IS NOT DISTINCT FROM (k.key->>2, k.key->>3, k.key->>4, "      \
    "k.key->>5, k.key->>6))) "                                                                                         \
    "AS stands, p.value IS NULL AND m.zone IS NOT NULL AND NOT EXISTS (SELECT FROM zoned z WHERE (z.country, "         \
    "z.source) "                                                                                                       \
    "= (m.country, m.source) AND (z.indicator = m.indicator OR m.indicator = ANY ($3::text[]))) AS unzoned FROM "      \
    "published p FULL JOIN made m ON " FIGURE_KEY("p") " = " FIGURE_KEY(                                               \
        "m") " CROSS JOIN LATERAL "                                                                                    \
             "(SELECT coalesce(p.indicator, m.indicator) AS indicator, coalesce(p.statistic, m.statistic) AS "         \
             "statistic, "                                                                                             \
             "coalesce(p.country, m.country) AS country, coalesce(p.source, m.source) AS source, coalesce(p.geo, "     \
             "m.geo) AS "                                                                                              \
             "geo, coalesce(p.operator, m.operator) AS operator, coalesce(concat_ws(' ', p.geo, p.operator, "          \
             "p.technology, "                                                                                          \
             "p.family, p.zone), '') || CASE WHEN p.indicator IS NULL THEN concat_ws(' ', m.geo, m.operator, "         \
             "m.technology, "                                                                                          \
             "m.family, m.zone) ELSE '' END AS cell) k WHERE p.value IS NOT NULL OR m.value IS NOT NULL AND "          \
             "(m.simulated OR "                                                                                        \
             "m.floor IS DISTINCT FROM 'off' OR NOT EXISTS (SELECT FROM published WHERE version > 0))) "               \
             "SELECT h.indicator, h.statistic, h.country, h.source, h.cell, d.name, d.published, d.made, s.as_of, "    \
             "h.unzoned "                                                                                              \
             "FROM held h "                                                                                            \
             "CROSS JOIN LATERAL (SELECT CASE WHEN h.stands THEN h.as_of WHEN h.told IS NULL OR h.indicator = ANY "    \
             "($3::text[]) "                                                                                           \
             "THEN (SELECT min(t.as_of) FROM held t WHERE t.stands AND (t.country, t.source) = (h.country, h.source) " \
             "AND "                                                                                                    \
             "(t.indicator = h.indicator OR h.indicator = ANY ($3::text[])) AND (h.told IS NULL OR t.as_of = h.as_of " \
             "AND "                                                                                                    \
             "(t.geo, t.operator) IS NOT DISTINCT FROM (h.geo, h.operator))) END AS as_of) s "                         \
             "LEFT JOIN LATERAL (SELECT c.name, h.p->>c.name AS published, h.m->>c.name AS made FROM "                 \
             "unnest($4::text[]) WITH "                                                                                \
             "ORDINALITY AS c (name, place) WHERE h.p->>c.name IS DISTINCT FROM h.m->>c.name AND (c.place <= 10 OR "   \
             "h.p->>c.name "                                                                                           \
             "IS NOT NULL OR h.version = 0 AND c.name <> 'as_of') AND NOT (c.name = 'as_of' AND s.as_of IS NOT NULL) " \
             "ORDER BY "                                                                                               \
             "c.place LIMIT 1) d ON true WHERE h.indicator = ANY ($1::text[]) ORDER BY 1, 3, 4, 5, 2"
#define FIGURE_KEY(of)                                                                                                 \
    "jsonb_build_array(" of ".indicator, " of ".period, " of ".statistic, " of ".country, " of ".geo, " of             \
    ".operator, " of ".technology, " of ".family, " of ".zone, " of ".sex, " of ".age_group, " of ".plan, " of         \
    ".item, " of ".source)"
#define COMPARED                                                                                                       \
    "{value,low,high,n_probes,n_networks,n_days,n_samples,n_failed,rank_low,rank_high,n_silent,unit,floor,lines,note," \
    "interval_kind,interval_why,interval_lines,method_version,edition,as_of}"

/* Those that this command makes, as far as they are wanted: not what is retired, nor of a chapter's file that serve
 * read otherwise. */
static char *made_here(const struct indicator *only, bool derived)
{
    struct buf out = {0};
    size_t count;
    const struct indicator *all = indicator_all(&count);
    buf_add_text(&out, "{");
    for (size_t i = 0; i < count; i++)
        if ((indicator_derived(&all[i]) ||
             (!derived && (indicator_made(&all[i]) || indicator_counted(&all[i]) || indicator_calculated(&all[i])))) &&
            (!only || only == &all[i]) && chapter_agreed(&all[i]))
            buf_addf(&out, "%s%s", out.len > 1 ? "," : "", all[i].id);
    buf_add_text(&out, "}");
    return buf_take(&out);
}

static int count_others(struct follow *w, const struct indicator *only, const char *made, struct fault *f)
{
    _cleanup_rows_ struct pg_rows *rows = NULL;
    int rc = pg_query(scratch_pg(w->scratch),
                      "SELECT count(*) FROM published WHERE value IS NOT NULL AND indicator <> ALL ($1::text[]) AND "
                      "($2::text IS NULL OR indicator = $2)",
                      2, (const char *const[]){made, only ? only->id : NULL}, &rows, f);
    if (rc == 0)
        w->count->absent = (size_t)pg_int(rows, 0, 0);
    return rc;
}

static void note_standing(struct follow_count *c, const char *as_of)
{
    c->standing++;
    if (!*c->since || strcmp(as_of, c->since) < 0)
        snprintf(c->since, sizeof c->since, "%s", as_of);
}

static int compare(struct follow *w, const struct indicator *only, struct fault *f)
{
    const struct pg_rows *row = NULL;
    _cleanup_text_ char *made = made_here(only, false), *derived = made_here(NULL, true);
    const char *const params[] = {made, w->year, derived, COMPARED};
    int rc = count_others(w, only, made, f);
    if (rc == 0)
        rc = pg_stream_start(scratch_pg(w->scratch), COMPARE_SQL, COUNT(params), params, f);
    while (rc == 0 && (rc = pg_stream_next(scratch_pg(w->scratch), &row, f)) == 0 && row) {
        const char *as_of = pg_text(row, 0, AS_OF);
        if (pg_bool(row, 0, UNZONED)) {
            w->count->unzoned++;
            continue;
        }
        w->count->figures++;
        if (!pg_text(row, 0, COLUMN))
            continue;
        if (as_of)
            note_standing(w->count, as_of);
        else
            w->count->other++;
        w->tell->figure(w->tell->ctx, &(struct follow_figure){.id = pg_text(row, 0, ID),
                                                              .statistic = pg_text(row, 0, STATISTIC),
                                                              .country = pg_text(row, 0, COUNTRY),
                                                              .source = pg_text(row, 0, SOURCE),
                                                              .cell = pg_text(row, 0, CELL),
                                                              .column = pg_text(row, 0, COLUMN),
                                                              .published = pg_text(row, 0, PUBLISHED),
                                                              .made = pg_text(row, 0, MADE_AGAIN),
                                                              .as_of = as_of});
    }
    return rc;
}

int follow_year(const struct database *d, struct pg *pg, const char *year, const struct indicator *i,
                const struct follow_teller *tell, struct follow_count *ret, struct fault *f)
{
    _cleanup_scratch_ struct scratch *scratch = NULL;
    struct follow w = {.live = pg, .year = year, .tell = tell, .count = ret};
    *ret = (struct follow_count){0};
    stop_hold(); /* what is in it must not stay */
    int rc = scratch_open(d, pg, &scratch, f);
    w.scratch = scratch;
    if (rc == 0)
        rc = copy_all(&w, i, f);
    if (rc == 0)
        rc = make_figures(&w, f);
    if (rc == 0)
        rc = compare(&w, i, f);
    scratch_close(TAKE(scratch));
    stop_release();
    return rc;
}
