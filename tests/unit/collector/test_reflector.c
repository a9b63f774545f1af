#include "tests/unit/check.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include "collector/http/keyed.h"
#include "collector/target/reflector.h"

#define SECOND_US INT64_C(1000000)

static struct sockaddr_storage address(const char *text, uint16_t port)
{
    struct sockaddr_storage s = {0};
    struct sockaddr_in *four = (struct sockaddr_in *)&s;
    struct sockaddr_in6 *six = (struct sockaddr_in6 *)&s;
    if (inet_pton(AF_INET, text, &four->sin_addr) == 1) {
        four->sin_family = AF_INET;
        four->sin_port = htons(port);
    } else {
        assert_int_equal(inet_pton(AF_INET6, text, &six->sin6_addr), 1);
        six->sin6_family = AF_INET6;
        six->sin6_port = htons(port);
    }
    return s;
}

/* Asks with this sequence number; false when there is no answer. */
static bool ask_at(struct reflector *r, const char *from, uint16_t port, uint16_t ssid, uint32_t seq, int64_t sent_ms,
                   int64_t at_us, struct stamp_reply *ret)
{
    struct sockaddr_storage addr = address(from, port);
    struct stamp_request q = {
        .seq = seq, .sent = stamp_time_make(sent_ms * 1000000), .clock = {.error = 1}, .ssid = ssid};
    uint8_t packet[STAMP_PACKET_SIZE];
    stamp_request_write(&q, sizeof packet, packet);
    struct reflector_packet p = {.from = (struct sockaddr *)&addr,
                                 .ttl = 59,
                                 .received = stamp_time_make(2000),
                                 .clock = {.error = 1},
                                 .mono_us = at_us};
    if (reflector_answer(r, &p, packet, sizeof packet) != sizeof packet)
        return false;
    assert_int_equal(stamp_reply_read(packet, sizeof packet, ret), 0);
    assert_int_equal(ret->sender_seq, seq);
    assert_int_equal(ret->ssid, ssid);
    assert_int_equal(ret->sender_ttl, 59);
    return true;
}

static bool ask(struct reflector *r, const char *from, uint16_t port, uint16_t ssid, uint32_t seq, int64_t at_us,
                struct stamp_reply *ret)
{
    return ask_at(r, from, port, ssid, seq, seq, at_us, ret);
}

/* Appendix A of the SipHash paper. */
static void hash_is_siphash(void **state)
{
    struct keyed key = {UINT64_C(0x0706050403020100), UINT64_C(0x0f0e0d0c0b0a0908)};
    uint8_t input[15];
    for (size_t i = 0; i < sizeof input; i++)
        input[i] = (uint8_t)i;
    assert_int_equal(keyed_hash(&key, input, sizeof input), UINT64_C(0xa129ca6149be45e5));
}

static void stateless_copies_the_number(void **state)
{
    struct reflector *r = reflector_new(false, 862, STAMP_TWAMP_REPLY, 1000, 1000);
    struct stamp_reply p;
    static const uint32_t numbers[] = {0, 5, 5, 1, UINT32_MAX};
    for (size_t i = 0; i < COUNT(numbers); i++) {
        assert_true(ask(r, "192.0.2.1", 40000, 0, numbers[i], SECOND_US, &p));
        assert_int_equal(p.seq, numbers[i]);
    }
    reflector_free(r);
}

static void stateful_counts_each_session(void **state)
{
    struct reflector *r = reflector_new(true, 862, STAMP_TWAMP_REPLY, 1000, 1000);
    struct stamp_reply p;
    static const struct {
        const char *from;
        uint16_t port, ssid;
        uint32_t seq, expected;
        int at_s;
    } cases[] = {
        {"192.0.2.1", 40000, 0, 0, 0, 1},    {"192.0.2.1", 40000, 0, 3, 1, 1},   /* two were lost on the way */
        {"192.0.2.1", 40001, 0, 0, 0, 1},                                        /* another port */
        {"192.0.2.1", 40000, 7, 0, 0, 1},                                        /* another SSID */
        {"192.0.2.2", 40000, 0, 0, 0, 1},    {"2001:db8::1", 40000, 0, 9, 0, 1}, /* other addresses */
        {"2001:db8::1", 40000, 0, 10, 1, 1}, {"192.0.2.1", 40000, 0, 4, 2, 899},
        {"192.0.2.1", 40000, 0, 5, 3, 1798}, {"192.0.2.1", 40000, 0, 6, 0, 2699}, /* silent for 901 s: a new session */
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_true(ask(r, cases[i].from, cases[i].port, cases[i].ssid, cases[i].seq, cases[i].at_s * SECOND_US, &p));
        assert_int_equal(p.seq, cases[i].expected);
    }
    reflector_free(r);
}

