/* Finds PostgreSQL's server programs among the installed versions. */
#pragma once

#include "common/alloc.h"
#include "common/fault.h"

#define CLUSTER_MAJOR_MIN 13
/* Debian, RHEL, Alpine; then whatever is in PATH. Globs, colon-separated. */
#define CLUSTER_BIN_PLACES "/usr/lib/postgresql/*/bin:/usr/pgsql-*/bin:/usr/libexec/postgresql*:/usr/local/pgsql/bin"

struct cluster_bin {
    char *dir; /* holds postgres, initdb, pg_upgrade; owned */
    unsigned major;
};

/* `major` 0 takes the newest from CLUSTER_MAJOR_MIN on. -ENOENT says what to
 * install. */
int cluster_bin_find(const char *places, unsigned major, struct cluster_bin *ret, struct fault *f) CHECKED;
static inline void cluster_bin_free(struct cluster_bin *bin)
{
    free(bin->dir);
}
