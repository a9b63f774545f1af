/* Who may start and stop the embedded PostgreSQL.
 *
 * Two files in the state directory carry locks (flock):
 *   lock          held by `serve` alone, for its life (common/file.h)
 *   cluster.lock  shared by everybody who uses the cluster; exclusive while
 *                 somebody starts or stops it
 *
 * A command takes the shared lock and tries to connect. When nothing answers
 * it wants the exclusive lock: whoever gets it starts PostgreSQL, goes back to
 * the shared lock and tries again; the others wait. At the end a command asks
 * for the exclusive lock without waiting: having it means nobody else is here,
 * and PostgreSQL is stopped; otherwise the last one will do it.
 *
 * `serve` holds the shared lock while it supervises, so no command ever stops
 * the cluster under it. A postmaster that outlived a killed `serve` is simply
 * used by the next. A postmaster.pid without a postmaster behind it (power
 * cut, and its number taken by another process since) is removed: PostgreSQL
 * itself would refuse to start. */
#include "collector/cluster.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>

#include "collector/cluster_data.h"
#include "collector/pg.h"
#include "collector/user.h"
#include "common/clock.h"
#include "common/file.h"
#include "common/lang.h"
#include "common/log.h"
#include "common/sign.h"

/* How long a start may take when nothing is heard (crash recovery answers
 * "starting up", a backup that reads its archived log "not accepting
 * connections"; both are waited for without end), and a stop before it is
 * forced. */
#define START_WAIT_US (60 * 1000000ll)
#define STOP_WAIT_US  (60 * 1000000ll)
#define POLL_US       50000
#define LOG_BYTES_MAX (4 << 20)
#define SOCKET_NAME   "/.s.PGSQL.5432"

struct cluster {
    bool supervise;
    char *data_dir, *socket_dir, *log_path, *lock_path;
    char *conninfo;
    int lock_fd;
    off_t log_from; /* where the log of the latest start begins */
    pid_t child;    /* the postmaster when this process started it, else 0 */
};

static void pause_us(long us)
{
    nanosleep(&(struct timespec){.tv_sec = us / 1000000, .tv_nsec = us % 1000000 * 1000}, NULL);
}

/* ---- the socket's folder ---- */

/* A folder of ours alone, whoever made it before. */
static int make_private_dir(const char *path, struct fault *f)
{
    struct stat st;
    if (mkdir(path, 0700) == 0)
        return 0;
    if (errno != EEXIST)
        return fault_set(f, -errno, _("%s: cannot make the folder: %s"), path, strerror(errno));
    if (lstat(path, &st) == 0 && S_ISDIR(st.st_mode) && !(st.st_mode & 077) && st.st_uid == geteuid())
        return 0;
    _cleanup_text_ char *name = user_name(geteuid());
    return fault_set(f, -EPERM, _("%s is not a private folder of the user %s; stop the collector, then remove it"),
                     path, name);
}

/* In the state directory; in /tmp, by a hash of the state directory, when the
 * path is too long for a socket's address. The choice depends on nothing else:
 * every process has to find the same. */
static int find_socket_dir(struct cluster *c, const char *state_dir, struct fault *f)
{
    c->socket_dir = alloc_format("%s/run", state_dir);
    if (strlen(c->socket_dir) + sizeof SOCKET_NAME > sizeof((struct sockaddr_un *)0)->sun_path) {
        uint8_t hash[HASH_SIZE];
        char text[HASH_TEXT_SIZE];
        hash_make("", state_dir, strlen(state_dir), hash);
        free(c->socket_dir);
        c->socket_dir = alloc_format("/tmp/internetmetre-%.16s", hash_text(hash, text));
    }
    return make_private_dir(c->socket_dir, f);
}

/* conninfo quoting: \ and ' get a backslash. */
static char *conninfo_make(const char *socket_dir, const char *database)
{
    struct buf b = {0};
    buf_add_text(&b, "host='");
    for (const char *p = socket_dir; *p; p++) {
        if (*p == '\\' || *p == '\'')
            buf_add_char(&b, '\\');
        buf_add_char(&b, *p);
    }
    buf_addf(&b, "' port=5432 user=internetmetre dbname=%s", database);
    return buf_take(&b);
}

