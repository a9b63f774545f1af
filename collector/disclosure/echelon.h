/* Rows of numbers modulo a prime, kept in echelon form as they come: what a new
 * one adds to the sums that can be made of those before. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "common/alloc.h"

struct echelon;

struct echelon *echelon_new(size_t width) CHECKED;
void echelon_free(struct echelon *e);
static inline void echelon_freep(struct echelon **e)
{
    echelon_free(*e);
}

/* Leaves of the row (which is overwritten) what no sum of the rows before makes,
 * and returns the first column in which something is left, or width: nothing is. */
size_t echelon_reduce(const struct echelon *e, uint32_t *row);

/* Adds a row, which is overwritten. */
void echelon_add(struct echelon *e, uint32_t *row);
