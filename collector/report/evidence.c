#include "collector/report/evidence.h"

#include <stdlib.h>
#include <string.h>

static const struct {
    enum figure_column column;
    unsigned dimension;
} parts[] = {
    {FIGURE_GEO, DIM_DEPARTMENT}, {FIGURE_OPERATOR, DIM_OPERATOR},   {FIGURE_TECHNOLOGY, DIM_TECHNOLOGY},
    {FIGURE_FAMILY, DIM_FAMILY},  {FIGURE_ZONE, DIM_ZONE},           {FIGURE_SEX, DIM_SEX},
    {FIGURE_PLAN, DIM_PLAN},      {FIGURE_AGE_GROUP, DIM_AGE_GROUP}, {FIGURE_ITEM, DIM_PLAN},
};

static unsigned cut_of(const struct pg_rows *rows, size_t row)
{
    unsigned cut = 0;
    for (size_t p = 0; p < COUNT(parts); p++)
        if (pg_text(rows, row, parts[p].column))
            cut |= parts[p].dimension;
    return cut;
}

#define WHERE " WHERE country = ANY ($1::text[]) AND left(period, 4) <= $2"

int evidence_read(struct pg *pg, const char *countries, const char *year, bool peers, struct evidence *ret,
                  struct fault *f)
{
    _cleanup_text_ char *columns = figure_select();
    _cleanup_text_ char *theirs = peers ? alloc_format("UNION ALL SELECT %s FROM public_peer_figure" WHERE, columns)
                                        : alloc_text("");
    _cleanup_text_ char *sql = alloc_format("SELECT %s FROM (SELECT %s FROM public_indicator" WHERE
                                            " %s) f ORDER BY " FIGURE_ORDER,
                                            columns, columns, theirs);
    *ret = (struct evidence){0};
    int rc = pg_query(pg, sql, 2, (const char *const[]){countries, year}, &ret->rows, f);
    if (rc < 0)
        return rc;
    ret->cuts = alloc_zero(pg_rows_count(ret->rows) + 1, sizeof *ret->cuts);
    for (size_t r = 0; r < pg_rows_count(ret->rows); r++)
        ret->cuts[r] = cut_of(ret->rows, r);
    return 0;
}

void evidence_free(struct evidence *s)
{
    pg_rows_free(s->rows);
    free(s->cuts);
    *s = (struct evidence){0};
}

size_t evidence_count(const struct evidence *s)
{
    return s->rows ? pg_rows_count(s->rows) : 0;
}

const char *evidence_text(const struct evidence *s, size_t row, enum figure_column column)
{
    return pg_text(s->rows, row, (int)column);
}

double evidence_number(const struct evidence *s, size_t row, enum figure_column column)
{
    return pg_double(s->rows, row, (int)column);
}

static bool is(const struct evidence *s, size_t row, enum figure_column column, const char *wanted)
{
    const char *text = wanted ? evidence_text(s, row, column) : NULL;
    return !wanted || (text && !strcmp(text, wanted));
}

static bool told(const struct evidence *s, size_t row)
{
    return evidence_text(s, row, FIGURE_VALUE) && pg_bool(s->rows, row, FIGURE_ADMITTED);
}

ssize_t evidence_next(const struct evidence *s, const struct evidence_wanted *w, size_t from)
{
    for (size_t r = from; r < evidence_count(s); r++)
        if (s->cuts[r] == w->cut && is(s, r, FIGURE_INDICATOR, w->indicator) && is(s, r, FIGURE_COUNTRY, w->country) &&
            is(s, r, FIGURE_PERIOD, w->period) && is(s, r, FIGURE_SOURCE, w->source) &&
            is(s, r, FIGURE_STATISTIC, w->statistic) && is(s, r, FIGURE_KIND, "measured") == w->measured &&
            (!w->told || told(s, r)))
            return (ssize_t)r;
    return -1;
}
