#include "tests/unit/check.h"

#include "collector/figure/given.h"
#include "common/alloc.h"

static void medians_of_joined_sketches(void **state)
{
    static const struct {
        int16_t buckets[4];
        int32_t counts[4];
        size_t length;
        int64_t samples;
        double value; /* 1.02^… */
    } cases[] = {
        {{10000}, {1}, 1, 1, 1.0099504938362078},
        {{10000, 10010, 10001, 10010}, {1, 1, 2, 1}, 4, 5, 1.030149503712932},
        {{0, 10000}, {1, 1}, 2, 2, 1.0099504938362078 / 2},
        {{10005, 10000}, {0, 3}, 2, 3, 1.0099504938362078},
        {{10000}, {0}, 1, 0, 0},
        {{0}, {0}, 0, 0, 0},
    };
    for (size_t c = 0; c < COUNT(cases); c++) {
        char row[512], *to = row;
        _cleanup_(buf_free) struct buf room = {0};
        _cleanup_(copy_rows_free) struct copy_rows out = {0};
        to = copy_int4(copy_int4(to, 8766), 7);
        to = c % 2 ? copy_bytes(to, "ipv4", 4) : copy_null(to);
        to = copy_int8(to, 3);
        to = cases[c].length ? copy_int2s(to, cases[c].buckets, cases[c].length) : copy_null(to);
        to = cases[c].length ? copy_int4s(to, cases[c].counts, cases[c].length) : copy_null(to);
        given_row(&(struct copy_out){.at = (unsigned char *)row, .end = (unsigned char *)to}, &room, &out);
        char wanted[128], *end = memcpy(wanted, "\0\6", 2);
        end = copy_int4(copy_int4(end + 2, 8766), 7);
        end = c % 2 ? copy_bytes(end, "ipv4", 4) : copy_null(end);
        end = cases[c].samples ? copy_double(end, cases[c].value) : copy_null(end);
        end = copy_int8(copy_int8(end, cases[c].samples), 3);
        assert_int_equal(out.count, 1);
        assert_int_equal(out.bytes.len, (size_t)(end - wanted));
        assert_memory_equal(out.bytes.data, wanted, out.bytes.len);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(medians_of_joined_sketches)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
