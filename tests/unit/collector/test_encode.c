#include "tests/unit/check.h"

#include "collector/format/encode.h"
#include "common/json.h"

static const struct encode_column columns[] = {
    {"name", ENCODE_TEXT},
    {"value", ENCODE_NUMBER},
    {"good", ENCODE_BOOL},
};

static const char *const rows[][3] = {
    {"plain", "1.5", "t"}, {"a \"quote\", a comma\nand a line", "-2e+10", "f"},
    {NULL, NULL, NULL},    {"\xC3\xA9t\xC3\xA9", "NaN", "t"},
    {"", "Infinity", "f"}, {"=cmd", "-1.5", "t"},
};

static char *written(enum encode_format format, size_t count)
{
    struct encoder e = {.format = format, .columns = columns, .count = COUNT(columns)};
    struct buf out = {0};
    encode_open(&e, &out);
    for (size_t i = 0; i < count; i++)
        encode_row(&e, rows[i], &out);
    encode_close(&e, &out);
    return buf_take(&out);
}

static void an_empty_answer_is_whole(void **state)
{
    static const char *const wanted[] = {
        [ENCODE_JSON] = "[]\n", [ENCODE_NDJSON] = "", [ENCODE_CSV] = "name,value,good\n"};
    for (enum encode_format format = ENCODE_JSON; format <= ENCODE_CSV; format++) {
        _cleanup_text_ char *text = written(format, 0);
        assert_string_equal(text ? text : "", wanted[format]);
    }
}

static void json_is_read_back(void **state)
{
    _cleanup_text_ char *text = written(ENCODE_JSON, COUNT(rows));
    _cleanup_json_ json_t *array = json_loads(text, 0, NULL);
    assert_int_equal(json_array_size(array), COUNT(rows));
    const json_t *second = json_array_get(array, 1), *third = json_array_get(array, 2),
                 *fourth = json_array_get(array, 3);
    assert_string_equal(json_string_value(json_object_get(second, "name")), rows[1][0]);
    assert_true(json_number_value(json_object_get(second, "value")) == -2e10);
    assert_true(json_is_false(json_object_get(second, "good")));
    assert_true(json_is_null(json_object_get(third, "name")) && json_is_null(json_object_get(third, "value")) &&
                json_is_null(json_object_get(third, "good")));
    assert_string_equal(json_string_value(json_object_get(fourth, "name")), rows[3][0]);
    assert_true(json_is_null(json_object_get(fourth, "value"))); /* JSON has no word for it */
    assert_string_equal(json_string_value(json_object_get(json_array_get(array, COUNT(rows) - 1), "name")), "=cmd");
}

static void each_line_of_ndjson_is_an_object(void **state)
{
    _cleanup_text_ char *text = written(ENCODE_NDJSON, COUNT(rows));
    size_t lines = 0;
    for (char *line, *rest = text; *rest && (line = strsep(&rest, "\n")); lines++) {
        _cleanup_json_ json_t *object = json_loads(line, 0, NULL);
        assert_int_equal(json_object_size(object), COUNT(columns));
    }
    assert_int_equal(lines, COUNT(rows));
}

static void csv_quotes_and_leaves_null_empty(void **state)
{
    _cleanup_text_ char *text = written(ENCODE_CSV, COUNT(rows));
    assert_string_equal(text, "name,value,good\n"
                              "plain,1.5,true\n"
                              "\"a \"\"quote\"\", a comma\nand a line\",-2e+10,false\n"
                              ",,\n"
                              "\xC3\xA9t\xC3\xA9,NaN,true\n"
                              ",Infinity,false\n"
                              "\"'=cmd\",-1.5,true\n");
}

static void formats_have_one_word_each(void **state)
{
    static const char *const words[] = {"json", "ndjson", "csv"};
    enum encode_format format = ENCODE_CSV;
    for (size_t i = 0; i < COUNT(words); i++) {
        assert_int_equal(encode_format_parse(words[i], &format), 0);
        assert_int_equal(format, i);
    }
    assert_true(encode_format_parse("JSON", &format) < 0 && encode_format_parse("", &format) < 0);
    assert_int_equal(format, ENCODE_CSV); /* untouched on failure */
    assert_string_equal(encode_media_type(ENCODE_NDJSON), "application/x-ndjson");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_answer_is_whole),         cmocka_unit_test(json_is_read_back),
        cmocka_unit_test(each_line_of_ndjson_is_an_object), cmocka_unit_test(csv_quotes_and_leaves_null_empty),
        cmocka_unit_test(formats_have_one_word_each),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
