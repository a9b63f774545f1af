#include "tests/unit/check.h"

#include "collector/report/neighbour.h"
#include "common/json.h"
#include "tests/unit/collector/told.h"

static const struct told figures[] = {
    {"ACC1", "2022", "ITU", "TG", "value", "99"}, /* of another year */
    {"ACC1", "2023", "ITU", "BJ", "value", "40"}, {"ACC1", "2023", "ITU", "NE", "value", "12"},
    {"ACC1", "2023", "ITU", "TG", "value", "41"}, {"AFF1", "2023", "ITU", "BJ", "value", "5"},
    {"AFF1", "2023", "ITU", "NE", "value", "12"}, {"AFF1", "2023", "ITU", "TG", "value", "5"},
    {"USE3", "2023", "ITU", "BJ", "value", "5"},  {"USE3", "2023", "ITU", "NE", "value", "12"},
    {"ACC2", "2023", "ITU", "BJ", "value", "5"},
};

static void stand_on_the_side_that_is_theirs(void **state)
{
    static const struct {
        size_t row;
        const char *says;
    } rows[] = {
        {1, "Better placed, by the same source: Togo&nbsp;<data value=\"41\" data-line=\"5\">41.0</data>. Less well "
            "placed: Niger&nbsp;<data value=\"12\" data-line=\"4\">12.0</data>."},
        {4, "Less well placed: Niger&nbsp;<data value=\"12\" data-line=\"7\">12.00</data>. At the same point: "
            "Togo&nbsp;<data value=\"5\" data-line=\"8\">5.00</data>."},
        {7, "In neighbouring countries: Niger&nbsp;<data value=\"12\" data-line=\"10\">12.0</data>."},
    };
    struct report r = told_report(figures, COUNT(figures), "en");
    for (size_t n = 0; n < COUNT(rows); n++) {
        _cleanup_text_ char *said = neighbour_say(&r, indicator_find(figures[rows[n].row].indicator), rows[n].row);
        assert_string_equal(said, rows[n].says);
    }
    assert_null(neighbour_say(&r, indicator_find("ACC2"), 9));
    told_free(&r);
}

static void the_own_country_comes_first(void **state)
{
    struct report r = told_report(figures, COUNT(figures), "fr");
    _cleanup_json_ json_t *rows = neighbour_rows(&r, indicator_find("ACC1"), "ITU", "2023");
    assert_int_equal(json_array_size(rows), 3);
    assert_string_equal(json_string_value(json_object_get(json_array_get(rows, 0), "country")), "Bénin");
    assert_string_equal(neighbour_name(&r, "GH"), "GH");
    told_free(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stand_on_the_side_that_is_theirs),
        cmocka_unit_test(the_own_country_comes_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
