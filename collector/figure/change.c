#include "collector/figure/change.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collector/figure/chapter.h"
#include "collector/figure/ends.h"
#include "collector/figure/panel.h"
#include "collector/figure/refresh.h"
#include "collector/figure/rounding.h"
#include "collector/figure/weight.h"
#include "common/json.h"
#include "common/log.h"

/* ---- the lines of two years ---- */

struct common {
    json_t *lines; /* name -> its place in pairs */
    struct pair *pairs;
    size_t count;
};

static uint32_t voucher_number(json_t *numbers, const json_t *voucher)
{
    if (!voucher)
        return 0;
    const char *who = json_string_value(voucher);
    if (!json_object_get(numbers, who))
        json_object_set_new(numbers, who, json_integer((json_int_t)json_object_size(numbers) + 1));
    return (uint32_t)json_integer_value(json_object_get(numbers, who));
}

/* A line counts as the one who vouches for it now. */
static struct common join_panels(const struct panel *from, const struct panel *to)
{
    struct common c = {.lines = json_object(), .pairs = alloc_zero(to->count, sizeof *c.pairs)};
    _cleanup_json_ json_t *vouchers = json_object();
    const char *name;
    json_t *number;
    json_object_foreach(to->numbers, name, number)
    {
        const json_t *before = json_object_get(from->numbers, name);
        if (!before)
            continue;
        json_object_set_new(c.lines, name, json_integer((json_int_t)c.count));
        c.pairs[c.count++] = (struct pair){from->values[json_integer_value(before)],
                                           to->values[json_integer_value(number)],
                                           voucher_number(vouchers, json_object_get(to->vouchers, name))};
    }
    return c;
}

static void common_free(struct common *c)
{
    json_decref(c->lines);
    free(c->pairs);
}

/* Adds the names of the common lines, and what they said. */
static void add_lines(const struct common *c, json_t *change)
{
    json_t *names = json_array(), *from = json_array(), *to = json_array(), *place;
    const char *name;
    json_object_foreach(c->lines, name, place)
    {
        const struct pair *pair = &c->pairs[json_integer_value(place)];
        json_array_append_new(names, json_string(name));
        json_array_append_new(from, json_integer(panel_mark(pair->from)));
        json_array_append_new(to, json_integer(panel_mark(pair->to)));
    }
    json_object_update_new(change, json_pack("{s:o, s:o, s:o}", "lines", names, "marks_from", from, "marks_to", to));
}

/* May they be told of beside what is known of both years? A line whose value a mean cuts counts for nothing in it. */
static bool bear(const struct change_years *y, const char *country, const char *source, const struct panel *from,
                 const struct panel *to, const struct common *c, const struct change_told *out)
{
    const struct stat_what *what = &indicator_main(y->indicator)->what;
    bool bears = true;
    for (int second = 0; second < 2 && bears; second++) {
        double *weights = pair_weights(c->pairs, c->count);
        double *parts = pair_parts(what, c->pairs, c->count, weights, second);
        for (size_t l = 0; l < c->count; l++)
            weights[l] *= parts[l] < 1 ? 0 : 1;
        bears = panel_bears(
            second ? y->to : y->from, country, source, second ? to : from,
            &(struct panel_lines){c->lines, weights, what->kind != STAT_QUANTILE, what->kind == STAT_MEAN},
            second ? out->to : out->from);
        free(parts);
        free(weights);
    }
    return bears;
}

