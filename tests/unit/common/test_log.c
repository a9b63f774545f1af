#include "tests/unit/check.h"

#include <unistd.h>

#include "common/alloc.h"
#include "common/lang.h"
#include "common/log.h"

/* What the lines of `say` leave on standard error. */
static const char *told(void (*say)(void))
{
    static char text[8192];
    FILE *file = tmpfile();
    assert_non_null(file);
    int before = dup(STDERR_FILENO);
    dup2(fileno(file), STDERR_FILENO);
    say();
    fflush(stderr);
    dup2(before, STDERR_FILENO);
    close(before);
    rewind(file);
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    fclose(file);
    return text;
}

static void say_levels(void)
{
    log_error("a %d", 1);
    log_warn("b");
    log_info("c");
    log_debug("d");
}

static void tells_from_its_level_on(void **state)
{
    static const struct {
        enum log_level level;
        const char *plain, *journal;
    } rows[] = {
        {LOG_ERROR, "error: a 1\n", "<3>a 1\n"},
        {LOG_INFO, "error: a 1\nwarn: b\ninfo: c\n", "<3>a 1\n<4>b\n<6>c\n"},
        {LOG_DEBUG, "error: a 1\nwarn: b\ninfo: c\ndebug: d\n", "<3>a 1\n<4>b\n<6>c\n<7>d\n"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        log_set_level(rows[i].level);
        assert_string_equal(told(say_levels), rows[i].plain);
        setenv("JOURNAL_STREAM", "8:1", 1);
        assert_string_equal(told(say_levels), rows[i].journal);
        unsetenv("JOURNAL_STREAM");
    }
    log_set_level(LOG_INFO);
}

static void say_strange(void)
{
    log_warn("%s: %s", "/a\nerror: b", "\x1b[2J\xc2\x9bm");
}

/* A path of a request, decoded, is a text that a stranger chose. */
static void a_stranger_writes_no_line(void **state)
{
    assert_string_equal(told(say_strange), "warn: /a error: b:  [2J  m\n");
}

static void say_long(void)
{
    char text[5000];
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    log_warn("%s", text);
}

static void a_long_line_is_cut(void **state)
{
    const char *text = told(say_long);
    assert_int_equal(strlen(text), 2048);
    assert_int_equal(text[2047], '\n');
}

static struct log_limit limit;

static void say_often(void)
{
    for (int i = 0; i < 5; i++)
        log_limited(&limit, LOG_WARN, "again %d", i);
}

static void a_flood_is_counted(void **state)
{
    limit = (struct log_limit){.interval_us = 3600 * INT64_C(1000000), .burst = 2};
    assert_string_equal(told(say_often), "warn: again 0\nwarn: again 1\n");
    assert_string_equal(told(say_often), "");
    limit.since_us -= limit.interval_us; /* an hour later */
    assert_string_equal(told(say_often), "info: 8 like messages were left out\nwarn: again 0\nwarn: again 1\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_from_its_level_on),
        cmocka_unit_test(a_stranger_writes_no_line),
        cmocka_unit_test(a_long_line_is_cut),
        cmocka_unit_test(a_flood_is_counted),
    };
    unsetenv("JOURNAL_STREAM");
    lang_start("en");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
