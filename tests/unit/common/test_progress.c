#include "tests/unit/check.h"

#include <fcntl.h>
#include <unistd.h>

#include "common/progress.h"

/* What goes to a pipe or a log has no line that is written over and over. */
static void nobody_looks_on(void **state)
{
    char path[128], text[64];
    struct progress p = {0};
    snprintf(path, sizeof path, "%s/err", scratch_dir());
    int before = dup(2), fd = open(path, O_RDWR | O_CREAT, 0600);
    dup2(fd, 2);
    progress_show(&p, "probes", 1, 2);
    progress_end(&p);
    dup2(before, 2);
    assert_int_equal(pread(fd, text, sizeof text, 0), 0);
    close(fd);
    close(before);
    shell("rm -r $(dirname %s)", path);
}

/* A terminal's line says how far it is, and is taken away at the end. */
static void somebody_does(void **state)
{
    char text[256] = "";
    struct progress p = {0};
    int before = dup(2), ends = posix_openpt(O_RDWR | O_NOCTTY);
    assert_true(ends >= 0 && grantpt(ends) == 0 && unlockpt(ends) == 0);
    int terminal = open(ptsname(ends), O_RDWR | O_NOCTTY);
    dup2(terminal, 2);
    progress_show(&p, "probes", 1, 20);
    progress_show(&p, "probes", 2, 20); /* at once: not shown */
    progress_end(&p);
    dup2(before, 2);
    assert_true(read(ends, text, sizeof text - 1) > 0);
    assert_non_null(strstr(text, "probes: 1/20"));
    assert_null(strstr(text, "2/20"));
    close(terminal);
    close(ends);
    close(before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(nobody_looks_on), cmocka_unit_test(somebody_does)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
