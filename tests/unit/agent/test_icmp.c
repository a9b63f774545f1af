#include "tests/unit/check.h"

#include <errno.h>

#include "agent/io/icmp.h"
#include "common/alloc.h"

static const struct tag tag = {"\1\2\3\4\5\6\7\10"};

/* The sum of all 16-bit words of a message with a right checksum is ffff. */
static unsigned ones_sum(const uint8_t *bytes, size_t len)
{
    unsigned sum = 0;
    for (size_t i = 0; i < len; i++)
        sum += (unsigned)bytes[i] << (i & 1 ? 0 : 8);
    while (sum >> 16)
        sum = (sum & 0xffff) + (sum >> 16);
    return sum;
}

static void echo_of(int af, uint8_t *bytes, uint16_t id, uint32_t seq, size_t size)
{
    icmp_echo_write(af, id, seq, &tag, size, bytes);
    bytes[0] = af == 4 ? 0 : 129; /* as the other side turns it round */
}

static void writes_requests(void **state)
{
    for (size_t size = TAG_SIZE; size < TAG_SIZE + 4; size++) {
        uint8_t bytes[64];
        icmp_echo_write(4, 0xbeef, 0x10002, &tag, size, bytes);
        assert_int_equal(bytes[0], 8);
        assert_int_equal(ones_sum(bytes, ICMP_HEADER_SIZE + size), 0xffff);
        assert_memory_equal(bytes + 4, "\xbe\xef\0\2", 4);
        icmp_echo_write(6, 0xbeef, 7, &tag, size, bytes);
        assert_int_equal(bytes[0], 128);
    }
}

static void reads_replies(void **state)
{
    uint8_t good[ICMP_HEADER_SIZE + 20];
    uint32_t seq;
    for (int af = 4; af <= 6; af += 2) {
        echo_of(af, good, 77, 0x2000a, 20);
        assert_true(icmp_echo_read(af, good, sizeof good, 77, &tag, &seq));
        assert_int_equal(seq, 0x2000a);
        assert_true(icmp_echo_read(af, good, sizeof good, -1, &tag, &seq));
        assert_false(icmp_echo_read(10 - af, good, sizeof good, 77, &tag, &seq));
        assert_false(icmp_echo_read(af, good, sizeof good, 78, &tag, &seq));
        for (size_t len = 0; len < ICMP_HEADER_SIZE + TAG_SIZE; len++)
            assert_false(icmp_echo_read(af, good, len, 77, &tag, &seq));
        /* any bit of what identifies it, the checksum aside, makes it a stranger's */
        for (size_t bit = 0; bit < (ICMP_HEADER_SIZE + TAG_SIZE) * 8; bit++) {
            uint8_t bad[sizeof good];
            memcpy(bad, good, sizeof good);
            bad[bit / 8] ^= (uint8_t)(1 << bit % 8);
            bool upper_seq = bit / 8 >= ICMP_HEADER_SIZE + TAG_COOKIE_SIZE &&
                             bit / 8 < ICMP_HEADER_SIZE + TAG_COOKIE_SIZE + 2;
            bool checksum = bit / 8 == 2 || bit / 8 == 3;
            assert_int_equal(icmp_echo_read(af, bad, sizeof bad, 77, &tag, &seq), checksum || upper_seq);
        }
    }
}

static void reads_quotes(void **state)
{
    uint8_t request[ICMP_HEADER_SIZE + TAG_SIZE];
    uint16_t seq;
    for (int af = 4; af <= 6; af += 2) {
        icmp_echo_write(af, 500, 9, &tag, TAG_SIZE, request);
        assert_true(icmp_quote_read(af, request, sizeof request, 500, &seq));
        assert_int_equal(seq, 9);
        assert_true(icmp_quote_read(af, request, ICMP_HEADER_SIZE, 500, &seq)); /* RFC 792's 64 bits */
        assert_true(icmp_quote_read(af, request, ICMP_HEADER_SIZE, -1, &seq));
        assert_false(icmp_quote_read(af, request, sizeof request, 501, &seq));
        assert_false(icmp_quote_read(10 - af, request, sizeof request, 500, &seq));
        for (size_t len = 0; len < ICMP_HEADER_SIZE; len++)
            assert_false(icmp_quote_read(af, request, len, 500, &seq));
        request[0] = af == 4 ? 0 : 129; /* a quoted reply is not ours */
        assert_false(icmp_quote_read(af, request, sizeof request, 500, &seq));
    }
}

