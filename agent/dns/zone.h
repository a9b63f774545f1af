/* The authoritative servers of a zone and their addresses, as one resolver
 * tells them. */
#pragma once

#include <stddef.h>

#include "agent/dns/inquiry.h"
#include "agent/dns/record.h"

/* The root has 13 servers; more than 24 names do not fit an answer of 512
 * octets, which is why nobody has them. */
#define ZONE_SERVERS_MAX   24
#define ZONE_ADDRESSES_MAX 8 /* of one server */

struct zone_server {
    char name[RECORD_NAME_MAX];
    struct sockaddr_storage addrs[ZONE_ADDRESSES_MAX]; /* port 53 */
    size_t count;
    struct sockaddr_storage denied[ZONE_ADDRESSES_MAX]; /* addresses that the policy keeps this host from, port 0 */
    size_t denied_count;
    char alias[RECORD_NAME_MAX]; /* the name is an alias for this one (CNAME), "" when it is none */
    unsigned known;              /* lookups of 2, A and AAAA, that the resolver could answer */
    char reason[160];            /* why count is 0 */
};

struct zone {
    char name[RECORD_NAME_MAX]; /* lower case, last dot included */
    enum outcome outcome;       /* ok when it has servers */
    char reason[160];           /* why not */
    struct zone_server servers[ZONE_SERVERS_MAX];
    size_t count;
};

/* Does the resolver say that the name of this server has no address? */
bool zone_server_absent(const struct zone_server *server);

struct zone_find;

/* Called once from the loop; the zone is the finder's and goes with it. */
typedef void (*zone_done_fn)(void *user, const struct zone *zone);

struct zone_wish { /* borrowed until done, but for what is copied: name and resolver */
    const struct policy *policy;
    struct sockaddr_storage resolver;
    const char *name;
    /* Instead of the zone's own servers the addresses of these. */
    const char (*names)[RECORD_NAME_MAX];
    size_t name_count;
    bool cd;                 /* have the resolver tell what it holds for bogus, too */
    int timeout_ms, retries; /* as struct exchange_question's */
};

/* Asks the resolver for the zone's NS records and their addresses. Addresses
 * that the policy forbids are left out of addrs. */
struct zone_find *zone_find(const struct env *env, const struct zone_wish *wish, zone_done_fn done, void *user);
int64_t zone_wire_bytes(const struct zone_find *z); /* accepts NULL */
void zone_free(struct zone_find *z);                /* after or before done; accepts NULL */

/* Puts a name into the form of struct zone's. */
void zone_name(const char *name, char ret_name[static RECORD_NAME_MAX]);

/* The name one label up, in its place; false when there is none. */
bool zone_go_up(char *name);
