#include "tests/unit/check.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include "agent/check/delegation/reading.h"
#include "agent/check/delegation/report.h"
#include "agent/dns/reverse.h"

#define QUESTION(type) "\4zone\2bj\0\0" type "\0\1"
/* The SOA record of zone.bj as an answer to it has it: ns1 root 7 4 3 2 1. */
#define RECORD                        "\xc0\x0c\0\6\0\1\0\0\0\x3c\0\x21\3ns1\xc0\x0c\4root\xc0\x0c\0\0\0\7\0\0\0\4\0\0\0\3\0\0\0\2\0\0\0\1"
#define ANSWER(flags, records, count) "\0\1" flags "\0\1\0" count "\0\0\0\0" QUESTION("\6") records

static struct place *place_of(struct facts *f, const char *text)
{
    struct place *p = &f->places[f->place_count++];
    struct sockaddr_in *addr = (struct sockaddr_in *)&p->addr;
    addr->sin_family = AF_INET;
    assert_int_equal(inet_pton(AF_INET, text, &addr->sin_addr), 1);
    strcpy(p->name, "ns1.zone.bj.");
    return p;
}

static void read_bytes(struct facts *f, struct place *p, enum asked asked, const void *bytes, size_t len)
{
    struct packet *packet = NULL;
    assert_int_equal(packet_read(bytes, len, &packet), 0);
    reading_place(f, p, asked, &(struct exchange_answer){.packet = packet, .len = len});
    packet_free(packet);
}

static void answers_become_words(void **state)
{
    static const struct {
        const char *bytes;
        size_t len;
        const char *word;
        size_t records;
    } rows[] = {
#define ROW(text) text, sizeof(text) - 1
        {ROW(ANSWER("\x84\0", RECORD, "\1")), "ok", 1},
        {ROW(ANSWER("\x84\0", RECORD RECORD, "\2")), "ok", 2},
        {ROW(ANSWER("\x80\0", RECORD, "\1")), "not_authoritative", 0},
        {ROW(ANSWER("\x84\0", "", "\0")), "no_soa", 0},
        {ROW(ANSWER("\x80\5", "", "\0")), "REFUSED", 0},
        {ROW(ANSWER("\x80\x0f", "", "\0")), "rcode", 0},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct facts f = {0};
        facts_init(&f, "Zone.BJ");
        struct place *p = place_of(&f, "41.74.1.1");
        read_bytes(&f, p, ASKED_UDP, rows[i].bytes, rows[i].len);
        assert_string_equal(p->words[ASKED_UDP], rows[i].word);
        assert_int_equal(p->soa_records, rows[i].records);
        assert_int_equal(p->udp, rows[i].records > 0);
        if (p->udp)
            assert_true(p->soa.serial == 7 && p->soa.minimum_s == 1 && strcmp(p->soa.mname, "ns1.zone.bj.") == 0);
        facts_free(&f);
    }
}

static void no_answer_has_its_word(void **state)
{
    struct facts f = {0};
    struct master m = {0};
    facts_init(&f, "zone.bj");
    struct place *p = place_of(&f, "41.74.1.1");
    reading_place(&f, p, ASKED_TCP, &(struct exchange_answer){.outcome = OUTCOME_RESET, .closed = true});
    assert_string_equal(p->words[ASKED_TCP], "eof");
    reading_place(&f, p, ASKED_TCP, &(struct exchange_answer){.outcome = OUTCOME_RESET});
    assert_string_equal(p->words[ASKED_TCP], "reset");
    reading_place(&f, p, ASKED_UDP, &(struct exchange_answer){.outcome = OUTCOME_UNREACHABLE, .unsent = true});
    assert_true(p->unsent);
    reading_master(&f, &m, &(struct exchange_answer){.outcome = OUTCOME_TIMEOUT});
    assert_string_equal(m.word, "timeout");
    assert_false(reading_referral(&f, &(struct exchange_answer){.outcome = OUTCOME_TIMEOUT}));
    facts_free(&f);
}

/* RA, but refused: it recurses for others; NXDOMAIN of a name that nobody has, without authority: it looked. */
static void resolvers_are_told_from_servers(void **state)
{
    static const struct {
        const char *flags;
        bool recursor;
    } rows[] = {{"\x80\5", false},  {"\x84\3", false},  {"\x80\x85", false},
                {"\x80\x83", true}, {"\x80\x82", true}, {"\x80\3", true}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct facts f = {0};
        uint8_t bytes[] = ANSWER("\0\0", "", "\0");
        facts_init(&f, "zone.bj");
        memcpy(bytes + 2, rows[i].flags, 2);
        struct place *p = place_of(&f, "41.74.1.1");
        read_bytes(&f, p, ASKED_RECURSION, bytes, sizeof bytes - 1);
        assert_int_equal(p->recursor, rows[i].recursor);
        facts_free(&f);
    }
}

static void it_is_reported(void **state)
{
    struct facts f = {0};
    struct result *r = result_new("delegation", "t", "zone.bj");
    facts_init(&f, "zone.bj");
    struct place *p = place_of(&f, "41.74.1.1");
    report_facts(&f, r);
    assert_int_equal(r->outcome, OUTCOME_DNS_ERROR);
    strcpy(p->words[ASKED_UDP], "timeout");
    p->unsent = true;
    report_facts(&f, r);
    assert_int_equal(r->outcome, OUTCOME_UNREACHABLE);
    const json_t *entry = json_array_get(json_object_get(r->detail, "servers"), 0);
    assert_string_equal(json_string_value(json_object_get(entry, "addr")), "41.74.1.1");
    assert_non_null(json_object_get(entry, "skipped"));
    result_free(r);
    facts_free(&f);
}

static void addresses_have_names(void **state)
{
    char name[REVERSE_NAME_SIZE];
    struct sockaddr_storage addr = {.ss_family = AF_INET};
    inet_pton(AF_INET, "192.0.2.10", &((struct sockaddr_in *)&addr)->sin_addr);
    assert_string_equal(reverse_name(&addr, name), "10.2.0.192.in-addr.arpa.");
    addr.ss_family = AF_INET6;
    inet_pton(AF_INET6, "2001:db8::1", &((struct sockaddr_in6 *)&addr)->sin6_addr);
    assert_string_equal(reverse_name(&addr, name),
                        "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa.");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_become_words),
        cmocka_unit_test(no_answer_has_its_word),
        cmocka_unit_test(resolvers_are_told_from_servers),
        cmocka_unit_test(it_is_reported),
        cmocka_unit_test(addresses_have_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
