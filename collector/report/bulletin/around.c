/* What happened in the period, and what others' figures were brought in. */
#include "collector/report/bulletin/bulletin.h"

#include <string.h>

#include "collector/figure/source.h"
#include "collector/format/date.h"

/* As many as two pages have room for; how many more there are is said. */
#define EVENTS_MAX    6
#define PUBLISHED_MAX 6

static void set_more(struct bulletin *b, const char *name, size_t all, size_t shown)
{
    _cleanup_text_ char *count = alloc_format("%zu", all > shown ? all - shown : 0);
    if (all > shown)
        phrase_set(b->out, name, phrase(&b->r->words, all - shown == 1 ? "one_more" : "more"),
                   json_pack("{s:s}", "n", count));
}

/* Where there is no room for all, what cut people off goes before what was decided; then as time went. */
static int add_events(struct bulletin *b, struct fault *f)
{
    _cleanup_rows_ struct pg_rows *rows = NULL;
    _cleanup_text_ char *first = alloc_format("%d", period_first(b->period)),
                        *last = alloc_format("%d", period_last(b->period)), *most = alloc_format("%d", EVENTS_MAX);
    json_t *events = json_array();
    int rc = pg_query(
        b->r->pg,
        "SELECT date, place, title_fr, title_en, source, whole FROM (SELECT *, count(*) OVER () AS whole, "
        "row_number() OVER (ORDER BY kind NOT IN ('outage', 'shutdown', 'cable', 'power'), date, title_en) "
        "AS place_no FROM public_event WHERE country = $1 AND date >= date '1970-01-01' + $2::int AND "
        "date <= date '1970-01-01' + $3::int) e WHERE place_no <= $4::int ORDER BY date, title_en",
        4, (const char *const[]){b->r->country, first, last, most}, &rows, f);
    const size_t shown = rc == 0 ? pg_rows_count(rows) : 0, count = shown ? (size_t)pg_int(rows, 0, 5) : 0;
    for (size_t e = 0; e < shown; e++) {
        char date[DATE_TEXT_SIZE];
        int32_t day;
        if (date_read(pg_text(rows, e, 0), &day) < 0)
            continue;
        json_array_append_new(events, json_pack("{s:s, s:s?, s:s, s:s}", "date", date_long(&b->r->words, day, date),
                                                "place", pg_text(rows, e, 1), "title",
                                                pg_text(rows, e, b->r->words.lang == LANG_FR ? 2 : 3), "source",
                                                pg_text(rows, e, 4)));
    }
    set_more(b, "more_events", count, EVENTS_MAX);
    json_object_set_new(b->out, "any_events", json_boolean(count > 0));
    json_object_set_new(b->out, "events", events);
    return rc;
}

/* ---- others' figures ---- */

/* Of the whole country, brought in during the period, and the latest of its source. */
static bool is_news(const struct bulletin *b, size_t row)
{
    const struct evidence *s = &b->r->evidence;
    const char *retrieved = evidence_text(s, row, FIGURE_RETRIEVED);
    int32_t day;
    if (strcmp(evidence_text(s, row, FIGURE_KIND), "imported") != 0 || s->cuts[row] != 0 ||
        strcmp(evidence_text(s, row, FIGURE_COUNTRY), b->r->country) != 0 || !evidence_text(s, row, FIGURE_VALUE) ||
        !pg_bool(s->rows, row, FIGURE_ADMITTED) || !retrieved || date_read(retrieved, &day) < 0 ||
        day < period_first(b->period) || day > period_last(b->period))
        return false;
    struct evidence_wanted w = {.indicator = evidence_text(s, row, FIGURE_INDICATOR),
                                .country = b->r->country,
                                .source = evidence_text(s, row, FIGURE_SOURCE),
                                .statistic = evidence_text(s, row, FIGURE_STATISTIC),
                                .told = true};
    for (ssize_t later = evidence_next(s, &w, row + 1); later >= 0; later = evidence_next(s, &w, (size_t)later + 1))
        if (strcmp(evidence_text(s, (size_t)later, FIGURE_PERIOD), evidence_text(s, row, FIGURE_PERIOD)) > 0)
            return false;
    return true;
}

static json_t *published_of(struct bulletin *b, size_t row)
{
    const struct evidence *s = &b->r->evidence;
    const struct indicator *i = indicator_find(evidence_text(s, row, FIGURE_INDICATOR));
    static const struct {
        enum digest_column to;
        enum figure_column from;
    } same[] = {{DIGEST_period, FIGURE_PERIOD},
                {DIGEST_indicator, FIGURE_INDICATOR},
                {DIGEST_statistic, FIGURE_STATISTIC},
                {DIGEST_value, FIGURE_VALUE},
                {DIGEST_low, FIGURE_LOW},
                {DIGEST_high, FIGURE_HIGH},
                {DIGEST_source, FIGURE_SOURCE},
                {DIGEST_retrieved, FIGURE_RETRIEVED},
                {DIGEST_source_url, FIGURE_SOURCE_URL}};
    if (!i)
        return NULL;
    const size_t line = digest_begin(&b->digest, i->decimals);
    digest_text(&b->digest, DIGEST_what, "published");
    for (size_t c = 0; c < COUNT(same); c++)
        digest_text(&b->digest, same[c].to, evidence_text(s, row, same[c].from));
    digest_text(&b->digest, DIGEST_unit, i->unit[b->r->words.lang]);
    _cleanup_text_ char *name = report_name(b->r, i);
    return json_pack("{s:s, s:s, s:s, s:o, s:s}", "name", name, "unit", i->unit[b->r->words.lang], "period",
                     evidence_text(s, row, FIGURE_PERIOD), "value", bulletin_number(b, line, DIGEST_value), "source",
                     source_name(evidence_text(s, row, FIGURE_SOURCE), b->r->words.lang));
}

static void add_published(struct bulletin *b)
{
    json_t *list = json_array();
    size_t count = 0;
    for (size_t row = 0; row < evidence_count(&b->r->evidence); row++) {
        json_t *published = is_news(b, row) && count++ < PUBLISHED_MAX ? published_of(b, row) : NULL;
        if (published)
            json_array_append_new(list, published);
    }
    set_more(b, "more_published", count, PUBLISHED_MAX);
    json_object_set_new(b->out, "any_published", json_boolean(count > 0));
    json_object_set_new(b->out, "published", list);
}

int bulletin_around(struct bulletin *b, struct fault *f)
{
    add_published(b);
    return add_events(b, f);
}
