/* The intake: where sealed batches come in. What receive.c's handler is given
 * (http_context), and what it counts for /metrics. */
#pragma once

#include <stdatomic.h>

#include "collector/ledger/dictionary.h"
#include "collector/http/http.h"
#include "collector/probe/identity.h"
#include "collector/probe/roster.h"
#include "collector/ledger/store.h"
#include "collector/http/strike.h"
#include "collector/ledger/verify.h"

struct intake {
    const struct identity *identity; /* signs what is said to be stored */
    struct roster *roster;
    struct strikes *strikes;
    struct dictionary *targets, *tasks;
    struct store *store;
    struct {                         /* since the start */
        atomic_ullong stored, known; /* batches */
        atomic_ullong results, problems;
        atomic_ullong bytes; /* of batches as sent */
        atomic_ullong refused[VERDICT_COUNT];
    } counters;
};

extern const struct http_route receive_routes[];
