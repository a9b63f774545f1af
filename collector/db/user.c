#include "collector/db/user.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <libgen.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "common/clock.h"
#include "common/file.h"
#include "common/form.h"
#include "common/lang.h"
#include "common/log.h"

#define OUTPUT_MAX (64u << 10)

char *user_name(uid_t uid)
{
    const struct passwd *entry = getpwuid(uid);
    return entry ? alloc_text(entry->pw_name) : alloc_format("#%u", (unsigned)uid);
}

char *user_asking(void)
{
    const char *behind = getuid() == 0 ? getenv("SUDO_USER") : NULL;
    return behind && *behind && form_text(behind) ? alloc_text(behind) : user_name(getuid());
}

/* ---- to act, and root in reserve ---- */

bool user_acts(void)
{
    return getuid() == 0 && geteuid() != 0;
}

/* Who is asked for by name, or the first that exists of those who would do. */
static const struct passwd *choose(const char *wanted, struct fault *f)
{
    const char *const usual[] = {"internetmetre-collector", "internetmetre", "postgres", "nobody"};
    bool asked = wanted && *wanted;
    for (size_t i = 0; i < (asked ? 1 : COUNT(usual)); i++) {
        const struct passwd *entry = getpwnam(asked ? wanted : usual[i]);
        if (entry && entry->pw_uid != 0)
            return entry;
    }
    fault_set(f, -ENOENT,
              _("there is no user whom the collector could become; make one: adduser --system --group "
                "internetmetre-collector"));
    return NULL;
}

static int cannot_look(const char *path, struct fault *f)
{
    return fault_set(f, -errno, _("%s: cannot be looked at: %s"), path, fault_errno(errno));
}

/* Whose the directory is, or when it is root's the database in it: 1. 0 when it
 * is nobody's yet. */
static int find_owner(const char *state_dir, struct stat *ret, struct fault *f)
{
    _cleanup_text_ char *data_dir = alloc_format("%s/postgresql", state_dir);
    const char *const places[] = {state_dir, data_dir};
    for (size_t i = 0; i < COUNT(places); i++) {
        struct stat st;
        if (stat(places[i], &st) < 0)
            return errno == ENOENT ? 0 : cannot_look(places[i], f);
        if (st.st_uid != 0) {
            *ret = st;
            return 1;
        }
    }
    return 0;
}

/* LeakSanitizer looks at a process from another one, at its end, and the kernel
 * lets that happen between equals only: one user, and none that it changed from. */
static void be_looked_at(void)
{
#ifdef __SANITIZE_ADDRESS__
    if (user_acts() && (seteuid(0) < 0 || setegid(getgid()) < 0))
        log_debug("root is not taken back: %s", strerror(errno));
    prctl(PR_SET_DUMPABLE, 1);
#endif
}

static int act_as(uid_t uid, gid_t gid, struct fault *f)
{
    const struct passwd *entry = getpwuid(uid);
    int rc = entry ? initgroups(entry->pw_name, entry->pw_gid) : setgroups(0, NULL);
    if (rc < 0 || setegid(entry ? entry->pw_gid : gid) < 0 || seteuid(uid) < 0) {
        int error = errno;
        _cleanup_text_ char *name = user_name(uid);
        return fault_set(f, -error, _("cannot act as the user %s: %s"), name, fault_errno(error));
    }
    atexit(be_looked_at);
    /* libpq looks there for certificates and passwords, and fails on what it may not look at. */
    setenv("HOME", entry ? entry->pw_dir : "/", 1);
    return 0;
}

int user_act(const char *state_dir, const char *wanted, struct fault *f)
{
    struct stat st = {0};
    if (geteuid() != 0)
        return 0;
    int rc = find_owner(state_dir, &st, f);
    if (rc < 0)
        return rc;
    if (rc == 0) {
        const struct passwd *entry = choose(wanted, f);
        return entry ? act_as(entry->pw_uid, entry->pw_gid, f) : -ENOENT;
    }
    _cleanup_text_ char *name = user_name(st.st_uid);
    if (wanted && *wanted && strcmp(wanted, name) != 0)
        log_warn(_("user = %s is not followed: %s belongs to %s"), wanted, state_dir, name);
    return act_as(st.st_uid, st.st_gid, f);
}

/* A service that never was root is not even allowed to ask. */
static int give_root_up(void)
{
    uid_t real, acting, saved;
    if (getresuid(&real, &acting, &saved) == 0 && real == acting && saved == acting)
        return 0;
    return setresgid(getegid(), getegid(), getegid()) < 0 || setresuid(acting, acting, acting) < 0 ? -errno : 0;
}

int user_become(struct fault *f)
{
    int rc = give_root_up();
    return rc < 0 ? fault_set(f, rc, _("cannot give root up: %s"), fault_errno(-rc)) : 0;
}

