/* Proofs that a name or a type does not exist: NSEC (RFC 4034 section 4,
 * RFC 4035 section 5.4, RFC 6840 section 4) and NSEC3 (RFC 5155 section 8).
 * The records given were validated already, and are of one zone. */
#pragma once

#include <stdbool.h>

#include <ldns/ldns.h>

/* RFC 9276 section 3.2: more iterations cost the validator more than they are
 * worth; unbound's and BIND's limit since 2021. */
#define DENIAL_ITERATIONS_MAX 150

enum denial {
    DENIAL_NONE,       /* nothing is proven */
    DENIAL_NO_TYPE,    /* the name exists, or is an empty non-terminal, without the type */
    DENIAL_DELEGATION, /* the name is a delegation without DS (asked for type DS) */
    DENIAL_OPT_OUT,    /* an unsigned delegation may be there (NSEC3 opt-out) */
    DENIAL_NO_NAME,    /* neither the name nor a wildcard for it exists */
    DENIAL_TOO_COSTLY, /* NSEC3 with more than DENIAL_ITERATIONS_MAX iterations */
};

/* What the NSEC and NSEC3 records in `proofs` say about name and type. */
enum denial denial_read(const ldns_rr_list *proofs, const ldns_rdf *zone, const ldns_rdf *name, ldns_rr_type type);

/* Is it proven that name itself does not exist, so that a wildcard of `labels`
 * labels (below `*`) may have answered for it? (RFC 4035 section 5.3.4) */
bool denial_of_name(const ldns_rr_list *proofs, const ldns_rdf *zone, const ldns_rdf *name, unsigned labels);
