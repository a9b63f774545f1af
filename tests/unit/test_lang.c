#include "tests/unit/check.h"

#include <math.h>

#include "common/lang.h"

static void chooses(void **state)
{
    static const struct {
        const char *wanted, *all, *lang;
        enum lang result;
    } rows[] = {
        {"auto", NULL, NULL, LANG_FR},          {"auto", NULL, "C.UTF-8", LANG_FR},
        {"auto", NULL, "en_GB.UTF-8", LANG_EN}, {"auto", "fr_BJ.UTF-8", "en_US", LANG_FR},
        {"auto", NULL, "POSIX", LANG_FR},       {"en", NULL, NULL, LANG_EN},
        {"fr", "en_US.UTF-8", NULL, LANG_FR},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        unsetenv("LC_MESSAGES");
        rows[i].all ? setenv("LC_ALL", rows[i].all, 1) : unsetenv("LC_ALL");
        rows[i].lang ? setenv("LANG", rows[i].lang, 1) : unsetenv("LANG");
        lang_start(rows[i].wanted);
        assert_int_equal(lang_current(), rows[i].result);
    }
}

static void writes_numbers(void **state)
{
    static const struct {
        double value;
        int decimals;
        const char *fr, *en;
    } rows[] = {
        {0, 0, "0", "0"},
        {-0.01, 1, "0,0", "0.0"},
        {1234.56, 1,
         "1\xE2\x80\xAF"
         "234,6",
         "1,234.6"},
        {-1234567, 0,
         "−1\xE2\x80\xAF"
         "234\xE2\x80\xAF"
         "567",
         "−1,234,567"},
        {999.999, 2,
         "1\xE2\x80\xAF"
         "000,00",
         "1,000.00"},
        {INFINITY, 1, "–", "–"},
        {999999999999.0, 6,
         "999\xE2\x80\xAF"
         "999\xE2\x80\xAF"
         "999\xE2\x80\xAF"
         "999,000000",
         "999,999,999,999.000000"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[NUMBER_TEXT_SIZE];
        assert_string_equal(lang_number(LANG_FR, rows[i].value, rows[i].decimals, text), rows[i].fr);
        assert_string_equal(lang_number(LANG_EN, rows[i].value, rows[i].decimals, text), rows[i].en);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(chooses), cmocka_unit_test(writes_numbers)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
