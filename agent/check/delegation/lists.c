/* Do the parent, and all servers of the zone, list the same servers?
 * Zonemaster's BASIC01, DELEGATION07 and CONSISTENCY04. */
#include "agent/check/delegation/finding.h"
#include "common/lang.h"

#include <string.h>

static const struct finding_kind kinds[] = {
    {"B02_NO_DELEGATION", LEVEL_CRITICAL, "no_referral", N_("no server of the parent knows the delegation"),
     N_("have the parent zone's operator add the zone's NS records")},
    {"TOTAL_NAME_MISMATCH", LEVEL_ERROR, "ns_mismatch", N_("the parent and the zone have no server in common"),
     N_("have the parent list the servers that the zone lists")},
    {"EXTRA_NAME_PARENT", LEVEL_ERROR, "ns_mismatch", N_("the parent lists a server that the zone does not"),
     N_("add its NS record to the zone, or have the parent drop it")},
    {"EXTRA_NAME_CHILD", LEVEL_NOTICE, "ns_mismatch", N_("the zone lists a server that the parent does not"),
     N_("have the parent add it, or drop its NS record")},
    {"MULTIPLE_NS_SET", LEVEL_NOTICE, "child_mismatch", N_("the servers do not list the same servers"),
     N_("see that every server has the zone's newest copy")},
};

static bool lists(const struct roster *roster, const char *name)
{
    for (size_t i = 0; i < roster->count; i++)
        if (strcmp(roster->names[i], name) == 0)
            return true;
    return false;
}

static size_t missing(const struct roster *of, const struct roster *in, const char *tag, const struct place *place,
                      struct findings *findings)
{
    size_t count = 0;
    for (size_t i = 0; i < of->count; i++) {
        if (lists(in, of->names[i]))
            continue;
        finding_at(findings, tag, place, json_pack("{s:s}", "ns", of->names[i]));
        count++;
    }
    return count;
}

static void judge(const struct facts *facts, struct findings *findings)
{
    const struct roster *first = NULL, *parent = &facts->referral;
    bool differ = false;
    if (facts->no_referral)
        finding_add(findings, "B02_NO_DELEGATION", NULL, json_pack("{s:s}", "parent", facts->parent));
    for (size_t i = 0; i < facts->place_count; i++) {
        const struct place *p = &facts->places[i];
        if (!p->list)
            continue;
        differ |= first && !roster_same(first, p->list);
        first = p->list;
        if (parent->count == 0)
            continue;
        size_t extra = missing(parent, p->list, "EXTRA_NAME_PARENT", p, findings);
        missing(p->list, parent, "EXTRA_NAME_CHILD", p, findings);
        if (extra == parent->count)
            finding_at(findings, "TOTAL_NAME_MISMATCH", p, NULL);
    }
    for (size_t i = 0; differ && i < facts->place_count; i++)
        if (facts->places[i].list)
            finding_at(findings, "MULTIPLE_NS_SET", &facts->places[i],
                       json_pack("{s:o}", "ns", roster_json(facts->places[i].list)));
}

const struct finding_case finding_lists = {kinds, COUNT(kinds), judge};
