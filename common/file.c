#include "common/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "common/lang.h"

static int failed(struct fault *f, const char *what, const char *path)
{
    int error = errno;
    return fault_set(f, -error, _("%s: %s: %s"), path, what, fault_errno(error));
}

static int write_all(int fd, const char *bytes, size_t len)
{
    while (len > 0) {
        ssize_t n = write(fd, bytes, len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -errno;
        bytes += n;
        len -= (size_t)n;
    }
    return 0;
}

int file_sync_dir(const char *path, struct fault *f)
{
    _cleanup_fd_ int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return failed(f, _("cannot open the folder"), path);
    if (fsync(fd) < 0)
        return failed(f, _("cannot make the folder durable"), path);
    return 0;
}

int file_stage(const char *path, const void *bytes, size_t len, mode_t mode, struct fault *f)
{
    struct stat st;
    /* What cannot be replaced later is refused before others are. */
    if (lstat(path, &st) == 0 && S_ISDIR(st.st_mode)) {
        errno = EISDIR;
        return failed(f, _("cannot write"), path);
    }
    _cleanup_text_ char *tmp = alloc_format("%s" FILE_UNFINISHED, path);
    /* A leftover of an earlier crash may have another mode. */
    unlink(tmp);
    _cleanup_fd_ int fd = open(tmp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
    if (fd < 0)
        return failed(f, _("cannot create"), tmp);
    flock(fd, LOCK_SH | LOCK_NB); /* file_sweep of another process lets it alone */
    int r = write_all(fd, bytes, len);
    if (r == 0 && fsync(fd) < 0)
        r = -errno;
    if (r == 0)
        return 0;
    unlink(tmp);
    errno = -r;
    return failed(f, _("cannot write"), path);
}

int file_settle(const char *path, struct fault *f)
{
    _cleanup_text_ char *tmp = alloc_format("%s" FILE_UNFINISHED, path), *copy = alloc_text(path);
    if (rename(tmp, path) == 0)
        return file_sync_dir(dirname(copy), f);
    int rc = failed(f, _("cannot write"), path);
    unlink(tmp);
    return rc;
}

void file_unstage(const char *path)
{
    _cleanup_text_ char *tmp = alloc_format("%s" FILE_UNFINISHED, path);
    unlink(tmp);
}

int file_write_atomic(const char *path, const void *bytes, size_t len, mode_t mode, struct fault *f)
{
    int rc = file_stage(path, bytes, len, mode, f);
    return rc < 0 ? rc : file_settle(path, f);
}

/* Of a process that ended, as the lock of one that writes ends with it. */
static bool is_unfinished(int dir_fd, const char *name)
{
    struct stat st;
    _cleanup_fd_ int fd = openat(dir_fd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    return fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && flock(fd, LOCK_EX | LOCK_NB) == 0;
}

int file_sweep(const char *path, const char *ending, struct fault *f)
{
    DIR *dir = opendir(path);
    if (!dir)
        return errno == ENOENT ? 0 : failed(f, _("cannot open the folder"), path);
    int rc = 0;
    for (const struct dirent *entry; rc == 0 && (entry = readdir(dir)) != NULL;) {
        size_t len = strlen(entry->d_name), tail = strlen(ending);
        if (len <= tail || strcmp(entry->d_name + len - tail, ending) != 0 || !is_unfinished(dirfd(dir), entry->d_name))
            continue;
        if (unlinkat(dirfd(dir), entry->d_name, 0) < 0 && errno != ENOENT) {
            _cleanup_text_ char *file = alloc_format("%s/%s", path, entry->d_name);
            rc = failed(f, _("cannot be removed"), file);
        }
    }
    closedir(dir);
    return rc;
}

int file_open(const char *path, int flags, mode_t mode, int *ret_fd, struct fault *f)
{
    struct stat st;
    _cleanup_fd_ int fd = open(path, flags | O_NONBLOCK | O_CLOEXEC, mode);
    bool pipe = fd < 0 && errno == ENXIO; /* one that nobody reads, or a socket */
    if (!pipe && (fd < 0 || fstat(fd, &st) < 0))
        return failed(f, _("cannot open"), path);
    if (!pipe && S_ISDIR(st.st_mode)) {
        errno = EISDIR;
        return failed(f, _("cannot open"), path);
    }
    if (pipe || (!S_ISREG(st.st_mode) && !S_ISCHR(st.st_mode)))
        return fault_set(f, -EINVAL, _("%s: not a regular file"), path);
    *ret_fd = fd;
    fd = -1;
    return 0;
}

static int read_whole(int fd, const char *path, size_t max, struct buf *ret, struct fault *f)
{
    _cleanup_(buf_free) struct buf b = {0};
    for (;;) {
        buf_reserve(&b, 16384);
        ssize_t n = read(fd, b.data + b.len, 16384);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return failed(f, _("cannot read"), path);
        if (n == 0)
            break;
        b.len += (size_t)n;
        if (b.len > max)
            return fault_set(f, -EFBIG, _("%s: larger than %zu bytes"), path, max);
    }
    b.data[b.len] = '\0';
    *ret = b;
    b = (struct buf){0};
    return 0;
}

int file_read(const char *path, size_t max, struct buf *ret, struct fault *f)
{
    _cleanup_fd_ int fd = -1;
    int r = file_open(path, O_RDONLY, 0, &fd, f);
    return r < 0 ? r : read_whole(fd, path, max, ret, f);
}

int file_read_itself(const char *path, size_t max, struct buf *ret, struct fault *f)
{
    _cleanup_fd_ int fd = -1;
    int r = file_open(path, O_RDONLY | O_NOFOLLOW, 0, &fd, f);
    if (r == -ELOOP)
        return fault_set(f, r, _("%s is a link; put the file itself in its place"), path);
    return r < 0 ? r : read_whole(fd, path, max, ret, f);
}

static _Thread_local int match_error;

static int stop_match(const char *path, int error)
{
    match_error = error;
    return error != ENOENT && error != ENOTDIR;
}

int file_match(const char *pattern, glob_t *ret, struct fault *f)
{
    *ret = (glob_t){0};
    int rc = glob(pattern, GLOB_NOSORT, stop_match, ret);
    if (rc == 0 || rc == GLOB_NOMATCH)
        return 0;
    errno = rc == GLOB_NOSPACE ? ENOMEM : match_error;
    return failed(f, _("cannot read"), pattern);
}

int file_make_dir(const char *path, mode_t mode, struct fault *f)
{
    _cleanup_text_ char *part = alloc_text(path);
    for (char *p = part + 1;; p++) {
        if (*p != '/' && *p != '\0')
            continue;
        char end = *p;
        *p = '\0';
        if (mkdir(part, mode) < 0 && errno != EEXIST && errno != EISDIR) {
            struct stat st;
            int error = errno;
            if (stat(part, &st) < 0 || !S_ISDIR(st.st_mode)) {
                errno = error;
                return failed(f, _("cannot make the folder"), part);
            }
        }
        *p = end;
        if (end == '\0')
            break;
    }
    struct stat st;
    if (stat(path, &st) < 0)
        return failed(f, _("cannot reach the folder"), path);
    if (!S_ISDIR(st.st_mode))
        return fault_set(f, -ENOTDIR, _("%s: is not a folder"), path);
    return 0;
}

int file_lock_dir(const char *dir, int *ret_fd, struct fault *f)
{
    _cleanup_text_ char *path = alloc_format("%s/lock", dir);
    /* Whoever can open it can hold it: nobody else may. */
    _cleanup_fd_ int fd = -1;
    int rc = file_open(path, O_RDWR | O_CREAT, 0600, &fd, f);
    if (rc < 0)
        return rc;
    fchmod(fd, 0600); /* an older one */
    if (flock(fd, LOCK_EX | LOCK_NB) < 0) {
        if (errno != EWOULDBLOCK)
            return failed(f, _("cannot lock"), path);
        char pid[16] = "";
        ssize_t n = pread(fd, pid, sizeof pid - 1, 0);
        pid[n > 0 ? n : 0] = '\0';
        pid[strcspn(pid, "\n")] = '\0';
        return fault_set(f, -EBUSY, _("%s is in use by process %s; stop it first or choose another --state-dir"), dir,
                         *pid ? pid : "?");
    }
    char text[16];
    int n = snprintf(text, sizeof text, "%d\n", (int)getpid());
    if (ftruncate(fd, 0) < 0 || pwrite(fd, text, (size_t)n, 0) != n)
        return failed(f, _("cannot write the lock"), path);
    rc = file_sweep(dir, FILE_UNFINISHED, f);
    if (rc < 0)
        return rc;
    *ret_fd = fd;
    fd = -1;
    return 0;
}
