/* What each line weighs in the figures of an edition: the same in all of them.
 *
 * Were it cut in a town and not in its country, the two would no longer be sums
 * of the same things, and who subtracts one from the other would be left with the
 * line that was cut (floor.h). So what bounds a line (weight.h) in any cell of
 * WEIGHT_LINES_MIN lines or more bounds it everywhere. But for the sake of a cell
 * that lies in others no line is cut to less than a BALANCE_MOST-th of what it
 * weighs in those: where that is not enough and one line would be more than a
 * fifth, the cell is refused, and counts in the larger ones alone. What nobody
 * sees bounds nothing: lines weigh what they would if refused cells were not
 * there, and cells whose crowd is too small (crowd.h) are not to be given. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BALANCE_MOST 4

/* A line's days in a cell. */
struct balance_days {
    uint32_t line, days;
};

struct balance_cell {
    struct balance_days *lines; /* each once */
    size_t count;
    bool coarse;  /* it lies in no other: never refused */
    bool refused; /* what is found */
};

/* weights: of each line, what one day of it counts by itself; changed in place, to millionths and more than 0.
 * vouchers: who vouches for it, 0 for nobody. Coarse cells come first. */
void balance(double *weights, const uint32_t *vouchers, size_t lines, struct balance_cell *cells, size_t count);
