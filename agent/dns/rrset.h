/* Records picked out of a section of a message, as ldns holds them. */
#pragma once

#include <stdbool.h>

#include <ldns/ldns.h>

bool rrset_same_name(const ldns_rdf *a, const ldns_rdf *b);

/* Has it every field that its type needs? An empty RDATA is legal on the wire.
 * NSEC3 by an unknown hash or with unknown flags, which count as if they were
 * not there (RFC 5155 section 8.1 and 8.2), are not whole either. */
bool rrset_whole(const ldns_rr *rr);

/* The whole records of one type at one name (NULL: at any), copied; NULL when
 * there are none. */
ldns_rr_list *rrset_pick(const ldns_rr_list *section, const ldns_rdf *name, ldns_rr_type type);

static inline void rrset_freep(ldns_rr_list **list)
{
    ldns_rr_list_deep_free(*list);
}

/* A field of one or two octets of a whole record: key tag, algorithm… */
unsigned rrset_number(const ldns_rr *rr, size_t field);
