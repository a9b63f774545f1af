#include "tests/unit/check.h"

#include "collector/import/run.h"

static void describes_a_file(void **state)
{
    static const struct {
        const char *text;
        size_t lines;
        const char *sha256; /* FIPS 180-4's example, and of nothing */
    } rows[] = {
        {"", 0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
        {"abc", 1, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
        {"a\n", 1, NULL},
        {"a\n\nb", 3, NULL},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct import_run run = {.path = "x"};
        _cleanup_(buf_free) struct buf text = {0};
        buf_add_text(&text, rows[i].text);
        run_describe(&run, &text);
        assert_int_equal(run.lines, rows[i].lines);
        assert_int_equal(run.octets, strlen(rows[i].text));
        if (rows[i].sha256)
            assert_string_equal(run.sha256, rows[i].sha256);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(describes_a_file)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
