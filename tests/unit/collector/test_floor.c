#include "tests/unit/check.h"

#include "collector/disclosure/floor.h"
#include "common/alloc.h"

/* A country, its departments and operators: a digit a probe in each text. */
struct land {
    const char *departments, *operators; /* "112": probes 1 and 2 in the first, 3 in the second; ' ' is none */
    uint32_t days, networks;             /* of each probe; of all, 0: each has its own */
    const char *verdicts; /* country, departments, operators: s(hown), n(etworks, probes or days), d(ifference) */
};

static struct floor *make(const struct land *l)
{
    struct floor *f = floor_new();
    size_t first[2], country = floor_cell(f, 0, FLOOR_NONE), count = strlen(l->departments);
    const char *const cuts[] = {l->departments, l->operators};
    for (unsigned cut = 0; cut < COUNT(cuts); cut++) {
        char most = '0';
        for (size_t p = 0; p < count; p++)
            most = cuts[cut][p] > most ? cuts[cut][p] : most;
        for (char name = '1'; name <= most; name++) {
            size_t cell = floor_cell(f, cut + 1, country);
            first[cut] = name == '1' ? cell : first[cut];
        }
    }
    for (uint32_t p = 0; p < count; p++) {
        size_t cells[3] = {country}, in = 1;
        for (unsigned cut = 0; cut < COUNT(cuts); cut++)
            if (cuts[cut][p] != ' ')
                cells[in++] = first[cut] + (size_t)(cuts[cut][p] - '1');
        floor_add(f, p + 1, l->networks ? p % l->networks + 1 : p + 1, l->days, cells, in);
    }
    floor_decide(f);
    return f;
}

static void hides_what_tells_of_few(void **state)
{
    static const struct land lands[] = {
        /* The floor itself: networks, probes, days; nobody at all. */
        {"11111", "     ", 6, 0, "ss"},
        {"11111", "     ", 5, 0, "nn"},
        {"1111", "    ", 100, 0, "nn"},
        {"111111111111", "            ", 100, 4, "nn"},
        {"11111", "11111", 6, 0, "sss"},
        /* The country less a department is one line. */
        {"1111112", "       ", 30, 0, "sdn"},
        {"11111122222", "           ", 30, 0, "sss"},
        /* The larger one goes first; without both, the third comes back by subtraction. */
        {"111111122222334", "               ", 30, 0, "ssdnn"},
        {"1111111222223344455", "                   ", 30, 0, "sssnnn"},
        /* Both operators have nearly all of a department: it, less the operator, is a line or two. */
        {"111111222222", "111112222222", 30, 0, "sssdd"},
        {"111111222222", "111112122222", 30, 0, "sssdd"},
        /* Rows and columns that cross in many lines. */
        {"111111222222", "111222111222", 30, 0, "sssss"},
        /* Lines whose operator nobody knows are what is left of a country. */
        {"1111111111", "1111111112", 30, 0, "ssdn"},
        {"1111111111", "111111111 ", 30, 0, "ssd"},
        {"1111111111", "11111     ", 30, 0, "sss"},
    };
    for (size_t l = 0; l < COUNT(lands); l++) {
        _cleanup_(floor_freep) struct floor *f = make(&lands[l]);
        for (size_t c = 0; lands[l].verdicts[c]; c++) {
            const char verdict = "snd"[floor_verdict(f, c)];
            if (verdict != lands[l].verdicts[c])
                fail_msg("land %zu, cell %zu: %c, not %c", l, c, verdict, lands[l].verdicts[c]);
        }
    }
}

static void hidden_values_move_to_the_next_larger_shown_cell(void **state)
{
    _cleanup_(floor_freep) struct floor *f = floor_new();
    size_t country = floor_cell(f, 0, FLOOR_NONE), department = floor_cell(f, 1, country),
           commune = floor_cell(f, 2, department), village = floor_cell(f, 3, commune);
    for (uint32_t p = 1; p <= 15; p++)
        floor_add(f, p, p, 30, (const size_t[]){country, department, commune, village}, p <= 4 ? 4 : p <= 10 ? 2 : 1);
    floor_decide(f);
    assert_int_equal(floor_verdict(f, commune), FLOOR_SMALL);
    assert_int_equal(floor_larger(f, village), department);
    assert_int_equal(floor_larger(f, department), country);
    assert_true(floor_larger(f, country) == FLOOR_NONE);
    assert_int_equal(floor_crowd(f, village)->probe_count, 4);
}

