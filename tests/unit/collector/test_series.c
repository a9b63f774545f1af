#include "tests/unit/check.h"

#include "collector/figure/series.h"
#include "common/json.h"

static void blocks_are_told_with_their_lines(void **state)
{
    struct block_line lines[12];
    _cleanup_json_ json_t *blocks = json_array();
    for (uint32_t i = 0; i < 12; i++)
        lines[i] = (struct block_line){.probe = 20 - i, .network = i + 1, .fields = {i < 6 ? 1 : 2, 1, 1, 1}};
    series_part(lines, 12, 3, 2, blocks);
    series_part(lines, 4, 3, 4, blocks); /* too few */
    series_part(NULL, 0, 3, 5, blocks);
    _cleanup_text_ char *text = json_text(blocks);
    assert_string_equal(text, "[{\"probes\":[15,16,17,18,19,20],\"check_no\":3,\"position\":2,\"alike\":15},"
                              "{\"probes\":[9,10,11,12,13,14],\"check_no\":3,\"position\":2,\"alike\":15}]");
}

static void weights_are_told_where_they_differ(void **state)
{
    struct block_line lines[9];
    _cleanup_json_ json_t *blocks = json_array();
    for (uint32_t i = 0; i < 9; i++)
        lines[i] = (struct block_line){.probe = i + 1, .network = i + 1, .voucher = i < 6};
    series_part(lines, 9, 3, 2, blocks);
    _cleanup_text_ char *text = json_text(blocks);
    assert_string_equal(text, "[{\"probes\":[1,2,3,4,5,6,7,8,9],\"weights\":[0.5,0.5,0.5,0.5,0.5,0.5,1.0,1.0,1.0],"
                              "\"check_no\":3,\"position\":2,\"alike\":15}]");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(blocks_are_told_with_their_lines),
                                       cmocka_unit_test(weights_are_told_where_they_differ)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
