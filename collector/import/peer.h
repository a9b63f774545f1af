/* Another chapter's edition: what it measured and calculated of its own country in the year of its report, to be set
 * beside ours. What the report has of other sources, countries and years is its publishers', or another edition's, and
 * is left out. The figures are kept apart from ours (the migration "peer"). */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include <jansson.h>

#include "collector/import/datapackage.h"
#include "common/fault.h"

struct peer {
    struct datapackage package;
    json_t *figures; /* objects with the columns of peer_figure, texts but for line */
    size_t left_out; /* lines */
    int version;     /* of the closed year, the latest of any; 0: provisional */
    bool simulated;  /* a figure of it is */
};

/* Reads the table of a package that was read into it. -EBADMSG with the line, the column and the cure in f; in any case
 * the caller frees. */
int peer_read(struct peer *p, struct fault *f) CHECKED;
void peer_free(struct peer *p); /* the members */
