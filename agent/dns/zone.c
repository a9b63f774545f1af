#include "agent/dns/zone.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "agent/io/address.h"
#include "agent/io/headers.h"
#include "agent/io/policy.h"
#include "common/lang.h"

#define AT_ONCE 16

struct zone_find {
    const struct policy *policy;
    struct sockaddr_storage resolver;
    bool cd;
    int timeout_ms, retries;
    struct inquiry *inquiry;
    zone_done_fn done;
    void *user;
    struct zone zone;
};

void zone_name(const char *name, char ret_name[static RECORD_NAME_MAX])
{
    size_t len = strlen(name);
    snprintf(ret_name, RECORD_NAME_MAX, "%s%s", name, len && name[len - 1] == '.' ? "" : ".");
    for (char *c = ret_name; *c; c++)
        *c = (char)tolower((unsigned char)*c);
}

bool zone_go_up(char *name)
{
    if (strcmp(name, ".") == 0)
        return false;
    char *dot = name;
    while (*dot && *dot != '.')
        dot += *dot == '\\' && dot[1] ? 2 : 1;
    if (dot[0] == '.' && dot[1])
        memmove(name, dot + 1, strlen(dot + 1) + 1);
    else
        strcpy(name, ".");
    return true;
}

static void ask(struct zone_find *z, const char *name, const char *type, struct zone_server *server)
{
    struct exchange_question question = {
        .query = {.name = name, .type = type, .rd = true, .cd = z->cd, .bufsize = 1232},
        .server = z->resolver,
        .tcp_fallback = true,
        .timeout_ms = z->timeout_ms,
        .retries = z->retries,
    };
    inquiry_ask(z->inquiry, &question, server);
}

static void add_server(struct zone_find *z, const char *name)
{
    for (size_t i = 0; i < z->zone.count; i++)
        if (strcmp(z->zone.servers[i].name, name) == 0)
            return;
    if (z->zone.count == ZONE_SERVERS_MAX)
        return;
    struct zone_server *server = &z->zone.servers[z->zone.count++];
    snprintf(server->name, sizeof server->name, "%s", name);
    ask(z, name, "A", server);
    ask(z, name, "AAAA", server);
}

static void on_servers(struct zone_find *z, const struct exchange_answer *answer)
{
    struct record record;
    size_t at = 0;
    if (answer->outcome != OUTCOME_OK) {
        z->zone.outcome = answer->outcome;
        snprintf(z->zone.reason, sizeof z->zone.reason, "NS: %.150s", answer->reason);
        return;
    }
    while (record_next(answer->packet, RECORD_ANSWER, "NS", &at, &record)) {
        char name[RECORD_NAME_MAX];
        if (strcmp(record.name, z->zone.name) != 0 || record.cut)
            continue;
        zone_name(record.data, name);
        add_server(z, name);
    }
    if (z->zone.count > 0)
        return;
    const char *word = packet_rcode_word(packet_rcode(answer->packet));
    z->zone.outcome = OUTCOME_DNS_ERROR;
    snprintf(z->zone.reason, sizeof z->zone.reason, _("the resolver names no server of %.60s (%s)"), z->zone.name,
             word ? word : "?");
}

static void add_address(struct zone_find *z, struct zone_server *server, const struct sockaddr_storage *addr)
{
    struct fault f = {0};
    if (policy_check(z->policy, (const struct sockaddr *)addr, &f) < 0) {
        if (server->denied_count < ZONE_ADDRESSES_MAX)
            server->denied[server->denied_count++] = *addr;
        snprintf(server->reason, sizeof server->reason, "%.*s", (int)sizeof server->reason - 1, f.text);
    } else if (server->count < ZONE_ADDRESSES_MAX) {
        /* IPv4 first, whichever lookup is answered first. */
        size_t at = server->count++;
        for (; at > 0 && address_version(&server->addrs[at - 1]) > address_version(addr); at--)
            server->addrs[at] = server->addrs[at - 1];
        server->addrs[at] = *addr;
        address_set_port(&server->addrs[at], DNS_PORT);
    }
}

/* That a name has no such record comes with the zone's SOA (RFC 2308 section 2.2): without it, somebody who does not
 * serve the zone was asked, as a resolver does that meets a lame server. */
static bool is_known(const struct exchange_answer *answer)
{
    int rcode = packet_rcode(answer->packet);
    return rcode == PACKET_NXDOMAIN ||
           (rcode == PACKET_NOERROR && (record_count(answer->packet, RECORD_ANSWER) > 0 ||
                                        record_count_type(answer->packet, RECORD_AUTHORITY, "SOA") > 0));
}

static void on_addresses(struct zone_find *z, struct zone_server *server, const struct exchange_answer *answer)
{
    server->known += is_known(answer);
    for (size_t i = 0; i < record_count(answer->packet, RECORD_ANSWER); i++) {
        struct record record;
        struct sockaddr_storage addr;
        record_get(answer->packet, RECORD_ANSWER, i, &record);
        if (record_address(&record, &addr))
            add_address(z, server, &addr);
        else if (strcmp(record.type, "CNAME") == 0 && strcmp(record.name, server->name) == 0 && !record.cut)
            zone_name(record.data, server->alias);
    }
}

bool zone_server_absent(const struct zone_server *server)
{
    return server->count == 0 && server->denied_count == 0 && server->known == 2;
}

static void on_answer(void *user, void *tag, const struct exchange_answer *answer)
{
    struct zone_find *z = user;
    struct zone_server *server = tag;
    if (!server)
        on_servers(z, answer);
    else if (answer->outcome == OUTCOME_OK)
        on_addresses(z, server, answer);
    else
        snprintf(server->reason, sizeof server->reason, "%s", answer->reason);
}

static void on_done(void *user)
{
    struct zone_find *z = user;
    for (size_t i = 0; i < z->zone.count; i++) {
        struct zone_server *server = &z->zone.servers[i];
        if (server->count == 0 && !server->reason[0])
            snprintf(server->reason, sizeof server->reason, _("the name has no address"));
    }
    z->done(z->user, &z->zone);
}

struct zone_find *zone_find(const struct env *env, const struct zone_wish *wish, zone_done_fn done, void *user)
{
    struct zone_find *z = alloc_zero(1, sizeof *z);
    z->policy = wish->policy;
    z->resolver = wish->resolver;
    z->cd = wish->cd;
    z->timeout_ms = wish->timeout_ms;
    z->retries = wish->retries;
    z->done = done;
    z->user = user;
    z->inquiry = inquiry_new(env, AT_ONCE, on_answer, on_done, z);
    inquiry_at_home(z->inquiry);
    zone_name(wish->name, z->zone.name);
    for (size_t i = 0; i < wish->name_count; i++)
        add_server(z, wish->names[i]);
    if (wish->name_count == 0)
        ask(z, z->zone.name, "NS", NULL);
    return z;
}

int64_t zone_wire_bytes(const struct zone_find *z)
{
    return z ? inquiry_wire_bytes(z->inquiry) : 0;
}

void zone_free(struct zone_find *z)
{
    if (!z)
        return;
    inquiry_free(z->inquiry);
    free(z);
}
