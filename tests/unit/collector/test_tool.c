#include "tests/unit/check.h"

#include <errno.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "collector/report/pdf.h"
#include "collector/report/raster.h"
#include "collector/report/tool.h"
#include "common/clock.h"
#include "common/file.h"

/* In the place of a program, a script that does as its text says. */
static char *program_that(const char *folder, const char *name, const char *does)
{
    shell("mkdir -p %s/bin && printf '#!/bin/sh\\n%s\\n' >%s/bin/%s && chmod 755 %s/bin/%s", folder, does, folder, name,
          folder, name);
    _cleanup_text_ char *search = alloc_format("/nonexistent::relative:%s/bin", folder);
    return tool_find(name, search);
}

static void is_found_on_the_search_path(void **state)
{
    char *folder = scratch_dir();
    _cleanup_text_ char *program = program_that(folder, "maker", "true"),
                        *wanted = alloc_format("%s/bin/maker", folder);
    assert_string_equal(program, wanted);
    assert_null(tool_find("mak", "/nonexistent"));
    shell("chmod 644 %s/bin/maker", folder);
    if (geteuid() != 0)
        assert_null(tool_find("maker", folder));
    assert_null(tool_find("maker", NULL));
    assert_null(tool_find("maker", ""));
    assert_null(tool_find("maker", "/nonexistent"));
    shell("rm -r %s", folder);
}

typedef int (*make)(const char *program, const char *scratch, const struct buf *in, struct buf *out, struct fault *f);

static const struct {
    const char *program, *makes; /* a copy of what it reads, by the arguments that the program takes */
    make make;
    const char *fails;
} tools[] = {
    {PDF_PROGRAM, "test \"$2\" = --pdf-variant=pdf/ua-1 && (echo made; cat \"$3\") >\"$4\"", pdf_make,
     "no PDF was made: "},
    {RASTER_PROGRAM, "test \"$3\" = --output && (echo made; cat \"$5\") >\"$4\"", raster_make, "no PNG was made: "},
};

static void gives_what_the_program_made(void **state)
{
    for (size_t t = 0; t < COUNT(tools); t++) {
        char *folder = scratch_dir();
        _cleanup_text_ char *program = program_that(folder, tools[t].program, tools[t].makes);
        struct buf in = {0}, out = {0};
        struct fault f = {0};
        buf_add_text(&in, "<p>été</p>");
        if (tools[t].make(program, folder, &in, &out, &f) < 0)
            fail_msg("%s", f.text);
        assert_string_equal(out.data, "made\n<p>été</p>");
        shell("test \"$(ls %s)\" = bin", folder);
        buf_free(&in);
        buf_free(&out);
        shell("rm -r %s", folder);
    }
}

static void says_why_there_is_none(void **state)
{
    static const char *const fail[] = {"echo no font >&2; exit 1", "true"};
    for (size_t n = 0; n < COUNT(tools) * COUNT(fail); n++) {
        char *folder = scratch_dir();
        _cleanup_text_ char *program = program_that(folder, tools[n / 2].program, fail[n % 2]);
        struct buf in = {0}, out = {0};
        struct fault f = {0};
        buf_add_text(&in, "x");
        assert_true(tools[n / 2].make(program, folder, &in, &out, &f) < 0);
        assert_non_null(strstr(f.text, tools[n / 2].fails));
        if (n % 2 == 0)
            assert_non_null(strstr(f.text, "no font"));
        shell("test \"$(ls %s)\" = bin", folder);
        buf_free(&in);
        buf_free(&out);
        shell("rm -r %s", folder);
    }
}

static void needs_a_scratch(void **state)
{
    struct buf in = {0}, out = {0};
    struct fault f = {0};
    assert_int_equal(
        tool_run(&(struct tool_job){"/bin/true", (const char *const[]){NULL}, "/nonexistent", 1}, &in, &out, &f),
        -ENOENT);
    assert_non_null(strstr(f.text, "/nonexistent/"));
}

/* A program that hangs hangs no longer than who waits for it. */
static void ends_with_who_runs_it(void **state)
{
    char *folder = scratch_dir();
    _cleanup_text_ char *does = alloc_format("echo $$ >%s/new; mv %s/new %s/pid; exec sleep 5", folder, folder, folder);
    _cleanup_text_ char *program = program_that(folder, "maker", does), *path = alloc_format("%s/pid", folder);
    struct buf in = {0}, out = {0}, text = {0};
    struct fault f = {0};
    int status;
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    const pid_t runs = fork();
    if (runs == 0)
        _exit(tool_run(&(struct tool_job){program, (const char *const[]){NULL}, folder, 1}, &in, &out, &f) < 0);
    while (file_read(path, 16, &text, &f) < 0)
        usleep(1000);
    const pid_t hangs = (pid_t)atoi(text.data);
    kill(runs, SIGKILL);
    assert_int_equal(waitpid(runs, &status, 0), runs);
    assert_int_equal(waitpid(hangs, &status, 0), hangs);
    assert_true(WIFSIGNALED(status));
    buf_free(&text);
    shell("rm -r %s", folder);
}

/* With what it started: else that would hold the pipe, and who waits. Also when it has nothing more to say. */
static void ends_when_its_time_is_over(void **state)
{
    static const char *const goes_on[] = {"sleep 30 & echo begun; sleep 30", "exec >&- 2>&-; sleep 30"};
    for (size_t n = 0; n < COUNT(goes_on); n++) {
        char *folder = scratch_dir();
        _cleanup_text_ char *program = program_that(folder, "maker", goes_on[n]);
        struct buf in = {0}, out = {0};
        struct fault f = {0};
        const int64_t began_us = clock_mono_us(&clock_system);
        assert_int_equal(
            tool_run(&(struct tool_job){program, (const char *const[]){NULL}, folder, 1, 1}, &in, &out, &f),
            -ETIMEDOUT);
        assert_true(clock_mono_us(&clock_system) - began_us < 20000000);
        assert_non_null(strstr(f.text, "was not done after 1 s"));
        shell("test \"$(ls %s)\" = bin", folder);
        shell("rm -r %s", folder);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_found_on_the_search_path), cmocka_unit_test(gives_what_the_program_made),
        cmocka_unit_test(says_why_there_is_none),      cmocka_unit_test(needs_a_scratch),
        cmocka_unit_test(ends_with_who_runs_it),       cmocka_unit_test(ends_when_its_time_is_over),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
