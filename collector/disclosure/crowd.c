#include "collector/disclosure/crowd.h"

static void note(uint32_t *list, uint32_t *count, uint32_t most, uint32_t number)
{
    for (uint32_t i = 0; i < *count; i++)
        if (list[i] == number)
            return;
    if (*count < most)
        list[(*count)++] = number;
}

void crowd_add(struct crowd *c, uint32_t probe, uint32_t network, uint32_t days)
{
    note(c->probes, &c->probe_count, FLOOR_PROBES, probe);
    if (network)
        note(c->networks, &c->network_count, FLOOR_NETWORKS, network);
    c->days += days;
}

void crowd_join(struct crowd *c, const struct crowd *other)
{
    for (uint32_t i = 0; i < other->probe_count; i++)
        note(c->probes, &c->probe_count, FLOOR_PROBES, other->probes[i]);
    for (uint32_t i = 0; i < other->network_count; i++)
        note(c->networks, &c->network_count, FLOOR_NETWORKS, other->networks[i]);
    c->days += other->days;
}

bool crowd_is_many(const struct crowd *c)
{
    return c->network_count >= FLOOR_NETWORKS && c->probe_count >= FLOOR_PROBES;
}

bool crowd_enough(const struct crowd *c)
{
    return crowd_is_many(c) && c->days >= FLOOR_DAYS;
}
