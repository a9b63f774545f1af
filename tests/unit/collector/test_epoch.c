#include "tests/unit/check.h"

#include "collector/ledger/epoch.h"
#include "common/json.h"

/* What is written of a batch whose header has these epochs. */
static json_t *rows_of(const char *epochs)
{
    _cleanup_json_ json_t *array = json_loads(epochs, 0, NULL);
    assert_non_null(array);
    const struct batch b = {.epochs = array};
    _cleanup_(buf_free) struct buf out = {0};
    epoch_write(&b, 7, &out);
    if (out.len)
        buf_add_char(&out, ']');
    json_t *rows = json_loads(out.len ? out.data : "[]", 0, NULL);
    assert_non_null(rows);
    return rows;
}

#define EPOCH(rest) "[{\"boot\": \"b\", \"from_mono_us\": 5, \"to_mono_us\": 9" rest "}]"

static void prefixes_are_cut_and_strange_words_left_out(void **state)
{
    static const struct {
        const char *epochs, *link, *net, *net6;
    } rows[] = {
        {EPOCH(""), NULL, NULL, NULL},
        {EPOCH(", \"link\": \"wifi\", \"net\": \"192.0.2.0/24\", \"net6\": \"2001:db8::/48\""), "wifi", "192.0.2.0/24",
         "2001:db8::/48"},
        /* whole addresses that a probe of somebody else's making sends */
        {EPOCH(", \"net\": \"192.0.2.77\", \"net6\": \"2001:db8:1:2::77/128\""), NULL, "192.0.2.0/24",
         "2001:db8:1::/48"},
        /* the other family's place, no prefix, no kind of link */
        {EPOCH(", \"net\": \"2001:db8::/48\", \"net6\": \"192.0.2.0/24\""), NULL, NULL, NULL},
        {EPOCH(", \"link\": \"<b>\", \"net\": \"nowhere\", \"net6\": \"\""), NULL, NULL, NULL},
        {EPOCH(", \"net\": \"10.0.0.0/8\", \"net6\": \"::/0\""), NULL, NULL, NULL},
        {EPOCH(", \"link\": 3, \"net\": [], \"net6\": {}"), NULL, NULL, NULL},
        {EPOCH(", \"net\": \"192.0.2.0000000000000000000000000000000000000000000000/24\""), NULL, NULL, NULL},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        _cleanup_json_ json_t *array = rows_of(rows[i].epochs);
        assert_int_equal(json_array_size(array), 1);
        const json_t *row = json_array_get(array, 0);
        assert_int_equal(json_integer_value(json_object_get(row, "probe_no")), 7);
        assert_int_equal(json_integer_value(json_object_get(row, "from")), 5);
        assert_int_equal(json_integer_value(json_object_get(row, "to")), 9);
        const char *const wanted[][2] = {{"link", rows[i].link}, {"net", rows[i].net}, {"net6", rows[i].net6}};
        for (size_t w = 0; w < COUNT(wanted); w++) {
            const json_t *member = json_object_get(row, wanted[w][0]);
            if (wanted[w][1])
                assert_string_equal(json_string_value(member), wanted[w][1]);
            else
                assert_true(json_is_null(member));
        }
    }
}

static void batches_share_an_array_and_a_century_is_left_out(void **state)
{
    _cleanup_json_ json_t *two = json_loads(
        "[{\"boot\": \"a\", \"from_mono_us\": 1, \"to_mono_us\": 2},"
        "{\"boot\": \"a\", \"from_mono_us\": 2, \"to_mono_us\": 9000000000000000000}]",
        0, NULL);
    const struct batch b = {.epochs = two}, none = {0};
    _cleanup_(buf_free) struct buf out = {0};
    epoch_write(&b, 1, &out);
    epoch_write(&none, 2, &out);
    epoch_write(&b, 3, &out);
    buf_add_char(&out, ']');
    _cleanup_json_ json_t *rows = json_loads(out.data, 0, NULL);
    assert_int_equal(json_array_size(rows), 2);
    assert_int_equal(json_integer_value(json_object_get(json_array_get(rows, 1), "probe_no")), 3);
}

static void nothing_asks_nobody(void **state)
{
    struct buf empty = {0};
    struct fault f = {0};
    assert_int_equal(epoch_note(NULL, &empty, &f), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(prefixes_are_cut_and_strange_words_left_out),
        cmocka_unit_test(batches_share_an_array_and_a_century_is_left_out),
        cmocka_unit_test(nothing_asks_nobody),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
