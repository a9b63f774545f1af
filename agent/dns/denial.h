/* Proofs that a name or a type does not exist: NSEC (RFC 4034 section 4,
 * RFC 4035 section 5.4, RFC 6840 section 4) and NSEC3 (RFC 5155 section 8).
 * The records given were validated already, and are of one zone. */
#pragma once

#include <stdbool.h>

#include <ldns/ldns.h>

#include "agent/dns/hashes.h"

/* RFC 9276 section 3.2: more iterations cost the validator more than they are
 * worth; unbound's and BIND's limit since 2021. */
#define DENIAL_ITERATIONS_MAX 150

enum denial {
    DENIAL_MISSING,         /* nothing is proven */
    DENIAL_NO_TYPE,         /* the name exists, or is an empty non-terminal, without the type */
    DENIAL_ALIAS,           /* the name is an alias, which has no other type itself */
    DENIAL_DELEGATION,      /* the name is a delegation without DS (asked for type DS) */
    DENIAL_NO_NAME,         /* neither the name nor a wildcard for it exists */
    DENIAL_NO_NAME_OPT_OUT, /* the same, but for unsigned delegations (NSEC3 opt-out) */
    DENIAL_OPT_OUT,         /* no signed name is there, an unsigned delegation may be; nothing of a wildcard */
    DENIAL_ITERATIONS,      /* NSEC3 with more than DENIAL_ITERATIONS_MAX iterations, which nobody reads */
};

struct denial_proofs {
    const ldns_rr_list *records; /* NSEC and NSEC3 */
    const ldns_rdf *zone;
    struct hashes *hashes;
    struct work *work; /* when it comes back paused, the answer is none */
};

/* What the records say about name and type. */
enum denial denial_read(const struct denial_proofs *proofs, const ldns_rdf *name, ldns_rr_type type);

/* What they say of the name itself when a wildcard of `labels` labels (below
 * `*`) is said to have answered for it (RFC 4035 section 5.3.4, RFC 5155
 * section 8.8): DENIAL_NO_NAME when that may be so. */
enum denial denial_of_name(const struct denial_proofs *proofs, const ldns_rdf *name, unsigned labels);
