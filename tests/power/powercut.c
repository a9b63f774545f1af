#include "tests/power/powercut.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <search.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "tests/power/real.h"

/* Names that may wait for their folder's fsync: a kernel writes them out by
 * itself within seconds. */
#define PENDING_MAX 256

struct inode {
    ino_t ino;
    unsigned refs; /* durable names and pending changes that mean it */
    off_t durable; /* octets that a cut leaves alone */
};

struct name {
    char *path;
    struct inode *inode;
};

enum change { CREATE, REMOVE, RENAME };

struct pending {
    enum change change;
    char *from, *to; /* paths; to is NULL for REMOVE, from for CREATE */
    struct inode *inode;
};

struct powercut_count powercut_count;

static char root[PATH_MAX / 2], kept[PATH_MAX];
static size_t root_len;
static void *inodes, *names; /* trees of struct inode, struct name */
static struct pending pending[PENDING_MAX];
static size_t pending_count;
static uint64_t cut_at, random_state;
static int64_t room = -1;
static bool on, dead, kills;
static int log_fd = -1;

/* ---- small things ---- */

static uint64_t random_below(uint64_t n) /* xorshift64* */
{
    random_state ^= random_state >> 12;
    random_state ^= random_state << 25;
    random_state ^= random_state >> 27;
    return random_state * 0x2545f4914f6cdd1du % n;
}

static bool inside(const char *path)
{
    return on && strncmp(path, root, root_len) == 0 && path[root_len] == '/';
}

/* ---- inodes and names ---- */

static int by_ino(const void *a, const void *b)
{
    const struct inode *x = a, *y = b;
    return (x->ino > y->ino) - (x->ino < y->ino);
}

static int by_path(const void *a, const void *b)
{
    const struct name *x = a, *y = b;
    return strcmp(x->path, y->path);
}

static struct inode *inode_find(ino_t ino)
{
    struct inode key = {.ino = ino}, **found = tfind(&key, &inodes, by_ino);
    return found ? *found : NULL;
}

static void kept_path(const struct inode *i, char ret[static PATH_MAX])
{
    if (snprintf(ret, PATH_MAX, "%s/%llu", kept, (unsigned long long)i->ino) >= PATH_MAX)
        broken("path");
}

/* A second name, out of the way, keeps the octets of whatever may come back. */
static struct inode *inode_new(const char *path, off_t durable)
{
    struct stat st;
    char second[PATH_MAX];
    if (stat(path, &st) < 0)
        broken(path);
    struct inode *i = calloc(1, sizeof *i);
    if (!i)
        broken("memory");
    *i = (struct inode){.ino = st.st_ino, .durable = durable < 0 ? st.st_size : durable};
    kept_path(i, second);
    if (link(path, second) < 0)
        broken(second);
    tsearch(i, &inodes, by_ino);
    return i;
}

static void inode_unref(struct inode *i)
{
    char second[PATH_MAX];
    if (--i->refs > 0)
        return;
    kept_path(i, second);
    syscall(SYS_unlinkat, AT_FDCWD, second, 0);
    tdelete(i, &inodes, by_ino);
    free(i);
}

static struct name *name_find(const char *path)
{
    struct name key = {.path = (char *)path}, **found = tfind(&key, &names, by_path);
    return found ? *found : NULL;
}

static void name_remove(const char *path)
{
    struct name *n = name_find(path);
    if (!n)
        return;
    tdelete(n, &names, by_path);
    inode_unref(n->inode);
    free(n->path);
    free(n);
}

static void name_set(const char *path, struct inode *i)
{
    i->refs++; /* before the old one goes: it may be the same */
    name_remove(path);
    struct name *n = calloc(1, sizeof *n);
    if (!n)
        broken("memory");
    *n = (struct name){copy(path), i};
    tsearch(n, &names, by_path);
}

/* ---- changes of names ---- */

static void pending_free(struct pending *p)
{
    inode_unref(p->inode);
    free(p->from);
    free(p->to);
}

/* Does it to the durable names, when it can be done there. */
static void pending_do(const struct pending *p)
{
    const struct name *from = p->from ? name_find(p->from) : NULL;
    if (p->change != CREATE && (!from || from->inode != p->inode))
        return;
    if (p->to)
        name_set(p->to, p->inode);
    if (p->from)
        name_remove(p->from);
}

static void pending_take(size_t at)
{
    pending_do(&pending[at]);
    pending_free(&pending[at]);
    pending_count--;
    memmove(&pending[at], &pending[at + 1], (pending_count - at) * sizeof *pending);
}

static void pending_add(enum change change, const char *from, const char *to, struct inode *i)
{
    if (pending_count == PENDING_MAX)
        pending_take(0);
    i->refs++;
    pending[pending_count++] = (struct pending){change, from ? copy(from) : NULL, to ? copy(to) : NULL, i};
}

/* All that concerns a folder, and what came before of the same names. */
static void folder_synced(const char *folder)
{
    for (size_t i = 0; i < pending_count;) {
        if (is_in(pending[i].from, folder) || is_in(pending[i].to, folder))
            pending_take(i);
        else
            i++;
    }
}

