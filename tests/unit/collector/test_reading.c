#include "tests/unit/check.h"

#include <math.h>

#include "collector/simulate/reading.h"
#include "collector/simulate/season.h"
#include "common/limits.h"

#define FIRST 20089 /* 2025-01-01 */
#define LEAP  19782 /* 2024-02-29 */

static struct nation nation;
static struct events events;
static struct reading_world world = {.nation = &nation, .events = &events, .first = FIRST};

/* All readings are what the registry allows, day after day. */
static void readings_are_in_range(void **state)
{
    struct reading_day day = {0};
    unsigned whole = 0;
    for (uint64_t i = 0; i < 30; i++) {
        struct household h;
        household_draw(&nation, i, LEAP - 3, FIRST + 30, &h);
        for (int32_t d = LEAP - 3; d < LEAP + 3; d++) {
            reading_day_make(&world, &h, d, &day);
            assert_true(d >= h.joined || day.count == 0);
            whole += day.count > 200;
            for (size_t r = 0; r < day.count; r++) {
                double values[METRICS_MAX] = {0};
                struct fault f = {0};
                memcpy(values, day.list[r].metrics, sizeof day.list[r].metrics);
                assert_in_range(day.list[r].second, 0, 86399);
                if (metric_judge(world.form.sets[day.list[r].check], values, day.list[r].present, &f) < 0)
                    fail_msg("%s", f.text);
            }
        }
    }
    assert_true(whole > 50);
    reading_day_free(&day);
}

/* Some boxes begin without the time, and some of these do not learn it; what they measure is no other. */
static void some_clocks_are_wrong(void **state)
{
    struct reading_day day = {0};
    unsigned late = 0, never = 0, known = 0;
    for (uint64_t i = 0; i < 40; i++) {
        struct household h;
        household_draw(&nation, i, FIRST, FIRST + 99, &h);
        for (int32_t d = h.joined; d < h.left; d++) {
            reading_day_make(&world, &h, d, &day);
            *(day.clock_s == 0 ? &known : day.clock_s == READING_NEVER ? &never : &late) += 1;
        }
    }
    assert_true(never > 0 && late > never && known > 50 * late);
    reading_day_free(&day);
}

static bool evening(const struct reading *r, int32_t ahead_s)
{
    return r->second + ahead_s >= 18 * 3600 && r->second + ahead_s < 24 * 3600;
}

/* A line whose box is on all day, and that is not cut off by itself. */
static void find_line(struct household *h, int32_t day)
{
    struct reading_day d = {0};
    for (bool whole = false; !whole; h->n += !whole) {
        reading_day_make(&world, h, day, &d);
        whole = d.count > 200;
        for (size_t r = 0; r < d.count; r++)
            whole = whole && d.list[r].outcome == OUTCOME_OK;
    }
    reading_day_free(&d);
}

/* A shutdown from six in the evening on begins at another second of UTC where clocks are behind it, and at another one
 * on a day on which they are put forward. */
static void an_event_has_the_countrys_hours(void **state)
{
    static const int32_t ahead[][2] = {{3600, 3600},     {0, 0},     {-3600, -3600},
                                       {-18000, -18000}, {-3600, 0}, {3600, 7200}};
    events.list[0] = (struct event){.from = (FIRST + 1) * INT64_C(24) + 18,
                                    .to = (FIRST + 2) * INT64_C(24),
                                    .department = -1,
                                    .operator= - 1,
                                    .kind = EVENT_SHUTDOWN,
                                    .size = 1};
    for (size_t a = 0; a < COUNT(ahead); a++) {
        struct reading_day day = {0};
        struct household h = {.joined = FIRST, .left = FIRST + 30, .moves = FIRST + 30};
        for (int q = 0; q < QUANTITY_COUNT; q++)
            h.own[q] = q >= QUANTITY_LOSS ? 0 : 20;
        world.ahead_s = ahead[a];
        world.ahead_count = COUNT(ahead[a]);
        events.count = 0;
        find_line(&h, FIRST + 1);
        events.count = 1;
        reading_day_make(&world, &h, FIRST + 1, &day);
        for (size_t r = 0; r < day.count; r++)
            assert_true((day.list[r].outcome != OUTCOME_OK) == evening(&day.list[r], ahead[a][1]));
        assert_int_equal(reading_hour(&world, FIRST + 1), (FIRST + 1) * INT64_C(24) + ahead[a][1] / 3600);
        reading_day_free(&day);
    }
    events.count = 0;
    world.ahead_count = 0;
}

static void evenings_are_busy_and_rain_is_slow(void **state)
{
    assert_true(season_of_hour(20).latency > 1.2 && season_of_hour(4).latency < 0.9);
    assert_true(season_of_hour(20).speed < 0.8);
    assert_true(season_of_day(FIRST + 195, 0).latency > season_of_day(FIRST, 0).latency);
    assert_true(season_of_day(FIRST, 365).speed > season_of_day(FIRST, 0).speed);
    for (unsigned h = 0; h < 24; h++)
        assert_true(isfinite(season_of_hour(h).latency));
}

int main(void)
{
    struct fault f;
    if (nation_make("BJ", 1, &nation, &f) < 0)
        return 1;
    reading_form_make(&world.form);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(readings_are_in_range),
        cmocka_unit_test(some_clocks_are_wrong),
        cmocka_unit_test(an_event_has_the_countrys_hours),
        cmocka_unit_test(evenings_are_busy_and_rain_is_slow),
    };
    int failures = cmocka_run_group_tests(tests, NULL, NULL);
    nation_free(&nation);
    return failures;
}
