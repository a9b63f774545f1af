/* The NSEC and NSEC3 records of an answer that hold in the zone a walk is in. */
#pragma once

#include "agent/dns/denial.h"
#include "agent/dns/walk.h"

struct proofs {
    ldns_rr_list *records;
    const char *why; /* of the first that does not hold; NULL when all do */
    ldns_rdf *owner; /* of that one */
};

/* Each set is verified once. Nothing is known while the walk is paused. */
struct proofs proofs_read(struct trust *t, const ldns_pkt *pkt);
void proofs_free(struct proofs *p);

/* What they say: denial_read and denial_of_name, DENIAL_MISSING while paused. */
enum denial proofs_deny(struct trust *t, const struct proofs *p, const ldns_rdf *name, ldns_rr_type type);
enum denial proofs_deny_name(struct trust *t, const struct proofs *p, const ldns_rdf *name, unsigned labels);

/* What must be denied is not: bogus, because of a record that does not hold when
 * there is one. */
void proofs_lack(struct trust *t, const struct proofs *p, ldns_rr_type type, const ldns_rdf *name);
