#include "tests/unit/check.h"

#include <errno.h>

#include "agent/dns/record.h"

/* An answer to "nic.bj A" by hand: header, question, two A records and a TXT,
 * names compressed. */
static const uint8_t answer[] = "\x12\x34\x81\x80\0\1\0\3\0\0\0\0"
                                "\3nic\2bj\0\0\1\0\1"
                                "\xc0\x0c\0\1\0\1\0\0\x0e\x10\0\4\xc0\0\2\1"
                                "\xc0\x0c\0\1\0\1\0\0\x0e\x10\0\4\xc0\0\2\2"
                                "\xc0\x0c\0\x10\0\1\0\0\0\x3c\0\6\5a\tb\xe9\"";
#define ANSWER_SIZE (sizeof answer - 1)

static const struct packet_query query = {.name = "nic.bj", .type = "A", .id = 0x1234, .rd = true};

static void writes_queries(void **state)
{
    static const struct {
        struct packet_query query;
        const char *bytes;
        size_t len;
    } rows[] = {
        {{.name = "nic.bj", .type = "A", .id = 0x1234, .rd = true},
         "\x12\x34\1\0\0\1\0\0\0\0\0\0\3nic\2bj\0\0\1\0\1",
         24},
        {{.name = "nic.bj.", .type = "aaaa", .id = 1}, "\0\1\0\0\0\1\0\0\0\0\0\0\3nic\2bj\0\0\x1c\0\1", 24},
        {{.name = ".", .type = "NS", .id = 1, .bufsize = 1232},
         "\0\1\0\0\0\1\0\0\0\0\0\1\0\0\2\0\1\0\0\x29\4\xd0\0\0\0\0\0\0",
         28},
        {{.name = "bj", .type = "TYPE65", .id = 1, .rd = true, .dnssec_ok = true, .bufsize = 4096},
         "\0\1\1\0\0\1\0\0\0\0\0\1\2bj\0\0\x41\0\1\0\0\x29\x10\0\0\0\x80\0\0\0",
         31},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct buf wire = {0};
        struct fault f = {0};
        assert_int_equal(packet_write(&rows[i].query, &wire, &f), 0);
        assert_int_equal(wire.len, rows[i].len);
        assert_memory_equal(wire.data, rows[i].bytes, rows[i].len);
        buf_free(&wire);
    }
}

/* RFC 5936 section 2.1: type 252, and nothing else. */
static void writes_a_transfer(void **state)
{
    const struct packet_query q = {.name = "bj", .transfer = true, .id = 1};
    static const uint8_t first[] = "\0\1\x84\0\0\1\0\0\0\0\0\0\2bj\0\0\xfc\0\1";
    struct buf wire = {0};
    struct fault f = {0};
    struct packet *p = NULL;
    assert_int_equal(packet_write(&q, &wire, &f), 0);
    assert_int_equal(wire.len, 20);
    assert_memory_equal(wire.data + 12, "\2bj\0\0\xfc\0\1", 8);
    assert_int_equal(packet_read(first, sizeof first - 1, &p), 0);
    assert_true(packet_matches(p, &q));
    assert_false(packet_matches(p, &(struct packet_query){.name = "bj", .type = "SOA"}));
    packet_free(p);
    buf_free(&wire);
}

/* The header's third and fourth octet, and how many OPT records follow. */
static void reads_the_header(void **state)
{
    static const struct {
        uint8_t flags[2], opts;
        bool rd, ra, cd, z;
    } rows[] = {
        {{0x84, 0x00}, 0, false, false, false, false}, {{0x85, 0x00}, 1, true, false, false, false},
        {{0x84, 0x80}, 1, false, true, false, false},  {{0x84, 0x10}, 2, false, false, true, false},
        {{0x84, 0x40}, 2, false, false, false, true},  {{0x85, 0xf0}, 3, true, true, true, true},
    };
    static const uint8_t opt[] = "\0\0\x29\x10\0\0\0\0\0\0";
    for (size_t i = 0; i < COUNT(rows); i++) {
        uint8_t wire[128] = "\0\1\0\0\0\1\0\0\0\0\0\0\2bj\0\0\6\0\1";
        size_t len = 20;
        struct packet *p = NULL;
        memcpy(wire + 2, rows[i].flags, 2);
        wire[11] = rows[i].opts;
        for (int n = 0; n < rows[i].opts; n++, len += sizeof opt)
            memcpy(wire + len, opt, sizeof opt);
        assert_int_equal(packet_read(wire, len, &p), 0);
        assert_int_equal(packet_opts(p), rows[i].opts);
        assert_int_equal(packet_recursion_desired(p), rows[i].rd);
        assert_int_equal(packet_recursion_available(p), rows[i].ra);
        assert_int_equal(packet_checking_disabled(p), rows[i].cd);
        assert_int_equal(packet_reserved(p), rows[i].z);
        packet_free(p);
    }
}

