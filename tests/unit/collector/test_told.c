#include "tests/unit/check.h"

#include "collector/disclosure/dominance.h"
#include "collector/figure/told.h"
#include "common/json.h"

static void days_are_read(void **state)
{
    static const struct {
        const char *days, *marks;
        size_t count;
        int32_t last;
        uint64_t mark; /* of the last */
        bool narrow;
    } rows[] = {
        {"", "", 0, 0, 0},
        {"10 12", "0000000180000002", 2, 11, 0x80000002},
        {"10 12", "00010002", 2, 11, 2, true}, /* of an earlier program */
        {"10 11 20 22", "000100ffabcd", 3, 21, 0xabcd, true},
        {"10 14", "0001000", 1, 10, 1, true}, /* as many as have marks */
        {"10 11 20", "00010002", 1, 10, 0x10002},
        {"12 10", "0001", 0, 0, 0},
        {"ten 11", "0001", 0, 0, 0},
    };
    for (size_t r = 0; r < COUNT(rows); r++) {
        _cleanup_(told_free) struct told_days days = {0};
        told_read(&days, 3, rows[r].days, rows[r].marks);
        if (days.count != rows[r].count)
            fail_msg("row %zu: %zu days", r, days.count);
        for (size_t d = 0; d < days.count; d++)
            assert_true(days.list[d].set == 3 && days.list[d].same == TOLD_NONE && !days.list[d].met);
        if (days.count > 0)
            assert_true(days.list[days.count - 1].day == rows[r].last &&
                        days.list[days.count - 1].mark == rows[r].mark &&
                        days.list[days.count - 1].narrow == rows[r].narrow);
    }
}

static void days_are_written(void **state)
{
    _cleanup_(cellsets_free) struct cellsets sets = {0};
    _cleanup_(told_free) struct told_days days = {0};
    uint32_t none = cellsets_number(&sets, NULL, 0, 0), two = cellsets_number(&sets, (const size_t[]){4, 1}, 2, 0);
    _cleanup_json_ json_t *out = json_array();
    told_write(&days, "aaaa", &sets, out);
    assert_int_equal(json_array_size(out), 0);
    told_add(&days, 21, two, 0xabcd);
    told_add(&days, 3, none, 7);
    told_add(&days, 20, two, 1);
    told_add(&days, 18, two, 2);
    told_add(&days, 3, none, 7); /* once more */
    told_keep(&days, &(struct told_day){.day = 19, .mark = 3, .narrow = true}, two);
    told_write(&days, "aaaa", &sets, out);
    _cleanup_text_ char *text = json_text(out);
    assert_string_equal(
        text, "[{\"probe\":\"aaaa\",\"days\":\"{[1970-01-04,1970-01-05)}\",\"marks\":\"\\\\x00000007\",\"cells\":[]},"
              "{\"probe\":\"aaaa\",\"days\":\"{[1970-01-19,1970-01-20),[1970-01-21,1970-01-23)}\","
              "\"marks\":\"\\\\x00000002000000010000abcd\",\"cells\":[4,1]},"
              "{\"probe\":\"aaaa\",\"days\":\"{[1970-01-20,1970-01-21)}\",\"marks\":\"\\\\x0003\",\"cells\":[4,1]}]");
}

/* A day that an earlier program told says the same where it says what that kept of it. */
static void days_are_compared(void **state)
{
    const struct {
        uint64_t told;
        bool narrow;
        uint64_t now;
        bool same;
    } rows[] = {
        {7, false, 7, true},
        {7, false, 0x500000007, true},
        {7, false, 0x700000005, false},
        {7, true, 0x700000005, true},
        {7, true, 7, false},
        {0x500000007, false, 7, true},                               /* as it was added, and kept */
        {7, false, told_mark(7, 5, 0x30), true},                     /* told before there were zones */
        {told_mark(7, 5, 0x30), false, told_mark(7, 5, 0x30), true}, /* and since */
        {told_mark(7, 5, 0x30), false, told_mark(7, 5, 0x40), false},
        {told_mark(7, 5, 0x30), false, told_mark(7, 5, 0), false}, /* its zone is not known any more */
        {5, true, told_mark(7, 5, 0x30), true},
    };
    for (size_t r = 0; r < COUNT(rows); r++)
        if (told_same(&(struct told_day){.mark = rows[r].told, .narrow = rows[r].narrow},
                      &(struct told_day){.mark = rows[r].now}) != rows[r].same)
            fail_msg("row %zu", r);
    assert_true(told_mark(5, 7, 0) == 0x700000005);
}

static void what_a_line_weighed(void **state)
{
    _cleanup_(told_line_free) struct told_line line = {.last = 20009}, again = {0};
    told_line_read(&line, "4 1 7", "1000000 1500000", "2000000"); /* as many as have weights */
    assert_int_equal(line.count, 2);
    told_line_set(&line, 0, (struct told_weight){9, 9});
    static const struct {
        size_t cell;
        struct told_weight now, told;
    } rows[] = {
        {4, {3, 3}, {1000000, 2000000}},
        /* Of what is not known to have been cut, whatever it is now. */
        {1, {3, 3}, {1500000, 1500001}},
        {1, {1500000, 3000000}, {1500000, 1500001}},
        {1, {1000000, 1200000}, {1500000, 1500001}},
        {7, {3, 5}, {3, 5}},
    };
    for (size_t r = 0; r < COUNT(rows); r++) {
        struct told_weight told = told_line_weight(&line, rows[r].cell, rows[r].now);
        if (told.counts != rows[r].told.counts || told.whole != rows[r].told.whole)
            fail_msg("row %zu: %u of %u", r, told.counts, told.whole);
        assert_true(rows[r].cell != 1 || dominance_left(told.counts, told.whole) == DOMINANCE_NEAR);
    }
    _cleanup_json_ json_t *out = told_line_write(&line, "aaaa");
    _cleanup_text_ char *text = json_text(out);
    assert_string_equal(text, "{\"probe\":\"aaaa\",\"last\":20009,\"cells\":[4,1,0],\"weights\":[1000000,1500000,9],"
                              "\"wholes\":[2000000,0,9]}");
    told_line_read(&again, "", "", NULL);
    assert_int_equal(again.count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(days_are_read),
        cmocka_unit_test(days_are_written),
        cmocka_unit_test(days_are_compared),
        cmocka_unit_test(what_a_line_weighed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