static void never_to_ports_that_serve(void **state)
{
    struct reflector *r = reflector_new(false, 8620, STAMP_TWAMP_REPLY, 1000, 1000);
    struct stamp_reply p;
    static const struct {
        uint16_t port;
        bool answered;
    } cases[] = {{0, false},   {7, false},   {53, false},   {862, false}, {1023, false},
                 {1024, true}, {8619, true}, {8620, false}, {8621, true}, {65535, true}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_int_equal(ask(r, "198.51.100.1", cases[i].port, 0, 1, SECOND_US, &p), cases[i].answered);
        assert_int_equal(ask(r, "2001:db8::1", cases[i].port, 0, 1, SECOND_US, &p), cases[i].answered);
    }
    reflector_free(r);
}

static void never_to_garbage(void **state)
{
    struct reflector *r = reflector_new(false, 862, STAMP_TWAMP_REPLY, 1000, 1000);
    struct sockaddr_storage addr = address("198.51.100.1", 40000);
    struct reflector_packet p = {.from = (struct sockaddr *)&addr, .mono_us = SECOND_US, .clock = {.error = 1}};
    uint8_t packet[100] = {[13] = 1};
    for (size_t len = 0; len < STAMP_TWAMP_REPLY; len++)
        assert_int_equal(reflector_answer(r, &p, packet, len), 0);
    packet[13] = 0; /* a multiplier of 0 */
    assert_int_equal(reflector_answer(r, &p, packet, STAMP_PACKET_SIZE), 0);
    packet[13] = 1;
    assert_int_equal(reflector_answer(r, &p, packet, STAMP_PACKET_SIZE), STAMP_PACKET_SIZE);
    reflector_free(r);
}

/* RFC 8762 section 4.6: the base packet for what is shorter; longer ones come
 * back as long as they were, TWAMP's padding as it was. */
static void twamp_senders_are_answered(void **state)
{
    static const struct {
        size_t least, len, answer;
    } rows[] = {
        {STAMP_TWAMP_REPLY, 14, 0},      {STAMP_TWAMP_REPLY, 40, 0},    {STAMP_TWAMP_REPLY, 41, 44},
        {STAMP_TWAMP_REPLY, 43, 44},     {STAMP_TWAMP_REPLY, 60, 60},   {STAMP_TWAMP_REQUEST, 13, 0},
        {STAMP_TWAMP_REQUEST, 14, 44},   {STAMP_TWAMP_REQUEST, 40, 44}, {STAMP_TWAMP_REQUEST, 41, 44},
        {STAMP_TWAMP_REQUEST, 300, 300},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        for (int padding = 0; padding <= 0x5a; padding += 0x5a) {
            struct reflector *r = reflector_new(true, 862, rows[i].least, 1000, 1000);
            struct sockaddr_storage addr = address("198.51.100.1", 40000);
            struct reflector_packet p = {.from = (struct sockaddr *)&addr,
                                         .ttl = 60,
                                         .received = stamp_time_make(1),
                                         .mono_us = SECOND_US,
                                         .clock = {.error = 1}};
            struct stamp_reply back;
            uint8_t packet[300] = {[3] = 9, [7] = 1, [13] = 1};
            memset(packet + 14, padding, rows[i].len > 14 ? rows[i].len - 14 : 0);
            assert_int_equal(reflector_answer(r, &p, packet, rows[i].len), rows[i].answer);
            if (rows[i].answer > 0) {
                assert_int_equal(stamp_reply_read(packet, rows[i].answer, &back), 0);
                assert_int_equal(back.sender_seq, 9);
                assert_int_equal(back.sender_ttl, 60);
                assert_int_equal(back.ssid, 0); /* padding is no session's name */
            }
            for (size_t at = STAMP_PACKET_SIZE; at < rows[i].answer; at++)
                assert_int_equal(packet[at], padding);
            reflector_free(r);
        }
    }
}

/* A number no higher than one before, sent after it, is another session's. */
static void a_sender_that_starts_anew_is_counted_anew(void **state)
{
    static const struct {
        uint32_t seq;
        int64_t sent_ms;
        uint32_t expected;
    } rows[] = {
        {0, 100, 0},  {1, 120, 1},  {1, 120, 2}, /* twice on the way */
        {4, 180, 3},  {3, 160, 4},               /* overtaken */
        {0, 100, 5},                             /* the first, very late */
        {5, 200, 6},  {0, 5000, 0},              /* anew */
        {1, 5020, 1}, {1, 9000, 0},              /* anew, by a sender that begins with 1 */
        {2, 9020, 1}, {3, 8000, 2},              /* whose clock was set back */
    };
    struct reflector *r = reflector_new(true, 862, STAMP_TWAMP_REPLY, 1000, 1000);
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct stamp_reply p;
        assert_true(ask_at(r, "192.0.2.1", 40000, 0, rows[i].seq, rows[i].sent_ms, SECOND_US, &p));
        if (p.seq != rows[i].expected)
            fail_msg("row %zu: %u is not %u", i, p.seq, rows[i].expected);
    }
    reflector_free(r);
}

