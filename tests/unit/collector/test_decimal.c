#include "tests/unit/check.h"

#include <math.h>

#include "collector/format/decimal.h"
#include "common/alloc.h"

static void as_postgresql_writes_them(void **state)
{
    static const struct {
        double value;
        const char *text;
    } cases[] = {
        {0, "0"},
        {1, "1"},
        {-1, "-1"},
        {0.1, "0.1"},
        {0.3, "0.3"},
        {0.1 + 0.2, "0.30000000000000004"},
        {1.0 / 3, "0.3333333333333333"},
        {2.0 / 3, "0.6666666666666666"},
        {100, "100"},
        {1e14, "100000000000000"},
        {123456789.125, "123456789.125"},
        {-22.6097713470459, "-22.6097713470459"},
        {48.94536781311035, "48.94536781311035"},
        {119.75437622070314, "119.75437622070314"},
        {0.00012345, "0.00012345"},
        {1e-4, "0.0001"},
        {9.999999999999999e-5, "9.999999999999999e-05"},
        {0.99999999999999989, "0.9999999999999999"},
        {9.9999999999999982, "9.999999999999998"},
        {999999999999999.9, "999999999999999.9"},
        {1e15, "1e+15"},
        {1.7976931348623157e308, "1.7976931348623157e+308"},
        {4503599627370496.5, "4.5035996273704965e+15"},
        {0.5, "0.5"},
        {1024, "1024"},
        {9007199254740992, "9.007199254740992e+15"},
        {5e-5, "5e-05"},
        {2.5, "2.5"},
        {70.0f, "70"},
        {38.41328430175781, "38.41328430175781"},
    };
    for (size_t c = 0; c < COUNT(cases); c++) {
        char text[DECIMAL_SIZE];
        decimal_write(cases[c].value, text);
        assert_true(strtod(text, NULL) == cases[c].value);
        if (fabs(cases[c].value) < 1e15)
            assert_string_equal(text, cases[c].text);
    }
}

/* Of all magnitudes, of few digits and of many, and what lies beside them. */
static void fewest_digits_that_come_back(void **state)
{
    uint64_t seed = 88172645463325252u;
    for (int i = 0; i < 200000; i++) {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        double value = (double)(seed >> 11) * pow(10, (double)(seed % 24) - 20);
        if (i % 3 == 0)
            value = round(value * 1000) / 1000;
        if (i % 3 == 1)
            value = (float)value;
        if (seed & 1u << 20)
            value = nextafter(value, 0);
        char text[DECIMAL_SIZE], tried[512];
        int digits = 15;
        do
            snprintf(tried, sizeof tried, "%.*g", digits++, value);
        while (strtod(tried, NULL) != value);
        decimal_write(value, text);
        assert_true(strtod(text, NULL) == value);
        if (fabs(value) < 1e15)
            assert_string_equal(text, tried);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(as_postgresql_writes_them),
                                       cmocka_unit_test(fewest_digits_that_come_back)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
