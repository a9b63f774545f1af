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
    for (int off = -1; off <= 1; off += 2)
        assert_int_equal(zst_unpack(packed.data, packed.len, plain.len + (size_t)off, &back, &f), -EBADMSG);
    for (size_t cut = 0; cut < packed.len; cut++)
        assert_int_equal(zst_unpack(packed.data, cut, plain.len, &back, &f), -EBADMSG);
    buf_add_char(&packed, 'x');
    assert_int_equal(zst_unpack(packed.data, packed.len, plain.len, &back, &f), -EBADMSG);
    assert_int_equal(zst_unpack("not zstd at all", 15, 100, &back, &f), -EBADMSG);
    assert_int_equal(back.len, 0);
    buf_free(&plain);
    buf_free(&packed);
    buf_free(&back);
}

/* Nothing is a frame of its own, too: 9 octets. */
static void nothing_packed(void **state)
{
    struct buf packed = {0}, back = {0};
    struct fault f;
    zst_pack("", 0, &packed);
    assert_int_equal(zst_unpack(packed.data, packed.len, 0, &back, &f), 0);
    assert_int_equal(back.len, 0);
    buf_free(&packed);
    buf_free(&back);
}

/* 64 MiB of zeros in a few kilobytes, which the frame owns up to or not. */
static void stops_a_bomb(void **state)
{
    struct buf zeros = {0}, bomb = {0}, out = {0};
    struct fault f;
    buf_reserve(&zeros, 64 << 20);
    memset(zeros.data, 0, 64 << 20);
    zeros.len = 64 << 20;
    zst_pack(zeros.data, zeros.len, &bomb);
    assert_true(bomb.len < 16384);
    assert_int_equal(zst_unpack(bomb.data, bomb.len, 1 << 20, &out, &f), -EBADMSG);
    /* Magic, descriptor, window, then the size in four octets: now it lies. */
    assert_int_equal((uint8_t)bomb.data[4] >> 6, 2);
    memcpy(bomb.data + 6, "\0\0\x10\0", 4);
    assert_int_equal(zst_unpack(bomb.data, bomb.len, 1 << 20, &out, &f), -EBADMSG);
    assert_non_null(strstr(f.text, "does not unpack"));
    assert_true(out.cap < 4 << 20);
    buf_free(&zeros);
    buf_free(&bomb);
    buf_free(&out);
}

/* What an agent may write (limits.h) has one window; what is longer would have a shorter one. */
static void window_is_the_whole(void **state)
{
    for (size_t len = 1; len <= ZST_WHOLE_MAX + 1; len = len < ZST_WHOLE_MAX ? len * 2 : len + 1) {
        struct buf plain = {0}, packed = {0}, back = {0};
        struct fault f = {0};
        buf_reserve(&plain, len);
        memset(plain.data, 'a', len);
        zst_pack(plain.data, len, &packed);
        int r = zst_unpack(packed.data, packed.len, len, &back, &f);
        assert_int_equal(r, len <= ZST_WHOLE_MAX ? 0 : -EBADMSG);
        if (r < 0)
            assert_non_null(strstr(f.text, "shorter than its content"));
        else
            assert_memory_equal(back.data, plain.data, len);
        buf_free(&plain);
        buf_free(&packed);
        buf_free(&back);
    }
}

/* A raw block, the last one, behind a header of the row's. */
static void frames_of_another_make(void **state)
{
    static const struct {
        const char *frame;
        size_t len;
        const char *says; /* NULL: it is fine */
    } rows[] = {
        {"\x28\xb5\x2f\xfd\x20\x02\x11\0\0{}", 11, NULL},
        {"\x28\xb5\x2f\xfd\x00\x88\x11\0\0{}", 11, "does not tell"},
        {"\x28\xb5\x2f\xfd\x21\x07\x02\x11\0\0{}", 12, "dictionary"},
        {"\x28\xb5\x2f\xfd\x28\x02\x11\0\0{}", 11, "not a zstd frame"}, /* the reserved bit */
        {"\x28\xb5\x2f\xfd\x80\x68\x02\0\0\0\x11\0\0{}", 15, NULL},     /* a window of 8 MiB */
        {"\x28\xb5\x2f\xfd\x80\x69\x02\0\0\0\x11\0\0{}", 15, "window"}, /* and an eighth */
        {"\x28\xb5\x2f\xfd\x80\xa8\x02\0\0\0\x11\0\0{}", 15, "window"}, /* 2^31 */
        {"\x28\xb5\x2f\xfd\x20\x02\x10\0\0{}", 11, "not a whole"},      /* no last block */
        {"\x28\xb5\x2f\xfd\x20\x02\x17\0\0{}", 11, "not a whole"},      /* a block of no known type */
        {"\x50\x2a\x4d\x18\x02\0\0\0{}", 10, "not a zstd frame"},
        {"", 0, "not a zstd frame"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct buf out = {0};
        struct fault f = {0};
        int r = zst_unpack(rows[i].frame, rows[i].len, 2, &out, &f);
        if (r != (rows[i].says ? -EBADMSG : 0) || (rows[i].says && !strstr(f.text, rows[i].says)))
            fail_msg("row %zu: %d, %s", i, r, f.text);
        buf_free(&out);
    }
    /* A frame may end in a checksum of its content. */
    char sum[] = "\x28"
                 "\xb5"
                 "\x2f"
                 "\xfd"
                 "\x24"
                 "\x02"
                 "\x11"
                 "\x00"
                 "\x00"
                 "\x7b"
                 "\x7d"
                 "\xd1"
                 "\x94"
                 "\xf2"
                 "\x7a";
    struct buf out = {0};
    struct fault f;
    assert_int_equal(zst_unpack(sum, sizeof sum - 1, 2, &out, &f), 0);
    sum[sizeof sum - 2] ^= 1;
    assert_int_equal(zst_unpack(sum, sizeof sum - 1, 2, &out, &f), -EBADMSG);
    buf_free(&out);
}

/* One block of as many octets a, which the frame's one segment holds. */
static void blocks_have_a_limit(void **state)
{
    static const struct {
        uint32_t size;
        int r;
    } rows[] = {{1, 0}, {128 << 10, 0}, {(128 << 10) + 1, -EBADMSG}, {(1 << 21) - 1, -EBADMSG}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        uint32_t n = rows[i].size, block = n << 3 | 1 << 1 | 1;
        struct buf frame = {0}, out = {0};
        struct fault f = {0};
        buf_add(&frame, "\x28\xb5\x2f\xfd\xa0", 5);
        for (int bit = 0; bit < 32; bit += 8)
            buf_add_char(&frame, (char)(n >> bit));
        for (int bit = 0; bit < 24; bit += 8)
            buf_add_char(&frame, (char)(block >> bit));
        buf_add_char(&frame, 'a');
        if (zst_unpack(frame.data, frame.len, n, &out, &f) != rows[i].r)
            fail_msg("%u: %s", n, f.text);
        buf_free(&frame);
        buf_free(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(round_trip_and_bounds),  cmocka_unit_test(nothing_packed),
                                       cmocka_unit_test(stops_a_bomb),           cmocka_unit_test(window_is_the_whole),
                                       cmocka_unit_test(frames_of_another_make), cmocka_unit_test(blocks_have_a_limit)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
