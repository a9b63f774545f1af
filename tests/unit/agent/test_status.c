#include "tests/unit/check.h"

#include <errno.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "agent/daemon/status.h"
#include "common/file.h"

#define SECOND INT64_C(1000000)
#define YEAR   (INT64_C(31557600) * SECOND)
#define NOW    (INT64_C(1795341600) * SECOND) /* in November 2026 */

static char *dir;
static int64_t wall_now, mono_now;
static const char *boot_now;

static int64_t fake_wall(void *ctx)
{
    return wall_now;
}

static int64_t fake_mono(void *ctx)
{
    return mono_now;
}

static const char *fake_boot(void *ctx)
{
    return boot_now;
}

static const struct clock fake = {.wall_us = fake_wall, .mono_us = fake_mono, .boot_id = fake_boot};

static void how_long_ago(void **state)
{
    const struct {
        struct status_moment then;
        int64_t wall, mono;
        const char *boot;
        int64_t age;
    } rows[] = {
        {{NOW, 5 * SECOND}, NOW + 7 * SECOND, 12 * SECOND, "a", 7 * SECOND},
        {{20 * SECOND, 5 * SECOND}, NOW, 12 * SECOND, "a", 7 * SECOND}, /* in 1970, and set since */
        {{NOW, 5 * SECOND}, 20 * SECOND, 12 * SECOND, "a", 7 * SECOND}, /* the other way round */
        {{NOW + 12 * YEAR, 5 * SECOND}, NOW, 12 * SECOND, "a", 7 * SECOND},
        {{NOW, 5 * SECOND}, NOW + 7 * SECOND, 2 * SECOND, "b", 7 * SECOND}, /* another boot */
        {{NOW, 0}, NOW + 7 * SECOND, 2 * SECOND, "a", 7 * SECOND},
        {{NOW, 0}, NOW - 7 * SECOND, 2 * SECOND, "a", 0}, /* set back by a little */
        {{NOW, 0}, NOW - 90 * SECOND, 2 * SECOND, "a", -1},
        {{20 * SECOND, 5 * SECOND}, NOW, 12 * SECOND, "b", -1},
        {{20 * SECOND, 0}, NOW, 12 * SECOND, "a", -1},
        {{NOW, 5 * SECOND}, 20 * SECOND, 12 * SECOND, "b", -1},
        {{20 * SECOND, 0}, 30 * SECOND, 12 * SECOND, "b", -1}, /* both in 1970 */
        {{NOW + 12 * YEAR, 0}, NOW, 12 * SECOND, "b", -1},
    };
    const struct status s = {.boot = "a"};
    for (size_t i = 0; i < COUNT(rows); i++) {
        wall_now = rows[i].wall;
        mono_now = rows[i].mono;
        boot_now = rows[i].boot;
        int64_t age = status_age_us(&s, &rows[i].then, &fake);
        if (age != rows[i].age)
            fail_msg("row %zu: %lld", i, (long long)age);
    }
}

static void comes_back_as_it_went(void **state)
{
    struct status got, s = {.results = 1,
                            .lost = 2,
                            .disk_error = ENOSPC,
                            .overlaps = 3,
                            .missed = 4,
                            .tasks = 5,
                            .schedule_version = 6,
                            .forks = 7,
                            .waiting = 8,
                            .waiting_bytes = 9,
                            .acknowledged = 10,
                            .rejected = 11,
                            .rejected_bytes = 12,
                            .at_us = NOW,
                            .last_result = {NOW + 1, 13},
                            .last_ack = {NOW + 2, 14},
                            .probe = "aaaaaaaaaaaaaaaaaaaa",
                            .collector = "https://collector.example",
                            .last_task = "ping",
                            .last_outcome = "ok"};
    struct fault f;
    struct stat st;
    _cleanup_text_ char *path = alloc_format("%s/status.json", dir);
    memset(s.last_fault, '"', sizeof s.last_fault - 1);
    status_process(&s);
    mode_t before = umask(077);
    assert_int_equal(status_write(dir, &s, &f), 0);
    assert_int_equal(umask(before), 077);
    assert_int_equal(status_read(dir, &got, &f), 0);
    assert_memory_equal(&got, &s, sizeof s);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0644);
    assert_int_equal(st.st_size % 4096, 0);
}

static void reads_what_another_version_wrote_and_refuses_the_rest(void **state)
{
    static const struct {
        const char *text;
        bool good;
    } rows[] = {
        {"{\"at\":\"2026-11-22T10:00:00.000000Z\",\"results\":3,\"lost\":0,\"overlaps\":0,\"missed\":0,\"tasks\":1,"
         "\"schedule_version\":2,\"last_result\":null,\"last_task\":\"\",\"last_outcome\":\"\",\"last_ack\":null,"
         "\"last_fault\":\"\"}\n",
         true},
        {"{}\n   ", true},
        {"", false},
        {"{\"results\":-1}", false},
        {"{\"results\":\"3\"}", false},
        {"{\"probe\":\"aaaaaaaaaaaaaaaaaaaaa\"}", false}, /* longer than a name is */
        {"{\"last_result\":\"yesterday\"}", false},
        {"{\"results\":1}{\"results\":1}", false},
    };
    _cleanup_text_ char *path = alloc_format("%s/status.json", dir);
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct status got;
        struct fault f = {0};
        assert_int_equal(file_write_atomic(path, rows[i].text, strlen(rows[i].text), 0644, &f), 0);
        int r = status_read(dir, &got, &f);
        if ((r == 0) != rows[i].good)
            fail_msg("row %zu: %d %s", i, r, f.text);
    }
}

static void knows_its_process_from_another_of_its_number(void **state)
{
    struct status s = {0};
    assert_false(status_running(&s));
    status_process(&s);
    assert_true(status_running(&s));
    struct status other = s;
    other.started++;
    assert_false(status_running(&other));
    other = s;
    strcpy(other.boot, "another"); /* as a container shows it */
    assert_true(status_running(&other));
    other.started = 0; /* not shown to this user */
    assert_false(status_running(&other));
    pid_t pid = fork();
    if (pid == 0)
        _exit(0);
    waitpid(pid, NULL, 0);
    other = s;
    other.pid = pid;
    assert_false(status_running(&other));
}

int main(void)
{
    dir = scratch_dir();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(how_long_ago),
        cmocka_unit_test(comes_back_as_it_went),
        cmocka_unit_test(reads_what_another_version_wrote_and_refuses_the_rest),
        cmocka_unit_test(knows_its_process_from_another_of_its_number),
    };
    int r = cmocka_run_group_tests(tests, NULL, NULL);
    _cleanup_text_ char *path = alloc_format("%s/status.json", dir);
    unlink(path);
    rmdir(dir);
    return r;
}
