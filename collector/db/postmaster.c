#include "collector/db/postmaster.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

#include "common/clock.h"
#include "common/file.h"
#include "common/lang.h"
#include "common/log.h"

#define SECOND  INT64_C(1000000)
#define POLL_NS 50000000

/* Below the service's TimeoutStopSec. A server that was told to quit gives its
 * own processes five seconds. */
const struct postmaster_patience postmaster_patience = {
    .say = SECOND, .stop = 60 * SECOND, .quit = 10 * SECOND, .kill = 5 * SECOND};

/* ---- processes (proc(5)) ---- */

/* False when there is no such process, or none that is shown. */
static bool look(pid_t pid, char *ret_state, pid_t *ret_parent)
{
    _cleanup_text_ char *path = alloc_format("/proc/%d/stat", (int)pid);
    _cleanup_(buf_free) struct buf text = {0};
    int parent;
    if (file_read(path, 4096, &text, NULL) < 0 || text.len == 0)
        return false;
    const char *after = strrchr(text.data, ')'); /* the name before may hold anything */
    if (!after || sscanf(after + 1, " %c %d", ret_state, &parent) != 2)
        return false;
    *ret_parent = parent;
    return true;
}

static bool is_over(char state)
{
    return state == 'Z' || state == 'X';
}

/* The effective uid of a process; -1 when it is not shown. */
static long look_uid(pid_t pid)
{
    _cleanup_text_ char *path = alloc_format("/proc/%d/status", (int)pid);
    _cleanup_(buf_free) struct buf text = {0};
    long real, effective;
    if (file_read(path, 16384, &text, NULL) < 0 || text.len == 0)
        return -1;
    const char *line = strstr(text.data, "\nUid:");
    return line && sscanf(line, "\nUid: %ld %ld", &real, &effective) == 2 ? effective : -1;
}

/* Calls `visit` for each process that the postmaster has started. A server is its
 * owner's: whom the owner can signal is all that root may end for them. */
static void each_server(pid_t postmaster, void (*visit)(pid_t pid, char state))
{
    DIR *proc = opendir("/proc");
    for (const struct dirent *entry; proc && (entry = readdir(proc)) != NULL;) {
        pid_t pid = isdigit((unsigned char)entry->d_name[0]) ? (pid_t)strtol(entry->d_name, NULL, 10) : 0, parent;
        char state;
        if (pid > 1 && look(pid, &state, &parent) && parent == postmaster && look_uid(pid) == geteuid())
            visit(pid, state);
    }
    if (proc)
        closedir(proc);
}

/* ---- is it there? ---- */

static enum postmaster unclear(const char *path, pid_t pid, int error, struct fault *f)
{
    fault_set(f, -EBUSY,
              _("%s names the process %d, and the system does not show whether that is a PostgreSQL that runs (%s). "
                "Nothing was started or removed. Look at it (ps -p %d): end it when it is (kill -INT %d), remove the "
                "file when it is not"),
              path, (int)pid, fault_errno(error), (int)pid, (int)pid);
    return POSTMASTER_UNCLEAR;
}

enum postmaster postmaster_find(const char *data_dir, pid_t *ret, struct fault *f)
{
    _cleanup_text_ char *path = alloc_format("%s/postmaster.pid", data_dir);
    _cleanup_(buf_free) struct buf text = {0};
    struct stat data, cwd;
    char state;
    pid_t parent;
    *ret = 0;
    int rc = file_read(path, 4096, &text, f);
    if (rc < 0)
        return rc == -ENOENT ? POSTMASTER_GONE : POSTMASTER_UNCLEAR;
    pid_t pid = text.len ? (pid_t)strtol(text.data, NULL, 10) : 0;
    /* A power cut may leave it empty. What may not be signalled is another
     * user's: PostgreSQL runs on its owner's data only. */
    if (pid <= 1 || kill(pid, 0) < 0)
        return POSTMASTER_GONE;
    _cleanup_text_ char *link = alloc_format("/proc/%d/cwd", (int)pid);
    if (stat(link, &cwd) < 0) {
        int error = errno;
        long uid = look_uid(pid);
        bool over = look(pid, &state, &parent) && is_over(state);
        return over || (uid >= 0 && uid != geteuid()) ? POSTMASTER_GONE : unclear(path, pid, error, f);
    }
    if (stat(data_dir, &data) < 0)
        return unclear(path, pid, errno, f);
    if (cwd.st_dev != data.st_dev || cwd.st_ino != data.st_ino)
        return POSTMASTER_GONE; /* the number is another's by now */
    *ret = pid;
    return POSTMASTER_RUNS;
}

/* ---- its end ---- */

static bool has_ended(const char *data_dir, pid_t pid)
{
    pid_t found, waited = waitpid(pid, NULL, WNOHANG);
    if (waited >= 0)
        return waited == pid;
    return postmaster_find(data_dir, &found, NULL) == POSTMASTER_GONE || (found && found != pid);
}

/* A process that somebody stopped cannot hear that it should end. */
static void wake_one(pid_t pid, char state)
{
    if (state != 'T')
        return;
    log_warn(_("PostgreSQL's process %d stands still, stopped by a signal; it is made to go on, so that it can end"),
             (int)pid);
    kill(pid, SIGCONT);
}

void postmaster_wake(pid_t pid)
{
    char state;
    pid_t parent;
    if (look(pid, &state, &parent))
        wake_one(pid, state);
    each_server(pid, wake_one);
}

/* Whoever was stopped within a system call stands still only when that ends, and
 * is looked for again and again. */
static bool ends_within(const char *data_dir, pid_t pid, int64_t patience)
{
    int64_t now = clock_mono_us(&clock_system), until = now + patience, wake = now;
    while (!has_ended(data_dir, pid)) {
        now = clock_mono_us(&clock_system);
        if (now >= until)
            return false;
        if (now >= wake) {
            postmaster_wake(pid);
            wake = now + SECOND / 2;
        }
        nanosleep(&(struct timespec){.tv_nsec = POLL_NS}, NULL);
    }
    return true;
}

static void kill_one(pid_t pid, char state)
{
    if (!is_over(state))
        kill(pid, SIGKILL);
}

/* The postmaster stands still meanwhile, as it would start others, and goes
 * last: its servers are known by it. */
static void kill_all(pid_t postmaster)
{
    kill(postmaster, SIGSTOP);
    each_server(postmaster, kill_one);
    kill(postmaster, SIGKILL);
}

int postmaster_stop(const char *data_dir, pid_t pid, const struct postmaster_patience *patience, struct fault *f)
{
    kill(pid, SIGINT);
    if (ends_within(data_dir, pid, patience->say))
        return 0;
    log_warn(_("PostgreSQL, process %d, has not ended yet; it is waited for, %d seconds at most"), (int)pid,
             (int)(patience->stop / SECOND));
    if (ends_within(data_dir, pid, patience->stop - patience->say))
        return 0;
    log_warn(_("PostgreSQL, process %d, does not end; it is told to quit at once, and will recover at its next start"),
             (int)pid);
    kill(pid, SIGQUIT);
    if (ends_within(data_dir, pid, patience->quit))
        return 0;
    log_warn(_("PostgreSQL, process %d, does not quit either; it is killed with its servers"), (int)pid);
    kill_all(pid);
    if (ends_within(data_dir, pid, patience->kill))
        return 0;
    return fault_set(f, -ETIMEDOUT, _("PostgreSQL, process %d, cannot be killed: it waits for a disk, or is held"),
                     (int)pid);
}
