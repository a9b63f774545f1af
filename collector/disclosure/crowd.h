/* Who stands behind a figure, as far as the publication floor asks: how many
 * networks, probes and days of measurement. Past the floor it stops counting. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define FLOOR_NETWORKS 5
#define FLOOR_PROBES   5
#define FLOOR_DAYS     30

struct crowd {
    uint32_t networks[FLOOR_NETWORKS], probes[FLOOR_PROBES]; /* distinct, the first that came */
    uint32_t network_count, probe_count;                     /* at most the floor */
    uint64_t days;
};

/* `days` of a probe behind a network; network 0 is none seen and counts for
 * none. A probe may be added any number of times. */
void crowd_add(struct crowd *c, uint32_t probe, uint32_t network, uint32_t days);
void crowd_join(struct crowd *c, const struct crowd *other); /* they have no day in common */

/* Is it enough to be spoken of? It never stops being enough by joining others. */
bool crowd_enough(const struct crowd *c);
bool crowd_is_many(const struct crowd *c); /* of lines, however few their days */
