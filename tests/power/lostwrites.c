#include "tests/power/lostwrites.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

static char root[PATH_MAX / 2], preload[PATH_MAX + 16], variable[PATH_MAX + 16];
static size_t root_len;
static struct lost_control *control; /* NULL: nothing is stood between */
static char *record_log;
static sigset_t signals; /* of the thread that has the lock */

static __attribute__((noreturn)) void broken(const char *what)
{
    char text[PATH_MAX + 100];
    int len = snprintf(text, sizeof text, "lostwrites: %s: %s\n", what, strerror(errno));
    syscall(SYS_write, 2, text, (size_t)len);
    abort();
}

/* ---- one after another ---- */

static void take_lock(void)
{
    sigset_t all, before;
    sigfillset(&all); /* a handler that writes would wait for itself */
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int error = pthread_mutex_lock(&control->lock);
    if (error == EOWNERDEAD)
        pthread_mutex_consistent(&control->lock);
    else if (error)
        broken("lock");
    signals = before;
}

static void give_lock(void)
{
    int error = errno;
    sigset_t before = signals;
    pthread_mutex_unlock(&control->lock);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    errno = error;
}

/* Begins an operation: takes the lock, or never returns. */
static void begin(void)
{
    take_lock();
    control->operations++;
    if (control->cut_at > 0 && control->operations >= control->cut_at)
        control->dead = 1;
    if (!control->dead)
        return;
    pthread_mutex_unlock(&control->lock);
    for (;;) /* no signal but SIGKILL comes through */
        pause();
}

/* Room for a record and its octets; it counts from note_end() on. */
static char *note(enum lost_kind kind, size_t len, ino_t inode, uint64_t a, uint64_t b, uint64_t c)
{
    struct lost_record r = {kind, (uint32_t)len, inode, a, b, c};
    if (control->log_len + sizeof r + len > LOST_LOG_MAX)
        broken("the log is full");
    memcpy(record_log + control->log_len, &r, sizeof r);
    return record_log + control->log_len + sizeof r;
}

static void note_end(size_t len)
{
    control->log_len += sizeof(struct lost_record) + len;
}

/* ---- paths ---- */

static bool inside(const char *path)
{
    return strncmp(path, root, root_len) == 0 && (path[root_len] == '/' || path[root_len] == '\0');
}

static bool open_inside(int fd, struct stat *ret)
{
    char link[64], path[PATH_MAX];
    if (!control || fstat(fd, ret) < 0 || !(S_ISREG(ret->st_mode) || S_ISDIR(ret->st_mode)))
        return false;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(link, path, sizeof path - 1);
    path[n > 0 ? n : 0] = '\0';
    return inside(path);
}

/* A name in a folder within the root. */
struct place {
    char path[PATH_MAX]; /* of the name, its folder resolved */
    const char *name;
    ino_t folder;
    struct stat st; /* of what it means */
    bool there;
};

static bool place_of(int at, const char *given, struct place *ret)
{
    char text[PATH_MAX], link[64];
    struct stat folder;
    int error = errno;
    const char *slash = strrchr(given, '/');
    ret->name = slash ? slash + 1 : given;
    if (slash == given)
        snprintf(text, sizeof text, "/");
    else if (slash)
        snprintf(text, sizeof text, "%.*s", (int)(slash - given), given);
    else
        snprintf(text, sizeof text, ".");
    if (text[0] != '/' && at != AT_FDCWD) {
        char below[PATH_MAX];
        snprintf(link, sizeof link, "/proc/self/fd/%d", at);
        if (snprintf(below, sizeof below, "%s/%s", link, text) >= PATH_MAX)
            return false;
        memcpy(text, below, sizeof text);
    }
    bool ours = control && realpath(text, ret->path) && inside(ret->path) && stat(ret->path, &folder) == 0 &&
                strlen(ret->path) + strlen(ret->name) + 2 <= PATH_MAX;
    if (ours) {
        ret->folder = folder.st_ino;
        strcat(strcat(ret->path, "/"), ret->name);
        ret->there = lstat(ret->path, &ret->st) == 0;
    }
    errno = error;
    return ours;
}

/* A second name, out of the way, for what may have to come back. */
static void keep(const struct place *p)
{
    char kept[PATH_MAX];
    snprintf(kept, sizeof kept, "%s.disk/kept/%llu", root, (unsigned long long)p->st.st_ino);
    if (syscall(SYS_linkat, AT_FDCWD, p->path, AT_FDCWD, kept, 0) < 0 && errno != EEXIST)
        broken(kept);
}

