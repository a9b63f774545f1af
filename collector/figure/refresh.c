#include "collector/figure/refresh.h"

#include <math.h>
#include <stdlib.h>

#include "collector/disclosure/crowd.h"
#include "collector/figure/change.h"
#include "collector/figure/chapter.h"
#include "collector/figure/closing.h"
#include "collector/figure/given.h"
#include "collector/figure/series.h"
#include "common/clock.h"
#include "common/json.h"
#include "common/lang.h"
#include "common/log.h"
#include "common/progress.h"
#include "common/stop.h"

#define DAY_US    86400000000
#define BEGIN_SQL "BEGIN; SELECT pg_advisory_xact_lock(hashtext('internetmetre refresh'))"

/* ---- what was shown before ---- */

/* Days as "from to from to", since 1970-01-01. */
#define TOLD_SQL                                                                                                       \
    "SELECT p.probe, coalesce(l.probe, p.probe), (SELECT string_agg(concat(lower(r) - '1970-01-01'::date, ' ', "       \
    "upper(r) - '1970-01-01'::date), ' ' ORDER BY r) FROM unnest(d.days) r), encode(d.marks, 'hex'), "                 \
    "array_to_string(d.cells, ' ') FROM told_day d JOIN probe p USING (probe_no) "                                     \
    "LEFT JOIN probe_household h USING (probe_no) LEFT JOIN probe l ON l.probe_no = h.household "                      \
    "WHERE d.indicator = $1 AND d.period = $2"

#define WEIGHED_SQL                                                                                                    \
    "SELECT p.probe, array_to_string(l.cells, ' '), array_to_string(l.weights, ' '), array_to_string(l.wholes, ' '), " \
    "l.last_day - '1970-01-01'::date FROM told_line l JOIN probe p USING (probe_no) WHERE l.indicator = $1 AND "       \
    "l.period = $2"

/* Of groups as cell.c names them. */
#define POINTED_SQL                                                                                                    \
    "SELECT concat(country, ' ', source), day - '1970-01-01'::date FROM indicator_day WHERE indicator = $1 AND "       \
    "extract(year FROM day) = $2::int"

/* A figure that is not there, since the floor was lifted or a name withdrawn, is to be made again as one of another
 * method is: it is not the one that was told where its lines weigh something else since. */
#define CELLS_SQL                                                                                                      \
    "SELECT t.key, t.made - '1970-01-01'::date, CASE WHEN EXISTS (SELECT FROM indicator_value v WHERE v.computed AND " \
    "(v.indicator, v.period, v.country, v.source) = (t.indicator, t.period, k.key->>0, k.key->>1) AND "                \
    "(v.geo, v.operator, v.technology, v.family, v.zone) IS NOT DISTINCT FROM (k.key->>2, k.key->>3, k.key->>4, "      \
    "k.key->>5, k.key->>6) "                                                                                           \
    "AND v.value IS NOT NULL AND v.floor <> 'off') THEN t.method_version ELSE $3::int END, t.failed_hidden "           \
    "FROM told_cell t CROSS JOIN LATERAL (SELECT t.key::jsonb AS key) k WHERE t.indicator = $1 AND t.period = $2 "     \
    "ORDER BY t.cell"

static int told_cells(struct pg *pg, const struct indicator *i, const char *year, struct past *past, size_t *ret,
                      struct fault *f)
{
    _cleanup_rows_ struct pg_rows *rows = NULL;
    _cleanup_text_ char *lost = alloc_format("%d", PAST_LOST);
    int rc = pg_query(pg, CELLS_SQL, 3, (const char *const[]){i->id, year, lost}, &rows, f);
    if (rc < 0)
        return rc;
    *ret = pg_rows_count(rows);
    for (size_t r = 0; r < *ret; r++) {
        size_t cell = past_cell(past, pg_text(rows, r, 0), (int32_t)pg_int(rows, r, 1), (int)pg_int(rows, r, 2));
        if (pg_bool(rows, r, 3))
            past_hid_failed(past, cell);
    }
    return 0;
}

