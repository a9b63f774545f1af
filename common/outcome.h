/* What became of a measurement. An outcome is data; only `error` is our fault. */
#pragma once

#include <stddef.h>

enum outcome {
    OUTCOME_OK,
    OUTCOME_PARTIAL,        /* some of it answered */
    OUTCOME_TIMEOUT,        /* nothing answered in time */
    OUTCOME_REFUSED,        /* connection or query refused by the peer */
    OUTCOME_UNREACHABLE,    /* no route, or an ICMP unreachable */
    OUTCOME_RESET,          /* connection cut by the peer */
    OUTCOME_DNS_ERROR,      /* the name did not resolve, or the server answered a failure */
    OUTCOME_TLS_ERROR,      /* handshake or certificate */
    OUTCOME_PROTOCOL_ERROR, /* the peer broke its protocol */
    OUTCOME_BLOCKED,        /* the answer shows interference */
    OUTCOME_DENIED,         /* this host or its policy does not allow the measurement */
    OUTCOME_SKIPPED,        /* not run, with detail.reason */
    OUTCOME_ERROR,          /* the agent's own fault, with detail.reason */
    OUTCOME_COUNT,
};

const char *outcome_word(enum outcome outcome);                     /* in data */
const char *outcome_text(enum outcome outcome);                     /* to people, in their language */
int outcome_parse(const char *word, size_t len, enum outcome *ret); /* -EINVAL when unknown */
