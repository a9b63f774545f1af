/* What came between this probe and its collector: kept as data, so that whoever
 * reads of it does so in their own language – the log, a person at a command,
 * another who asks for the status a day later. Here it is decided, too, what
 * time alone will not mend. */
#pragma once

#include <stdbool.h>

#include <jansson.h>

#include "agent/io/web.h"
#include "common/fault.h"
#include "common/lang.h"

enum trouble_kind {
    TROUBLE_NONE,
    TROUBLE_AWAY,    /* no whole HTTP answer: outcome and cause say why */
    TROUBLE_OTHER,   /* an answer, but not as a collector gives it */
    TROUBLE_FORGED,  /* one that reads like the collector's, and is not signed by it */
    TROUBLE_REFUSED, /* the collector's no (problem.h) */
    TROUBLE_HERE,    /* this box's own */
    TROUBLE_KINDS,
};

struct trouble {
    enum trouble_kind kind;
    enum outcome outcome;             /* of AWAY */
    char cause[WEB_CAUSE_SIZE];       /* of AWAY; "" when the outcome says all */
    int status;                       /* HTTP; 0 when none came */
    enum lang lang;                   /* of the two texts */
    char title[128];                  /* of REFUSED */
    char detail[FAULT_TEXT_MAX - 64]; /* what else is known; may be "" */
};

/* From an answer that was not what it should be. */
void trouble_of(const struct web_reply *reply, struct trouble *ret);
/* From a failure: of the kind FORGED, with the answer's status, or HERE. */
void trouble_from(enum trouble_kind kind, long status, const struct fault *f, struct trouble *ret);

/* Will it stay until somebody does something? */
bool trouble_lasts(const struct trouble *t);
/* One sentence or two in the language of the thread: what it is, and what to do.
 * `again`: whether to say that it may be tried again. */
const char *trouble_text(const struct trouble *t, bool again, char ret_text[static FAULT_TEXT_MAX]);

/* For status.json; null when there is none. */
json_t *trouble_json(const struct trouble *t);
/* What cannot be read is none. */
void trouble_read(const json_t *object, struct trouble *ret);