static bool answers(const struct cluster *c)
{
    _cleanup_(pg_closep) struct pg *pg = NULL;
    return pg_open(c->conninfo, &pg, NULL) == 0;
}

/* ---- the postmaster ---- */

/* The process id in postmaster.pid when a server runs on this data: a server's
 * working folder is its data. 0 when none does. */
static pid_t running_pid(const struct cluster *c)
{
    _cleanup_text_ char *path = alloc_format("%s/postmaster.pid", c->data_dir);
    _cleanup_(buf_free) struct buf text = {0};
    if (file_read(path, 4096, &text, NULL) < 0)
        return 0;
    long pid = strtol(text.data, NULL, 10);
    if (pid <= 1)
        return 0;
    _cleanup_text_ char *link = alloc_format("/proc/%ld/cwd", pid);
    char cwd[PATH_MAX], data[PATH_MAX];
    ssize_t n = readlink(link, cwd, sizeof cwd - 1); /* fails on a zombie, too */
    if (n < 0 || !realpath(c->data_dir, data))
        return 0;
    cwd[n] = '\0';
    return !strcmp(cwd, data) ? (pid_t)pid : 0;
}

static void remove_stale_pid(const struct cluster *c)
{
    const char *const parts[][2] = {{c->data_dir, "/postmaster.pid"}, {c->socket_dir, SOCKET_NAME ".lock"}};
    for (size_t i = 0; i < COUNT(parts); i++) {
        _cleanup_text_ char *path = alloc_format("%s%s", parts[i][0], parts[i][1]);
        if (unlink(path) == 0)
            log_debug("removed %s of a PostgreSQL that is gone", path);
    }
}

static int open_log(struct cluster *c, int *ret_fd, struct fault *f)
{
    struct stat st;
    if (stat(c->log_path, &st) == 0 && st.st_size > LOG_BYTES_MAX) {
        _cleanup_text_ char *old = alloc_format("%s.old", c->log_path);
        if (rename(c->log_path, old) < 0)
            log_debug("%s: cannot be renamed: %s", c->log_path, strerror(errno));
    }
    _cleanup_fd_ int fd = open(c->log_path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0640);
    if (fd < 0)
        return fault_set(f, -errno, "%s: %s", c->log_path, strerror(errno));
    c->log_from = lseek(fd, 0, SEEK_END);
    *ret_fd = fd;
    fd = -1;
    return 0;
}

static int spawn_postmaster(struct cluster *c, const struct cluster_bin *bin, struct fault *f)
{
    _cleanup_fd_ int log_fd = -1;
    int rc = open_log(c, &log_fd, f);
    if (rc < 0)
        return rc;
    _cleanup_text_ char *program = alloc_format("%s/postgres", bin->dir);
    _cleanup_text_ char *sockets = alloc_format("unix_socket_directories=%s", c->socket_dir);
    const char *const argv[] = {program,
                                "-D",
                                c->data_dir,
                                "-c",
                                "listen_addresses=",
                                "-c",
                                "port=5432", /* names the socket only */
                                "-c",
                                "unix_socket_permissions=0700",
                                "-c",
                                sockets,
                                "-c",
                                "hot_standby=off", /* a backup that reads its log answers once it can be written */
                                NULL};
    return user_spawn(argv, log_fd, &c->child, f);
}

/* The last line of its kind in PostgreSQL's log says why it ended; how it
 * answers tries to connect meanwhile does not. */
static int ended_early(const struct cluster *c, struct fault *f)
{
    _cleanup_(buf_free) struct buf text = {0};
    const char *last = "";
    if (file_read(c->log_path, 2 * LOG_BYTES_MAX, &text, NULL) == 0 && (size_t)c->log_from <= text.len) {
        char *rest = text.data + c->log_from;
        for (char *line; (line = strsep(&rest, "\n")) != NULL;)
            if ((strstr(line, "FATAL") || strstr(line, "PANIC")) && !strstr(line, "FATAL:  the database system is "))
                last = line;
    }
    return fault_set(f, -EIO, "PostgreSQL does not start: %s; %s says more", *last ? last : "it said nothing",
                     c->log_path);
}

static bool child_ended(struct cluster *c)
{
    int status;
    if (c->child == 0 || waitpid(c->child, &status, WNOHANG) == 0)
        return false;
    c->child = 0;
    return true;
}

