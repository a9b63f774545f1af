/* Does a server hand the whole zone to anybody? Some publish it on purpose.
 * Zonemaster's NAMESERVER03. */
#include "agent/check/delegation/finding.h"
#include "common/lang.h"

static const struct finding_kind kinds[] = {
    {"AXFR_AVAILABLE", LEVEL_NOTICE, NULL, N_("hands the whole zone to anybody (AXFR)"),
     N_("allow transfers to the zone's other servers alone, by address or by key (TSIG)")},
};

static void judge(const struct facts *facts, struct findings *findings)
{
    for (size_t i = 0; i < facts->place_count; i++)
        if (facts->places[i].transfers)
            finding_at(findings, "AXFR_AVAILABLE", &facts->places[i], NULL);
}

const struct finding_case finding_transfer = {kinds, COUNT(kinds), judge};