static void note_name(enum lost_kind kind, ino_t inode, const struct place *p)
{
    size_t len = strlen(p->name) + 1;
    memcpy(note(kind, len, inode, p->folder, 0, 0), p->name, len);
    note_end(len);
}

/* ---- octets ---- */

/* Before octets [at, at + len) of a file change, or its size does. */
static void note_range(int fd, const struct stat *st, off_t at, off_t len)
{
    off_t had = at >= st->st_size ? 0 : at + len <= st->st_size ? len : st->st_size - at;
    char *to = note(LOST_RANGE, (size_t)had, st->st_ino, (uint64_t)at, (uint64_t)len, (uint64_t)st->st_size), link[64];
    int reads = had == 0 || (fcntl(fd, F_GETFL) & O_ACCMODE) == O_RDWR ? fd : -1;
    if (reads < 0) {
        snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
        reads = (int)syscall(SYS_openat, AT_FDCWD, link, O_RDONLY | O_CLOEXEC, 0);
    }
    for (off_t done = 0; done < had;) {
        ssize_t n = pread(reads, to + done, (size_t)(had - done), at + done);
        if (n <= 0)
            broken("reading what is overwritten");
        done += n;
    }
    if (reads != fd)
        syscall(SYS_close, reads);
    note_end((size_t)had);
}

/* Where the next write() goes. */
static off_t position(int fd, const struct stat *st)
{
    return fcntl(fd, F_GETFL) & O_APPEND ? st->st_size : lseek(fd, 0, SEEK_CUR);
}

static size_t iov_len(const struct iovec *iov, int count)
{
    size_t len = 0;
    for (int i = 0; i < count; i++)
        len += iov[i].iov_len;
    return len;
}

/* Writes, with the old octets noted; at < 0: where the file stands. */
static ssize_t write_between(int fd, const struct iovec *iov, int count, off_t at)
{
    struct stat st;
    bool ours = open_inside(fd, &st);
    if (ours) {
        begin();
        fstat(fd, &st); /* another may have written meanwhile */
        note_range(fd, &st, at < 0 ? position(fd, &st) : at, (off_t)iov_len(iov, count));
    }
    ssize_t n = at < 0 ? syscall(SYS_writev, fd, iov, count)
                       : syscall(SYS_pwritev, fd, iov, count, (long)at, (long)((uint64_t)at >> 32));
    if (ours)
        give_lock();
    return n;
}

ssize_t write(int fd, const void *bytes, size_t len)
{
    struct stat st;
    if (!open_inside(fd, &st)) /* pipes and the like are not made into vectors */
        return syscall(SYS_write, fd, bytes, len);
    return write_between(fd, &(struct iovec){(void *)bytes, len}, 1, -1);
}

ssize_t writev(int fd, const struct iovec *iov, int count)
{
    return write_between(fd, iov, count, -1);
}

ssize_t pwrite(int fd, const void *bytes, size_t len, off_t at)
{
    return write_between(fd, &(struct iovec){(void *)bytes, len}, 1, at);
}

ssize_t pwritev(int fd, const struct iovec *iov, int count, off_t at)
{
    return write_between(fd, iov, count, at);
}

#ifdef __GLIBC__ /* has names of their own for 64 bits */
ssize_t pwrite64(int fd, const void *bytes, size_t len, off64_t at)
{
    return write_between(fd, &(struct iovec){(void *)bytes, len}, 1, at);
}

ssize_t pwritev64(int fd, const struct iovec *iov, int count, off64_t at)
{
    return write_between(fd, iov, count, at);
}
#endif

static void note_size(int fd, off_t size)
{
    struct stat st;
    fstat(fd, &st);
    if (size < st.st_size)
        note_range(fd, &st, size, st.st_size - size);
    else if (size > st.st_size)
        note_range(fd, &st, st.st_size, size - st.st_size);
}

int ftruncate(int fd, off_t size)
{
    struct stat st;
    bool ours = open_inside(fd, &st);
    if (ours) {
        begin();
        note_size(fd, size);
    }
    int r = (int)syscall(SYS_ftruncate, fd, size);
    if (ours)
        give_lock();
    return r;
}

#ifdef __GLIBC__
int ftruncate64(int fd, off64_t size)
{
    return ftruncate(fd, size);
}
#endif

