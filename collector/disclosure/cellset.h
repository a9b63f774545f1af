/* Sets of cells. Thousands of days lie in the same few: each set is kept once,
 * and a day has its number. */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct cellset {
    size_t *cells; /* in the order in which they were given */
    size_t count;
};

struct cellsets {
    struct cellset *list;
    size_t count;
};

/* The set's number: 0, 1, …; a new one where it was not there. hint: one that it
 * may well be, or any. The cells are copied, and may be NULL where there are none. */
uint32_t cellsets_number(struct cellsets *s, const size_t *cells, size_t count, uint32_t hint);
void cellsets_free(struct cellsets *s); /* the members */