static void refuses_queries(void **state)
{
    static const struct {
        const char *name, *type, *named;
    } rows[] = {
        {"nic.bj", "NOTATYPE", "NOTATYPE"},
        {"nic.bj", "AXFR", "AXFR"},
        {"nic.bj", "OPT", "OPT"},
        {"nic.bj", "", ""},
        {"a..b", "A", "a..b"},
        {"", "A", ""},
        {"0123456789012345678901234567890123456789012345678901234567890123456789.bj", "A", "0123"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct packet_query q = {.name = rows[i].name, .type = rows[i].type};
        struct buf wire = {0};
        struct fault f = {0};
        assert_int_equal(packet_write(&q, &wire, &f), -EINVAL);
        assert_non_null(strstr(f.text, rows[i].named));
        assert_int_equal(wire.len, 0);
        buf_free(&wire);
    }
}

static void knows_what_a_zone_signs(void **state)
{
    static const char *const yes[] = {"A", "soa", "DS", "DNSKEY", "NSEC", "TYPE65", "TYPE65280", "CAA"};
    static const char *const no[] = {"ANY",   "RRSIG", "SIG",     "OPT",     "TSIG",    "TKEY",    "AXFR",  "IXFR",
                                     "MAILB", "TYPE0", "TYPE251", "TYPE252", "TYPE255", "TYPE128", "NOTYPE"};
    for (size_t i = 0; i < COUNT(yes); i++) {
        if (!packet_type_signed(yes[i]))
            fail_msg("%s", yes[i]);
    }
    for (size_t i = 0; i < COUNT(no); i++) {
        if (packet_type_signed(no[i]))
            fail_msg("%s", no[i]);
    }
}

static void reads_answers(void **state)
{
    struct packet *p = NULL;
    assert_int_equal(packet_peek_id(answer, ANSWER_SIZE), 0x1234);
    assert_int_equal(packet_peek_id(answer, 1), -1);
    assert_int_equal(packet_read(answer, ANSWER_SIZE, &p), 0);
    assert_true(packet_is_answer(p));
    assert_false(packet_truncated(p));
    assert_int_equal(packet_rcode(p), 0);
    assert_true(packet_matches(p, &query));
    assert_true(packet_matches(p, &(struct packet_query){.name = "NIC.Bj.", .type = "a"}));
    assert_false(packet_matches(p, &(struct packet_query){.name = "nic.bj", .type = "AAAA"}));
    assert_false(packet_matches(p, &(struct packet_query){.name = "nic.tg", .type = "A"}));
    json_t *detail = json_object();
    record_report(p, detail);
    char *text = json_dumps(detail, JSON_COMPACT);
    assert_string_equal(
        text, "{\"flags\":[\"qr\",\"rd\",\"ra\"],\"counts\":[1,3,0,0],\"answers\":["
              "{\"name\":\"nic.bj.\",\"type\":\"A\",\"ttl\":3600,\"data\":\"192.0.2.1\"},"
              "{\"name\":\"nic.bj.\",\"type\":\"A\",\"ttl\":3600,\"data\":\"192.0.2.2\"},"
              "{\"name\":\"nic.bj.\",\"type\":\"TXT\",\"ttl\":60,\"data\":\"\\\"a\\\\009b\\\\233\\\\\\\"\\\"\"}]}");
    free(text);
    json_decref(detail);
    packet_free(p);
    packet_free(NULL);
}

static void put(uint8_t *bytes, size_t at, uint8_t value)
{
    bytes[at] = value;
}

static void reads_failures(void **state)
{
    uint8_t bytes[ANSWER_SIZE];
    struct packet *p = NULL;
    memcpy(bytes, answer, sizeof bytes);
    put(bytes, 2, 0x83); /* TC */
    put(bytes, 3, 0x85); /* REFUSED */
    assert_int_equal(packet_read(bytes, sizeof bytes, &p), 0);
    assert_true(packet_truncated(p));
    assert_int_equal(packet_rcode(p), 5);
    packet_free(p);

    put(bytes, 2, 0x01); /* a query comes back */
    assert_int_equal(packet_read(bytes, sizeof bytes, &p), 0);
    assert_false(packet_is_answer(p));
    packet_free(p);

    put(bytes, 2, 0xa8); /* opcode UPDATE */
    assert_int_equal(packet_read(bytes, sizeof bytes, &p), 0);
    assert_false(packet_is_answer(p));
    packet_free(p);

    /* a bare header: taken for ours in a failure only */
    assert_int_equal(packet_read((const uint8_t *)"\x12\x34\x81\x81\0\0\0\0\0\0\0\0", 12, &p), 0);
    assert_true(packet_matches(p, &query));
    packet_free(p);
    assert_int_equal(packet_read((const uint8_t *)"\x12\x34\x81\x80\0\0\0\0\0\0\0\0", 12, &p), 0);
    assert_false(packet_matches(p, &query));
    packet_free(p);

    /* BADVERS lives half in the OPT record */
    assert_int_equal(packet_read((const uint8_t *)"\0\1\x81\x80\0\0\0\0\0\0\0\1\0\0\x29\4\xd0\1\0\0\0\0\0", 23, &p), 0);
    assert_int_equal(packet_rcode(p), 16);
    assert_string_equal(packet_rcode_word(16), "BADVERS");
    packet_free(p);
    assert_null(packet_rcode_word(4095));
    assert_null(packet_rcode_word(-1));
}

/* Reads and, where it reads, walks everything; returns whether it read. */
static bool walk(const uint8_t *bytes, size_t len)
{
    struct packet *p = NULL;
    uint8_t *exact = malloc(len ? len : 1); /* ASan sees one octet past it */
    memcpy(exact, bytes, len);
    int r = packet_read(exact, len, &p);
    free(exact);
    if (r < 0) {
        assert_int_equal(r, -EBADMSG);
        assert_null(p);
        return false;
    }
    json_t *detail = json_object();
    packet_matches(p, &query);
    record_report(p, detail);
    char *text = json_dumps(detail, 0);
    assert_non_null(text); /* what came is text that JSON can hold */
    assert_true(json_array_size(json_object_get(detail, "answers")) <= RECORD_REPORT_MAX);
    free(text);
    json_decref(detail);
    packet_free(p);
    return true;
}

static void survives_hostile_answers(void **state)
{
    uint8_t bytes[ANSWER_SIZE];
    for (size_t len = 0; len < ANSWER_SIZE; len++)
        assert_false(walk(answer, len)); /* counts promise more than there is */
    for (size_t at = 0; at < ANSWER_SIZE; at++) {
        for (unsigned value = 0; value < 256; value++) {
            memcpy(bytes, answer, sizeof bytes);
            bytes[at] = (uint8_t)value;
            walk(bytes, sizeof bytes);
        }
    }
    /* a name that points at itself, one that points past the end, two that point at each other */
    memcpy(bytes, answer, sizeof bytes);
    put(bytes, 24, 0xc0), put(bytes, 25, 24);
    assert_false(walk(bytes, sizeof bytes));
    put(bytes, 24, 0xff), put(bytes, 25, 0xff);
    assert_false(walk(bytes, sizeof bytes));
    put(bytes, 24, 0xc0), put(bytes, 25, 40);
    put(bytes, 40, 0xc0), put(bytes, 41, 24);
    assert_false(walk(bytes, sizeof bytes));
}

static void bounds_answers(void **state)
{
    /* 100 answers of 2 000 octets of text each */
    struct buf b = {0};
    buf_add(&b, answer, 24);
    b.data[7] = 100;
    for (int i = 0; i < 100; i++) {
        buf_add(&b, "\xc0\x0c\0\x10\0\1\0\0\0\0\x07\xd0", 12);
        for (int left = 2000; left > 0;) {
            int n = left > 256 ? 255 : left - 1;
            buf_add_char(&b, (char)n);
            for (int j = 0; j < n; j++)
                buf_add_char(&b, (char)0xff);
            left -= n + 1;
        }
    }
    struct packet *p = NULL;
    assert_int_equal(packet_read((uint8_t *)b.data, b.len, &p), 0);
    json_t *detail = json_object();
    record_report(p, detail);
    json_t *answers = json_object_get(detail, "answers");
    assert_int_equal(json_array_size(answers), RECORD_REPORT_MAX);
    json_t *first = json_array_get(answers, 0);
    assert_int_equal(json_string_length(json_object_get(first, "data")), RECORD_DATA_MAX);
    assert_true(json_is_true(json_object_get(first, "cut")));
    json_decref(detail);
    packet_free(p);
    buf_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_queries),          cmocka_unit_test(writes_a_transfer),
        cmocka_unit_test(reads_the_header),        cmocka_unit_test(refuses_queries),
        cmocka_unit_test(knows_what_a_zone_signs), cmocka_unit_test(reads_answers),
        cmocka_unit_test(reads_failures),          cmocka_unit_test(survives_hostile_answers),
        cmocka_unit_test(bounds_answers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
