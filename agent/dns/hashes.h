/* The NSEC3 hashes of names (RFC 5155 section 5), each made once an answer. */
#pragma once

#include <stddef.h>

#include <ldns/ldns.h>

#include "agent/dns/work.h"

/* A name has 127 labels; beside it and those above it there is one wildcard. */
#define HASHES_MAX 130

struct hashes {
    struct {
        ldns_rdf *name, *hash;
    } known[HASHES_MAX];
    size_t count;
};

/* The owner that an NSEC3 record of the name would have, by the parameters of
 * this one; borrowed until hashes_clear. NULL when the slice is used up, or
 * when there are more names than an answer can be about. */
const ldns_rdf *hashes_of(struct hashes *h, struct work *work, const ldns_rr *nsec3, const ldns_rdf *zone,
                          const ldns_rdf *name);
void hashes_clear(struct hashes *h);
