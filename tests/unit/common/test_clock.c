#include "tests/unit/check.h"

#include <time.h>

#include "common/clock.h"

static void formats(void **state)
{
    static const struct {
        int64_t us;
        const char *text;
    } rows[] = {
        {0, "1970-01-01T00:00:00.000000Z"},
        {-1, "1969-12-31T23:59:59.999999Z"},
        {951782400000000, "2000-02-29T00:00:00.000000Z"},
        {1795341600123456, "2026-11-22T10:00:00.123456Z"},
        {2147483648000000, "2038-01-19T03:14:08.000000Z"},
        {INT64_MAX, "9999-12-31T23:59:59.999999Z"},
        {INT64_MIN, "0000-01-01T00:00:00.000000Z"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[TIME_TEXT_SIZE];
        assert_string_equal(time_format(rows[i].us, text), rows[i].text);
        int64_t back;
        assert_int_equal(time_parse(text, strlen(text), &back), 0);
        if (rows[i].us > -1000000000000 && rows[i].us < INT64_MAX)
            assert_int_equal(back, rows[i].us);
    }
}

/* Every 11th day over 800 years agrees with the C library. */
static void agrees_with_libc(void **state)
{
    for (int64_t s = -12622780800; s < 12622780800; s += 86400 * 11 + 3601) {
        time_t t = (time_t)s;
        struct tm tm;
        char want[40], got[TIME_TEXT_SIZE];
        gmtime_r(&t, &tm);
        strftime(want, sizeof want, "%Y-%m-%dT%H:%M:%S.000000Z", &tm);
        assert_string_equal(time_format(s * 1000000, got), want);
    }
}

static void parses(void **state)
{
    static const struct {
        const char *text;
        int result;
        int64_t us;
    } rows[] = {
        {"1970-01-01T00:00:01Z", 0, 1000000},
        {"1970-01-01t01:00:00.5+01:00", 0, 500000},
        {"1970-01-01T00:00:00.123456789Z", 0, 123456},
        {"1969-12-31T23:30:00-00:30", 0, 0},
        {"1970-01-01T00:00:00", -22, 0},
        {"1970-01-01", -22, 0},
        {"1970-13-01T00:00:00Z", -22, 0},
        {"1970-02-29T00:00:00Z", -22, 0},
        {"1970-01-01T24:00:00Z", -22, 0},
        {"1970-01-01T00:00:00.Z", -22, 0},
        {"1970-01-01T00:00:00ZZ", -22, 0},
        {"1970-01-01T00:00:00+1:00", -22, 0},
        {"197o-01-01T00:00:00Z", -22, 0},
        {"", -22, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int64_t us = -7;
        assert_int_equal(time_parse(rows[i].text, strlen(rows[i].text), &us), rows[i].result);
        assert_int_equal(us, rows[i].result ? -7 : rows[i].us);
    }
}

static void system_clock_moves(void **state)
{
    int64_t a = clock_mono_us(&clock_system);
    struct timespec pause = {.tv_nsec = 2000000};
    nanosleep(&pause, NULL);
    assert_true(clock_mono_us(&clock_system) - a >= 2000);
    char boot[BOOT_ID_SIZE];
    clock_boot_id(&clock_system, boot);
    assert_int_equal(strlen(boot), 36);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(formats),
        cmocka_unit_test(agrees_with_libc),
        cmocka_unit_test(parses),
        cmocka_unit_test(system_clock_moves),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
