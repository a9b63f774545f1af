#include "tests/unit/check.h"

#include "common/buf.h"

static void grows_and_terminates(void **state)
{
    struct buf b = {0};
    for (int i = 0; i < 1000; i++)
        buf_addf(&b, "%d,", i);
    assert_int_equal(b.len, strlen(b.data));
    assert_int_equal(b.len, 10 * 2 + 90 * 3 + 900 * 4);
    buf_clear(&b);
    assert_string_equal(b.data, "");
    char *taken = buf_take(&b);
    assert_null(b.data);
    free(taken);
    buf_free(&b);
    buf_free(NULL);
}

static void quotes_json(void **state)
{
    static const struct {
        const char *in;
        size_t len;
        const char *out;
    } rows[] = {
        {"plain", 5, "\"plain\""},         {"", 0, "\"\""},
        {"a\"b\\c", 5, "\"a\\\"b\\\\c\""}, {"\n\t\r", 3, "\"\\n\\t\\u000d\""},
        {"x\0y", 3, "\"x\\u0000y\""},      {"Bénin", 6, "\"Bénin\""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct buf b = {0};
        buf_add_json(&b, rows[i].in, rows[i].len);
        assert_string_equal(b.data, rows[i].out);
        buf_free(&b);
    }
}

static void bytes_go_off_its_front(void **state)
{
    struct buf b = {0};
    buf_drop(&b, 0); /* it has no memory yet */
    buf_add_text(&b, "some text");
    buf_drop(&b, 5);
    assert_string_equal(b.data, "text");
    assert_int_equal(b.len, 4);
    buf_drop(&b, 4);
    assert_string_equal(b.data, "");
    assert_int_equal(b.len, 0);
    buf_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(grows_and_terminates),
        cmocka_unit_test(quotes_json),
        cmocka_unit_test(bytes_go_off_its_front),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
