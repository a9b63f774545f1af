#include <math.h>
#include <stdlib.h>

#include "collector/figure/cell_parts.h"
#include "collector/figure/day.h"

/* Parts of a country that never had a figure, or whose last one lacks days that its chart has, beside the points of
 * these: what they count is told then of the whole alone. */
struct debut {
    struct cells *cells;
    const struct cell *country;
    struct transport *out; /* what points and the other parts tell of */
};

/* Points that are out, and those that may come where they are asked for, beside all parts that are shown and their last
 * figures. Who came to a day behind its point is in none. */
static struct transport *beside(const struct debut *d, bool fresh, bool *ret_tells)
{
    const struct cells *c = d->cells;
    struct cellsets parts;
    size_t count;
    struct tally_day *rows = cell_days(c, d->country, true, &parts, &count);
    int32_t after = cell_past(c, d->country).after;
    for (size_t i = 0; i < count; i++)
        rows[i].late |= rows[i].day > after ? !fresh : rows[i].fresh || !cell_pointed(c, d->country, rows[i].day);
    struct transport *t = day_beside(rows, count, &indicator_main(c->indicator)->what, &parts, d->out, ret_tells);
    cellsets_free(&parts);
    free(rows);
    return t;
}

static bool tells(const struct debut *d)
{
    bool found;
    transport_free(beside(d, true, &found));
    return found;
}

static void hold_back(const struct debut *d, const size_t *parts, size_t count, bool back)
{
    for (size_t i = 0; i < count; i++)
        past_hold_back(d->cells->past, parts[i], back);
}

/* Shows as many of them as tell of nobody: all, or those of each half. */
static void admit(const struct debut *d, const size_t *parts, size_t count)
{
    hold_back(d, parts, count, false);
    if (count == 0 || !tells(d))
        return;
    hold_back(d, parts, count, true);
    if (count > 1) {
        admit(d, parts, count / 2);
        admit(d, parts + count / 2, count - count / 2);
    }
}

/* Has the country's chart days of it that its last figure does not count, as they came while it was held? */
static bool lacks_points(const struct cells *c, const struct cell *cell, const struct cell *country)
{
    int32_t after = cell_past(c, country).after;
    for (size_t i = 0; i < cell->count; i++) {
        const struct row *row = cell->rows[i];
        if (!isnan(row->value) && row->day <= after && !cell_fresh(c, row) &&
            !past_counted(c->past, cell->number, c->texts[row->probe], row->day) && cell_pointed(c, country, row->day))
            return true;
    }
    return false;
}

static bool is_new(const struct cells *c, const struct cell *cell, const struct cell *country)
{
    return cell != country && cell_holds_both(cell->rows[0], country->rows[0], 0) &&
           cell_verdict(c, cell) == FLOOR_SHOWN && !cell_held(c, cell) &&
           (!past_shown(c->past, cell->number) || lacks_points(c, cell, country));
}

static void hold_of(struct cells *c, const struct cell *country)
{
    struct debut d = {.cells = c, .country = country};
    size_t *parts = alloc_zero(c->list_count, sizeof *parts), count = 0;
    bool found;
    for (size_t i = 0; i < c->list_count; i++)
        if (is_new(c, &c->list[i], country))
            parts[count++] = c->list[i].number;
    if (count > 0 && tells(&d)) {
        hold_back(&d, parts, count, true);
        d.out = beside(&d, false, &found);
        admit(&d, parts, count);
    }
    transport_free(d.out);
    free(parts);
}

void cells_debut(struct cells *c)
{
    for (size_t i = 0; i < c->list_count; i++) {
        const struct cell *country = &c->list[i];
        if (country->cut == 0 && !cell_lifted(c, country) && cell_verdict(c, country) == FLOOR_SHOWN &&
            cell_past(c, country).before)
            hold_of(c, country);
    }
}
