/* The year, day by day. */
#include "collector/report/picture.h"

#include "collector/format/date.h"

#define DAYS_MAX 366

static int draw_days(struct canvas *v, struct fault *f)
{
    struct chart_point points[DAYS_MAX];
    size_t count = 0;
    bool varies = false; /* else a line says no more than its number: median lines are never cut off */
    _cleanup_rows_ struct pg_rows *rows = NULL;
    const char *const params[] = {v->i->id, v->r->country, evidence_text(&v->r->evidence, v->whole, FIGURE_SOURCE),
                                  v->r->year};
    int rc = pg_query(v->r->pg,
                      "SELECT day, value, low, high FROM public_indicator_day WHERE indicator = $1 AND country = $2 "
                      "AND source = $3 AND extract(year FROM day) = $4::int AND value IS NOT NULL ORDER BY day",
                      COUNT(params), params, &rows, f);
    if (rc < 0)
        return rc;
    for (size_t r = 0; r < pg_rows_count(rows) && count < DAYS_MAX; r++) {
        points[count] = (struct chart_point){0, pg_double(rows, r, 1), pg_double(rows, r, 2), pg_double(rows, r, 3)};
        if (date_read(pg_text(rows, r, 0), &points[count].day) == 0)
            varies |= points[count++].value != points[0].value;
    }
    if (varies)
        chart_line(&v->chart, points, count, v->out);
    return 0;
}

const struct picture_kind picture_days = {0, picture_measured, draw_days};