/* Starts and waits until it answers. A postmaster that was killed leaves
 * servers that notice within moments; until they are gone the data is in use
 * and the start is tried again. A postmaster that is there and does not answer
 * recovers from the crash of one of its servers, or ends: it is waited for. */
static int start(struct cluster *c, const struct cluster_bin *bin, struct fault *f)
{
    int64_t until = clock_mono_us(&clock_system) + START_WAIT_US;
    _cleanup_text_ char *first = conninfo_make(c->socket_dir, "postgres");
    while (clock_mono_us(&clock_system) < until) {
        if (c->child == 0 && running_pid(c) == 0) {
            remove_stale_pid(c);
            int rc = spawn_postmaster(c, bin, f);
            if (rc < 0)
                return rc;
        }
        pause_us(POLL_US);
        if (child_ended(c)) {
            ended_early(c, f);
            if (!f || !strstr(f->text, "still in use"))
                return -EIO;
            pause_us(4 * POLL_US);
            continue;
        }
        _cleanup_(pg_closep) struct pg *pg = NULL;
        struct fault why = {0};
        if (pg_open(first, &pg, &why) == 0)
            return 0;
        if (strstr(why.text, "starting up") || strstr(why.text, "recovery") || strstr(why.text, "not accepting"))
            until = clock_mono_us(&clock_system) + START_WAIT_US;
    }
    pid_t other = c->child ? 0 : running_pid(c);
    if (other)
        return fault_set(f, -ETIMEDOUT, "PostgreSQL runs as process %d and does not answer; %s says more", (int)other,
                         c->log_path);
    return ended_early(c, f);
}

static int make_database(const struct cluster *c, struct fault *f)
{
    _cleanup_text_ char *first = conninfo_make(c->socket_dir, "postgres");
    _cleanup_(pg_closep) struct pg *pg = NULL;
    _cleanup_rows_ struct pg_rows *rows = NULL;
    int rc = pg_open(first, &pg, f);
    if (rc == 0)
        rc = pg_query(pg, "SELECT 1 FROM pg_database WHERE datname = 'internetmetre'", 0, NULL, &rows, f);
    if (rc == 0 && pg_rows_count(rows) == 0)
        rc = pg_run(pg, "CREATE DATABASE internetmetre", f);
    return rc;
}

/* With the exclusive lock: makes the data when there is none, starts. */
static int bring_up(struct cluster *c, struct fault *f)
{
    unsigned major = 0;
    _cleanup_(cluster_bin_free) struct cluster_bin bin = {0};
    /* Whoever stopped it last has removed the socket's folder. */
    int rc = make_private_dir(c->socket_dir, f);
    if (rc == 0)
        rc = cluster_data_major(c->data_dir, &major, f);
    if (rc == 0)
        rc = cluster_bin_find(CLUSTER_BIN_PLACES, major, &bin, f);
    if (rc == -ENOENT && major)
        fault_set(
            f, rc,
            "the data in %s is of PostgreSQL %u, which is not installed: apt-get install postgresql-%u; to move to "
            "a later version have both installed and run migrate --upgrade-cluster",
            c->data_dir, major, major);
    if (rc == 0 && major == 0)
        rc = cluster_data_make(c->data_dir, &bin, f);
    if (rc == 0)
        rc = start(c, &bin, f);
    if (rc == 0)
        rc = make_database(c, f);
    return rc;
}

static void stop(struct cluster *c)
{
    pid_t pid = c->child ? c->child : running_pid(c);
    if (pid == 0)
        return;
    kill(pid, SIGINT); /* "fast": transactions are rolled back */
    int64_t until = clock_mono_us(&clock_system) + STOP_WAIT_US;
    while (c->child ? !child_ended(c) : running_pid(c) == pid) {
        if (clock_mono_us(&clock_system) > until) {
            log_debug("PostgreSQL does not stop; it is told to quit at once");
            kill(pid, SIGQUIT);
            until += STOP_WAIT_US;
        }
        pause_us(POLL_US);
    }
}

/* ---- open and close ---- */

static void cluster_free(struct cluster *c)
{
    if (!c)
        return;
    if (c->lock_fd >= 0)
        close(c->lock_fd);
    free(c->data_dir);
    free(c->socket_dir);
    free(c->log_path);
    free(c->lock_path);
    free(c->conninfo);
    free(c);
}

