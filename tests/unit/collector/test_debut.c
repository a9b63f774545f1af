#include "tests/unit/check.h"

#include "collector/figure/cell_parts.h"
#include "common/clock.h"
#include "common/json.h"

#define HEADER                                                                                                         \
    "-- id: TST1\n-- name.fr: n\n-- name.en: n\n-- unit: ms\n-- better: low\n-- status: proposed\n-- kind: measured\n" \
    "-- nature: quantitative\n-- method: 1\n-- headline.fr: {mean} {where}\n-- headline.en: {mean} {where}\n"          \
    "-- definition.fr: d\n-- definition.en: d\n-- aggregate: mean\n-- dimensions: operator\n-- decimals: 6\n"
#define FIRST   20000
#define QUARTER 30 /* days */
#define OTHERS  10
#define OLD     4            /* of the operator, and as many more as it takes from the third quarter on */
#define GOES    (OTHERS + 1) /* the first of the operator's, which measures in the first quarter alone */
#define LINES   (OTHERS + 1 + 1 + 10)

static struct indicator indicator;
static char names[LINES][4];

static int setup(void **state)
{
    struct fault f;
    for (size_t l = 0; l < LINES; l++)
        snprintf(names[l], sizeof names[l], "%02u", (unsigned)(l % 100));
    return indicator_read(HEADER "SELECT 1", &indicator, &f);
}

static int teardown(void **state)
{
    indicator_free(&indicator);
    return 0;
}

/* What each of the others, one more line, and the operator's say in each quarter. */
struct quarters {
    double others[4], one[4], op[4];
};

static bool measures(size_t line, int quarter, bool goes)
{
    if (line == GOES)
        return goes && quarter == 0;
    return line <= GOES + OLD || quarter >= 2;
}

static double value(const struct quarters *q, size_t line, int quarter)
{
    return (line < OTHERS ? q->others : line == OTHERS ? q->one : q->op)[quarter];
}

static struct cells *edition(const struct quarters *q, int quarters, bool goes)
{
    struct cells *c = cells_new(&indicator, false);
    for (size_t l = 0; l < LINES; l++)
        for (int d = 0; d < quarters * QUARTER; d++)
            if (measures(l, d / QUARTER, goes))
                cells_add(c, &(struct probe_day){
                                 .probe = names[l],
                                 .day = FIRST + d,
                                 .first = FIRST,
                                 .last = FIRST + quarters * QUARTER - 1,
                                 .source = "measured",
                                 .network = names[l],
                                 .country = "BJ",
                                 .carrier = l > OTHERS ? "op" : NULL,
                                 .samples = 1,
                                 .value = value(q, l, d / QUARTER),
                             });
    return c;
}

static int day_of(const char *date)
{
    char text[32];
    int64_t us = 0;
    snprintf(text, sizeof text, "%.10sT00:00:00Z", date);
    assert_int_equal(time_parse(text, strlen(text), &us), 0);
    return (int)(us / 1000000 / 86400);
}

/* "{[FROM,TO),…}" as "FROM TO …", in days */
static void days_of(const char *ranges, char *text, size_t size)
{
    text[0] = '\0';
    for (const char *at = ranges; (at = strpbrk(at, "[,")) != NULL; at++)
        if (at[1] != '[')
            snprintf(text + strlen(text), size - strlen(text), "%d ", day_of(at + 1));
}

static void join_numbers(const json_t *numbers, char *text, size_t size)
{
    size_t i;
    const json_t *number;
    text[0] = '\0';
    json_array_foreach(numbers, i, number)
        snprintf(text + strlen(text), size - strlen(text), "%d ", (int)json_integer_value(number));
}

/* What an edition keeps, long after; points: each as a date. */
static struct past *recalled(const json_t *keep, const json_t *points, int made)
{
    struct past *past = past_new(made + 3 * QUARTER, 1);
    const json_t *each;
    size_t i;
    json_array_foreach(json_object_get(keep, "cells"), i, each)
        past_cell(past, json_string_value(json_object_get(each, "key")), made, 1);
    json_array_foreach(json_object_get(keep, "days"), i, each)
    {
        const char *probe = json_string_value(json_object_get(each, "probe"));
        char ranges[64], cells[32];
        days_of(json_string_value(json_object_get(each, "days")), ranges, sizeof ranges);
        join_numbers(json_object_get(each, "cells"), cells, sizeof cells);
        past_told(past, probe, probe, ranges, json_string_value(json_object_get(each, "marks")) + 2, cells);
    }
    json_array_foreach(points, i, each)
    {
        char day[16];
        snprintf(day, sizeof day, "%d", day_of(json_string_value(each)));
        past_pointed(past, "BJ measured", day);
    }
    return past;
}

