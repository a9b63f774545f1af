/* Do the names of the servers lead to them? What the parent sends along with
 * the delegation (glue) is a hint; the names' own addresses count.
 * Zonemaster's BASIC02 and CONSISTENCY05. */
#include "agent/check/delegation/finding.h"
#include "agent/io/address.h"
#include "common/lang.h"

#include <string.h>

static const struct finding_kind kinds[] = {
    {"B02_NS_NO_IP_ADDR", LEVEL_ERROR, "no_address", N_("a server's name has no address"),
     N_("add its A and AAAA records, or take the name out of the list")},
    {"IN_BAILIWICK_ADDR_MISMATCH", LEVEL_ERROR, "glue_mismatch",
     N_("the parent's address of a server is not the one that its name has"),
     N_("have the parent's glue records changed to the server's address")},
    {"GLUE_ONLY", LEVEL_ERROR, "glue_only",
     N_("only the parent's glue makes this server work: its name has no address of its own"),
     N_("add the server's A and AAAA records to the zone that its name is in")},
};

static bool has_glue(const struct facts *facts, const char *name)
{
    for (size_t i = 0; i < facts->glue_count; i++)
        if (strcmp(facts->glue[i].name, name) == 0)
            return true;
    return false;
}

static void judge_glue(const struct facts *facts, const struct zone_server *server, struct findings *findings)
{
    char label[FACTS_LABEL_SIZE];
    for (size_t g = 0; g < facts->parent_glue; g++) {
        bool found = false;
        if (strcmp(server->name, facts->glue[g].name) != 0)
            continue;
        for (size_t i = 0; i < server->count; i++)
            found |= address_same_host(&server->addrs[i], &facts->glue[g].addr);
        for (size_t i = 0; i < server->denied_count; i++)
            found |= address_same_host(&server->denied[i], &facts->glue[g].addr);
        if (!found)
            finding_add(findings, "IN_BAILIWICK_ADDR_MISMATCH", facts_label(server->name, &facts->glue[g].addr, label),
                        NULL);
    }
}

static void judge(const struct facts *facts, struct findings *findings)
{
    for (size_t i = 0; facts->servers && i < facts->servers->count; i++) {
        const struct zone_server *server = &facts->servers->servers[i];
        if (server->count > 0 || server->denied_count > 0)
            judge_glue(facts, server, findings);
        else if (!has_glue(facts, server->name))
            finding_add(findings, "B02_NS_NO_IP_ADDR", server->name, NULL);
        else if (zone_server_absent(server))
            finding_add(findings, "GLUE_ONLY", server->name, NULL);
    }
}

const struct finding_case finding_glue = {kinds, COUNT(kinds), judge};
