/* Days of one probe, each in a set of cells, and how those that were told are
 * kept: days in a row of one set together, with a mark of what each said; and what
 * the probe weighed in each cell's last figure. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "collector/disclosure/cellset.h"
#include "common/alloc.h"

struct told_day {
    int32_t day;   /* since 1970-01-01 */
    uint32_t set;  /* its number (cellset.h) */
    uint64_t mark; /* what it says (told_mark) */
    bool narrow;   /* one told has of that what an earlier program kept, and nothing else */
    bool met;      /* of one now: it was told; of one told: it is there now, and says the same */
    uint32_t same;
    float value; /* of one now: what it says, where figures are sums of it */
};
#define TOLD_NONE UINT32_MAX

/* A hash of all that a day says, which is kept when it is told; before: of less, in two octets, as earlier programs
 * did; zone: of its zone, 0 where it has none. That is kept within the first, and beside it to take it out again. */
static inline uint64_t told_mark(uint32_t now, uint16_t before, uint16_t zone)
{
    return (uint64_t)zone << 48 | (uint64_t)before << 32 | (now ^ zone);
}

/* Does the day, now, say what it did when it was told? Told without a zone it lies in no zone's figure: it says the
 * same in whichever it lies now. */
bool told_same(const struct told_day *told, const struct told_day *now);

struct told_days {
    struct told_day *list;
    size_t count, cap;
};

void told_add(struct told_days *d, int32_t day, uint32_t set, uint64_t mark);
void told_keep(struct told_days *d, const struct told_day *old, uint32_t set); /* one told, in another set */
void told_sort(struct told_days *d);                                           /* by day */
void told_free(struct told_days *d);                                           /* the members */

/* Numbers with blanks between; the caller frees. */
size_t *told_numbers(const char *text, size_t *ret_count) CHECKED;

/* Adds days of one set. days: "FROM TO FROM TO …", a TO the day behind the last; marks: eight hexadecimal
 * digits each, or four of earlier programs. */
void told_read(struct told_days *d, uint32_t set, const char *days, const char *marks);

/* An object {probe, days, marks, cells} for each set; days as a datemultirange. Two versions of one day in one set have
 * their marks nowhere: the later one stands for both. Changes the order of the days. */
void told_write(struct told_days *d, const char *probe, const struct cellsets *sets, json_t *out);

/* What one day of the probe weighed, in parts of FLOOR_WEIGHT_ONE; whole: what it would have if what it says were not
 * cut (weight.h). */
struct told_weight {
    uint32_t counts, whole;
};

/* The same in each cell that counts some. */
struct told_line {
    size_t *cells;
    struct told_weight *weights;
    size_t count;
    int32_t last; /* the day up to which it was waited for; INT32_MIN: not known */
};
void told_line_free(struct told_line *l); /* the members */

/* Of numbers with blanks between. wholes: NULL as earlier programs kept none. */
void told_line_read(struct told_line *l, const char *cells, const char *weights, const char *wholes);
void told_line_set(struct told_line *l, size_t cell, struct told_weight weight);

/* otherwise: where nothing was kept of it. What earlier programs kept may have been cut or not: it was by next to
 * nothing, which is told and covers nobody (DOMINANCE_NEAR). */
struct told_weight told_line_weight(const struct told_line *l, size_t cell, struct told_weight otherwise);

/* {probe, last, cells, weights, wholes}; the caller owns it. */
json_t *told_line_write(const struct told_line *l, const char *probe) CHECKED;
