#include "collector/import/stage.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "collector/import/nearest.h"
#include "collector/import/number.h"
#include "common/lang.h"
#include "common/log.h"

/* ---- taking them ---- */

#define TABLE_SQL                                                                                                      \
    "CREATE TEMP TABLE import_figure (line int, indicator text, country text, geo text, operator text, technology "    \
    "text, zone text, sex text, age_group text, plan text, item text, period text, value double precision, unit "      \
    "text, n_samples "                                                                                                 \
    "bigint, margin double precision, visa text, method text, source text, source_url text, retrieved date, note "     \
    "text) "                                                                                                           \
    "ON COMMIT DROP"

/* Sent when they are so many octets. */
#define PIECE (256u << 10)

int stage_open(struct stage *s, struct fault *f)
{
    progress_show(&s->progress, _("figures"), 0, (int64_t)s->whole);
    int rc = pg_run(s->pg, TABLE_SQL, f);
    return rc < 0 ? rc : pg_copy_start(s->pg, "COPY import_figure FROM STDIN", f);
}

/* PostgreSQL's manual, "COPY", text format. */
static void add_text(struct buf *out, const char *text)
{
    static const char signs[] = "\\\n\r\t", letters[] = "\\nrt";
    for (; *text; text++) {
        const char *found = strchr(signs, *text);
        if (found)
            buf_add_char(out, '\\');
        buf_add_char(out, found ? letters[found - signs] : *text);
    }
}

static int send(struct stage *s, struct fault *f)
{
    progress_show(&s->progress, _("figures"), (int64_t)s->count, (int64_t)s->whole);
    int rc = s->rows.len ? pg_copy_put(s->pg, s->rows.data, s->rows.len, f) : 0;
    buf_clear(&s->rows);
    return rc;
}

int stage_put(void *stage, const struct figure_line *line, struct fault *f)
{
    struct stage *s = stage;
    double number;
    buf_addf(&s->rows, "%zu", line->line);
    for (size_t c = 0; c < CELL_COLUMNS; c++) {
        const char *text = line->cell[c];
        buf_add_char(&s->rows, '\t');
        if (!text)
            buf_add_text(&s->rows, "\\N");
        else if ((c == CELL_VALUE || c == CELL_MARGIN) && number_read(text, &number) == 0)
            buf_addf(&s->rows, "%.17g", number + 0.0); /* as we read it, and no -0 */
        else
            add_text(&s->rows, text);
    }
    buf_add_char(&s->rows, '\n');
    s->count++;
    return s->rows.len >= PIECE ? send(s, f) : 0;
}

int stage_close(struct stage *s, int rc, struct fault *f)
{
    if (rc == 0)
        rc = send(s, f);
    if (rc == 0)
        rc = pg_copy_end(s->pg, f);
    else if (pg_copy_end(s->pg, NULL) < 0)
        log_debug("what was put before is rolled back in any case");
    progress_end(&s->progress);
    buf_free(&s->rows);
    s->rows = (struct buf){0};
    return rc;
}

/* ---- what is checked of all of them ---- */

#define KEY "indicator, period, country, geo, operator, technology, zone, sex, age_group, plan, item, source"

static int check_places(struct pg *pg, struct fault *f)
{
    _cleanup_rows_ struct pg_rows *wrong = NULL;
    int rc = pg_query(
        pg,
        "SELECT r.line, r.geo, r.country, (SELECT string_agg(d.iso, ' ' ORDER BY d.iso) FROM department d "
        "WHERE d.country = r.country) FROM import_figure r WHERE r.geo IS NOT NULL AND NOT EXISTS (SELECT "
        "FROM department d WHERE d.iso = r.geo AND d.country = r.country) ORDER BY r.line LIMIT 1",
        0, NULL, &wrong, f);
    if (rc < 0 || pg_rows_count(wrong) == 0)
        return rc;
    const char *known = pg_text(wrong, 0, 3);
    return fault_set(f, -EBADMSG, _("line %s: column geo: %s is no department of %s; there are: %s"),
                     pg_text(wrong, 0, 0), pg_text(wrong, 0, 1), pg_text(wrong, 0, 2), known ? known : _("none"));
}

/* What is written nearly so, or was merged into another, is the known one. */
#define OPERATOR_SQL                                                                                                   \
    "UPDATE %s r SET operator = k.name FROM operator o JOIN known_operator k USING (operator_no) "                     \
    "WHERE o.country = r.country AND lower(o.name) = lower(r.operator) AND k.name <> r.operator"

