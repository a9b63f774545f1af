#include "tests/unit/check.h"

#include <errno.h>

#include "common/json.h"

static void refuses(void **state)
{
    static const struct {
        const char *text;
        int result;
        const char *says;
    } rows[] = {
        {"{\"a\":1,\"a\":2}", -EBADMSG, "duplicate"},
        {"{\"a\":NaN}", -EBADMSG, "byte 6"},
        {"[[[[[1]]]]]", -ELOOP, "nested too deeply"},
        {"{} x", -EBADMSG, "something follows"},
        {"\"0123456789012345678901234567890123456789\"", -E2BIG, "at most 40"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        json_t *value = NULL;
        struct fault f = {0};
        assert_int_equal(json_read(rows[i].text, strlen(rows[i].text), 40, 4, &value, &f), rows[i].result);
        assert_null(value);
        assert_non_null(strstr(f.text, rows[i].says));
    }
}

static void reads_members(void **state)
{
    static const char text[] = "{\"s\":\"x\",\"n\":7,\"b\":true,\"z\":null,\"f\":1.5}";
    json_t *value;
    struct fault f;
    const char *s;
    int64_t n;
    bool b;
    assert_int_equal(json_read(text, strlen(text), 100, 4, &value, &f), 0);
    assert_int_equal(json_get_text(value, "s", 1, &s, &f), 0);
    assert_string_equal(s, "x");
    assert_int_equal(json_get_int(value, "n", 0, 7, &n, &f), 0);
    assert_int_equal(n, 7);
    assert_int_equal(json_get_bool(value, "b", &b, &f), 0);
    assert_true(b);
    assert_int_equal(json_get_text_or(value, "z", 9, "other", &s, &f), 0);
    assert_string_equal(s, "other");
    assert_int_equal(json_get_int_or(value, "absent", 0, 9, 3, &n, &f), 0);
    assert_int_equal(n, 3);
    assert_int_equal(json_get_int(value, "n", 0, 6, &n, &f), -EBADMSG);
    assert_string_equal(f.text, "\"n\" is 7, 0 to 6 are allowed");
    assert_int_equal(json_get_int(value, "f", 0, 6, &n, &f), -EBADMSG);
    assert_int_equal(json_get_text(value, "absent", 9, &s, &f), -EBADMSG);
    assert_string_equal(f.text, "\"absent\" is missing, a string is wanted");
    assert_int_equal(json_get_bool_or(value, "s", false, &b, &f), -EBADMSG);
    assert_int_equal(json_get_text(value, "s", 0, &s, &f), -EBADMSG);
    json_decref(value);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(refuses), cmocka_unit_test(reads_members)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
