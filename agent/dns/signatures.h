/* The signatures over sets of records (RFC 4035 section 5.3), tried one after
 * the other within bounds for a set and for a whole chain of trust, and within
 * slices of work. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>
#include <ldns/ldns.h>

#include "agent/dns/work.h"

/* Keys of one tag and algorithm: with two, one of a rollover met another by
 * chance. unbound tries four of them, too. */
#define SIGNATURES_KEYS_A_TAG 4
/* Of one set: two algorithms, twice during a rollover; unbound's limit. */
#define SIGNATURES_A_SET 8
/* Tries of a key that fail, in a whole chain; none does where nothing is wrong.
 * BIND ends at 16 as well. */
#define SIGNATURES_FAILURES_MAX 16
/* All tries: eight aliases of four zones each with eight sets. */
#define SIGNATURES_MAX 256
/* RFC 3110 section 2 and RFC 5702 section 2 end at 4096 bits. The largest
 * exponent in use is 2^32+1; the time that a signature takes grows with it. */
#define SIGNATURES_RSA_BITS_MAX      4096
#define SIGNATURES_EXPONENT_BITS_MAX 35

struct signatures {
    int64_t now_s;      /* what they are valid against, seconds since the Unix epoch */
    int64_t lifetime_s; /* the shortest remaining time of those that held; -1 when there were none */
    unsigned tried, failed;
    bool algorithms[256]; /* of those that held */
    struct work work;
    /* What the tries gave, in their order: an answer that is judged anew after
     * a pause finds its own here. */
    bool held[SIGNATURES_MAX];
    unsigned answer, at; /* the first of this answer, the next one to be told */
};

/* A new answer; or the same one from its beginning, in a new slice of work. */
void signatures_begin(struct signatures *s);
void signatures_again(struct signatures *s);

/* Does one of the signatures in the section hold for the set, made for the zone
 * by one of the keys? NULL when it does, with the signature in ret_sig (borrowed
 * from the section); otherwise the word for why not. The word means nothing once
 * work.paused is set. */
const char *signatures_verify(struct signatures *s, const ldns_rdf *zone, const ldns_rr_list *set,
                              const ldns_rr_list *section, const ldns_rr_list *keys, const ldns_rr **ret_sig);

/* Is the set that this signature is of made from a wildcard? (RFC 4035 section
 * 5.3.4) The asterisk itself asked for is none. */
bool signatures_wildcard(const ldns_rr_list *set, const ldns_rr *sig);

int64_t signatures_left_s(const struct signatures *s, const ldns_rr *sig); /* until it expires */

/* The names of the algorithms of those that held; the caller's reference. */
json_t *signatures_algorithms(const struct signatures *s);
