/* Cells of an indicator: its probe-days grouped by country, department,
 * operator, technology, family, zone, and what is published of each.
 *
 * Which cells are shown is one decision for all of them (floor.h). One that is
 * hidden says that it is ("n<5" where it is small itself, "hidden" where others
 * would give it away), and its probe-days count in the larger cells that hold
 * them. Where a new figure would tell of too few together with those that were
 * shown before (past.h), the last one stands. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

#include "collector/figure/indicator.h"
#include "collector/figure/past.h"

struct probe_day {
    const char *probe;
    int32_t day; /* since 1970-01-01 */
    const char *source;
    const char *network; /* tells lines apart for the floor; NULL: none was seen */
    const char *voucher; /* who confirmed the probe, or let it in; NULL: nobody */
    const char *line;    /* the household: of boxes that replaced one another the same; NULL: of this probe alone */
    const char *oldest;  /* the first box of that line, whatever took its place; NULL: the line's name says it */
    const char *country;
    const char *department, *carrier, *technology, *zone; /* NULL when unknown */
    const char *family;                                   /* "ipv4", "ipv6", NULL for both together */
    double value;                                         /* NAN: every test of the day failed */
    int64_t samples;                                      /* results behind the value */
    int64_t failed;                                       /* tests that gave no number, and are not in the value */
    int32_t first, last; /* the days between which something was expected of the probe, both within, less those before
                            them on which nothing could come (functions/idle.sql) */
    int32_t idle;        /* how many of those lie before this day */
    bool silent;         /* it has given nothing for long, and was not taken away */
    bool late, barred;   /* of a day that series told of (functions/apart.sql) */
};

struct cells;

/* i is borrowed. lifted: every cell is shown, whatever stands behind it. */
struct cells *cells_new(const struct indicator *i, bool lifted) CHECKED;
/* Those of simulated lines alone are. Before anything is asked of the cells. */
void cells_lift_simulated(struct cells *c);
void cells_free(struct cells *c);
static inline void cells_freep(struct cells **c)
{
    cells_free(*c);
}

/* Lines must come in the order of their names, so that the bootstrap draws the
 * same ones on every machine, their probes one after the other and the days of
 * each in order. The texts are copied. */
void cells_add(struct cells *c, const struct probe_day *d);

/* What was shown before; taken over. Before anything is asked of the cells. */
void cells_remember(struct cells *c, struct past *past);

/* An array of objects whose members are columns of indicator_value: one for each
 * statistic of each cell whose last figure does not stand. The caller owns it. */
json_t *cells_figures(struct cells *c) CHECKED;

/* The same of those whose last figure stands, for where it is nowhere to be
 * found: as it was where nothing has come, else as a hidden one. */
json_t *cells_held(struct cells *c) CHECKED;

/* An array of objects whose members are the names of figures in indicator_value: of
 * cells that were shown and have no lines left. They stand until the country's gets a
 * new figure, which counts those lines no more: else the last to go would take them
 * away by itself. The caller owns it. */
json_t *cells_left(struct cells *c) CHECKED;

/* What has to be remembered from now on (past_keep); NULL: as it was, or the
 * floor is lifted. After all else. */
json_t *cells_keep(struct cells *c) CHECKED;

/* An array of objects whose members are columns of indicator_day: the main
 * statistic over the country's probes, day by day, with the interval of a
 * median by order statistics; of countries that are shown, the days on which
 * enough lines measured, unless together with the figures of places they would
 * tell of too few (calendar.h). A day is shown once and never changes: where anything
 * was shown before, these are but the days that came since. The caller owns it. */
json_t *cells_days(struct cells *c) CHECKED;

/* The countries and sources of which something was shown before. The caller owns
 * the array. */
json_t *cells_days_kept(struct cells *c) CHECKED;

/* A probe-day as published figures count it, with the numbers of those that do: of a figure that stands, which of its
 * lines' days it was made of, with the weights of then. */
#define CELLS_OF_DAY_MAX 32
struct cells_day {
    uint32_t household, network; /* network 0: none was seen */
    const char *country, *source, *line, *voucher;
    double value;
    double weight; /* what it counts in the country's figure, before that cuts what it says; 0: that leaves it out */
    double told;   /* the same, as cut there and everywhere; 0: so much that it tells nothing (dominance.h) */
    bool gone; /* it is there no more, or says something else: but in those figures it is; no line, voucher or value */
    size_t shown[CELLS_OF_DAY_MAX];
    size_t shown_count;
};

/* Calls fn for each that has a value, in the order in which they were added: those of a line side by side; then for
 * those that are gone. */
void cells_walk(struct cells *c, void (*fn)(void *context, const struct cells_day *d), void *context);
size_t cells_list_count(struct cells *c); /* more than the number of any */
bool cells_lifted(const struct cells *c, const char *source);

int64_t cells_count(const struct cells *c); /* probe-days with a value, those of one family not counted */
