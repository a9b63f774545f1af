#include "tests/unit/check.h"

#include <errno.h>

#include "common/zst.h"

static void round_trip_and_bounds(void **state)
{
    struct buf plain = {0}, packed = {0}, back = {0};
    struct fault f;
    for (int i = 0; i < 20000; i++)
        buf_addf(&plain, "{\"rtt_ms\":%d}\n", i % 97);
    zst_pack(plain.data, plain.len, &packed);
    assert_true(packed.len < plain.len / 10);
    assert_int_equal(zst_unpack(packed.data, packed.len, plain.len, &back, &f), 0);
    assert_int_equal(back.len, plain.len);
    assert_memory_equal(back.data, plain.data, plain.len);
    buf_clear(&back);
    assert_int_equal(zst_unpack(packed.data, packed.len, plain.len - 1, &back, &f), -EFBIG);
    for (size_t cut = 0; cut < packed.len; cut += 7) {
        buf_clear(&back);
        assert_int_equal(zst_unpack(packed.data, cut, plain.len, &back, &f), -EBADMSG);
    }
    buf_add_char(&packed, 'x');
    buf_clear(&back);
    assert_int_equal(zst_unpack(packed.data, packed.len, plain.len, &back, &f), -EBADMSG);
    buf_clear(&back);
    assert_int_equal(zst_unpack("not zstd at all", 15, 100, &back, &f), -EBADMSG);
    buf_free(&plain);
    buf_free(&packed);
    buf_free(&back);
}

/* 64 MiB of zeros in a few kilobytes: stopped at the bound, memory stays small. */
static void stops_a_bomb(void **state)
{
    struct buf zeros = {0}, bomb = {0}, out = {0};
    struct fault f;
    buf_reserve(&zeros, 64 << 20);
    memset(zeros.data, 0, 64 << 20);
    zeros.len = 64 << 20;
    zst_pack(zeros.data, zeros.len, &bomb);
    assert_true(bomb.len < 16384);
    assert_int_equal(zst_unpack(bomb.data, bomb.len, 1 << 20, &out, &f), -EFBIG);
    assert_true(out.cap < 4 << 20);
    buf_free(&zeros);
    buf_free(&bomb);
    buf_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(round_trip_and_bounds), cmocka_unit_test(stops_a_bomb)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
