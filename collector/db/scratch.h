/* A database of its own beside the collector's, on the same server and with the
 * same schema, to make something again without touching what is there. It goes
 * when it is closed; one that a killed command left is taken away by the next, by
 * serve at its start and with retention, and when a probe is forgotten: there are
 * batches in it, also of probes that have left. */
#pragma once

#include "collector/db/database.h"

struct scratch;

/* Over pg, a connection of the owner to the collector's database, which has to
 * outlive it. -EBUSY: somebody else has one. Its owner has to be allowed to make
 * databases (CREATEDB). */
int scratch_open(const struct database *d, struct pg *pg, struct scratch **ret, struct fault *f) CHECKED;
/* *ret: one that nobody uses was there, and is gone. */
int scratch_sweep(struct pg *pg, bool *ret, struct fault *f) CHECKED;
void scratch_close(struct scratch *s);
static inline void scratch_closep(struct scratch **s)
{
    scratch_close(*s);
}
#define _cleanup_scratch_ _cleanup_(scratch_closep)

/* What it is called beside a database of that name: "internetmetre_scratch". Never
 * as the database itself, however long that name is. */
#define SCRATCH_NAME_SIZE 64 /* PostgreSQL's NAMEDATALEN */
const char *scratch_name(const char *database, char ret[static SCRATCH_NAME_SIZE]);

struct pg *scratch_pg(const struct scratch *s);
const char *scratch_conninfo(const struct scratch *s);

/* All rows of all tables but those whose name matches `without`, a regular
 * expression, and those that are parted by month. No trigger speaks of them. As
 * pg sees them: in a transaction of one snapshot, all at once. */
int scratch_fill(struct scratch *s, const char *without, struct fault *f) CHECKED;

/* What `out`, a COPY … TO STDOUT, sends, into `in`, a COPY … FROM STDIN. */
int scratch_copy(struct scratch *s, const char *out, const char *in, struct fault *f) CHECKED;
