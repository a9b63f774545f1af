#include "tests/unit/check.h"

#include <errno.h>
#include <stdbool.h>
#include <sys/stat.h>

#include "collector/db/cluster_bin.h"
#include "common/file.h"

static char *dir;

/* A folder DIR/NAME/bin with a postgres that says `version` and, when wanted, an initdb. */
static void install(const char *name, const char *version, bool initdb)
{
    struct fault f = {0};
    _cleanup_text_ char *bin = alloc_format("%s/%s/bin", dir, name);
    _cleanup_text_ char *postgres = alloc_format("%s/postgres", bin), *other = alloc_format("%s/initdb", bin);
    _cleanup_text_ char *script = alloc_format("#!/bin/sh\necho '%s'\n", version);
    assert_int_equal(file_make_dir(bin, 0755, &f), 0);
    assert_int_equal(file_write_atomic(postgres, script, strlen(script), 0755, &f), 0);
    if (initdb)
        assert_int_equal(file_write_atomic(other, script, strlen(script), 0755, &f), 0);
}

static void newest_or_the_wanted(void **state)
{
    install("12", "postgres (PostgreSQL) 12.22", true);
    install("14", "postgres (PostgreSQL) 14.1 (Debian 14.1-1)", true);
    install("16", "postgres (PostgreSQL) 16beta2", true);
    install("17", "postgres (PostgreSQL) 17.0", false); /* a client's leftover */
    install("18", "hello", true);
    install("19", "", true);
    static const struct {
        unsigned wanted, found;
    } cases[] = {{0, 16}, {14, 14}, {16, 16}, {12, 0}, {17, 0}, {99, 0}};
    _cleanup_text_ char *places = alloc_format("/nonexistent/*/bin:%s/*/bin", dir);
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct cluster_bin bin = {0};
        struct fault f = {0};
        int rc = cluster_bin_find(places, cases[i].wanted, &bin, &f);
        assert_int_equal(rc, cases[i].found ? 0 : -ENOENT);
        assert_int_equal(bin.major, cases[i].found);
        if (cases[i].found)
            assert_non_null(strstr(bin.dir, dir));
        else
            assert_non_null(strstr(f.text, "apt-get install postgresql-"));
        cluster_bin_free(&bin);
    }
}

static void path_is_searched_too(void **state)
{
    struct cluster_bin bin = {0};
    struct fault f = {0};
    _cleanup_text_ char *path = alloc_format("%s/14/bin", dir);
    setenv("PATH", path, 1);
    assert_int_equal(cluster_bin_find("/nonexistent", 0, &bin, &f), 0);
    assert_int_equal(bin.major, 14);
    cluster_bin_free(&bin);
    setenv("PATH", "/nonexistent", 1);
    bin = (struct cluster_bin){0};
    assert_int_equal(cluster_bin_find("/nonexistent", 0, &bin, &f), -ENOENT);
    assert_non_null(strstr(f.text, "postgresql://"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(newest_or_the_wanted),
        cmocka_unit_test(path_is_searched_too),
    };
    dir = scratch_dir();
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    setenv("PATH", "/usr/bin:/bin", 1);
    _cleanup_text_ char *clean = alloc_format("rm -r %s", dir);
    return system(clean) == 0 ? failed : 1;
}
