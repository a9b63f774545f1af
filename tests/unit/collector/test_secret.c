#include "tests/unit/check.h"

#include <errno.h>

#include "collector/probe/secret.h"

static void no_two_are_alike(void **state)
{
    char one[SECRET_TEXT_SIZE], other[SECRET_TEXT_SIZE];
    secret_make(SECRET_TOKEN, one);
    secret_make(SECRET_TOKEN, other);
    assert_int_equal(strlen(one), SECRET_TEXT_SIZE - 1);
    assert_int_equal(strncmp(one, "imt_", 4), 0);
    assert_int_equal(strspn(one + 4, "0123456789abcdef"), 32);
    assert_string_not_equal(one, other);
}

/* What is typed after `revoke` is looked for as it stands: a slip must not find another. */
static void a_secret_or_a_number_is_wanted(void **state)
{
    static const struct {
        const char *prefix, *text;
        bool good;
    } rows[] = {
        {SECRET_TOKEN, "imt_0123456789abcdef0123456789abcdef", true},
        {SECRET_KEY, "imk_0123456789abcdef0123456789abcdef", true},
        {SECRET_TOKEN, "1", true},
        {SECRET_TOKEN, "9223372036854775807", true},
        {SECRET_TOKEN, "imk_0123456789abcdef0123456789abcdef", false},
        {SECRET_TOKEN, "imt_0123456789abcdef0123456789abcde", false},
        {SECRET_TOKEN, "imt_0123456789abcdef0123456789abcdef0", false},
        {SECRET_TOKEN, "imt_0123456789ABCDEF0123456789abcdef", false},
        {SECRET_TOKEN, "imt_0123456789abcdef 123456789abcdef", false},
        {SECRET_TOKEN, "imt_", false},
        {SECRET_TOKEN, "", false},
        {SECRET_TOKEN, "0", false},
        {SECRET_TOKEN, "-1", false},
        {SECRET_TOKEN, "1 OR 1=1", false},
        {SECRET_TOKEN, "9223372036854775808", false},
        {SECRET_TOKEN, "all", false},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct fault f = {0};
        int rc = secret_check(rows[i].prefix, rows[i].text, &f);
        if (rc != (rows[i].good ? 0 : -EINVAL) || (!rows[i].good && !strstr(f.text, rows[i].prefix)))
            fail_msg("\"%s\": %d, %s", rows[i].text, rc, f.text);
    }
}

static void its_hash_is_sha256(void **state)
{
    char hash[HASH_TEXT_SIZE];
    assert_string_equal(secret_hash("abc", hash), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_two_are_alike),
        cmocka_unit_test(a_secret_or_a_number_is_wanted),
        cmocka_unit_test(its_hash_is_sha256),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
