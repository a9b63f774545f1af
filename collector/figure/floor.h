/* Which cells of one set of figures are shown.
 *
 * A cell is shown when its crowd is enough (crowd.h), and when nothing that can
 * be reckoned from all shown cells together tells of fewer (span.h): not a
 * region less its towns, not the rows of a table less its columns, not this
 * edition less an earlier one. Cells are tried one after the other, coarse ones
 * first and of those the largest, and one that would tell too much is hidden:
 * the same cells give the same answer everywhere.
 *
 * One set of figures is one indicator, source and period: different quantities
 * cannot be subtracted from each other. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "collector/figure/crowd.h"

enum floor_verdict {
    FLOOR_SHOWN,
    FLOOR_SMALL,      /* its own crowd is too small */
    FLOOR_DIFFERENCE, /* together with others it would tell of too small a one */
};

#define FLOOR_NONE SIZE_MAX

struct floor;

struct floor *floor_new(void) __attribute__((warn_unused_result));
void floor_free(struct floor *f);
static inline void floor_freep(struct floor **f)
{
    floor_free(*f);
}

/* Adds a cell and returns its number: 0, 1, … Lower ranks are tried first.
 * `larger` is the cell that holds its value where it is hidden, or FLOOR_NONE. */
size_t floor_cell(struct floor *f, unsigned rank, size_t larger);

/* Adds a cell that an earlier edition has shown; it is out and stays so. */
size_t floor_past(struct floor *f);

/* A probe's days in one place: all of them lie in all the cells given. Cells
 * come before units. network: 0 is none seen. */
void floor_add(struct floor *f, uint32_t probe, uint32_t network, uint32_t days, const size_t *cells, size_t count);

void floor_decide(struct floor *f);

/* After floor_decide. */
enum floor_verdict floor_verdict(const struct floor *f, size_t cell);
size_t floor_larger(const struct floor *f, size_t cell); /* the shown cell that holds its value, or FLOOR_NONE */
const struct crowd *floor_crowd(const struct floor *f, size_t cell);
