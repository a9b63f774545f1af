#include "tests/unit/check.h"

#include "collector/figure/calendar.h"

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
        cmocka_unit_test(nobody_at_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
