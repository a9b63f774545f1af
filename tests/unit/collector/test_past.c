#include "tests/unit/check.h"

#include <string.h>
#include <time.h>

#include "collector/figure/past.h"
#include "common/alloc.h"
#include "common/json.h"

/* A country and its two towns; lines 0 to 6 live in the first. */
enum { COUNTRY, NEAR, FAR, CELLS };
static const char *const keys[CELLS] = {"country", "near", "far"};
#define FIRST  20000 /* the first day */
#define METHOD 3

struct line {
    int32_t from, to;  /* days that it measured: FIRST + from to FIRST + to - 1 */
    int32_t late_from; /* and once more: from here to `from` */
    uint16_t mark;     /* what it says, of all its days */
    bool far;
    uint32_t weight;
    double value; /* of each day; 0: figures are no sums */
    double cut;   /* to what part of it; 0: it is not */
};

/* A box that another of its household replaced, or one by itself. */
#define OLD_BOX 14
static bool replaced = false;

static const char *line_of(const char *probe)
{
    return replaced && !strcmp(probe, "line14") ? "line0" : probe;
}

struct edition {
    struct past *past;
    struct floor *floor;
};

static void edition_free(struct edition *e)
{
    past_free(e->past);
    floor_free(e->floor);
}

static int32_t day_of(const char *date)
{
    struct tm tm = {0};
    assert_int_equal(sscanf(date, "%d-%d-%d", &tm.tm_year, &tm.tm_mon, &tm.tm_mday), 3);
    tm.tm_year -= 1900;
    tm.tm_mon--;
    return (int32_t)(timegm(&tm) / 86400);
}

/* What was kept, as the database gives it back. */
static struct past *recall(const json_t *keep, int32_t today, int method)
{
    struct past *past = past_new(today, method);
    size_t i, c;
    const json_t *cell, *days;
    json_array_foreach(json_object_get(keep, "cells"), i, cell)
        past_cell(past, json_string_value(json_object_get(cell, "key")),
                  (int32_t)json_integer_value(json_object_get(cell, "made")),
                  (int)json_integer_value(json_object_get(cell, "method")));
    json_array_foreach(json_object_get(keep, "days"), i, days)
    {
        char ranges[512] = "", cells[64] = "";
        const char *text = json_string_value(json_object_get(days, "days"));
        for (const char *at = text; (at = strpbrk(at, "[,")) != NULL; at++)
            if (at[1] != '[')
                snprintf(ranges + strlen(ranges), sizeof ranges - strlen(ranges), "%d ", day_of(at + 1));
        const json_t *number;
        json_array_foreach(json_object_get(days, "cells"), c, number)
            snprintf(cells + strlen(cells), sizeof cells - strlen(cells), "%d ", (int)json_integer_value(number));
        const char *probe = json_string_value(json_object_get(days, "probe"));
        past_told(past, probe, line_of(probe), ranges, json_string_value(json_object_get(days, "marks")) + 2, cells);
    }
    const json_t *line;
    json_array_foreach(json_object_get(keep, "lines"), i, line)
    {
        char cells[64] = "", weights[128] = "", wholes[128] = "";
        const json_t *number;
        json_array_foreach(json_object_get(line, "cells"), c, number)
            snprintf(cells + strlen(cells), sizeof cells - strlen(cells), "%d ", (int)json_integer_value(number));
        json_array_foreach(json_object_get(line, "weights"), c, number) snprintf(
            weights + strlen(weights), sizeof weights - strlen(weights), "%d ", (int)json_integer_value(number));
        json_array_foreach(json_object_get(line, "wholes"), c, number)
            snprintf(wholes + strlen(wholes), sizeof wholes - strlen(wholes), "%d ", (int)json_integer_value(number));
        past_weighed(past, json_string_value(json_object_get(line, "probe")), cells, weights, wholes,
                     (int32_t)json_integer_value(json_object_get(line, "last")));
    }
    return past;
}

