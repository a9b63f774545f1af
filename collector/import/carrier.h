/* Prefixes in which many households share an address (carrier NAT), a line each
 * in CIDR notation; what stands behind a # is a word to whoever reads the file.
 * An import replaces what an earlier one brought. The country packs' own stay. */
#pragma once

#include <stddef.h>

#include "collector/db/pg.h"
#include "common/buf.h"
#include "common/fault.h"

struct carrier_list {
    struct buf array; /* cidr[] as PostgreSQL reads it, without its braces */
    size_t count;
};

/* Reads a whole file's text. -EBADMSG with the line and the cure in f; *out,
 * which begins zeroed, may be half filled then. The caller frees in any case. */
int carrier_read(const char *text, size_t len, struct carrier_list *out, struct fault *f) CHECKED;
void carrier_free(struct carrier_list *list);

/* Stores the list as what the run of that number brought, within a transaction.
 * Figures are made again where a network of a probe became one, or ceased to be. */
int carrier_store(struct pg *pg, const char *run, const struct carrier_list *list, struct fault *f) CHECKED;
