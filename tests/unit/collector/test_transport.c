#include "tests/unit/check.h"

#include "collector/disclosure/transport.h"

#define DAYS 60

/* Places: of the part of some, of that of the others, of none; all are in the country. */
enum { SOME, OTHERS, NONE };

/* So many lines of a place say `first` on each of the first thirty days, and `second` on each of the last. */
struct lines {
    uint32_t place, count;
    double first, second, weight; /* in figures; 0: 1, as in points */
    bool cut;
};

static struct transport *make(const struct lines *lines, size_t count, bool others_shown)
{
    struct cellsets parts = {0};
    cellsets_number(&parts, (const size_t[]){7, 4}, 2, 0);
    cellsets_number(&parts, (const size_t[]){7, 5}, others_shown ? 2 : 1, 0);
    uint32_t none = cellsets_number(&parts, (const size_t[]){7}, 1, 0), number = 0;
    struct transport *t = transport_new(&parts, DAYS);
    for (size_t d = 0; d < DAYS; d++)
        for (size_t l = 0, n = number = 0; l < count; l++)
            for (n = 0; n < lines[l].count; n++)
                transport_add(t, ++number, d, lines[l].place == NONE ? none : lines[l].place,
                              d < DAYS / 2 ? lines[l].first : lines[l].second, lines[l].weight ? lines[l].weight : 1,
                              !lines[l].cut);
    cellsets_free(&parts);
    return t;
}

/* hidden: as many of the first as of the last */
static bool tells(struct transport *t, size_t hidden, double *ret_told)
{
    bool shown[DAYS];
    for (size_t d = 0; d < DAYS; d++)
        shown[d] = d % (DAYS / 2) >= hidden / 2;
    bool found = transport_tells(t, shown);
    *ret_told = transport_told(t, DAYS - 1);
    return found;
}

/* Some say nothing first, and others nothing later: of the later days' sums and the part of some, what one line gives
 * beside them is all that is left. */
static void a_line_that_days_and_a_part_leave_is_told_of(void **state)
{
    static const struct {
        struct lines lines[4];
        bool others_shown;
        size_t hidden;
        double told; /* on the last day; 0: of nobody */
    } rows[] = {
        {{{SOME, 10, 0, 1}, {OTHERS, 10, 1, 0}, {NONE, 1, 0, 5}}, false, 0, 5},
        {{{SOME, 10, 0, 1}, {OTHERS, 10, 1, 0}, {OTHERS, 1, 0, 5}}, true, 0, 5},
        {{{SOME, 10, 0, 1, 2}, {OTHERS, 10, 1, 0}, {NONE, 1, 0, 5}}, false, 0, 5}, /* whatever some weigh */
        /* In two sums of days that cancel each other, one weighs more in the year than all others. */
        {{{SOME, 10, 1, 1}, {NONE, 1, 5, 5, 2}}, false, 0, 5},
        {{{SOME, 10, 1, 1}, {NONE, 1, 5, 5}, {NONE, 10, 1, 1}}, false, 0, 0},
        /* Three hidden days of nine lines make up for 27 of it, where those of others keep the country as it is. */
        {{{SOME, 10, 0, 1}, {OTHERS, 10, 1, 0}, {NONE, 1, 0, 5}}, false, 4, 5},
        {{{SOME, 10, 0, 1}, {OTHERS, 10, 1, 0}, {NONE, 1, 0, 5}}, false, 6, 0},
        /* What it gives, or others give beside it, on the same days. */
        {{{SOME, 10, 0, 1}, {OTHERS, 10, 1, 0}, {NONE, 6, 0, 5}}, false, 0, 0},
        /* Some of these are cut: whoever is the second, three others are not, or none. */
        {{{SOME, 10, 0, 1}, {OTHERS, 10, 1, 0}, {NONE, 2, 0, 5, 0, true}, {NONE, 4, 0, 5}}, false, 0, 0},
        {{{SOME, 10, 0, 1}, {OTHERS, 10, 1, 0}, {NONE, 5, 0, 5, 0, true}, {NONE, 1, 0, 5}}, false, 0, 30},
        {{{SOME, 10, 0, 1}, {OTHERS, 10, 1, 0.1}, {NONE, 1, 0, 4.5}}, false, 0, 0},
        {{{SOME, 10, 0, 1}, {OTHERS, 10, 1, 0.1}, {NONE, 1, 0, 4.6}}, false, 0, 4.6},
        /* On days on which others say nothing, or are cut. */
        {{{SOME, 10, 1, 0}, {OTHERS, 10, 1, 0}, {NONE, 1, 0, 5}}, false, 0, 5},
        /* All say as much at all times. */
        {{{SOME, 10, 1, 1}, {OTHERS, 10, 1, 1}, {NONE, 1, 0, 5}}, false, 0, 0},
    };
    for (size_t r = 0; r < COUNT(rows); r++) {
        _cleanup_(transport_freep) struct transport *t = make(rows[r].lines, COUNT(rows[r].lines),
                                                              rows[r].others_shown);
        double told;
        bool found = tells(t, rows[r].hidden, &told);
        if (found != (rows[r].told > 0) || told != rows[r].told)
            fail_msg("row %zu: %d %g", r, found, told);
    }
}

/* What is out tells of the line, or not, or nobody has asked. */
static void who_is_told_of_by_what_is_out_is_passed_over(void **state)
{
    static const struct lines now[] = {{SOME, 10, 0, 1}, {OTHERS, 10, 1, 0}, {NONE, 1, 0, 5}};
    static const struct {
        struct lines out[3];
        bool asked;
        double told;
    } rows[] = {
        {{{SOME, 10, 0, 1}, {OTHERS, 10, 1, 0}, {NONE, 1, 0, 5}}, true, 0},
        {{{SOME, 10, 0, 1}, {OTHERS, 10, 1, 0}, {NONE, 1, 0, 5}}, false, 5},
        {{{SOME, 10, 1, 1}, {OTHERS, 10, 1, 1}, {NONE, 1, 0, 5}}, true, 5},
        {{{SOME, 10, 0, 1}, {OTHERS, 10, 1, 0}}, true, 5}, /* it was not there */
    };
    for (size_t r = 0; r < COUNT(rows); r++) {
        _cleanup_(transport_freep) struct transport *t = make(now, COUNT(now), false),
                                                    *out = make(rows[r].out, COUNT(rows[r].out), false);
        double told;
        assert_true(!rows[r].asked || tells(out, 0, &told) == (rows[r].told == 0));
        transport_pass_over(t, out);
        bool found = tells(t, 0, &told);
        if (found != (rows[r].told > 0) || told != rows[r].told)
            fail_msg("row %zu: %d %g", r, found, told);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_that_days_and_a_part_leave_is_told_of),
        cmocka_unit_test(who_is_told_of_by_what_is_out_is_passed_over),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
