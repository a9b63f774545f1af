#include "collector/figure/calendar.h"

#include <stdlib.h>
#include <string.h>

#include "collector/figure/crowd.h"

/* All sums of so many parts are tried, each added, taken off or neither. Of more, those of one cut alone: all ways to
 * part them in two up to so many, one or two against the rest up to so many, then one; and one of a cut with one of
 * another. */
#define SUM_MAX     8
#define PARTS_ALL   8
#define PARTS_PAIRS 16
#define LEVELS      (2 * SUM_MAX + 1) /* what a line's day may count in a sum: from -SUM_MAX on */

/* Days on which two levels are a crowd of lines each, that are together enough in days. */
#define DAYS_BOTH (FLOOR_DAYS / FLOOR_PROBES)

/* Lines that lie in the same part of each cut stand at one place. */
struct place {
    uint32_t parts[CALENDAR_CUTS];
};

struct unit {
    int32_t day;
    uint32_t probe, network, place;
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
    c->units[c->count++] = (struct unit){day, probe, network, place};
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

/* ---- one sum ---- */

/* Who counts what in a sum, in a row. */
static void level(const struct table *t, size_t row, const int8_t *sum, struct crowd *levels)
{
    memset(levels, 0, LEVELS * sizeof *levels);
    for (size_t p = 0; p < t->places; p++)
        if (t->crowds[row * t->places + p].days)
            crowd_join(&levels[sum[p] + SUM_MAX], &t->crowds[row * t->places + p]);
}

static void leave(const struct crowd *levels, size_t gone, struct crowd *left)
{
    for (size_t l = 0; l < LEVELS; l++)
        if (l != gone)
            crowd_join(left, &levels[l]);
}

/* Of each shown day all but the heaviest level is left, and of the others all but one, whichever. */
static bool leaves_few(const struct table *t, const int8_t *sum)
{
    struct crowd left = {.days = 0}, levels[LEVELS];
    size_t both = 0;
    for (size_t d = 0; d < t->days && both < DAYS_BOTH; d++) {
        size_t heaviest = 0, many = 0;
        level(t, d, sum, levels);
        for (size_t l = 0; l < LEVELS; l++) {
            many += crowd_is_many(&levels[l]);
            heaviest = levels[l].days > levels[heaviest].days ? l : heaviest;
        }
        both += many > 1;
        leave(levels, heaviest, &left);
    }
    level(t, t->days, sum, levels);
    for (size_t l = 0; l < LEVELS && both < DAYS_BOTH; l++) {
        struct crowd all = left;
        leave(levels, l, &all);
        if (all.days > 0 && !crowd_enough(&all))
            return true;
    }
    return false;
}

/* ---- all of them ---- */

struct sums {
    const struct calendar *calendar;
    struct table table;
    int8_t *sum; /* by place */
};

static bool any_of_few(const struct sums *s, size_t parts)
{
    bool few = false;
    uint32_t every = 1;
    for (size_t n = 0; n < parts; n++)
        every *= 3;
    for (uint32_t signs = 1; signs < every && !few; signs++) {
        memset(s->sum, 0, s->table.places);
        uint32_t left = signs;
        for (size_t k = 0; k < CALENDAR_CUTS; k++)
            for (uint32_t part = 1; part <= s->calendar->parts[k]; part++, left /= 3)
                for (size_t p = 0; p < s->table.places; p++)
                    if (s->calendar->places[p].parts[k] == part)
                        s->sum[p] += (int8_t)(left % 3) - (left % 3 == 2 ? 3 : 0);
        few = leaves_few(&s->table, s->sum);
    }
    return few;
}

static bool any_mask(const struct sums *s, size_t cut)
{
    bool few = false;
    for (uint32_t mask = 1; !few && mask + 1 < 1u << (s->calendar->parts[cut] + 1); mask++) {
        for (size_t p = 0; p < s->table.places; p++)
            s->sum[p] = mask >> s->calendar->places[p].parts[cut] & 1;
        few = leaves_few(&s->table, s->sum);
    }
    return few;
}

/* One part of a cut and one of a cut, the same or another, which counts so much. */
static bool two_leave_few(const struct sums *s, const size_t cuts[2], const uint32_t parts[2], int8_t other)
{
    for (size_t p = 0; p < s->table.places; p++) {
        bool one = s->calendar->places[p].parts[cuts[0]] == parts[0],
             two = s->calendar->places[p].parts[cuts[1]] == parts[1];
        s->sum[p] = cuts[0] == cuts[1] ? one || two : (int8_t)(one + (two ? other : 0));
    }
    return leaves_few(&s->table, s->sum);
}

static bool any_two(const struct sums *s, size_t a, size_t b)
{
    const uint32_t *parts = s->calendar->parts;
    bool few = false;
    for (uint32_t p = 0; p <= parts[a] && !few; p++)
        for (uint32_t q = a == b ? p : 0; !few && q <= (a == b && parts[b] >= PARTS_PAIRS ? p : parts[b]); q++)
            few = two_leave_few(s, (const size_t[]){a, b}, (const uint32_t[]){p, q}, 1) ||
                  (a != b && two_leave_few(s, (const size_t[]){a, b}, (const uint32_t[]){p, q}, -1));
    return few;
}

static bool any_leaves_few(const struct sums *s)
{
    const uint32_t *parts = s->calendar->parts;
    size_t all = 0;
    bool few = false;
    for (size_t k = 0; k < CALENDAR_CUTS; k++)
        all += parts[k];
    if (all <= SUM_MAX)
        return any_of_few(s, all);
    for (size_t a = 0; a < CALENDAR_CUTS && !few; a++) {
        few = parts[a] < PARTS_ALL ? any_mask(s, a) : any_two(s, a, a);
        for (size_t b = a + 1; b < CALENDAR_CUTS && !few; b++)
            few = any_two(s, a, b);
    }
    return few;
}

bool calendar_tells(const struct calendar *c, const int32_t *days, size_t count)
{
    if (count == 0 || c->count == 0)
        return false;
    struct sums s = {c, tabulate(c, days, count), alloc_zero(c->place_count, sizeof *s.sum)};
    bool tells = any_leaves_few(&s);
    free(s.table.crowds);
    free(s.sum);
    return tells;
}
