#include "tests/unit/check.h"

#include <stdlib.h>

#include "collector/disclosure/calendar.h"
#include "collector/disclosure/crowd.h"

/* Lines of a country and the days they measured: a character a day, a letter the part in which it was ('.': in none
 * that is shown), ' ' none. As many lines as `times`. */
struct row {
    uint32_t times;
    const char *days;
};
#define ROWS 6

static struct calendar *make(const struct row *rows, size_t cut)
{
    struct calendar *c = calendar_new();
    uint32_t line = 0;
    for (size_t r = 0; r < ROWS && rows[r].times; r++)
        for (uint32_t t = 0; t < rows[r].times; t++) {
            line++;
            for (int32_t d = 0; rows[r].days[d]; d++) {
                uint32_t parts[CALENDAR_CUTS] = {0};
                parts[cut] = rows[r].days[d] == '.' ? 0 : (uint32_t)(rows[r].days[d] - 'A') + 1;
                if (rows[r].days[d] != ' ')
                    calendar_add(c, 20000 + d, line, line, parts);
            }
        }
    return c;
}

static void a_part_less_the_days_it_had_for_itself(void **state)
{
    static const struct {
        struct row rows[ROWS];
        const char *days; /* s(hown), ' ' not */
        bool tells;
    } all[] = {
        /* Side by side, also where some are missing each day, or one part is small on some days. */
        {{{6, "AAAAAAA"}, {7, "BBBBBBB"}}, "sssssss", false},
        {{{3, "AA AA A"}, {3, "A AAAAA"}, {3, "BBBB BB"}, {4, "B BBBBB"}}, "sssssss", false},
        {{{6, "AAAAAAA"}, {7, "......."}}, "sssssss", false},
        {{{12, "AAAAAAA"}}, "sssssss", false},
        /* A pilot that ended: nobody else at all is nothing, one line is told of. */
        {{{6, "AAAAAA      "}, {7, "      BBBBBB"}}, "ssssssssssss", false},
        {{{6, "AAAAAA      "}, {7, "      BBBBBB"}, {1, "BBBBBB      "}}, "ssssssssssss", true},
        {{{6, "AAAAAA      "}, {7, "      BBBBBB"}, {4, "BBBBBB      "}}, "ssssssssssss", true},
        {{{6, "AAAAAA      "}, {7, "      BBBBBB"}, {5, "BBBBBB      "}}, "ssssssssssss", false},
        {{{6, "AAAAAA      "}, {7, "      ......"}, {1, ".....       "}}, "ssssssssssss", true},
        /* One line of the pilot measured on. */
        {{{6, "AAAAAA      "}, {7, "      BBBBBB"}, {1, "      AAAAAA"}}, "ssssssssssss", true},
        /* Days that are not shown leave the pilot's own lines, or those of all others. */
        {{{6, "AAAAAA      "}, {7, "      BBBBBB"}, {1, "BBBBBB      "}}, "            ", false},
        {{{6, "AAAAAA      "}, {7, "      BBBBBB"}}, "sssss ssssss", true}, /* six days of six lines */
        {{{6, "AAAAAAAAAAA      "}, {7, "           BBBBBB"}}, "ssssss     ssssss", false},
        /* Two pilots at once: neither by itself, both together. */
        {{{6, "AAAAAA      "}, {6, "BBBBBB      "}, {7, "      CCCCCC"}, {7, "      DDDDDD"}, {1, "DDDDDD      "}},
         "ssssssssssss",
         true},
        /* The part is the smaller one on each of its days, and four others are what is left of it. */
        {{{4, "..........      "}, {3, "A A A A A       "}, {3, " A A A A A      "}, {6, "          ......"}},
         "ssssssssssssssss",
         true},
        {{{5, "..........      "}, {3, "A A A A A       "}, {3, " A A A A A      "}, {6, "          ......"}},
         "ssssssssssssssss",
         false},
        {{{5, "......      "}, {5, "AAAAAA      "}, {6, "AAAAAABBBBBB"}}, "ssssssssssss", false},
        {{{3, "BBBBBB......"}, {4, "AAAAAA      "}, {6, "AAAAAABBBBBB"}}, "ssssssssssss", true},
        /* A few days of many lines: more than four, and less than thirty days. */
        {{{7, "AAA         "}, {6, "   BBBBBB   "}, {6, "BBB      BBB"}}, "ssssssssssss", true},
        {{{7, "AAAAAA         "}, {6, "      BBBBBB   "}, {6, "BBBBBB      BBB"}}, "sssssssssssssss", false},
    };
    for (size_t r = 0; r < COUNT(all); r++)
        for (size_t cut = 0; cut < CALENDAR_CUTS; cut++) {
            _cleanup_(calendar_freep) struct calendar *c = make(all[r].rows, cut);
            int32_t days[16];
            size_t count = 0;
            for (int32_t d = 0; all[r].days[d]; d++)
                if (all[r].days[d] == 's')
                    days[count++] = 20000 + d;
            if (calendar_tells(c, days, count) != all[r].tells)
                fail_msg("row %zu, cut %zu", r, cut);
        }
}

