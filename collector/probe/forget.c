#include "collector/probe/forget.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "common/clock.h"
#include "common/file.h"
#include "common/lang.h"
#include "common/sign.h"

static int write_tombstone(const char *state_dir, const char *probe, struct fault *f)
{
    char at[TIME_TEXT_SIZE];
    _cleanup_text_ char *dir = alloc_format("%s/tombstones", state_dir);
    _cleanup_text_ char *path = alloc_format("%s/%s", dir, probe);
    _cleanup_text_ char *text = alloc_format("forgotten %s\n", time_format(clock_wall_us(&clock_system), at));
    if (access(path, F_OK) == 0)
        return 0;
    int rc = file_make_dir(dir, 0755, f);
    return rc < 0 ? rc : file_write_atomic(path, text, strlen(text), 0644, f);
}

/* The archive keeps a file a probe and month, so that one can go. */
static int empty_archive(const char *archive, const char *probe, struct fault *f)
{
    _cleanup_text_ char *pattern = alloc_format("%s/*/*/%s.*", archive, probe);
    glob_t found;
    int rc = file_match(pattern, &found, f);
    for (size_t i = 0; rc == 0 && i < found.gl_pathc; i++)
        if (unlink(found.gl_pathv[i]) < 0 && errno != ENOENT)
            rc = fault_set(f, -errno, _("%s: cannot be removed: %s"), found.gl_pathv[i], fault_errno(errno));
    globfree(&found);
    return rc;
}

int forget_probe(struct pg *pg, const char *state_dir, const char *archive, const char *probe, struct fault *f)
{
    if (!probe_id_valid(probe, strlen(probe)))
        return fault_set(f, -EINVAL, _("%s is no probe"), probe);
    int rc = write_tombstone(state_dir, probe, f);
    if (rc == 0)
        rc = pg_query(pg, "SELECT probe_forget($1)", 1, &probe, NULL, f);
    return rc < 0 ? rc : empty_archive(archive, probe, f);
}

static int is_forgotten(struct pg *pg, const char *probe, bool *ret, struct fault *f)
{
    _cleanup_rows_ struct pg_rows *rows = NULL;
    int rc = pg_query(pg,
                      "SELECT EXISTS (SELECT FROM tombstone WHERE probe = $1) AND NOT EXISTS (SELECT FROM probe "
                      "WHERE probe = $1 AND forgotten_at IS NULL)",
                      1, &probe, &rows, f);
    if (rc == 0)
        *ret = pg_bool(rows, 0, 0);
    return rc;
}

int forget_again(struct pg *pg, const char *state_dir, const char *archive, unsigned *ret_count, struct fault *f)
{
    _cleanup_text_ char *path = alloc_format("%s/tombstones", state_dir);
    int rc = file_sweep(path, FILE_UNFINISHED, f);
    *ret_count = 0;
    if (rc < 0)
        return rc;
    DIR *dir = opendir(path);
    if (!dir)
        return errno == ENOENT ? 0 : fault_set(f, -errno, "%s: %s", path, fault_errno(errno));
    for (const struct dirent *entry; rc == 0 && (entry = readdir(dir)) != NULL;) {
        bool done = false;
        if (!probe_id_valid(entry->d_name, strlen(entry->d_name)))
            continue;
        rc = is_forgotten(pg, entry->d_name, &done, f);
        if (rc == 0 && !done) {
            rc = forget_probe(pg, state_dir, archive, entry->d_name, f);
            ++*ret_count;
        }
    }
    closedir(dir);
    return rc;
}
