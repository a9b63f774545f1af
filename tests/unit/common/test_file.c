#include "tests/unit/check.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/file.h"

static void writes_whole_or_not(void **state)
{
    const char *dir = scratch_dir();
    char path[128], tmp[140];
    struct fault f;
    snprintf(path, sizeof path, "%s/a", dir);
    snprintf(tmp, sizeof tmp, "%s.tmp", path);
    assert_int_equal(file_write_atomic(path, "one", 3, 0644, &f), 0);
    /* what a crash before the rename leaves behind does no harm */
    int fd = open(tmp, O_CREAT | O_WRONLY, 0600);
    assert_int_equal(write(fd, "half", 4), 4);
    close(fd);
    struct buf b = {0};
    assert_int_equal(file_read(path, 100, &b, &f), 0);
    assert_string_equal(b.data, "one");
    buf_free(&b);
    assert_int_equal(file_write_atomic(path, "two", 3, 0600, &f), 0);
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_equal(access(tmp, F_OK), -1);
    assert_int_equal(file_read(path, 2, &b, &f), -EFBIG);
    unlink(path);
    assert_int_equal(file_read(path, 2, &b, &f), -ENOENT);
    assert_non_null(strstr(f.text, path));
    assert_int_equal(file_write_atomic("/nonexistent/x", "", 0, 0600, &f), -ENOENT);
    rmdir(dir);
}

static void makes_folders(void **state)
{
    const char *dir = scratch_dir();
    char deep[128], file[140];
    struct fault f;
    snprintf(deep, sizeof deep, "%s/a/b/c", dir);
    assert_int_equal(file_make_dir(deep, 0700, &f), 0);
    assert_int_equal(file_make_dir(deep, 0700, &f), 0);
    snprintf(file, sizeof file, "%s/f", deep);
    assert_int_equal(file_write_atomic(file, "", 0, 0600, &f), 0);
    assert_int_equal(file_make_dir(file, 0700, &f), -ENOTDIR);
    unlink(file);
    for (int i = 0; i < 4; i++) {
        rmdir(deep);
        *strrchr(deep, '/') = '\0';
    }
}

static void one_owner(void **state)
{
    const char *dir = scratch_dir();
    struct fault f;
    int fd, status;
    assert_int_equal(file_lock_dir(dir, &fd, &f), 0);
    pid_t child = fork();
    if (child == 0) {
        int other;
        char pid[32];
        snprintf(pid, sizeof pid, "process %d;", (int)getppid());
        _exit(file_lock_dir(dir, &other, &f) == -EBUSY && strstr(f.text, pid) ? 0 : 1);
    }
    waitpid(child, &status, 0);
    assert_int_equal(status, 0);
    close(fd);
    assert_int_equal(file_lock_dir(dir, &fd, &f), 0);
    close(fd);
    char path[128];
    snprintf(path, sizeof path, "%s/lock", dir);
    unlink(path);
    rmdir(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_whole_or_not),
        cmocka_unit_test(makes_folders),
        cmocka_unit_test(one_owner),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
