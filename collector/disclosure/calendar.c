#include "collector/disclosure/calendar.h"

#include <stdlib.h>
#include <string.h>

#include "collector/disclosure/bond.h"
#include "collector/disclosure/crowd.h"
#include "collector/disclosure/level.h"
#include "collector/disclosure/span.h"

/* Lines that lie in the same part of each cut stand at one place. */
struct place {
    uint32_t parts[CALENDAR_CUTS];
};

/* stay: changes with the line, its network and its place, as they come. */
struct unit {
    int32_t day;
    uint32_t probe, network, place, stay;
};

struct calendar {
    struct unit *units;
    struct place *places;
    size_t count, cap, place_count;
    uint32_t parts[CALENDAR_CUTS]; /* the largest number of each */
};

struct calendar *calendar_new(void)
{
    return alloc_zero(1, sizeof(struct calendar));
}

void calendar_free(struct calendar *c)
{
    if (!c)
        return;
    free(c->units);
    free(c->places);
    free(c);
}

/* A line's days come one after the other. */
static uint32_t place_of(struct calendar *c, const uint32_t *parts)
{
    size_t last = c->count ? c->units[c->count - 1].place : 0;
    for (size_t i = 0; i <= c->place_count; i++) {
        size_t at = i == 0 ? last : i - 1;
        if (at < c->place_count && !memcmp(c->places[at].parts, parts, sizeof c->places[at].parts))
            return (uint32_t)at;
    }
    c->places = alloc_resize(c->places, c->place_count + 1, sizeof *c->places);
    memcpy(c->places[c->place_count].parts, parts, sizeof c->places->parts);
    for (size_t k = 0; k < CALENDAR_CUTS; k++)
        c->parts[k] = parts[k] > c->parts[k] ? parts[k] : c->parts[k];
    return (uint32_t)c->place_count++;
}

void calendar_add(struct calendar *c, int32_t day, uint32_t probe, uint32_t network, const uint32_t *parts)
{
    uint32_t place = place_of(c, parts);
    if (c->count == c->cap) {
        c->cap = c->cap ? c->cap * 2 : 256;
        c->units = alloc_resize(c->units, c->cap, sizeof *c->units);
    }
    const struct unit *last = c->count ? &c->units[c->count - 1] : NULL;
    bool stays = last && last->probe == probe && last->network == network && last->place == place;
    c->units[c->count] = (struct unit){day, probe, network, place, last ? last->stay + !stays : 0};
    c->count++;
}

/* ---- who measured when, place by place ---- */

struct table {
    struct crowd *crowds; /* a row a day, a column a place; the last row: days that are not shown */
    size_t days, places;
};

static size_t row_of(const int32_t *days, size_t count, int32_t day)
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (days[middle] < day)
            low = middle + 1;
        else
            high = middle;
    }
    return low < count && days[low] == day ? low : count;
}

static struct table tabulate(const struct calendar *c, const int32_t *days, size_t count)
{
    struct table t = {NULL, count, c->place_count};
    t.crowds = alloc_zero((count + 1) * t.places, sizeof *t.crowds);
    for (size_t u = 0; u < c->count; u++) {
        const struct unit *unit = &c->units[u];
        crowd_add(&t.crowds[row_of(days, count, unit->day) * t.places + unit->place], unit->probe, unit->network, 1);
    }
    return t;
}

/* The parts of all cuts as columns, a row a place; *ret_width: how many there are. The caller frees. */
static uint32_t *parts_of(const struct calendar *c, size_t *ret_width)
{
    size_t width = 0, before = 0;
    for (size_t k = 0; k < CALENDAR_CUTS; k++)
        width += c->parts[k];
    uint32_t *rows = alloc_zero(c->place_count * width, sizeof *rows);
    for (size_t k = 0; k < CALENDAR_CUTS; before += c->parts[k++])
        for (size_t p = 0; p < c->place_count; p++)
            if (c->places[p].parts[k])
                rows[p * width + before + c->places[p].parts[k] - 1] = 1;
    *ret_width = width;
    return rows;
}

/* ---- few lines ---- */

