#include "tests/unit/check.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "collector/db/postmaster.h"
#include "common/clock.h"
#include "common/file.h"

static char *dir;
static char data[100], other[100], pid_path[140];

static int setup(void **state)
{
    dir = scratch_dir();
    snprintf(data, sizeof data, "%s/data", dir);
    snprintf(other, sizeof other, "%s/other", dir);
    snprintf(pid_path, sizeof pid_path, "%s/postmaster.pid", data);
    return chmod(dir, 0755) < 0 || mkdir(data, 0755) < 0 || mkdir(other, 0755) < 0;
}

static int teardown(void **state)
{
    unlink(pid_path);
    return rmdir(data) < 0 || rmdir(other) < 0 || rmdir(dir) < 0;
}

static void name(const char *text)
{
    struct fault f;
    assert_int_equal(file_write_atomic(pid_path, text, strlen(text), 0644, &f), 0);
}

static void name_pid(pid_t pid)
{
    char text[132];
    snprintf(text, sizeof text, "%d\n%s\n", (int)pid, data);
    name(text);
}

static void become_nobody(void)
{
    const struct passwd *nobody = getpwnam("nobody");
    if (geteuid() == 0 && (!nobody || setresuid(nobody->pw_uid, nobody->pw_uid, nobody->pw_uid) < 0))
        _exit(9);
}

/* A process that lives in `folder` until it is killed, and hears nothing when
 * `deaf`; with a server of its own when `parent`. */
static pid_t spawn(const char *folder, bool hidden, bool deaf, bool parent)
{
    int ready[2];
    char octet;
    assert_int_equal(pipe(ready), 0);
    pid_t pid = fork();
    if (pid == 0) {
        if (hidden)
            become_nobody();
        if (chdir(folder) < 0 || prctl(PR_SET_DUMPABLE, !hidden) < 0)
            _exit(9);
        if (deaf) {
            signal(SIGINT, SIG_IGN);
            signal(SIGQUIT, SIG_IGN);
        }
        pid_t server = parent ? fork() : -1;
        if (server > 0 && pwrite(open("server", O_CREAT | O_WRONLY, 0600), &server, sizeof server, 0) < 0)
            _exit(9);
        if (server != 0 && write(ready[1], "", 1) != 1)
            _exit(9);
        close(ready[1]);
        for (;;)
            pause();
    }
    close(ready[1]);
    assert_int_equal(read(ready[0], &octet, 1), 1);
    close(ready[0]);
    return pid;
}

static void finish(pid_t pid)
{
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
}

static void is_found(pid_t named, enum postmaster wanted)
{
    struct fault f = {0};
    pid_t pid = -1;
    name_pid(named);
    assert_int_equal(postmaster_find(data, &pid, &f), wanted);
    assert_int_equal(pid, wanted == POSTMASTER_RUNS ? named : 0);
}

static void nobody_is_named(void **state)
{
    static const char *const files[] = {NULL, "", "\n", "nonsense", "0\n", "1\n", "-5\n", "99999999\n"};
    for (size_t i = 0; i < COUNT(files); i++) {
        struct fault f;
        pid_t pid;
        unlink(pid_path);
        if (files[i])
            name(files[i]);
        assert_int_equal(postmaster_find(data, &pid, &f), POSTMASTER_GONE);
        assert_int_equal(pid, 0);
    }
}

static void a_process_is_known_by_its_folder(void **state)
{
    pid_t here = spawn(data, false, false, false), there = spawn(other, false, false, false);
    is_found(here, POSTMASTER_RUNS);
    is_found(there, POSTMASTER_GONE);
    kill(here, SIGKILL);
    siginfo_t info;
    assert_int_equal(waitid(P_PID, (id_t)here, &info, WEXITED | WNOWAIT), 0); /* a zombie */
    is_found(here, POSTMASTER_GONE);
    finish(here);
    is_found(here, POSTMASTER_GONE);
    finish(there);
}

/* The same user's, and the system shows no folder of it. */
static void what_is_not_shown_is_unclear(void **state)
{
    pid_t hidden = spawn(data, true, false, false);
    int status;
    name_pid(hidden);
    pid_t asks = fork();
    if (asks == 0) {
        struct fault f = {0};
        pid_t pid;
        char text[32];
        become_nobody();
        bool right = postmaster_find(data, &pid, &f) == POSTMASTER_UNCLEAR && pid == 0;
        snprintf(text, sizeof text, "kill -INT %d", (int)hidden);
        _exit(!right || f.code != -EBUSY || !strstr(f.text, text));
    }
    waitpid(asks, &status, 0);
    assert_int_equal(status, 0);
    assert_int_equal(access(pid_path, F_OK), 0);
    finish(hidden);
}

/* A process, but of a user who cannot have started a server on this data. */
static void what_is_anothers_is_none(void **state)
{
    int status;
    pid_t roots = spawn(data, false, false, false);
    name_pid(geteuid() == 0 ? roots : 2); /* kthreadd is root's */
    pid_t asks = fork();
    if (asks == 0) {
        pid_t pid;
        become_nobody();
        _exit(postmaster_find(data, &pid, NULL) != POSTMASTER_GONE);
    }
    waitpid(asks, &status, 0);
    assert_int_equal(status, 0);
    finish(roots);
}

