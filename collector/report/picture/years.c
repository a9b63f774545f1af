/* What one source published of the country, year by year, and of its neighbours. */
#include "collector/report/picture.h"

#include <stdlib.h>

#include "collector/report/history.h"

static ssize_t last_year(const struct report *r, const struct indicator *i)
{
    size_t *rows, count = history_read(r, i, &rows);
    const ssize_t last = count ? (ssize_t)rows[count - 1] : -1;
    free(rows);
    return last;
}

/* Of a country that the source does not speak of, no points; the caller frees them. */
static struct chart_series series_of(const struct canvas *v, const char *iso, const char *label)
{
    const struct evidence *s = &v->r->evidence;
    size_t *rows, count = history_rows(v->r, v->i, evidence_text(s, v->whole, FIGURE_SOURCE), iso, &rows);
    struct chart_year *points = alloc_zero(count + 1, sizeof *points);
    for (size_t n = 0; n < count; n++)
        points[n] = (struct chart_year){atoi(evidence_text(s, rows[n], FIGURE_PERIOD)),
                                        evidence_number(s, rows[n], FIGURE_VALUE)};
    free(rows);
    return (struct chart_series){label, points, count};
}

static int draw_years(struct canvas *v, struct fault *f)
{
    const char *name = v->r->words.lang == LANG_FR ? "name_fr" : "name_en";
    const json_t *neighbours = json_object_get(v->r->pack, "neighbours"), *neighbour;
    struct chart_series *series = alloc_zero(json_array_size(neighbours) + 1, sizeof *series);
    size_t n, count = 0;
    series[count] = series_of(v, v->r->country, json_string_value(json_object_get(v->r->pack, name)));
    series[count++].reference = true;
    json_array_foreach(neighbours, n, neighbour) series[count++] = series_of(
        v, json_string_value(json_object_get(neighbour, "iso")), json_string_value(json_object_get(neighbour, name)));
    chart_years(&v->chart, series, count, v->out);
    for (n = 0; n < count; n++)
        free((struct chart_year *)series[n].points);
    free(series);
    return 0;
}

const struct picture_kind picture_years = {0, last_year, draw_years};