static int told_load(struct pg *pg, const struct indicator *i, const char *year, struct past **ret, struct fault *f)
{
    _cleanup_(past_freep) struct past *past = past_new((int32_t)(clock_wall_us(&clock_system) / DAY_US), i->method);
    const struct pg_rows *row = NULL;
    size_t cells = 0;
    int rc = told_cells(pg, i, year, past, &cells, f);
    if (rc == 0 && cells > 0) {
        rc = pg_stream_start(pg, TOLD_SQL, 2, (const char *const[]){i->id, year}, f);
        while (rc == 0 && (rc = pg_stream_next(pg, &row, f)) == 0 && row)
            past_told(past, pg_text(row, 0, 0), pg_text(row, 0, 1), pg_text(row, 0, 2), pg_text(row, 0, 3),
                      pg_text(row, 0, 4));
    }
    if (rc == 0 && cells > 0) {
        rc = pg_stream_start(pg, WEIGHED_SQL, 2, (const char *const[]){i->id, year}, f);
        while (rc == 0 && (rc = pg_stream_next(pg, &row, f)) == 0 && row)
            past_weighed(past, pg_text(row, 0, 0), pg_text(row, 0, 1), pg_text(row, 0, 2), pg_text(row, 0, 3),
                         (int32_t)pg_int(row, 0, 4));
    }
    if (rc == 0 && cells > 0) {
        rc = pg_stream_start(pg, POINTED_SQL, 2, (const char *const[]){i->id, year}, f);
        while (rc == 0 && (rc = pg_stream_next(pg, &row, f)) == 0 && row)
            past_pointed(past, pg_text(row, 0, 0), pg_text(row, 0, 1));
    }
    if (rc == 0)
        *ret = TAKE(past);
    return rc;
}

/* In the place of all that was there. */
static int told_store(struct pg *pg, const struct indicator *i, const char *year, const json_t *keep, struct fault *f)
{
    _cleanup_text_ char *cells = json_text(json_object_get(keep, "cells"));
    _cleanup_text_ char *days = json_text(json_object_get(keep, "days"));
    _cleanup_text_ char *lines = json_text(json_object_get(keep, "lines"));
    const char *const params[] = {i->id, year};
    int rc = pg_query(pg, "DELETE FROM told_cell WHERE indicator = $1 AND period = $2", 2, params, NULL, f);
    if (rc == 0)
        rc = pg_query(pg, "DELETE FROM told_day WHERE indicator = $1 AND period = $2", 2, params, NULL, f);
    if (rc == 0)
        rc = pg_query(pg, "DELETE FROM told_line WHERE indicator = $1 AND period = $2", 2, params, NULL, f);
    if (rc == 0)
        rc = pg_query(pg,
                      "INSERT INTO told_cell (indicator, period, method_version, cell, key, made, failed_hidden) "
                      "SELECT $1, $2, (c.cell->>'method')::int, c.at - 1, c.cell->>'key', "
                      "'1970-01-01'::date + (c.cell->>'made')::int, (c.cell->>'failed_hidden')::boolean "
                      "FROM jsonb_array_elements($3::jsonb) WITH ORDINALITY AS c (cell, at)",
                      3, (const char *const[]){i->id, year, cells}, NULL, f);
    if (rc == 0)
        rc = pg_query(
            pg,
            "INSERT INTO told_day (indicator, period, probe_no, days, marks, cells) SELECT $1, $2, p.probe_no, "
            "d.days, d.marks, d.cells FROM jsonb_to_recordset($3::jsonb) AS d (probe text, days datemultirange, "
            "marks bytea, cells int[]) JOIN probe p USING (probe)",
            3, (const char *const[]){i->id, year, days}, NULL, f);
    if (rc == 0)
        rc = pg_query(
            pg,
            "INSERT INTO told_line (indicator, period, probe_no, last_day, cells, weights, wholes) SELECT $1, $2, "
            "p.probe_no, '1970-01-01'::date + l.last, l.cells, l.weights, l.wholes FROM jsonb_to_recordset($3::jsonb) "
            "AS l (probe text, "
            "last int, cells int[], weights int[], wholes int[]) JOIN probe p USING (probe)",
            3, (const char *const[]){i->id, year, lines}, NULL, f);
    return rc;
}

/* ---- one indicator ---- */

