/* Days beside places. The days of a country are shown one by one, and its parts
 * (departments, operators, …) over all days: who adds up a part, or several, and
 * takes days off is left with, on each of those days, the lines elsewhere, and on
 * all others the part's own. That is nothing to speak of while all measure side by
 * side. But where a part measured on days on which hardly anybody else did, as a
 * pilot does, the few that are left are told of.
 *
 * A sum of parts has lines count so and so much, by where they stand: whatever it
 * takes off a day, all are left but those that count just that. Parts of several cuts
 * go into one sum: a department less its mobile lines is as good as a part.
 *
 * What is left may be few in two ways. Of few lines: then days that have enough lines
 * in common are taken alike (bond.h), and of the groups of days so found, in most
 * countries one, span.h says whether any sum of them and of parts depends on few
 * lines; where all days are one group that is floor.c's question, and answered. Or of
 * few days: level.h says whether a sum leaves less than a figure has to have. Where
 * groups are too many, or either takes too long, the answer is yes.
 * What is told of a country over all its days is day.c's. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/alloc.h"

#define CALENDAR_CUTS 6

struct calendar;

struct calendar *calendar_new(void) CHECKED;
void calendar_free(struct calendar *c);
static inline void calendar_freep(struct calendar **c)
{
    calendar_free(*c);
}

/* A line's day that was not told before. parts: by cut, the number of its part from 1 on; 0: in none that is shown. */
void calendar_add(struct calendar *c, int32_t day, uint32_t probe, uint32_t network, const uint32_t *parts);

/* Do these days, each by itself, tell of too few beside the parts? days ascending. */
bool calendar_tells(const struct calendar *c, const int32_t *days, size_t count);
