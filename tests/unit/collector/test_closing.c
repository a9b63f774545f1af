#include "tests/unit/check.h"

#include "collector/figure/closing.h"

static void reasons_are_told_to_people(void **state)
{
    static const struct {
        const char *words, *text;
    } rows[] = {
        {"", ""},
        {"late", "late results"},
        {"again late method", "results read again, late results, another method version"},
        {"imported floor standing surroundings asked", "figures imported or taken back, the publication floor, probes "
                                                       "that count now, or no longer, surroundings of probes "
                                                       "corrected, made again by hand"},
        {"operator", "operators named"},
        {"compared", "compared with the year before"},
        {"lat later", "lat, later"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        _cleanup_(buf_free) struct buf out = {0};
        closing_reasons(rows[i].words, &out);
        assert_string_equal(out.data ? out.data : "", rows[i].text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(reasons_are_told_to_people)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
