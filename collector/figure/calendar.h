/* Days beside places. The days of a country are shown one by one, and its parts
 * (departments, operators, …) over all days: who adds up a part, or several, and
 * takes days off is left with, on each of those days, the lines elsewhere, and on
 * all others the part's own. That is nothing to speak of while all measure side by
 * side. But where a part measured on days on which hardly anybody else did, as a
 * pilot does, the few that are left are told of.
 *
 * A sum of parts has lines count so and so much, by where they stand: whatever it
 * takes off a day, all are left but those that count just that. Parts of several cuts
 * go into one sum: a department less its mobile lines is as good as a part. Where
 * two kinds of lines are a crowd on enough days, enough is left in any case. Of few
 * parts all sums are tried, in which each is added, taken off or neither; of many
 * one or two parts of a cut against the rest, and one of a cut with one of another.
 * What is told of a country over all its days is day.c's. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/alloc.h"

#define CALENDAR_CUTS 4

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
