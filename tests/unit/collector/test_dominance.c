#include "tests/unit/check.h"

#include "collector/disclosure/dominance.h"
#include "common/alloc.h"

/* A country, its departments and operators: a digit a line in each text. */
struct land {
    const char *departments, *operators;
    double amounts[16];
    const char *verdicts; /* country, departments, operators: s(hown), o(f one line by itself), d(ifference) */
};

static struct dominance *make(const struct land *l)
{
    struct dominance *d = dominance_new(strlen(l->verdicts));
    size_t departments = 0;
    for (size_t p = 0; l->departments[p]; p++)
        departments = l->departments[p] - '0' > departments ? (size_t)(l->departments[p] - '0') : departments;
    for (size_t p = 0; l->departments[p]; p++)
        dominance_add(
            d, (uint32_t)p + 1, l->amounts[p], DOMINANCE_WHOLE,
            (const size_t[]){0, (size_t)(l->departments[p] - '0'), departments + (size_t)(l->operators[p] - '0')},
            l->operators[p] == ' ' ? 2 : 3);
    return d;
}

static void one_line_is_not_most_of_a_sum(void **state)
{
    static const struct land lands[] = {
        {"1111122222", "          ", {3, 1, 1, 1, 2, 1, 2, 3, 1, 1}, "sss"},
        {"1111122222", "          ", {0}, "sss"},
        /* All but the two largest give 3: the largest may give 15. */
        {"11111", "     ", {15, 9, 1, 1, 1}, "ss"},
        {"11111", "     ", {15.1, 9, 1, 1, 1}, "oo"},
        {"11111", "     ", {0.1}, "oo"},
        /* Borgou and Littoral: what one line gives is most of the first, and of the country less the second. */
        {"1111112222222222", "                ", {400, 5, 5, 5, 5, 5, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10}, "sod"},
        {"1111112222222222", "                ", {60, 5, 5, 5, 5, 5, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10}, "sss"},
        /* Of three departments the other two can be shown with the country no more than with the third. */
        {"111112222233333", "               ", {90, 1, 1, 1, 1, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9}, "sosd"},
        /* The last operator is the country less the first two, and what that leaves of a department is one line. */
        {"1111122222", "1111122223", {5, 5, 5, 5, 5, 2, 2, 2, 2, 30}, "ssssdo"},
        {"1111122222", "1212112122", {5, 5, 5, 5, 5, 2, 2, 2, 2, 30}, "sssss"},
    };
    for (size_t l = 0; l < COUNT(lands); l++) {
        struct dominance *d = make(&lands[l]);
        for (size_t c = 0; lands[l].verdicts[c]; c++) {
            const char verdict = dominance_of(d, c) ? 'o' : dominance_show(d, c) == DOMINANCE_NOT ? 's' : 'd';
            if (verdict != lands[l].verdicts[c])
                fail_msg("land %zu, cell %zu: %c, not %c", l, c, verdict, lands[l].verdicts[c]);
        }
        dominance_free(d);
    }
}

/* What is known of a line's value from its days is of all of them together, wherever they lie. */
static void days_in_two_places_are_one_lines(void **state)
{
    static const bool one[] = {true, false};
    for (size_t o = 0; o < COUNT(one); o++) {
        struct dominance *d = dominance_new(2);
        for (uint32_t p = 1; p <= 5; p++)
            dominance_add(d, p, 1, DOMINANCE_WHOLE, (const size_t[]){0, 1}, 2);
        dominance_add(d, 6, 10, DOMINANCE_WHOLE, (const size_t[]){0, 1}, 2);
        dominance_add(d, one[o] ? 6 : 7, 12, DOMINANCE_WHOLE, &(size_t){0}, 1);
        assert_int_equal(dominance_of(d, 0), one[o]);
        dominance_free(d);
    }
}

/* A figure of before has told of a line what it can: what the line says from then on is told by no other. */
static void what_is_out_is_out(void **state)
{
    static const struct {
        double more; /* that the line gives since */
        bool shown;
    } rows[] = {{1, true}, {100, false}};
    for (size_t r = 0; r < COUNT(rows); r++) {
        struct dominance *d = dominance_new(2);
        for (uint32_t p = 1; p <= 10; p++) {
            dominance_add(d, p, p == 1 ? 90 : 1, DOMINANCE_WHOLE, (const size_t[]){0, 1}, 2);
            dominance_add(d, p, p == 1 ? rows[r].more : 1, DOMINANCE_WHOLE, &(size_t){0}, 1);
        }
        dominance_past(d, 1);
        assert_int_equal(dominance_show(d, 0) == DOMINANCE_NOT, rows[r].shown);
        dominance_free(d);
    }
}

