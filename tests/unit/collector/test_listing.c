#include "tests/unit/check.h"

#include <errno.h>

#include "collector/import/listing.h"

static int join(void *ctx, char *line, struct fault *f)
{
    if (!strcmp(line, "bad"))
        return fault_set(f, -EBADMSG, "this one");
    strcat(strcat(ctx, line), "|");
    return 0;
}

static void lines_without_their_ends(void **state)
{
    static const struct {
        const char *text, *read, *says;
    } rows[] = {
        {"", "", NULL},
        {"a", "a|", NULL},
        {"a\r\n\n b \nc\n", "a| b |c|", NULL},
        {"a\n\nbad\nb\n", "a|", "line 3: this one"},
        {"a\n\xC9\n", "", "not a text file"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        char read[32] = "";
        struct fault f = {0};
        int rc = import_lines(rows[i].text, strlen(rows[i].text), join, read, &f);
        assert_int_equal(rc, rows[i].says ? -EBADMSG : 0);
        assert_string_equal(read, rows[i].read);
        assert_memory_equal(f.text, rows[i].says ? rows[i].says : "", rows[i].says ? strlen(rows[i].says) : 1);
    }
}

static void a_line_has_an_end(void **state)
{
    char text[4000], read[4000] = "";
    struct fault f = {0};
    memset(text, 'a', sizeof text);
    assert_int_equal(import_lines(text, sizeof text, join, read, &f), -EBADMSG);
    assert_non_null(strstr(f.text, "line 1: longer than"));
    text[5] = '\0';
    assert_int_equal(import_lines(text, 9, join, read, &f), -EBADMSG);
}

static void whole_numbers(void **state)
{
    static const struct {
        const char *text;
        uint64_t max, value;
        int rc;
    } rows[] = {
        {"0", 0, 0, 0},         {"24", 32, 24, 0},       {"4294967295", UINT32_MAX, UINT32_MAX, 0},
        {"", 9, 0, -EBADMSG},   {"33", 32, 0, -EBADMSG}, {"4294967296", UINT32_MAX, 0, -EBADMSG},
        {"-1", 9, 0, -EBADMSG}, {" 1", 9, 0, -EBADMSG},  {"99999999999", UINT64_MAX, 0, -EBADMSG},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        uint64_t value;
        assert_int_equal(import_whole(rows[i].text, strlen(rows[i].text), rows[i].max, &value), rows[i].rc);
        if (rows[i].rc == 0)
            assert_int_equal(value, rows[i].value);
    }
}

static void prefixes(void **state)
{
    struct import_prefix p;
    struct fault f = {0};
    assert_int_equal(import_prefix("192.0.2.0", "23", &p, &f), 0);
    assert_string_equal(p.addr, "192.0.2.0");
    assert_true(p.bits == 23 && !p.v6);
    assert_int_equal(import_prefix("2001:db8::", "48", &p, &f), 0);
    assert_true(p.bits == 48 && p.v6);
    assert_int_equal(import_prefix("192.0.3.0", "23", &p, &f), -EBADMSG);
    assert_int_equal(import_prefix("192.0.2.0", "", &p, &f), -EBADMSG);
    assert_int_equal(import_prefix("::1", "127", &p, &f), -EBADMSG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_without_their_ends),
        cmocka_unit_test(a_line_has_an_end),
        cmocka_unit_test(whole_numbers),
        cmocka_unit_test(prefixes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
