#include "collector/figure/told.h"

#include <stdio.h>

#include "common/clock.h"
#include "common/json.h"

#define DAY_US 86400000000

/* Days as "from to from to", since 1970-01-01. */
#define LOAD_SQL                                                                                                       \
    "SELECT p.probe, (SELECT string_agg(concat(lower(r) - '1970-01-01'::date, ' ', upper(r) - '1970-01-01'::date), "   \
    "' ' ORDER BY r) FROM unnest(d.days) r), encode(d.marks, 'hex'), array_to_string(d.cells, ' ') "                   \
    "FROM told_day d JOIN probe p USING (probe_no) WHERE d.indicator = $1 AND d.period = $2"

static int load_cells(struct pg *pg, const struct indicator *i, const char *year, struct past *past, size_t *ret,
                      struct fault *f)
{
    _cleanup_rows_ struct pg_rows *rows = NULL;
    char method[16];
    snprintf(method, sizeof method, "%d", i->method);
    int rc = pg_query(pg,
                      "SELECT key, made - '1970-01-01'::date FROM told_cell WHERE indicator = $1 AND period = $2 AND "
                      "method_version = $3::int ORDER BY cell",
                      3, (const char *const[]){i->id, year, method}, &rows, f);
    if (rc < 0)
        return rc;
    *ret = pg_rows_count(rows);
    for (size_t r = 0; r < *ret; r++)
        past_cell(past, pg_text(rows, r, 0), (int32_t)pg_int(rows, r, 1));
    return 0;
}

int told_load(struct pg *pg, const struct indicator *i, const char *year, struct past **ret, struct fault *f)
{
    _cleanup_(past_freep) struct past *past = past_new((int32_t)(clock_wall_us(&clock_system) / DAY_US));
    const struct pg_rows *row = NULL;
    size_t cells = 0;
    int rc = load_cells(pg, i, year, past, &cells, f);
    if (rc == 0 && cells > 0) {
        rc = pg_stream_start(pg, LOAD_SQL, 2, (const char *const[]){i->id, year}, f);
        while (rc == 0 && (rc = pg_stream_next(pg, &row, f)) == 0 && row)
            past_told(past, pg_text(row, 0, 0), pg_text(row, 0, 1), pg_text(row, 0, 2), pg_text(row, 0, 3));
    }
    if (rc == 0)
        *ret = TAKE(past);
    return rc;
}

int told_store(struct pg *pg, const struct indicator *i, const char *year, const json_t *keep, struct fault *f)
{
    char method[16];
    snprintf(method, sizeof method, "%d", i->method);
    _cleanup_text_ char *cells = json_text(json_object_get(keep, "cells"));
    _cleanup_text_ char *days = json_text(json_object_get(keep, "days"));
    const char *const params[] = {i->id, year};
    int rc = pg_query(pg, "DELETE FROM told_cell WHERE indicator = $1 AND period = $2", 2, params, NULL, f);
    if (rc == 0)
        rc = pg_query(pg, "DELETE FROM told_day WHERE indicator = $1 AND period = $2", 2, params, NULL, f);
    if (rc == 0)
        rc = pg_query(
            pg,
            "INSERT INTO told_cell (indicator, period, method_version, cell, key, made) SELECT $1, $2, $3::int, "
            "c.at - 1, c.cell->>'key', '1970-01-01'::date + (c.cell->>'made')::int "
            "FROM jsonb_array_elements($4::jsonb) WITH ORDINALITY AS c (cell, at)",
            4, (const char *const[]){i->id, year, method, cells}, NULL, f);
    if (rc == 0)
        rc = pg_query(
            pg,
            "INSERT INTO told_day (indicator, period, probe_no, days, marks, cells) SELECT $1, $2, p.probe_no, "
            "d.days, d.marks, d.cells FROM jsonb_to_recordset($3::jsonb) AS d (probe text, days datemultirange, "
            "marks bytea, cells int[]) JOIN probe p USING (probe)",
            3, (const char *const[]){i->id, year, days}, NULL, f);
    return rc;
}
