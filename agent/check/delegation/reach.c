/* Servers' addresses that nobody can reach from the Internet: Zonemaster's
 * ADDRESS01. */
#include "agent/check/delegation/finding.h"
#include "agent/io/policy.h"
#include "common/lang.h"

#include <string.h>

#include <arpa/inet.h>
#include <netinet/in.h>

static const struct finding_kind kinds[] = {
    {"A01_DOCUMENTATION_ADDR", LEVEL_ERROR, NULL, N_("a server's address is one of documentation"),
     N_("write the server's own address into its A or AAAA record")},
    {"A01_LOCAL_USE_ADDR", LEVEL_ERROR, NULL, N_("a server's address is one of private networks"),
     N_("give the server a public address, or take it out of the delegation")},
    {"A01_ADDR_NOT_GLOBALLY_REACHABLE", LEVEL_ERROR, NULL, N_("a server's address is none of the public Internet"),
     N_("give the server a public address, or take it out of the delegation")},
    {"A01_NO_GLOBALLY_REACHABLE_ADDR", LEVEL_ERROR, NULL, N_("no server has an address of the public Internet"),
     N_("give at least two servers public addresses")},
};

/* The IANA special-purpose registries' ranges of documentation, and of local use. */
static const struct {
    const char *network;
    int bits;
    bool documentation;
} ranges[] = {
    {"192.0.2.0", 24, true},    {"198.51.100.0", 24, true}, {"203.0.113.0", 24, true},  {"2001:db8::", 32, true},
    {"3fff::", 20, true},       {"10.0.0.0", 8, false},     {"100.64.0.0", 10, false},  {"127.0.0.0", 8, false},
    {"169.254.0.0", 16, false}, {"172.16.0.0", 12, false},  {"192.168.0.0", 16, false}, {"::1", 128, false},
    {"fe80::", 10, false},      {"fc00::", 7, false},
};

static bool within(const struct sockaddr_storage *addr, const char *network, int bits)
{
    bool six = addr->ss_family == AF_INET6;
    uint8_t net[16];
    const uint8_t *octets = six ? ((const struct sockaddr_in6 *)addr)->sin6_addr.s6_addr
                                : (const uint8_t *)&((const struct sockaddr_in *)addr)->sin_addr;
    if (inet_pton(six ? AF_INET6 : AF_INET, network, net) != 1)
        return false;
    for (int bit = 0; bit < bits; bit++)
        if (((octets[bit / 8] ^ net[bit / 8]) >> (7 - bit % 8)) & 1)
            return false;
    return true;
}

static const char *tag_of(const struct sockaddr_storage *addr)
{
    for (size_t i = 0; i < COUNT(ranges); i++)
        if (within(addr, ranges[i].network, ranges[i].bits))
            return ranges[i].documentation ? "A01_DOCUMENTATION_ADDR" : "A01_LOCAL_USE_ADDR";
    return policy_is_private((const struct sockaddr *)addr) ? "A01_ADDR_NOT_GLOBALLY_REACHABLE" : NULL;
}

struct tally {
    size_t seen, reachable;
};

static void judge_address(const char *name, const struct sockaddr_storage *addr, struct tally *tally,
                          struct findings *findings)
{
    char label[FACTS_LABEL_SIZE];
    const char *tag = tag_of(addr);
    tally->seen++;
    tally->reachable += !tag;
    if (tag)
        finding_add(findings, tag, facts_label(name, addr, label), NULL);
}

static void judge(const struct facts *facts, struct findings *findings)
{
    struct tally tally = {0};
    for (size_t i = 0; facts->servers && i < facts->servers->count; i++) {
        const struct zone_server *server = &facts->servers->servers[i];
        for (size_t k = 0; k < server->count; k++)
            judge_address(server->name, &server->addrs[k], &tally, findings);
        for (size_t k = 0; k < server->denied_count; k++)
            judge_address(server->name, &server->denied[k], &tally, findings);
    }
    for (size_t i = 0; i < facts->parent_glue; i++)
        judge_address(facts->glue[i].name, &facts->glue[i].addr, &tally, findings);
    if (tally.seen > 0 && tally.reachable == 0)
        finding_add(findings, "A01_NO_GLOBALLY_REACHABLE_ADDR", NULL, NULL);
}

const struct finding_case finding_reach = {kinds, COUNT(kinds), judge};
