#include "tests/unit/check.h"

#include "collector/simulate/parcel.h"
#include "collector/simulate/summary.h"
#include "collector/simulate/sums.h"

static void a_row_a_check_and_target(void **state)
{
    struct reading_world world = {0};
    static const int32_t targets[] = {5, 6};
    struct reading list[] = {
        {READING_DNS, -1, 0, OUTCOME_OK, 150, .present = 0},
        {READING_DNS, -1, 600, OUTCOME_TIMEOUT, 150, .present = 0},
        {READING_PING, 0, 0, OUTCOME_TIMEOUT, 840, .present = 0},
        {READING_PING, 1, 0, OUTCOME_TIMEOUT, 840, .present = 0},
    };
    const struct reading_day day = {.list = list, .count = COUNT(list)};
    struct probe_day *sums = probe_day_new();
    struct probe_day_rows rows = {0};
    reading_form_make(&world.form);
    list[0].metrics[world.form.rt_ms] = 20;
    list[0].present = UINT64_C(1) << world.form.rt_ms;
    sums_write(sums, &world, &day, 20000, 3, targets, &rows);
    assert_int_equal(rows.days.count, 3);
    assert_int_equal(rows.sketches.count, 1);
    sums_write(sums, &world, &(struct reading_day){0}, 20001, 3, targets, &rows); /* a box that was off */
    struct reading_day timeless = day;
    timeless.clock_s = READING_NEVER;
    sums_write(sums, &world, &timeless, 20002, 3, targets, &rows);
    assert_int_equal(rows.days.count, 3);
    timeless.clock_s = 600; /* learnt it: all are placed */
    sums_write(sums, &world, &timeless, 20003, 3, targets, &rows);
    assert_int_equal(rows.days.count, 6);
    probe_day_free(sums);
    probe_day_rows_free(&rows);
    summary_free(NULL);
    parcel_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_row_a_check_and_target),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