static struct edition hold(struct past *past, const struct line *lines, uint32_t count)
{
    struct edition e = {past, floor_new()};
    for (unsigned c = 0; c < CELLS; c++)
        past_list(past, "BJ measured", keys[c], floor_cell(e.floor, c > 0, c ? 0 : FLOOR_NONE), true);
    for (uint32_t l = 0; l < count; l++) {
        char name[8];
        snprintf(name, sizeof name, "line%u", l);
        for (int32_t d = lines[l].late_from; d < lines[l].to; d++) {
            past_add(past, name, line_of(name), l + 1, FIRST + d, lines[l].mark,
                     (const size_t[]){COUNTRY, lines[l].far ? FAR : NEAR}, 2);
            if (lines[l].value > 0)
                past_value(past, lines[l].value);
        }
        past_weigh(past, name, FIRST + lines[l].to - 1, lines[l].weight);
        if (lines[l].cut > 0)
            past_cut(past, name, COUNTRY, lines[l].cut);
    }
    past_decide(past, e.floor);
    return e;
}

#define LINES 14
static void fill(struct line lines[LINES], int32_t from, int32_t to)
{
    for (uint32_t l = 0; l < LINES; l++)
        lines[l] = (struct line){
            .from = from, .to = to, .late_from = from, .mark = 7, .far = l >= 7, .weight = FLOOR_WEIGHT_ONE};
}

/* Thirteen lines were told for ten days; then days go by. */
static void an_edition_waits_and_moves_and_holds(void **state)
{
    static const struct {
        int32_t age;          /* of the first edition */
        int32_t days;         /* that all lines measured on */
        int32_t near;         /* and those of the first town beside */
        bool newcomer, gone;  /* a line more, for all its days; the first line is no more there */
        bool corrected;       /* the first line says something else */
        const char *verdicts; /* s(hown), h(eld), of country and towns */
        bool moved;           /* is there anything new to keep? */
    } rows[] = {
        {0, 0, 0, false, false, false, "sss", false}, /* the same once more */
        {40, 0, 0, false, false, false, "sss", false},
        {3, 3, 0, false, false, false, "hhh", false}, /* the towns lack days, and everybody waits */
        {6, 6, 0, false, false, false, "sss", true},
        {13, 0, 6, false, false, false, "sss", true},
        {14, 3, 7, false, false, false, "shh", true}, /* the country less one town is the other, which lacks days */
        {3, 0, 0, true, false, false, "hhh", false},  /* one household alone */
        {40, 0, 0, true, false, false, "hsh", false},
        {40, 0, 0, false, true, false, "hhs", false},
        {40, 0, 0, false, false, true, "hhs", false},
        {10, 10, 0, true, true, true, "sss", true}, /* all of it under cover */
    };
    for (size_t r = 0; r < COUNT(rows); r++) {
        struct line lines[LINES];
        fill(lines, 0, 10);
        _cleanup_(edition_free) struct edition first = hold(past_new(100, METHOD), lines, LINES - 1);
        _cleanup_json_ json_t *keep = past_keep(first.past), *again = NULL;
        assert_non_null(keep);
        fill(lines, 0, 10 + rows[r].days);
        for (uint32_t l = 0; l < 7; l++)
            lines[l].to += rows[r].near;
        lines[0].mark += rows[r].corrected;
        uint32_t skip = rows[r].gone;
        if (skip)
            lines[0].to = 0;
        _cleanup_(edition_free) struct edition second = hold(recall(keep, 100 + rows[r].age, METHOD), lines,
                                                             rows[r].newcomer ? LINES : LINES - 1);
        for (size_t c = 0; c < CELLS; c++) {
            char got = past_held(second.past, c) ? 'h' : past_verdict(second.past, c) == FLOOR_SHOWN ? 's' : '-';
            if (got != rows[r].verdicts[c])
                fail_msg("row %zu, cell %zu: %c, not %c", r, c, got, rows[r].verdicts[c]);
        }
        for (size_t c = 0; !rows[r].moved && c < CELLS; c++)
            assert_true(past_stands(second.past, c));
        again = past_keep(second.past);
        assert_int_equal(again != NULL, rows[r].moved);
        /* What was decided stays decided. */
        _cleanup_(edition_free) struct edition third = hold(recall(again ? again : keep, 100 + rows[r].age, METHOD),
                                                            lines, rows[r].newcomer ? LINES : LINES - 1);
        for (size_t c = 0; again && c < CELLS; c++)
            assert_true(rows[r].verdicts[c] != 's' || !past_held(third.past, c));
        assert_null(past_keep(third.past));
    }
}

