#include "tests/unit/check.h"

#include <errno.h>

#include <jansson.h>

#include "common/json.h"
#include "common/scan.h"

/* The scanner's verdict on a whole text. */
static bool accepts(const char *text, size_t len, unsigned depth)
{
    struct scan s;
    scan_start(&s, text, len, depth);
    enum scan_token token;
    do
        token = scan_next(&s);
    while (token != SCAN_END && token != SCAN_BAD);
    return token == SCAN_END && scan_utf8(text, len) == len;
}

static const char *const texts[] = {
    "{}",
    "[]",
    "null",
    "true",
    "false",
    "0",
    "-0",
    "-1.5e+3",
    "\"\"",
    "[1,2,[3,{\"a\":[]}]]",
    " { \"a\" : 1 , \"b\" : [ ] } ",
    "{\"a\":\"\\u00e9\\ud83d\\ude00\\n\"}",
    "\"B\xc3\xa9nin\"",
    "1e-400",
    "123456789012345678901234567890.5",
    /* refused */
    "",
    " ",
    "{",
    "}",
    "[",
    "[1",
    "[1,",
    "[1,]",
    "[,1]",
    "[1 2]",
    "{\"a\"}",
    "{\"a\":}",
    "{\"a\":1,}",
    "{,}",
    "{a:1}",
    "{\"a\":1]",
    "[1}",
    "nul",
    "nulll",
    "tru",
    "+1",
    "01",
    "1.",
    ".5",
    "1e",
    "1e+",
    "-",
    "--1",
    "0x1",
    "NaN",
    "Infinity",
    "1e400",
    "-1e999",
    "\"",
    "\"a",
    "\"\\",
    "\"\\x\"",
    "\"\\u12\"",
    "\"\\u12g4\"",
    "\"\\u0000\"",
    "\"\\ud800\"",
    "\"\\udc00\"",
    "\"\\ud800\\ud800\"",
    "\"\x01\"",
    "\"\n\"",
    "[]]",
    "{}{}",
    "1 2",
    "\"a\" \"b\"",
    "\"\xff\"",
    "\"\xc0\x80\"",
    "\"\xed\xa0\x80\"",
    "\"\xf4\x90\x80\x80\"",
    "\"\xe2\x82\"",
    "// c\n1",
    "'a'",
};

static void agrees_with_jansson(void **state)
{
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        json_error_t error;
        json_t *value = json_loadb(texts[i], strlen(texts[i]), JSON_DECODE_ANY | JSON_DECODE_INT_AS_REAL, &error);
        if (accepts(texts[i], strlen(texts[i]), 32) != (value != NULL))
            fail_msg("text %zu: %s: jansson says %s", i, texts[i], value ? "yes" : error.text);
        json_decref(value);
    }
}

/* One byte changed, removed or doubled in a document, many times: the same
 * verdict as jansson each time. */
static void agrees_with_jansson_on_mutants(void **state)
{
    static const char seed[] =
        "{\"task\":\"p\",\"n\":[-1.5e3,0,true,null,\"\\u00e9\\ud83d\\ude00 B\xc3\xa9\"],\"o\":{\"x\":{}}}";
    static const char pool[] = "{}[]\",:\\u0019-+.eEtfn\x01\xc3\xff d8";
    unsigned random = 42;
    unsigned accepted = 0;
    for (int round = 0; round < 60000; round++) {
        char text[sizeof seed + 4];
        size_t len = sizeof seed - 1;
        memcpy(text, seed, len);
        for (int k = 0; k < 1 + round % 3; k++) {
            random = random * 1664525 + 1013904223;
            size_t at = (random >> 8) % len;
            unsigned kind = (random >> 4) % 3;
            if (kind == 0) {
                text[at] = pool[(random >> 16) % (sizeof pool - 1)];
            } else if (kind == 1) {
                memmove(text + at, text + at + 1, len - at - 1);
                len--;
            } else if (len < sizeof text) {
                memmove(text + at + 1, text + at, len - at);
                len++;
            }
        }
        json_error_t error;
        json_t *value = json_loadb(text, len, JSON_DECODE_ANY | JSON_DECODE_INT_AS_REAL, &error);
        accepted += value != NULL;
        if (accepts(text, len, 32) != (value != NULL))
            fail_msg("%.*s: jansson says %s", (int)len, text, value ? "yes" : error.text);
        json_decref(value);
    }
    assert_true(accepted > 1000);
}

static void bounds_depth(void **state)
{
    char deep[200];
    memset(deep, '[', 100);
    memset(deep + 100, ']', 100);
    assert_true(accepts(deep + 68, 64, 32));
    assert_false(accepts(deep + 67, 66, 32));
    struct fault f;
    json_t *value;
    assert_int_equal(json_read(deep, 200, 1000, 32, &value, &f), -ELOOP);
}

static void reads_numbers_as_strtod(void **state)
{
    static const char *const numbers[] = {"0",
                                          "-0.0",
                                          "12.345",
                                          "0.1",
                                          "123456789012345",
                                          "999999999999999.9",
                                          "1e22",
                                          "3.4028235e38",
                                          "0.000000000000001",
                                          "4.9e-324",
                                          "1234567.7654321"};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        struct scan s;
        double d;
        scan_start(&s, numbers[i], strlen(numbers[i]), 1);
        assert_int_equal(scan_next(&s), SCAN_NUMBER);
        assert_true(scan_double(&s, &d));
        double want = strtod(numbers[i], NULL);
        assert_memory_equal(&d, &want, sizeof d);
    }
    struct scan s;
    int64_t n;
    scan_start(&s, "9223372036854775807", 19, 1);
    assert_int_equal(scan_next(&s), SCAN_NUMBER);
    assert_true(scan_int(&s, &n) && n == INT64_MAX);
    scan_start(&s, "9223372036854775808", 19, 1);
    assert_int_equal(scan_next(&s), SCAN_NUMBER);
    assert_false(scan_int(&s, &n));
}

static void skips_to_the_end_of_a_value(void **state)
{
    static const char text[] = "{\"a\":{\"b\":[1,{}]},\"c\":\"x\"}";
    struct scan s;
    const char *raw;
    size_t len;
    scan_start(&s, text, strlen(text), 8);
    assert_int_equal(scan_next(&s), SCAN_OBJECT);
    assert_int_equal(scan_next(&s), SCAN_MEMBER);
    assert_true(scan_skip(&s, scan_next(&s), &raw, &len));
    assert_int_equal(len, strlen("{\"b\":[1,{}]}"));
    assert_memory_equal(raw, "{\"b\":[1,{}]}", len);
    assert_int_equal(scan_next(&s), SCAN_MEMBER);
    assert_true(scan_skip(&s, scan_next(&s), &raw, &len));
    assert_memory_equal(raw, "\"x\"", 3);
    assert_int_equal(scan_next(&s), SCAN_OBJECT_END);
    assert_int_equal(scan_next(&s), SCAN_END);
}

static void finds_the_first_control_octet(void **state)
{
    assert_int_equal(scan_control("b\xC3\xA9nin", 6), 6);
    assert_int_equal(scan_control("a\tb\x7f", 4), 1);
    assert_int_equal(scan_control("a~\x7f", 3), 2);
    assert_int_equal(scan_control("a\0b", 3), 1);
    assert_int_equal(scan_control("", 0), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees_with_jansson),
        cmocka_unit_test(agrees_with_jansson_on_mutants),
        cmocka_unit_test(bounds_depth),
        cmocka_unit_test(finds_the_first_control_octet),
        cmocka_unit_test(reads_numbers_as_strtod),
        cmocka_unit_test(skips_to_the_end_of_a_value),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
