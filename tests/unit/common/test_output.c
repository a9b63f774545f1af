#include "tests/unit/check.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/lang.h"
#include "common/output.h"

/* In a process of its own: what it did with its three first descriptors, as its
 * exit status. */
static int in_a_child(int (*act)(void))
{
    int status;
    pid_t pid = fork();
    if (pid == 0)
        _exit(act());
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void put_out(const char *path)
{
    dup2(open(path, O_WRONLY | O_CLOEXEC), STDOUT_FILENO);
    dup2(open("/dev/null", O_WRONLY | O_CLOEXEC), STDERR_FILENO);
}

static int print_and_close(const char *path, int status)
{
    put_out(path);
    printf("a secret\n");
    return output_close("test", status);
}

static int to_a_full_disk(void)
{
    return print_and_close("/dev/full", 0);
}

static int to_a_full_disk_after_another_failure(void)
{
    return print_and_close("/dev/full", 3);
}

static int to_where_there_is_room(void)
{
    return print_and_close("/dev/null", 0);
}

/* What failed on the way counts, too, not what the last flush says. */
static int told_at_once(void)
{
    struct fault f = {0};
    put_out("/dev/full");
    printf("a secret\n");
    fflush(stdout);
    return output_flush(&f) == -EIO && strstr(f.text, "lost") ? 1 : 0;
}

static void what_did_not_get_out_is_a_failure(void **state)
{
    assert_int_equal(in_a_child(to_where_there_is_room), 0);
    assert_int_equal(in_a_child(to_a_full_disk), 1);
    assert_int_equal(in_a_child(to_a_full_disk_after_another_failure), 3);
    assert_int_equal(in_a_child(told_at_once), 1);
}

static int closed(int fd)
{
    close(fd);
    output_open();
    int file = open("/dev/null", O_RDWR);
    /* What is opened next is none of the three, and using the one that was closed fails. */
    ssize_t n = fd == STDIN_FILENO ? read(fd, &n, 1) : write(fd, "x", 1);
    return file > STDERR_FILENO && n < 0;
}

static int closed_in(void)
{
    return closed(STDIN_FILENO);
}

static int closed_out(void)
{
    return closed(STDOUT_FILENO);
}

static int closed_err(void)
{
    return closed(STDERR_FILENO);
}

static void a_closed_one_is_nobodys_file(void **state)
{
    assert_int_equal(in_a_child(closed_in), 1);
    assert_int_equal(in_a_child(closed_out), 1);
    assert_int_equal(in_a_child(closed_err), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_did_not_get_out_is_a_failure),
        cmocka_unit_test(a_closed_one_is_nobodys_file),
    };
    lang_start("en");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
