#include "tests/unit/check.h"

#include "agent/show.h"
#include "common/lang.h"

static void pads_by_characters(void **state)
{
    static const struct {
        const char *text;
        int width, result;
    } rows[] = {
        {"", 0, 0},      {"", 3, 3},       {"abc", 3, 0},        {"abc", 2, 0},
        {"abc", 10, 7},  {"reçu", 12, 8},  {"CLÉ", 3, 0},        {"1\u202f234,5", 12, 5},
        {"−1,0", 12, 8}, {"refusé", 6, 0}, {"en attente", 4, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_int_equal(show_pad(rows[i].text, rows[i].width), rows[i].result);
}

/* Units are those of tariffs: thousands, one decimal, none for octets. */
static void writes_bytes(void **state)
{
    static const struct {
        int64_t bytes;
        const char *text;
    } rows[] = {
        {0, "0 B"},
        {999, "999 B"},
        {1000, "1.0 kB"},
        {1250, "1.2 kB"},
        {63800000, "63.8 MB"},
        {INT64_C(4000000000), "4.0 GB"},
        {INT64_C(1234000000000000), "1,234.0 TB"},
    };
    lang_start("en");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[SHOW_BYTES_SIZE];
        assert_string_equal(show_bytes(rows[i].bytes, text), rows[i].text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(pads_by_characters), cmocka_unit_test(writes_bytes)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
