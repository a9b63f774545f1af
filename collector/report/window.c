#include "collector/report/window.h"

#include <string.h>

#include "collector/format/date.h"

struct window {
    const char *source; /* of what was measured; NULL: nothing was */
    int64_t lines;      /* of the figure with the most, the lower end of a step */
    int32_t first, last;
    bool days; /* is any day told? */
};

/* In the year, by lines; real ones before imaginary ones. */
static void read_lines(const struct report *r, struct window *s)
{
    const struct evidence *e = &r->evidence;
    const struct evidence_wanted w = {.country = r->country, .period = r->year, .measured = true, .told = true};
    for (ssize_t row = evidence_next(e, &w, 0); row >= 0; row = evidence_next(e, &w, (size_t)row + 1)) {
        const char *source = evidence_text(e, (size_t)row, FIGURE_SOURCE);
        const int64_t lines = pg_int(e->rows, (size_t)row, FIGURE_N_PROBES);
        const bool other = s->source && strcmp(s->source, source) != 0;
        if (other && !strcmp(s->source, "measured"))
            continue;
        s->lines = other || lines > s->lines ? lines : s->lines;
        s->source = source;
    }
}

static int read_days(const struct report *r, struct window *s, struct fault *f)
{
    _cleanup_rows_ struct pg_rows *rows = NULL;
    int rc = pg_query(r->pg,
                      "SELECT min(day), max(day) FROM public_indicator_day WHERE country = $1 AND source = $2 AND "
                      "value IS NOT NULL AND day BETWEEN make_date($3::int, 1, 1) AND make_date($3::int, 12, 31)",
                      3, (const char *const[]){r->country, s->source, r->year}, &rows, f);
    s->days = rc == 0 && pg_text(rows, 0, 0) && date_read(pg_text(rows, 0, 0), &s->first) == 0 &&
              date_read(pg_text(rows, 0, 1), &s->last) == 0;
    return rc;
}

/* The youngest day of anything that is told: measured, or taken from others. */
static bool youngest(const struct report *r, const struct window *s, int32_t *ret_day)
{
    bool any = s->days;
    int32_t day;
    *ret_day = s->last;
    for (size_t row = 0; row < evidence_count(&r->evidence); row++) {
        const char *retrieved = evidence_text(&r->evidence, row, FIGURE_RETRIEVED);
        /* Of what is measured that is the day on which it was computed. */
        if (!strcmp(evidence_text(&r->evidence, row, FIGURE_KIND), "measured"))
            continue;
        if (!retrieved || !evidence_text(&r->evidence, row, FIGURE_VALUE) || date_read(retrieved, &day) < 0)
            continue;
        *ret_day = !any || day > *ret_day ? day : *ret_day;
        any = true;
    }
    return any;
}

static void say_measured(const struct report *r, const struct window *s, json_t *out)
{
    const json_t *t = json_object_get(r->words.texts, "window");
    char first[DATE_TEXT_SIZE], last[DATE_TEXT_SIZE];
    _cleanup_text_ char *step = phrase_step(r->words.lang, s->lines);
    if (s->source)
        json_object_set_new(out, "lines", json_string(step));
    const char *pattern = !s->source ? "none" : !s->days ? "year" : s->first == s->last ? "day" : "days";
    phrase_set(out, "measured", json_string_value(json_object_get(t, pattern)),
               json_pack("{s:s, s:s, s:s, s:s}", "year", r->year, "n", step, "first",
                         date_long(&r->words, s->first, first), "last", date_long(&r->words, s->last, last)));
}

int window_set(const struct report *r, json_t *out, struct fault *f)
{
    struct window s = {0};
    int32_t day;
    char date[DATE_TEXT_SIZE];
    read_lines(r, &s);
    int rc = s.source ? read_days(r, &s, f) : 0;
    if (rc < 0)
        return rc;
    say_measured(r, &s, out);
    if (youngest(r, &s, &day))
        phrase_set(out, "dated", json_string_value(json_object_get(json_object_get(r->words.texts, "window"), "dated")),
                   json_pack("{s:s}", "date", date_long(&r->words, day, date)));
    return 0;
}
