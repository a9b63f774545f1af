#include "tests/unit/check.h"

#include <errno.h>

#include "collector/import/origin.h"

static void reads_prefixes_and_their_origins(void **state)
{
    static const char text[] = "41.85.160.0\t19\t28683\n"
                               "\n"
                               "10.0.0.0\t8\t1_4294967295\r\n"
                               "192.0.2.0\t24\t64496_64497,64498\n"
                               "2001:db8::\t32\t64499";
    /* Length, family, bits, is_cidr, size, octets; length and ASN; length and boolean. */
    static const char first[] = "\0\3\0\0\0\x08\2\x13\1\4\x29\x55\xa0\0\0\0\0\x08\0\0\0\0\0\0\x70\x0b\0\0\0\1";
    struct origin_list list = {0};
    struct fault f = {0};
    if (origin_read(text, sizeof text - 1, &list, &f) < 0)
        fail_msg("%s", f.text);
    assert_int_equal(list.prefixes, 4);
    assert_int_equal(list.rows.count, 7);
    assert_true(list.has4 && list.has6);
    assert_memory_equal(list.rows.bytes.data, first, sizeof first - 1);
    /* Only the two of the set are of a set: the last octet of each row tells. */
    const uint32_t *at = (const uint32_t *)(const void *)list.rows.offsets.data;
    for (size_t i = 0; i < 7; i++) {
        size_t end = i < 6 ? at[i + 1] : list.rows.bytes.len;
        assert_int_equal(list.rows.bytes.data[end - 1], i == 4 || i == 5);
    }
    origin_free(&list);
}

static void knows_the_families_of_a_file(void **state)
{
    struct origin_list list = {0};
    struct fault f = {0};
    assert_int_equal(origin_read("::\t0\t1\n", 7, &list, &f), 0);
    assert_true(list.has6 && !list.has4);
    origin_free(&list);
}

static void names_line_and_cure(void **state)
{
#define GOOD "10.0.0.0\t8\t1\n"
    static const struct {
        const char *text, *says;
    } rows[] = {
        {"", "the file holds no prefix"},
        {"\n\r\n", "the file holds no prefix"},
        {"\x1f\x8b\x08", "compressed; unpack it first: gunzip"},
        {GOOD "\xC9\n", "not a text file; give it as it was published, unpacked"},
        {GOOD "10.0.0.0/8 1\n", "line 2: not three columns; write prefix, length and origins"},
        {GOOD "\n10.0.0.0\t8\n", "line 3: not three columns"},
        {"10.0.0.0\t8\t1\t2\n", "line 1: not three columns"},
        {"10.0.0\t8\t1\n", "line 1: \"10.0.0\" is no address; write"},
        {"\t8\t1\n", "line 1: \"\" is no address"},
        {"2001:db8::1::\t8\t1\n", "line 1: \"2001:db8::1::\" is no address"},
        {"10.0.0.0\t33\t1\n", "line 1: \"33\" is no length of a prefix; write a whole number from 0 to 32"},
        {"2001:db8::\t129\t1\n", "line 1: \"129\" is no length of a prefix; write a whole number from 0 to 128"},
        {"10.0.0.0\t-8\t1\n", "line 1: \"-8\" is no length"},
        {"10.0.0.0\t\t1\n", "line 1: \"\" is no length"},
        {"10.0.0.1\t8\t1\n", "line 1: 10.0.0.1 is not the first address of a /8; correct"},
        {"2001:db8::1\t127\t1\n", "line 1: 2001:db8::1 is not the first address of a /127"},
        {"10.0.0.0\t8\t\n", "line 1: \"\" are no origins; write AS numbers"},
        {"10.0.0.0\t8\tAS1\n", "line 1: \"AS1\" are no origins"},
        {"10.0.0.0\t8\t1_\n", "line 1: \"1_\" are no origins"},
        {"10.0.0.0\t8\t1,\n", "line 1: \"1,\" are no origins"},
        {"10.0.0.0\t8\t,_1\n", "line 1: \",_1\" are no origins"},
        {"10.0.0.0\t8\t4294967296\n", "line 1: \"4294967296\" are no origins"},
        {"10.0.0.0\t8\t99999999999999999999\n", "line 1: \"99999999999999999999\" are no origins"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct origin_list list = {0};
        struct fault f = {0};
        assert_int_equal(origin_read(rows[i].text, strlen(rows[i].text), &list, &f), -EBADMSG);
        if (strncmp(f.text, rows[i].says, strlen(rows[i].says)) != 0)
            fail_msg("\"%s\", wanted \"%s…\"", f.text, rows[i].says);
        origin_free(&list);
    }
}

static void refuses_a_line_without_end(void **state)
{
    _cleanup_(buf_free) struct buf text = {0};
    struct origin_list list = {0};
    struct fault f = {0};
    buf_add_text(&text, GOOD "10.0.0.0\t8\t1");
    while (text.len < 5000)
        buf_add_text(&text, "_1");
    assert_int_equal(origin_read(text.data, text.len, &list, &f), -EBADMSG);
    assert_non_null(strstr(f.text, "line 2: longer than"));
    origin_free(&list);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_prefixes_and_their_origins),
        cmocka_unit_test(knows_the_families_of_a_file),
        cmocka_unit_test(names_line_and_cure),
        cmocka_unit_test(refuses_a_line_without_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
