/* Operators in the order of the alphabet: days of series, which say of an operator's lines the median. They have no
 * interval, so no two of them are compared. */
#include "collector/report/bulletin/bulletin.h"

#include <string.h>

#include "collector/figure/rounding.h"

#define METRICS 3

/* What indicators are made of, as far as one metric is told by operator. */
static const struct {
    const char *check, *metric, *indicator;
} metrics[METRICS] = {{"throughput", "down_mbps", "PER5"}, {"dns", "rt_ms", "PER1"}, {"ping", "rtt_p50_ms", "PER3"}};

/* Of one metric: all lines first, then operators that are told often enough; NULL is all lines. */
#define OPERATORS_SQL                                                                                                  \
    "SELECT s.operator, percentile_cont(0.5) WITHIN GROUP (ORDER BY s.p50), count(*), min(s.n_probes), "               \
    "max(s.n_probes), min(s.unit) FROM unnest('{0,2}'::int[]) AS a (alike) "                                           \
    "CROSS JOIN LATERAL public_series_of(date '1970-01-01' + $1::int, date '1970-01-01' + $2::int, $3, $4, NULL, "     \
    "NULL, NULL, NULL, NULL, $5, NULL, a.alike, 'all') s "                                                             \
    "WHERE s.source = $6 AND s.p50 IS NOT NULL AND (a.alike = 0 OR s.operator IS NOT NULL) "                           \
    "GROUP BY a.alike, s.operator ORDER BY a.alike, s.operator COLLATE \"C\""

struct table {
    struct bulletin *b;
    json_t *rows; /* {name, cells: [{value, days}]} */
    json_t *few;  /* names of operators of whom fewer days are told: of all metrics */
};

static json_t *row_of(json_t *rows, const char *name)
{
    json_t *row;
    size_t n;
    json_array_foreach(rows, n, row)
    {
        if (!strcmp(json_string_value(json_object_get(row, "name")), name))
            return row;
    }
    row = json_pack("{s:s, s:o}", "name", name, "cells", json_array());
    json_array_append_new(rows, row);
    return row;
}

/* The lines of a bulletin hold what they are of: a metric is named as the series have it. */
static json_t *cell_of(struct bulletin *b, size_t m, const struct pg_rows *rows, size_t r)
{
    const struct indicator *i = indicator_find(metrics[m].indicator);
    char period[PERIOD_TEXT_SIZE];
    const size_t line = bulletin_line(b, "operator", i, period_text(b->period, period));
    digest_text(&b->digest, DIGEST_indicator, NULL);
    digest_text(&b->digest, DIGEST_check, metrics[m].check);
    digest_text(&b->digest, DIGEST_metric, metrics[m].metric);
    digest_text(&b->digest, DIGEST_operator, pg_text(rows, r, 0));
    digest_text(&b->digest, DIGEST_statistic, "p50");
    digest_text(&b->digest, DIGEST_of_days, "median");
    digest_text(&b->digest, DIGEST_unit, pg_text(rows, r, 5));
    digest_value(&b->digest, DIGEST_value, rounding_nearest(pg_double(rows, r, 1), i->decimals));
    digest_count(&b->digest, DIGEST_n_days, pg_int(rows, r, 2));
    digest_count(&b->digest, DIGEST_n_probes_least, pg_int(rows, r, 3));
    digest_count(&b->digest, DIGEST_n_probes_most, pg_int(rows, r, 4));
    _cleanup_text_ char *name = report_name(b->r, i);
    return json_pack("{s:s, s:s, s:o, s:o}", "metric", name, "unit", i->unit[b->r->words.lang], "value",
                     bulletin_number(b, line, DIGEST_value), "days", bulletin_days_of(b, line));
}

/* Cells of metrics before m that a row has not are empty. */
static void put(json_t *row, size_t m, json_t *cell)
{
    json_t *cells = json_object_get(row, "cells");
    while (json_array_size(cells) < m)
        json_array_append_new(cells, json_pack("{s:b}", "empty", true));
    if (cell)
        json_array_append_new(cells, cell);
}

static int add_metric(struct table *t, size_t m, struct fault *f)
{
    struct bulletin *b = t->b;
    _cleanup_text_ char *first = alloc_format("%d", period_first(b->period)),
                        *last = alloc_format("%d", period_last(b->period));
    const char *source = !strcmp(b->source, "measured") ? "agent" : b->source;
    const char *const params[] = {first, last, metrics[m].check, metrics[m].metric, b->r->country, source};
    _cleanup_rows_ struct pg_rows *rows = NULL;
    int rc = pg_query(b->r->pg, OPERATORS_SQL, COUNT(params), params, &rows, f);
    for (size_t r = 0; rc == 0 && r < pg_rows_count(rows); r++) {
        const char *name = pg_text(rows, r, 0);
        if (pg_int(rows, r, 2) >= DAILY_COMPARED)
            put(row_of(t->rows, name ? name : bulletin_says(b, "operators", "all")), m, cell_of(b, m, rows, r));
        else if (name)
            json_object_set_new(t->few, name, json_true());
    }
    return rc;
}

static void add_heads(struct bulletin *b, json_t *heads)
{
    for (size_t m = 0; m < METRICS; m++) {
        const struct indicator *i = indicator_find(metrics[m].indicator);
        _cleanup_text_ char *name = report_name(b->r, i);
        json_array_append_new(heads, json_pack("{s:s, s:s}", "name", name, "unit", i->unit[b->r->words.lang]));
    }
}

int bulletin_operators(struct bulletin *b, struct fault *f)
{
    struct table t = {b, json_array(), json_object()};
    json_t *heads = json_array(), *row;
    int rc = 0;
    size_t n;
    for (size_t m = 0; rc == 0 && b->source && m < METRICS; m++)
        rc = add_metric(&t, m, f);
    report_sort(t.rows, "name", 1); /* behind all lines */
    add_heads(b, heads);
    json_array_foreach(t.rows, n, row) put(row, METRICS, NULL);
    json_object_set_new(b->out, "metrics", heads);
    json_object_set_new(b->out, "any_operator", json_boolean(json_array_size(t.rows) > 1));
    json_object_set_new(b->out, "operators", t.rows);
    json_object_set_new(b->out, "few_operators", t.few);
    return rc;
}
