#include "tests/unit/check.h"

#include "collector/ledger/delegation.h"
#include "common/alloc.h"

/* A probe writes the detail as it likes: rows come of what is a server with an
 * address, and of nothing else. */

#define RESULT                                                                                                         \
    "{\"task\":\"t\",\"check\":\"delegation\",\"target\":\"bj\",\"at\":\"2026-11-22T10:00:00Z\",\"mono_us\":5,"        \
    "\"sync\":true,\"outcome\":\"ok\",\"bytes\":0,\"metrics\":{}"

static const struct delegation_place place = {.at_us = PG_EPOCH_US + 1, .probe_no = 2, .target_no = 3, .ordinal = 4};

static void add_rows(const char *detail, struct copy_rows *out)
{
    _cleanup_text_ char *text = alloc_format(RESULT "%s%s}", detail ? ",\"detail\":" : "", detail ? detail : "");
    struct result_line line;
    struct fault f = {0};
    if (result_line_read(text, strlen(text), &line, &f) < 0)
        fail_msg("%s: %s", text, f.text);
    delegation_rows(&line, &place, out);
}

static void a_row_is_whose_and_when_and_what(void **state)
{
    static const char row[] = "\0\7\0\0\0\x08\0\0\0\0\0\0\0\0\0\0\0\x08\0\0\0\0\0\0\0\1\0\0\0\4\0\0\0\2\0\0\0\4\0\0\0\3"
                              "\0\0\0\2\0\4\0\0\0\4ns1.\0\0\0\x08\2\x20\0\4\xc0\0\2\1";
    struct copy_rows out = {0};
    add_rows("{\"servers\":[{\"name\":\"ns1.\",\"addr\":\"192.0.2.1\"}]}", &out);
    assert_int_equal(out.count, 1);
    assert_int_equal(out.bytes.len, sizeof row - 1);
    assert_memory_equal(out.bytes.data, row, sizeof row - 1);
    copy_rows_free(&out);
}

static void what_is_of_another_form_is_passed_over(void **state)
{
    static const struct {
        const char *detail;
        size_t rows;
    } rows[] = {
        {NULL, 0},
        {"{}", 0},
        {"{\"servers\":null}", 0},
        {"{\"servers\":{\"name\":\"a\",\"addr\":\"192.0.2.1\"}}", 0},
        {"{\"servers\":[]}", 0},
        {"{\"servers\":[7,null,[],{}]}", 0},
        {"{\"servers\":[{\"name\":\"a\"}]}", 0},
        {"{\"servers\":[{\"addr\":\"192.0.2.1\"}]}", 0},
        {"{\"servers\":[{\"name\":7,\"addr\":\"192.0.2.1\"}]}", 0},
        {"{\"servers\":[{\"name\":\"a\",\"addr\":\"192.0.2.256\"}]}", 0},
        {"{\"servers\":[{\"name\":\"a\",\"addr\":\"192.0.2.1/24\"}]}", 0},
        {"{\"servers\":[{\"name\":\"a\",\"addr\":\"a.example\"}]}", 0},
        {"{\"servers\":[{\"name\":\"a\",\"addr\":\"fe80::1%eth0\"}]}", 0},
        {"{\"servers\":[{\"name\":\"a\",\"addr\":\"\"}]}", 0},
        {"{\"servers\":[{\"name\":\"a\",\"addr\":\"192.0.2.1'; DROP TABLE probe\"}]}", 0},
        {"{\"servers\":[{\"name\":\"a\",\"addr\":\"2001:db8::1\"},7,{\"name\":\"b\",\"addr\":\"192.0.2.1\"}]}", 2},
        {"{\"servers\":[{\"name\":\"a\",\"addr\":\"::ffff:192.0.2.1\",\"later\":{\"x\":[1]}}]}", 1},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct copy_rows out = {0};
        add_rows(rows[i].detail, &out);
        if (out.count != rows[i].rows)
            fail_msg("row %zu: %zu rows", i, out.count);
        copy_rows_free(&out);
    }
}

static void too_much_is_cut(void **state)
{
    _cleanup_(buf_free) struct buf many = {0}, named = {0};
    struct copy_rows out = {0};
    buf_add_text(&many, "{\"servers\":[");
    for (int i = 0; i < DELEGATION_SERVERS_MAX + 50; i++)
        buf_addf(&many, "%s{\"name\":\"n%d.\",\"addr\":\"192.0.2.1\"}", i ? "," : "", i);
    buf_add_text(&many, "]}");
    add_rows(many.data, &out);
    assert_int_equal(out.count, DELEGATION_SERVERS_MAX);
    copy_rows_free(&out);

    /* A name as long as one can be, and one octet more. */
    for (int longer = 0; longer < 2; longer++) {
        out = (struct copy_rows){0};
        buf_clear(&named);
        buf_add_text(&named, "{\"servers\":[{\"name\":\"");
        for (int i = 0; i < 1024 + longer; i++)
            buf_add_char(&named, 'n');
        buf_add_text(&named, "\",\"addr\":\"2001:db8::1\"}]}");
        add_rows(named.data, &out);
        assert_int_equal(out.count, !longer);
        copy_rows_free(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_row_is_whose_and_when_and_what),
        cmocka_unit_test(what_is_of_another_form_is_passed_over),
        cmocka_unit_test(too_much_is_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