/* A box is gone with what it told, and the one in its place measures more than all others: one household. */
static void a_box_that_is_gone_is_of_its_household(void **state)
{
    for (int one = 0; one < 2; one++) {
        struct line lines[OLD_BOX + 1];
        replaced = one;
        fill(lines, 0, 10);
        lines[OLD_BOX] = lines[0];
        _cleanup_(edition_free) struct edition first = hold(past_new(100, METHOD), lines, OLD_BOX + 1);
        _cleanup_json_ json_t *keep = past_keep(first.past);
        fill(lines, 0, 12);
        lines[0].to = 35;
        lines[OLD_BOX].to = 0;
        _cleanup_(edition_free) struct edition second = hold(recall(keep, 140, METHOD), lines, OLD_BOX + 1);
        assert_int_equal(past_held(second.past, COUNTRY), one);
    }
    replaced = false;
}

/* Days that were told and went do not come back as if nobody had heard of them. */
static void a_told_day_is_never_fresh_again(void **state)
{
    struct line all[LINES], most[LINES];
    fill(all, 0, 10);
    fill(most, 0, 20);
    for (uint32_t l = 0; l < 5; l++)
        most[l].late_from = 10; /* five lines lose the first ten days, under cover of ten more of all */
    _cleanup_(edition_free) struct edition first = hold(past_new(100, METHOD), all, LINES);
    _cleanup_json_ json_t *one = past_keep(first.past);
    _cleanup_(edition_free) struct edition second = hold(recall(one, 110, METHOD), most, LINES);
    _cleanup_json_ json_t *two = past_keep(second.past);
    assert_int_equal(past_verdict(second.past, COUNTRY), FLOOR_SHOWN);
    fill(all, 0, 20);
    _cleanup_(edition_free) struct edition third = hold(recall(two, 200, METHOD), all, LINES);
    assert_true(past_held(third.past, COUNTRY) && past_held(third.past, NEAR) && !past_held(third.past, FAR));
    assert_int_equal(floor_fresh(third.floor, COUNTRY)->days, 0);
}

static void a_group_says_what_its_charts_may_add(void **state)
{
    struct line lines[LINES];
    fill(lines, 5, 10);
    _cleanup_(edition_free) struct edition first = hold(past_new(100, METHOD), lines, LINES);
    struct past_days days = past_days_of(first.past, "BJ measured");
    assert_true(!days.before && !days.cover && !days.weighed && days.after == INT32_MIN && days.as_of == FIRST + 9);
    _cleanup_json_ json_t *keep = past_keep(first.past);
    fill(lines, 5, 20);
    lines[3].late_from = 0;
    lines[12].to = 0;
    _cleanup_(edition_free) struct edition second = hold(recall(keep, 110, METHOD), lines, LINES);
    days = past_days_of(second.past, "BJ measured");
    assert_true(days.before && days.cover && days.after == FIRST + 9 && days.as_of == FIRST + 19);
    assert_true(days.late.days == 5 && days.late.probe_count == 1);
    assert_false(past_days_of(second.past, "TG measured").before);
}

/* A day came of each line, and one of them has come to weigh more on those that were told. */
static void a_chart_covers_a_change_of_weight(void **state)
{
    for (uint32_t more = 0; more < 2; more++) {
        struct line lines[LINES];
        fill(lines, 0, 10);
        _cleanup_(edition_free) struct edition first = hold(past_new(100, METHOD), lines, LINES);
        _cleanup_json_ json_t *keep = past_keep(first.past);
        fill(lines, 0, 20);
        lines[3].weight += more * FLOOR_WEIGHT_ONE / 50;
        _cleanup_(edition_free) struct edition second = hold(recall(keep, 110, METHOD), lines, LINES);
        assert_int_equal(past_days_of(second.past, "BJ measured").weighed, more);
        assert_false(past_days_of(second.past, "BJ measured").cover);
    }
}

