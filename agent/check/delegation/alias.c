/* A server's name must not be an alias (RFC 2181 section 10.3): Zonemaster's
 * DELEGATION05. */
#include "agent/check/delegation/finding.h"
#include "common/lang.h"

static const struct finding_kind kinds[] = {
    {"NS_IS_CNAME", LEVEL_ERROR, "ns_cname", N_("a server's name is an alias"),
     N_("list the server under its own name, or give this one A and AAAA records")},
};

static void judge(const struct facts *facts, struct findings *findings)
{
    for (size_t i = 0; facts->servers && i < facts->servers->count; i++) {
        const struct zone_server *server = &facts->servers->servers[i];
        if (server->alias[0])
            finding_add(findings, "NS_IS_CNAME", server->name, json_pack("{s:s}", "alias", server->alias));
    }
}

const struct finding_case finding_alias = {kinds, COUNT(kinds), judge};
