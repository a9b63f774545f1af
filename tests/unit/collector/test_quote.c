#include "tests/unit/check.h"

#include "collector/report/quote.h"
#include "common/json.h"

static struct report report;
static struct references *references;

/* Four figures of an indicator: of the country, and by operator told, below the floor, and of imaginary lines. */
static int start(void **state)
{
    static const char *const operators[] = {NULL, "A", "B", "C"}, *const numbers[] = {"55", "1234.5", NULL, "7"};
    const char *values[COUNT(operators)][FIGURE_COLUMNS] = {0};
    for (size_t r = 0; r < COUNT(operators); r++) {
        values[r][FIGURE_INDICATOR] = "PER1";
        values[r][FIGURE_PERIOD] = "2025";
        values[r][FIGURE_SOURCE] = values[r][FIGURE_KIND] = "measured";
        values[r][FIGURE_COUNTRY] = "BJ";
        values[r][FIGURE_OPERATOR] = operators[r];
        values[r][FIGURE_STATISTIC] = "p50";
        values[r][FIGURE_VALUE] = numbers[r];
        values[r][FIGURE_ADMITTED] = "t";
        values[r][FIGURE_SIMULATED] = r == 3 ? "t" : "f";
    }
    report = (struct report){.country = "BJ", .year = "2025"};
    report.evidence.rows = pg_rows_of(&values[0][0], COUNT(operators), FIGURE_COLUMNS);
    report.evidence.cuts = alloc_zero(COUNT(operators), sizeof *report.evidence.cuts);
    for (size_t r = 0; r < COUNT(operators); r++)
        report.evidence.cuts[r] = r ? DIM_OPERATOR : 0;
    language_words(language_find("fr"), "report", &report.words);
    references = references_new(&report);
    return 0;
}

static int stop(void **state)
{
    references_free(references);
    evidence_free(&report.evidence);
    words_free(&report.words);
    return 0;
}

static void check(const char *reference, bool alone, bool block, const char *wanted)
{
    struct quotes q = {.r = &report, .references = references, .path = "10-a.md"};
    _cleanup_(buf_free) struct buf out = {0};
    assert_true(quote_write(&q, reference, 3, alone, &out) == block);
    if (!strstr(out.data, wanted))
        fail_msg("\"%s\" is not in: %s", wanted, out.data);
    assert_int_equal(q.broken, strstr(wanted, "<mark>") != NULL);
    assert_int_equal(q.rc, 0);
}

static void says_what_the_author_means(void **state)
{
    check("PER1.A", false, false, "<data value=\"1234.5\" data-line=\"3\">1\u202F23");
    check("PER1.B", true, false, "<span class=\"none\">pas de données</span>");
    check("PER1.C", false, false, "</data> <span class=\"badge\">simulé</span>");
    check("PER1.C.low", false, false, "<span class=\"none\">pas de données</span>");
    check("PER1.<b>", false, false, "<mark>Un chiffre manque ici : « PER1.&lt;b&gt; » n’est pas compris.</mark>");
    check(NULL, false, false, "<mark>Un chiffre manque ici : « … » n’est pas compris.</mark>");
}

/* By department nothing is measured: there is nothing to draw. */
static void a_picture_stands_alone(void **state)
{
    check("picture PER1 departments", true, true, "<p><span class=\"none\">pas de données</span></p>");
    check("picture PER1 operators", true, true, "<th scope=\"row\">B</th><td class=\"n\">pas de données</td>");
    check("picture PER1 operators", true, true, "id=\"quote-1-t\"");
    check("picture PER1 operators", true, true, "</data> <span class=\"badge\">simulé</span></td>");
    check("picture PER1 operators", false, false, "<mark>Un chiffre manque ici : « picture PER1 operators »");
    check("picture PER1 operatrs", true, false, "<mark>");
    check("picture PER01 days", true, false, "<mark>");
    check("picture ", true, false, "<mark>");
}

static void pictures_are_not_without_number(void **state)
{
    struct quotes q = {.r = &report, .references = references, .path = "10-a.md"};
    for (int n = 0; n < QUOTE_PICTURES_MAX + 3; n++) {
        _cleanup_(buf_free) struct buf out = {0};
        assert_true(quote_write(&q, "picture PER1 departments", n, true, &out) == (n < QUOTE_PICTURES_MAX));
    }
    assert_int_equal(q.broken, 3);
}

static void not_all_is_told(void **state)
{
    struct quotes q = {.r = &report, .references = references, .path = "10-a.md"};
    for (int n = 0; n < 3 * QUOTE_TOLD_MAX; n++) {
        _cleanup_(buf_free) struct buf out = {0};
        assert_false(quote_write(&q, "PER1.none", n, false, &out));
        assert_memory_equal(out.data, "<mark>", 6);
    }
    assert_int_equal(q.broken, 3 * QUOTE_TOLD_MAX);
    quote_end(&q);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(says_what_the_author_means),
        cmocka_unit_test(a_picture_stands_alone),
        cmocka_unit_test(pictures_are_not_without_number),
        cmocka_unit_test(not_all_is_told),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