/* The groups of days, a number a row of the table; returns how many there are. */
static size_t group_days(const struct calendar *c, const int32_t *days, size_t count, size_t *groups)
{
    struct bond_unit *units = alloc_zero(c->count, sizeof *units);
    for (size_t u = 0; u < c->count; u++) {
        const struct unit *unit = &c->units[u];
        units[u] = (struct bond_unit){row_of(days, count, unit->day), unit->stay, unit->probe, unit->network};
    }
    size_t found = bond_group(units, c->count, count + 1, c->units[c->count - 1].stay + 1, groups);
    free(units);
    return found;
}

/* Who stood where in which group of days: of few lines alone is asked, and they have days enough. The caller frees. */
static struct crowd *gather(const struct table *t, const size_t *groups, size_t group_count)
{
    struct crowd *crowds = alloc_zero(group_count * t->places, sizeof *crowds);
    for (size_t d = 0; d <= t->days; d++)
        for (size_t p = 0; p < t->places; p++)
            if (t->crowds[d * t->places + p].days)
                crowd_join(&crowds[groups[d] * t->places + p], &t->crowds[d * t->places + p]);
    for (size_t a = 0; a < group_count * t->places; a++)
        crowds[a].days = crowds[a].days ? FLOOR_DAYS : 0;
    return crowds;
}

/* Do these groups of days, and the parts, tell of few lines? */
static bool groups_tell(const struct table *t, const uint32_t *parts, size_t width, const size_t *groups, size_t count)
{
    struct crowd *crowds = gather(t, groups, count), *atoms = alloc_zero(count * t->places, sizeof *atoms);
    size_t atom_count = 0, at = 0;
    for (size_t a = 0; a < count * t->places; a++)
        atom_count += crowds[a].days > 0;
    uint32_t *rows = alloc_zero((count + width) * atom_count, sizeof *rows);
    for (size_t a = 0; a < count * t->places; a++) {
        if (!crowds[a].days)
            continue;
        atoms[at] = crowds[a];
        rows[a / t->places * atom_count + at] = 1;
        for (size_t w = 0; w < width; w++)
            rows[(count + w) * atom_count + at] = parts[a % t->places * width + w];
        at++;
    }
    bool tells = span_isolates(rows, count + width, atoms, atom_count);
    free(rows);
    free(atoms);
    free(crowds);
    return tells;
}

/* A sum that takes all days alike is one of places alone, which floor.c has looked at. */
static bool lines_are_few(const struct calendar *c, const struct table *t, const int32_t *days, const uint32_t *parts,
                          size_t width)
{
    size_t *groups = alloc_zero(t->days + 1, sizeof *groups), count = group_days(c, days, t->days, groups);
    bool tells = count > BOND_GROUPS || (count > 1 && groups_tell(t, parts, width, groups, count));
    free(groups);
    return tells;
}

/* ---- few days ---- */

static bool days_are_few(const struct table *t, uint32_t *parts, size_t width)
{
    uint32_t *lines = alloc_zero((t->days + 1) * t->places, sizeof *lines);
    for (size_t a = 0; a < (t->days + 1) * t->places; a++)
        lines[a] = (uint32_t)t->crowds[a].days;
    bool few = level_leaves_few(lines, t->days + 1, parts, t->places, width);
    free(lines);
    return few;
}

/* ---- both ---- */

/* Is it told of what no day shows? day.c has looked at it as far as it is its own. */
static bool rest_is_few(const struct table *t)
{
    struct crowd rest = {0};
    for (size_t p = 0; p < t->places; p++)
        crowd_join(&rest, &t->crowds[t->days * t->places + p]);
    return rest.days > 0 && !crowd_enough(&rest);
}

bool calendar_tells(const struct calendar *c, const int32_t *days, size_t count)
{
    size_t width;
    if (count == 0 || c->count == 0)
        return false;
    struct table t = tabulate(c, days, count);
    uint32_t *parts = parts_of(c, &width);
    bool tells = rest_is_few(&t) ||
                 (width > 0 && (lines_are_few(c, &t, days, parts, width) || days_are_few(&t, parts, width)));
    free(parts);
    free(t.crowds);
    return tells;
}