static void cluster_freep(struct cluster **c)
{
    cluster_free(*c);
}

static int cluster_new(const struct cluster_options *options, struct cluster **ret, struct fault *f)
{
    _cleanup_(cluster_freep) struct cluster *c = alloc_zero(1, sizeof *c);
    const char *dir = options->state_dir;
    c->lock_fd = -1;
    c->supervise = options->supervise;
    c->data_dir = alloc_format("%s/postgresql", dir);
    c->log_path = alloc_format("%s/postgresql.log", dir);
    c->lock_path = alloc_format("%s/cluster.lock", dir);
    int rc = user_take_dir(dir, f);
    if (rc == 0)
        rc = find_socket_dir(c, dir, f);
    if (rc < 0)
        return rc;
    c->conninfo = conninfo_make(c->socket_dir, "internetmetre");
    c->lock_fd = open(c->lock_path, O_RDWR | O_CREAT | O_CLOEXEC, 0640);
    if (c->lock_fd < 0)
        return fault_set(f, -errno, "%s: %s", c->lock_path, strerror(errno));
    *ret = TAKE(c);
    return 0;
}

int cluster_open(const struct cluster_options *options, struct cluster **ret, struct fault *f)
{
    _cleanup_(cluster_freep) struct cluster *c = NULL;
    int rc = cluster_new(options, &c, f);
    if (rc < 0)
        return rc;
    int64_t until = clock_mono_us(&clock_system) + START_WAIT_US;
    for (;;) {
        if (flock(c->lock_fd, LOCK_SH | LOCK_NB) == 0 && answers(c)) {
            *ret = TAKE(c);
            return 0;
        }
        if (flock(c->lock_fd, LOCK_EX | LOCK_NB) == 0) {
            rc = answers(c) ? 0 : bring_up(c, f);
            if (rc < 0) {
                stop(c);
                return rc;
            }
            continue;
        }
        if (clock_mono_us(&clock_system) > until)
            return fault_set(f, -EBUSY, "another process starts or stops PostgreSQL in %s and does not finish",
                             options->state_dir);
        /* A shared lock kept here would keep the others from starting it. */
        flock(c->lock_fd, LOCK_UN);
        pause_us(POLL_US);
    }
}

const char *cluster_conninfo(const struct cluster *c)
{
    return c->conninfo;
}

int cluster_watch(struct cluster *c, struct fault *f)
{
    bool gone = c->child ? child_ended(c) : running_pid(c) == 0;
    if (!gone)
        return 0;
    int rc = bring_up(c, f);
    return rc < 0 ? rc : 1;
}

void cluster_close(struct cluster *c)
{
    if (!c)
        return;
    if (c->supervise || flock(c->lock_fd, LOCK_EX | LOCK_NB) == 0) {
        stop(c);
        rmdir(c->socket_dir); /* empty now; made again at the next start */
    }
    cluster_free(c);
}

int cluster_upgrade(const struct cluster_options *options, unsigned *ret_from, unsigned *ret_to, struct fault *f)
{
    _cleanup_(cluster_freep) struct cluster *c = NULL;
    _cleanup_(cluster_bin_free) struct cluster_bin from = {0}, to = {0};
    unsigned major = 0;
    int rc = cluster_new(options, &c, f);
    if (rc == 0 && flock(c->lock_fd, LOCK_EX | LOCK_NB) < 0)
        rc = fault_set(f, -EBUSY, "the cluster in %s is in use; stop the collector first", options->state_dir);
    if (rc == 0)
        rc = cluster_data_major(c->data_dir, &major, f);
    if (rc == 0 && major)
        rc = cluster_bin_find(CLUSTER_BIN_PLACES, major, &from, f);
    if (rc == 0)
        rc = cluster_bin_find(CLUSTER_BIN_PLACES, 0, &to, f);
    if (rc < 0)
        return rc;
    stop(c); /* one that a killed serve left behind */
    if (major && major != to.major)
        rc = cluster_data_upgrade(c->data_dir, &from, &to, f);
    if (rc == 0) {
        *ret_from = major ? major : to.major;
        *ret_to = to.major;
    }
    return rc;
}
