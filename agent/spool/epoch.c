#include "agent/spool/epoch.h"

#include <string.h>

void epoch_init(struct epoch *e, const struct clock *clock)
{
    *e = (struct epoch){.clock = clock, .covered_us = clock_mono_us(clock)};
}

json_t *epoch_begin(const struct epoch *e)
{
    char since[TIME_TEXT_SIZE];
    const struct spool_network *n = &e->network;
    int64_t at = clock_wall_us(e->clock) - (clock_mono_us(e->clock) - e->covered_us);
    json_t *epoch = json_pack("{s:I}", "from_mono_us", (json_int_t)e->covered_us);
    if (*n->link)
        json_object_set_new(epoch, "link", json_string(n->link));
    if (*n->net)
        json_object_set_new(epoch, "net", json_string(n->net));
    if (*n->net6)
        json_object_set_new(epoch, "net6", json_string(n->net6));
    if (clock_synced(e->clock))
        json_object_set_new(epoch, "since", json_string(time_format(at, since)));
    return epoch;
}

void epoch_cover(struct epoch *e, int64_t mono_us)
{
    e->covered_us = mono_us;
}

bool epoch_leaves(const struct epoch *e, const struct spool_network *to)
{
    return strcmp(to->link, e->network.link) != 0 || strcmp(to->net, e->network.net) != 0 ||
           strcmp(to->net6, e->network.net6) != 0;
}

void epoch_move(struct epoch *e, const struct spool_network *to)
{
    e->network = *to;
    epoch_cover(e, clock_mono_us(e->clock));
}

void epoch_moment(const struct epoch *e, const struct journal_content *c, struct batch_header *h)
{
    char boot[BOOT_ID_SIZE];
    clock_boot_id(e->clock, boot);
    strcpy(h->boot, *c->boot ? c->boot : boot);
    if (strcmp(boot, c->boot) == 0 || !c->has_last) {
        h->sealed_at_us = clock_wall_us(e->clock);
        h->mono_us = clock_mono_us(e->clock);
        h->sync = clock_synced(e->clock);
    } else {
        h->sealed_at_us = c->last_at_us;
        h->mono_us = c->last_mono_us;
        h->sync = c->last_sync;
    }
}

json_t *epoch_end(const struct journal_content *c, const struct batch_header *h)
{
    if (!c->epoch)
        return NULL;
    json_t *epoch = json_deep_copy(c->epoch);
    int64_t from = json_integer_value(json_object_get(epoch, "from_mono_us"));
    json_object_set_new(epoch, "boot", json_string(h->boot));
    json_object_set_new(epoch, "to_mono_us", json_integer(h->mono_us > from ? h->mono_us : from));
    return json_pack("[o]", epoch);
}
