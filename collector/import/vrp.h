/* Validated ROA payloads, as relying parties print them in JSON: rpki-client,
 * StayRTR, and Routinator in its forms "json" and "jsonext".
 *
 *     {"roas": [{"asn": "AS28683" or 28683, "prefix": "41.85.160.0/19",
 * "maxLength": 24, "ta": "afrinic"}, …]}
 *
 * What else such a file has (metadata, aspas, router keys, sources and expiry
 * of a payload) is passed over. Without a maxLength it is the prefix's own (RFC
 * 6482, section 3.3). One file is all there is: an import replaces the earlier.
 */
#pragma once

#include <stddef.h>

#include "collector/db/copy.h"
#include "collector/db/pg.h"
#include "common/fault.h"

struct vrp_list {
    struct copy_rows rows; /* prefix, max_length, asn, in COPY's form */
    size_t payloads;
};

/* Reads a whole file's text. -EBADMSG with the payload's number and the cure in
 * f; *out, which begins zeroed, may be half filled then. The caller frees in
 * any case. */
int vrp_read(const char *text, size_t len, struct vrp_list *out, struct fault *f) CHECKED;
void vrp_free(struct vrp_list *list);
