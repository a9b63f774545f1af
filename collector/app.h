/* What `serve` gives to every HTTP handler (http_context). */
#pragma once

#include <stdatomic.h>
#include <stdint.h>

#include "collector/command.h"
#include "collector/dictionary.h"
#include "collector/http.h"
#include "collector/pg.h"
#include "collector/store.h"
#include "collector/strike.h"
#include "collector/user.h"
#include "collector/verify.h"
#include "collector/identity.h"

/* Shown by /metrics; since the start of the process. */
struct counters {
    atomic_ullong stored, known; /* batches */
    atomic_ullong results, problems;
    atomic_ullong bytes; /* of batches as sent */
    atomic_ullong refused[VERDICT_COUNT];
    atomic_ullong enrolled;
    atomic_ullong restarts; /* of the embedded PostgreSQL */
};

struct app {
    const struct context *context;
    const struct user *user;
    char *archive;            /* folder of what retention took out of the database */
    struct identity identity; /* the collector's own keys */
    struct pg_pool *ingest;   /* role internetmetre_ingest: enrolment, receiving, keys */
    struct pg_pool *analyst;  /* role internetmetre_analyst: results, for holders of a key */
    struct pg_pool *reader;   /* role internetmetre_reader: aggregates, for everybody */
    struct roster *roster;
    struct strikes *strikes;
    struct dictionary *targets, *tasks;
    struct store *store;
    struct buf schedule; /* signed statement, the same for every probe */
    struct counters counters;
};

/* Route tables, joined in serve.c. */
extern const struct http_route announce_routes[];
extern const struct http_route enroll_routes[];
extern const struct http_route health_routes[];
extern const struct http_route leave_routes[];
extern const struct http_route page_routes[];
extern const struct http_route query_routes[];
extern const struct http_route receive_routes[];
