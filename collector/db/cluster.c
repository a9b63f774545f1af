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
 * itself would refuse to start. Where it cannot be told, nothing is. */
#include "collector/db/cluster.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>

#include "collector/db/cluster_data.h"
#include "collector/db/pg.h"
#include "collector/db/postmaster.h"
#include "collector/db/user.h"
#include "common/clock.h"
#include "common/file.h"
#include "common/lang.h"
#include "common/log.h"
#include "common/sign.h"

/* How long a start may take when nothing is heard. One that recovers from a
 * crash, or reads a backup's archived log, says so, and is waited for without
 * end. */
#define START_WAIT_US (60 * 1000000ll)
#define TELL_AFTER_US (2 * 1000000ll)
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
        return fault_set(f, -errno, _("%s: cannot make the folder: %s"), path, fault_errno(errno));
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

static char *conninfo_make(const char *socket_dir, const char *database)
{
    struct buf b = {0};
    pg_conninfo_add(&b, "host", socket_dir);
    pg_conninfo_add(&b, "port", "5432");
    pg_conninfo_add(&b, "user", "internetmetre");
    pg_conninfo_add(&b, "dbname", database);
    return buf_take(&b);
}

static bool answers(const struct cluster *c)
{
    _cleanup_(pg_closep) struct pg *pg = NULL;
    return pg_open(c->conninfo, &pg, NULL) == 0;
}

/* ---- the postmaster ---- */

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
            log_debug("%s: cannot be renamed: %s", c->log_path, fault_errno(errno));
    }
    _cleanup_fd_ int fd = -1;
    int rc = file_open(c->log_path, O_WRONLY | O_CREAT | O_APPEND, 0640, &fd, f);
    if (rc < 0)
        return rc;
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
    return fault_set(f, -EIO, _("PostgreSQL does not start: %s; %s says more"), *last ? last : _("it said nothing"),
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

/* 1 when a postmaster of before is there, 0 when one was started. */
static int find_or_spawn(struct cluster *c, const struct cluster_bin *bin, struct fault *f)
{
    pid_t pid;
    enum postmaster found = postmaster_find(c->data_dir, &pid, f);
    if (found != POSTMASTER_GONE)
        return found == POSTMASTER_RUNS ? 1 : -EBUSY;
    remove_stale_pid(c);
    return spawn_postmaster(c, bin, f);
}

/* `serve` blocks the signals that end it, and looks at them between two steps. */
static bool told_to_end(void)
{
    sigset_t pending;
    return sigpending(&pending) == 0 && (sigismember(&pending, SIGTERM) || sigismember(&pending, SIGINT));
}

struct wait {
    int64_t since, until; /* monotonic, microseconds */
    bool told;
};

/* One try to reach it: 1 when it accepts connections. While it says that it
 * does not yet the wait goes on, and who waits is told. */
static int try_connect(const char *conninfo, struct wait *w, struct fault *f)
{
    enum pg_state state = pg_ping(conninfo);
    int64_t now = clock_mono_us(&clock_system);
    if (state == PG_ACCEPTS)
        return 1;
    if (told_to_end())
        return fault_set(f, -EINTR, _("told to end while PostgreSQL was starting"));
    if (state == PG_REJECTS) {
        w->until = now + START_WAIT_US;
        if (!w->told && now - w->since > TELL_AFTER_US) {
            log_info(_("PostgreSQL recovers, or ends; it is waited for until it answers"));
            w->told = true;
        }
    }
    return now < w->until ? 0 : -ETIMEDOUT;
}

/* Starts and waits until it answers. A postmaster that was killed leaves
 * servers that notice within moments; until they are gone the data is in use
 * and the start is tried again. A postmaster that is there and does not answer
 * recovers from the crash of one of its servers, or ends: it is waited for. */
static int start(struct cluster *c, const struct cluster_bin *bin, struct fault *f)
{
    const int64_t now = clock_mono_us(&clock_system);
    struct wait w = {.since = now, .until = now + START_WAIT_US};
    _cleanup_text_ char *first = conninfo_make(c->socket_dir, "postgres");
    int rc = 0;
    while (rc == 0) {
        int older = c->child ? 0 : find_or_spawn(c, bin, f);
        if (older < 0)
            return older;
        pause_us(POLL_US);
        if (child_ended(c)) {
            rc = ended_early(c, f);
            if (f && strstr(f->text, "still in use") && clock_mono_us(&clock_system) < w.until)
                rc = 0;
            pause_us(4 * POLL_US);
            continue;
        }
        rc = try_connect(first, &w, f);
        if (rc == -ETIMEDOUT)
            fault_set(f, rc, _("PostgreSQL runs and does not answer; %s says more"), c->log_path);
    }
    return rc < 0 ? rc : 0;
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
            _("the data in %s is of PostgreSQL %u, which is not installed: apt-get install postgresql-%u; to move to "
              "a later version have both installed and run migrate --upgrade-cluster"),
            c->data_dir, major, major);
    if (rc == 0 && major == 0) {
        rc = cluster_data_make(c->data_dir, &bin, f);
        if (rc == 0)
            log_info(_("%s holds a new, empty database: there was none"), c->data_dir);
    }
    if (rc == 0)
        rc = start(c, &bin, f);
    if (rc == 0)
        rc = make_database(c, f);
    return rc;
}

void cluster_wake(const struct cluster *c)
{
    if (c->child)
        postmaster_wake(c->child);
}

/* 0 when none runs any more. */
static int stop(struct cluster *c, struct fault *f)
{
    pid_t pid = c->child;
    enum postmaster found = pid ? POSTMASTER_RUNS : postmaster_find(c->data_dir, &pid, f);
    if (found != POSTMASTER_RUNS)
        return found == POSTMASTER_GONE ? 0 : -EBUSY;
    int rc = postmaster_stop(c->data_dir, pid, &postmaster_patience, f);
    if (rc == 0)
        c->child = 0;
    return rc;
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
    rc = file_open(c->lock_path, O_RDWR | O_CREAT, 0640, &c->lock_fd, f);
    if (rc < 0)
        return rc;
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
                if (stop(c, NULL) < 0)
                    log_debug("what runs on %s is left as it is", c->data_dir);
                return rc;
            }
            continue;
        }
        if (told_to_end())
            return fault_set(f, -EINTR, _("told to end while another process starts or stops PostgreSQL"));
        if (clock_mono_us(&clock_system) > until)
            return fault_set(f, -EBUSY, _("another process starts or stops PostgreSQL in %s and does not finish"),
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
    pid_t pid;
    bool gone = c->child ? child_ended(c) : postmaster_find(c->data_dir, &pid, NULL) == POSTMASTER_GONE;
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
        struct fault f = {0};
        if (stop(c, &f) < 0)
            log_error("%s", f.text);
        else
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
        rc = fault_set(f, -EBUSY, _("the cluster in %s is in use; stop the collector first"), options->state_dir);
    if (rc == 0)
        rc = cluster_data_major(c->data_dir, &major, f);
    if (rc == 0 && major)
        rc = cluster_bin_find(CLUSTER_BIN_PLACES, major, &from, f);
    if (rc == 0)
        rc = cluster_bin_find(CLUSTER_BIN_PLACES, 0, &to, f);
    if (rc == 0)
        rc = stop(c, f); /* one that a killed serve left behind */
    if (rc < 0)
        return rc;
    if (major && major != to.major)
        rc = cluster_data_upgrade(c->data_dir, &from, &to, f);
    if (rc == 0) {
        *ret_from = major ? major : to.major;
        *ret_to = to.major;
    }
    return rc;
}