/* An edition of ten lines is out: in the next one, `late` more come. */
static void an_edition_less_the_one_before_tells_of_nobody(void **state)
{
    static const enum floor_verdict verdicts[] = {FLOOR_SHOWN,      FLOOR_DIFFERENCE, FLOOR_DIFFERENCE,
                                                  FLOOR_DIFFERENCE, FLOOR_DIFFERENCE, FLOOR_SHOWN};
    for (uint32_t late = 0; late < COUNT(verdicts); late++) {
        _cleanup_(floor_freep) struct floor *f = floor_new();
        size_t country = floor_cell(f, 0, FLOOR_NONE), past = floor_past(f);
        for (uint32_t p = 1; p <= 10 + late; p++)
            floor_add(f, p, p, 30, (const size_t[]){country, past}, p <= 10 ? 2 : 1);
        floor_decide(f);
        assert_int_equal(floor_verdict(f, country), verdicts[late]);
    }
}

/* Twenty lines were told for a week; what came in the next one, and what went, told or by itself. */
static void what_goes_needs_the_cover_of_what_comes(void **state)
{
    static const struct {
        uint32_t lines, days; /* that measure on, and for how long */
        uint32_t gone;        /* lines that are in the figure no more */
        uint32_t changed;     /* that say something else of their week */
        uint32_t late;        /* days more, of one line */
        enum floor_verdict verdict;
    } rows[] = {
        {0, 0, 0, 0, 0, FLOOR_SHOWN},        {20, 7, 0, 0, 0, FLOOR_SHOWN},      {20, 1, 0, 0, 0, FLOOR_DIFFERENCE},
        {4, 30, 0, 0, 0, FLOOR_DIFFERENCE},  {5, 6, 0, 0, 0, FLOOR_SHOWN},       {0, 0, 1, 0, 0, FLOOR_DIFFERENCE},
        {0, 0, 0, 1, 0, FLOOR_DIFFERENCE},   {0, 0, 10, 0, 0, FLOOR_DIFFERENCE}, {19, 7, 1, 0, 0, FLOOR_SHOWN},
        {20, 7, 0, 1, 0, FLOOR_SHOWN},       {20, 7, 0, 0, 100, FLOOR_SHOWN},    {20, 7, 0, 0, 200, FLOOR_DIFFERENCE},
        {0, 0, 0, 0, 100, FLOOR_DIFFERENCE},
    };
    for (size_t r = 0; r < COUNT(rows); r++) {
        _cleanup_(floor_freep) struct floor *f = floor_new();
        size_t country = floor_cell(f, 0, FLOOR_NONE), past = floor_past(f);
        floor_follow(f, country, past);
        for (uint32_t p = 1; p <= 20; p++) {
            bool gone = p <= rows[r].gone, changed = !gone && p <= rows[r].gone + rows[r].changed;
            floor_add(f, p, p, 7, (const size_t[]){past, country}, gone || changed ? 1 : 2);
            if (changed)
                floor_add_told(f, p, p, 7, &country, NULL, 1);
            uint32_t days = (20 - p < rows[r].lines ? rows[r].days : 0) + (p == 20 ? rows[r].late : 0);
            if (days > 0)
                floor_add(f, p, p, days, &country, 1);
        }
        floor_decide(f);
        if (floor_verdict(f, country) != rows[r].verdict)
            fail_msg("row %zu: %d", r, floor_verdict(f, country));
    }
}

/* Twenty lines were told; then eleven measure on, most of them for ten days, and one household sixty
 * days with each of two boxes. */
