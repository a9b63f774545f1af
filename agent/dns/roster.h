/* The servers that somebody lists for a zone: a sorted set of names. */
#pragma once

#include "agent/dns/zone.h"

struct roster {
    char names[ZONE_SERVERS_MAX][RECORD_NAME_MAX];
    size_t count;
};

void roster_add(struct roster *r, const char *name); /* as zone_name writes it; past the limit it is left out */
void roster_read(struct roster *r, const struct packet *p, enum record_section section, const char *zone);
bool roster_same(const struct roster *a, const struct roster *b);
json_t *roster_json(const struct roster *r); /* an array, the caller's */
