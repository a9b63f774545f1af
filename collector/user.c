#include "collector/user.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

#define OUTPUT_MAX (64u << 10)

static void from_entry(const struct passwd *entry, struct user *ret)
{
    ret->uid = entry->pw_uid;
    ret->gid = entry->pw_gid;
    ret->other = entry->pw_uid != geteuid();
    snprintf(ret->name, sizeof ret->name, "%s", entry->pw_name);
}

int user_choose(const char *wanted, struct user *ret, struct fault *f)
{
    if (geteuid() != 0) {
        *ret = (struct user){.uid = geteuid(), .gid = getegid()};
        snprintf(ret->name, sizeof ret->name, "#%u", (unsigned)geteuid());
        return 0;
    }
    const char *const usual[] = {"internetmetre", "postgres", "nobody", NULL};
    const char *const given[] = {wanted, NULL};
    bool chosen = wanted && *wanted;
    for (const char *const *name = chosen ? given : usual; *name; name++) {
        const struct passwd *entry = getpwnam(*name);
        if (entry && entry->pw_uid != 0) {
            from_entry(entry, ret);
            return 0;
        }
    }
    return fault_set(f, -ENOENT,
                     "user = %s: no such user, or root; make one with: adduser --system --group internetmetre",
                     chosen ? wanted : "");
}

static int become(const struct user *u)
{
    if (setgroups(0, NULL) < 0 || setgid(u->gid) < 0 || setuid(u->uid) < 0)
        return -errno;
    return 0;
}

int user_become(struct user *u, struct fault *f)
{
    if (!u->other)
        return 0;
    int rc = become(u);
    if (rc < 0)
        return fault_set(f, rc, "cannot become the user %s: %s", u->name, strerror(-rc));
    u->other = false;
    return 0;
}

int user_give(const struct user *u, const char *path, struct fault *f)
{
    if (u->other && lchown(path, u->uid, u->gid) < 0)
        return fault_set(f, -errno, "%s: cannot be given to the user %s: %s", path, u->name, strerror(errno));
    return 0;
}

/* The permission bits that count for the user; ACLs are the kernel's business later. */
static bool may_enter(const struct user *u, const struct stat *st)
{
    mode_t bit = st->st_uid == u->uid ? S_IXUSR : st->st_gid == u->gid ? S_IXGRP : S_IXOTH;
    return st->st_mode & bit;
}

int user_can_enter(const struct user *u, const char *path, struct fault *f)
{
    if (!u->other)
        return 0;
    _cleanup_text_ char *part = alloc_text(path);
    for (char *p = part + 1;; p++) {
        if (*p != '/' && *p != '\0')
            continue;
        char end = *p;
        *p = '\0';
        struct stat st;
        if (stat(part, &st) < 0)
            return fault_set(f, -errno, "%s: %s", part, strerror(errno));
        if (!may_enter(u, &st))
            return fault_set(f, -EACCES, "the user %s cannot enter %s; chmod o+x it, or choose another --state-dir",
                             u->name, part);
        *p = end;
        if (end == '\0')
            return 0;
    }
}

/* In the child, between fork and exec: system calls only. */
static void child(const struct user *u, const char *const *argv, int out_fd)
{
    static char *const environment[] = {"PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", "LC_ALL=C", "TZ=UTC",
                                        NULL};
    int null = open("/dev/null", O_RDWR);
    setsid();
    if (null < 0 || chdir("/") < 0 || dup2(null, 0) < 0 || dup2(out_fd, 1) < 0 || dup2(out_fd, 2) < 0)
        _exit(127);
    if (u->other && become(u) < 0)
        _exit(126);
    signal(SIGPIPE, SIG_DFL);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    umask(077);
    execve(argv[0], (char *const *)argv, environment);
    _exit(127);
}

int user_spawn(const struct user *u, const char *const *argv, int out_fd, pid_t *ret_pid, struct fault *f)
{
    pid_t pid = fork();
    if (pid < 0)
        return fault_set(f, -errno, "%s: cannot start: %s", argv[0], strerror(errno));
    if (pid == 0)
        child(u, argv, out_fd);
    *ret_pid = pid;
    return 0;
}

static void read_output(int fd, struct buf *out)
{
    char piece[4096];
    for (ssize_t n; (n = read(fd, piece, sizeof piece)) > 0 || (n < 0 && errno == EINTR);)
        if (n > 0 && out->len + (size_t)n <= OUTPUT_MAX)
            buf_add(out, piece, (size_t)n);
}

int user_run(const struct user *u, const char *const *argv, struct buf *out, struct fault *f)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) < 0)
        return fault_set(f, -errno, "%s: no pipe: %s", argv[0], strerror(errno));
    _cleanup_fd_ int read_end = ends[0];
    pid_t pid;
    int rc = user_spawn(u, argv, ends[1], &pid, f);
    close(ends[1]);
    if (rc < 0)
        return rc;
    read_output(read_end, out);
    int status;
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            return fault_set(f, -errno, "%s: %s", argv[0], strerror(errno));
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return 0;
    size_t from = out->len > 300 ? out->len - 300 : 0;
    return fault_set(f, -EIO, "%s failed: %s", argv[0], out->len ? out->data + from : "it said nothing");
}