static void boxes_of_a_household_are_one_change(void **state)
{
    static const struct {
        uint32_t second; /* the number of its second box */
        enum floor_verdict verdict;
    } rows[] = {{1, FLOOR_DIFFERENCE}, {21, FLOOR_SHOWN}};
    for (size_t r = 0; r < COUNT(rows); r++) {
        _cleanup_(floor_freep) struct floor *f = floor_new();
        size_t country = floor_cell(f, 0, FLOOR_NONE), past = floor_past(f);
        floor_follow(f, country, past);
        for (uint32_t p = 1; p <= 20; p++)
            floor_add(f, p, p, 7, (const size_t[]){past, country}, 2);
        for (uint32_t p = 1; p <= 11; p++)
            floor_add(f, p, p, p == 1 ? 60 : 10, &country, 1);
        floor_add(f, rows[r].second, rows[r].second, 60, &country, 1);
        floor_decide(f);
        assert_int_equal(floor_verdict(f, country), rows[r].verdict);
    }
}

/* Two towns of ten lines were told for a month; then the first measures on, and a line of the second comes to weigh
 * more: the country less the first is the second, and its own figure stands. */
static void a_change_of_weight_is_told_by_nothing(void **state)
{
    static const struct {
        uint32_t line, weight; /* what it weighs now, of 20 */
        uint32_t days;         /* that the second town measures on */
        const char *verdicts;  /* country and towns: s(hown), d(ifference) */
    } rows[] = {
        {20, FLOOR_WEIGHT_ONE, 0, "sss"},        {20, FLOOR_WEIGHT_ONE * 3 / 2, 0, "sds"},
        {20, FLOOR_WEIGHT_ONE + 10, 0, "sds"},   {20, FLOOR_WEIGHT_ONE * 3 / 2, 7, "sss"},
        {1, FLOOR_WEIGHT_ONE * 3 / 2, 0, "sss"}, {1, FLOOR_WEIGHT_ONE * 4, 0, "dds"}, /* it is most of what changes */
    };
    for (size_t r = 0; r < COUNT(rows); r++) {
        _cleanup_(floor_freep) struct floor *f = floor_new();
        size_t cells[3] = {floor_cell(f, 0, FLOOR_NONE), floor_cell(f, 1, 0), floor_cell(f, 1, 0)}, past[3];
        for (size_t c = 0; c < 3; c++) {
            past[c] = floor_past(f);
            floor_follow(f, cells[c], past[c]);
        }
        for (uint32_t p = 1; p <= 20; p++) {
            size_t town = p <= 10 ? 1 : 2;
            uint32_t days = p <= 10 ? 7 : rows[r].days, now = p == rows[r].line ? rows[r].weight : FLOOR_WEIGHT_ONE;
            floor_add_told(f, p, p, 30, (const size_t[]){cells[0], cells[town], past[0], past[town]},
                           (const uint32_t[]){now, now, FLOOR_WEIGHT_ONE, FLOOR_WEIGHT_ONE}, 4);
            if (days > 0)
                floor_add(f, p, p, days, (const size_t[]){cells[0], cells[town]}, 2);
        }
        floor_decide(f);
        for (size_t c = 0; c < 3; c++)
            if ((floor_verdict(f, cells[c]) == FLOOR_SHOWN ? 's' : 'd') != rows[r].verdicts[c])
                fail_msg("row %zu, cell %zu: %d", r, c, floor_verdict(f, cells[c]));
    }
}