/* What series have told otherwise of the same days. */
static int part(struct pg *pg, const struct indicator *i, const char *const *period, struct fault *f)
{
    const char *const params[] = {i->id, i->check, period[0], period[1]};
    int rc = pg_run(pg,
                    "CREATE TEMP TABLE IF NOT EXISTS apart (day date, probe_no int, late boolean, barred boolean) ON "
                    "COMMIT DROP; TRUNCATE pg_temp.apart",
                    f);
    if (rc == 0)
        rc = pg_query(pg, "INSERT INTO pg_temp.apart SELECT * FROM series_apart($1, $2, $3::date, $4::date)",
                      COUNT(params), params, NULL, f);
    return rc < 0 ? rc : pg_run(pg, "ANALYZE pg_temp.apart", f);
}

/* Where each probe stood joins the values.
 * A probe that nobody vouches for, or a young one, is in no figure at all, unless
 * the floor is lifted. Once a figure was shown, a day waits until it is ripe
 * (PAST_RIPE_DAYS): it changes under cover of many only. Till then it is not expected either. */
#define GATHER_SQL                                                                                                     \
    "SELECT p.probe, g.day - '1970-01-01'::date, "                                                                     \
    "CASE WHEN p.simulated THEN 'simulated' WHEN p.source = 'agent' THEN 'measured' ELSE p.source END, "               \
    "s.network, s.voucher, x.country, x.department, x.operator, x.technology, g.family, g.value, g.samples, "          \
    "coalesce(l.probe, p.probe), greatest(g.failed, 0), "                                                              \
    "s.first_day - '1970-01-01'::date - coalesce(days_before(s.idle, s.first_day), 0), "                               \
    "u.last_day - '1970-01-01'::date - coalesce(days_before(s.idle, u.last_day + 1), 0), s.silent, "                   \
    "coalesce(days_before(s.idle, g.day), 0), a.late AND NOT e.lifted, a.barred AND NOT e.lifted, "                    \
    "coalesce(o.probe, p.probe), x.zone "                                                                              \
    "FROM pg_temp.given g JOIN probe p USING (probe_no) "                                                              \
    "LEFT JOIN probe_household h USING (probe_no) LEFT JOIN probe l ON l.probe_no = h.household "                      \
    "LEFT JOIN (SELECT household, least(household, min(probe_no)) AS oldest FROM probe_household GROUP BY household) " \
    "b "                                                                                                               \
    "ON b.household = coalesce(h.household, p.probe_no) LEFT JOIN probe o ON o.probe_no = b.oldest "                   \
    "JOIN line_year s ON (s.first, s.last, s.probe_no) = ($1::date, $2::date - 1, g.probe_no) "                        \
    "JOIN publication_floor e ON s.counts OR e.lifted OR (e.lifted_simulated AND p.simulated) "                        \
    "CROSS JOIN (SELECT NOT EXISTS (SELECT FROM told_cell WHERE indicator = $3 AND period = extract(year FROM "        \
    "$1::date)::text) AS none) t "                                                                                     \
    "CROSS JOIN LATERAL (SELECT CASE WHEN e.lifted OR p.simulated OR t.none THEN 'infinity' ELSE "                     \
    "(now() AT TIME ZONE 'UTC')::date - 2 END AS ripe) r CROSS JOIN LATERAL (SELECT least(s.last_day, r.ripe) AS "     \
    "last_day) u "                                                                                                     \
    "JOIN place_year x ON (x.first, x.last, x.probe_no, x.day) = ($1::date, $2::date - 1, g.probe_no, g.day) "         \
    "LEFT JOIN pg_temp.apart a ON (a.day, a.probe_no) = (g.day, g.probe_no) "                                          \
    "WHERE (g.value IS NOT NULL OR g.failed > 0) "                                                                     \
    "AND g.day <= r.ripe "                                                                                             \
    "ORDER BY coalesce(l.probe, p.probe), p.probe, g.day, g.family NULLS FIRST"

/* Cells as the floor has them. */
static int new_cells(struct pg *pg, const struct indicator *i, struct cells **ret, struct fault *f)
{
    _cleanup_rows_ struct pg_rows *rows = NULL;
    int rc = pg_query(pg, "SELECT lifted, lifted_simulated FROM publication_floor", 0, NULL, &rows, f);
    if (rc < 0)
        return rc;
    *ret = cells_new(i, pg_bool(rows, 0, 0));
    if (pg_bool(rows, 0, 1))
        cells_lift_simulated(*ret);
    return 0;
}