/* The near town alone measures on, twice; a line of the far one comes to weigh more, which its own figure does not say.
 */
static void a_line_that_weighs_more_holds_a_figure(void **state)
{
    static const struct {
        uint32_t weight; /* from the second edition on */
        bool held;       /* the near town's figure, in both */
    } rows[] = {{FLOOR_WEIGHT_ONE, false}, {FLOOR_WEIGHT_ONE * 3 / 2, true}};
    for (size_t r = 0; r < COUNT(rows); r++) {
        struct line lines[LINES];
        fill(lines, 0, 10);
        _cleanup_(edition_free) struct edition first = hold(past_new(100, METHOD), lines, LINES);
        _cleanup_json_ json_t *one = past_keep(first.past), *two = NULL;
        for (uint32_t l = 0; l < 7; l++)
            lines[l].to = 20;
        lines[LINES - 1].weight = rows[r].weight;
        _cleanup_(edition_free) struct edition second = hold(recall(one, 140, METHOD), lines, LINES);
        assert_true(!past_held(second.past, COUNTRY) && past_held(second.past, NEAR) == rows[r].held);
        two = past_keep(second.past);
        for (uint32_t l = 0; l < 7; l++)
            lines[l].to = 30;
        _cleanup_(edition_free) struct edition third = hold(recall(two, 180, METHOD), lines, LINES);
        assert_true(!past_held(third.past, COUNTRY) && past_held(third.past, NEAR) == rows[r].held);
    }
}

/* All say one, but for the first line, and bring three days more. The last figure less the new one says what that line
 * weighs less, of which a fifth would have to be made up by what others have brought. */
static void what_a_weight_changed_by_is_the_lines_own(void **state)
{
    static const struct {
        double value;    /* of the first line */
        uint32_t weight; /* of that, in the second edition, in tenths */
        bool held;
        double cut;           /* in that; 0: it is not */
        uint32_t weight_then; /* in the first; 0: ten tenths */
        double cut_then;
    } rows[] = {
        {40, 10, false},
        {40, 3, true},
        {20, 3, false},
        {40, 8, false},
        {1, 1, false},
        {40, 20, true, 0.15},          /* it counts as little as three tenths, but was not cut when it was told */
        {40, 10, false, 0.3, 20, 0.5}, /* it was, to a half of twice as much: nothing has told of it */
        {40, 10, true, 0.3, 10, 0.9},  /* to nearly all */
    };
    for (size_t r = 0; r < COUNT(rows); r++) {
        struct line lines[LINES];
        fill(lines, 0, 10);
        for (uint32_t l = 0; l < LINES; l++)
            lines[l].value = l ? 1 : rows[r].value;
        lines[0].weight = (rows[r].weight_then ? rows[r].weight_then : 10) * FLOOR_WEIGHT_ONE / 10;
        lines[0].cut = rows[r].cut_then;
        _cleanup_(edition_free) struct edition first = hold(past_new(100, METHOD), lines, LINES);
        assert_int_equal(past_verdict(first.past, COUNTRY), FLOOR_SHOWN);
        _cleanup_json_ json_t *keep = past_keep(first.past);
        for (uint32_t l = 0; l < LINES; l++)
            lines[l].to = 13;
        lines[0].weight = rows[r].weight * FLOOR_WEIGHT_ONE / 10;
        lines[0].cut = rows[r].cut;
        _cleanup_(edition_free) struct edition second = hold(recall(keep, 140, METHOD), lines, LINES);
        if (past_held(second.past, COUNTRY) != rows[r].held)
            fail_msg("row %zu", r);
        assert_int_equal(past_verdict(second.past, COUNTRY), rows[r].held ? FLOOR_DOMINATED : FLOOR_SHOWN);
    }
}

