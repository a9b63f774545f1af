#include "common/outcome.h"

#include <errno.h>
#include <string.h>

static const char *const words[OUTCOME_COUNT] = {
    [OUTCOME_OK] = "ok",
    [OUTCOME_PARTIAL] = "partial",
    [OUTCOME_TIMEOUT] = "timeout",
    [OUTCOME_REFUSED] = "refused",
    [OUTCOME_UNREACHABLE] = "unreachable",
    [OUTCOME_RESET] = "reset",
    [OUTCOME_DNS_ERROR] = "dns_error",
    [OUTCOME_TLS_ERROR] = "tls_error",
    [OUTCOME_PROTOCOL_ERROR] = "protocol_error",
    [OUTCOME_BLOCKED] = "blocked",
    [OUTCOME_DENIED] = "denied",
    [OUTCOME_SKIPPED] = "skipped",
    [OUTCOME_ERROR] = "error",
};

const char *outcome_word(enum outcome outcome)
{
    return (unsigned)outcome < OUTCOME_COUNT ? words[outcome] : "error";
}

int outcome_parse(const char *word, size_t len, enum outcome *ret)
{
    for (int i = 0; i < OUTCOME_COUNT; i++) {
        if (strlen(words[i]) == len && memcmp(words[i], word, len) == 0) {
            *ret = (enum outcome)i;
            return 0;
        }
    }
    return -EINVAL;
}
