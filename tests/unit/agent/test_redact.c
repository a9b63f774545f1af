#include "tests/unit/check.h"

#include <arpa/inet.h>
#include <unistd.h>

#include "agent/probe/redact.h"
#include "common/json.h"
#include "common/sign.h"

static struct network net;

static void own(struct network *n, const char *text)
{
    uint8_t address[16];
    int family = strchr(text, ':') ? AF_INET6 : AF_INET;
    assert_int_equal(inet_pton(family, text, address), 1);
    network_add_own(n, family, address);
}

static int fill(void **state)
{
    own(&net, "192.168.7.23");
    own(&net, "2001:db8:a:b::17");
    own(&net, "fe80::a6bf:1ff:fe2e:77aa");
    own(&net, "127.0.0.1"); /* not kept */
    assert_true(network_seen(&net, "203.0.113.0/24"));
    assert_false(network_seen(&net, "203.0.113.0/24"));
    assert_true(network_seen(&net, "2001:db8:77::/48"));
    return 0;
}

static void texts(void **state)
{
    static const struct {
        const char *text, *cut; /* NULL: nothing to cut */
    } rows[] = {
        {"", NULL},
        {"nothing here", NULL},
        {"203.0.113.99", "203.0.113.0"},
        {"192.168.7.23", "192.168.7.0"},
        {"192.168.7.1", NULL}, /* the gateway is not us */
        {"127.0.0.1", NULL},
        {"::1", NULL},
        {"198.51.100.9", NULL},
        {"203.0.113.99/32", "203.0.113.0/24"},
        {"203.0.113.0/16", "203.0.113.0/16"},
        {"203.0.113.99/32.", "203.0.113.0/24."},
        {"/203.0.113.99/203-0-113-99.dyn", "/203.0.113.0/203-0-113-0.dyn"},
        {"203.0.113.99/203.0.113.99", "203.0.113.0/203.0.113.0"},
        {"203.0.113.99/32x", "203.0.113.0/32x"},
        {"203.0.113.99:443", "203.0.113.0:443"},
        {"you are 203.0.113.99, from 192.168.7.23!", "you are 203.0.113.0, from 192.168.7.0!"},
        {"99.113.0.203.in-addr.arpa", "0.113.0.203.in-addr.arpa"},
        {"host-203-0-113-99.isp.example", "host-203-0-113-0.isp.example"},
        {"99_113_0_203", "0_113_0_203"},
        {"x203.0.113.99y", "x203.0.113.0y"},
        {"1.203.0.113.99", "1.203.0.113.0"},
        {"203.000.113.099", "203.0.113.0"},
        {"203.0.113.999", NULL},
        {"203.0.113.99.98", "203.0.113.0.98"},
        {"1203.0.113.99", NULL},
        {"203.0-113.99", NULL}, /* no address: two separators */
        {"2001:db8:77::1", "2001:db8:77::"},
        {"2001:0DB8:0077:1:2:3:4:5", "2001:db8:77::"},
        {"2001:db8:a:ffff::1", "2001:db8:a::"}, /* under our own global /48 */
        {"2001:db8:b::1", NULL},
        {"fe80::a6bf:1ff:fe2e:77aa%eth0", "fe80::%eth0"},
        {"[2001:db8:77::1]:443", "[2001:db8:77::]:443"},
        {"2001:db8:77::1/128", "2001:db8:77::/48"},
        {"2001:db8:77::1: refused", "2001:db8:77::: refused"},
        {"addr2001:db8:77::1.", "addr2001:db8:77::."},
        {"a2001:db8:77::1", "a2001:db8:77::"},
        {"::ffff:203.0.113.99", "::ffff:203.0.113.0"},
        {"64:ff9b::203.0.113.99", "64:ff9b::cb00:7100"},
        {"2002:cb00:7163:1::5", "2002:cb00:7100::"},
        {"2001-db8-77--1.dyn.example", "2001-db8-77--.dyn.example"},
        {"ip2001-0db8-0077-1-2-3-4-5-rest", "ip2001-db8-77---rest"},
        {"x-2001-db8-a-b--17-", "x-2001-db8-a---"},
        {"2001-db8-b--1.dyn.example", NULL},
        {"1-2-3", NULL},
        {"1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.7.7.0.0.8.b.d.0.1.0.0.2.ip6.arpa",
         "0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.7.7.0.0.8.b.d.0.1.0.0.2.ip6.arpa"},
        {"1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.7.7.0.0.9.b.d.0.1.0.0.2.ip6.arpa", NULL},
        {"::::::::::::::::::::::::::::::::::::::::::::::", NULL},
        {"12:34:56 2001:db8:77::1", "12:34:56 2001:db8:77::"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct buf out = {0};
        buf_reserve(&out, 1);
        bool changed = redact_text(&net, rows[i].text, strlen(rows[i].text), &out);
        const char *wanted = rows[i].cut ? rows[i].cut : rows[i].text;
        if (strcmp(out.data, wanted) != 0 && *wanted)
            fail_msg("%s: became %s instead of %s", rows[i].text, out.data, wanted);
        if (changed != (rows[i].cut != NULL))
            fail_msg("%s: changed is %d", rows[i].text, changed);
        buf_free(&out);
    }
}

/* Long and hostile: the time stays bounded, and what is ours is found at any place. */
static void long_texts(void **state)
{
    static const char *const fillers[] = {":", "1", "1.", "a", "f:", "0.0.", "::1 "};
    for (size_t i = 0; i < sizeof fillers / sizeof *fillers; i++) {
        struct buf text = {0}, out = {0};
        while (text.len < 60000)
            buf_add_text(&text, fillers[i]);
        buf_add_text(&text, " 203.0.113.99 2001:db8:77::1 ");
        while (text.len < 120000)
            buf_add_text(&text, fillers[i]);
        assert_true(redact_text(&net, text.data, text.len, &out));
        assert_null(strstr(out.data, "113.99"));
        assert_null(strstr(out.data, "77::1"));
        buf_free(&text);
        buf_free(&out);
    }
}

static struct result *make(const char *target, const char *addr, const char *detail)
{
    struct result *r = result_new("ping", "ping-a", target);
    snprintf(r->addr, sizeof r->addr, "%s", addr);
    json_decref(r->detail);
    r->detail = json_loads(detail, 0, NULL);
    assert_non_null(r->detail);
    return r;
}

static void a_whole_result(void **state)
{
    struct result *r = make(
        "198.51.100.1", "198.51.100.1",
        "{\"hops\":[{\"hop\":1,\"result\":[{\"from\":\"192.168.7.1\"},{\"from\":\"203.0.113.7\"}]}],"
        "\"ecs\":\"203.0.113.99/32\",\"203.0.113.5\":1,\"203.0.113.0\":{\"you\":\"2001:db8:77::9\"},\"n\":1}");
    redact_result(&net, r);
    char *text = json_text(r->detail);
    assert_string_equal(text,
                        "{\"hops\":[{\"hop\":1,\"result\":[{\"from\":\"192.168.7.1\"},{\"from\":\"203.0.113.0\"}]}],"
                        "\"ecs\":\"203.0.113.0/24\",\"203.0.113.0\":1,\"n\":1}");
    assert_string_equal(r->addr, "198.51.100.1");
    free(text);
    result_free(r);
}

static void the_target_stays_unless_it_is_ours(void **state)
{
    static const struct {
        const char *target, *addr, *after_target, *after_addr;
    } rows[] = {
        {"203.0.113.50", "203.0.113.50", "203.0.113.50", "203.0.113.50"}, /* a neighbour */
        {"203.0.113.50", "", "203.0.113.50", ""},                         /* that was not reached */
        {"neighbour.example", "203.0.113.50", "neighbour.example", "203.0.113.50"},
        {"192.168.7.23", "192.168.7.23", "192.168.7.0", "192.168.7.0"}, /* us */
        {"http://192.168.7.23:80/x", "192.168.7.23", "http://192.168.7.0:80/x", "192.168.7.0"},
        {"2001:db8:a:b::17", "2001:db8:a:b::17", "2001:db8:a::", "2001:db8:a::"},
        {"2001:db8:a:b::18", "2001:db8:a:b::18", "2001:db8:a:b::18", "2001:db8:a:b::18"},
        {"127.0.0.1", "127.0.0.1", "127.0.0.1", "127.0.0.1"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct result *r = make(rows[i].target, rows[i].addr, "{}");
        redact_result(&net, r);
        assert_string_equal(r->target, rows[i].after_target);
        assert_string_equal(r->addr, rows[i].after_addr);
        result_free(r);
    }
}

static bool holds(const uint8_t *bytes, size_t len, const void *what, size_t what_len)
{
    for (size_t i = 0; i + what_len <= len; i++)
        if (memcmp(bytes + i, what, what_len) == 0)
            return true;
    return false;
}

/* A packet's octets: its length never changes. */
static void packets(void **state)
{
    uint8_t bytes[120] = {0}, after[120], v6[16];
    char text[200], detail[512];
    memcpy(bytes + 10, "\xcb\x00\x71\x63", 4); /* 203.0.113.99 */
    memcpy(bytes + 20, "\xc6\x33\x64\x01", 4); /* 198.51.100.1 */
    memcpy(bytes + 30, "is 203.0.113.99.", 16);
    assert_int_equal(inet_pton(AF_INET6, "2001:db8:77:1::abcd", v6), 1);
    memcpy(bytes + 50, v6, 16);
    memcpy(bytes + 70,
           "\x15"
           "2001:db8:77:1::abcd ",
           21);
    base64_write(bytes, sizeof bytes, text);
    snprintf(detail, sizeof detail, "{\"raw\":\"%s\",\"other\":\"%s\"}", text, text);
    struct result *r = make("a", "", detail);
    redact_result(&net, r);
    const char *cut = json_string_value(json_object_get(r->detail, "raw"));
    assert_int_equal(base64_read(cut, strlen(cut), after, sizeof after), 0);
    assert_memory_equal(after + 10, "\xcb\x00\x71\x00", 4);
    assert_memory_equal(after + 20, "\xc6\x33\x64\x01", 4);
    assert_memory_equal(after + 30, "is 203.0.113.00.", 16);
    assert_false(holds(after, sizeof after, v6 + 6, 2));
    assert_false(holds(after, sizeof after, v6, 16));
    assert_memory_equal(after + 70,
                        "\x15"
                        "2001:db8:77:0::0000 ",
                        21);
    assert_memory_equal(after, bytes, 10);
    result_free(r);
}

/* A name as a packet has it: a count before each label (RFC 1035 section 3.1). */
static size_t labels(const char *name, uint8_t *out)
{
    size_t at = 0;
    for (size_t len; *name; name += len + (name[len] == '.')) {
        len = strcspn(name, ".");
        out[at++] = (uint8_t)len;
        memcpy(out + at, name, len);
        at += len;
    }
    return at;
}

/* Ours are cut, others stay. */
static void names_in_packets(void **state)
{
    static const struct {
        const char *name, *cut; /* NULL: nothing to cut */
    } rows[] = {
        {"99.113.0.203.in-addr.arpa", "00.113.0.203.in-addr.arpa"},
        {"99.51.0.203.in-addr.arpa", NULL},
        {"2-9.1", NULL},
        {"2001-db8-77--9.dyn", "2001-db8-77--0.dyn"},
        {"9.8.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.7.7.7.0.0.8.b.d.0.1.0.0.2.ip6.arpa",
         "0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.7.7.0.0.8.b.d.0.1.0.0.2.ip6.arpa"},
        {"9.8.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.7.7.0.0.9.b.d.0.1.0.0.2.ip6.arpa", NULL},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        char text[200], detail[300];
        uint8_t before[100], after[100], wanted[100];
        size_t len = labels(rows[i].name, before);
        labels(rows[i].cut ? rows[i].cut : rows[i].name, wanted);
        base64_write(before, len, text);
        snprintf(detail, sizeof detail, "{\"raw\":\"%s\"}", text);
        struct result *r = make("a", "", detail);
        redact_result(&net, r);
        const char *cut = json_string_value(json_object_get(r->detail, "raw"));
        assert_int_equal(base64_read(cut, strlen(cut), after, len), 0);
        if (memcmp(after, wanted, len) != 0)
            fail_msg("%s became %.*s", rows[i].name, (int)len, (char *)after);
        result_free(r);
    }
}

static void seen_is_kept(void **state)
{
    char *dir = scratch_dir(), path[128];
    struct network a, b;
    network_init(&a, dir);
    assert_true(network_seen(&a, "198.51.100.0/24"));
    assert_true(network_seen(&a, "2001:db8:5::/48"));
    static const char *const not_prefixes[] = {
        "",      "/", "198.51.100.0", "198.51.100.0/25", "x/24", "127.0.0.0/24", "2001:db8:5::/24", "198.51.100.0/24 ",
        "::1/48"};
    for (size_t i = 0; i < sizeof not_prefixes / sizeof *not_prefixes; i++)
        assert_false(network_seen(&a, not_prefixes[i]));
    network_init(&b, dir);
    assert_int_equal(b.seen_count, 2);
    assert_string_equal(b.net, ""); /* of an earlier day: nobody says that it is still so */
    assert_true(network_tells(&b, AF_INET, "\xc6\x33\x64\x09"));
    for (int i = 0; i < 20; i++) { /* the oldest falls out */
        char text[32];
        snprintf(text, sizeof text, "10.0.%d.0/24", i);
        assert_true(network_seen(&b, text));
    }
    assert_int_equal(b.seen_count, NETWORK_SEEN_MAX);
    assert_false(network_tells(&b, AF_INET, "\xc6\x33\x64\x09"));
    snprintf(path, sizeof path, "%s/network.json", dir);
    FILE *file = fopen(path, "w");
    fputs("{\"seen\":[7,\"x\"", file);
    fclose(file);
    network_init(&a, dir);
    assert_int_equal(a.seen_count, 0);
    unlink(path);
    rmdir(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts),          cmocka_unit_test(long_texts),
        cmocka_unit_test(a_whole_result), cmocka_unit_test(the_target_stays_unless_it_is_ours),
        cmocka_unit_test(packets),        cmocka_unit_test(names_in_packets),
        cmocka_unit_test(seen_is_kept),
    };
    return cmocka_run_group_tests(tests, fill, NULL);
}
