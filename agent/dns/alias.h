/* Aliases in a section of a message: CNAME, and DNAME (RFC 6672). */
#pragma once

#include <stdbool.h>

#include <ldns/ldns.h>

/* The DNAME set above the name, copied; NULL when there is none. */
ldns_rr_list *alias_dname_above(const ldns_rr_list *section, const ldns_rdf *name);

/* RFC 6672 section 2.2: the owner at the end of the name gives way to the
 * target. The caller's; NULL when it becomes too long. */
ldns_rdf *alias_dname_target(const ldns_rdf *name, const ldns_rr *dname);

/* Where the section says that the name leads, believed or not; the caller's.
 * NULL when it is no alias. */
ldns_rdf *alias_target(const ldns_rr_list *section, const ldns_rdf *name);

/* Is there a signature over a set of this name and type? A CNAME without one
 * may have been made from a DNAME. */
bool alias_signed(const ldns_rr_list *section, const ldns_rdf *name, ldns_rr_type type);
