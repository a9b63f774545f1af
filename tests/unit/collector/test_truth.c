#include "tests/unit/check.h"

#include <math.h>

#include "collector/simulate/simulation.h"
#include "collector/simulate/truth.h"
#include "common/json.h"

#define FIRST 19723 /* 2024-01-01 */
#define LAST  20088 /* 2024-12-31, of a leap year */

static struct nation nation;
static struct events events;
static struct reading_world world = {.nation = &nation, .events = &events, .first = FIRST};

static double figure(const json_t *truth, const char *indicator, const char *statistic, const char *operator)
{
    size_t i;
    json_t *f;
    json_array_foreach(json_object_get(truth, "figures"), i, f)
    {
        const char *its = json_string_value(json_object_get(f, "operator"));
        if (!strcmp(json_string_value(json_object_get(f, "indicator")), indicator) &&
            !strcmp(json_string_value(json_object_get(f, "statistic")), statistic) &&
            json_is_null(json_object_get(f, "geo")) && json_is_null(json_object_get(f, "technology")) &&
            (operator? its && !strcmp(its, operator) : !its))
            return json_number_value(json_object_get(f, "value"));
    }
    return NAN;
}

static void it_is_the_same_each_time(void **state)
{
    _cleanup_json_ json_t *a = truth_make(&world, LAST, 40), *b = truth_make(&world, LAST, 40);
    _cleanup_text_ char *one = json_text(a), *two = json_text(b);
    assert_string_equal(one, two);
    assert_string_equal(json_string_value(json_object_get(a, "to")), "2024-12-31");
}

static void figures_are_about_the_medians(void **state)
{
    _cleanup_json_ json_t *truth = truth_make(&world, LAST, 40);
    double p10 = figure(truth, "PER5", "p10", NULL), p50 = figure(truth, "PER5", "p50", NULL);
    assert_true(p10 < p50 && p50 < figure(truth, "PER5", "p90", NULL) && p50 > 5 && p50 < 40);
    assert_true(figure(truth, "PER2", "mean", NULL) > 0.5 && figure(truth, "PER2", "mean", NULL) < 5);
    /* To one's own network half of the time, and only who hosts a target has one there. */
    assert_float_equal(figure(truth, "PER3_OWN", "p50", "JENY") * 2, figure(truth, "PER3", "p50", "JENY"), 0.01);
    assert_true(isnan(figure(truth, "PER3_OWN", "p50", "ISOCEL")));
    assert_true(isnan(figure(truth, "PER4", "p50", NULL)));
}

/* Whoever is slow for the whole year is slow in the year's median; one who is so for a week is not. */
static void events_tell(void **state)
{
    const int isocel = nation_find_operator(&nation, "ISOCEL");
    _cleanup_json_ json_t *before = truth_make(&world, LAST, 40);
    events.count = 1;
    events.list[0] = (struct event){.from = FIRST * INT64_C(24),
                                    .to = (LAST + 1) * INT64_C(24),
                                    .department = -1,
                                    .operator= isocel,
                                    .kind = EVENT_SLOW,
                                    .size = 3};
    _cleanup_json_ json_t *slow = truth_make(&world, LAST, 40);
    events.list[0].to = events.list[0].from + INT64_C(7) * 24;
    _cleanup_json_ json_t *week = truth_make(&world, LAST, 40);
    events.list[0].kind = EVENT_OUTAGE;
    events.list[0].size = 1;
    _cleanup_json_ json_t *cut = truth_make(&world, LAST, 40);
    events.count = 0;
    double usual = figure(before, "PER1", "p50", "ISOCEL");
    assert_float_equal(figure(slow, "PER1", "p50", "ISOCEL") / usual, 3, 0.01);
    assert_float_equal(figure(week, "PER1", "p50", "ISOCEL") / usual, 1, 0.02);
    assert_float_equal(figure(cut, "PER2", "mean", "ISOCEL") - figure(before, "PER2", "mean", "ISOCEL"),
                       100 * 7 / 366.0, 0.1);
    assert_true(figure(cut, "PER2", "mean", "JENY") == figure(before, "PER2", "mean", "JENY"));
}

/* Who is without Internet all year has lost what was asked, and no round trip: there is no figure, and nothing of it in
 * others. */