#define UNKNOWN_SQL                                                                                                    \
    "SELECT r.line, r.operator, r.country FROM %s r WHERE r.operator IS NOT NULL AND NOT EXISTS (SELECT FROM "         \
    "public_operator_name o WHERE (o.country, o.name) = (r.country, r.operator)) ORDER BY r.line LIMIT 1"

int stage_operators(struct pg *pg, const char *table, struct fault *f)
{
    _cleanup_rows_ struct pg_rows *wrong = NULL, *known = NULL;
    _cleanup_text_ char *operator_sql = alloc_format(OPERATOR_SQL, table);
    _cleanup_text_ char *unknown_sql = alloc_format(UNKNOWN_SQL, table);
    int rc = pg_run(pg, operator_sql, f);
    if (rc == 0)
        rc = pg_query(pg, unknown_sql, 0, NULL, &wrong, f);
    if (rc < 0 || pg_rows_count(wrong) == 0)
        return rc;
    const char *name = pg_text(wrong, 0, 1), *country = pg_text(wrong, 0, 2);
    rc = pg_query(pg, "SELECT name FROM public_operator_name WHERE country = $1 ORDER BY name", 1, &country, &known, f);
    if (rc < 0)
        return rc;
    struct nearest nearest = {.word = name};
    for (size_t r = 0; r < pg_rows_count(known); r++)
        nearest_offer(&nearest, pg_text(known, r, 0));
    _cleanup_text_ char *names = nearest_text(&nearest);
    return fault_set(f, -EBADMSG, _("line %s: column operator: \"%.64s\" is no known operator of %s; nearest: %s"),
                     pg_text(wrong, 0, 0), name, country, *names ? names : _("none"));
}

static int check_twice(struct pg *pg, struct fault *f)
{
    _cleanup_rows_ struct pg_rows *twice = NULL;
    int rc = pg_query(
        pg,
        "SELECT a.line, b.line, a.value <> b.value, a.value, b.value FROM (SELECT period, min(line) AS first, "
        "max(line) AS last FROM import_figure GROUP BY " KEY " HAVING count(*) > 1 ORDER BY 3 LIMIT 1) d "
        "JOIN import_figure a ON (a.line, a.period) = (d.first, d.period) "
        "JOIN import_figure b ON (b.line, b.period) = (d.last, d.period)",
        0, NULL, &twice, f);
    if (rc < 0 || pg_rows_count(twice) == 0)
        return rc;
    const char *first = pg_text(twice, 0, 0), *second = pg_text(twice, 0, 1);
    if (!pg_bool(twice, 0, 2))
        return fault_set(f, -EBADMSG,
                         _("line %s: the same figure as line %s (all columns of its key are equal); keep one of them"),
                         second, first);
    return fault_set(f, -EBADMSG,
                     _("line %s: the same figure as line %s (all columns of its key are equal) with another value, %s "
                       "there and %s here; keep the right one"),
                     second, first, pg_text(twice, 0, 3), pg_text(twice, 0, 4));
}

/* ---- what is unusual ---- */

#define PLAIN(source) "lower(regexp_replace(" source ", '\\s+', '', 'g'))"

static int remark_sources(struct pg *pg, struct remarks *remarks, struct fault *f)
{
    static const char sql[] =
        "WITH here AS (SELECT source, min(line) AS line FROM import_figure GROUP BY source), "
        "known AS (SELECT DISTINCT source, 0 AS line FROM indicator_value WHERE NOT computed) "
        "SELECT DISTINCT ON (h.line) h.line, h.source, k.source FROM here h JOIN (SELECT * FROM known UNION ALL SELECT "
        "* "
        "FROM here) k ON " PLAIN("k.source") " = " PLAIN(
            "h.source") " AND k.source <> h.source AND k.line < h.line "
                        "WHERE h.source NOT IN (SELECT source FROM known) ORDER BY h.line, k.line";
    _cleanup_rows_ struct pg_rows *rows = NULL;
    int rc = pg_query(pg, sql, 0, NULL, &rows, f);
    for (size_t r = 0; rc == 0 && r < pg_rows_count(rows); r++) {
        _cleanup_text_ char *text = alloc_format(
            _("line %s: the source \"%s\" is written \"%s\" elsewhere: two names are two sources"), pg_text(rows, r, 0),
            pg_text(rows, r, 1), pg_text(rows, r, 2));
        remark_say(remarks, text);
    }
    return rc;
}