/* ---- start and cut ---- */

static void remove_all(const char *folder)
{
    DIR *dir = opendir(folder);
    for (const struct dirent *entry; dir && (entry = readdir(dir));) {
        char path[PATH_MAX];
        struct stat st;
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        if (lstat(path, &st) == 0 && S_ISDIR(st.st_mode))
            remove_all(path);
        else
            syscall(SYS_unlinkat, AT_FDCWD, path, 0);
    }
    if (dir)
        closedir(dir);
}

static void scan(const char *folder)
{
    DIR *dir = opendir(folder);
    if (!dir)
        broken(folder);
    for (const struct dirent *entry; (entry = readdir(dir));) {
        char path[PATH_MAX];
        struct stat st;
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        if (lstat(path, &st) < 0)
            broken(path);
        if (S_ISDIR(st.st_mode))
            scan(path);
        else if (S_ISREG(st.st_mode))
            name_set(path, inode_new(path, -1));
    }
    closedir(dir);
}

static void forget(void)
{
    while (pending_count > 0)
        pending_free(&pending[--pending_count]);
    while (names)
        name_remove((*(struct name **)names)->path);
}

void powercut_start(const char *folder, uint64_t seed)
{
    if (!realpath(folder, root))
        broken(folder);
    root_len = strlen(root);
    snprintf(kept, sizeof kept, "%s.kept", root);
    remove_all(kept); /* of a program that was killed */
    rmdir(kept);
    if (mkdir(kept, 0700) < 0)
        broken(kept);
    random_state = seed * 2 + 1;
    for (int i = 0; i < 8; i++)
        random_below(2);
    dead = false;
    cut_at = 0;
    room = -1;
    powercut_count = (struct powercut_count){0};
    scan(root);
    on = true;
}

void powercut_stop(void)
{
    on = false;
    forget();
    rmdir(kept);
}

void powercut_after(uint64_t n)
{
    cut_at = n == 0 ? 0 : powercut_count.operations + n;
}

bool powercut_dead(void)
{
    return dead;
}

void powercut_room(int64_t bytes)
{
    room = bytes;
}

/* Which of the changes that were not made durable came through. */
static void choose_names(void)
{
    size_t first = random_below(pending_count + 1);
    uint64_t mode = random_below(3);
    for (size_t i = 0; i < pending_count; i++)
        if ((mode == 1 && i < first) || (mode == 2 && random_below(2)))
            pending_do(&pending[i]);
}

/* Which of the octets that were not made durable came through. */
static void choose_octets(const char *path, const struct inode *i)
{
    static const char zeros[4096];
    struct stat st;
    if (stat(path, &st) < 0)
        broken(path);
    if (st.st_size <= i->durable)
        return;
    off_t middle = i->durable + (off_t)random_below((uint64_t)(st.st_size - i->durable) + 1);
    uint64_t mode = random_below(4);
    if (mode == 0 || mode == 1) {
        if (truncate(path, mode == 0 ? i->durable : middle) < 0)
            broken(path);
    } else if (mode == 2) {
        int fd = real_open(path, O_WRONLY | O_CLOEXEC, 0);
        for (off_t at = middle; at < st.st_size; at += (off_t)sizeof zeros) {
            size_t n = st.st_size - at < (off_t)sizeof zeros ? (size_t)(st.st_size - at) : sizeof zeros;
            if (syscall(SYS_pwrite64, fd, zeros, n, at) < 0)
                broken(path);
        }
        real_close(fd);
    }
}

static void bring_back(const void *node, VISIT visit, int depth)
{
    const struct name *n = *(struct name *const *)node;
    char second[PATH_MAX];
    if (visit != postorder && visit != leaf)
        return;
    kept_path(n->inode, second);
    choose_octets(second, n->inode);
    if (link(second, n->path) < 0)
        broken(n->path);
}

void powercut_apply(void)
{
    on = false;
    choose_names();
    remove_all(root);
    twalk(names, bring_back);
    forget();
    dead = false;
    cut_at = 0;
    scan(root);
    on = true;
}

/* ---- what stands between ---- */

static void tell(char what, const char *path, const void *bytes, size_t len)
{
    char head[96];
    struct timespec now;
    if (log_fd < 0 || !strstr(path, "/journal/"))
        return;
    clock_gettime(CLOCK_BOOTTIME, &now);
    int n = snprintf(head, sizeof head, "%c %lld.%06ld %.40s ", what, (long long)now.tv_sec, now.tv_nsec / 1000,
                     strrchr(path, '/') + 1);
    syscall(SYS_write, log_fd, head, (size_t)n);
    syscall(SYS_write, log_fd, bytes, len);
    if (len == 0)
        syscall(SYS_write, log_fd, "\n", 1);
}

/* Counts an operation. False when the power is gone. */
static bool powered(void)
{
    powercut_count.operations++;
    if (cut_at > 0 && powercut_count.operations >= cut_at && !dead) {
        dead = true;
        if (kills) {
            tell('c', "/journal/", "", 0);
            powercut_apply();
            syscall(SYS_kill, getpid(), SIGKILL);
        }
    }
    if (dead)
        errno = EIO;
    return !dead;
}