/* To go on as another than meant would be worse than to end. */
struct user_acting user_raise(void)
{
    struct user_acting acting = {geteuid(), getegid()};
    if (user_acts() && (seteuid(0) < 0 || setegid(getgid()) < 0))
        abort();
    return acting;
}

/* The group first: only root may change it. */
void user_lower(const struct user_acting *acting)
{
    if (geteuid() != acting->uid && (setegid(acting->gid) < 0 || seteuid(acting->uid) < 0))
        abort();
}

int user_read(const char *path, size_t max, struct buf *ret, struct fault *f)
{
    USER_ROOT_SCOPE;
    return file_read(path, max, ret, f);
}

/* ---- the state directory ---- */

/* A slip in --state-dir must not give /etc away: an empty one, a file system's
 * root that is empty, or one that a collector has used. /etc and /var/lib have a
 * folder postgresql, /run and much else a lock: files that are ours alone count. */
static bool is_for_us(int dir_fd)
{
    static const char *const ours[] = {"collector.key", "recovery.pub", "cluster.lock", "postgresql/PG_VERSION"};
    static const char *const nothing[] = {".", "..", "lost+found"};
    struct stat st;
    for (size_t i = 0; i < COUNT(ours); i++)
        if (fstatat(dir_fd, ours[i], &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode))
            return true;
    DIR *dir = fdopendir(dup(dir_fd));
    bool empty = dir != NULL;
    for (const struct dirent *entry; empty && (entry = readdir(dir)) != NULL;) {
        empty = false;
        for (size_t i = 0; i < COUNT(nothing); i++)
            empty |= !strcmp(entry->d_name, nothing[i]);
    }
    if (dir)
        closedir(dir);
    return empty;
}

/* As root: makes it when missing, and gives root's to the user. */
static int make_dir(const char *path, uid_t uid, gid_t gid, struct fault *f)
{
    struct stat st;
    _cleanup_text_ char *copy = alloc_text(path);
    int rc = file_make_dir(dirname(copy), 0755, f);
    if (rc == 0 && mkdir(path, 0750) < 0 && errno != EEXIST)
        rc = fault_set(f, -errno, _("%s: cannot make the folder: %s"), path, fault_errno(errno));
    if (rc < 0 || geteuid() != 0)
        return rc;
    _cleanup_fd_ int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &st) < 0)
        return cannot_look(path, f);
    if (st.st_uid != 0)
        return 0;
    if (!is_for_us(fd))
        return fault_set(f, -ENOTEMPTY, _("%s is root's and holds other things; choose another --state-dir"), path);
    if (fchown(fd, uid, gid) < 0)
        return fault_set(f, -errno, _("%s: cannot be given to the user of the collector: %s"), path,
                         fault_errno(errno));
    return 0;
}

/* Each folder on the way in turn, so that f names the one that is closed. */
static int check_way(const char *path, const char *name, struct fault *f)
{
    _cleanup_text_ char *part = alloc_text(path);
    for (char *p = part + 1;; p++) {
        if (*p != '/' && *p != '\0')
            continue;
        char end = *p;
        *p = '\0';
        if (faccessat(AT_FDCWD, part, X_OK, AT_EACCESS) < 0 && end)
            return fault_set(f, -errno, _("the user %s cannot enter %s: %s; choose another --state-dir"), name, part,
                             fault_errno(errno));
        *p = end;
        if (end == '\0')
            return 0;
    }
}

static int belongs_to(const char *path, const struct stat *st, struct fault *f)
{
    _cleanup_text_ char *owner = user_name(st->st_uid);
    return fault_set(f, -EPERM, _("%s belongs to the user %s; do this as that user, or as root"), path, owner);
}

/* The directory and the database in it are of one owner, or were until somebody
 * took over a part: nothing is mended here, beside what may be running. */
static int check_owner(const char *path, const char *name, struct fault *f)
{
    struct stat st;
    _cleanup_text_ char *data_dir = alloc_format("%s/postgresql", path);
    if (faccessat(AT_FDCWD, path, W_OK | X_OK, AT_EACCESS) < 0)
        return errno == EACCES && stat(path, &st) == 0 ? belongs_to(path, &st, f) : cannot_look(path, f);
    if (stat(data_dir, &st) < 0)
        return errno == ENOENT ? 0 : cannot_look(data_dir, f);
    if (st.st_uid == geteuid())
        return 0;
    if (!user_acts())
        return belongs_to(data_dir, &st, f);
    _cleanup_text_ char *owner = user_name(st.st_uid);
    return fault_set(f, -EPERM,
                     _("%s belongs to the user %s, but %s to %s: one of them was taken over. Stop the collector, then: "
                       "chown -R %s: %s"),
                     path, name, data_dir, owner, st.st_uid ? owner : name, path);
}

