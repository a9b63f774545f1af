#include "tests/unit/check.h"

#include "collector/figure/panel.h"
#include "common/json.h"

#define HEADER                                                                                                         \
    "-- id: TST1\n-- name.fr: n\n-- name.en: n\n-- unit: ms\n-- better: low\n-- status: proposed\n-- kind: measured\n" \
    "-- nature: quantitative\n-- method: 1\n-- headline.fr: {p50} {where}\n-- headline.en: {p50} {where}\n-- "         \
    "definition.fr: d\n"                                                                                               \
    "-- definition.en: d\n-- aggregate: p50\n-- dimensions: operator, family\n"

static const struct stat_what median = {STAT_QUANTILE, 0.5};
static struct indicator indicator;

static int setup(void **state)
{
    struct fault f;
    return indicator_read(HEADER "SELECT 1", &indicator, &f);
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
        for (int family = 0; family < 2; family++)
            cells_add(c, &(struct probe_day){.probe = name,
                                             .day = 20000 + d,
                                             .source = "measured",
                                             .network = name,
                                             .voucher = probe == 'a' ? "Parakou" : NULL,
                                             .line = household,
                                             .country = country,
                                             .carrier = probe < 'p' ? "one" : "two",
                                             .family = family ? "ipv4" : NULL,
                                             .value = value + (family ? 1000 : d % 3),
                                             .samples = 1});
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

/* Figures that are out, a blank between them: their lines, with what these said; after an asterisk, nobody knows. */
static json_t *told_of(const struct panel *p, const char *figures)
{
    json_t *told = json_array();
    bool known = true, any = false;
    for (; *figures; figures++) {
        if (!any || *figures == ' ')
            json_array_append_new(told, json_object());
        any = true;
        known = *figures != '*' && (known || *figures == ' ');
        if (*figures == ' ' || *figures == '*')
            continue;
        const char name[] = {*figures < 'a' ? (char)(*figures - 'A' + 'a') : *figures, 0};
        const json_t *number = json_object_get(p->numbers, name);
        double said = number ? p->values[json_integer_value(number)] : 0;
        json_object_set_new(json_array_get(told, json_array_size(told) - 1), name,
                            json_integer(known ? panel_mark(*figures < 'a' ? said + 1 : said) : 0));
    }
    return told;
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
        const char *lines, *common, *told; /* upper case: said something else */
        bool lifted, bears;
    } rows[] = {
        {"abcdefghij", "abcdefghij", "", false, true}, /* all of them */
        {"abcdefghij", "abcdefg", "", false, false},   /* three are left */
        {"abcdefghij", "abcdef", "", false, false},    /* four */
        {"abcdefghij", "abcde", "", false, true},      /* five */
        {"abcdefghij", "abcd", "", false, false},      /* too few themselves */
        {"abcdefghij", "abcdefg", "", true, true},     /* nobody is hidden */
        {"abcdepqrst", "abcdepq", "", false, false},   /* less operator one, two are left */
        {"abcdepqrst", "abcde", "", false, true},      /* operator one */
        {"abcdefghijklmno", "abcdefghij", "abcdefghij", false, true},
        {"abcdefghijklmno", "abcdefghij", "abcdefghi", false, false}, /* one has come since */
        {"abcdefghijklmno", "abcdefghij", "abcde", false, true},
        {"abcdefghij", "abcdefghij", "abcdefghiJ", false, false},  /* one says something else */
        {"abcdefghij", "abcdefghij", "abcdeFGHIJ", false, true},   /* five do */
        {"abcdefghij", "abcdefghij", "abcdefghijz", false, false}, /* one is gone */
        {"abcdefghijklmno", "abcdefghij", "abcdefghij", false, true},
        {"abcdefghijklmnop", "abcdefghij", "abcdefghijk", false, false}, /* the year behind has one more */
        {"abcdefghij", "abcdefghij", "abcdefghij", false, true},
        {"abcdefghijklmno", "abcdefghij", "abcdefghijklmno abcde", false, true},
        {"abcdefghijklmno", "abcdefghij", "abcdefghijklmno abcdefghi", false, false}, /* not the last, but one before */
        {"abcdefghij", "abcdefghij", "ABCDEFGHIJ", false, true},
        {"abcdefghijklmno", "abcdefghij", "ABCDEFGHI", false, true},
        {"abcdefghijklmno", "abcdefghij", "ABCDEFGHI *abcdefghi", false, false}, /* of another method */
        {"abcdefghij", "abcdefghij", "abcdefghivwxyz *abcdefghivwxyz", false, false},
        {"abcdefghijk", "abcdef", "", false, true},
        {"abcdefghijk", "abcdef", "abcdvwxyz", false,
         false}, /* of four networks that are left: it is out all the same */
    };
    for (size_t r = 0; r < COUNT(rows); r++) {
        struct cells *c = make(rows[r].lines, rows[r].lifted);
        struct panel p;
        panel_read(c, "BJ", "measured", &median, &p);
        json_t *common = set_of(rows[r].common), *told = told_of(&p, rows[r].told);
        if (panel_bears(c, "BJ", "measured", &p, &(struct panel_lines){common, NULL}, told) != rows[r].bears)
            fail_msg("row %zu", r);
        json_decref(common);
        json_decref(told);
        panel_free(&p);
        cells_free(c);
    }
}