int refresh_gather(struct pg *pg, const struct indicator *i, const char *first, const char *last, struct cells **ret,
                   struct fault *f)
{
    const char *const params[] = {first, last, i->id};
    _cleanup_(cells_freep) struct cells *cells = NULL;
    const struct pg_rows *row = NULL;
    int rc = new_cells(pg, i, &cells, f);
    if (rc == 0)
        rc = pg_query(pg, "SELECT line_year_make($1::date, $2::date - 1), place_year_make($1::date, $2::date - 1)", 2,
                      params, NULL, f);
    if (rc == 0)
        rc = given_make(pg, i, params, f);
    if (rc == 0)
        rc = part(pg, i, params, f);
    if (rc == 0)
        rc = pg_stream_start(pg, GATHER_SQL, COUNT(params), params, f);
    while (rc == 0 && (rc = pg_stream_next(pg, &row, f)) == 0 && row)
        cells_add(cells, &(struct probe_day){
                             .probe = pg_text(row, 0, 0),
                             .day = (int32_t)pg_int(row, 0, 1),
                             .source = pg_text(row, 0, 2),
                             .network = pg_text(row, 0, 3),
                             .voucher = pg_text(row, 0, 4),
                             .country = pg_text(row, 0, 5),
                             .department = pg_text(row, 0, 6),
                             .carrier = pg_text(row, 0, 7),
                             .technology = pg_text(row, 0, 8),
                             .family = pg_text(row, 0, 9),
                             .value = pg_text(row, 0, 10) ? pg_double(row, 0, 10) : NAN,
                             .samples = pg_int(row, 0, 11),
                             .line = pg_text(row, 0, 12),
                             .failed = pg_int(row, 0, 13),
                             .first = (int32_t)pg_int(row, 0, 14),
                             .last = (int32_t)pg_int(row, 0, 15),
                             .silent = pg_bool(row, 0, 16),
                             .idle = (int32_t)pg_int(row, 0, 17),
                             .late = pg_bool(row, 0, 18),
                             .barred = pg_bool(row, 0, 19),
                             .oldest = pg_text(row, 0, 20),
                             .zone = pg_text(row, 0, 21),
                         });
    if (rc < 0) {
        fault_prefix(f, _("indicator %s: "), i->id);
        return rc;
    }
    *ret = TAKE(cells);
    return 0;
}

static int store(struct pg *pg, const char *sql, const json_t *rows, const char *year, struct fault *f)
{
    _cleanup_text_ char *text = json_text(rows);
    return pg_query(pg, sql, year ? 2 : 1, (const char *const[]){text, year}, NULL, f);
}

/* Takes away what the new figures replace: not those that stand, nor of a country that has no lines left the days. A
 * name that the team no longer says yes to is public nowhere, whatever stands. */
static int take_away(struct pg *pg, const struct indicator *i, const char *year, const json_t *stand,
                     const json_t *kept, struct fault *f)
{
    _cleanup_text_ char *standing = json_text(stand), *days = json_text(kept);
    int rc = pg_query(
        pg,
        "DELETE FROM indicator_value v WHERE v.computed AND v.indicator = $1 AND v.period = $2 AND NOT "
        "EXISTS (SELECT FROM jsonb_populate_recordset(NULL::indicator_value, $3::jsonb) h "
        "WHERE (h.statistic, h.country, h.source) = (v.statistic, v.country, v.source) AND "
        "(h.geo, h.operator, h.technology, h.family, h.zone) IS NOT DISTINCT FROM "
        "(v.geo, v.operator, v.technology, v.family, v.zone) AND v.floor <> 'off' AND (v.operator IS NULL OR EXISTS "
        "(SELECT FROM public_operator_name o WHERE o.name = v.operator)))",
        3, (const char *const[]){i->id, year, standing}, NULL, f);
    if (rc == 0)
        rc = pg_query(
            pg,
            "DELETE FROM indicator_day d WHERE d.indicator = $1 AND extract(year FROM d.day) = $2::int AND NOT "
            "EXISTS (SELECT FROM jsonb_populate_recordset(NULL::indicator_day, $3::jsonb) k "
            "WHERE (k.country, k.source) = (d.country, d.source)) AND NOT "
            "EXISTS (SELECT FROM jsonb_populate_recordset(NULL::indicator_value, $4::jsonb) h "
            "WHERE (h.country, h.source) = (d.country, d.source) AND "
            "num_nonnulls(h.geo, h.operator, h.technology, h.family, h.zone) = 0)",
            4, (const char *const[]){i->id, year, days, standing}, NULL, f);
    return rc;
}

