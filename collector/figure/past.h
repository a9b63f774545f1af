/* What editions before have shown of one indicator and period, and what the next
 * one may show (floor.h says why that is enough).
 *
 * Of each probe it is kept which days were told, with a mark of what they said
 * then, in which cells' last figures they lie, and what they weighed there; nothing
 * of it is for anybody to read. A cell that was shown stays shown: where its next figure would tell of
 * too few, the last one stands (it is held). Figures of one country and source
 * are a group, and move together: as long as one of its cells could still come
 * to have days enough, and the last edition is not two weeks old, all wait.
 * Without new data nothing moves, however often it is asked. A figure that is to be made again (of another method, or
 * not there any more) is where its days are those that were told, and weigh what they did, or where it changes under
 * cover of many; nothing forgets what was told. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

#include "collector/disclosure/crowd.h"
#include "collector/disclosure/floor.h"
#include "collector/figure/told.h"

/* Days until nearly all results of a day have come. */
#define PAST_RIPE_DAYS 2

/* Days that an edition waits for the cells that lack days, or that lines of
 * theirs are waited for. */
#define PAST_PATIENCE_DAYS  14
#define PAST_PATIENCE_LINES 7

struct past;

/* today: since 1970-01-01; method: the version that new figures are made with */
struct past *past_new(int32_t today, int method) CHECKED;
void past_free(struct past *p);
static inline void past_freep(struct past **p)
{
    past_free(*p);
}

/* ---- what was shown before ---- */

/* A cell that has a figure, which was made on that day, with that version of the method: with another, it gets a new
 * one as soon as that tells nothing; PAST_LOST: it has none, though one was told. Returns its number: 0, 1, … */
#define PAST_LOST 0
size_t past_cell(struct past *p, const char *key, int32_t made, int method);

/* The number of failed tests was hidden in a figure of that cell. */
void past_hid_failed(struct past *p, size_t cell);

/* Told days of a probe, as past_days has them, and the numbers of the cells whose
 * figures counted them. line: its household, as in past_add: it may have other boxes now. */
void past_told(struct past *p, const char *probe, const char *line, const char *days, const char *marks,
               const char *cells);

/* What a day of the probe weighed in those cells' figures (told.h), and the day up to which it was waited for. */
void past_weighed(struct past *p, const char *probe, const char *cells, const char *weights, const char *wholes,
                  int32_t last);

/* A day that has its point in a group's chart. */
void past_pointed(struct past *p, const char *group, const char *day);

/* ---- what there is now ---- */

/* A cell; number: in the floor. kept: false for what is never held against what comes later. */
void past_list(struct past *p, const char *group, const char *key, size_t number, bool kept);

/* A probe-day in these cells, by their numbers in the floor. Days come probe by probe, and in their order. line: its
 * household's name, which stands behind a figure once; network as in floor_add; mark as in told.h. */
void past_add(struct past *p, const char *probe, const char *line, uint32_t network, int32_t day, uint64_t mark,
              const size_t *cells, size_t count);

/* What the day that was added last says, where figures are sums of it (dominance.h). */
void past_value(struct past *p, double value);

/* The day up to which a probe is waited for. One that has brought nothing new weighs what it did: figures that others
 * move would change with each day of its silence. After all days of the probe, whose weight is set then: in parts of
 * FLOOR_WEIGHT_ONE, what one of its days counts. */
int32_t past_waited(struct past *p, const char *probe, int32_t last);
void past_weigh(struct past *p, const char *probe, int32_t last, uint32_t weight);

/* Its line's value is cut to that part (weight.h) in the group of that cell: in sums of it a day weighs so much less.
 */
void past_cut(struct past *p, const char *probe, size_t number, double part);

/* Adds all units to the floor, which has all cells, and decides. */
void past_decide(struct past *p, struct floor *f);

/* After past_decide. Held: the cell's next figure would tell too much. Stands: the last figure is the right one still,
 * because the cell is held or has nothing new: what days of others do to its weights is no reason to change it. */
bool past_held(const struct past *p, size_t number);
bool past_stands(const struct past *p, size_t number);
bool past_moves(const struct past *p, const char *group); /* does its coarsest cell get a new figure? */
/* A cell that never was shown is not (FLOOR_DOMINATED), or is after all. */
void past_hold_back(struct past *p, size_t number, bool back);
bool past_has_point(const struct past *p, const char *group, int32_t day);
json_t *past_left(const struct past *p); /* the keys of cells that were shown, and are not listed; the caller owns it */
bool past_is_fresh(const struct past *p, const char *probe, int32_t day); /* was it never told? */

/* Was the cell shown before? Then what its last figure says of a probe: does it count the day, and that as it says now;
 * and what does a day weigh in it? Where it was not, what it weighs now. */
bool past_shown(const struct past *p, size_t number);
bool past_counts(const struct past *p, size_t number, const char *probe, int32_t day);
bool past_counted(const struct past *p, size_t number, const char *probe, int32_t day); /* whatever it said then */
struct told_weight past_weight(const struct past *p, size_t number, const char *probe);

/* Days that last figures of cells count and that are gone since, or say something else. line: the household's number,
 * from 1 on; cells: their numbers. */
struct past_gone {
    const char *probe;
    uint32_t line;
    const size_t *cells;
    size_t count;
};
void past_walk_gone(const struct past *p, void (*fn)(void *context, const struct past_gone *gone), void *context);

enum floor_verdict past_verdict(const struct past *p, size_t number);

/* Of a group. Days up to `after` were told before, and have their points or never
 * will; `late` stand behind fresh days of those; `cover`: some of them are gone, or
 * say something else; `weighed`: some weigh something else. Of days from `until` on more will come. `as_of`: the
 * newest day now. */
struct past_days {
    int32_t after, until, as_of; /* INT32_MIN: none; INT32_MAX: no end */
    struct crowd late;
    bool cover, weighed, before; /* before: was anything shown? */
};
struct past_days past_days_of(const struct past *p, const char *group);

/* Is the number of failed tests beside a cell's figure hidden: now, or was it in any before? Where it comes and goes,
 * that tells by itself what one line's are to those of others (tally.c): it stays away. */
bool past_hides_failed(struct past *p, size_t number, bool now);

/* What is to be kept now: {"cells": [{key, made, method, failed_hidden}], "days": [{probe, days, marks, cells}],
 * "lines": [{probe, last, cells, weights}]}, or NULL when that is as it was. The caller owns it. */
json_t *past_keep(struct past *p) CHECKED;
