/* A server that fails on what it does not have, instead of saying so, delays
 * everybody who asks for IPv6 (RFC 4074). Zonemaster's NAMESERVER05. */
#include "agent/check/delegation/finding.h"
#include "common/lang.h"

#include <string.h>

static const struct finding_kind kinds[] = {
    {"AAAA_QUERY_DROPPED", LEVEL_ERROR, NULL, N_("does not answer when asked for an IPv6 address"),
     N_("let the server answer every type, with an empty answer where there is none")},
    {"AAAA_UNEXPECTED_RCODE", LEVEL_ERROR, NULL, N_("answers a failure when asked for an IPv6 address"),
     N_("let the server answer every type, with an empty answer where there is none")},
};

static void judge(const struct facts *facts, struct findings *findings)
{
    for (size_t i = 0; i < facts->place_count; i++) {
        const struct place *p = &facts->places[i];
        const char *word = p->words[ASKED_AAAA];
        if (!p->udp || strcmp(word, "ok") == 0 || !word[0])
            continue;
        bool rcode = (word[0] >= 'A' && word[0] <= 'Z') || strcmp(word, "rcode") == 0;
        if (rcode)
            finding_at(findings, "AAAA_UNEXPECTED_RCODE", p, json_pack("{s:s}", "rcode", word));
        else if (strcmp(word, "timeout") == 0)
            finding_at(findings, "AAAA_QUERY_DROPPED", p, NULL);
    }
}

const struct finding_case finding_aaaa = {kinds, COUNT(kinds), judge};
