#include "collector/report/bulletin/bulletin.h"

#include <string.h>

/* What a reader asks first; another one stands in where one is not measured. */
static const char *const first[] = {"PER5", "PER6", "PER3", "PER4", "PER1", "PER8", "PER2", "PER9", "PER12"};

#define SOURCE_SQL                                                                                                     \
    "SELECT source FROM public_indicator_day WHERE country = $1 AND day >= date '1970-01-01' + $2::int AND day <= "    \
    "date '1970-01-01' + $3::int AND value IS NOT NULL GROUP BY source ORDER BY source <> 'measured', source LIMIT 1"

static int read_source(struct bulletin *b, struct fault *f)
{
    _cleanup_rows_ struct pg_rows *rows = NULL;
    _cleanup_text_ char *from = alloc_format("%d", period_first(b->period)),
                        *to = alloc_format("%d", period_last(b->period));
    int rc = pg_query(b->r->pg, SOURCE_SQL, 3, (const char *const[]){b->r->country, from, to}, &rows, f);
    if (rc == 0 && pg_rows_count(rows) > 0)
        b->source = alloc_text(pg_text(rows, 0, 0));
    return rc;
}

/* A day in which two lines alone are cut is told as one without cuts, so that nobody is recognised by it: days of these
 * come to hardly anything, though a year's figure does not. */
static bool is_of_cuts(const struct indicator *i)
{
    return !strncmp(i->id, "REL", strlen("REL"));
}

static bool has(const struct bulletin *b, const struct indicator *i)
{
    for (size_t n = 0; n < b->count; n++)
        if (b->figures[n].i == i)
            return true;
    return false;
}

/* Takes it up where days of it are told. */
static int take(struct bulletin *b, const struct indicator *i, struct fault *f)
{
    struct bulletin_figure figure = {.i = i};
    struct {
        struct period period;
        struct daily *daily;
    } const times[] = {{b->period, &figure.now},
                       {period_before(b->period), &figure.before},
                       {period_year_before(b->period), &figure.year}};
    int rc = 0;
    if (!i || !i->measured || is_of_cuts(i) || b->count == BULLETIN_FIGURES || has(b, i))
        return 0;
    for (size_t t = 0; rc == 0 && t < COUNT(times); t++) {
        rc = daily_read(b->r->pg, i, b->r->country, b->source, times[t].period, times[t].daily, f);
        if (figure.now.count == 0)
            break;
    }
    if (rc == 0 && figure.now.count > 0) {
        b->figures[b->count++] = figure;
        return 0;
    }
    for (size_t t = 0; t < COUNT(times); t++)
        daily_free(times[t].daily);
    return rc;
}

int bulletin_choose(struct bulletin *b, struct fault *f)
{
    size_t count;
    const struct indicator *all = indicator_all(&count);
    int rc = read_source(b, f);
    for (size_t n = 0; rc == 0 && b->source && n < COUNT(first); n++)
        rc = take(b, indicator_find(first[n]), f);
    for (size_t n = 0; rc == 0 && b->source && n < count; n++)
        rc = take(b, &all[n], f);
    return rc;
}

const char *bulletin_says(const struct bulletin *b, const char *group, const char *name)
{
    const char *text = json_string_value(json_object_get(json_object_get(b->r->words.texts, group), name));
    return text ? text : "";
}

size_t bulletin_line(struct bulletin *b, const char *what, const struct indicator *i, const char *period)
{
    const size_t line = digest_begin(&b->digest, i->decimals);
    const struct statistic *main = indicator_main(i);
    digest_text(&b->digest, DIGEST_what, what);
    digest_text(&b->digest, DIGEST_period, period);
    digest_text(&b->digest, DIGEST_indicator, i->id);
    digest_text(&b->digest, DIGEST_statistic, main->name);
    digest_text(&b->digest, DIGEST_unit, i->unit[b->r->words.lang]);
    digest_text(&b->digest, DIGEST_source, b->source);
    digest_text(&b->digest, DIGEST_simulated, !strcmp(b->source, "simulated") ? "true" : "false");
    return line;
}

json_t *bulletin_number(const struct bulletin *b, size_t line, enum digest_column column)
{
    _cleanup_(buf_free) struct buf out = {0};
    return digest_number(&b->digest, b->r->words.lang, line, column, &out) ? json_string(out.data) : json_null();
}

json_t *bulletin_days_of(const struct bulletin *b, size_t line)
{
    const bool one = !strcmp(b->digest.lines[line].cells[DIGEST_n_days], "1");
    json_t *n = bulletin_number(b, line, DIGEST_n_days);
    _cleanup_text_ char *text = phrase_fill(phrase(&b->r->words, one ? "one_day" : "some_days"),
                                            json_pack("{s:o}", "n", n));
    return json_string(text);
}

char *bulletin_lines(const struct bulletin *b, int64_t least, int64_t most)
{
    _cleanup_text_ char *low = phrase_step(b->r->words.lang, least), *high = phrase_step(b->r->words.lang, most);
    return least == most
               ? TAKE(low)
               : phrase_fill(phrase(&b->r->words, "steps"), json_pack("{s:s, s:s}", "least", low, "most", high));
}
