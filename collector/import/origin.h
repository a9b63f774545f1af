/* Which AS originates which prefix, in CAIDA's pfx2as format of RouteViews: a
 * line has the prefix, its length and its origins, with tabs between; '_' joins
 * the origins of a prefix that has several (MOAS), ',' the members of an AS
 * set. IPv4 and IPv6 come in files of their own: an import replaces what an
 * earlier one brought for the address families that its file holds. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "collector/db/copy.h"
#include "collector/db/pg.h"
#include "common/fault.h"

struct origin_list {
    struct copy_rows rows; /* prefix, asn, as_set, in COPY's form */
    size_t prefixes;
    bool has4, has6;
};

/* Reads a whole file's text. -EBADMSG with the line and the cure in f; *out,
 * which begins zeroed, may be half filled then. The caller frees in any case. */
int origin_read(const char *text, size_t len, struct origin_list *out, struct fault *f) CHECKED;
void origin_free(struct origin_list *list);

/* Stores the list as what the run of that number brought, within a transaction. */
int origin_store(struct pg *pg, const char *run, const struct origin_list *list, struct fault *f) CHECKED;
