/* A flow between places and days. What moves at a place on a day is bounded by what that edge bears, up and down; what
 * moves on a day that is shown, and what moves in all places of a part, has to come to what is due there. Places lie
 * in several parts at once (a department, an operator, …), so that it is more than a flow of one good.
 *
 * Of all flows the one is looked for whose squares, each by what the edge bears, are least: each day and each part has
 * a price then, and an edge is used by as much as its day's and its parts' come to, from not at all to whole within 1.
 * A day's price follows from those of parts; these are found by Newton's method on the dual, which is concave. Where
 * there is no flow, prices grow without end, into a sum of days and parts that more is due of than it bears: that
 * proves it (Farkas 1902). */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "collector/disclosure/cellset.h"

struct flow {
    size_t days, places, parts;
    double *bears; /* a row a day, a column a place */
    double *due_of_days, *due_of_parts;
    const bool *shown;              /* by day; what moves on the others is free */
    const struct cellset *parts_of; /* by place, from 0 on */
    const double *weights;          /* by place: how often what moves there does in its parts */
};

enum flow_answer {
    FLOW_FOUND,
    FLOW_NONE,    /* proved */
    FLOW_UNKNOWN, /* neither, in so many steps, or for want of work */
};

/* Is there one? *work: is counted down by the edges that were looked at; where none is left nothing is known. */
enum flow_answer flow_ask(const struct flow *f, int64_t *work);