/* Of many parts one or two are tried against all others, and each by itself of very many. */
static void parts_may_be_many(void **state)
{
    for (uint32_t parts = 2; parts < 60; parts += 3)
        for (int pilot = 0; pilot < 2; pilot++) {
            _cleanup_(calendar_freep) struct calendar *c = calendar_new();
            int32_t days[40];
            for (uint32_t line = 0; line < 6 * parts; line++)
                for (int32_t d = 0; d < 40; d++)
                    if (!pilot || (line % parts == 0) == (d < 20) || line == 1)
                        calendar_add(c, d, line + 1, line + 1,
                                     (const uint32_t[CALENDAR_CUTS]){0, line % parts + 1, 0, 0});
            for (int32_t d = 0; d < 40; d++)
                days[d] = d;
            assert_int_equal(calendar_tells(c, days, COUNT(days)), pilot);
        }
}

/* A pilot of a department's lines but its mobile ones, which are no part of any cut; `more` departments measure later.
 */
static void a_part_less_one_of_another_cut(void **state)
{
    for (uint32_t more = 0; more < 12; more++)
        for (uint32_t strays = 0; strays < 6; strays += 5 - 4 * !strays) {
            _cleanup_(calendar_freep) struct calendar *c = calendar_new();
            int32_t days[12];
            for (uint32_t line = 0; line < 6 * (3 + more) + strays; line++) {
                bool stray = line >= 6 * (3 + more), pilot = line < 6 || stray, mobile = line / 6 == 1;
                uint32_t department = pilot || mobile ? 1 : line / 6;
                for (int32_t d = pilot && !stray ? 0 : 6; d < (pilot && !stray ? 6 : 12); d++)
                    calendar_add(c, d, line + 1, line + 1,
                                 (const uint32_t[CALENDAR_CUTS]){department, 0, mobile ? 2 : 1, 0});
            }
            for (int32_t d = 0; d < 12; d++)
                days[d] = d;
            assert_int_equal(calendar_tells(c, days, COUNT(days)), strays == 1);
        }
}

/* A pilot of a department and of a technology, whose lines in both are a part as well: the two less that one have all
 * of its lines count alike. */
static void a_row_a_column_and_where_they_cross(void **state)
{
    static const uint32_t pilots[][CALENDAR_CUTS] = {{1, 0, 0, 0}, {0, 0, 1, 0}, {1, 0, 1, 1}};
    for (uint32_t more = 0; more < 12; more++)
        for (uint32_t strays = 0; strays <= 6; strays++) {
            _cleanup_(calendar_freep) struct calendar *c = calendar_new();
            int32_t days[12];
            for (uint32_t line = 0; line < 6 * (4 + more) + strays; line++) {
                const uint32_t *pilot = line < 18 ? pilots[line / 6] : NULL;
                bool stray = line >= 6 * (4 + more);
                for (int32_t d = pilot || stray ? 0 : 6; d < (pilot || stray ? 6 : 12); d++)
                    calendar_add(c, d, line + 1, line + 1,
                                 pilot ? pilot
                                       : (const uint32_t[CALENDAR_CUTS]){stray       ? 2
                                                                         : line < 24 ? 0
                                                                                     : line / 6 - 2});
            }
            for (int32_t d = 0; d < 12; d++)
                days[d] = d;
            assert_int_equal(calendar_tells(c, days, COUNT(days)), strays > 0 && strays < 5);
        }
}

/* ---- all sums ---- */

#define LINES     16
#define DAYS      6 /* the last is three that are not shown */
#define PLACES    4
#define COUNTRIES 500
#define MOST      2 /* what a part counts at most, added or taken off */

/* Who is where, in three parts of two cuts. */
struct attack {
    int place[LINES][DAYS]; /* -1: it did not measure */
    int levels[PLACES];     /* in the sum at hand */
    bool told;              /* a sum that takes days otherwise than one another tells of few */
    bool any;               /* any sum does */
};

static const uint32_t places[PLACES][CALENDAR_CUTS] = {{0}, {1, 0, 0, 0}, {1, 0, 1, 0}, {2, 0, 1, 0}};

static bool is_few(const struct crowd *left, bool uneven)
{
    return left->days > 0 && (!crowd_is_many(left) || (uneven && left->days < FLOOR_DAYS));
}

