/* The octets that a signature is made over (RFC 4034 section 3.1.8.1): the
 * signature's own fields, then the records of the set in canonical form and
 * order. ldns has this, too, but sorts by comparing owners, which are all the
 * same: with long names, a single signature over a large set took it 200 ms. */
#pragma once

#include <ldns/ldns.h>

/* Compressed, more would fit into a message; nobody signs it, and neither unbound
 * nor ldns verifies it. */
#define CANONICAL_MAX 65535

/* Appends them; LDNS_STATUS_OK or what ldns could not write. */
ldns_status canonical_write(const ldns_rr_list *set, const ldns_rr *sig, ldns_buffer *ret);
