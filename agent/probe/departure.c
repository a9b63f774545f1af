#include "agent/probe/departure.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/file.h"

static char *left_path(const char *state_dir)
{
    return alloc_format("%s/identity.left", state_dir);
}

int departure_begin(const char *state_dir, struct fault *f)
{
    _cleanup_text_ char *from = alloc_format("%s/identity.json", state_dir), *to = left_path(state_dir);
    if (rename(from, to) < 0)
        return fault_set(f, -errno, "%s: %s", from, fault_errno(errno));
    return file_sync_dir(state_dir, f);
}

static void remove_files(const char *dir_path)
{
    DIR *dir = opendir(dir_path);
    for (const struct dirent *entry; dir && (entry = readdir(dir));)
        if (entry->d_name[0] != '.')
            unlinkat(dirfd(dir), entry->d_name, 0); /* folders stay for their own turn */
    if (dir)
        closedir(dir);
}

static int remove_state(const char *state_dir, struct fault *f)
{
    static const char *const folders[] = {"spool/acked", "spool/rejected", "spool", "journal"};
    static const char *const files[] = {"key",         "key.next",     "chain.json", "schedule.ndjson",
                                        "status.json", "network.json", "owner",      "control"};
    for (size_t i = 0; i < COUNT(folders); i++) {
        _cleanup_text_ char *path = alloc_format("%s/%s", state_dir, folders[i]);
        remove_files(path);
        if (rmdir(path) < 0 && errno != ENOENT)
            return fault_set(f, -errno, "%s: %s", path, fault_errno(errno));
    }
    for (size_t i = 0; i < COUNT(files); i++) {
        _cleanup_text_ char *path = alloc_format("%s/%s", state_dir, files[i]);
        if (unlink(path) < 0 && errno != ENOENT)
            return fault_set(f, -errno, "%s: %s", path, fault_errno(errno));
    }
    return file_sync_dir(state_dir, f);
}

int departure_finish(const char *state_dir, struct fault *f)
{
    _cleanup_text_ char *left = left_path(state_dir);
    if (access(left, F_OK) < 0)
        return 0;
    int r = remove_state(state_dir, f);
    if (r < 0)
        return r;
    if (unlink(left) < 0)
        return fault_set(f, -errno, "%s: %s", left, fault_errno(errno));
    return file_sync_dir(state_dir, f);
}