bool change_over_lines(const struct change_years *y, const char *country, const char *source,
                       const struct change_told *out, json_t *told)
{
    const struct stat_what *what = &indicator_main(y->indicator)->what;
    _cleanup_panel_ struct panel from = {0}, to = {0};
    panel_read(y->from, country, source, what, &from);
    panel_read(y->to, country, source, what, &to);
    _cleanup_(common_free) struct common c = join_panels(&from, &to);
    if (c.count < pair_lines(what) || !bear(y, country, source, &from, &to, &c, out))
        return false;
    struct pair_change change;
    if (!pair_compare(what, c.pairs, c.count, indicator_seed(y->indicator), &change))
        return false;
    change.from = rounding_nearest(change.from, what->decimals);
    change.to = rounding_nearest(change.to, what->decimals);
    struct stat_interval ends = ends_of_change(&change, what, c.pairs, c.count);
    ends = rounding_outwards(ends.low, ends.high, what->decimals);
    json_array_append_new(told, json_pack("{s:s, s:s, s:f, s:f, s:f, s:f}", "country", country, "source", source,
                                          "value_from", change.from, "value_to", change.to, "low", ends.low, "high",
                                          ends.high));
    add_lines(&c, json_array_get(told, json_array_size(told) - 1));
    return true;
}

/* ---- one indicator and year ---- */

static int compare_all(struct pg *pg, const struct indicator *i, int year, const struct pg_rows *pending, json_t *told,
                       struct fault *f)
{
    _cleanup_(cells_freep) struct cells *from = NULL;
    _cleanup_(cells_freep) struct cells *to = NULL;
    _cleanup_text_ char *first = alloc_format("%d", year - 1), *second = alloc_format("%d", year);
    int rc = refresh_recall(pg, i, first, &from, f);
    if (rc == 0)
        rc = refresh_recall(pg, i, second, &to, f);
    for (size_t r = 0; rc == 0 && r < pg_rows_count(pending); r++) {
        _cleanup_json_ json_t *out_from = json_loads(pg_text(pending, r, 2), 0, NULL);
        _cleanup_json_ json_t *out_to = json_loads(pg_text(pending, r, 3), 0, NULL);
        if (!change_over_lines(&(struct change_years){i, from, to}, pg_text(pending, r, 0), pg_text(pending, r, 1),
                               &(struct change_told){out_from, out_to}, told))
            log_debug("%s: too few lines are common to %d and the year before", i->id, year);
    }
    return rc;
}

static int make(struct pg *pg, const struct indicator *i, const char *year, struct fault *f)
{
    const char *const params[] = {i->id, indicator_main(i)->name, year};
    _cleanup_rows_ struct pg_rows *pending = NULL;
    _cleanup_json_ json_t *told = json_array();
    int rc = pg_query(
        pg, "SELECT country, source, told_from, told_to FROM change_pending($1, $2, $3::int) ORDER BY country, source",
        3, params, &pending, f);
    if (rc == 0 && pg_rows_count(pending))
        rc = compare_all(pg, i, atoi(year), pending, told, f);
    if (rc < 0)
        return rc;
    _cleanup_text_ char *text = json_text(told);
    return pg_query(pg, "SELECT change_store($1, $2, $3::int, $4::jsonb)", 4,
                    (const char *const[]){params[0], params[1], params[2], text}, NULL, f);
}

static int make_guarded(struct pg *pg, const struct indicator *i, int year, struct fault *f)
{
    _cleanup_text_ char *number = alloc_format("%d", year);
    return chapter_attempt(pg, i, number, make, NULL, f);
}

/* ---- all ---- */

static bool listed(const struct pg_rows *years, int year)
{
    for (size_t y = 0; y < pg_rows_count(years); y++)
        if (pg_int(years, y, 0) == year)
            return true;
    return false;
}

int change_make(struct pg *pg, const struct pg_rows *years, struct fault *f)
{
    size_t count;
    const struct indicator *all = indicator_all(&count);
    int rc = 0;
    for (size_t y = 0; y < pg_rows_count(years); y++) {
        int year = (int)pg_int(years, y, 0);
        bool next = !listed(years, year + 1);
        for (size_t i = 0; rc == 0 && i < count; i++) {
            if (!indicator_made(&all[i]) || !chapter_agreed(&all[i]))
                continue;
            rc = make_guarded(pg, &all[i], year, f);
            if (rc == 0 && next)
                rc = make_guarded(pg, &all[i], year + 1, f);
        }
    }
    return rc;
}
