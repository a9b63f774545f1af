#include "tests/unit/check.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdbool.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/file.h"

static void stages_over_no_folder(void **state)
{
    const char *dir = scratch_dir();
    char path[128], tmp[140];
    struct fault f;
    snprintf(path, sizeof path, "%s/folder", dir);
    snprintf(tmp, sizeof tmp, "%s.tmp", path);
    assert_int_equal(mkdir(path, 0755), 0);
    assert_int_equal(file_stage(path, "one", 3, 0644, &f), -EISDIR);
    assert_non_null(strstr(f.text, path));
    assert_int_equal(access(tmp, F_OK), -1);
    rmdir(path);
}

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

/* An alarm ends the test should it wait for a pipe's other end. */
static void waits_for_no_pipe(void **state)
{
    static const struct {
        mode_t kind;
        int flags, code;
    } cases[] = {
        {S_IFIFO, O_RDONLY, -EINVAL},  {S_IFIFO, O_WRONLY, -EINVAL},
        {S_IFIFO, O_RDWR, -EINVAL},    {S_IFIFO, O_WRONLY | O_CREAT | O_APPEND, -EINVAL},
        {S_IFSOCK, O_RDONLY, -EINVAL}, {S_IFDIR, O_RDONLY, -EISDIR},
        {S_IFREG, O_RDONLY, 0},        {S_IFREG, O_WRONLY, 0},
    };
    const char *dir = scratch_dir();
    char path[128];
    struct fault f;
    struct buf b = {0};
    snprintf(path, sizeof path, "%s/x", dir);
    alarm(10);
    for (size_t i = 0; i < COUNT(cases); i++) {
        int fd = -1;
        assert_int_equal(cases[i].kind == S_IFDIR ? mkdir(path, 0700) : mknod(path, cases[i].kind | 0600, 0), 0);
        assert_int_equal(file_open(path, cases[i].flags, 0600, &fd, &f), cases[i].code);
        assert_int_equal(fd >= 0, cases[i].code == 0);
        if (cases[i].code < 0)
            assert_non_null(strstr(f.text, path));
        if (cases[i].code == -EINVAL)
            assert_non_null(strstr(f.text, "not a regular file"));
        assert_int_equal(file_read(path, 1, &b, &f), cases[i].code);
        buf_free(&b);
        close(fd);
        remove(path);
    }
    snprintf(path, sizeof path, "%s/lock", dir);
    assert_int_equal(mkfifo(path, 0600), 0);
    int fd;
    assert_int_equal(file_lock_dir(dir, &fd, &f), -EINVAL);
    alarm(0);
    unlink(path);
    assert_int_equal(file_read("/dev/null", 1, &b, &f), 0);
    buf_free(&b);
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

/* In the scratch folder: its names, joined. */
static const char *left(const char *dir)
{
    static char names[200];
    char *list = names;
    struct dirent **entries;
    int count = scandir(dir, &entries, NULL, alphasort);
    *names = '\0';
    for (int i = 0; i < count; i++) {
        if (entries[i]->d_name[0] != '.')
            list += sprintf(list, "%s ", entries[i]->d_name);
        free(entries[i]);
    }
    free(entries);
    return names;
}

static void put(const char *dir, const char *name)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s", dir, name);
    close(open(path, O_CREAT | O_WRONLY, 0600));
}

/* Only what nobody writes, only files, and in a folder of others only what is named. */
static void sweeps_what_a_cut_left(void **state)
{
    const char *dir = scratch_dir();
    char writing[128], sub[128], file[128];
    struct fault f;
    int lock;
    static const char *const names[] = {"1.batch.tmp", "kept", "listen.tmp", "not.tmp.", "tmp", ".tmp"};
    for (size_t i = 0; i < COUNT(names); i++)
        put(dir, names[i]);
    snprintf(sub, sizeof sub, "%s/sub.tmp", dir);
    snprintf(writing, sizeof writing, "%s/writing.tmp", dir);
    assert_int_equal(mkdir(sub, 0700), 0);
    int fd = open(writing, O_CREAT | O_WRONLY, 0600);
    assert_int_equal(flock(fd, LOCK_SH), 0); /* as file_write_atomic */
    assert_int_equal(file_sweep(dir, ".batch" FILE_UNFINISHED, &f), 0);
    assert_string_equal(left(dir), "kept listen.tmp not.tmp. sub.tmp tmp writing.tmp ");
    assert_int_equal(file_lock_dir(dir, &lock, &f), 0);
    assert_string_equal(left(dir), "kept lock not.tmp. sub.tmp tmp writing.tmp ");
    close(fd);
    assert_int_equal(file_sweep(dir, FILE_UNFINISHED, &f), 0);
    assert_string_equal(left(dir), "kept lock not.tmp. sub.tmp tmp ");
    close(lock);
    rmdir(sub);
    assert_int_equal(file_sweep(sub, FILE_UNFINISHED, &f), 0);
    static const char *const rest[] = {"kept", "lock", "not.tmp.", "tmp", ".tmp"};
    for (size_t i = 0; i < COUNT(rest); i++) {
        snprintf(file, sizeof file, "%s/%s", dir, rest[i]);
        assert_int_equal(unlink(file), 0);
    }
    rmdir(dir);
}

static bool nothing_matches(const char *pattern, int wanted)
{
    struct fault f;
    glob_t found;
    int rc = file_match(pattern, &found, &f);
    bool right = rc == wanted && found.gl_pathc == 0;
    globfree(&found);
    return right;
}

/* A folder that cannot be read does not pass for an empty one. */
static void matches_or_fails(void **state)
{
    const char *dir = scratch_dir();
    struct fault f;
    glob_t found;
    int status;
    char pattern[128], closed[128], path[140];
    snprintf(pattern, sizeof pattern, "%s/*/x.*", dir);
    snprintf(closed, sizeof closed, "%s/closed", dir);
    snprintf(path, sizeof path, "%s/x.tar", closed);
    assert_true(nothing_matches(pattern, 0));
    assert_true(nothing_matches("/nonexistent/*/x", 0));
    assert_int_equal(mkdir(closed, 0700), 0);
    assert_true(nothing_matches(pattern, 0));
    close(open(path, O_CREAT | O_WRONLY, 0600));
    assert_int_equal(file_match(pattern, &found, &f), 0);
    assert_int_equal(found.gl_pathc, 1);
    assert_string_equal(found.gl_pathv[0], path);
    globfree(&found);
    assert_int_equal(chmod(closed, 0), 0);
    assert_int_equal(chmod(dir, 0755), 0);
    pid_t child = fork();
    if (child == 0) /* root reads everything */
        _exit((geteuid() == 0 && setuid(65534) < 0) || !nothing_matches(pattern, -EACCES));
    waitpid(child, &status, 0);
    assert_int_equal(status, 0);
    chmod(closed, 0700);
    unlink(path);
    rmdir(closed);
    rmdir(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stages_over_no_folder),
        cmocka_unit_test(writes_whole_or_not),
        cmocka_unit_test(waits_for_no_pipe),
        cmocka_unit_test(makes_folders),
        cmocka_unit_test(one_owner),
        cmocka_unit_test(sweeps_what_a_cut_left),
        cmocka_unit_test(matches_or_fails),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