static bool takes(int64_t bytes)
{
    if (room < 0)
        return true;
    if (bytes > room) {
        errno = ENOSPC;
        return false;
    }
    room -= bytes;
    return true;
}

static void gives_back(const char *path)
{
    struct stat st;
    if (room >= 0 && stat(path, &st) == 0)
        room += st.st_size;
}

static int open_between(int folder, const char *name, int flags, mode_t mode)
{
    char path[PATH_MAX];
    struct stat st;
    absolute(folder, name, path);
    if (!inside(path) || !(flags & O_CREAT) || stat(path, &st) == 0)
        return (int)syscall(SYS_openat, folder, name, flags, mode);
    if (!powered() || !takes(1))
        return -1;
    int fd = (int)syscall(SYS_openat, folder, name, flags, mode);
    if (fd >= 0)
        pending_add(CREATE, NULL, path, inode_new(path, 0));
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
#undef open
#undef open64
#undef openat
#undef openat64
OPEN(open)
OPENAT(openat)
#ifndef __USE_FILE_OFFSET64
OPEN(open64)
OPENAT(openat64)
#endif

ssize_t write(int fd, const void *bytes, size_t len)
{
    char path[PATH_MAX];
    struct stat st;
    if (on && fstat(fd, &st) == 0 && S_ISREG(st.st_mode)) {
        path_of(fd, path);
        if (inside(path)) {
            if (!powered() || !takes((int64_t)len))
                return -1;
            powercut_count.bytes += len;
            tell('w', path, bytes, len);
        }
    }
    return syscall(SYS_write, fd, bytes, len);
}

static int sync_between(int fd, long number)
{
    char path[PATH_MAX];
    struct stat st;
    path_of(fd, path);
    if (!on || fstat(fd, &st) < 0 || !(inside(path) || strcmp(path, root) == 0))
        return (int)syscall(number, fd);
    if (!powered())
        return -1;
    powercut_count.syncs++;
    if (S_ISDIR(st.st_mode)) {
        folder_synced(path);
        return 0;
    }
    struct inode *i = inode_find(st.st_ino);
    if (i)
        i->durable = st.st_size;
    tell('s', path, "", 0);
    return 0; /* the model is the disk: nothing has to reach the real one */
}

int fsync(int fd)
{
    return sync_between(fd, SYS_fsync);
}

int fdatasync(int fd)
{
    return sync_between(fd, SYS_fdatasync);
}

int rename(const char *old, const char *new)
{
    char from[PATH_MAX], to[PATH_MAX];
    struct stat st;
    absolute(AT_FDCWD, old, from);
    absolute(AT_FDCWD, new, to);
    bool ours = inside(from) && inside(to) && stat(from, &st) == 0;
    if (ours && !powered())
        return -1;
    if (ours)
        gives_back(to);
    int r = (int)syscall(SYS_renameat2, AT_FDCWD, old, AT_FDCWD, new, 0);
    struct inode *i = ours && r == 0 ? inode_find(st.st_ino) : NULL;
    if (i)
        pending_add(RENAME, from, to, i);
    return r;
}

int unlinkat(int folder, const char *name, int flags)
{
    char path[PATH_MAX];
    struct stat st;
    absolute(folder, name, path);
    bool ours = !(flags & AT_REMOVEDIR) && inside(path) && lstat(path, &st) == 0;
    if (ours && !powered())
        return -1;
    if (ours)
        gives_back(path);
    int r = (int)syscall(SYS_unlinkat, folder, name, flags);
    struct inode *i = ours && r == 0 ? inode_find(st.st_ino) : NULL;
    if (i)
        pending_add(REMOVE, path, NULL, i);
    return r;
}

int unlink(const char *name)
{
    return unlinkat(AT_FDCWD, name, 0);
}

static int truncate_between(int fd, off_t size)
{
    struct stat st;
    char path[PATH_MAX];
    path_of(fd, path);
    bool ours = inside(path) && fstat(fd, &st) == 0;
    if (ours && !powered())
        return -1;
    int r = (int)syscall(SYS_ftruncate, fd, size);
    struct inode *i = ours && r == 0 ? inode_find(st.st_ino) : NULL;
    if (i && i->durable > size)
        i->durable = size;
    if (ours && r == 0 && room >= 0)
        room += st.st_size - size;
    return r;
}

int ftruncate(int fd, off_t size)
{
    return truncate_between(fd, size);
}

#ifndef __USE_FILE_OFFSET64
int ftruncate64(int fd, off_t size)
{
    return truncate_between(fd, size);
}
#endif

/* ---- preloaded ---- */

static __attribute__((constructor)) void preloaded(void)
{
    const char *folder = getenv("POWERCUT_ROOT"), *at = getenv("POWERCUT_AT"), *seed = getenv("POWERCUT_SEED"),
               *file = getenv("POWERCUT_LOG");
    if (!folder || !at)
        return;
    if (file && (log_fd = real_open(file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666)) < 0)
        broken(file);
    powercut_start(folder, seed ? strtoull(seed, NULL, 10) : 1);
    kills = true;
    powercut_after(strtoull(at, NULL, 10));
}
