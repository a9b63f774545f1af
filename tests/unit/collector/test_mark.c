#include "tests/unit/check.h"

#include <math.h>

#include "collector/figure/cell.h"
#include "common/alloc.h"
#include "common/json.h"

#define HEADER                                                                                                         \
    "-- id: TST1\n-- name.fr: n\n-- name.en: n\n-- unit: ms\n-- better: low\n-- status: proposed\n-- kind: measured\n" \
    "-- nature: quantitative\n-- method: 1\n-- headline.fr: {p50} {where}\n-- headline.en: {p50} {where}\n-- "         \
    "definition.fr: d\n-- definition.en: d\n-- aggregate: p50\n-- dimensions: operator, family"

#define LINES 6
#define DAYS  8 /* on the last but one no line has a value */

/* What is otherwise with the first line. */
struct says {
    const char *line, *oldest;
    int64_t samples, failed; /* of its last day */
    int64_t failing, then;   /* of the days without a value: before that, and after */
    double value;
    bool silent; /* those days are there, and nothing failed on them */
    const char *zone;
};

static void add(struct cells *c, const struct says *s, const char *probe, int day, int64_t failed)
{
    bool own = *probe == 'a', last = day == DAYS - 1, failing = day == DAYS - 2 || day == DAYS;
    if (failing && (!own || (failed == 0 && !s->silent)))
        return;
    cells_add(c, &(struct probe_day){.probe = probe,
                                     .day = 20000 + day,
                                     .source = "measured",
                                     .network = probe,
                                     .line = own ? s->line : NULL,
                                     .oldest = own ? s->oldest : NULL,
                                     .country = "BJ",
                                     .zone = own ? s->zone : NULL,
                                     .first = 20000,
                                     .last = 20000 + DAYS,
                                     .value = failing       ? NAN
                                              : own && last ? s->value
                                                            : 10,
                                     .samples = own && last ? s->samples : 7,
                                     .failed = failed});
}

/* The mark of the first line's last day; the caller frees. */
static char *mark_of(const struct indicator *indicator, const struct says *s)
{
    struct cells *c = cells_new(indicator, false);
    for (char probe = 'a'; probe < 'a' + LINES; probe++)
        for (int d = 0; d <= DAYS; d++)
            add(c, s, (const char[]){probe, '\0'}, d,
                probe != 'a'    ? 0
                : d == DAYS - 2 ? s->failing
                : d == DAYS - 1 ? s->failed
                : d == DAYS     ? s->then
                                : 0);
    _cleanup_json_ json_t *keep = cells_keep(c);
    const json_t *days = json_array_get(json_object_get(keep, "days"), 0);
    assert_string_equal(json_string_value(json_object_get(days, "probe")), "a");
    const char *marks = json_string_value(json_object_get(days, "marks"));
    assert_int_equal(strlen(marks), 2 + 8 * (DAYS - 1));
    char *mark = alloc_text(marks + strlen(marks) - 8);
    cells_free(c);
    return mark;
}

static void all_that_a_figure_takes_of_a_day(void **state)
{
    static const struct {
        struct says says;
        bool same;
    } rows[] = {
        {{"a", "a", 7, 0, 0, 0, 12}, true},
        {{"a", "0", 7, 0, 0, 0, 12}, false},  /* it belongs to another line */
        {{"new", "a", 7, 0, 0, 0, 12}, true}, /* whose box was replaced */
        {{"a", "a", 8, 0, 0, 0, 12}, false},
        {{"a", "a", 7, 1, 0, 0, 12}, false},
        {{"a", "a", 7, 0, 1, 0, 12}, false}, /* what failed since the day before with a value */
        {{"a", "a", 7, 0, 0, 1, 12}, true},  /* what failed since is told with the next */
        {{"a", "a", 7, 0, 0, 0, 12, true}, true},
        {{"a", "a", 7, 0, 0, 0, 12.5}, false},
        {{"a", "a", 7, 0, 0, 0, 12, false, "rural"}, false},
    };
    struct indicator indicator;
    struct fault f;
    assert_int_equal(indicator_read(HEADER ", zone\nSELECT 1", &indicator, &f), 0);
    _cleanup_text_ char *plain = mark_of(&indicator, &rows[0].says);
    for (size_t r = 0; r < COUNT(rows); r++) {
        _cleanup_text_ char *mark = mark_of(&indicator, &rows[r].says);
        if (!strcmp(mark, plain) != rows[r].same)
            fail_msg("row %zu: %s, and %s", r, plain, mark);
    }
    indicator_free(&indicator);
}

/* What is told of them does not change with it. */
static void of_others_the_zone_is_no_matter(void **state)
{
    static const struct says zones[] = {{"a", "a", 7, 0, 0, 0, 12, false, "urban"},
                                        {"a", "a", 7, 0, 0, 0, 12, false, "rural"}};
    struct indicator with, without;
    struct fault f;
    assert_int_equal(indicator_read(HEADER ", zone\nSELECT 1", &with, &f), 0);
    assert_int_equal(indicator_read(HEADER "\nSELECT 1", &without, &f), 0);
    _cleanup_text_ char *urban = mark_of(&with, &zones[0]), *rural = mark_of(&with, &zones[1]);
    assert_string_not_equal(urban, rural);
    _cleanup_text_ char *one = mark_of(&without, &zones[0]), *other = mark_of(&without, &zones[1]);
    assert_string_equal(one, other);
    indicator_free(&with);
    indicator_free(&without);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(all_that_a_figure_takes_of_a_day),
                                       cmocka_unit_test(of_others_the_zone_is_no_matter)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
