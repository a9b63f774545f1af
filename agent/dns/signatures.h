/* The signatures over sets of records (RFC 4035 section 5.3), tried one after
 * the other within one bound for a whole chain of trust. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>
#include <ldns/ldns.h>

struct signatures {
    int64_t now_s;      /* what they are valid against, seconds since the Unix epoch */
    int64_t lifetime_s; /* the shortest remaining time of those that held; -1 when there were none */
    unsigned tried;
    bool algorithms[256]; /* of those that held */
};

/* Does one of the signatures in the section hold for the set, made for the zone
 * by one of the keys? NULL when it does, with the signature in ret_sig (borrowed
 * from the section); otherwise the word for why not. */
const char *signatures_verify(struct signatures *s, const ldns_rdf *zone, const ldns_rr_list *set,
                              const ldns_rr_list *section, const ldns_rr_list *keys, const ldns_rr **ret_sig);

int64_t signatures_left_s(const struct signatures *s, const ldns_rr *sig); /* until it expires */

/* The names of the algorithms of those that held; the caller's reference. */
json_t *signatures_algorithms(const struct signatures *s);