static void finds_tags(void **state)
{
    uint8_t packet[14 + 20 + 8 + TAG_SIZE + 6] = {0};
    uint32_t seq = 0;
    for (size_t at = 0; at + TAG_SIZE <= sizeof packet; at++) {
        memset(packet, 0xff, sizeof packet);
        tag_write(&tag, (uint32_t)(0x01020300 + at), packet + at);
        assert_true(tag_find(&tag, packet, sizeof packet, &seq));
        assert_int_equal(seq, 0x01020300 + at);
        assert_false(tag_find(&tag, packet, at + TAG_SIZE - 1, &seq)); /* cut in the number */
        assert_false(tag_find(&tag, packet, at + TAG_COOKIE_SIZE - 1, &seq));
    }
    assert_false(tag_find(&tag, packet, 0, &seq));
    assert_false(tag_find(&tag, NULL, 0, &seq));
    struct tag a, b;
    tag_make(&a);
    tag_make(&b);
    assert_memory_not_equal(&a, &b, sizeof a);
}

static void skips_ip_headers(void **state)
{
    static const struct {
        uint8_t first;
        size_t len;
        int expected;
    } rows[] = {
        {0x45, 28, 20},       {0x45, 20, 20},       {0x46, 28, 24},       {0x4f, 60, 60},       {0x4f, 59, -EBADMSG},
        {0x45, 19, -EBADMSG}, {0x44, 28, -EBADMSG}, {0x40, 28, -EBADMSG}, {0x65, 28, -EBADMSG}, {0x45, 0, -EBADMSG},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        uint8_t bytes[64] = {rows[i].first};
        assert_int_equal(icmp_skip_ip4(bytes, rows[i].len), rows[i].expected);
    }
}

static void names_errors(void **state)
{
    static const struct {
        int af;
        uint8_t type, code;
        enum icmp_class class;
        char atlas;
        const char *word;
    } rows[] = {
        {4, 3, 0, ICMP_CLASS_UNREACHABLE, 'N', "network_unreachable"},
        {4, 3, 3, ICMP_CLASS_PORT, 0, "port_unreachable"},
        {4, 3, 13, ICMP_CLASS_UNREACHABLE, 'A', "admin_prohibited"},
        {4, 3, 200, ICMP_CLASS_UNREACHABLE, 0, NULL},
        {4, 11, 0, ICMP_CLASS_EXPIRED, 0, "ttl_exceeded"},
        {4, 11, 1, ICMP_CLASS_OTHER, 0, "reassembly_timeout"},
        {4, 5, 0, ICMP_CLASS_OTHER, 0, NULL},
        {6, 1, 0, ICMP_CLASS_UNREACHABLE, 'N', "no_route"},
        {6, 1, 1, ICMP_CLASS_UNREACHABLE, 'A', "admin_prohibited"},
        {6, 1, 2, ICMP_CLASS_UNREACHABLE, 'h', "beyond_scope"},
        {6, 1, 3, ICMP_CLASS_UNREACHABLE, 'H', "host_unreachable"},
        {6, 1, 4, ICMP_CLASS_PORT, 0, "port_unreachable"},
        {6, 2, 0, ICMP_CLASS_TOO_BIG, 0, "too_big"},
        {6, 3, 0, ICMP_CLASS_EXPIRED, 0, "ttl_exceeded"},
        {6, 255, 255, ICMP_CLASS_OTHER, 0, NULL},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        assert_int_equal(icmp_error_class(rows[i].af, rows[i].type, rows[i].code), rows[i].class);
        assert_int_equal(icmp_error_atlas(rows[i].af, rows[i].type, rows[i].code), rows[i].atlas);
        const char *word = icmp_error_word(rows[i].af, rows[i].type, rows[i].code);
        if (rows[i].word)
            assert_string_equal(word, rows[i].word);
        else
            assert_null(word);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_requests), cmocka_unit_test(reads_replies),    cmocka_unit_test(reads_quotes),
        cmocka_unit_test(finds_tags),      cmocka_unit_test(skips_ip_headers), cmocka_unit_test(names_errors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
