#include "collector/figure/national.h"

#include <stdio.h>
#include <string.h>

/* Columns as the enumeration of national.h has them. */
#define FIGURE_SQL                                                                                                     \
    "statistic, value, low, high, interval_kind, n_samples, n_days, n_probes, floor, source, simulated, source_url, "  \
    "retrieved, method_version, period, speaks_of, n_failed, n_silent, target_set, interval_why, interval_lines, "     \
    "indicator "

int national_read(struct pg *pg, const char *country, struct pg_rows **ret, struct fault *f)
{
    return pg_query(
        pg, "SELECT " FIGURE_SQL "FROM public_national_latest WHERE country = $1 ORDER BY indicator, source, statistic",
        1, &country, ret, f);
}

static bool same(const struct pg_rows *rows, size_t row, const char *indicator, const char *source)
{
    return !strcmp(pg_text(rows, row, INDICATOR), indicator) &&
           (!source || !strcmp(pg_text(rows, row, SOURCE), source));
}

bool national_next(const struct pg_rows *rows, const struct indicator *i, struct national *g)
{
    size_t count = pg_rows_count(rows), first = g->last;
    while (first < count && !same(rows, first, i->id, NULL))
        first++;
    if (first == count)
        return false;
    size_t last = first + 1;
    while (last < count && same(rows, last, i->id, pg_text(rows, first, SOURCE)))
        last++;
    *g = (struct national){i, rows, first, last};
    return true;
}

const char *national_text(const struct national *g, int column)
{
    return pg_text(g->rows, g->first, column);
}

ssize_t national_row(const struct national *g, const char *statistic)
{
    for (size_t r = g->first; r < g->last; r++)
        if (!strcmp(pg_text(g->rows, r, STATISTIC), statistic))
            return (ssize_t)r;
    return -1;
}

int national_in_parts(struct pg *pg, const char *country, struct pg_rows **ret, struct fault *f)
{
    return pg_query(
        pg,
        "SELECT DISTINCT indicator FROM public_indicator p WHERE country = $1 AND kind <> 'measured' AND admitted "
        "AND value IS NOT NULL AND NOT EXISTS (SELECT FROM public_national n WHERE (n.indicator, n.country) = "
        "(p.indicator, p.country) AND n.value IS NOT NULL)",
        1, &country, ret, f);
}

int national_lines(struct pg *pg, const char *country, int *ret, struct fault *f)
{
    _cleanup_rows_ struct pg_rows *rows = NULL;
    int rc = pg_query(pg,
                      "SELECT max(lines) FROM public_national WHERE country = $1 AND period = (SELECT max(period) FROM "
                      "public_indicator WHERE country = $1 AND kind = 'measured') "
                      "HAVING bool_and(value IS NULL) FILTER (WHERE kind = 'measured')",
                      1, &country, &rows, f);
    if (rc == 0)
        *ret = pg_rows_count(rows) && pg_text(rows, 0, 0) ? (int)pg_int(rows, 0, 0) : -1;
    return rc;
}

bool national_simulated(const struct national *g)
{
    return pg_bool(g->rows, g->first, SIMULATED);
}

bool national_measured(const struct national *g)
{
    return pg_text(g->rows, g->first, SPEAKS_OF) != NULL;
}

bool national_of_country(const struct national *g)
{
    const char *what = pg_text(g->rows, g->first, SPEAKS_OF);
    return what && !strcmp(what, "country");
}

void national_note_year(char year[static YEAR_TEXT_SIZE], const char *period)
{
    if (strncmp(period, year, YEAR_TEXT_SIZE - 1) > 0)
        snprintf(year, YEAR_TEXT_SIZE, "%s", period);
}
