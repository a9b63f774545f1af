/* Figures and results for programs: what the handler of query.c is given
 * (http_context). */
#pragma once

#include "collector/api/share.h"
#include "collector/db/pg.h"
#include "collector/http/http.h"

struct api {
    struct pg_pool *ingest;  /* role internetmetre_ingest: whose secret is this? */
    struct pg_pool *analyst; /* role internetmetre_analyst: results, for holders of a key */
    struct pg_pool *owner;   /* the same role, for who hosts a probe */
    struct pg_pool *answers; /* role internetmetre_reader: aggregates, for everybody; pages have another one */
    struct share *share;     /* of aggregates: single results are made while they are sent */
};

extern const struct http_route query_routes[]; /* endpoint.c */

/* The handler of them all: the route's data is its struct endpoint. */
int query_answer(struct http_request *request, struct http_reply *reply) CHECKED;