/* The same towns, of which nothing has come or gone: figures that stand say nothing of weights, those made again do. */
static void what_is_made_again_says_what_lines_weigh(void **state)
{
    static const struct {
        bool renewed;
        uint32_t weight;      /* of the last line, now */
        const char *verdicts; /* country and towns: s(hown), d(ifference) */
    } rows[] = {
        {false, FLOOR_WEIGHT_ONE * 3 / 2, "sss"},
        {true, FLOOR_WEIGHT_ONE, "sss"},
        {true, FLOOR_WEIGHT_ONE * 3 / 2, "dsd"},
        {true, FLOOR_WEIGHT_ONE + 10, "dsd"},
    };
    for (size_t r = 0; r < COUNT(rows); r++) {
        _cleanup_(floor_freep) struct floor *f = floor_new();
        size_t cells[3] = {floor_cell(f, 0, FLOOR_NONE), floor_cell(f, 1, 0), floor_cell(f, 1, 0)}, past[3];
        for (size_t c = 0; c < 3; c++) {
            past[c] = floor_past(f);
            floor_follow(f, cells[c], past[c]);
            if (rows[r].renewed)
                floor_renew(f, cells[c]);
        }
        for (uint32_t p = 1; p <= 20; p++) {
            size_t town = p <= 10 ? 1 : 2;
            uint32_t now = p == 20 ? rows[r].weight : FLOOR_WEIGHT_ONE;
            floor_add_told(f, p, p, 30, (const size_t[]){cells[0], cells[town], past[0], past[town]},
                           (const uint32_t[]){now, now, FLOOR_WEIGHT_ONE, FLOOR_WEIGHT_ONE}, 4);
        }
        floor_decide(f);
        for (size_t c = 0; c < 3; c++)
            if ((floor_verdict(f, cells[c]) == FLOOR_SHOWN ? 's' : 'd') != rows[r].verdicts[c])
                fail_msg("row %zu, cell %zu: %d", r, c, floor_verdict(f, cells[c]));
    }
}

/* A cell that was shown first of all goes first, whatever its rank; one that comes anew gives way. */
static void a_cell_that_was_shown_goes_first(void **state)
{
    _cleanup_(floor_freep) struct floor *f = floor_new();
    size_t country = floor_cell(f, 0, FLOOR_NONE), town = floor_cell(f, 1, country), past = floor_past(f);
    floor_follow(f, town, past);
    for (uint32_t p = 1; p <= 8; p++) {
        floor_add(f, p, p, 30, (const size_t[]){country, town, past}, p <= 7 ? 3 : 1);
        floor_add(f, p, p, 30, (const size_t[]){country, town}, p <= 7 ? 2 : 1);
    }
    floor_decide(f);
    assert_int_equal(floor_verdict(f, town), FLOOR_SHOWN);
    assert_int_equal(floor_verdict(f, country), FLOOR_DIFFERENCE);
    assert_int_equal(floor_fresh(f, town)->days, 7 * 30);
    assert_int_equal(floor_crowd(f, town)->days, 2 * 7 * 30);
}

/* What was shown wrongly once (one line alone) does not hide all that comes. */
static void a_fault_of_the_past_hides_nothing(void **state)
{
    _cleanup_(floor_freep) struct floor *f = floor_new();
    size_t country = floor_cell(f, 0, FLOOR_NONE), past = floor_past(f);
    for (uint32_t p = 1; p <= 10; p++)
        floor_add(f, p, p, 30, (const size_t[]){country, past}, p == 1 ? 2 : 1);
    floor_decide(f);
    assert_int_equal(floor_verdict(f, country), FLOOR_SHOWN);
}

/* A line that moved lies in two departments, and the country less both is nothing. */
static void a_move_isolates_nobody(void **state)
{
    _cleanup_(floor_freep) struct floor *f = floor_new();
    size_t country = floor_cell(f, 0, FLOOR_NONE), one = floor_cell(f, 1, country), two = floor_cell(f, 1, country);
    for (uint32_t p = 1; p <= 12; p++)
        floor_add(f, p, p, 30, (const size_t[]){country, p <= 6 ? one : two}, 2);
    floor_add(f, 1, 1, 10, (const size_t[]){country, two}, 2);
    floor_decide(f);
    for (size_t c = 0; c < 3; c++)
        assert_int_equal(floor_verdict(f, c), FLOOR_SHOWN);
}

/* Six lines in one department and ten in another; what the first of them loses, of the others five, and of those ten.
 */