/* What editions of so many quarters, one after the other, have told; pointed: and whether their charts were. */
static struct past *told(const struct quarters *q, const int *editions, bool goes, bool pointed)
{
    struct past *past = NULL;
    _cleanup_json_ json_t *points = json_array();
    for (; *editions; editions++) {
        struct cells *c = edition(q, *editions, goes);
        cells_remember(c, past ? past : past_new(FIRST + *editions * QUARTER + PAST_RIPE_DAYS, 1));
        _cleanup_json_ json_t *days = cells_days(c), *keep = cells_keep(c);
        const json_t *day;
        size_t i;
        json_array_foreach(days, i, day) json_array_append(points, json_object_get(day, "day"));
        assert_int_equal(json_array_size(points), *editions * QUARTER);
        past = recalled(keep, pointed ? points : NULL, FIRST + *editions * QUARTER + PAST_RIPE_DAYS);
        cells_free(c);
    }
    return past;
}

static const char *floor_of(const json_t *figures, const char *carrier)
{
    size_t i;
    const json_t *f;
    json_array_foreach(figures, i, f)
    {
        const char *of = json_string_value(json_object_get(f, "operator"));
        if (carrier ? of && !strcmp(of, carrier) : !of)
            return json_string_value(json_object_get(f, "floor"));
    }
    return NULL;
}

/* The operator has lines enough from the third quarter on, or in the first as well, and in the second not. All its
 * lines say one in the second and in the last, where others say nothing: points of these, the first of which are out,
 * less its figure, are what one line says; and so where it has a figure of the first. */
static void points_that_are_out_keep_a_part_back(void **state)
{
    static const int at_once[] = {2, 0}, twice[] = {1, 2, 0};
    static const struct {
        const char *label;
        struct quarters says;
        const int *editions;
        bool pointed, kept_back;
    } rows[] = {
        {"without a figure", {{1, 0, 1, 0}, {0, 5, 0, 0}, {0, 1, 0, 1}}, at_once, true, true},
        {"no points", {{1, 0, 1, 0}, {0, 5, 0, 0}, {0, 1, 0, 1}}, at_once, false, false},
        {"others say as much beside it", {{1, 1, 1, 1}, {0, 5, 0, 0}, {0, 1, 0, 1}}, at_once, true, false},
        {"no more than a line of the operator's", {{1, 0, 1, 0}, {0, 1, 0, 0}, {0, 1, 0, 1}}, at_once, true, true},
        {"it says nothing", {{1, 0, 1, 0}, {0, 0, 0, 0}, {0, 1, 0, 1}}, at_once, true, false},
        {"held once", {{1, 0, 1, 0}, {0, 5, 0, 0}, {0, 1, 0, 1}}, twice, true, true},
        {"held once, no points", {{1, 0, 1, 0}, {0, 5, 0, 0}, {0, 1, 0, 1}}, twice, false, false},
        {"held once, others say as much", {{1, 1, 1, 1}, {0, 5, 0, 0}, {0, 1, 0, 1}}, twice, true, false},
        {"held once, it says nothing", {{1, 0, 1, 0}, {0, 0, 0, 0}, {0, 1, 0, 1}}, twice, true, false},
    };
    for (size_t r = 0; r < COUNT(rows); r++) {
        bool had = rows[r].editions == twice;
        struct past *past = told(&rows[r].says, rows[r].editions, had, rows[r].pointed);
        struct cells *c = edition(&rows[r].says, 4, had);
        cells_remember(c, past);
        _cleanup_json_ json_t *figures = cells_figures(c), *held = cells_held(c);
        cells_debut(c); /* who is asked again says the same */
        _cleanup_json_ json_t *keep = cells_keep(c);
        assert_string_equal(floor_of(figures, NULL), "met");
        /* Its last figure stands, where there is one. */
        const char *floor = floor_of(rows[r].kept_back && had ? held : figures, "op");
        if (!floor || strcmp(floor, rows[r].kept_back ? "hidden" : "met") != 0)
            fail_msg("%s: %s", rows[r].label, floor ? floor : "none");
        /* What is kept back is not told. */
        assert_int_equal(json_array_size(json_object_get(keep, "cells")), rows[r].kept_back && !had ? 1 : 2);
        cells_free(c);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(points_that_are_out_keep_a_part_back),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