/* Takes each level off the day, or, of days that are not shown, none. uneven: of some day a part was left. */
static void take_days(struct attack *a, int day, const int *taken, const struct crowd *before, bool uneven)
{
    if (a->told || crowd_enough(before))
        return;
    if (day == DAYS) {
        bool alike = true;
        for (int d = 1; d < DAYS; d++)
            alike &= taken[d] == taken[0];
        a->any |= is_few(before, uneven);
        a->told |= is_few(before, uneven) && !alike;
        return;
    }
    for (int off = -2 * MOST; off <= 2 * MOST + (day == DAYS - 1); off++) {
        struct crowd left = *before;
        bool some = false, rest = false;
        int all[DAYS];
        for (uint32_t l = 0; l < LINES; l++) {
            int place = a->place[l][day];
            if (place < 0)
                continue;
            some |= a->levels[place] == off;
            rest |= a->levels[place] != off;
            if (a->levels[place] != off)
                crowd_add(&left, l + 1, l + 1, day == DAYS - 1 ? 3 : 1);
        }
        memcpy(all, taken, sizeof all);
        all[day] = off;
        if (some || off == 2 * MOST + 1)
            take_days(a, day + 1, all, &left, uneven || (some && rest));
    }
}

static void attack_all(struct attack *a)
{
    const int taken[DAYS] = {0};
    for (int sum = 0; sum < (2 * MOST + 1) * (2 * MOST + 1) * (2 * MOST + 1); sum++) {
        int one = sum % 5 - MOST, two = sum / 5 % 5 - MOST, other = sum / 25 - MOST;
        a->levels[1] = one;
        a->levels[2] = one + other;
        a->levels[3] = two + other;
        take_days(a, 0, taken, &(struct crowd){0}, false);
    }
}

/* Lines in some of the places, which measure all days, the first or the last, or every other one, and stray more or
 * less. */
static void draw(struct attack *a, unsigned *seed)
{
    int strays = rand_r(seed) % 3, in = 1 + rand_r(seed) % PLACES, turns = 1 + rand_r(seed) % 5;
    for (int l = 0; l < LINES; l++) {
        int place = PLACES - 1 - rand_r(seed) % in, turn = rand_r(seed) % turns;
        for (int d = 0; d < DAYS; d++) {
            bool half = turn < 3 ? d < DAYS / 2 : d % 2 == 0, there = turn == 0 || (turn % 2 == 1) == half;
            a->place[l][d] = there != (rand_r(seed) % 20 < strays) ? place : -1;
        }
    }
}

static size_t lines_on(const struct attack *a, int day)
{
    size_t lines = 0;
    for (int l = 0; l < LINES; l++)
        lines += a->place[l][day] >= 0;
    return lines;
}

static bool calendar_finds(const struct attack *a)
{
    _cleanup_(calendar_freep) struct calendar *c = calendar_new();
    for (int l = 0; l < LINES; l++)
        for (int d = 0; d < DAYS; d++)
            for (int more = 0; a->place[l][d] >= 0 && more < (d == DAYS - 1 ? 3 : 1); more++)
                calendar_add(c, d + more, (uint32_t)l + 1, (uint32_t)l + 1, places[a->place[l][d]]);
    return calendar_tells(c, (const int32_t[]){0, 1, 2, 3, 4}, DAYS - 1);
}

/* Against all sums of three parts and six days. What it hides though none tells is not much. */
static void as_all_sums_do(void **state)
{
    size_t told = 0, shown = 0, in_vain = 0;
    for (unsigned seed = 1; seed <= COUNTRIES; seed++) {
        struct attack a = {.told = false};
        unsigned random = seed;
        bool enough = true;
        draw(&a, &random);
        for (int d = 0; d < DAYS; d++)
            enough &= lines_on(&a, d) >= (d == DAYS - 1 ? FLOOR_DAYS / 3 : FLOOR_PROBES);
        if (!enough)
            continue;
        attack_all(&a);
        bool found = calendar_finds(&a);
        if (a.told && !found)
            fail_msg("seed %u: a sum of parts and days tells of few", seed);
        told += a.told;
        shown += !found;
        in_vain += found && !a.any;
    }
    print_message("# told %zu, shown %zu, hidden in vain %zu\n", told, shown, in_vain);
    assert_true(told > 80 && shown > 80 && in_vain * 20 < shown);
}

static void nobody_at_all(void **state)
{
    _cleanup_(calendar_freep) struct calendar *c = calendar_new();
    assert_false(calendar_tells(c, (const int32_t[]){1, 2}, 2));
    assert_false(calendar_tells(c, NULL, 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_part_less_the_days_it_had_for_itself),
        cmocka_unit_test(parts_may_be_many),
        cmocka_unit_test(a_part_less_one_of_another_cut),
        cmocka_unit_test(a_row_a_column_and_where_they_cross),
        cmocka_unit_test(as_all_sums_do),
        cmocka_unit_test(nobody_at_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
