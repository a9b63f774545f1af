/* What a person asks a probe that is about its identity, its key or its spool.
 * The work is the same whether the running agent does it, asked through its
 * control socket (control.h), or the command itself because none runs
 * (errand_alone.h): whoever has the state directory's lock. Questions and words
 * for people stay with the commands; requests and answers are JSON:
 *
 *   {"errand":"enroll","url":…,"token":…,"pin":…,"department":…,…}
 *                                   → {"probe":…,"collector":…,"link":…}
 *   {"errand":"leave","forget":B}   → {}
 *   {"errand":"push","rejected":B}  → {"acked":N,"rejected":N,"waiting":N,"trouble":…}
 *   {"errand":"rotate-key"}         → {"waited":B,"announced":B}
 *
 * each with "lang", in which a failure is described: {"code":-N,"text":…}. */
#pragma once

#include <stdbool.h>

#include <jansson.h>

#include "agent/uplink/call.h"
#include "agent/uplink/enroll.h"
#include "agent/probe/network.h"
#include "agent/uplink/push.h"
#include "agent/spool/spool.h"
#include "common/alloc.h"
#include "common/lang.h"

/* What an errand works on; all borrowed. In a folder that is not enrolled
 * identity has no collector, and spool and push are NULL; they may also be for
 * a farewell whose spool cannot be opened. */
struct errand_host {
    const struct uplink *uplink;
    struct spool *spool;
    struct push *push;
    struct network *network;
};

enum errand_end {
    ERRAND_DONE,     /* or failed: the answer says so */
    ERRAND_ENROLLED, /* identity has changed, and is kept */
    ERRAND_LEFT,     /* the collector has confirmed; the box's side (departure.h) is the caller's, who closes the
                      * spool first */
};

/* Takes the answer over. The errand is gone by then. */
typedef void (*errand_done_fn)(void *user, enum errand_end end, json_t *answer);

struct errand;

/* request is borrowed until done. The host has to forward what its push tells
 * (errand_news). */
struct errand *errand_new(const struct errand_host *host, const json_t *request, errand_done_fn done,
                          void *user) CHECKED;
void errand_begin(struct errand *e); /* done may be called in here, or later from the loop */
void errand_news(struct errand *e);  /* accepts NULL */
/* Sending, and nothing else, may be ended at any time: what is left waits. */
bool errand_sends(const struct errand *e);
void errand_hurry(struct errand *e);
void errand_cancel(struct errand *e); /* done is not called; accepts NULL */

/* "name" of the request as the commands write it, in the user's language. */
json_t *errand_request(const char *name) CHECKED;
const char *errand_name(const json_t *request); /* ours, for the log: what was asked may be anything */
enum lang errand_lang(const json_t *request);
json_t *errand_failed(int code, const char *text) CHECKED; /* the answer that says so */
/* 0, or what a failed answer says. */
int errand_judge(const json_t *answer, struct fault *f) CHECKED;

/* What an enrolment's request holds besides its name. */
void errand_enrolment(json_t *request, const char *url, const char *pin, const struct enrolment *e);
