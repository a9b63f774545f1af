#include "collector/figure/day.h"

#include <stdlib.h>

#include "collector/figure/crowd.h"
#include "common/clock.h"

struct day {
    struct tally_day *rows;
    size_t count;
    struct crowd crowd, late; /* those that have a point together, and who is in none */
    bool shown, barred;
};

static int by_day(const void *a, const void *b)
{
    const struct tally_day *x = a, *y = b;
    if (x->day != y->day)
        return x->day < y->day ? -1 : 1;
    if (x->late != y->late)
        return x->late ? 1 : -1;
    return (x->line > y->line) - (x->line < y->line);
}

/* A day is shown where it has lines enough. What its cell's figure counts anew
 * and no day shows can be reckoned from the two, and has to be enough as well:
 * days with the fewest lines are hidden until it is, or until nothing is left.
 * A day that series tell of otherwise has no point, and who came late to them is in none.
 * Where days of before are gone, or say something else, there must be some, to
 * cover them. */
static void decide(struct day *days, size_t count, const struct past_days *past)
{
    struct crowd hidden = past->late;
    for (size_t d = 0; d < count; d++) {
        const struct crowd *crowd = &days[d].crowd;
        if (days[d].rows->day <= past->after)
            continue;
        days[d].shown = days[d].rows->day < past->until && !days[d].barred && crowd_is_many(crowd);
        crowd_join(&hidden, &days[d].late);
        if (!days[d].shown)
            crowd_join(&hidden, crowd);
    }
    while ((hidden.days > 0 || past->cover) && !crowd_enough(&hidden)) {
        struct day *least = NULL;
        for (size_t d = 0; d < count; d++)
            if (days[d].shown && (!least || days[d].count <= least->count))
                least = &days[d];
        if (!least)
            return;
        least->shown = false;
        crowd_join(&hidden, &least->crowd);
    }
}

/* Hides all where they would tell of too few beside the figures of places. */
static void hold_against(const struct calendar *places, struct day *days, size_t count)
{
    int32_t *shown = alloc_zero(count, sizeof *shown);
    size_t found = 0;
    for (size_t d = 0; d < count; d++)
        if (days[d].shown)
            shown[found++] = days[d].rows->day;
    bool tells = calendar_tells(places, shown, found);
    for (size_t d = 0; d < count && tells; d++)
        days[d].shown = false;
    free(shown);
}

static json_t *figure_of(const struct day *day, const struct stat_what *what)
{
    _cleanup_tally_ struct tally t = tally_days(day->rows, day->count);
    char date[TIME_TEXT_SIZE];
    time_format((int64_t)day->rows->day * 86400 * 1000000, date);
    date[10] = '\0';
    json_t *figure = json_pack("{s:s, s:f, s:I, s:I}", "day", date, "value", tally_value(&t, what), "n_probes",
                               (json_int_t)t.lines, "n_networks", (json_int_t)t.networks);
    if (what->kind != STAT_QUANTILE)
        return figure;
    struct interval i = tally_interval(&t, what, 0);
    if (i.kind)
        json_object_update_new(figure, json_pack("{s:f, s:f}", "low", i.low, "high", i.high));
    return figure;
}

json_t *day_figures(struct tally_day *rows, size_t count, const struct stat_what *what, const struct past_days *past,
                    const struct calendar *places)
{
    json_t *figures = json_array();
    struct day *days = alloc_zero(count, sizeof *days);
    size_t found = 0;
    qsort(rows, count, sizeof *rows, by_day);
    for (size_t i = 0; i < count; i++) {
        if (i == 0 || rows[i].day != rows[i - 1].day)
            days[found++].rows = &rows[i];
        struct day *day = &days[found - 1];
        day->count += !rows[i].late;
        day->barred |= rows[i].barred;
        rows[i].due = 1;
        rows[i].weight = 0;
        crowd_add(rows[i].late ? &day->late : &day->crowd, rows[i].line, rows[i].network, 1);
    }
    if (past)
        decide(days, found, past);
    if (places)
        hold_against(places, days, found);
    for (size_t d = 0; d < found; d++)
        if (!past || days[d].shown)
            json_array_append_new(figures, figure_of(&days[d], what));
    free(days);
    return figures;
}
