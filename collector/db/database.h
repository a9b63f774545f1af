/* Where the data lives: the embedded cluster or a server, behind one handle.
 * Commands open it, take connections, and close it; a cluster that nobody else
 * uses is started by open and stopped by close. */
#pragma once

#include "collector/db/cluster.h"
#include "collector/db/pg.h"

struct database;

struct database_options {  /* borrowed while the database is open */
    const char *address;   /* postgresql://…; NULL or "": the embedded cluster */
    const char *state_dir; /* where that one lives; absolute */
};

/* Opens and checks that the schema is there: an embedded cluster is migrated
 * when that misses; on a server that is its owner's decision, and f says to
 * run `migrate`. */
int database_open(const struct database_options *o, struct database **ret, struct fault *f) CHECKED;
/* The same without a look at the schema. */
int database_reach(const struct database_options *o, struct database **ret, struct fault *f) CHECKED;
/* For serve, which supervises the cluster. */
int database_serve(const struct database_options *o, struct database **ret, struct fault *f) CHECKED;
void database_close(struct database *d);
static inline void database_closep(struct database **d)
{
    database_close(*d);
}
#define _cleanup_database_ _cleanup_(database_closep)

const char *database_conninfo(const struct database *d); /* for pg_open and pg_pool_new */

/* One connection as the owner. The caller closes it before the database. */
int database_connect(const struct database *d, struct pg **ret, struct fault *f) CHECKED;
/* Both, for a command that needs one connection. */
int database_session(const struct database_options *o, struct database **ret, struct pg **ret_pg,
                     struct fault *f) CHECKED;

void database_wake(const struct database *d); /* cluster_wake; nothing on a server. Accepts NULL */
/* cluster_watch, or 0 on a server. */
int database_watch(struct database *d, struct fault *f) CHECKED;

/* *ret is `role` when this connection may take it, else NULL (a server whose
 * owner may not make roles). */
int database_role(struct pg *pg, const char *role, const char **ret, struct fault *f) CHECKED;
