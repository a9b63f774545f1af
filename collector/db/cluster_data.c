#include "collector/db/cluster_data.h"

#include <errno.h>
#include <ftw.h>
#include <libgen.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "collector/db/user.h"
#include "common/file.h"
#include "common/lang.h"

int cluster_data_major(const char *data_dir, unsigned *ret, struct fault *f)
{
    _cleanup_text_ char *path = alloc_format("%s/PG_VERSION", data_dir);
    _cleanup_(buf_free) struct buf text = {0};
    int rc = file_read(path, 64, &text, f);
    if (rc == -ENOENT) {
        *ret = 0;
        return 0;
    }
    unsigned major;
    if (rc == 0 && sscanf(text.data, "%u", &major) != 1)
        rc = fault_set(f, -EBADMSG, _("%s: is not a PostgreSQL version"), path);
    if (rc == 0)
        *ret = major;
    return rc;
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
    return remove(path);
}

/* What an interrupted attempt left behind. */
static int remove_tree(const char *path, struct fault *f)
{
    if (nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS | FTW_MOUNT) < 0 && errno != ENOENT)
        return fault_set(f, -errno, _("%s: cannot be removed: %s"), path, fault_errno(errno));
    return 0;
}

/* A quarter of the memory, as PostgreSQL's manual advises, within 64 MB to 1 GB:
 * the projection is appended, so more would only hold what nobody reads again. */
static long shared_buffers_mb(void)
{
    int64_t total = (int64_t)sysconf(_SC_PHYS_PAGES) * sysconf(_SC_PAGESIZE) >> 22;
    return total < 64 ? 64 : total > 1024 ? 1024 : (long)total;
}

/* Tuning that the administrator may change; what must not change is given on
 * the server's command line (cluster.c). */
static int append_tuning(const char *dir, unsigned major, struct fault *f)
{
    _cleanup_text_ char *path = alloc_format("%s/postgresql.conf", dir);
    FILE *out = fopen(path, "ae");
    if (!out)
        return fault_set(f, -errno, "%s: %s", path, fault_errno(errno));
    fprintf(out,
            "\n# Written once by internetmetre-collector for its load; change freely.\n"
            "max_connections = 150\n"
            "shared_buffers = %ldMB\n"
            "max_wal_size = 2GB\n"
            "checkpoint_timeout = 15min\n"
            "wal_compression = %s\n"
            "max_locks_per_transaction = 256   # partitions\n"
            "random_page_cost = 1.5\n"
            "jit = off\n"
            "timezone = 'UTC'\n"
            "log_timezone = 'UTC'\n",
            shared_buffers_mb(), major >= 15 ? "lz4" : "on");
    int rc = fflush(out) == 0 && fsync(fileno(out)) == 0 ? 0 : -errno;
    if (fclose(out) != 0 && rc == 0)
        rc = -errno;
    return rc < 0 ? fault_set(f, rc, "%s: %s", path, fault_errno(-rc)) : 0;
}

static int init(const char *dir, const struct cluster_bin *bin, struct fault *f)
{
    int rc = remove_tree(dir, f);
    if (rc == 0)
        rc = file_make_dir(dir, 0700, f);
    if (rc < 0)
        return rc;
    _cleanup_text_ char *program = alloc_format("%s/initdb", bin->dir);
    const char *const argv[] = {program,
                                "-D",
                                dir,
                                "-U",
                                "internetmetre",
                                "--encoding=UTF8",
                                "--locale=C",
                                "--data-checksums",
                                "--auth=trust", /* the socket's folder lets nobody else in */
                                NULL};
    _cleanup_(buf_free) struct buf out = {0};
    rc = user_run(argv, &out, f);
    return rc < 0 ? rc : append_tuning(dir, bin->major, f);
}

/* Durably: a cluster that went back to its old name in a power cut would be
 * taken for what an interrupted attempt left, and removed. */
static int put_in_place(const char *from, const char *to, struct fault *f)
{
    if (rename(from, to) < 0)
        return fault_set(f, -errno, _("%s: cannot be renamed to %s: %s"), from, to, fault_errno(errno));
    _cleanup_text_ char *copy = alloc_text(to);
    return file_sync_dir(dirname(copy), f);
}

/* An upgrade that stopped between its two renames left DIR.NN and DIR.new and
 * no DIR; an empty cluster in its place would look like a lost one. */
static int refuse_after_upgrade(const char *data_dir, struct fault *f)
{
    _cleanup_text_ char *pattern = alloc_format("%s.[0-9][0-9]", data_dir);
    glob_t found;
    int rc = file_match(pattern, &found, f);
    if (rc == 0 && found.gl_pathc > 0)
        rc = fault_set(f, -EEXIST,
                       _("%s is missing but %s is there: an upgrade was interrupted; rename one of %s.new, %s to %s"),
                       data_dir, found.gl_pathv[0], data_dir, found.gl_pathv[0], data_dir);
    globfree(&found);
    return rc;
}

int cluster_data_make(const char *data_dir, const struct cluster_bin *bin, struct fault *f)
{
    int rc = refuse_after_upgrade(data_dir, f);
    if (rc < 0)
        return rc;
    _cleanup_text_ char *fresh = alloc_format("%s.new", data_dir);
    rc = init(fresh, bin, f);
    return rc < 0 ? rc : put_in_place(fresh, data_dir, f);
}

int cluster_data_upgrade(const char *data_dir, const struct cluster_bin *from, const struct cluster_bin *to,
                         struct fault *f)
{
    _cleanup_text_ char *fresh = alloc_format("%s.new", data_dir);
    _cleanup_text_ char *old = alloc_format("%s.%u", data_dir, from->major);
    _cleanup_text_ char *program = alloc_format("%s/pg_upgrade", to->dir);
    int rc = init(fresh, to, f);
    if (rc < 0)
        return rc;
    /* pg_upgrade writes its log where it stands, and children start in "/". */
    _cleanup_text_ char *script = alloc_format("cd \"$1\" && shift && exec \"$@\"");
    const char *const argv[] = {"/bin/sh", "-c",     script, "sh",  fresh, program,   "-U", "internetmetre",
                                "-d",      data_dir, "-D",   fresh, "-b",  from->dir, "-B", to->dir,
                                "-s",      fresh,    NULL};
    _cleanup_(buf_free) struct buf out = {0};
    rc = user_run(argv, &out, f);
    if (rc == 0)
        rc = put_in_place(data_dir, old, f);
    return rc < 0 ? rc : put_in_place(fresh, data_dir, f);
}
