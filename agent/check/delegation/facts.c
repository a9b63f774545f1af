#include "agent/check/delegation/facts.h"

#include <stdio.h>
#include <string.h>

#include <uv.h>

#include "agent/io/address.h"

void facts_init(struct facts *f, const char *zone)
{
    zone_name(zone, f->zone);
    zone_name(zone, f->parent);
    f->places = alloc_zero(FACTS_PLACES_MAX, sizeof *f->places);
}

void facts_free(struct facts *f)
{
    for (size_t i = 0; i < f->place_count; i++)
        free(f->places[i].list);
    free(f->places);
}

struct place *facts_place(const struct facts *f, const struct sockaddr_storage *addr)
{
    for (size_t i = 0; i < f->place_count; i++)
        if (address_same_host(&f->places[i].addr, addr))
            return &f->places[i];
    return NULL;
}

/* Does a server have this address: by its name, or by glue where its name has none? */
static bool has(const struct facts *f, const struct zone_server *server, const struct sockaddr_storage *addr)
{
    for (size_t i = 0; i < server->count; i++)
        if (address_same_host(&server->addrs[i], addr))
            return true;
    for (size_t i = 0; server->count == 0 && i < f->glue_count; i++)
        if (strcmp(f->glue[i].name, server->name) == 0 && address_same_host(&f->glue[i].addr, addr))
            return true;
    return false;
}

size_t facts_hosts(const struct facts *f, int version)
{
    size_t host[ZONE_SERVERS_MAX], count = 0;
    bool serves[ZONE_SERVERS_MAX] = {false};
    for (size_t s = 0; f->servers && s < f->servers->count; s++)
        host[s] = s;
    for (size_t p = 0; p < f->place_count; p++) {
        size_t first = ZONE_SERVERS_MAX;
        if (version && address_version(&f->places[p].addr) != version)
            continue;
        for (size_t s = 0; f->servers && s < f->servers->count; s++) {
            if (!has(f, &f->servers->servers[s], &f->places[p].addr))
                continue;
            serves[s] = true;
            first = first < ZONE_SERVERS_MAX ? first : host[s];
            size_t joined = host[s];
            for (size_t k = 0; k < f->servers->count; k++)
                host[k] = host[k] == joined ? first : host[k];
        }
    }
    for (size_t s = 0; f->servers && s < f->servers->count; s++) {
        bool fresh = serves[s];
        for (size_t k = 0; k < s && fresh; k++)
            fresh = !serves[k] || host[k] != host[s];
        count += fresh;
    }
    return count;
}

size_t facts_networks(const struct facts *f, int version, size_t *ret_addresses)
{
    size_t count = 0;
    *ret_addresses = 0;
    for (size_t i = 0; i < f->place_count; i++) {
        const struct sockaddr_storage *addr = &f->places[i].addr;
        if (address_version(addr) != version)
            continue;
        bool fresh = true;
        for (size_t k = 0; k < i && fresh; k++)
            fresh = !address_same_network(&f->places[k].addr, addr);
        count += fresh;
        *ret_addresses += 1;
    }
    return count;
}

const char *facts_label(const char *name, const struct sockaddr_storage *addr, char ret[static FACTS_LABEL_SIZE])
{
    char text[46] = "";
    uv_ip_name((const struct sockaddr *)addr, text, sizeof text);
    snprintf(ret, FACTS_LABEL_SIZE, "%s/%s", name, text);
    return ret;
}