static void what_nobody_measures_has_no_figure(void **state)
{
    const int isocel = nation_find_operator(&nation, "ISOCEL");
    events.count = 1;
    events.list[0] = (struct event){.from = (FIRST - 1) * INT64_C(24),
                                    .to = (LAST + 2) * INT64_C(24),
                                    .department = -1,
                                    .operator= isocel,
                                    .kind = EVENT_SHUTDOWN,
                                    .size = 1};
    _cleanup_json_ json_t *one = truth_make(&world, LAST, 40);
    assert_true(figure(one, "PER2", "mean", "ISOCEL") > 99.9);
    assert_true(isnan(figure(one, "PER1", "p50", "ISOCEL")));
    assert_true(figure(one, "PER1", "p50", "JENY") > 1 && figure(one, "PER1", "p50", NULL) > 1);
    events.list[0].operator= - 1;
    _cleanup_json_ json_t *all = truth_make(&world, LAST, 40);
    events.count = 0;
    assert_true(isnan(figure(all, "PER1", "p50", NULL)) && figure(all, "PER2", "mean", NULL) > 99.9);
}

/* By hand: of Benin's two targets a cut is seen from the second round on. 4 days of 1,000 have one, of 6 hours less the
 * 10 minutes that lie past the day's end and the 1 in 24 that is one round of half an hour; 1 in 24 has one and half as
 * many have none. What a week of outage adds to the hours is told; how many cuts that is is not. */
static void cuts_are_told(void **state)
{
    const int isocel = nation_find_operator(&nation, "ISOCEL");
    _cleanup_json_ json_t *before = truth_make(&world, LAST, 40);
    assert_int_equal(nation.target_count, 2);
    assert_float_equal(figure(before, "REL2", "mean", NULL), 365 * 0.004 * (6 - 1 / 6.0 - 0.5 / 24), 1e-9);
    assert_float_equal(figure(before, "REL2_CUTS", "mean", NULL), 365 * 0.004 * (1 - 1.5 / 24), 1e-9);
    assert_float_equal(figure(before, "REL1", "value", "JENY"), 100 - figure(before, "REL2", "mean", "JENY") / 87.6,
                       1e-9);
    events.count = 1;
    events.list[0] = (struct event){.from = FIRST * INT64_C(24),
                                    .to = (FIRST + 7) * INT64_C(24),
                                    .department = -1,
                                    .operator= isocel,
                                    .kind = EVENT_OUTAGE,
                                    .size = 0.5};
    _cleanup_json_ json_t *week = truth_make(&world, LAST, 40);
    events.list[0].kind = EVENT_DNS;
    _cleanup_json_ json_t *silent = truth_make(&world, LAST, 40);
    events.count = 0;
    double usual = figure(before, "REL2", "mean", "ISOCEL");
    assert_float_equal(figure(week, "REL2", "mean", "ISOCEL"), usual + (8760 - usual) * 0.5 * 7 / 366, 1e-9);
    assert_float_equal(figure(week, "REL2", "mean", "JENY"), usual, 1e-9);
    assert_true(isnan(figure(week, "REL2_CUTS", "mean", "JENY")));
    assert_float_equal(figure(silent, "REL2_CUTS", "mean", "ISOCEL"), 365 * 0.004 * (1 - 1.5 / 24), 1e-9);
    nation.target_count = 1; /* one target is no cut, however long it is away */
    _cleanup_json_ json_t *single = truth_make(&world, LAST, 40);
    nation.target_count = 2;
    assert_true(figure(single, "REL2", "mean", NULL) == 0 && figure(single, "REL2_CUTS", "mean", NULL) == 0);
}

static void a_country_that_nobody_knows(void **state)
{
    struct simulation_state s = {0};
    struct fault f = {0};
    assert_true(simulation_open(NULL, &(struct simulation){.country = "XX", .probes = 1, .days = 1}, &s, &f) < 0);
    assert_non_null(strstr(f.text, "XX"));
    simulation_free(&s);
}

int main(void)
{
    struct fault f;
    if (nation_make("BJ", 3, &nation, &f) < 0)
        return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_the_same_each_time),
        cmocka_unit_test(figures_are_about_the_medians),
        cmocka_unit_test(events_tell),
        cmocka_unit_test(what_nobody_measures_has_no_figure),
        cmocka_unit_test(cuts_are_told),
        cmocka_unit_test(a_country_that_nobody_knows),
    };
    int failures = cmocka_run_group_tests(tests, NULL, NULL);
    nation_free(&nation);
    return failures;
}
