#include "tests/unit/check.h"

#include <math.h>

#include "collector/db/copy.h"

/* What each field is on the wire, from PostgreSQL's manual and the types' recv functions. */
#define BYTES(text) text, sizeof text - 1

static void expect(const char *from, const char *to, const char *wanted, size_t len)
{
    assert_int_equal(to - from, len);
    assert_memory_equal(from, wanted, len);
}

static void numbers(void **state)
{
    char b[64];
    expect(b, copy_null(b), BYTES("\xff\xff\xff\xff"));
    expect(b, copy_int2(b, 258), BYTES("\0\0\0\2\1\2"));
    expect(b, copy_int2(b, -1), BYTES("\0\0\0\2\xff\xff"));
    expect(b, copy_int4(b, 16909060), BYTES("\0\0\0\4\1\2\3\4"));
    expect(b, copy_int4(b, INT32_MIN), BYTES("\0\0\0\4\x80\0\0\0"));
    expect(b, copy_int8(b, 72623859790382856), BYTES("\0\0\0\x8\1\2\3\4\5\6\7\x8"));
    expect(b, copy_bytes(b, "", 0), BYTES("\0\0\0\0"));
    expect(b, copy_bytes(b, "a\0b", 3), BYTES("\0\0\0\3a\0b"));
}

static void addresses(void **state)
{
    static const struct {
        const char *text, *wire;
        size_t len;
    } cases[] = {
        {"154.65.28.218", BYTES("\0\0\0\x8\2\x20\0\4\x9a\x41\x1c\xda")},
        {"2001:db8::1", BYTES("\0\0\0\x14\3\x80\0\x10\x20\1\xd\xb8\0\0\0\0\0\0\0\0\0\0\0\1")},
        {"", BYTES("\xff\xff\xff\xff")},
        {"1.2.3", BYTES("\xff\xff\xff\xff")},
        {"1.2.3.4/24", BYTES("\xff\xff\xff\xff")},
        {"fe80::1%eth0", BYTES("\xff\xff\xff\xff")},
        {"1111:2222:3333:4444:5555:6666:7777:8888:9999:0000:1111", BYTES("\xff\xff\xff\xff")},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        char b[64];
        expect(b, copy_inet(b, cases[i].text, strlen(cases[i].text)), cases[i].wire, cases[i].len);
    }
}

static void arrays(void **state)
{
    const double values[64] = {1.5, 0, -2, [63] = 4};
    char b[1024];
    /* None: no dimension. */
    expect(b, copy_reals(b, values, 0), BYTES("\0\0\0\xc\0\0\0\0\0\0\0\0\0\0\2\xbc"));
    /* Without holes: no NULL flag. */
    expect(b, copy_reals(b, values, 1),
           BYTES("\0\0\0\x1c\0\0\0\1\0\0\0\0\0\0\2\xbc\0\0\0\1\0\0\0\1\0\0\0\4\x3f\xc0\0\0"));
    /* A hole in the middle is NULL, what comes after the last is left out. */
    expect(b, copy_reals(b, values, 5),
           BYTES("\0\0\0\x28\0\0\0\1\0\0\0\1\0\0\2\xbc\0\0\0\3\0\0\0\1"
                 "\0\0\0\4\x3f\xc0\0\0\xff\xff\xff\xff\0\0\0\4\xc0\0\0\0"));
    /* The last of 64. */
    char *end = copy_reals(b, values, 1ull << 63);
    assert_int_equal(end - b, 4 + 20 + 63 * 4 + 8);
    assert_memory_equal(end - 8, "\0\0\0\4\x40\x80\0\0", 8);
    /* Without any value no array at all. */
    expect(b, copy_doubles(b, values, 0), BYTES("\xff\xff\xff\xff"));
    expect(b, copy_doubles(b, (const double[]){0, 16777217}, 2),
           BYTES("\0\0\0\x24\0\0\0\1\0\0\0\1\0\0\2\xbd\0\0\0\2\0\0\0\1\xff\xff\xff\xff"
                 "\0\0\0\x8\x41\x70\0\0\x10\0\0\0"));
}

static void arrays_of_a_length(void **state)
{
    const double doubles[] = {16777217, 0};
    const float reals[] = {1.5f, 0};
    char b[128];
    expect(b, copy_int2s(b, (const int16_t[]){1, -1}, 2),
           BYTES("\0\0\0\x20\0\0\0\1\0\0\0\0\0\0\0\x15\0\0\0\2\0\0\0\1\0\0\0\2\0\1\0\0\0\2\xff\xff"));
    expect(b, copy_int4s(b, (const int32_t[]){258}, 1),
           BYTES("\0\0\0\x1c\0\0\0\1\0\0\0\0\0\0\0\x17\0\0\0\1\0\0\0\1\0\0\0\4\0\0\1\2"));
    expect(b, copy_int4s(b, NULL, 0), BYTES("\0\0\0\xc\0\0\0\0\0\0\0\0\0\0\0\x17"));
    /* What is absent at the end stays as NULL. */
    expect(b, copy_reals_of(b, reals, 1, 2),
           BYTES("\0\0\0\x20\0\0\0\1\0\0\0\1\0\0\2\xbc\0\0\0\2\0\0\0\1\0\0\0\4\x3f\xc0\0\0\xff\xff\xff\xff"));
    expect(b, copy_doubles_of(b, doubles, 1, 1),
           BYTES("\0\0\0\x20\0\0\0\1\0\0\0\0\0\0\2\xbd\0\0\0\1\0\0\0\1\0\0\0\x8\x41\x70\0\0\x10\0\0\0"));
    expect(b, copy_floats(b, reals, 2 * sizeof *reals, 1),
           BYTES("\0\0\0\x1c\0\0\0\1\0\0\0\0\0\0\2\xbc\0\0\0\1\0\0\0\1\0\0\0\4\x3f\xc0\0\0"));
    expect(b, copy_doubles_of(b, doubles, 0, 0), BYTES("\0\0\0\xc\0\0\0\0\0\0\0\0\0\0\2\xbd"));
}

static void rows(void **state)
{
    struct copy_rows r = {0};
    for (int i = 0; i < 1000; i++) {
        char *to = copy_row_begin(&r, 32, 2);
        to = copy_int8(to, 0);
        copy_row_end(&r, copy_int4(to, i));
    }
    copy_rows_number(&r, 7);
    assert_int_equal(r.count, 1000);
    assert_int_equal(r.bytes.len, 1000 * (2 + 12 + 8));
    for (int i = 0; i < 1000; i += 333) {
        const char *row = r.bytes.data + (size_t)i * 22;
        assert_memory_equal(row, "\0\2\0\0\0\x8\0\0\0\0\0\0\0\7\0\0\0\4", 18);
        assert_int_equal((unsigned char)row[20] * 256 + (unsigned char)row[21], i);
    }
    copy_rows_clear(&r);
    assert_int_equal(r.count + r.bytes.len, 0);
    copy_rows_free(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers), cmocka_unit_test(addresses),
        cmocka_unit_test(arrays),  cmocka_unit_test(arrays_of_a_length),
        cmocka_unit_test(rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
