#include "collector/figure/calendar.h"

#include <stdlib.h>

#include "collector/figure/crowd.h"

/* All ways to part them in two are tried up to so many parts, one or two against the rest up to so many; then one. */
#define PARTS_ALL   8
#define PARTS_PAIRS 16

/* Days on which either side is a crowd of lines, that are together enough in days. */
#define DAYS_BOTH (FLOOR_DAYS / FLOOR_PROBES)

struct unit {
    int32_t day;
    uint32_t probe, network, parts[CALENDAR_CUTS];
};

struct calendar {
    struct unit *units;
    size_t count, cap;
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
    free(c);
}

void calendar_add(struct calendar *c, int32_t day, uint32_t probe, uint32_t network, const uint32_t *parts)
{
    if (c->count == c->cap) {
        c->cap = c->cap ? c->cap * 2 : 256;
        c->units = alloc_resize(c->units, c->cap, sizeof *c->units);
    }
    struct unit *unit = &c->units[c->count++];
    *unit = (struct unit){day, probe, network, {0}};
    for (size_t k = 0; k < CALENDAR_CUTS; k++) {
        unit->parts[k] = parts[k];
        c->parts[k] = parts[k] > c->parts[k] ? parts[k] : c->parts[k];
    }
}

/* ---- who measured when, part by part ---- */

struct table {
    struct crowd *crowds; /* a row a day, a column a part; the last row: days that are not shown */
    size_t days, parts;
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

static struct table tabulate(const struct calendar *c, size_t cut, const int32_t *days, size_t count)
{
    struct table t = {NULL, count, (size_t)c->parts[cut] + 1};
    t.crowds = alloc_zero((count + 1) * t.parts, sizeof *t.crowds);
    for (size_t u = 0; u < c->count; u++) {
        const struct unit *unit = &c->units[u];
        crowd_add(&t.crowds[row_of(days, count, unit->day) * t.parts + unit->parts[cut]], unit->probe, unit->network,
                  1);
    }
    return t;
}

/* ---- one way to part them ---- */

static struct crowd side_of(const struct table *t, size_t row, const bool *inside, bool side)
{
    struct crowd crowd = {0};
    for (size_t p = 0; p < t->parts; p++)
        if (inside[p] == side)
            crowd_join(&crowd, &t->crowds[row * t->parts + p]);
    return crowd;
}

static bool is_many(const struct crowd *c)
{
    return c->probe_count >= FLOOR_PROBES && c->network_count >= FLOOR_NETWORKS;
}

/* Of each shown day the smaller side is left, of the others the parts inside. */
static bool leaves_few(const struct table *t, const bool *inside)
{
    struct crowd left = side_of(t, t->days, inside, true);
    size_t both = 0;
    for (size_t d = 0; d < t->days && both < DAYS_BOTH; d++) {
        struct crowd in = side_of(t, d, inside, true), out = side_of(t, d, inside, false);
        both += is_many(&in) && is_many(&out);
        crowd_join(&left, in.days <= out.days ? &in : &out);
    }
    return both < DAYS_BOTH && left.days > 0 && !crowd_enough(&left);
}

/* ---- all of them ---- */

static bool any_leaves_few(const struct table *t)
{
    bool *inside = alloc_zero(t->parts, sizeof *inside), few = false;
    for (uint32_t mask = 1; t->parts <= PARTS_ALL && !few && mask + 1 < 1u << t->parts; mask++) {
        for (size_t p = 0; p < t->parts; p++)
            inside[p] = mask >> p & 1;
        few = leaves_few(t, inside);
    }
    for (size_t p = 0; t->parts > PARTS_ALL && !few && p < t->parts; p++)
        for (size_t q = p; !few && q < (t->parts <= PARTS_PAIRS ? t->parts : p + 1); q++)
            for (int side = 0; !few && side < 2; side++) {
                for (size_t i = 0; i < t->parts; i++)
                    inside[i] = (i == p || i == q) == (side == 0);
                few = leaves_few(t, inside);
            }
    free(inside);
    return few;
}

bool calendar_tells(const struct calendar *c, const int32_t *days, size_t count)
{
    bool tells = false;
    for (size_t cut = 0; cut < CALENDAR_CUTS && !tells && count > 0; cut++) {
        struct table t = tabulate(c, cut, days, count);
        tells = any_leaves_few(&t);
        free(t.crowds);
    }
    return tells;
}