/* Whatever a reflector answered, another one does not answer it in turn. */
static void never_to_a_reflectors_answer(void **state)
{
    struct sockaddr_storage addr = address("198.51.100.1", 40000);
    for (int mode = 0; mode < 4; mode++) {
        struct reflector *one = reflector_new(mode & 1, 8620, STAMP_TWAMP_REPLY, 1000, 1000),
                         *other = reflector_new(mode & 2, 8621, STAMP_TWAMP_REPLY, 1000, 1000);
        struct reflector_packet p = {.from = (struct sockaddr *)&addr,
                                     .ttl = 255,
                                     .received = stamp_time_make(1),
                                     .mono_us = SECOND_US,
                                     .clock = {.error = 1}};
        uint8_t packet[STAMP_PACKET_SIZE] = {[13] = 1};
        assert_true(0 < reflector_answer(one, &p, packet, sizeof packet));
        assert_false(0 < reflector_answer(other, &p, packet, sizeof packet));
        /* Random padding, a TWAMP sender's, is still a request. */
        memset(packet + 14, 0xa5, sizeof packet - 14);
        assert_true(0 < reflector_answer(other, &p, packet, sizeof packet));
        reflector_free(one);
        reflector_free(other);
    }
}

static unsigned count(struct limiter *l, const char *from, unsigned tries, int64_t at_us)
{
    struct sockaddr_storage addr = address(from, 40000);
    unsigned allowed = 0;
    for (unsigned i = 0; i < tries; i++)
        allowed += limiter_allow(l, (struct sockaddr *)&addr, at_us);
    return allowed;
}

static void limits_each_prefix(void **state)
{
    struct limiter *l = limiter_new(10, 10, 1000);
    assert_int_equal(count(l, "192.0.2.1", 20, SECOND_US), 10);
    assert_int_equal(count(l, "192.0.2.200", 5, SECOND_US), 0);      /* the same /24 */
    assert_int_equal(count(l, "::ffff:192.0.2.9", 5, SECOND_US), 0); /* and in IPv6's clothes */
    assert_int_equal(count(l, "192.0.3.1", 5, SECOND_US), 5);        /* another */
    assert_int_equal(count(l, "2001:db8:1::1", 20, SECOND_US), 10);
    assert_int_equal(count(l, "2001:db8:1:ffff::1", 5, SECOND_US), 0); /* the same /48 */
    assert_int_equal(count(l, "2001:db8:2::1", 5, SECOND_US), 5);
    assert_int_equal(count(l, "192.0.2.1", 20, SECOND_US + SECOND_US / 2), 5);
    assert_int_equal(count(l, "192.0.2.1", 20, SECOND_US), 0);         /* a clock that goes back gives nothing */
    assert_int_equal(count(l, "192.0.2.1", 50, 3600 * SECOND_US), 10); /* nor does a long rest give more */
    limiter_free(l);
}

static void limits_the_sum(void **state)
{
    struct limiter *l = limiter_new(10, 10, 100);
    unsigned allowed = 0;
    for (unsigned i = 0; i < 256; i++) {
        char from[16];
        snprintf(from, sizeof from, "10.0.%u.1", i);
        allowed += count(l, from, 10, SECOND_US);
    }
    assert_int_equal(allowed, 100);
    limiter_free(l);
}

/* However many sessions strangers begin, one that is alive keeps its count or
 * is answered without state; it never sees another's. */
static void a_flood_of_sessions_mixes_nothing(void **state)
{
    struct reflector *r = reflector_new(true, 862, STAMP_TWAMP_REPLY, 1e9, 1e9);
    struct stamp_reply p;
    unsigned counted = 0;
    for (uint32_t i = 0; i < 30000; i++) {
        char from[24];
        snprintf(from, sizeof from, "10.%u.%u.1", i >> 8 & 255, i & 255);
        assert_true(ask(r, from, 40000, 1, 1000000, SECOND_US, &p));
        assert_true(p.seq == 0 || p.seq == 1000000);
        counted += p.seq == 0;
    }
    assert_true(counted > 6000 && counted <= 8192);
    /* The flood has been silent for long enough: its places are free again. */
    assert_true(ask(r, "192.0.2.1", 40000, 0, 77, 60 * SECOND_US, &p));
    assert_int_equal(p.seq, 0);
    assert_true(ask(r, "192.0.2.1", 40000, 0, 78, 61 * SECOND_US, &p));
    assert_int_equal(p.seq, 1);
    reflector_free(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hash_is_siphash),
        cmocka_unit_test(stateless_copies_the_number),
        cmocka_unit_test(stateful_counts_each_session),
        cmocka_unit_test(never_to_ports_that_serve),
        cmocka_unit_test(never_to_garbage),
        cmocka_unit_test(twamp_senders_are_answered),
        cmocka_unit_test(a_sender_that_starts_anew_is_counted_anew),
        cmocka_unit_test(never_to_a_reflectors_answer),
        cmocka_unit_test(limits_each_prefix),
        cmocka_unit_test(limits_the_sum),
        cmocka_unit_test(a_flood_of_sessions_mixes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
