#include "collector/db/cluster_bin.h"

#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <string.h>

#include "collector/db/user.h"
#include "common/lang.h"

static bool has_program(const char *dir, const char *name)
{
    _cleanup_text_ char *path = alloc_format("%s/%s", dir, name);
    return access(path, X_OK) == 0;
}

/* "postgres (PostgreSQL) 15.20 (Debian …)" → 15; 0 when it does not say. */
static unsigned major_of(const char *dir)
{
    if (!has_program(dir, "postgres") || !has_program(dir, "initdb"))
        return 0;
    _cleanup_text_ char *path = alloc_format("%s/postgres", dir);
    const char *const argv[] = {path, "--version", NULL};
    _cleanup_(buf_free) struct buf out = {0};
    if (user_run(argv, &out, NULL) < 0 || out.len == 0)
        return 0;
    unsigned major = 0;
    const char *after = strchr(out.data, ')');
    return after && sscanf(after + 1, " %u", &major) == 1 ? major : 0;
}

static void consider(const char *dir, unsigned wanted, struct cluster_bin *best)
{
    unsigned major = major_of(dir);
    if (major < CLUSTER_MAJOR_MIN || (wanted && major != wanted) || (best->dir && major <= best->major))
        return;
    free(best->dir);
    *best = (struct cluster_bin){alloc_text(dir), major};
}

static void consider_pattern(const char *pattern, unsigned wanted, struct cluster_bin *best)
{
    glob_t found;
    if (glob(pattern, GLOB_ONLYDIR, NULL, &found) == 0)
        for (size_t i = 0; i < found.gl_pathc; i++)
            consider(found.gl_pathv[i], wanted, best);
    globfree(&found);
}

int cluster_bin_find(const char *places, unsigned major, struct cluster_bin *ret, struct fault *f)
{
    struct cluster_bin best = {0};
    const char *path = getenv("PATH");
    _cleanup_text_ char *all = alloc_format("%s:%s", places, path ? path : "");
    char *rest = all;
    for (char *part; (part = strsep(&rest, ":")) != NULL;)
        if (*part == '/')
            consider_pattern(part, major, &best);
    if (!best.dir && major)
        return fault_set(f, -ENOENT, _("PostgreSQL %u is not installed: apt-get install postgresql-%u"), major, major);
    if (!best.dir)
        return fault_set(f, -ENOENT,
                         _("no PostgreSQL server (%d or later) is installed: apt-get install postgresql-15, or set "
                           "database = postgresql://… in the configuration"),
                         CLUSTER_MAJOR_MIN);
    *ret = best;
    return 0;
}