/* One text, so that it is looked up and not compared with all. */
#define PART(t, period)                                                                                                \
    "concat_ws(chr(31), " t ".indicator, " t ".country, " t ".source, " period ", coalesce(" t ".geo, ''), "           \
    "coalesce(" t ".operator, ''), coalesce(" t ".technology, ''), coalesce(" t ".zone, ''), coalesce(" t              \
    ".sex, ''), coalesce(" t ".age_group, ''), coalesce(" t ".plan, ''), coalesce(" t ".item, ''))"

/* Against the year before, in the same part of it: stored, or of this file. */
static int remark_jumps(struct pg *pg, struct remarks *remarks, struct fault *f)
{
    static const char sql[] = "SELECT r.line, p.period, p.value, r.value, count(*) OVER () FROM import_figure r JOIN "
                              "indicator_value p ON " PART("p", "p.period") " = " PART(
                                  "r", "(left(r.period, 4)::int - 1)::text || substr(r.period, "
                                       "5)") " WHERE p.statistic = 'value' AND p.value <> 0 AND "
                                             "abs(r.value - p.value) > abs(p.value) / 2 "
                                             "ORDER BY r.line LIMIT 20";
    _cleanup_rows_ struct pg_rows *rows = NULL;
    int rc = pg_query(pg, sql, 0, NULL, &rows, f);
    for (size_t r = 0; rc == 0 && r < pg_rows_count(rows); r++) {
        _cleanup_text_ char *text = alloc_format(_("line %s: %s it was %s, here %s: more than half of it away"),
                                                 pg_text(rows, r, 0), pg_text(rows, r, 1), pg_text(rows, r, 2),
                                                 pg_text(rows, r, 3));
        remark_say(remarks, text);
    }
    if (rc == 0 && pg_rows_count(rows))
        remarks->others += (size_t)pg_int(rows, 0, 4) - pg_rows_count(rows);
    return rc;
}

/* ---- storing them ---- */

#define STORE_SQL                                                                                                      \
    "INSERT INTO indicator_value (indicator, period, statistic, country, geo, operator, technology, zone, sex, "       \
    "age_group, plan, item, source, computed, value, unit, low, high, interval_kind, n_samples, visa, method, "        \
    "source_url, "                                                                                                     \
    "retrieved, note, run, admitted) SELECT indicator, period, 'value', country, geo, operator, technology, zone, "    \
    "sex, "                                                                                                            \
    "age_group, plan, item, source, false, value, unit, value - margin, value + margin, "                              \
    "CASE WHEN margin IS NOT NULL THEN 'margin' END, n_samples, visa, method, source_url, retrieved, note, $1::int, "  \
    "survey_admitted(country, n_samples, visa) FROM import_figure "                                                    \
    "ON CONFLICT (indicator, period, statistic, country, geo, operator, technology, family, zone, sex, age_group, "    \
    "plan, item, source) DO UPDATE SET value = excluded.value, unit = excluded.unit, low = excluded.low, "             \
    "high = excluded.high, interval_kind = excluded.interval_kind, n_samples = excluded.n_samples, visa = "            \
    "excluded.visa, "                                                                                                  \
    "method = excluded.method, stored_at = now(), source_url = excluded.source_url, retrieved = excluded.retrieved, "  \
    "note = excluded.note, run = excluded.run, admitted = excluded.admitted"

/* Lines without a value are of what a source took back. */
static int withdraw(struct pg *pg, struct import_run *run, struct fault *f)
{
    _cleanup_rows_ struct pg_rows *rows = NULL;
    int rc = pg_query(pg, "SELECT import_withdraw($1::int)", 1, (const char *const[]){run->number}, &rows, f);
    if (rc == 0)
        run->withdrawn = pg_int(rows, 0, 0);
    return rc;
}

int stage_store(struct stage *s, struct import_run *run, struct fault *f)
{
    const char *const params[] = {run->number};
    int rc = pg_run(s->pg, "ANALYZE import_figure", f);
    if (rc == 0 && s->series)
        rc = withdraw(s->pg, run, f);
    if (rc == 0)
        rc = check_places(s->pg, f);
    if (rc == 0)
        rc = stage_operators(s->pg, "import_figure", f);
    if (rc == 0)
        rc = check_twice(s->pg, f);
    if (rc == 0)
        rc = remark_sources(s->pg, &run->remarks, f);
    if (rc == 0)
        rc = pg_query(s->pg, STORE_SQL, 1, params, NULL, f);
    if (rc == 0 && !s->series)
        rc = remark_jumps(s->pg, &run->remarks, f);
    return rc < 0 ? rc
                  : pg_query(s->pg,
                             "UPDATE import_run SET sources = ARRAY(SELECT DISTINCT source FROM import_figure ORDER BY "
                             "source) WHERE run = $1::int",
                             1, params, NULL, f);
}