/* What is cut tells of no line, and yet is not most of a figure. */
static void a_line_that_is_cut_is_told_by_nothing(void **state)
{
    struct dominance *d = dominance_new(2);
    for (uint32_t p = 1; p <= 12; p++)
        dominance_add(d, p, p == 1 ? 50 : 1, p > 1 ? DOMINANCE_WHOLE : DOMINANCE_FAR, (const size_t[]){0, 1},
                      p <= 6 ? 1 : 2);
    dominance_add(d, 13, 45, DOMINANCE_WHOLE, (const size_t[]){0, 1}, 2);
    assert_false(dominance_of(d, 0));
    assert_int_equal(dominance_show(d, 0), DOMINANCE_NOT);
    assert_true(dominance_of(d, 1));
    dominance_free(d);
}

/* What is cut is as much as the others make it: that is no cover, of a town where one line gives ten, and two of them
 * one each. */
static void what_is_cut_covers_nothing(void **state)
{
    static const double parts[] = {1, 0.9, 0.5};
    for (size_t c = 0; c < COUNT(parts); c++) {
        bool cut = parts[c] < 1;
        struct dominance *d = dominance_new(2);
        for (uint32_t p = 1; p <= 5; p++)
            dominance_add(d, p,
                          p < 3    ? 12
                          : p == 3 ? 10
                                   : 1,
                          dominance_left(p > 2 ? 1 : parts[c], 1), (const size_t[]){0, 1}, 2);
        for (uint32_t p = 6; p <= 20; p++)
            dominance_add(d, p, 3, DOMINANCE_WHOLE, &(size_t){0}, 1);
        assert_int_equal(dominance_show(d, 0), DOMINANCE_NOT);
        assert_int_equal(dominance_show(d, 1), cut ? DOMINANCE_TELLS : DOMINANCE_NOT);
        dominance_free(d);
    }
}

/* Borgou and Littoral of some countries: what one line gives is most of the first, and of the country less the second.
 * Each has been shown before, with the same days. Its cells: the country, the two, and the country before. */
#define LAND_CELLS 4
static struct dominance *make_lands(size_t countries, int64_t work)
{
    struct dominance *d = dominance_new(LAND_CELLS * countries);
    dominance_limit(d, work);
    for (size_t c = 0; c < countries; c++)
        for (size_t p = 1; p <= 16; p++) {
            size_t whole = LAND_CELLS * c;
            dominance_add(d, (uint32_t)(16 * c + p),
                          p == 1   ? 400
                          : p <= 6 ? 5
                                   : 10,
                          DOMINANCE_WHOLE, (const size_t[]){whole, whole + (p <= 6 ? 1 : 2), whole + 3}, 3);
        }
    for (size_t c = 0; c < countries; c++)
        dominance_past(d, LAND_CELLS * c + 3);
    return d;
}

static void a_line_that_there_is_no_time_for_is_not_forgotten(void **state)
{
    static const struct {
        int64_t work;
        enum dominance_verdict country, department;
    } rows[] = {{100000, DOMINANCE_NOT, DOMINANCE_TELLS}, {1, DOMINANCE_UNKNOWN, DOMINANCE_UNKNOWN}};
    for (size_t r = 0; r < COUNT(rows); r++) {
        struct dominance *d = make_lands(1, rows[r].work);
        assert_int_equal(dominance_show(d, 0), rows[r].country);
        assert_int_equal(dominance_show(d, 2), rows[r].department);
        dominance_free(d);
    }
}

/* Is it known what the first figure of each country tells? */
static bool all_are_known(size_t countries, int64_t work)
{
    struct dominance *d = make_lands(countries, work);
    bool known = true;
    for (size_t c = 0; c < countries; c++)
        known &= dominance_show(d, LAND_CELLS * c + 2) == DOMINANCE_TELLS;
    dominance_free(d);
    return known;
}

static void no_country_takes_the_time_of_another(void **state)
{
    int64_t work = 1;
    while (!all_are_known(1, work))
        work++;
    assert_true(work > 1 && all_are_known(7, work));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_line_is_not_most_of_a_sum),
        cmocka_unit_test(days_in_two_places_are_one_lines),
        cmocka_unit_test(what_is_out_is_out),
        cmocka_unit_test(a_line_that_is_cut_is_told_by_nothing),
        cmocka_unit_test(what_is_cut_covers_nothing),
        cmocka_unit_test(a_line_that_there_is_no_time_for_is_not_forgotten),
        cmocka_unit_test(no_country_takes_the_time_of_another),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
