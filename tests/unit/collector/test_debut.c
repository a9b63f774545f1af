#include "tests/unit/check.h"

#include "collector/figure/cell_parts.h"
#include "common/json.h"

#define HEADER                                                                                                         \
    "-- id: TST1\n-- name.fr: n\n-- name.en: n\n-- unit: ms\n-- better: low\n-- status: proposed\n-- kind: measured\n" \
    "-- nature: quantitative\n-- method: 1\n-- headline.fr: {mean} {where}\n-- headline.en: {mean} {where}\n"          \
    "-- definition.fr: d\n-- definition.en: d\n-- aggregate: mean\n-- dimensions: operator\n-- decimals: 6\n"
#define FIRST   20000
#define QUARTER 30 /* days */
#define OTHERS  10
#define OLD     4 /* of the operator, and as many more as it takes from the third quarter on */
#define LINES   (OTHERS + 1 + 10)

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

static struct cells *edition(const struct quarters *q, int quarters)
{
    struct cells *c = cells_new(&indicator, false);
    for (size_t l = 0; l < LINES; l++)
        for (int d = l >= OTHERS + 1 + OLD ? 2 * QUARTER : 0; d < quarters * QUARTER; d++)
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
                             .value = (l < OTHERS    ? q->others
                                       : l == OTHERS ? q->one
                                                     : q->op)[d / QUARTER],
                         });
    return c;
}

static void join_numbers(const json_t *numbers, char *text, size_t size)
{
    size_t i;
    const json_t *number;
    text[0] = '\0';
    json_array_foreach(numbers, i, number)
        snprintf(text + strlen(text), size - strlen(text), "%d ", (int)json_integer_value(number));
}

/* What the first edition, of two quarters, has told; pointed: and whether its chart was. */
static struct past *told(const struct quarters *q, bool pointed)
{
    struct cells *c = edition(q, 2);
    struct past *past = past_new(FIRST + 5 * QUARTER, 1);
    _cleanup_json_ json_t *days = cells_days(c), *keep = cells_keep(c);
    const json_t *each;
    size_t i;
    assert_int_equal(json_array_size(days), 2 * QUARTER);
    json_array_foreach(json_object_get(keep, "cells"), i, each)
        past_cell(past, json_string_value(json_object_get(each, "key")), FIRST + 2 * QUARTER, 1);
    json_array_foreach(json_object_get(keep, "days"), i, each)
    {
        const char *probe = json_string_value(json_object_get(each, "probe"));
        char range[32], cells[32];
        snprintf(range, sizeof range, "%d %d", FIRST, FIRST + 2 * QUARTER);
        join_numbers(json_object_get(each, "cells"), cells, sizeof cells);
        past_told(past, probe, probe, range, json_string_value(json_object_get(each, "marks")) + 2, cells);
    }
    for (int d = 0; pointed && d < 2 * QUARTER; d++) {
        char day[16];
        snprintf(day, sizeof day, "%d", FIRST + d);
        past_pointed(past, "BJ measured", day);
    }
    cells_free(c);
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

/* The operator has lines enough from the third quarter on. All its lines say one in the second and in the last, where
 * others say nothing: points of these, the first of which are out, less its figure, are what one line says. */
static void points_that_are_out_keep_a_part_back(void **state)
{
    static const struct {
        struct quarters says;
        bool pointed;
        const char *floor;
    } rows[] = {
        {{{1, 0, 1, 0}, {0, 5, 0, 0}, {0, 1, 0, 1}}, true, "hidden"},
        {{{1, 0, 1, 0}, {0, 5, 0, 0}, {0, 1, 0, 1}}, false, "met"},
        {{{1, 1, 1, 1}, {0, 5, 0, 0}, {0, 1, 0, 1}}, true, "met"}, /* others say as much beside it */
        {{{1, 0, 1, 0}, {0, 1, 0, 0}, {0, 1, 0, 1}}, true, "hidden"},
        {{{1, 0, 1, 0}, {0, 0, 0, 0}, {0, 1, 0, 1}}, true, "met"}, /* it says nothing */
    };
    for (size_t r = 0; r < COUNT(rows); r++) {
        struct past *past = told(&rows[r].says, rows[r].pointed);
        struct cells *c = edition(&rows[r].says, 4);
        cells_remember(c, past);
        _cleanup_json_ json_t *figures = cells_figures(c);
        cells_debut(c); /* who is asked again says the same */
        _cleanup_json_ json_t *keep = cells_keep(c);
        assert_string_equal(floor_of(figures, NULL), "met");
        if (strcmp(floor_of(figures, "op"), rows[r].floor) != 0)
            fail_msg("row %zu: %s", r, floor_of(figures, "op"));
        /* What is kept back is not told. */
        assert_int_equal(json_array_size(json_object_get(keep, "cells")), strcmp(rows[r].floor, "met") ? 1 : 2);
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
