/* An authoritative server that answers anybody's questions can be made to flood
 * a victim, and to believe forged answers (BCP 140). Zonemaster's NAMESERVER01. */
#include "agent/check/delegation/finding.h"
#include "common/lang.h"

static const struct finding_kind kinds[] = {
    {"IS_A_RECURSOR", LEVEL_ERROR, NULL, N_("answers anybody's questions, as a resolver does"),
     N_("turn recursion off on authoritative servers")},
};

static void judge(const struct facts *facts, struct findings *findings)
{
    for (size_t i = 0; i < facts->place_count; i++)
        if (facts->places[i].recursor)
            finding_at(findings, "IS_A_RECURSOR", &facts->places[i], NULL);
}

const struct finding_case finding_recursion = {kinds, COUNT(kinds), judge};
