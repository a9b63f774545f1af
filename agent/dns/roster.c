#include "agent/dns/roster.h"

#include <stdio.h>
#include <string.h>

void roster_add(struct roster *r, const char *name)
{
    size_t at = 0;
    while (at < r->count && strcmp(r->names[at], name) < 0)
        at++;
    if (r->count == ZONE_SERVERS_MAX || (at < r->count && strcmp(r->names[at], name) == 0))
        return;
    memmove(r->names[at + 1], r->names[at], (r->count - at) * sizeof r->names[0]);
    snprintf(r->names[at], sizeof r->names[at], "%s", name);
    r->count++;
}

void roster_read(struct roster *r, const struct packet *p, enum record_section section, const char *zone)
{
    struct record record;
    char name[RECORD_NAME_MAX];
    for (size_t at = 0; record_next(p, section, "NS", &at, &record);) {
        if (record.cut || strcmp(record.name, zone) != 0)
            continue;
        zone_name(record.data, name);
        roster_add(r, name);
    }
}

bool roster_same(const struct roster *a, const struct roster *b)
{
    if (a->count != b->count)
        return false;
    for (size_t i = 0; i < a->count; i++)
        if (strcmp(a->names[i], b->names[i]) != 0)
            return false;
    return true;
}

json_t *roster_json(const struct roster *r)
{
    json_t *json = json_array();
    for (size_t i = 0; i < r->count; i++)
        json_array_append_new(json, json_string(r->names[i]));
    return json;
}
