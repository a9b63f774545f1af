/* Who is told of together, day by day, and only together.
 *
 * Public series are parted by place: all lines of a country, those of an
 * operator, of a department. What one household measured must not come out by
 * taking one of them from another, nor what is told today from what was told
 * before. So the lines of a day are put into blocks, each of five lines of five
 * networks or more, no line into two of them, and a block stays as it was made:
 * it keeps what its lines said then, and is told with that for ever. (Were it
 * told with what they say now, the country would move with new lines of one
 * operator and a late word of another's: less those points, it is that word.)
 * All that is told counts whole blocks. However it is added and subtracted, over
 * siblings, over levels and over time, what comes out is of whole blocks again:
 * nothing tells the lines of one apart, and none has fewer than five.
 *
 * What one person vouches for weighs in a block what weight.h lets it: of all lines
 * that are put into blocks with it, and then of those of its own. A line's weight
 * stays with its block as its value does: it may not follow what a point counts by
 * then, or two points of the same lines would tell one person's from the others'.
 * Who comes late is weighed against those that come late with it.
 *
 * A block lies in a place where all of its lines stand alike: first those of the
 * same operator, department, technology and zone are put together, what is left
 * by less and less, in the end whoever is left of the country. It counts for all
 * larger places, and for no smaller one. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "common/alloc.h"

/* What a block's lines have in common. */
enum block_field {
    BLOCK_DEPARTMENT,
    BLOCK_OPERATOR,
    BLOCK_TECHNOLOGY,
    BLOCK_ZONE,
    BLOCK_FIELDS,
};
#define BLOCK_ALIKE(field) (1u << BLOCK_##field)

struct block_line {
    uint32_t probe, network;       /* network 0: none seen, counts for none */
    uint32_t voucher;              /* who vouches for it, as a number from 1 on; 0: nobody */
    uint32_t fields[BLOCK_FIELDS]; /* a number a value; 0: not known, which is one as well */
    size_t block;                  /* filled by block_part: BLOCK_NONE, or from 0 on */
    double weight;                 /* filled, of a line in a block: more than 0, at most 1 */
};
#define BLOCK_NONE SIZE_MAX

/* Puts lines of one country that were in no block into new ones, and sorts them
 * by block. All of them, or none when they are too few for one: a few that are
 * left over join the block that is most like them. Fills *ret_alike (the caller
 * frees), a mask of BLOCK_ALIKE a block, and returns how many there are. */
size_t block_part(struct block_line *lines, size_t count, unsigned **ret_alike) CHECKED;