int truncate(const char *path, off_t size)
{
    int fd = (int)syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    int r = ftruncate(fd, size), error = errno;
    syscall(SYS_close, fd);
    errno = error;
    return r;
}

#ifdef __GLIBC__
int truncate64(const char *path, off64_t size)
{
    return truncate(path, size);
}
#endif

static int sync_between(int fd, long number)
{
    struct stat st;
    if (!open_inside(fd, &st))
        return (int)syscall(number, fd);
    begin();
    note(LOST_SYNC, 0, st.st_ino, 0, 0, 0);
    note_end(0);
    give_lock();
    return 0;
}

int fsync(int fd)
{
    return sync_between(fd, SYS_fsync);
}

int fdatasync(int fd)
{
    return sync_between(fd, SYS_fdatasync);
}

/* ---- names ---- */

static void empty(const struct place *p)
{
    int fd = (int)syscall(SYS_openat, AT_FDCWD, p->path, O_RDONLY | O_CLOEXEC, 0);
    if (fd < 0)
        broken(p->path);
    note_size(fd, 0);
    syscall(SYS_close, fd);
}

static int open_between(int at, const char *name, int flags, mode_t mode)
{
    struct place p;
    if (!(flags & (O_CREAT | O_TRUNC)) || (flags & O_TMPFILE) == O_TMPFILE || !place_of(at, name, &p))
        return (int)syscall(SYS_openat, at, name, flags, mode);
    begin();
    p.there = lstat(p.path, &p.st) == 0;
    if (p.there && (flags & O_TRUNC) && !(flags & O_EXCL) && S_ISREG(p.st.st_mode) && p.st.st_size > 0)
        empty(&p);
    int fd = (int)syscall(SYS_openat, at, name, flags, mode), error = errno;
    if (fd >= 0 && !p.there && fstat(fd, &p.st) == 0)
        note_name(LOST_CREATE, p.st.st_ino, &p);
    errno = error;
    give_lock();
    return fd;
}

static mode_t mode_of(int flags, va_list ap)
{
    return flags & (O_CREAT | O_TMPFILE) ? va_arg(ap, mode_t) : 0;
}

#define OPEN(name)                                                                                                     \
    int name(const char *path, int flags, ...)                                                                         \
    {                                                                                                                  \
        va_list ap;                                                                                                    \
        va_start(ap, flags);                                                                                           \
        mode_t mode = mode_of(flags, ap);                                                                              \
        va_end(ap);                                                                                                    \
        return open_between(AT_FDCWD, path, flags, mode);                                                              \
    }
#define OPENAT(name)                                                                                                   \
    int name(int folder, const char *path, int flags, ...)                                                             \
    {                                                                                                                  \
        va_list ap;                                                                                                    \
        va_start(ap, flags);                                                                                           \
        mode_t mode = mode_of(flags, ap);                                                                              \
        va_end(ap);                                                                                                    \
        return open_between(folder, path, flags, mode);                                                                \
    }
OPEN(open)
OPENAT(openat)
#ifdef __GLIBC__
OPEN(open64)
OPENAT(openat64)
#endif

int renameat2(int from_at, const char *from, int to_at, const char *to, unsigned flags)
{
    struct place a, b;
    if (!place_of(from_at, from, &a) || !place_of(to_at, to, &b) || (flags & RENAME_EXCHANGE))
        return (int)syscall(SYS_renameat2, from_at, from, to_at, to, flags);
    begin();
    a.there = lstat(a.path, &a.st) == 0;
    b.there = lstat(b.path, &b.st) == 0;
    if (b.there && S_ISREG(b.st.st_mode))
        keep(&b);
    int r = (int)syscall(SYS_renameat2, from_at, from, to_at, to, flags), error = errno;
    bool other = b.there && S_ISREG(b.st.st_mode);
    if (r == 0 && !(other && a.st.st_ino == b.st.st_ino) && (S_ISREG(a.st.st_mode) || S_ISDIR(a.st.st_mode))) {
        size_t first = strlen(a.name) + 1, second = strlen(b.name) + 1;
        char *names = note(LOST_RENAME, first + second, a.st.st_ino, a.folder, b.folder, other ? b.st.st_ino : 0);
        memcpy(names, a.name, first);
        memcpy(names + first, b.name, second);
        note_end(first + second);
    }
    errno = error;
    give_lock();
    return r;
}

