/* Each authoritative server of a zone, judged alone: the chain of trust as a
 * resolver would see it that asked this server and no other. What is above the
 * zone, or behind an alias that leaves it, comes from the resolver. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "agent/dns/answers.h"
#include "agent/dns/inquiry.h"

struct policy;

struct panel_wish { /* borrowed until done */
    const struct policy *policy;
    struct sockaddr_storage resolver;
    const char *anchor, *name, *type; /* trust_new's */
    int64_t now_s;                    /* seconds since the Unix epoch */
    struct answers *known;            /* what the resolver has answered; more is added */
    int timeout_ms, retries;          /* struct exchange_question's */
};

struct panel;

/* Called once from the loop. */
typedef void (*panel_done_fn)(void *user);

struct panel *panel_new(const struct env *env, const struct panel_wish *wish, panel_done_fn done, void *user) CHECKED;
/* From within done, too; memory stays until the loop has closed the timer. Accepts NULL. */
void panel_free(struct panel *p);

struct panel_report {
    unsigned tested;    /* addresses that were asked: those without a route from here are not */
    unsigned bogus;     /* of them, those whose answers a validating resolver refuses */
    bool signed_;       /* any of them sent a signature: */
    int64_t lifetime_s; /* the shortest time that one of these is valid still; below 0 when it is over */
    const char *first;  /* a bogus one's name, the panel's; NULL: there is none */
    const char *reason; /* and why, one word */
};
void panel_result(const struct panel *p, struct panel_report *ret);

/* [{"name","addr","verdict","link","why","lifetime_s"}], with "skipped" instead
 * of all that follows addr where there is no route; the caller's. */
json_t *panel_json(const struct panel *p);

int64_t panel_wire_bytes(const struct panel *p); /* accepts NULL */
size_t panel_count(const struct panel *p);       /* questions asked, without those for servers' addresses */
