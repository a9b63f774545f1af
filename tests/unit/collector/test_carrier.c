#include "tests/unit/check.h"

#include <errno.h>

#include "collector/import/carrier.h"

static void reads_prefixes_and_skips_words(void **state)
{
    static const char text[] = "# MTN, by letter of 3 May\n"
                               "\n"
                               "41.79.216.0/22\r\n"
                               "  197.234.216.0/24\t # Parakou\n"
                               "2001:db8::/48";
    struct carrier_list list = {0};
    struct fault f = {0};
    if (carrier_read(text, sizeof text - 1, &list, &f) < 0)
        fail_msg("%s", f.text);
    assert_int_equal(list.count, 3);
    assert_string_equal(list.array.data, "41.79.216.0/22,197.234.216.0/24,2001:db8::/48");
    carrier_free(&list);
}

static void names_line_and_cure(void **state)
{
    static const struct {
        const char *text, *says;
    } rows[] = {
        {"", "the file holds no prefix; to take an earlier import back, give --undo"},
        {"# 192.0.2.0/24\n", "the file holds no prefix"},
        {"10.0.0.0/8\n\xC9\n", "not a text file; give"},
        {"10.0.0.0/8\n10.0.0.0\n", "line 2: \"10.0.0.0\" is no prefix; write it as 192.0.2.0/24"},
        {"MTN\n", "line 1: \"MTN\" is no prefix"},
        {"{}/24\n", "line 1: \"{}\" is no address"},
        {"192.0.2.0/24 192.0.3.0/24\n", "line 1: \"24 192.0.3.0/24\" is no length of a prefix"},
        {"192.0.2.1/24\n", "line 1: 192.0.2.1 is not the first address of a /24"},
        {"192.0.2.0/25\n", "line 1: 192.0.2.0/25 is longer than /24, which is the network that is seen of a probe"},
        {"2001:db8::/49\n", "line 1: 2001:db8::/49 is longer than /48"},
        {"0.0.0.0/0\n", "line 1: 0.0.0.0/0 is wider than /8; write the prefixes of the operator one by one"},
        {"10.0.0.0/7\n", "line 1: 10.0.0.0/7 is wider than /8"},
        {"2000::/3\n", "line 1: 2000::/3 is wider than /19"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct carrier_list list = {0};
        struct fault f = {0};
        assert_int_equal(carrier_read(rows[i].text, strlen(rows[i].text), &list, &f), -EBADMSG);
        if (strncmp(f.text, rows[i].says, strlen(rows[i].says)) != 0)
            fail_msg("\"%s\", wanted \"%s…\"", f.text, rows[i].says);
        carrier_free(&list);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_prefixes_and_skips_words),
        cmocka_unit_test(names_line_and_cure),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
