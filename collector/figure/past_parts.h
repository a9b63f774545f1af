/* What all that was told, and all that there is now, is made of: for past.c, which holds the two together and decides,
 * and past_keep.c, which says what is told from now on. */
#pragma once

#include "collector/disclosure/cellset.h"
#include "collector/figure/past.h"
#include "collector/figure/told.h"

#define STAY_CELLS 32 /* of a day */

/* What is left of a line's value in a group. */
struct cut {
    size_t group;
    double part;
};

struct probe {
    char *name;
    uint32_t number, network;
    struct told_days now, told;
    bool met; /* now and told */
    uint32_t weight;
    struct cut *cuts; /* where its value is cut: it may have moved from one country to another */
    size_t cut_count;
    int32_t waited;        /* up to which day */
    struct told_line line; /* what it weighed when it was told */
};

struct shown {
    char *key;
    int32_t made;
    int method;
    size_t past;   /* in the floor */
    size_t group;  /* SIZE_MAX where the cell is there no more */
    bool listed;   /* is the cell there still? */
    bool replaced; /* by a figure of now */
    bool failed_hidden;
};
struct listed {
    char *key;
    size_t group, number, shown; /* shown: SIZE_MAX where it never was */
    bool kept, moved, failed_hidden;
    enum floor_verdict verdict;
};
struct group {
    char *name;
    struct past_days days;
    size_t first; /* its coarsest cell, in listed */
    int32_t made; /* when the last edition was */
    bool waits;
};

struct past {
    int32_t today;
    int method;
    json_t *keys, *names, *lines; /* shown by key, probes by name; households' numbers */
    json_t *points;               /* days since 1970-01-01, by group */
    struct shown *shown;
    struct listed *listed; /* in the order of their numbers in the floor, which are 0, 1, … */
    struct group *groups;
    struct probe *probes;
    size_t shown_count, listed_count, group_count, probe_count;
    size_t last; /* the probe whose days come */
    struct cellsets sets_told, sets_now;
};

/* What a day of it counts now of what it says; rounded down, so that what is cut stays within its bound. */
static inline struct told_weight weight_now(const struct probe *of, size_t group)
{
    double part = 1;
    for (size_t c = 0; c < of->cut_count; c++)
        part = of->cuts[c].group == group ? of->cuts[c].part : part;
    return (struct told_weight){(uint32_t)(of->weight * part), of->weight};
}
