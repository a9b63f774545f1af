#include "tests/unit/check.h"

#include <errno.h>

#include "collector/simulate/nation.h"

static void parts_add_up(void **state)
{
    static const char *const countries[] = {"BJ", "ML", "SN"};
    for (size_t c = 0; c < COUNT(countries); c++) {
        struct nation n;
        struct fault f;
        double operators = 0, departments = 0;
        assert_int_equal(nation_make(countries[c], 1, &n, &f), 0);
        for (size_t o = 0; o < n.operator_count; o++) {
            double mix = 0;
            for (int t = 0; t < TECH_COUNT; t++)
                mix += n.operators[o].mix[t];
            assert_float_equal(mix, 1, 1e-6);
            operators += n.operators[o].share;
        }
        for (size_t d = 0; d < n.department_count; d++)
            departments += n.departments[d].share;
        assert_float_equal(operators, 1, 1e-6);
        assert_float_equal(departments, 1, 1e-6);
        assert_true(n.target_count > 0 && n.timezone);
        nation_free(&n);
    }
}

static void benin_is_as_its_pack_says(void **state)
{
    struct nation n, other;
    struct fault f;
    assert_int_equal(nation_make("BJ", 1, &n, &f), 0);
    assert_int_equal(nation_make("BJ", 2, &other, &f), 0);
    int mtn = nation_find_operator(&n, "MTN Bénin (Spacetel)"), jeny = nation_find_operator(&n, "JENY");
    assert_true(mtn >= 0 && jeny >= 0 && n.operators[mtn].share > 0.4);
    /* Who hosts a target reaches it at home, and another's abroad from its network. */
    assert_true(nation_reaches(&n, (size_t)jeny, false, true) && nation_reaches(&n, (size_t)jeny, false, false));
    assert_false(nation_reaches(&n, (size_t)mtn, false, true));
    assert_false(nation_reaches(&n, (size_t)mtn, true, false));
    double own = nation_median(&n, (size_t)mtn, TECH_4G, QUANTITY_DNS);
    assert_true(own > 10 && own < 200 && own != nation_median(&other, (size_t)mtn, TECH_4G, QUANTITY_DNS));
    nation_free(&n);
    nation_free(&other);
}

static void an_unknown_country(void **state)
{
    static const char *const unknown[] = {"XX", "note", "", "bj"};
    for (size_t i = 0; i < COUNT(unknown); i++) {
        struct nation n;
        struct fault f = {0};
        assert_int_equal(nation_make(unknown[i], 1, &n, &f), -ENOENT);
        assert_non_null(strstr(f.text, "there are: BJ, ML, SN"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts_add_up),
        cmocka_unit_test(benin_is_as_its_pack_says),
        cmocka_unit_test(an_unknown_country),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
