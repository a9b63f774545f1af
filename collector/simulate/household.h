/* A line of the simulated country with its probe, drawn from the seed and its
 * number alone. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "collector/simulate/nation.h"
#include "common/sign.h"

struct household {
    uint64_t n; /* 0, 1, … */
    struct sign_key key;
    char probe[PROBE_ID_SIZE];
    size_t operator, department;
    enum technology technology;
    bool urban;
    double own[QUANTITY_COUNT];
    /* Days since 1970-01-01: the first with a probe, and the first without (the end, unless it left). */
    int32_t joined, left;
    bool leaves;
    int32_t moves; /* the first day in another department; as `left` for one that stays */
    size_t moves_to;
    char prefix[48]; /* of the network that its batches come from, as a documentation prefix of IPv6 */
    bool shared;     /* many households share that one: carrier NAT */
};

/* first, last: the days of the simulation, both within. The caller wipes the key. */
void household_draw(const struct nation *n, uint64_t number, int32_t first, int32_t last, struct household *ret);

/* Where it is on a day. */
size_t household_department(const struct household *h, int32_t day);
