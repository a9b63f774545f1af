#include "tests/unit/folder.h"

#include <errno.h>
#include <sys/stat.h>

#include "agent/probe/owner.h"
#include "common/alloc.h"
#include "common/file.h"

static void is_made_once_and_for_its_owner_alone(void **state)
{
    char secret[OWNER_TEXT_SIZE], again[OWNER_TEXT_SIZE], other[OWNER_TEXT_SIZE];
    struct fault f = {0};
    struct stat st;
    _cleanup_text_ char *path = alloc_format("%s/owner", dir);
    assert_int_equal(owner_read(dir, secret, &f), -ENOENT);
    assert_int_equal(owner_make(dir, secret, &f), 0);
    assert_int_equal(strncmp(secret, "imo_", 4), 0);
    assert_int_equal(strspn(secret + 4, "0123456789abcdef"), 32);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0600);
    assert_int_equal(owner_make(dir, again, &f), 0);
    assert_string_equal(again, secret);
    assert_int_equal(owner_read(dir, again, &f), 0);
    assert_string_equal(again, secret);
    assert_int_equal(remove(path), 0);
    assert_int_equal(owner_make(dir, other, &f), 0);
    assert_string_not_equal(other, secret);
}

/* What is none is told as none, and another takes its place: it opens nothing. */
static void what_is_no_secret_is_none(void **state)
{
    static const char *const rows[] = {
        "",
        "\n",
        "imo_\n",
        "imk_0123456789abcdef0123456789abcdef\n",
        "imo_0123456789abcdef0123456789abcde\n",
        "imo_0123456789abcdef0123456789abcdef0\n",
        " imo_0123456789abcdef0123456789abcdef\n",
    };
    _cleanup_text_ char *path = alloc_format("%s/owner", dir);
    for (size_t i = 0; i < COUNT(rows); i++) {
        char secret[OWNER_TEXT_SIZE];
        struct fault f = {0};
        assert_int_equal(file_write_atomic(path, rows[i], strlen(rows[i]), 0600, &f), 0);
        assert_int_equal(owner_read(dir, secret, &f), -ENOENT);
        assert_non_null(strstr(f.text, path));
        assert_int_equal(owner_make(dir, secret, &f), 0);
        assert_int_equal(strlen(secret), OWNER_TEXT_SIZE - 1);
    }
}

static void the_collector_is_told_the_hash(void **state)
{
    char hash[HASH_TEXT_SIZE];
    /* printf imo_0123456789abcdef0123456789abcdef | sha256sum */
    assert_string_equal(owner_hash("imo_0123456789abcdef0123456789abcdef", hash),
                        "94b00a3129310871f81521a9d3f146b41f435de1efb543f84c1d5993f3c20d1d");
    _cleanup_text_ char *link = owner_link("https://c.example", "imo_x");
    assert_string_equal(link, "https://c.example/api/v1/results?format=csv&key=imo_x");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, in_a_fresh_folder, remove_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(is_made_once_and_for_its_owner_alone),
        TEST(what_is_no_secret_is_none),
        TEST(the_collector_is_told_the_hash),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
