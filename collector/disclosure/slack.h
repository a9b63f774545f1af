/* How much can be otherwise with all figures as they are. A figure is a row: which
 * atoms it sums. Who reads the rows knows what is in the atoms but for what all
 * rows leave open together, and guesses the rest: that is a linear program, solved
 * by the simplex method with bounds (Dantzig 1955), entering and leaving by the
 * lowest number (Bland 1977), which ends. Rows are kept in echelon form. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/alloc.h"

struct slack;

struct slack *slack_new(size_t width) CHECKED;
struct slack *slack_copy(const struct slack *s) CHECKED;
void slack_free(struct slack *s);
static inline void slack_freep(struct slack **s)
{
    slack_free(*s);
}

/* Adds a row, which is overwritten. False: it is a sum of those before, and was not needed. */
bool slack_add(struct slack *s, double *row);

/* Atoms move by so much: can others (or they themselves) move back so that no row's sum changes, each atom by `most` at
 * most? ret: by how much. *work: is counted down by the numbers that were touched; where none is left the answer is no.
 */
bool slack_covers(const struct slack *s, const double *move, const double *most, double *ret, int64_t *work);
