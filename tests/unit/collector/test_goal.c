#include "tests/unit/check.h"

#include "collector/db/schema.h"
#include "collector/figure/goal.h"
#include "collector/figure/indicator.h"
#include "common/alloc.h"

static void the_statement_has_every_column(void **state)
{
    _cleanup_text_ char *sql = goal_select();
    assert_non_null(strstr(sql, "SELECT country, indicator, name_fr, "));
    assert_non_null(strstr(sql, ", goal_en, goal_url FROM goal_standing("));
    for (size_t c = 0; c < GOAL_COLUMNS; c++)
        assert_non_null(strstr(sql, goal_columns[c].name));
}

static bool has_statistic(const struct indicator *i, const char *name, size_t len)
{
    for (size_t s = 0; s < i->statistic_count; s++)
        if (strlen(i->statistics[s].name) == len && !strncmp(i->statistics[s].name, name, len))
            return true;
    return false;
}

/* The second and the third column of each line; a name that no indicator has would be a goal without data for ever. */
static void goals_of_the_packs_are_of_known_figures(void **state)
{
    const char *line = schema_file("countries/goals.tsv")->text;
    size_t count = 0;
    for (line = strchr(line, '\n') + 1; *line; line = strchr(line, '\n') + 1, count++) {
        const char *id = strchr(line, '\t') + 1, *statistic = strchr(id, '\t') + 1;
        _cleanup_text_ char *name = alloc_text_n(id, (size_t)(statistic - id - 1));
        const struct indicator *i = indicator_find(name);
        if (!i)
            fail_msg("%s is no indicator", name);
        assert_true(has_statistic(i, statistic, strcspn(statistic, "\t")));
    }
    assert_true(count > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_statement_has_every_column),
        cmocka_unit_test(goals_of_the_packs_are_of_known_figures),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