static void an_unreadable_file_is_unclear(void **state)
{
    struct fault f;
    pid_t pid;
    unlink(pid_path);
    assert_int_equal(mkdir(pid_path, 0700), 0); /* even root cannot read it */
    assert_int_equal(postmaster_find(data, &pid, &f), POSTMASTER_UNCLEAR);
    assert_int_equal(rmdir(pid_path), 0);
}

/* ---- its end ---- */

#define MS INT64_C(1000)
static const struct postmaster_patience short_patience = {
    .say = 50 * MS, .stop = 1000 * MS, .quit = 200 * MS, .kill = 2000 * MS};

static int64_t stop_ms(pid_t pid)
{
    struct fault f = {0};
    int64_t from = clock_mono_us(&clock_system);
    name_pid(pid);
    assert_int_equal(postmaster_stop(data, pid, &short_patience, &f), 0);
    return (clock_mono_us(&clock_system) - from) / 1000;
}

static void one_that_hears_ends_at_once(void **state)
{
    pid_t pid = spawn(data, false, false, false);
    assert_true(stop_ms(pid) < 1000);
    assert_int_equal(kill(pid, 0), -1);
}

static void one_that_stands_still_is_woken(void **state)
{
    pid_t pid = spawn(data, false, false, false);
    kill(pid, SIGSTOP);
    assert_int_equal(waitpid(pid, NULL, WUNTRACED), pid);
    assert_true(stop_ms(pid) < 1000);
}

static void one_that_hears_nothing_is_killed_with_its_servers(void **state)
{
    pid_t server, pid = spawn(data, false, true, true);
    char path[140];
    snprintf(path, sizeof path, "%s/server", data);
    int fd = open(path, O_RDONLY);
    assert_int_equal(read(fd, &server, sizeof server), sizeof server);
    close(fd);
    unlink(path);
    assert_int_equal(prctl(PR_SET_CHILD_SUBREAPER, 1), 0); /* the server comes to us when it is orphaned */
    int64_t ms = stop_ms(pid);
    assert_true(ms >= 1200 && ms < 3200);
    int status;
    assert_int_equal(waitpid(server, &status, 0), server);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

/* What an owner puts there as a postmaster, with a child of root's such as sudo starts. */
static pid_t spawn_nobodys_with_roots(pid_t *ret_child)
{
    int ready[2];
    assert_int_equal(pipe(ready), 0);
    pid_t pid = fork();
    if (pid == 0) {
        signal(SIGINT, SIG_IGN);
        signal(SIGQUIT, SIG_IGN);
        pid_t child = fork();
        while (child == 0)
            pause();
        become_nobody();
        if (chdir(data) < 0 || prctl(PR_SET_DUMPABLE, 1) < 0 || write(ready[1], &child, sizeof child) < 0)
            _exit(9);
        for (;;)
            pause();
    }
    close(ready[1]);
    assert_int_equal(read(ready[0], ret_child, sizeof *ret_child), sizeof *ret_child);
    close(ready[0]);
    return pid;
}

/* Root in reserve may signal root's processes; whose data it is may not. */
static void what_is_anothers_is_not_killed_with_it(void **state)
{
    const struct passwd *nobody = getpwnam("nobody");
    int status;
    assert_non_null(nobody);
    pid_t child, pid = spawn_nobodys_with_roots(&child);
    assert_int_equal(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
    name_pid(pid);
    pid_t stops = fork();
    if (stops == 0) {
        struct fault f;
        _exit(setresuid(0, nobody->pw_uid, 0) < 0 || postmaster_stop(data, pid, &short_patience, &f) < 0);
    }
    waitpid(stops, &status, 0);
    assert_int_equal(status, 0);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    assert_int_equal(waitpid(child, NULL, WNOHANG), 0); /* alive, and ours by now */
    finish(child);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(nobody_is_named, setup, teardown),
        cmocka_unit_test_setup_teardown(a_process_is_known_by_its_folder, setup, teardown),
        cmocka_unit_test_setup_teardown(what_is_not_shown_is_unclear, setup, teardown),
        cmocka_unit_test_setup_teardown(what_is_anothers_is_none, setup, teardown),
        cmocka_unit_test_setup_teardown(an_unreadable_file_is_unclear, setup, teardown),
        cmocka_unit_test_setup_teardown(one_that_hears_ends_at_once, setup, teardown),
        cmocka_unit_test_setup_teardown(one_that_stands_still_is_woken, setup, teardown),
        cmocka_unit_test_setup_teardown(one_that_hears_nothing_is_killed_with_its_servers, setup, teardown),
        cmocka_unit_test_setup_teardown(what_is_anothers_is_not_killed_with_it, setup, teardown),
    };
    /* The last one wants root, who alone can be two users; cmocka's skip() is a failure in TAP. */
    size_t count = COUNT(tests) - (geteuid() != 0);
    return _cmocka_run_group_tests("tests", tests, count, NULL, NULL);
}
