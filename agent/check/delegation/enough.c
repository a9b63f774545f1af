/* Are the servers enough, and apart from each other? Zonemaster's DELEGATION01,
 * DELEGATION02 and CONNECTIVITY04. */
#include "agent/check/delegation/finding.h"
#include "agent/io/address.h"
#include "common/lang.h"

#define ENOUGH 2 /* RFC 1034 section 4.1 */

static const struct finding_kind kinds[] = {
    {"NOT_ENOUGH_NS_CHILD", LEVEL_ERROR, "single_server", N_("fewer than two servers serve the zone"),
     N_("add a second server, in another network (RFC 2182)")},
    {"NOT_ENOUGH_NS_DEL", LEVEL_ERROR, NULL, N_("the parent lists fewer than two servers"),
     N_("have the parent list a second server")},
    {"CHILD_NS_SAME_IP", LEVEL_ERROR, "same_address", N_("several names have one address: they are one server"),
     N_("give each name a server of its own")},
    {"NO_IPV4_NS_CHILD", LEVEL_WARNING, NULL, N_("no server has an IPv4 address"),
     N_("give at least two servers an IPv4 address")},
    {"NO_IPV6_NS_CHILD", LEVEL_NOTICE, "no_ipv6", N_("no server has an IPv6 address"),
     N_("give at least two servers an IPv6 address")},
    {"CN04_IPV4_SINGLE_PREFIX", LEVEL_WARNING, "single_prefix", N_("all IPv4 addresses lie in one network"),
     N_("put a server into another network, of another operator (RFC 2182)")},
};

static void judge_shared(const struct facts *facts, struct findings *findings)
{
    char label[FACTS_LABEL_SIZE], text[46];
    for (size_t p = 0; p < facts->place_count; p++) {
        const struct sockaddr_storage *addr = &facts->places[p].addr;
        json_t *sharing = json_array();
        for (size_t s = 0; facts->servers && s < facts->servers->count; s++) {
            const struct zone_server *server = &facts->servers->servers[s];
            for (size_t i = 0; i < server->count; i++)
                if (address_same_host(&server->addrs[i], addr))
                    json_array_append_new(sharing, json_string(facts_label(server->name, addr, label)));
        }
        for (size_t i = 0; json_array_size(sharing) > 1 && i < json_array_size(sharing); i++) {
            uv_ip_name((const struct sockaddr *)addr, text, sizeof text);
            finding_add(findings, "CHILD_NS_SAME_IP", json_string_value(json_array_get(sharing, i)),
                        json_pack("{s:s}", "addr", text));
        }
        json_decref(sharing);
    }
}

static void judge(const struct facts *facts, struct findings *findings)
{
    size_t four, six, hosts = facts_hosts(facts, 0);
    size_t networks = facts_networks(facts, 4, &four);
    facts_networks(facts, 6, &six);
    if (facts->place_count == 0)
        return;
    judge_shared(facts, findings);
    if (hosts < ENOUGH)
        finding_add(findings, "NOT_ENOUGH_NS_CHILD", NULL,
                    json_pack("{s:i, s:i}", "count", (int)hosts, "minimum", ENOUGH));
    if (facts->referral.count > 0 && facts->referral.count < ENOUGH)
        finding_add(findings, "NOT_ENOUGH_NS_DEL", NULL,
                    json_pack("{s:i, s:i}", "count", (int)facts->referral.count, "minimum", ENOUGH));
    if (four == 0)
        finding_add(findings, "NO_IPV4_NS_CHILD", NULL, NULL);
    if (six == 0)
        finding_add(findings, "NO_IPV6_NS_CHILD", NULL, NULL);
    if (networks == 1 && four > 1)
        finding_add(findings, "CN04_IPV4_SINGLE_PREFIX", NULL, NULL);
}

const struct finding_case finding_enough = {kinds, COUNT(kinds), judge};