static void one_line_is_not_most_of_what_is_shown(void **state)
{
    static const struct {
        double first, beside, others;
        const char *verdicts; /* country and departments: s(hown), m(ost of it is one line's) */
    } rows[] = {
        {40, 0.1, 1, "smm"},                      /* the country less the second department is the first */
        {2.1, 0.1, 1, "smm"}, {2, 0.1, 1, "sss"}, /* five times what all but it and one beside it lose */
        {0.1, 0.1, 1, "sss"}, {0, 0, 0, "sss"},
    };
    for (size_t r = 0; r < COUNT(rows); r++) {
        _cleanup_(floor_freep) struct floor *f = floor_new();
        size_t country = floor_cell(f, 0, FLOOR_NONE);
        size_t departments[] = {floor_cell(f, 1, country), floor_cell(f, 1, country)};
        for (uint32_t p = 1; p <= 16; p++) {
            size_t cells[] = {country, departments[p > 6]};
            floor_add(f, p, p, 10, cells, 2);
            floor_give(f, p,
                       10 * (p == 1   ? rows[r].first
                             : p <= 6 ? rows[r].beside
                                      : rows[r].others),
                       DOMINANCE_WHOLE, cells, 2);
        }
        floor_decide(f);
        for (size_t c = 0; c < 3; c++)
            if ((floor_verdict(f, c) == FLOOR_SHOWN       ? 's'
                 : floor_verdict(f, c) == FLOOR_DOMINATED ? 'm'
                                                          : '?') != rows[r].verdicts[c])
                fail_msg("row %zu, cell %zu: %d", r, c, floor_verdict(f, c));
        assert_int_equal(floor_larger(f, departments[0]), *rows[r].verdicts == 's' ? country : FLOOR_NONE);
    }
}

static void nobody_at_all(void **state)
{
    _cleanup_(floor_freep) struct floor *f = floor_new();
    size_t country = floor_cell(f, 0, FLOOR_NONE);
    floor_decide(f);
    assert_int_equal(floor_verdict(f, country), FLOOR_SMALL);
    /* No network was seen of any of these. */
    _cleanup_(floor_freep) struct floor *g = floor_new();
    country = floor_cell(g, 0, FLOOR_NONE);
    for (uint32_t p = 1; p <= 100; p++)
        floor_add(g, p, 0, 30, &country, 1);
    floor_decide(g);
    assert_int_equal(floor_verdict(g, country), FLOOR_SMALL);
}

/* A figure over four lines that is out: who takes it off one over eight has the other four, off one over twelve a
 * crowd. That the four are too few, by a line that has gone, say, keeps no other back. */
static void what_is_out_is_held_against(void **state)
{
    static const struct {
        bool out;
        uint32_t lines;
        enum floor_verdict verdict;
    } rows[] = {{false, 8, FLOOR_SHOWN}, {true, 8, FLOOR_DIFFERENCE}, {true, 12, FLOOR_SHOWN}};
    for (size_t r = 0; r < COUNT(rows); r++) {
        _cleanup_(floor_freep) struct floor *f = floor_new();
        size_t four = floor_cell(f, 0, FLOOR_NONE), all = floor_cell(f, 1, FLOOR_NONE);
        if (rows[r].out)
            floor_out(f, four);
        for (uint32_t l = 0; l < rows[r].lines; l++)
            floor_add(f, l + 1, l + 1, 10, (const size_t[]){all, four}, l < 4 ? 2 : 1);
        floor_decide(f);
        assert_int_equal(floor_verdict(f, four), rows[r].out ? FLOOR_SHOWN : FLOOR_SMALL);
        assert_int_equal(floor_verdict(f, all), rows[r].verdict);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hides_what_tells_of_few),
        cmocka_unit_test(hidden_values_move_to_the_next_larger_shown_cell),
        cmocka_unit_test(an_edition_less_the_one_before_tells_of_nobody),
        cmocka_unit_test(what_goes_needs_the_cover_of_what_comes),
        cmocka_unit_test(boxes_of_a_household_are_one_change),
        cmocka_unit_test(a_change_of_weight_is_told_by_nothing),
        cmocka_unit_test(what_is_made_again_says_what_lines_weigh),
        cmocka_unit_test(a_cell_that_was_shown_goes_first),
        cmocka_unit_test(a_fault_of_the_past_hides_nothing),
        cmocka_unit_test(a_move_isolates_nobody),
        cmocka_unit_test(one_line_is_not_most_of_what_is_shown),
        cmocka_unit_test(nobody_at_all),
        cmocka_unit_test(what_is_out_is_held_against),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
