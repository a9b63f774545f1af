#include "tests/unit/check.h"

#include <errno.h>
#include <string.h>

#include "common/qvalue.h"

static void reads_weights_of_the_grammar_alone(void **state)
{
    static const struct {
        const char *text;
        int thousandths;
    } rows[] = {
        {"0", 0},        {"1", 1000},      {"0.", 0},         {"1.", 1000},       {"0.5", 500},
        {"0.85", 850},   {"0.001", 1},     {"1.000", 1000},   {"0.2 \t", 200},    {"", -EINVAL},
        {" 1", -EINVAL}, {"2", -EINVAL},   {"1.5", -EINVAL},  {"1.001", -EINVAL}, {"0.1234", -EINVAL},
        {".5", -EINVAL}, {"0,5", -EINVAL}, {"0.5x", -EINVAL}, {"-0", -EINVAL},    {"01", -EINVAL},
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        if (qvalue_read(rows[i].text, strlen(rows[i].text)) != rows[i].thousandths)
            fail_msg("%s", rows[i].text);
    assert_int_equal(qvalue_read("0.25,fr", 4), 250);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(reads_weights_of_the_grammar_alone)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