#define STORE_FIGURES_SQL                                                                                              \
    "INSERT INTO indicator_value (indicator, period, statistic, country, geo, operator, technology, family, zone, "    \
    "source, "                                                                                                         \
    "simulated, computed, value, unit, low, high, interval_kind, n_samples, n_days, n_probes, n_networks, floor, "     \
    "method_version, lines, note, n_failed, n_silent, rank_low, rank_high, as_of, interval_why, interval_lines, "      \
    "retrieved) "                                                                                                      \
    "SELECT r.indicator, $2, r.statistic, r.country, r.geo, r.operator, r.technology, r.family, r.zone, r.source, "    \
    "r.source = 'simulated', true, r.value, r.unit, r.low, r.high, r.interval_kind, r.n_samples, r.n_days, "           \
    "r.n_probes, r.n_networks, r.floor, r.method_version, r.lines, r.note, r.n_failed, r.n_silent, r.rank_low, "       \
    "r.rank_high, r.as_of, r.interval_why, r.interval_lines, (now() AT TIME ZONE 'UTC')::date "                        \
    "FROM jsonb_populate_recordset(NULL::indicator_value, $1::jsonb) r"
#define STORE_HELD_SQL STORE_FIGURES_SQL " ON CONFLICT DO NOTHING"
#define STORE_DAYS_SQL                                                                                                 \
    "INSERT INTO indicator_day SELECT r.* FROM jsonb_populate_recordset(NULL::indicator_day, $1::jsonb) r "            \
    "ON CONFLICT DO NOTHING"

int refresh_recall(struct pg *pg, const struct indicator *i, const char *year, struct cells **ret, struct fault *f)
{
    _cleanup_text_ char *first = alloc_format("%s-01-01", year);
    _cleanup_text_ char *last = alloc_format("%d-01-01", atoi(year) + 1);
    _cleanup_(cells_freep) struct cells *cells = NULL;
    struct past *past = NULL;
    int rc = refresh_gather(pg, i, first, last, &cells, f);
    if (rc == 0)
        rc = told_load(pg, i, year, &past, f);
    if (rc < 0)
        return rc;
    cells_remember(cells, past);
    *ret = TAKE(cells);
    return 0;
}

static int make(struct pg *pg, const struct indicator *i, const char *year, struct fault *f)
{
    _cleanup_(cells_freep) struct cells *cells = NULL;
    int rc = refresh_recall(pg, i, year, &cells, f);
    if (rc < 0)
        return rc;
    _cleanup_json_ json_t *figures = cells_figures(cells), *held = cells_held(cells);
    _cleanup_json_ json_t *days = cells_days(cells), *kept = cells_days_kept(cells);
    _cleanup_json_ json_t *keep = cells_keep(cells), *stand = cells_left(cells);
    json_array_extend(stand, held);
    rc = take_away(pg, i, year, stand, kept, f);
    if (rc == 0)
        rc = store(pg, STORE_FIGURES_SQL, figures, year, f);
    if (rc == 0)
        rc = store(pg, STORE_HELD_SQL, held, year, f);
    if (rc == 0)
        rc = store(pg, STORE_DAYS_SQL, days, NULL, f);
    if (rc == 0 && keep)
        rc = told_store(pg, i, year, keep, f);
    return rc;
}

/* What fails of a chapter's own leaves all others as they are. */
static int make_guarded(struct pg *pg, const struct indicator *i, const char *year, struct fault *f)
{
    bool made;
    int rc = chapter_attempt(pg, i, year, make, &made, f);
    return rc == 0 && i->own && made ? chapter_made(pg, i, year, f) : rc;
}

/* ---- of objects ---- */

/* A figure that was told stands where there is none any more, as when nobody knows the lines' networks of then. */
#define TAKE_COUNTED_SQL                                                                                               \
    "DELETE FROM indicator_value v WHERE v.computed AND v.indicator = $1 AND v.period = $2::int::text AND (v.value "   \
    "IS NULL OR v.floor = 'off' OR EXISTS (SELECT FROM object_figure($3::int, $4::int, $5::int) f WHERE (f.country, "  \
    "f.source) = (v.country, v.source) AND f.value IS NOT NULL))"
