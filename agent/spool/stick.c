#include "agent/spool/stick.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include <sys/stat.h>
#include <unistd.h>

#include "common/buf.h"
#include "common/file.h"
#include "common/lang.h"

static int no_folder(const char *dir, const struct stat *st, struct fault *f)
{
    if (S_ISBLK(st->st_mode))
        return fault_set(f, -ENOTDIR, _("%s: is a device; mount it first, `sudo mount %s /mnt`, and export to /mnt"),
                         dir, dir);
    return fault_set(f, -ENOTDIR, _("%s: is not a folder; `lsblk` shows where the stick is mounted"), dir);
}

static int not_writable(const char *dir, int error, struct fault *f)
{
    const char *cure = error == EROFS    ? _("it can only be read: is there a lock on the stick, is it damaged?")
                       : error == EACCES ? _("try with sudo")
                                         : fault_errno(error);
    return fault_set(f, -error, _("%s: cannot be written to; %s"), dir, cure);
}

static bool on_disk_of(const struct stat *st, const char *path)
{
    struct stat other;
    return stat(path, &other) == 0 && other.st_dev == st->st_dev;
}

int stick_check(const char *dir, const char *state_dir, bool *ret_here, struct fault *f)
{
    struct stat st;
    if (stat(dir, &st) < 0 && (errno == ENOENT || errno == ENOTDIR))
        return fault_set(
            f, -errno, _("%s: there is no such folder; is the stick plugged in and mounted? `lsblk` shows where"), dir);
    if (stat(dir, &st) < 0)
        return fault_set(f, -errno, "%s: %s", dir, fault_errno(errno));
    if (!S_ISDIR(st.st_mode))
        return no_folder(dir, &st, f);
    if (faccessat(AT_FDCWD, dir, W_OK | X_OK, AT_EACCESS) < 0)
        return not_writable(dir, errno, f);
    *ret_here = on_disk_of(&st, "/") || on_disk_of(&st, state_dir);
    return 0;
}

/* What the kernel still has in memory says nothing of the stick. */
static void drop_cache(const char *path)
{
    _cleanup_fd_ int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd >= 0)
        (void)posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
}

int stick_copy(const char *dir, const char *name, const void *bytes, size_t len, struct fault *f)
{
    _cleanup_text_ char *path = alloc_format("%s/%s", dir, name);
    _cleanup_(buf_free) struct buf back = {0};
    int r = file_write_atomic(path, bytes, len, 0644, f);
    if (r < 0)
        return r;
    drop_cache(path);
    r = file_read(path, len, &back, f);
    if (r < 0)
        return r;
    if (back.len != len || memcmp(back.data, bytes, len) != 0)
        return fault_set(f, -EIO, _("%s: reads back otherwise than it was written; the stick is damaged"), path);
    return 0;
}
