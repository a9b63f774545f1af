/* Does the first server of the SOA record (MNAME) serve the zone, with its
 * newest copy? Dynamic updates and NOTIFY's readers go there. Zonemaster's
 * ZONE01. */
#include "agent/check/delegation/finding.h"
#include "common/lang.h"

#include <string.h>

static const struct finding_kind kinds[] = {
    {"Z01_MNAME_IS_DOT", LEVEL_NOTICE, NULL, N_("MNAME of the SOA record is the root"),
     N_("write the first server's name there")},
    {"Z01_MNAME_IS_LOCALHOST", LEVEL_NOTICE, NULL, N_("MNAME of the SOA record is localhost"),
     N_("write the first server's name there")},
    {"Z01_MNAME_NOT_RESOLVE", LEVEL_NOTICE, NULL, N_("MNAME of the SOA record has no address"),
     N_("write the name of a server there that has an address")},
    {"Z01_MNAME_NO_RESPONSE", LEVEL_NOTICE, NULL, N_("the server that MNAME names does not answer"),
     N_("write the name of a server there that answers")},
    {"Z01_MNAME_NOT_AUTHORITATIVE", LEVEL_NOTICE, NULL, N_("the server that MNAME names does not serve the zone"),
     N_("load the zone on it, or write another server's name there")},
    {"Z01_MNAME_MISSING_SOA_RECORD", LEVEL_NOTICE, NULL, N_("the server that MNAME names has no SOA record"),
     N_("load the zone on it, or write another server's name there")},
    {"Z01_MNAME_UNEXPECTED_RCODE", LEVEL_NOTICE, NULL, N_("the server that MNAME names answers a failure"),
     N_("load the zone on it, or write another server's name there")},
    {"Z01_MNAME_NOT_MASTER", LEVEL_NOTICE, NULL, N_("the server that MNAME names has an older copy of the zone"),
     N_("write the name of the server there that the others copy from")},
    {"Z01_MNAME_NOT_IN_NS_LIST", LEVEL_INFO, NULL, N_("the server that MNAME names is not in the zone's list"),
     N_("nothing, if it is hidden on purpose")},
};

static bool is_listed(const struct facts *facts)
{
    for (size_t i = 0; facts->servers && i < facts->servers->count; i++)
        if (strcmp(facts->servers->servers[i].name, facts->mname) == 0)
            return true;
    return false;
}

/* The newest serial that a server of the zone has; false when none has one. */
static bool newest(const struct facts *facts, uint32_t *ret)
{
    bool any = false;
    for (size_t i = 0; i < facts->place_count; i++) {
        const struct place *p = &facts->places[i];
        if (p->udp && (!any || soa_newer(p->soa.serial, *ret)))
            *ret = p->soa.serial;
        any |= p->udp;
    }
    return any;
}

static void judge_master(const struct facts *facts, const struct master *master, struct findings *findings)
{
    char label[FACTS_LABEL_SIZE];
    uint32_t serial = 0;
    const char *word = master->word;
    facts_label(facts->mname, &master->addr, label);
    if (strcmp(word, "ok") == 0) {
        if (newest(facts, &serial) && soa_newer(serial, master->serial))
            finding_add(findings, "Z01_MNAME_NOT_MASTER", label,
                        json_pack("{s:I, s:I}", "serial", (json_int_t)master->serial, "newest", (json_int_t)serial));
    } else if (strcmp(word, "not_authoritative") == 0) {
        finding_add(findings, "Z01_MNAME_NOT_AUTHORITATIVE", label, NULL);
    } else if (strcmp(word, "no_soa") == 0) {
        finding_add(findings, "Z01_MNAME_MISSING_SOA_RECORD", label, NULL);
    } else if ((word[0] >= 'A' && word[0] <= 'Z') || strcmp(word, "rcode") == 0) {
        finding_add(findings, "Z01_MNAME_UNEXPECTED_RCODE", label, json_pack("{s:s}", "rcode", word));
    } else if (word[0]) {
        finding_add(findings, "Z01_MNAME_NO_RESPONSE", label, json_pack("{s:s}", "answer", word));
    }
}

static void judge(const struct facts *facts, struct findings *findings)
{
    if (!facts->mname[0])
        return;
    if (strcmp(facts->mname, ".") == 0) {
        finding_add(findings, "Z01_MNAME_IS_DOT", NULL, NULL);
        return;
    }
    if (strcmp(facts->mname, "localhost.") == 0) {
        finding_add(findings, "Z01_MNAME_IS_LOCALHOST", NULL, NULL);
        return;
    }
    if (!is_listed(facts))
        finding_add(findings, "Z01_MNAME_NOT_IN_NS_LIST", facts->mname, NULL);
    if (facts->mname_absent)
        finding_add(findings, "Z01_MNAME_NOT_RESOLVE", facts->mname, NULL);
    for (size_t i = 0; i < facts->master_count; i++)
        judge_master(facts, &facts->masters[i], findings);
}

const struct finding_case finding_mname = {kinds, COUNT(kinds), judge};
