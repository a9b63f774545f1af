/* The records that lead into a signed zone: its parent's DS, or the DS and
 * DNSKEY records of a trust anchor, and the keys that they name. */
#pragma once

#include <stdbool.h>

#include <ldns/ldns.h>

#include "common/alloc.h"

#define ENTRANCE_KEYS_MAX    32 /* keys of one zone that are looked at; the largest sets in use have ten */
#define ENTRANCE_MAX         16 /* DS records of a name, anchors */
#define ENTRANCE_DIGESTS_MAX 16 /* keys of a DS record's tag that are tried */

/* DS and DNSKEY records of one owner, one a line, `;` begins a comment. -EINVAL
 * when something else stands there, or nothing. */
int entrance_read(const char *text, ldns_rr_list **ret) CHECKED;

/* Can any of these records be followed here, by algorithm and digest? When not,
 * the zone counts as unsigned (RFC 4035 section 5.2). */
bool entrance_usable(const ldns_rr_list *entrance);

/* The zone keys of a DNSKEY set, in a list that borrows them; with an entrance,
 * only those that it names. DS records of SHA-1 name none where a usable one of
 * a better digest stands beside them. */
ldns_rr_list *entrance_keys(const ldns_rr_list *entrance, const ldns_rr_list *set);