/* A line that brings nothing weighs what it did, however long it is waited for. */
static void what_brings_nothing_is_not_waited_for(void **state)
{
    struct line lines[LINES];
    fill(lines, 0, 10);
    _cleanup_(edition_free) struct edition first = hold(past_new(100, METHOD), lines, LINES);
    _cleanup_json_ json_t *keep = past_keep(first.past);
    _cleanup_(past_freep) struct past *past = recall(keep, 140, METHOD);
    const size_t cells[] = {COUNTRY, NEAR};
    for (int32_t d = 0; d < 10; d++) {
        past_add(past, "line0", "line0", 1, FIRST + d, 7, cells, 2);
        past_add(past, "line1", "line1", 2, FIRST + d + 1, 7, cells, 2); /* a day more, and one less */
        past_add(past, "line2", "line2", 3, FIRST + d, d == 4 ? 8 : 7, cells, 2);
        past_add(past, "new", "new", 99, FIRST + d, 7, cells, 2);
    }
    assert_int_equal(past_waited(past, "line0", FIRST + 40), FIRST + 9);
    assert_int_equal(past_waited(past, "line1", FIRST + 40), FIRST + 40);
    assert_int_equal(past_waited(past, "line2", FIRST + 40), FIRST + 40);
    assert_int_equal(past_waited(past, "new", FIRST + 40), FIRST + 40);
}

static void count_gone(void *context, const struct past_gone *gone)
{
    size_t *days = context;
    assert_true(gone->count == 2 && gone->cells[0] == COUNTRY && gone->cells[1] == NEAR);
    assert_true(gone->line > 0 && (!strcmp(gone->probe, "line0") || !strcmp(gone->probe, "line1")));
    days[gone->probe[4] - '0']++;
}

/* One line says something else, one is gone, one has two days more, one weighs more: a figure that stands knows of
 * none. */
static void a_figure_that_stands_counts_what_it_did(void **state)
{
    static const struct {
        size_t cell;
        const char *probe;
        int32_t day;
        bool counts, counted; /* what the day says now; that day, whatever it says */
    } rows[] = {
        {COUNTRY, "line0", 3, false, true},   {NEAR, "line0", 3, false, true}, {COUNTRY, "line1", 3, false, true},
        {COUNTRY, "line2", 9, true, true},    {NEAR, "line2", 9, true, true},  {COUNTRY, "line2", 10, false, false},
        {FAR, "line2", 9, false, false},      {FAR, "line9", 0, true, true},   {COUNTRY, "line3", 5, true, true},
        {COUNTRY, "nobody", 5, false, false}, {FAR, "line0", 3, false, false},
    };
    struct line lines[LINES];
    size_t gone[2] = {0};
    fill(lines, 0, 10);
    _cleanup_(edition_free) struct edition first = hold(past_new(100, METHOD), lines, LINES);
    assert_false(past_shown(first.past, COUNTRY));
    _cleanup_json_ json_t *keep = past_keep(first.past);
    lines[0].mark++;
    lines[1].to = 0;
    lines[2].to = 12;
    lines[3].weight *= 2;
    _cleanup_(edition_free) struct edition second = hold(recall(keep, 110, METHOD), lines, LINES);
    assert_true(past_held(second.past, COUNTRY) && past_shown(second.past, COUNTRY));
    for (size_t r = 0; r < COUNT(rows); r++)
        if (past_counts(second.past, rows[r].cell, rows[r].probe, FIRST + rows[r].day) != rows[r].counts ||
            past_counted(second.past, rows[r].cell, rows[r].probe, FIRST + rows[r].day) != rows[r].counted)
            fail_msg("row %zu", r);
    assert_int_equal(past_weight(second.past, COUNTRY, "line3").counts, FLOOR_WEIGHT_ONE);
    past_walk_gone(second.past, count_gone, gone);
    assert_true(gone[0] == 10 && gone[1] == 10);
}