/* Fifteen lines say about a hundred each, or one of the five that are not common to two years many times as much. */
static void what_is_left_is_not_said_by_one(void **state)
{
    static const struct {
        double value; /* of the last line */
        bool means, bears;
    } rows[] = {{100, true, true}, {100, false, true}, {3000, true, false}, {3000, false, true}};
    for (size_t r = 0; r < COUNT(rows); r++) {
        struct cells *c = make("abcdefghijklmn", false);
        add(c, 'o', 'o', "BJ", rows[r].value);
        struct panel p;
        panel_read(c, "BJ", "measured", &median, &p);
        _cleanup_json_ json_t *common = set_of("abcdefghij"), *told = json_array();
        assert_int_equal(
            panel_bears(c, "BJ", "measured", &p, &(struct panel_lines){common, NULL, true, rows[r].means}, told),
            rows[r].bears);
        panel_free(&p);
        cells_free(c);
    }
}

/* Ten lines of either operator say about a hundred each, but one of the first says many times as much. A figure over
 * some of that one's lines, and all of the other's, less the other's own is theirs. */
static void what_is_left_of_an_operator_is_not_said_by_one(void **state)
{
    static const struct {
        double value; /* of the first line */
        const char *lines;
        bool bears;
    } rows[] = {
        {100, "abcdepqrstuvwxy", true},
        {2000, "abcdepqrstuvwxy", false},
        {2000, "abcdefghijpqrst", true}, /* without five of the other's */
    };
    for (size_t r = 0; r < COUNT(rows); r++) {
        struct cells *c = make("bcdefghij", false);
        add(c, 'a', 'a', "BJ", rows[r].value);
        for (char line = 'p'; line <= 'y'; line++)
            add(c, line, line, "BJ", 2000);
        struct panel p;
        panel_read(c, "BJ", "measured", &median, &p);
        _cleanup_json_ json_t *common = set_of(rows[r].lines), *told = json_array();
        if (panel_bears(c, "BJ", "measured", &p, &(struct panel_lines){common, NULL, true, true}, told) !=
            rows[r].bears)
            fail_msg("row %zu", r);
        panel_free(&p);
        cells_free(c);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_says_one_thing),
        cmocka_unit_test(what_is_left_must_be_enough),
        cmocka_unit_test(what_is_left_is_not_said_by_one),
        cmocka_unit_test(what_is_left_of_an_operator_is_not_said_by_one),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
