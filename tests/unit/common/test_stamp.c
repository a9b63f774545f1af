#include "tests/unit/check.h"

#include <errno.h>
#include <math.h>

#include "common/stamp.h"

#define SECOND_NS INT64_C(1000000000)

static void time_counts_from_1900(void **state)
{
    /* RFC 5905 figure 4: 1970-01-01 is second 2 208 988 800. */
    assert_int_equal(stamp_time_make(0), UINT64_C(2208988800) << 32);
    assert_int_equal(stamp_time_make(SECOND_NS / 2), UINT64_C(2208988800) << 32 | 0x80000000u);
    assert_int_equal(stamp_time_make(-SECOND_NS / 2), UINT64_C(2208988799) << 32 | 0x80000000u);
}

static void spans(void **state)
{
    static const struct {
        int64_t from, to;
    } cases[] = {
        {0, 0},
        {0, 1},
        {1, 0},
        {0, 999999999},
        {INT64_C(1763784000123456789), INT64_C(1763784000123456790)},
        {INT64_C(1763784000123456789), INT64_C(1763784300000000001)},
        {INT64_C(1763784300000000001), INT64_C(1763784000123456789)},
        /* The era ends at 2036-02-07 06:28:16 UTC. */
        {INT64_C(2085978495) * SECOND_NS + 999999999, INT64_C(2085978496) * SECOND_NS},
        {INT64_C(2085978497) * SECOND_NS, INT64_C(2085978495) * SECOND_NS + 17},
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        assert_int_equal(stamp_time_between(stamp_time_make(cases[i].from), stamp_time_make(cases[i].to)),
                         cases[i].to - cases[i].from);
}

static void error_estimates(void **state)
{
    static const double errors[] = {1e-9, 1e-6, 0.0005, 0.02, 1, 16, 1e6};
    for (size_t i = 0; i < COUNT(errors); i++) {
        struct stamp_clock c = {.synced = i % 2, .ptp = i % 3 == 0, .error = errors[i]}, back;
        assert_int_equal(stamp_clock_read(stamp_clock_write(&c), &back), 0);
        assert_int_equal(back.synced, c.synced);
        assert_int_equal(back.ptp, c.ptp);
        assert_true(back.error >= errors[i] && back.error <= errors[i] * 1.01 + 0x1p-32);
    }
    struct stamp_clock zero = {.error = 0}, back;
    assert_int_equal(stamp_clock_write(&zero) & 0xff, 1); /* the multiplier is never 0 */
    struct stamp_clock endless = {.error = INFINITY};
    assert_int_equal(stamp_clock_write(&endless), 0x3fff);
    assert_int_equal(stamp_clock_read(0x8000, &back), -EBADMSG);
    assert_int_equal(stamp_clock_read(0xa001, &back), 0);
    assert_true(back.synced && !back.ptp && back.error == 1.0);
}

static void request_on_the_wire(void **state)
{
    static const uint8_t expected[] = {
        0,    0,    0,    7,    0xec, 0xcd, 0x1b, 0x40, 0x80, 0, 0, 0, 0x99, 0x80, 0x12, 0x34, /* … SSID */
        0,    0,    0,    0,    0,    0,    0,    0,    0,    0, 0, 0, 0,    0,    0,    0,    /* zero */
        0,    0,    0,    0,    0,    0,    0,    0,    0,    0, 0, 0,                         /* zero */
        0x80, 0x01, 0x00, 0x03, 0,    0,    0,                                                 /* padding TLV */
    };
    struct stamp_request q = {.seq = 7,
                              .sent = UINT64_C(0xeccd1b4080000000),
                              .clock = {.synced = true, .error = 1}, /* 128 * 2^(25-32) */
                              .ssid = 0x1234},
                         back;
    uint8_t packet[sizeof expected + 1];
    packet[sizeof expected] = 0xee;
    stamp_request_write(&q, sizeof expected, packet);
    assert_memory_equal(packet, expected, sizeof expected);
    assert_int_equal(packet[sizeof expected], 0xee);
    assert_int_equal(stamp_request_read(packet, sizeof expected, &back), 0);
    assert_int_equal(back.seq, 7);
    assert_int_equal(back.sent, q.sent);
    assert_int_equal(back.ssid, 0x1234);
    assert_true(back.clock.synced);
    for (size_t len = 0; len < STAMP_TWAMP_REQUEST; len++)
        assert_int_equal(stamp_request_read(packet, len, &back), -EBADMSG);
    packet[13] = 0; /* multiplier */
    assert_int_equal(stamp_request_read(packet, sizeof expected, &back), -EBADMSG);
}

static void reply_keeps_what_the_sender_wrote(void **state)
{
    struct stamp_request q = {.seq = 41, .sent = stamp_time_make(5 * SECOND_NS), .clock = {.error = 0.25}, .ssid = 9};
    struct stamp_reply p = {.seq = 3,
                            .sent = stamp_time_make(5 * SECOND_NS + 2000),
                            .received = stamp_time_make(5 * SECOND_NS + 1000),
                            .clock = {.synced = true, .error = 0.001},
                            .ssid = 9,
                            .sender_seq = 41,
                            .sender_ttl = 61},
                       back;
    uint8_t packet[STAMP_PACKET_SIZE];
    stamp_request_write(&q, sizeof packet, packet);
    assert_int_equal(stamp_reply_write(&p, packet, sizeof packet), sizeof packet);
    stamp_reply_time(packet, stamp_time_make(5 * SECOND_NS + 3000));
    assert_int_equal(stamp_reply_read(packet, sizeof packet, &back), 0);
    assert_int_equal(back.seq, 3);
    assert_int_equal(back.sender_seq, 41);
    assert_int_equal(back.sender_sent, q.sent);
    assert_int_equal(back.sender_ttl, 61);
    assert_int_equal(back.ssid, 9);
    assert_true(back.clock.synced);
    assert_false(back.sender_clock.synced);
    assert_true(back.sender_clock.error == 0.25);
    assert_int_equal(stamp_time_between(back.received, back.sent), 2000);
    for (size_t len = 0; len < STAMP_TWAMP_REPLY; len++)
        assert_int_equal(stamp_reply_read(packet, len, &back), -EBADMSG);
    for (size_t len = STAMP_TWAMP_REPLY; len < STAMP_PACKET_SIZE; len++)
        assert_int_equal(stamp_reply_read(packet, len, &back), 0);
}

static void ptp_times(void **state)
{
    uint8_t packet[STAMP_PACKET_SIZE] = {[12] = 0x40, [13] = 1, [37] = 1};
    struct stamp_reply back;
    packet[7] = 10;  /* T3: 10 s */
    packet[11] = 9;  /* and 9 ns */
    packet[19] = 9;  /* T2: 9 s */
    packet[23] = 10; /* and 10 ns */
    assert_int_equal(stamp_reply_read(packet, sizeof packet, &back), 0);
    assert_true(back.clock.ptp && !back.sender_clock.ptp);
    assert_int_equal(stamp_time_between(back.received, back.sent), 999999999);
    memset(packet + 20, 0xff, 4); /* 4.29e9 ns */
    assert_int_equal(stamp_reply_read(packet, sizeof packet, &back), -EBADMSG);
    packet[12] = 0; /* in the NTP format the same octets are a fraction */
    assert_int_equal(stamp_reply_read(packet, sizeof packet, &back), 0);
}

/* Flags that the reflector gives each TLV; values stay. */
static void tlvs_come_back(void **state)
{
    static const struct {
        uint8_t sent[16];
        size_t len;
        uint8_t back[16];
    } cases[] = {
        {{0}, 0, {0}},
        {{0x80, 1, 0, 2, 7, 8}, 6, {0x00, 1, 0, 2, 7, 8}},
        {{0x80, 9, 0, 2, 7, 8}, 6, {0x80, 9, 0, 2, 7, 8}},
        {{0x80, 1, 0, 0, 0x80, 4, 0, 0}, 8, {0x00, 1, 0, 0, 0x80, 4, 0, 0}},
        {{0x80, 1, 0, 3, 7, 8}, 6, {0x40, 1, 0, 3, 7, 8}}, /* longer than the packet */
        {{0x80, 1, 0xff, 0xff, 7, 8}, 6, {0x40, 1, 0xff, 0xff, 7, 8}},
        {{0x80}, 1, {0x40}}, /* shorter than a TLV's head */
        {{0x80, 1, 0}, 3, {0x40, 1, 0}},
        {{0x80, 1, 0, 1, 5, 0x80, 1}, 7, {0x00, 1, 0, 1, 5, 0x40, 1}},
        {{0, 0, 0, 0, 0, 0, 0, 0, 0}, 9, {0}}, /* TWAMP's padding */
        {{0x7f, 1, 0, 1, 5}, 5, {0x7f, 1, 0, 1, 5}},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        uint8_t packet[STAMP_PACKET_SIZE + 17] = {[13] = 1};
        struct stamp_reply p = {.clock = {.error = 1}};
        memcpy(packet + STAMP_PACKET_SIZE, cases[i].sent, cases[i].len);
        packet[STAMP_PACKET_SIZE + cases[i].len] = 0xee;
        assert_int_equal(stamp_reply_write(&p, packet, STAMP_PACKET_SIZE + cases[i].len),
                         STAMP_PACKET_SIZE + cases[i].len);
        assert_memory_equal(packet + STAMP_PACKET_SIZE, cases[i].back, cases[i].len);
        assert_int_equal(packet[STAMP_PACKET_SIZE + cases[i].len], 0xee);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(time_counts_from_1900),
        cmocka_unit_test(spans),
        cmocka_unit_test(error_estimates),
        cmocka_unit_test(request_on_the_wire),
        cmocka_unit_test(reply_keeps_what_the_sender_wrote),
        cmocka_unit_test(ptp_times),
        cmocka_unit_test(tlvs_come_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
