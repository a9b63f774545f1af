#include "tests/unit/check.h"

#include <math.h>
#include <string.h>

#include "collector/disclosure/slack.h"

#define ATOMS 5
#define ROWS  4

/* Rows of zeros and ones over atoms of which the first moves by `move`. */
struct figures {
    const char *rows[ROWS];
    double move, most[ATOMS];
    bool covered;
};

static struct slack *slack_of(const struct figures *f)
{
    struct slack *s = slack_new(ATOMS);
    for (size_t r = 0; r < ROWS && f->rows[r]; r++) {
        double row[ATOMS];
        for (size_t a = 0; a < ATOMS; a++)
            row[a] = f->rows[r][a] - '0';
        assert_true(slack_add(s, row));
    }
    return s;
}

static void what_moves_is_made_up_for(void **state)
{
    static const struct figures all[] = {
        {{NULL}, 8, {0}, true},
        {{"11111"}, 8, {0, 2, 2, 2, 2}, true},
        {{"11111"}, -8, {0, 2, 2, 2, 2}, true},
        {{"11111"}, 8, {0, 2, 2, 2, 1.9}, false},
        {{"11111"}, 8, {8}, true}, /* of the same atom */
        {{"11111", "11000"}, 8, {0, 9, 0, 0, 0}, true},
        {{"11111", "11000"}, 8, {0, 7, 9, 9, 9}, false},
        {{"11111", "00111"}, 8, {0, 7, 9, 9, 9}, false}, /* the rest of both */
        /* Two rows and two columns: around all four. */
        {{"11000", "00110", "10100", "01011"}, 8, {0, 8, 8, 8, 0}, true},
        {{"11000", "00110", "10100", "01011"}, 8, {0, 8, 8, 7, 0}, false},
        {{"11000", "00110", "10100", "01001"}, 8, {0, 8, 8, 8, 8}, true},
        {{"11000", "00110", "10100", "01001"}, 8, {0, 8, 8, 8, 7}, false},
        /* Every two of three: their sum is twice each. */
        {{"11000", "10100", "01100"}, 8, {0, 9, 9, 9, 9}, false},
    };
    for (size_t f = 0; f < COUNT(all); f++) {
        _cleanup_(slack_freep) struct slack *s = slack_of(&all[f]);
        double move[ATOMS] = {all[f].move}, moves[ATOMS];
        int64_t work = 10000;
        if (slack_covers(s, move, all[f].most, moves, &work) != all[f].covered)
            fail_msg("figures %zu", f);
        for (size_t r = 0; all[f].covered && r < ROWS && all[f].rows[r]; r++) {
            double sum = 0;
            for (size_t a = 0; a < ATOMS; a++) {
                assert_true(fabs(moves[a]) <= all[f].most[a] + 1e-9);
                sum += (all[f].rows[r][a] - '0') * (move[a] + moves[a]);
            }
            assert_true(fabs(sum) < 1e-9);
        }
        work = 0;
        assert_false(slack_covers(s, move, all[f].most, moves, &work));
    }
}

static void a_sum_of_rows_is_no_other(void **state)
{
    _cleanup_(slack_freep) struct slack *s = slack_new(3);
    assert_true(slack_add(s, (double[]){1, 1, 1}));
    assert_true(slack_add(s, (double[]){0, 1, 1}));
    assert_false(slack_add(s, (double[]){1, 0, 0}));
    assert_false(slack_add(s, (double[]){0, 0, 0}));
    _cleanup_(slack_freep) struct slack *copy = slack_copy(s);
    assert_true(slack_add(copy, (double[]){0, 1, 0}));
    assert_false(slack_add(copy, (double[]){0, 0, 1}));
    assert_true(slack_add(s, (double[]){0, 0, 1}));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_moves_is_made_up_for),
        cmocka_unit_test(a_sum_of_rows_is_no_other),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