int rename(const char *from, const char *to)
{
    return renameat2(AT_FDCWD, from, AT_FDCWD, to, 0);
}

int renameat(int from_at, const char *from, int to_at, const char *to)
{
    return renameat2(from_at, from, to_at, to, 0);
}

int linkat(int from_at, const char *from, int to_at, const char *to, int flags)
{
    struct place p;
    bool ours = place_of(to_at, to, &p);
    if (ours)
        begin();
    int r = (int)syscall(SYS_linkat, from_at, from, to_at, to, flags), error = errno;
    if (ours && r == 0 && lstat(p.path, &p.st) == 0)
        note_name(LOST_CREATE, p.st.st_ino, &p);
    errno = error;
    if (ours)
        give_lock();
    return r;
}

int link(const char *from, const char *to)
{
    return linkat(AT_FDCWD, from, AT_FDCWD, to, 0);
}

int unlinkat(int at, const char *name, int flags)
{
    struct place p;
    if (!place_of(at, name, &p) || !p.there)
        return (int)syscall(SYS_unlinkat, at, name, flags);
    begin();
    bool file = !(flags & AT_REMOVEDIR) && lstat(p.path, &p.st) == 0 && S_ISREG(p.st.st_mode);
    if (file)
        keep(&p);
    int r = (int)syscall(SYS_unlinkat, at, name, flags), error = errno;
    if (r == 0 && (flags & AT_REMOVEDIR)) {
        note(LOST_RMDIR, 0, p.st.st_ino, 0, 0, 0);
        note_end(0);
    } else if (r == 0 && file) {
        note_name(LOST_REMOVE, p.st.st_ino, &p);
    }
    errno = error;
    give_lock();
    return r;
}

int unlink(const char *name)
{
    return unlinkat(AT_FDCWD, name, 0);
}

int rmdir(const char *name)
{
    return unlinkat(AT_FDCWD, name, AT_REMOVEDIR);
}

int remove(const char *name)
{
    int r = unlink(name);
    return r < 0 && errno == EISDIR ? rmdir(name) : r;
}

/* ---- preloaded ---- */

/* Goes along into programs that are given an environment of their own. */
int execve(const char *path, char *const argv[], char *const envp[])
{
    char *more[256];
    size_t n = 0;
    if (control) {
        more[n++] = preload;
        more[n++] = variable;
        for (char *const *e = envp; *e && n < sizeof more / sizeof *more - 1; e++)
            if (strncmp(*e, "LD_PRELOAD=", 11) != 0 && strncmp(*e, "LOSTWRITES=", 11) != 0)
                more[n++] = *e;
        more[n] = NULL;
    }
    return (int)syscall(SYS_execve, path, argv, control ? more : envp);
}

static void *map(const char *name, size_t len)
{
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s.disk/%s", root, name);
    int fd = (int)syscall(SYS_openat, AT_FDCWD, path, O_RDWR | O_CLOEXEC, 0);
    void *at = fd < 0 ? MAP_FAILED : mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_NORESERVE, fd, 0);
    if (at == MAP_FAILED)
        broken(path);
    syscall(SYS_close, fd);
    return at;
}

static void make_lock(struct lost_control *c)
{
    uint32_t untouched = 0;
    if (__atomic_compare_exchange_n(&c->ready, &untouched, 1, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)) {
        pthread_mutexattr_t attr;
        pthread_mutexattr_init(&attr);
        pthread_mutexattr_setpshared(&attr, PTHREAD_PROCESS_SHARED);
        pthread_mutexattr_setrobust(&attr, PTHREAD_MUTEX_ROBUST);
        pthread_mutex_init(&c->lock, &attr);
        __atomic_store_n(&c->ready, 2, __ATOMIC_SEQ_CST);
    }
    while (__atomic_load_n(&c->ready, __ATOMIC_SEQ_CST) != 2)
        sched_yield();
}

static __attribute__((constructor)) void preloaded(void)
{
    const char *folder = getenv("LOSTWRITES"), *library = getenv("LD_PRELOAD");
    if (!folder || !library)
        return;
    if (!realpath(folder, root))
        broken(folder);
    root_len = strlen(root);
    snprintf(preload, sizeof preload, "LD_PRELOAD=%s", library);
    snprintf(variable, sizeof variable, "LOSTWRITES=%s", root);
    struct lost_control *c = map("control", sizeof *c);
    record_log = map("log", LOST_LOG_MAX);
    make_lock(c);
    control = c;
}