/* As it was told first, and as it was told when the line was said to be elsewhere: both are behind figures. */
static void a_day_that_was_told_twice_counts_where_either_has_it(void **state)
{
    static const struct {
        size_t cell;
        int32_t day;
        bool counted;
    } rows[] = {{COUNTRY, 3, true}, {NEAR, 3, true}, {FAR, 3, true}, {FAR, 4, false}, {NEAR, 4, true}};
    static const char *const versions[] = {"0006", "0008"}; /* what it said then: before and after the other's 7 */
    struct line lines[LINES];
    fill(lines, 0, 10);
    _cleanup_(edition_free) struct edition first = hold(past_new(100, METHOD), lines, LINES);
    _cleanup_json_ json_t *keep = past_keep(first.past);
    _cleanup_text_ char *day = alloc_format("%d %d", FIRST + 3, FIRST + 4);
    for (size_t v = 0; v < COUNT(versions); v++) {
        struct past *past = recall(keep, 110, METHOD);
        past_told(past, "line4", "line4", day, versions[v], "0 2");
        _cleanup_(edition_free) struct edition second = hold(past, lines, LINES);
        for (size_t r = 0; r < COUNT(rows); r++)
            if (past_counted(second.past, rows[r].cell, "line4", FIRST + rows[r].day) != rows[r].counted)
                fail_msg("version %zu, row %zu", v, r);
    }
}

static int method_kept(const json_t *keep, const char *key)
{
    size_t i;
    const json_t *cell;
    json_array_foreach(json_object_get(keep, "cells"), i,
                       cell) if (!strcmp(json_string_value(json_object_get(cell, "key")),
                                         key)) return (int)json_integer_value(json_object_get(cell, "method"));
    return -1;
}

/* Figures of another method come where they tell of nobody; a line that is new beside it holds those it is in. */
static void another_method_forgets_nothing(void **state)
{
    for (uint32_t newcomer = 0; newcomer < 2; newcomer++) {
        struct line lines[LINES];
        fill(lines, 0, 10);
        _cleanup_(edition_free) struct edition first = hold(past_new(100, METHOD), lines, LINES - 1);
        _cleanup_json_ json_t *keep = past_keep(first.past);
        _cleanup_(edition_free) struct edition second = hold(recall(keep, 140, METHOD + 1), lines,
                                                             LINES - 1 + newcomer);
        _cleanup_json_ json_t *again = past_keep(second.past);
        assert_int_equal(past_held(second.past, COUNTRY), newcomer);
        assert_int_equal(past_held(second.past, FAR), newcomer);
        assert_false(past_held(second.past, NEAR) || past_stands(second.past, NEAR));
        assert_int_equal(method_kept(again, keys[NEAR]), METHOD + 1);
        assert_int_equal(method_kept(again, keys[COUNTRY]), METHOD + 1 - (int)newcomer);
        _cleanup_(edition_free) struct edition third = hold(recall(again, 141, METHOD + 1), lines,
                                                            LINES - 1 + newcomer);
        assert_null(past_keep(third.past));
    }
}

/* A figure that is made again, for another method or because it is lost, says what its lines weigh now. Where it may
 * not, one of a cell without lines stands as well. */
