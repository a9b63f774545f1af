#include "tests/unit/check.h"

#include "collector/figure/goal.h"
#include "collector/report/aim.h"
#include "tests/unit/collector/told.h"

static const struct told figures[] = {
    {"ACC1", "2022", "ITU", "BJ", "value", "30"},
    {"ACC1", "2023", "ITU", "BJ", "value", "40"},
};

static void a_figure_is_held_against_its_goal(void **state)
{
    const char *goal[GOAL_COLUMNS] = {"BJ"};
    goal[AIM_INDICATOR] = "ACC1";
    goal[AIM_STATISTIC] = "value";
    goal[AIM_COMPARED] = "at least";
    goal[AIM_WANTED] = "75";
    goal[AIM_BY_YEAR] = "2030";
    goal[AIM_STANDING] = "late";
    goal[AIM_SOURCE] = "ITU";
    goal[AIM_PERIOD] = "2023";
    goal[AIM_VALUE] = "40";
    struct pg_rows *aims = pg_rows_of(goal, 1, GOAL_COLUMNS);
    struct report r = told_report(figures, COUNT(figures), "en");
    assert_int_equal(aim_row(&r, aims, 0), 1);
    _cleanup_text_ char *said = aim_say(&r, aims, 1);
    assert_string_equal(said, "Goal for 2030: at least 75 % of population – late.");
    assert_null(aim_say(&r, aims, 0)); /* an older figure is not */
    assert_string_equal(aim_word(&r, "standings", "unheard of"), "unheard of");
    pg_rows_free(aims);
    told_free(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_figure_is_held_against_its_goal)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
