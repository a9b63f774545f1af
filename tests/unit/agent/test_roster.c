#include "tests/unit/check.h"

#include "agent/dns/roster.h"
#include "common/json.h"

/* An answer of NS records: owner, its length in octets included, and server. */
struct ns {
    const char *owner, *server;
};

static void add_name(struct buf *out, const char *name)
{
    for (size_t len; (len = strcspn(name, ".")) > 0; name += len + 1) {
        buf_add_char(out, (char)len);
        buf_add(out, name, len);
    }
    buf_add_char(out, '\0');
}

static struct packet *answer(const struct ns *records, size_t count)
{
    static const char head[] = {0, 1, (char)0x84, 0, 0, 1, 0}, tail[] = {0, 0, 0, 0}, ns[] = {0, 2, 0, 1};
    _cleanup_(buf_free) struct buf out = {0};
    struct packet *packet = NULL;
    buf_add(&out, head, sizeof head);
    buf_add_char(&out, (char)count);
    buf_add(&out, tail, sizeof tail);
    add_name(&out, "bj.");
    buf_add(&out, ns, sizeof ns);
    for (size_t i = 0; i < count; i++) {
        _cleanup_(buf_free) struct buf data = {0};
        const char ttl[] = {0, 0, 0, 60, 0};
        add_name(&data, records[i].server);
        add_name(&out, records[i].owner);
        buf_add(&out, ns, sizeof ns);
        buf_add(&out, ttl, sizeof ttl);
        buf_add_char(&out, (char)data.len);
        buf_add(&out, data.data, data.len);
    }
    assert_int_equal(packet_read((const uint8_t *)out.data, out.len, &packet), 0);
    return packet;
}

static void is_written(const struct roster *r, const char *wanted)
{
    _cleanup_json_ json_t *json = roster_json(r);
    _cleanup_text_ char *text = json_text(json);
    assert_string_equal(text, wanted);
}

/* A set: however servers are spelled and ordered, and whatever else is in the answer. */
static void reads_the_zones_own_servers(void **state)
{
    static const struct ns records[] = {
        {"bj.", "ns2.nic.bj."}, {"BJ.", "NS1.Nic.BJ."}, {"bj.", "ns1.nic.bj."}, {"tg.", "ns.nic.tg."}, {"bj.", "."},
    };
    static struct roster r, other;
    _cleanup_(packet_freep) struct packet *packet = answer(records, COUNT(records));
    roster_read(&r, packet, RECORD_ANSWER, "bj.");
    is_written(&r, "[\".\",\"ns1.nic.bj.\",\"ns2.nic.bj.\"]");
    roster_read(&other, packet, RECORD_AUTHORITY, "bj.");
    is_written(&other, "[]");
    assert_false(roster_same(&r, &other));
    roster_add(&other, "ns2.nic.bj.");
    roster_add(&other, ".");
    roster_add(&other, "ns3.nic.bj.");
    assert_false(roster_same(&r, &other));
    other = (struct roster){0};
    roster_add(&other, "ns2.nic.bj.");
    roster_add(&other, "ns1.nic.bj.");
    roster_add(&other, ".");
    assert_true(roster_same(&r, &other));
}

/* A stranger's answer may name more than there is room for. */
static void past_its_limit_it_takes_no_more(void **state)
{
    static struct roster r;
    char name[16];
    for (int i = 0; i < ZONE_SERVERS_MAX + 10; i++) {
        snprintf(name, sizeof name, "ns%02d.", (i * 7) % (ZONE_SERVERS_MAX + 10));
        roster_add(&r, name);
    }
    assert_int_equal(r.count, ZONE_SERVERS_MAX);
    for (size_t i = 1; i < r.count; i++)
        assert_true(strcmp(r.names[i - 1], r.names[i]) < 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_the_zones_own_servers),
        cmocka_unit_test(past_its_limit_it_takes_no_more),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
