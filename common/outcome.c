#include "common/outcome.h"

#include <errno.h>
#include <string.h>

#include "common/lang.h"

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

const char *outcome_text(enum outcome outcome)
{
    static const char *const texts[OUTCOME_COUNT] = {
        [OUTCOME_OK] = N_("ok"),
        [OUTCOME_PARTIAL] = N_("partial"),
        [OUTCOME_TIMEOUT] = N_("timeout"),
        [OUTCOME_REFUSED] = N_("refused"),
        [OUTCOME_UNREACHABLE] = N_("unreachable"),
        [OUTCOME_RESET] = N_("reset"),
        [OUTCOME_DNS_ERROR] = N_("DNS error"),
        [OUTCOME_TLS_ERROR] = N_("TLS error"),
        [OUTCOME_PROTOCOL_ERROR] = N_("protocol error"),
        [OUTCOME_BLOCKED] = N_("blocked"),
        [OUTCOME_DENIED] = N_("denied"),
        [OUTCOME_SKIPPED] = N_("skipped"),
        [OUTCOME_ERROR] = N_("error"),
    };
    return _(texts[(unsigned)outcome < OUTCOME_COUNT ? outcome : OUTCOME_ERROR]);
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