#define STORE_COUNTED_SQL                                                                                              \
    "INSERT INTO indicator_value (indicator, period, statistic, country, source, simulated, computed, value, unit, "   \
    "n_samples, n_days, n_probes, n_networks, floor, method_version, note, as_of, retrieved) "                         \
    "SELECT $1, $2::int::text, $6, o.country, o.source, o.simulated, true, rounding_nearest(o.value, $7::int), $8, "   \
    "o.n_samples, o.n_days, o.n_probes, o.n_networks, o.floor, $9::int, o.note, o.as_of, "                             \
    "(now() AT TIME ZONE 'UTC')::date FROM object_figure($3::int, $4::int, $5::int) o ON CONFLICT DO NOTHING"

int refresh_voices(struct pg *pg, const struct indicator *i, const char *year, struct fault *f)
{
    _cleanup_text_ char *first = alloc_format("%s-01-01", year);
    _cleanup_text_ char *last = alloc_format("%d-01-01", atoi(year) + 1);
    const char *const period[] = {first, last};
    int rc = pg_query(pg, "SELECT line_year_make($1::date, $2::date - 1), place_year_make($1::date, $2::date - 1)", 2,
                      period, NULL, f);
    if (rc == 0)
        rc = given_voices(pg, i, period, f);
    if (rc < 0)
        fault_prefix(f, _("indicator %s: "), i->id);
    return rc;
}

static int count_objects(struct pg *pg, const struct indicator *i, const char *year, struct fault *f)
{
    char lines[16], networks[16], days[16], decimals[16], method[16];
    snprintf(lines, sizeof lines, "%d", FLOOR_PROBES);
    snprintf(networks, sizeof networks, "%d", FLOOR_NETWORKS);
    snprintf(days, sizeof days, "%d", FLOOR_DAYS);
    snprintf(decimals, sizeof decimals, "%d", i->decimals);
    snprintf(method, sizeof method, "%d", i->method);
    const char *const params[] = {
        i->id, year, lines, networks, days, indicator_main(i)->name, decimals, i->unit[LANG_EN], method};
    int rc = refresh_voices(pg, i, year, f);
    if (rc == 0)
        rc = pg_query(pg, TAKE_COUNTED_SQL, 5, params, NULL, f);
    return rc < 0 ? rc : pg_query(pg, STORE_COUNTED_SQL, COUNT(params), params, NULL, f);
}

/* ---- what is made of figures ---- */

#define DERIVE_SQL                                                                                                     \
    "INSERT INTO indicator_value (indicator, period, statistic, country, geo, operator, technology, zone, source, "    \
    "simulated, computed, value, unit, floor, method_version, note, as_of, retrieved) "                                \
    "SELECT $2, $1::int::text, $3, d.country, d.geo, d.operator, d.technology, d.zone, d.source, d.simulated, true, "  \
    "rounding_nearest(d.value, $4::int), $5, d.floor, $6::int, d.note, d.as_of, (now() AT TIME ZONE 'UTC')::date "     \
    "FROM (%s) AS d WHERE d.value IS NOT NULL"

/* Of what was imported, beside what others publish of it: of a source that no file can name (import/cell.c). */
#define CALCULATE_SQL                                                                                                  \
    "INSERT INTO indicator_value (indicator, period, statistic, country, geo, operator, technology, source, "          \
    "computed, value, unit, n_samples, method_version, note, retrieved) "                                              \
    "SELECT $2, $1::int::text, $3, d.country, d.geo, d.operator, d.technology, 'calculated', true, "                   \
    "rounding_nearest(d.value, $4::int), $5, d.n_samples, $6::int, d.note, d.retrieved "                               \
    "FROM (%s) AS d WHERE d.value IS NOT NULL AND d.n_samples > 0"

