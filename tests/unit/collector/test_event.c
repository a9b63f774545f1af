#include "tests/unit/check.h"

#include <errno.h>

#include "collector/simulate/event.h"

#define NAMES "start,duration,department,operator,kind,size\n"

static struct nation nation;

static int read_text(const char *text, struct events *ret, struct fault *f)
{
    const struct buf buf = {.data = (char *)(uintptr_t)text, .len = strlen(text)};
    return events_read(&buf, &nation, ret, f);
}

static void none(void **state)
{
    static const char *const texts[] = {"", NAMES, "\n\n"};
    struct events e;
    struct fault f;
    for (size_t i = 0; i < COUNT(texts); i++) {
        assert_int_equal(read_text(texts[i], &e, &f), 0);
        assert_int_equal(e.count, 0);
    }
}

static void rows(void **state)
{
    struct events e;
    struct fault f;
    assert_int_equal(read_text(NAMES "2025-03-10T18:00,6h,BJ-BO,,outage,0.5\r\n2024-02-29,2d,,ISOCEL,slow,3\n"
                                     "2025-01-01,1d,,,shutdown,\n",
                               &e, &f),
                     0);
    assert_int_equal(e.count, 3);
    assert_int_equal(e.list[0].to - e.list[0].from, 6);
    assert_int_equal(e.list[0].from % 24, 18);
    assert_int_equal(e.list[1].to - e.list[1].from, 48);
    const int borgou = nation_find_department(&nation, "BJ-BO"), isocel = nation_find_operator(&nation, "ISOCEL");
    assert_int_equal(e.list[0].department, borgou);
    assert_int_equal(e.list[1].operator, isocel);

    struct moment m = events_at(&e, &nation, e.list[1].from, (size_t)isocel, 0, 0);
    assert_true(m.slow == 3 && m.cut == 0);
    m = events_at(&e, &nation, e.list[1].from, (size_t)isocel + 1, 0, 0);
    assert_true(m.slow == 1);
    m = events_at(&e, &nation, e.list[1].to, (size_t)isocel, 0, 0);
    assert_true(m.slow == 1);
    m = events_at(&e, &nation, e.list[2].from, 0, 0, 5);
    assert_true(m.cut == 1);

    /* Half of the lines, and the same half each hour. */
    unsigned met = 0;
    for (uint64_t line = 0; line < 1000; line++) {
        m = events_at(&e, &nation, e.list[0].from, 0, (size_t)borgou, line);
        assert_true(m.cut == events_at(&e, &nation, e.list[0].to - 1, 0, (size_t)borgou, line).cut);
        met += m.cut == 1;
    }
    assert_in_range(met, 450, 550);
    assert_true(events_at(&e, &nation, e.list[0].from, 0, (size_t)borgou, EVENTS_ANY_LINE).cut == 0.5);
}

static void what_is_wrong_is_named(void **state)
{
    static const struct {
        const char *text, *said;
    } wrong[] = {
        {"when,what\n", "line 1: the names of the columns are wanted: start,duration"},
        {NAMES "2025-03-10,6h,,,outage\n", "line 2: 5 cells instead of 6"},
        {NAMES "2025-02-30,6h,,,outage,1\n", "line 2: \"2025-02-30\" is no start"},
        {NAMES "2025-03-10T24:00,6h,,,outage,1\n", "is no start"},
        {NAMES "2025-03-10T18:30,6h,,,outage,1\n", "is no start"},
        {NAMES "2025-03-10T+8:00,6h,,,outage,1\n", "is no start"},
        {NAMES "2025-03-10T 8:00,6h,,,outage,1\n", "is no start"},
        {NAMES "2025-03-10,6,,,outage,1\n", "\"6\" is no duration; write hours or days"},
        {NAMES "2025-03-10,0h,,,outage,1\n", "is no duration"},
        {NAMES "2025-03-10,400d,,,outage,1\n", "is no duration"},
        {NAMES "2025-03-10,-6h,,,outage,1\n", "is no duration"},
        {NAMES "2025-03-10,6h,Borgou,,outage,1\n", "\"Borgou\" is no department"},
        {NAMES "2025-03-10,6h,,Nobody,outage,1\n", "\"Nobody\" is no operator"},
        {NAMES "\n2025-03-10,6h,,,flood,1\n", "line 3: \"flood\" is no kind of event"},
        {NAMES "2025-03-10,6h,,,outage,2\n", "\"2\" is no part"},
        {NAMES "2025-03-10,6h,,,outage,\n", "is no part"},
        {NAMES "2025-03-10,6h,,,dns,nan\n", "is no part"},
        {NAMES "2025-03-10,6h,,,slow,0.5\n", "how many times slower"},
        {NAMES "2025-03-10,6h,,,slow,1001\n", "write a number above 1 and up to 1000"},
        {NAMES "2025-03-10,6h,,,shutdown,0.5\n", "a shutdown has no size"},
        {NAMES "2025-03-10,6h,,MTN B\xe9nin (Spacetel),outage,1\n", "octet 66: not UTF-8; save the file as"},
    };
    for (size_t i = 0; i < COUNT(wrong); i++) {
        struct events e;
        struct fault f = {0};
        assert_int_equal(read_text(wrong[i].text, &e, &f), -EBADMSG);
        if (!strstr(f.text, wrong[i].said))
            fail_msg("row %zu: %s", i, f.text);
    }
}

static void not_without_end(void **state)
{
    struct buf text = {0};
    struct events e;
    struct fault f;
    buf_add_text(&text, NAMES);
    for (int i = 0; i <= EVENTS_MAX; i++)
        buf_add_text(&text, "2025-03-10,6h,,,outage,1\n");
    assert_int_equal(events_read(&text, &nation, &e, &f), -EBADMSG);
    assert_non_null(strstr(f.text, "more than 200 events"));
    buf_free(&text);
}

/* Two hundred that are a thousand times slower each would be slower than a double can say. */
static void together_no_slower_than_one_may_be(void **state)
{
    _cleanup_(buf_free) struct buf text = {0};
    struct events e;
    struct fault f;
    buf_add_text(&text, NAMES);
    for (int i = 0; i < EVENTS_MAX; i++)
        buf_add_text(&text, "2025-03-10,6h,,,slow,1000\n");
    assert_int_equal(events_read(&text, &nation, &e, &f), 0);
    assert_true(events_at(&e, &nation, e.list[0].from, 0, 0, 0).slow == 1000);
}

int main(void)
{
    struct fault f;
    if (nation_make("BJ", 1, &nation, &f) < 0)
        return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(none),
        cmocka_unit_test(rows),
        cmocka_unit_test(what_is_wrong_is_named),
        cmocka_unit_test(not_without_end),
        cmocka_unit_test(together_no_slower_than_one_may_be),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    nation_free(&nation);
    return failed;
}
