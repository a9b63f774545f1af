#include "tests/unit/check.h"

#include "collector/ledger/edns.h"
#include "common/alloc.h"

/* A probe writes the detail as it likes: rows come of what is a server with an
 * address, of a country's own domain, and of nothing else. */

#define REST(tenth)                                                                                                    \
    "\"edns\":\"ok\",\"edns1\":\"ok\",\"edns@512\":\"ok\",\"ednsopt\":\"ok\",\"edns1opt\":\"ok\",\"do\":\"ok\","       \
    "\"ednsflags\":\"ok\",\"optlist\":\"ok\",\"edns512tcp\":\"" tenth "\"}"
#define AT     "{\"name\":\"ns1.\",\"addr\":\"192.0.2.1\",\"dns\":\""
#define SILENT 2

static const struct delegation_place place = {
    .at_us = PG_EPOCH_US + 2 * INT64_C(86400000000) - 1, .probe_no = 2, .target_no = 3, .ordinal = 4};

static void add_rows(const char *zone, const char *servers, struct copy_rows *out)
{
    _cleanup_text_ char *text = alloc_format(
        "{\"task\":\"t\",\"check\":\"edns\",\"target\":\"%s\",\"at\":\"2026-11-22T10:00:00Z\",\"mono_us\":5,"
        "\"sync\":true,\"outcome\":\"ok\",\"bytes\":0,\"metrics\":{},\"detail\":{\"servers\":%s}}",
        zone, servers);
    struct result_line line;
    struct fault f = {0};
    if (result_line_read(text, strlen(text), &line, &f) < 0)
        fail_msg("%s: %s", text, f.text);
    edns_rows(&line, &place, out);
}

static void a_row_is_whose_and_when_and_what(void **state)
{
    static const char row[] = "\0\7\0\0\0\x08\0\0\0\0\0\0\0\0\0\0\0\4\0\0\0\1\0\0\0\4\0\0\0\2\0\0\0\4\0\0\0\3"
                              "\0\0\0\2\0\4\0\0\0\x08\2\x20\0\4\xc0\0\2\1\0\0\0\1\1";
    _cleanup_(copy_rows_free) struct copy_rows out = {0};
    add_rows("bj", "[" AT "ok\"," REST("ok") "]", &out);
    assert_int_equal(out.count, 1);
    assert_int_equal(out.bytes.len, sizeof row - 1);
    assert_memory_equal(out.bytes.data, row, sizeof row - 1);
}

static void all_ten_tests_or_none_of_them(void **state)
{
    static const struct {
        const char *servers;
        int word; /* of the last row; -1: there is none */
    } rows[] = {
        {"[" AT "ok\"," REST("ok") "]", 1},
        {"[" AT "ok\"," REST("reset") "]", 0},
        {"[" AT "nosoa\"," REST("ok") "]", 0},
        {"[" AT "ok\",\"edns\":\"ok\"}]", 0}, /* an agent that made fewer */
        {"[" AT "ok\",\"edns\":7}]", SILENT},
        {"[" AT "timeout\"}]", SILENT}, /* not asked again */
        {"[{\"name\":\"ns1.\",\"addr\":\"2001:db8::1\",\"skipped\":\"no route from here\"}]", SILENT},
        {"[{\"name\":\"ns1.\",\"addr\":\"fe80::1%eth0\"}]", -1},
        {"[{\"name\":\"ns1.\"},7,null,[],{}]", -1},
        {"{\"addr\":\"192.0.2.1\"}", -1},
        {"null", -1},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        _cleanup_(copy_rows_free) struct copy_rows out = {0};
        add_rows("bj", rows[i].servers, &out);
        const char *end = out.bytes.data + out.bytes.len;
        int word = out.count == 0 ? -1 : end[-2] == 1 ? end[-1] : SILENT;
        if (word != rows[i].word)
            fail_msg("row %zu: %d", i, word);
    }
}

static void of_countries_own_domains(void **state)
{
    static const struct {
        const char *zone;
        size_t rows;
    } zones[] = {{"bj", 1}, {"BJ.", 1}, {"tg", 0}, {"b", 0}, {".", 0}, {"bj.bj", 0}, {"nic.bj", 0}, {"home", 0}};
    for (size_t i = 0; i < COUNT(zones); i++) {
        _cleanup_(copy_rows_free) struct copy_rows out = {0};
        add_rows(zones[i].zone, "[" AT "timeout\"}]", &out);
        if (out.count != zones[i].rows)
            fail_msg("%s: %zu rows", zones[i].zone, out.count);
    }
}

static void too_much_is_cut(void **state)
{
    _cleanup_(buf_free) struct buf many = {0};
    _cleanup_(copy_rows_free) struct copy_rows out = {0};
    for (int i = 0; i < DELEGATION_SERVERS_MAX + 50; i++)
        buf_addf(&many, "%s{\"addr\":\"192.0.2.%d\"}", i ? "," : "[", i);
    buf_add_text(&many, "]");
    add_rows("bj", many.data, &out);
    assert_int_equal(out.count, DELEGATION_SERVERS_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_row_is_whose_and_when_and_what),
        cmocka_unit_test(all_ten_tests_or_none_of_them),
        cmocka_unit_test(of_countries_own_domains),
        cmocka_unit_test(too_much_is_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