static int derive(struct pg *pg, const struct indicator *i, const char *year, struct fault *f)
{
    char decimals[16], method[16];
    snprintf(decimals, sizeof decimals, "%d", i->decimals);
    snprintf(method, sizeof method, "%d", i->method);
    const char *const params[] = {year, i->id, indicator_main(i)->name, decimals, i->unit[LANG_EN], method},
                      *const of[] = {i->id, year};
    _cleanup_text_ char *sql = alloc_format(i->calculated ? CALCULATE_SQL : DERIVE_SQL, i->sql);
    int rc = pg_query(pg, "DELETE FROM indicator_value WHERE computed AND indicator = $1 AND period = $2", 2, of, NULL,
                      f);
    if (rc == 0)
        rc = pg_query(pg, sql, COUNT(params), params, NULL, f);
    if (rc < 0)
        fault_prefix(f, _("indicator %s: "), i->id);
    return rc;
}

/* ---- the definitions ---- */

static json_t *definition_row(const struct indicator *i)
{
    _cleanup_text_ char *kinds = indicator_kinds(i);
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:i, s:s, s:s, s:s?, s:i}", "indicator", i->id,
                     "name_fr", i->name[LANG_FR], "name_en", i->name[LANG_EN], "unit", i->unit[LANG_EN], "better",
                     i->better, "status", i->status, "nature", i->nature, "kind", kinds, "method_version", i->method,
                     "definition_fr", i->definition[LANG_FR], "definition_en", i->definition[LANG_EN], "target_set",
                     i->targets, "decimals", i->decimals);
}

#define DEFINE_SQL                                                                                                     \
    "WITH d AS MATERIALIZED (SELECT * FROM jsonb_populate_recordset(NULL::indicator, $1::jsonb)) "                     \
    "INSERT INTO indicator SELECT d.* FROM d LEFT JOIN indicator i USING (indicator) WHERE i IS DISTINCT FROM d "      \
    "ON CONFLICT (indicator) DO UPDATE SET name_fr = excluded.name_fr, name_en = excluded.name_en, "                   \
    "unit = excluded.unit, better = excluded.better, status = excluded.status, nature = excluded.nature, "             \
    "kind = excluded.kind, method_version = excluded.method_version, definition_fr = excluded.definition_fr, "         \
    "definition_en = excluded.definition_en, target_set = excluded.target_set, decimals = excluded.decimals"

/* What no file defines any more has no new figures, and those that were published stay. */
#define RETIRE_SQL                                                                                                     \
    "UPDATE indicator SET status = 'retired' WHERE status <> 'retired' AND indicator <> ALL (string_to_array($1, ', "  \
    "')) AND NOT $2::jsonb ? indicator"

/* Every year with rollups or inputs is made again when an indicator that is measured is new to the database or its
 * method changed. *ret: whether the database has other definitions, as far as a pass looks that has told them before.
 */
static int stale(struct pg *pg, const struct indicator *all, size_t count, bool own, bool *ret, struct fault *f)
{
    _cleanup_(buf_free) struct buf made = {0};
    for (size_t i = 0; i < count; i++)
        if (all[i].own == own && (indicator_made(&all[i]) || indicator_counted(&all[i]) || indicator_derived(&all[i]) ||
                                  indicator_calculated(&all[i])))
            buf_addf(&made, "%s%s/%d", made.len ? "," : "{", all[i].id, all[i].method);
    buf_add_text(&made, made.len ? "}" : "{}");
    _cleanup_rows_ struct pg_rows *rows = NULL;
    int rc = pg_query(pg,
                      "SELECT years_stale('method', NULL, '-infinity'), years_stale('method', ARRAY(SELECT "
                      "input_year())) WHERE EXISTS (SELECT FROM unnest($1::text[]) m "
                      "WHERE NOT EXISTS (SELECT FROM indicator WHERE indicator || '/' || method_version = m AND "
                      "status <> 'retired'))",
                      1, (const char *const[]){made.data}, &rows, f);
    *ret |= rc == 0 && pg_rows_count(rows) > 0;
    return rc;
}

/* Once a process, and whenever a method is another: definitions are part of the program, and a pass is short. Those of
 * a chapter's own are as serve found them. */
static int describe(struct pg *pg, bool own, bool told, struct fault *f)
{
    size_t count;
    const struct indicator *all = indicator_all(&count);
    bool other = !told;
    int rc = stale(pg, all, count, own, &other, f);
    if (rc < 0 || !other)
        return rc;
    _cleanup_json_ json_t *rows = json_array();
    for (size_t i = 0; i < count; i++)
        if (all[i].own == own)
            json_array_append_new(rows, definition_row(&all[i]));
    _cleanup_text_ char *text = json_text(rows);
    return pg_query(pg, DEFINE_SQL, 1, (const char *const[]){text}, NULL, f);
}