int user_take_dir(const char *state_dir, struct fault *f)
{
    struct user_acting acting = user_raise();
    int rc = make_dir(state_dir, acting.uid, acting.gid, f);
    user_lower(&acting);
    _cleanup_text_ char *name = user_name(acting.uid);
    if (rc == 0)
        rc = check_way(state_dir, name, f);
    if (rc == 0)
        rc = check_owner(state_dir, name, f);
    return rc;
}

/* ---- other programs ---- */

/* In the child, between fork and exec: system calls only. parent: whose end is the child's too; 0: nobody's. */
static void child(const char *const *argv, int out_fd, pid_t parent)
{
    /* Of the same data the same bytes: a PDF's fonts carry a time. */
    static char *const environment[] = {"PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", "LC_ALL=C", "TZ=UTC",
                                        "SOURCE_DATE_EPOCH=0", NULL};
    int null = open("/dev/null", O_RDWR);
    setsid();
    if (null < 0 || chdir("/") < 0 || dup2(null, 0) < 0 || dup2(out_fd, 1) < 0 || dup2(out_fd, 2) < 0)
        _exit(127);
    if (give_root_up() < 0)
        _exit(126);
    /* Another user's is forgotten; and the parent may have ended before it was asked for. */
    if (parent && (prctl(PR_SET_PDEATHSIG, SIGTERM) < 0 || getppid() != parent))
        _exit(125);
    /* PostgreSQL needs nothing that the collector was given, such as the right to a low port. */
    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
    signal(SIGPIPE, SIG_DFL);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    umask(077);
    execve(argv[0], (char *const *)argv, environment);
    _exit(127);
}

static int start(const char *const *argv, int out_fd, pid_t parent, pid_t *ret_pid, struct fault *f)
{
    pid_t pid = fork();
    if (pid < 0)
        return fault_set(f, -errno, _("%s: cannot start: %s"), argv[0], fault_errno(errno));
    if (pid == 0)
        child(argv, out_fd, parent);
    *ret_pid = pid;
    return 0;
}

int user_spawn(const char *const *argv, int out_fd, pid_t *ret_pid, struct fault *f)
{
    return start(argv, out_fd, 0, ret_pid, f);
}

/* False: not in time. end_us: of the monotonic clock; INT64_MAX: whenever. */
static bool await_readable(int fd, int64_t end_us)
{
    for (;;) {
        const int64_t left_us = end_us - clock_mono_us(&clock_system);
        struct pollfd waits = {.fd = fd, .events = POLLIN};
        if (left_us <= 0)
            return false;
        if (poll(&waits, 1, end_us == INT64_MAX ? -1 : (int)(left_us / 1000) + 1) != 0)
            return true;
    }
}

/* False: what it writes did not end in time. */
static bool read_output(int fd, int64_t end_us, struct buf *out)
{
    char piece[4096];
    while (await_readable(fd, end_us)) {
        const ssize_t n = read(fd, piece, sizeof piece);
        if (n == 0 || (n < 0 && errno != EINTR))
            return true;
        if (n > 0 && out->len + (size_t)n <= OUTPUT_MAX)
            buf_add(out, piece, (size_t)n);
    }
    return false;
}

/* False: it goes on, as one can that has closed its output. */
static bool await_end(pid_t pid, int64_t end_us)
{
    _cleanup_fd_ int fd = end_us == INT64_MAX ? -1 : pidfd_open(pid, 0);
    return fd < 0 || await_readable(fd, end_us);
}

/* parent, limit_s: 0: none. */
static int run(const char *const *argv, pid_t parent, int limit_s, struct buf *out, struct fault *f)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) < 0)
        return fault_set(f, -errno, _("%s: no pipe: %s"), argv[0], fault_errno(errno));
    _cleanup_fd_ int read_end = ends[0];
    pid_t pid = 0;
    const int64_t end_us = limit_s ? clock_mono_us(&clock_system) + limit_s * INT64_C(1000000) : INT64_MAX;
    int rc = start(argv, ends[1], parent, &pid, f);
    close(ends[1]);
    if (rc < 0)
        return rc;
    const bool ended = read_output(read_end, end_us, out) && await_end(pid, end_us);
    if (!ended)
        kill(-pid, SIGKILL); /* it leads a session, with what it started */
    int status;
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            return fault_set(f, -errno, "%s: %s", argv[0], fault_errno(errno));
    if (!ended)
        return fault_set(f, -ETIMEDOUT, _("%s was not done after %d s, and was ended"), argv[0], limit_s);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return 0;
    size_t from = out->len > 300 ? out->len - 300 : 0;
    return fault_set(f, -EIO, _("%s failed: %s"), argv[0], out->len ? out->data + from : _("it said nothing"));
}

int user_run(const char *const *argv, struct buf *out, struct fault *f)
{
    return run(argv, 0, 0, out, f);
}

int user_run_bound(const char *const *argv, int limit_s, struct buf *out, struct fault *f)
{
    return run(argv, getpid(), limit_s, out, f);
}
