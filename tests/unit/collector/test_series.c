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
    assert_string_equal(text, "[{\"check_no\":3,\"position\":2,\"alike\":15,\"probes\":[15,16,17,18,19,20]},"
                              "{\"check_no\":3,\"position\":2,\"alike\":15,\"probes\":[9,10,11,12,13,14]}]");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(blocks_are_told_with_their_lines)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
