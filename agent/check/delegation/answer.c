/* Does every server answer for the zone? Zonemaster's BASIC02, CONNECTIVITY01
 * and CONNECTIVITY02. */
#include "agent/check/delegation/finding.h"
#include "common/lang.h"

#include <string.h>

static const struct finding_kind kinds[] = {
    {"B02_NO_WORKING_NS", LEVEL_CRITICAL, NULL, N_("no server answers for the zone"),
     N_("start the name servers, or have the parent name others")},
    {"B02_NS_NO_RESPONSE", LEVEL_WARNING, "lame", N_("does not answer"),
     N_("start the server, open UDP port 53, or take it out of the delegation")},
    {"B02_NS_NOT_AUTH", LEVEL_ERROR, "lame", N_("answers without authority"),
     N_("load the zone on this server, or take it out of the delegation")},
    {"B02_UNEXPECTED_RCODE", LEVEL_ERROR, "lame", N_("answers a failure when asked for the zone"),
     N_("load the zone on this server, or take it out of the delegation")},
    {"B02_NS_BROKEN", LEVEL_ERROR, "lame", N_("answers without the zone's SOA record"),
     N_("load the whole zone on this server")},
    {"CN02_NO_RESPONSE_TCP", LEVEL_WARNING, "no_tcp", N_("does not answer over TCP"),
     N_("open TCP port 53, on the server and in its firewall (RFC 7766)")},
    {"CN02_SOA_RECORD_NOT_AA_TCP", LEVEL_WARNING, "no_tcp", N_("answers without authority over TCP"),
     N_("have the same program serve UDP and TCP")},
    {"CN02_UNEXPECTED_RCODE_SOA_QUERY_TCP", LEVEL_WARNING, "no_tcp", N_("answers a failure over TCP"),
     N_("have the same program serve UDP and TCP")},
    {"CN02_MISSING_SOA_RECORD_TCP", LEVEL_WARNING, "no_tcp", N_("answers without the SOA record over TCP"),
     N_("have the same program serve UDP and TCP")},
};

/* The tag of a word that place.words has: no answer, an rcode, or what it lacks. */
static const char *tag_of(const char *word, bool tcp)
{
    if (strcmp(word, "not_authoritative") == 0)
        return tcp ? "CN02_SOA_RECORD_NOT_AA_TCP" : "B02_NS_NOT_AUTH";
    if (strcmp(word, "no_soa") == 0)
        return tcp ? "CN02_MISSING_SOA_RECORD_TCP" : "B02_NS_BROKEN";
    if ((word[0] >= 'A' && word[0] <= 'Z') || strcmp(word, "rcode") == 0)
        return tcp ? "CN02_UNEXPECTED_RCODE_SOA_QUERY_TCP" : "B02_UNEXPECTED_RCODE";
    return tcp ? "CN02_NO_RESPONSE_TCP" : "B02_NS_NO_RESPONSE";
}

static void judge(const struct facts *facts, struct findings *findings)
{
    size_t working = 0, tested = 0;
    for (size_t i = 0; i < facts->place_count; i++) {
        const struct place *p = &facts->places[i];
        if (p->unsent)
            continue;
        tested++;
        working += p->udp;
        const char *word = p->words[p->udp ? ASKED_TCP : ASKED_UDP];
        if ((p->udp && p->tcp) || !word[0])
            continue;
        finding_at(findings, tag_of(word, p->udp), p, json_pack("{s:s}", "answer", word));
    }
    if (tested > 0 && working == 0)
        finding_add(findings, "B02_NO_WORKING_NS", NULL, NULL);
}

const struct finding_case finding_answer = {kinds, COUNT(kinds), judge};
