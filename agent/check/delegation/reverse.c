/* Do the addresses' names (PTR) lead back to the servers? Zonemaster's
 * ADDRESS02 and ADDRESS03. */
#include "agent/check/delegation/finding.h"
#include "common/lang.h"

#include <string.h>

static const struct finding_kind kinds[] = {
    {"NAMESERVER_IP_WITHOUT_REVERSE", LEVEL_WARNING, NULL, N_("the server's address has no name (PTR)"),
     N_("have the address's holder add a PTR record")},
    {"NAMESERVER_IP_PTR_MISMATCH", LEVEL_NOTICE, NULL, N_("the address's name (PTR) is not the server's"),
     N_("have the PTR record name the server as the NS record does")},
    {"NO_RESPONSE_PTR_QUERY", LEVEL_WARNING, NULL, N_("nobody answers for the name of the server's address (PTR)"),
     N_("have the address's holder repair the reverse zone")},
};

static void judge(const struct facts *facts, struct findings *findings)
{
    for (size_t i = 0; i < facts->place_count; i++) {
        const struct place *p = &facts->places[i];
        const char *word = p->words[ASKED_PTR];
        if (strcmp(word, "none") == 0)
            finding_at(findings, "NAMESERVER_IP_WITHOUT_REVERSE", p, NULL);
        else if (strcmp(word, "ok") == 0 && strcmp(p->ptr, p->name) != 0)
            finding_at(findings, "NAMESERVER_IP_PTR_MISMATCH", p, json_pack("{s:s}", "ptr", p->ptr));
        else if (strcmp(word, "ok") != 0 && word[0])
            finding_at(findings, "NO_RESPONSE_PTR_QUERY", p, json_pack("{s:s}", "answer", word));
    }
}

const struct finding_case finding_reverse = {kinds, COUNT(kinds), judge};