static void a_figure_made_again_weighs_what_it_did(void **state)
{
    static const struct {
        int method;      /* of the figures; that of now is METHOD */
        uint32_t weight; /* of a far line, now */
        bool held, stands, moves;
    } rows[] = {
        {METHOD, FLOOR_WEIGHT_ONE * 3 / 2, false, true, false},    {METHOD - 1, FLOOR_WEIGHT_ONE, false, false, true},
        {METHOD - 1, FLOOR_WEIGHT_ONE * 3 / 2, true, true, false}, {PAST_LOST, FLOOR_WEIGHT_ONE, false, false, true},
        {PAST_LOST, FLOOR_WEIGHT_ONE * 3 / 2, true, true, false},
    };
    for (size_t r = 0; r < COUNT(rows); r++) {
        struct line lines[LINES];
        fill(lines, 0, 10);
        _cleanup_(edition_free) struct edition first = hold(past_new(100, METHOD), lines, LINES);
        _cleanup_json_ json_t *keep = past_keep(first.past);
        size_t i;
        json_t *cell;
        json_array_foreach(json_object_get(keep, "cells"), i, cell)
            json_object_set_new(cell, "method", json_integer(rows[r].method));
        lines[LINES - 1].weight = rows[r].weight;
        _cleanup_(edition_free) struct edition second = hold(recall(keep, 140, METHOD), lines, LINES);
        for (size_t c = 0; c < CELLS; c++)
            if (past_held(second.past, c) != (rows[r].held && c != NEAR) ||
                past_stands(second.past, c) != (rows[r].stands && (c != NEAR || rows[r].method == METHOD)))
                fail_msg("row %zu, cell %zu", r, c);
        assert_int_equal(past_moves(second.past, "BJ measured"), rows[r].moves);
    }
}

/* A line moves to another country, where it is one of those that are not cut. */
static void what_is_cut_in_one_country_is_not_in_another(void **state)
{
    _cleanup_(past_freep) struct past *past = past_new(100, METHOD);
    _cleanup_(floor_freep) struct floor *floor = floor_new();
    for (size_t c = 0; c < 2; c++)
        past_list(past, c ? "TG measured" : "BJ measured", c ? "TG" : "BJ", floor_cell(floor, 0, FLOOR_NONE), true);
    for (size_t d = 0; d < 20; d++)
        past_add(past, "mover", "mover", 1, FIRST + (int32_t)d, 7, &(size_t){d / 10}, 1);
    past_weigh(past, "mover", FIRST + 19, FLOOR_WEIGHT_ONE);
    past_cut(past, "mover", 0, 0.5);
    past_cut(past, "mover", 0, 0.25); /* the last word counts */
    past_decide(past, floor);
    assert_int_equal(past_weight(past, 0, "mover").counts, FLOOR_WEIGHT_ONE / 4);
    assert_int_equal(past_weight(past, 0, "mover").whole, FLOOR_WEIGHT_ONE);
    assert_int_equal(past_weight(past, 1, "mover").counts, FLOOR_WEIGHT_ONE);
}

/* What nobody's household stands behind is not remembered. */
static void what_is_not_kept_is_free(void **state)
{
    _cleanup_(past_freep) struct past *past = past_new(100, METHOD);
    _cleanup_(floor_freep) struct floor *floor = floor_new();
    past_list(past, "BJ simulated", "country", floor_cell(floor, 0, FLOOR_NONE), false);
    for (uint32_t l = 0; l < 9; l++)
        for (int32_t d = 0; d < 10; d++)
            past_add(past, &"abcdefghi"[l], &"abcdefghi"[l], l + 1, d, 0, (const size_t[]){0}, 1);
    past_decide(past, floor);
    assert_int_equal(past_verdict(past, 0), FLOOR_SHOWN);
    assert_null(past_keep(past));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_edition_waits_and_moves_and_holds),
        cmocka_unit_test(a_box_that_is_gone_is_of_its_household),
        cmocka_unit_test(a_told_day_is_never_fresh_again),
        cmocka_unit_test(a_group_says_what_its_charts_may_add),
        cmocka_unit_test(a_chart_covers_a_change_of_weight),
        cmocka_unit_test(a_line_that_weighs_more_holds_a_figure),
        cmocka_unit_test(what_a_weight_changed_by_is_the_lines_own),
        cmocka_unit_test(what_brings_nothing_is_not_waited_for),
        cmocka_unit_test(a_figure_that_stands_counts_what_it_did),
        cmocka_unit_test(a_day_that_was_told_twice_counts_where_either_has_it),
        cmocka_unit_test(another_method_forgets_nothing),
        cmocka_unit_test(a_figure_made_again_weighs_what_it_did),
        cmocka_unit_test(what_is_cut_in_one_country_is_not_in_another),
        cmocka_unit_test(what_is_not_kept_is_free),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
