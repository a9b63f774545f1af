/* The walk of agent/dns/trust.h, seen from inside. */
#pragma once

#include <ldns/ldns.h>

#include "agent/dns/hashes.h"
#include "agent/dns/signatures.h"
#include "agent/dns/trust.h"

enum step {
    STEP_SCOUT,  /* asks for the name wanted */
    STEP_KEYS,   /* asks for the keys of the zone */
    STEP_DS,     /* asks for DS records of the next name below the cursor */
    STEP_TARGET, /* asks nothing: judges what was scouted */
    STEP_OVER,
};

#define LINK_MAX (RECORD_NAME_MAX + 16)

struct trust {
    enum step step;
    enum trust_verdict verdict;
    const char *reason;
    char link[LINK_MAX];
    /* Where the first unsigned part of a chain of aliases is: all that follows
     * is judged as well, since it may be worse. "" as long as there is none. */
    char unsigned_link[LINK_MAX];
    const char *unsigned_reason;
    struct signatures signatures;
    struct hashes hashes; /* of the answer that is judged */
    ldns_pkt *answer;     /* to the present question, until it is judged; or NULL */
    ldns_rdf *wanted;     /* the name at the end */
    ldns_rr_type type;
    ldns_pkt *scouted;      /* the answer for it */
    ldns_rdf *signer;       /* who claims to have signed that; NULL: nobody */
    ldns_rr_list *anchors;  /* DS and DNSKEY records, of one owner */
    ldns_rdf *zone;         /* the zone we are in */
    ldns_rdf *cursor;       /* the deepest name known to be in it */
    ldns_rr_list *entrance; /* what names its keys: DS, or the anchors */
    ldns_rr_list *keys;     /* its validated keys; NULL before STEP_KEYS is over */
    ldns_rdf *asked;        /* the name of the present question */
    ldns_rr_type asked_type;
    char *asked_name, *asked_word;
    unsigned zones, questions, aliases;
    json_t *chain;
};

static inline bool walk_paused(const struct trust *t)
{
    return t->signatures.work.paused;
}

/* Ends the walk, unless it is paused; the text at the link is "TYPE name", "" when name is NULL. */
void walk_end(struct trust *t, enum trust_verdict verdict, ldns_rr_type type, const ldns_rdf *name, const char *reason);

void walk_bogus(struct trust *t, ldns_rr_type type, const ldns_rdf *name, const char *reason);
void walk_secure(struct trust *t);
/* From here on nothing is signed. An unsigned alias can lead to what is signed,
 * and signed wrongly: the walk goes on with its target. */
void walk_insecure(struct trust *t, ldns_rr_type type, const ldns_rdf *name, const char *reason);

/* To a name from the beginning: the first one, or an alias's target. Both take
 * the name. */
void walk_to_name(struct trust *t, ldns_rdf *name);
void walk_to_alias(struct trust *t, ldns_rdf *target);

/* Judges an answer, or, in STEP_TARGET, what was scouted. When the slice of work
 * is used up, nothing has changed, and it is called again with the same. */
void walk_judge(struct trust *t, const ldns_pkt *pkt);
