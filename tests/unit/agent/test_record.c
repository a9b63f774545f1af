#include "agent/dns/packet.h"
#include "agent/dns/record.h"
#include "tests/unit/check.h"

#include <arpa/inet.h>
#include <netinet/in.h>

/* essai.bj SOA: answer SOA, NS twice; additional A, AAAA; OPT with NSID "x1"
 * and a cookie. */
static const uint8_t answer[] =
    "\x12\x34\x84\x00\0\1\0\3\0\0\0\3"
    "\5Essai\2bj\0\0\6\0\1"
    "\xc0\x0c\0\6\0\1\0\0\1\x2c\0\x20\2ns\xc0\x0c\4root\xc0\x0c\x77\x35\x94\x01\0\0\0\1\0\0\0\2\0\0\0\3\0\0\0\4"
    "\xc0\x0c\0\2\0\1\0\0\1\x2c\0\5\2ns\xc0\x0c"
    "\xc0\x0c\0\x10\0\1\0\0\1\x2c\0\x0a\3a=1\5\"\\x\x07y"
    "\xc0\x26\0\1\0\1\0\0\1\x2c\0\4\xc0\0\2\1"
    "\xc0\x26\0\x1c\0\1\0\0\1\x2c\0\x10\x20\1\xd\xb8\0\0\0\0\0\0\0\0\0\0\0\1"
    "\0\0\x29\4\xd0\0\0\x80\0\0\x12\0\3\0\2x1\0\x0a\0\x08\1\2\3\4\5\6\7\x08";
#define ANSWER_SIZE (sizeof answer - 1)

static struct packet *read_it(void)
{
    struct packet *p = NULL;
    assert_int_equal(packet_read(answer, ANSWER_SIZE, &p), 0);
    return p;
}

static void reads_records(void **state)
{
    _cleanup_(packet_freep) struct packet *p = read_it();
    struct record r;
    size_t at = 0;
    char text[64];
    assert_int_equal(record_count(p, RECORD_ANSWER), 3);
    assert_int_equal(record_count(p, RECORD_AUTHORITY), 0);
    assert_int_equal(record_count(p, RECORD_ADDITIONAL), 2); /* OPT is none of them */
    assert_int_equal(record_count_type(p, RECORD_ANSWER, "NS"), 1);
    assert_true(record_next(p, RECORD_ANSWER, "SOA", &at, &r));
    assert_string_equal(r.name, "essai.bj.");
    assert_false(record_next(p, RECORD_ANSWER, "SOA", &at, &r));
    at = 0;
    assert_true(record_next(p, RECORD_ANSWER, "NS", &at, &r));
    assert_string_equal(r.data, "ns.Essai.bj.");
    at = 0;
    assert_true(record_next(p, RECORD_ANSWER, "TXT", &at, &r));
    record_text(&r, text, sizeof text);
    assert_string_equal(text, "a=1\"\\x?y");
    record_text(&r, text, 3);
    assert_string_equal(text, "a=");
}

static void reads_addresses(void **state)
{
    _cleanup_(packet_freep) struct packet *p = read_it();
    struct record r;
    struct sockaddr_storage addr;
    char text[46];
    record_get(p, RECORD_ADDITIONAL, 0, &r);
    assert_true(record_address(&r, &addr));
    assert_string_equal(inet_ntop(AF_INET, &((struct sockaddr_in *)&addr)->sin_addr, text, sizeof text), "192.0.2.1");
    record_get(p, RECORD_ADDITIONAL, 1, &r);
    assert_true(record_address(&r, &addr));
    assert_string_equal(inet_ntop(AF_INET6, &((struct sockaddr_in6 *)&addr)->sin6_addr, text, sizeof text),
                        "2001:db8::1");
    record_get(p, RECORD_ANSWER, 0, &r);
    assert_false(record_address(&r, &addr));
}

static void reads_edns(void **state)
{
    static const struct packet_query small = {.name = "essai.bj", .type = "SOA"};
    static const struct packet_query mixed = {.name = "Essai.bj", .type = "SOA"};
    _cleanup_(packet_freep) struct packet *p = read_it();
    struct packet_edns edns;
    size_t len = 0;
    packet_edns(p, &edns);
    assert_true(edns.present);
    assert_int_equal(edns.version, 0);
    assert_int_equal(edns.bufsize, 1232);
    assert_int_equal(edns.flags, 0x8000);
    assert_memory_equal(packet_option(p, PACKET_NSID, &len), "x1", 2);
    assert_int_equal(len, 2);
    assert_non_null(packet_option(p, PACKET_COOKIE, &len));
    assert_int_equal(len, 8);
    assert_null(packet_option(p, PACKET_EDE, &len));
    assert_true(packet_authoritative(p));
    assert_false(packet_authentic(p));
    assert_true(packet_matches(p, &small));
    assert_false(packet_same_spelling(p, &small));
    assert_true(packet_same_spelling(p, &mixed));
}

/* Version, flags and options go out as they are asked for. */
static void writes_edns(void **state)
{
    struct buf options = {0}, wire = {0};
    struct fault f = {0};
    packet_option_add(&options, 100, "ab", 2);
    packet_option_add(&options, PACKET_NSID, NULL, 0);
    struct packet_query query = {.name = "bj",
                                 .type = "SOA",
                                 .bufsize = 4096,
                                 .edns_version = 1,
                                 .edns_flags = 0x80,
                                 .dnssec_ok = true,
                                 .chaos = true,
                                 .cd = true,
                                 .ad = true,
                                 .options = &options};
    assert_int_equal(packet_write(&query, &wire, &f), 0);
    assert_int_equal(wire.len, 41);
    assert_memory_equal(wire.data + 2, "\x00\x30\0\1\0\0\0\0\0\1", 10);
    assert_memory_equal(wire.data + 12, "\2bj\0\0\6\0\3\0\0\x29\x10\0\0\1\x80\x80\0\x0a\0\x64\0\2ab\0\3\0\0", 29);
    buf_free(&options);
    buf_free(&wire);
}

/* Lengths inside OPT that lead past its end. */
static void refuses_options(void **state)
{
    uint8_t bytes[ANSWER_SIZE];
    struct packet *p = NULL;
    size_t len = 0;
    memcpy(bytes, answer, sizeof bytes);
    bytes[ANSWER_SIZE - 9] = 0xff; /* the cookie's length */
    if (packet_read(bytes, sizeof bytes, &p) == 0) {
        assert_null(packet_option(p, PACKET_COOKIE, &len));
        packet_free(p);
    }
}

int main(void)
{
    const struct CMUnitTest list[] = {
        cmocka_unit_test(reads_records), cmocka_unit_test(reads_addresses), cmocka_unit_test(reads_edns),
        cmocka_unit_test(writes_edns),   cmocka_unit_test(refuses_options),
    };
    return cmocka_run_group_tests(list, NULL, NULL);
}
