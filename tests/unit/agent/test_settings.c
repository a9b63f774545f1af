#include "tests/unit/check.h"

#include <errno.h>
#include <unistd.h>

#include "agent/daemon/settings.h"
#include "common/lang.h"

static char path[96];

static int read_text(const char *text, struct settings *s, struct fault *f)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
    return settings_read(path, s, f);
}

static void defaults(void **state)
{
    struct settings s = {0};
    struct fault f = {0};
    assert_int_equal(read_text("", &s, &f), 0);
    assert_null(s.collector);
    assert_false(s.allow_private_targets);
    assert_int_equal(s.seal_interval_us, 15 * 60 * 1000000LL);
    assert_int_equal(s.journal_sync_us, 60 * 1000000LL);
    assert_int_equal(s.schedule, SCHEDULE_REMOTE);
    assert_int_equal(s.tasks.count, 0);
    assert_string_equal(settings_language(&s), "auto");
    settings_free(&s);
    unlink(path);
    assert_int_equal(settings_read(path, &s, &f), -ENOENT); /* a named file has to be there */
}

static void a_whole_file(void **state)
{
    struct settings s = {0};
    struct fault f = {0};
    if (read_text("collector = http://127.0.0.1:8080//\nallow_private_targets = yes\nlanguage = en\n"
                  "seal_interval = 2s\nspool_max = 5M\nschedule = off\nforbid = traceroute, gw identity-a-root task:x\n"
                  "[task gw]\ncheck = ping\ntarget = 192.168.1.1\ninterval = 5m\ncount = 3\n"
                  "[task r]\ncheck = dns\ninterval = 90s\n",
                  &s, &f) < 0)
        fail_msg("%s", f.text);
    assert_string_equal(s.collector, "http://127.0.0.1:8080");
    assert_int_equal(s.spool_max, 5 << 20);
    assert_int_equal(s.tasks.count, 2);
    const struct task *gw = schedule_find(&s.tasks, "gw");
    assert_int_equal(gw->interval_us, 300000000);
    assert_int_equal(check_arg_int(&gw->args, "count"), 3);
    assert_true(gw->args.policy.allow_private && !gw->args.policy.typed);
    assert_false(gw->remote);
    assert_null(schedule_find(&s.tasks, "r")->args.target);
    settings_free(&s);
}

static void names_file_line_key_and_cure(void **state)
{
    static const struct {
        const char *text, *says[4];
    } rows[] = {
        {"colector = x\n", {"line 1", "colector", "collector"}},
        {"\nseal_interval = 16m\n", {"line 2", "seal_interval", "16m", "15m"}},
        {"journal_sync = 2m\n", {"line 1", "journal_sync", "1m"}},
        {"allow_private_targets = maybe\n", {"line 1", "allow_private_targets", "yes or no"}},
        {"schedule = on\n", {"line 1", "schedule", "remote, off"}},
        {"spool_max = 3 potatoes\n", {"line 1", "spool_max"}},
        {"[tasks]\na = b\n", {"line 2", "tasks"}},
        {"[task a]\ntarget = x\n", {"line 2", "check ="}},
        {"[task a b]\ncheck = ping\n", {"line 2", "a b"}},
        {"[task a]\ncheck = pong\n", {"line 2", "pong", "ping", "traceroute"}},
        {"[task a]\ncheck = ping\ncheck = dns\n", {"line 3", "ping"}},
        {"[task a]\ncheck = ping\ncolour = red\n", {"line 3", "colour", "count"}},
        {"[task a]\ncheck = ping\ncount = 0\n", {"line 3", "count", "1"}},
        {"[task a]\ncheck = ping\ninterval = 0s\n", {"line 3", "interval", "1s to 31d"}},
        {"[task a]\ncheck = ping\ninterval = often\n", {"line 3", "interval", "often"}},
        {"[task a]\ncheck = ping\ntarget = http://x/\n", {"line 3", "http://x/"}},
        {"[task a]\ncheck = http\ntarget = x\n", {"line 3", "http://"}},
        {"[task a]\ncheck = ping\ntarget = x\n", {"[task a]", "interval"}},
        {"[task a]\ncheck = ping\ninterval = 5m\n", {"[task a]", "target"}},
        {"[task a]\ncheck = dns\ninterval = 5m\n[task b]\ncheck = dns\ninterval = 5m\n[task a]\ncheck = dns\n",
         {"line 8", "[task a]", "twice"}},
        {"just words\n", {"line 1"}},
        {"collector = ftp://x\n", {"line 1", "ftp://x", "https://"}},
        {"collector = https://x?y\n", {"line 1", "https://x?y"}},
        {"\nforbid = ping pingg\n", {"line 2", "forbid = pingg", "ping, ", "task:pingg"}},
        {"forbid = gw\n[task wg]\ncheck = dns\ninterval = 5m\n", {"line 1", "forbid = gw"}},
        {"forbid = ping # dns\n", {"line 1", "forbid = #"}},
        {"forbid = task:a/b\n", {"line 1", "task:a/b"}},
        {"log_level = info\nlog_level = debug\n", {"line 2", "log_level", "twice", "line 1"}},
        {"[task a]\ncheck = ping\ncount = 3\ncount = 4\n", {"line 4", "count", "twice", "line 3"}},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct settings s = {0};
        struct fault f = {0};
        if (read_text(rows[i].text, &s, &f) >= 0)
            fail_msg("row %zu was read", i);
        if (!strstr(f.text, path))
            fail_msg("row %zu does not name the file: %s", i, f.text);
        for (size_t w = 0; w < 4 && rows[i].says[w]; w++)
            if (!strstr(f.text, rows[i].says[w]))
                fail_msg("row %zu lacks \"%s\": %s", i, rows[i].says[w], f.text);
    }
}

static void the_sample_is_read(void **state)
{
    struct settings s = {0};
    struct fault f = {0};
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    settings_print_sample(file);
    fclose(file);
    if (settings_read(path, &s, &f) < 0)
        fail_msg("%s", f.text);
    settings_free(&s);

    /* And with every key taken out of its comment. */
    char line[512];
    file = fopen(path, "r");
    struct buf live = {0};
    while (fgets(line, sizeof line, file))
        if (line[0] == '#' && line[1] != ' ' && !strstr(line, " = \n"))
            buf_add_text(&live, line + 1);
    fclose(file);
    if (read_text(live.data, &s, &f) < 0)
        fail_msg("%s", f.text);
    assert_int_equal(s.tasks.count, 1);
    settings_free(&s);
    buf_free(&live);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(defaults),
        cmocka_unit_test(a_whole_file),
        cmocka_unit_test(names_file_line_key_and_cure),
        cmocka_unit_test(the_sample_is_read),
    };
    char *dir = scratch_dir();
    snprintf(path, sizeof path, "%s/agent.conf", dir);
    lang_start("en");
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    unlink(path);
    rmdir(dir);
    return failed;
}