/* A file that cannot be read, or is faulty, is not gone. */
static int retire(struct pg *pg, struct fault *f)
{
    _cleanup_text_ char *faulty = chapter_faulty();
    return faulty ? pg_query(pg, RETIRE_SQL, 2, (const char *const[]){indicator_ids(), faulty}, NULL, f) : 0;
}

int refresh_settle(struct pg *pg, struct fault *f)
{
    int rc = pg_run(pg, BEGIN_SQL, f);
    if (rc == 0)
        rc = describe(pg, true, false, f);
    if (rc == 0)
        rc = retire(pg, f);
    if (rc == 0)
        rc = chapter_settle(pg, f);
    if (rc == 0)
        rc = pg_run(pg, "COMMIT", f);
    if (rc < 0 && pg_run(pg, "ROLLBACK", NULL) < 0)
        log_debug("the transaction ended with the connection");
    return rc;
}

/* ---- all ---- */

/* shown: NULL where nobody looks on. */
static int make_years(struct pg *pg, struct progress *shown, struct fault *f)
{
    _cleanup_rows_ struct pg_rows *years = NULL;
    size_t count;
    const struct indicator *all = indicator_all(&count);
    int rc = closing_take(pg, &years, f);
    for (size_t y = 0; rc == 0 && y < pg_rows_count(years); y++) {
        const char *year = pg_text(years, y, 0);
        for (size_t i = 0; rc == 0 && i < count; i++) {
            if (shown) {
                progress_show(shown, _("figures of indicators"), (int64_t)(y * count + i),
                              (int64_t)(pg_rows_count(years) * count));
                if ((rc = stop_check(f)) < 0)
                    break;
            }
            if (indicator_made(&all[i]) && chapter_agreed(&all[i]))
                rc = make_guarded(pg, &all[i], year, f);
        }
        for (size_t i = 0; rc == 0 && i < count; i++)
            if (indicator_counted(&all[i]))
                rc = count_objects(pg, &all[i], year, f);
        for (size_t i = 0; rc == 0 && i < count; i++)
            if (indicator_derived(&all[i]) || indicator_calculated(&all[i]))
                rc = derive(pg, &all[i], year, f);
        if (rc == 0)
            rc = pg_query(pg, "SELECT target_set_note($1::int), edition_note($1::int), series_line_make($1::int)", 1,
                          &year, NULL, f);
    }
    return rc < 0 ? rc : change_make(pg, years, f);
}

static int refresh(struct pg *pg, unsigned patience_s, struct progress *shown, struct fault *f)
{
    static bool told;
    int rc = pg_run(pg, BEGIN_SQL, f);
    if (rc == 0)
        rc = describe(pg, false, told, f);
    if (rc == 0)
        rc = chapter_agree(pg, f);
    if (rc == 0)
        rc = pg_query(pg, "SELECT change_ripen()", 0, NULL, NULL, f);
    if (rc == 0)
        rc = make_years(pg, shown, f);
    if (rc == 0)
        rc = closing_follow(pg, patience_s, f);
    if (rc == 0)
        rc = pg_run(pg, "COMMIT", f);
    told |= rc == 0;
    if (rc < 0 && pg_run(pg, "ROLLBACK", NULL) < 0)
        log_debug("the transaction ended with the connection");
    return rc;
}

int refresh_run(struct pg *pg, struct fault *f)
{
    struct progress progress = {0};
    int rc = refresh(pg, 0, &progress, f);
    progress_end(&progress);
    return rc < 0 ? rc : series_tell(pg, progress_seen(), f);
}

/* What trickles into a closed year is one version a day. */
#define PATIENCE_S 86400

int refresh_paced(struct pg *pg, struct fault *f)
{
    static int64_t not_before_us;
    int64_t began_us = clock_mono_us(&clock_system);
    if (began_us < not_before_us)
        return 0;
    int rc = refresh(pg, PATIENCE_S, NULL, f);
    if (rc == 0)
        rc = series_tell(pg, false, f);
    int64_t ended_us = clock_mono_us(&clock_system);
    not_before_us = ended_us + 9 * (ended_us - began_us);
    return rc;
}
