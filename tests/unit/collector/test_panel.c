#include "tests/unit/check.h"

#include "collector/figure/panel.h"
#include "tests/unit/collector/trial.h"

static const struct stat_what median = {STAT_QUANTILE, 0.5};
static struct indicator indicator;

static int setup(void **state)
{
    return trial_indicator("p50", "operator, family", &indicator);
}

static int teardown(void **state)
{
    indicator_free(&indicator);
    return 0;
}

/* Ten days of a probe, of both families together and of one. */
static void add(struct cells *c, char probe, char line, const char *country, double value)
{
    const char name[] = {probe, 0}, household[] = {line, 0};
    for (int d = 0; d < 10; d++)
        for (int family = 0; family < 2; family++) {
            struct probe_day day = trial_day(name, d, value + (family ? 1000 : d % 3));
            day.voucher = probe == 'a' ? "Parakou" : NULL;
            day.line = household;
            day.country = country;
            day.carrier = probe < 'p' ? "one" : "two";
            day.family = family ? "ipv4" : NULL;
            cells_add(c, &day);
        }
}

static struct cells *make(const char *probes, bool lifted)
{
    struct cells *c = cells_new(&indicator, lifted);
    for (; *probes; probes++)
        add(c, *probes, *probes, "BJ", *probes);
    return c;
}

static json_t *set_of(const char *lines)
{
    json_t *set = json_object();
    for (; *lines; lines++)
        json_object_set_new(set, (const char[]){*lines, 0}, json_true());
    return set;
}

static void a_line_says_one_thing(void **state)
{
    struct cells *c = make("ab", false);
    add(c, 'c', 'b', "BJ", 'b'); /* took the place of b */
    add(c, 'd', 'd', "TG", 1);
    struct panel p;
    panel_read(c, "BJ", "measured", &median, &p);
    assert_int_equal(p.count, 2);
    assert_int_equal(json_object_size(p.numbers), 2);
    static const char *const names[] = {"a", "b"};
    for (size_t l = 0; l < COUNT(names); l++)
        assert_true(p.values[json_integer_value(json_object_get(p.numbers, names[l]))] == names[l][0] + 1);
    assert_string_equal(json_string_value(json_object_get(p.vouchers, "a")), "Parakou");
    assert_null(json_object_get(p.vouchers, "b"));
    panel_free(&p);
    cells_free(c);
}

static void what_is_left_must_be_enough(void **state)
{
    static const struct {
        const char *lines, *common, *before;
        bool lifted, bears;
    } rows[] = {
        {"abcdefghij", "abcdefghij", NULL, false, true}, /* all of them */
        {"abcdefghij", "abcdefg", NULL, false, false},   /* three are left */
        {"abcdefghij", "abcdef", NULL, false, false},    /* four */
        {"abcdefghij", "abcde", NULL, false, true},      /* five */
        {"abcdefghij", "abcd", NULL, false, false},      /* too few themselves */
        {"abcdefghij", "abcdefg", NULL, true, true},     /* nobody is hidden */
        {"abcdepqrst", "abcdepq", NULL, false, false},   /* less operator one, two are left */
        {"abcdepqrst", "abcde", NULL, false, true},      /* operator one */
        {"abcdefghijklmno", "abcdefghij", "abcdefghij", false, true},
        {"abcdefghijklmno", "abcdefghij", "abcdefghi", false, false}, /* one has come since */
        {"abcdefghijklmno", "abcdefghij", "abcde", false, true},
    };
    for (size_t r = 0; r < COUNT(rows); r++) {
        struct cells *c = make(rows[r].lines, rows[r].lifted);
        json_t *common = set_of(rows[r].common), *before = rows[r].before ? set_of(rows[r].before) : NULL;
        if (panel_bears(c, "BJ", "measured", common, before) != rows[r].bears)
            fail_msg("row %zu", r);
        json_decref(common);
        json_decref(before);
        cells_free(c);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_says_one_thing),
        cmocka_unit_test(what_is_left_must_be_enough),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
