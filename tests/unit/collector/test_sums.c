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
    struct sums sums = {.day = probe_day_new(), .watch = watch_new()};
    reading_form_make(&world.form);
    list[0].metrics[world.form.rt_ms] = 20;
    list[0].present = UINT64_C(1) << world.form.rt_ms;
    sums_write(&sums, &world, &day, 20000, 3, targets);
    assert_int_equal(sums.rows.days.count, 3);
    assert_int_equal(sums.rows.sketches.count, 1);
    sums_write(&sums, &world, &(struct reading_day){0}, 20001, 3, targets); /* a box that was off */
    struct reading_day timeless = day;
    timeless.clock_s = READING_NEVER;
    sums_write(&sums, &world, &timeless, 20002, 3, targets);
    assert_int_equal(sums.rows.days.count, 3);
    timeless.clock_s = 600; /* learnt it: all are placed */
    sums_write(&sums, &world, &timeless, 20003, 3, targets);
    assert_int_equal(sums.rows.days.count, 6);
    assert_int_equal(sums.watched.count, 0); /* two tests in one moment */
    sums_free(&sums);
    summary_free(NULL);
    parcel_free(NULL);
}

/* Pings every half an hour, of which those of two rounds to two targets are lost: as watch.c has it of results. */
static void how_long_it_was_up(void **state)
{
    struct reading_world world = {0};
    static const int32_t targets[] = {5, 6};
    struct reading list[12];
    for (size_t i = 0; i < COUNT(list); i++)
        list[i] = (struct reading){READING_PING,
                                   (int)i / 6,
                                   600 + 1800 * ((int)i % 6),
                                   i % 6 == 2 || i % 6 == 3 ? OUTCOME_TIMEOUT : OUTCOME_OK,
                                   840,
                                   .present = 0};
    const struct reading_day day = {.list = list, .count = COUNT(list)};
    struct sums sums = {.day = probe_day_new(), .watch = watch_new()};
    reading_form_make(&world.form);
    sums_write(&sums, &world, &day, PG_EPOCH_DAY + 3, 7, targets);
    const struct watch_day wanted = {
        12, 3 * WATCH_DAY_US + 600000000, 3 * WATCH_DAY_US + 9600000000, 9000000000, 3600000000, 1, true, true, {0},
        {0}};
    struct copy_rows made = {0};
    watch_write(&wanted, 3, 7, &made);
    assert_int_equal(sums.watched.count, 1);
    assert_int_equal(sums.watched.bytes.len, made.bytes.len);
    assert_memory_equal(sums.watched.bytes.data, made.bytes.data, made.bytes.len);
    copy_rows_free(&made);
    sums_free(&sums);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_row_a_check_and_target),
        cmocka_unit_test(how_long_it_was_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
