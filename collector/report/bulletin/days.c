/* The period day by day: a picture, and the days themselves in the digest. */
#include "collector/report/bulletin/bulletin.h"

#include <math.h>
#include <string.h>

#include "collector/format/date.h"
#include "common/clock.h"

#define CHARTS 2 /* that two pages have room for */

/* Its line in the digest. */
static size_t add_day(struct bulletin *b, const struct indicator *i, const struct chart_point *p)
{
    char text[TIME_TEXT_SIZE];
    time_format(p->day * INT64_C(86400000000), text);
    text[10] = '\0';
    const size_t line = bulletin_line(b, "day", i, text);
    digest_value(&b->digest, DIGEST_value, p->value);
    digest_value(&b->digest, DIGEST_low, p->low);
    digest_value(&b->digest, DIGEST_high, p->high);
    return line;
}

/* The days of a time, and which lines the least and the greatest stand on. */
static void add_days(struct bulletin *b, const struct indicator *i, const struct daily *d, size_t ret_ends[2],
                     int32_t ret_days[2])
{
    double ends[2] = {INFINITY, -INFINITY};
    for (size_t p = 0; p < d->count; p++) {
        const double value = d->points[p].value;
        const size_t line = add_day(b, i, &d->points[p]);
        for (int e = 0; e < 2; e++)
            if (e == 0 ? value < ends[e] : value > ends[e]) {
                ends[e] = value;
                ret_ends[e] = line;
                ret_days[e] = d->points[p].day;
            }
    }
}

static void add_chart(struct bulletin *b, const struct bulletin_figure *g, const size_t ends[2], const int32_t days[2])
{
    char least[DATE_TEXT_SIZE], greatest[DATE_TEXT_SIZE];
    _cleanup_(buf_free) struct buf svg = {0};
    _cleanup_text_ char *name = report_name(b->r, g->i), *id = alloc_format("%s-bulletin", g->i->id),
                        *title = phrase_fill(bulletin_says(b, "days", "picture"), json_pack("{s:s}", "name", name));
    const struct chart chart = {.id = id,
                                .title = title,
                                .description = bulletin_says(b, "days", "description"),
                                .words = &b->r->words,
                                .decimals = g->i->decimals,
                                .unit = g->i->unit[b->r->words.lang],
                                .form = CHART_REPORT};
    chart_line(&chart, g->now.points, g->now.count, &svg);
    json_t *low = bulletin_number(b, ends[0], DIGEST_value), *high = bulletin_number(b, ends[1], DIGEST_value);
    json_t *picture = json_pack("{s:s, s:s, s:s}", "title", title, "svg", svg.data ? svg.data : "", "name", name);
    phrase_set(picture, "says", bulletin_says(b, "days", g->now.count > 1 ? "between" : "alone"),
               json_pack("{s:o, s:o, s:s, s:s, s:s}", "low", low, "high", high, "unit", g->i->unit[b->r->words.lang],
                         "low_day", date_short(&b->r->words, days[0], least), "high_day",
                         date_short(&b->r->words, days[1], greatest)));
    json_array_append_new(json_object_get(b->out, "charts"), picture);
}

/* The first two that different checks measure: download beside upload would say little more. */
static bool is_drawn(const struct bulletin *b, size_t n)
{
    const size_t drawn = json_array_size(json_object_get(b->out, "charts"));
    if (drawn == 0 || drawn >= CHARTS)
        return drawn == 0;
    for (size_t earlier = 0; earlier < n; earlier++)
        if (!strcmp(b->figures[earlier].i->check, b->figures[n].i->check))
            return false;
    return true;
}

int bulletin_days(struct bulletin *b, struct fault *f)
{
    json_object_set_new(b->out, "charts", json_array());
    for (size_t n = 0; n < b->count; n++) {
        const struct bulletin_figure *g = &b->figures[n];
        size_t ends[2], unused[2];
        int32_t days[2];
        add_days(b, g->i, &g->now, ends, days);
        if (is_drawn(b, n))
            add_chart(b, g, ends, days);
        add_days(b, g->i, &g->before, unused, days);
        add_days(b, g->i, &g->year, unused, days);
    }
    return 0;
}
