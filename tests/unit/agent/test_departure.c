#include "tests/unit/folder.h"

#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <unistd.h>

#include "agent/probe/departure.h"
#include "common/file.h"

static const char *const folders[] = {"journal", "spool", "spool/acked", "spool/rejected"};
static const char *const files[] = {
    "identity.json",          "key",   "key.next", "chain.json",    "schedule.ndjson", "status.json",
    "network.json",           "owner", "control",  "journal/1.log", "spool/a.batch",   "spool/acked/b.batch",
    "spool/rejected/c.batch", "lock",
};

static char *path_of(const char *name)
{
    return alloc_format("%s/%s", dir, name);
}

static int a_probe(void **state)
{
    struct fault f;
    in_a_fresh_folder(state);
    for (size_t i = 0; i < COUNT(folders); i++) {
        _cleanup_text_ char *path = path_of(folders[i]);
        assert_int_equal(file_make_dir(path, 0700, &f), 0);
    }
    for (size_t i = 0; i < COUNT(files); i++) {
        _cleanup_text_ char *path = path_of(files[i]);
        assert_int_equal(file_write_atomic(path, "x", 1, 0600, &f), 0);
    }
    return 0;
}

static bool there(const char *name)
{
    _cleanup_text_ char *path = path_of(name);
    return access(path, F_OK) == 0;
}

static void take_away(const char *name)
{
    _cleanup_text_ char *path = path_of(name);
    assert_int_equal(remove(path), 0);
}

/* What a next probe would be refused for is gone; the lock of who runs here, and
 * what is not the probe's, stays. */
static void nothing_of_it_is_left(void)
{
    DIR *open = opendir(dir);
    assert_non_null(open);
    for (const struct dirent *entry; (entry = readdir(open));)
        if (entry->d_name[0] != '.' && strcmp(entry->d_name, "lock") != 0 && strcmp(entry->d_name, "notes") != 0)
            fail_msg("%s is left", entry->d_name);
    closedir(open);
    assert_true(there("lock"));
}

static void who_has_not_left_loses_nothing(void **state)
{
    struct fault f = {0};
    assert_int_equal(departure_finish(dir, &f), 0);
    for (size_t i = 0; i < COUNT(files); i++)
        assert_true(there(files[i]));
}

static void who_leaves_takes_everything_along(void **state)
{
    struct fault f = {0};
    _cleanup_text_ char *notes = path_of("notes");
    assert_int_equal(file_write_atomic(notes, "x", 1, 0600, &f), 0);
    assert_int_equal(departure_begin(dir, &f), 0);
    assert_false(there("identity.json")); /* no probe any more, before anything else goes */
    assert_true(there("key"));
    assert_int_equal(departure_finish(dir, &f), 0);
    nothing_of_it_is_left();
    assert_true(there("notes"));
    assert_int_equal(departure_finish(dir, &f), 0);
}

/* Wherever a cut came, the next start goes on. */
static void an_interrupted_one_is_finished(void **state)
{
    static const char *const gone[] = {
        "spool/acked/b.batch", "spool/acked",   "spool/rejected/c.batch",
        "spool/rejected",      "spool/a.batch", "spool",
        "journal/1.log",       "journal",       "key",
        "chain.json",          "owner",         "control",
    };
    for (size_t cut = 0; cut <= COUNT(gone); cut++) {
        struct fault f = {0};
        if (cut > 0)
            assert_int_equal(a_probe(NULL), 0);
        assert_int_equal(departure_begin(dir, &f), 0);
        for (size_t i = 0; i < cut; i++)
            take_away(gone[i]);
        if (departure_finish(dir, &f) < 0)
            fail_msg("cut %zu: %s", cut, f.text);
        nothing_of_it_is_left();
        if (cut < COUNT(gone))
            remove_folder(NULL);
    }
}

static void who_is_no_probe_cannot_leave(void **state)
{
    struct fault f = {0};
    take_away("identity.json");
    assert_int_equal(departure_begin(dir, &f), -ENOENT);
    assert_non_null(strstr(f.text, "identity.json"));
    assert_int_equal(departure_finish(dir, &f), 0);
    assert_true(there("key"));
}

/* What cannot be removed is told, and identity.left stays for the next try. */
static void what_is_in_the_way_is_told(void **state)
{
    struct fault f = {0};
    _cleanup_text_ char *odd = path_of("spool/odd");
    assert_int_equal(file_make_dir(odd, 0700, &f), 0);
    assert_int_equal(departure_begin(dir, &f), 0);
    assert_int_equal(departure_finish(dir, &f), -ENOTEMPTY);
    assert_non_null(strstr(f.text, "/spool"));
    assert_true(there("identity.left"));
    assert_int_equal(rmdir(odd), 0);
    assert_int_equal(departure_finish(dir, &f), 0);
    nothing_of_it_is_left();
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, a_probe, remove_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(who_has_not_left_loses_nothing), TEST(who_leaves_takes_everything_along),
        TEST(an_interrupted_one_is_finished), TEST(who_is_no_probe_cannot_leave),
        TEST(what_is_in_the_way_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
