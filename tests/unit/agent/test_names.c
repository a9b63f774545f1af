/* Literals, localhost and /etc/hosts, then a small DNS server on loopback. */
#include "tests/unit/check.h"

#include <errno.h>
#include <stdbool.h>
#include <unistd.h>

#include <arpa/inet.h>
#include <net/if.h>

#include "agent/io/names.h"

struct asked {
    struct names_answer answer;
    int calls;
};

static void on_answer(void *user, const struct names_answer *answer)
{
    struct asked *a = user;
    a->answer = *answer;
    a->calls++;
}

static void text_of(const struct names_answer *a, size_t i, char ret[static INET6_ADDRSTRLEN])
{
    const struct sockaddr_storage *sa = &a->addrs[i];
    if (sa->ss_family == AF_INET)
        inet_ntop(AF_INET, &((const struct sockaddr_in *)sa)->sin_addr, ret, INET6_ADDRSTRLEN);
    else
        inet_ntop(AF_INET6, &((const struct sockaddr_in6 *)sa)->sin6_addr, ret, INET6_ADDRSTRLEN);
}

static void test_without_server(void **state)
{
    static const struct {
        const char *host;
        int family;
        const char *first; /* NULL: -ENOENT */
        size_t count;
    } cases[] = {
        {"192.0.2.7", 0, "192.0.2.7", 1},
        {"192.0.2.7", 4, "192.0.2.7", 1},
        {"192.0.2.7", 6, NULL, 0},
        {"2001:db8::7", 0, "2001:db8::7", 1},
        {"[2001:db8::7]", 0, "2001:db8::7", 1},
        {"[2001:db8::7]", 6, "2001:db8::7", 1},
        {"[2001:db8::7]", 4, NULL, 0},
        {"::ffff:192.0.2.7", 0, "::ffff:192.0.2.7", 1},
        {"fe80::1%lo", 0, "fe80::1", 1},
        {"[fe80::1%lo]", 0, "fe80::1", 1},
        {"localhost", 0, "127.0.0.1", 2},
        {"localhost", 4, "127.0.0.1", 1},
        {"localhost", 6, "::1", 1},
        {"LocalHost.", 0, "127.0.0.1", 2},
        {"api.localhost", 0, "127.0.0.1", 2},
        {"", 0, NULL, 0},
        {"a..example", 0, NULL, 0},
    };
    uv_loop_t loop;
    struct names *n;
    struct fault f;
    assert_int_equal(uv_loop_init(&loop), 0);
    assert_int_equal(names_new(&loop, &n, &f), 0);
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct asked a = {0};
        names_lookup(n, cases[i].host, cases[i].family, 2000000, on_answer, &a);
        assert_int_equal(a.calls, 0); /* never from inside */
        while (a.calls == 0)
            uv_run(&loop, UV_RUN_ONCE);
        if (a.answer.count != cases[i].count)
            fail_msg("%s: %zu addresses, %s", cases[i].host, a.answer.count, a.answer.reason);
        assert_int_equal(a.answer.error, cases[i].first ? 0 : -ENOENT);
        if (!cases[i].first) {
            assert_true(a.answer.reason[0]);
            continue;
        }
        char text[INET6_ADDRSTRLEN];
        text_of(&a.answer, 0, text);
        assert_string_equal(text, cases[i].first);
        assert_true(a.answer.ms == 0);
    }
    names_free(n);
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&loop), 0);
}

static void test_scope(void **state)
{
    uv_loop_t loop;
    struct names *n;
    struct fault f;
    struct asked a = {0};
    assert_int_equal(uv_loop_init(&loop), 0);
    assert_int_equal(names_new(&loop, &n, &f), 0);
    names_lookup(n, "fe80::1%lo", 6, 2000000, on_answer, &a);
    while (a.calls == 0)
        uv_run(&loop, UV_RUN_ONCE);
    assert_int_equal(((struct sockaddr_in6 *)&a.answer.addrs[0])->sin6_scope_id, if_nametoindex("lo"));
    names_free(n);
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&loop), 0);
}

/* The first name of /etc/hosts that is not localhost resolves as it says. */
static void test_hosts_file(void **state)
{
    char line[512], addr[128] = "", name[256] = "";
    FILE *hosts = fopen("/etc/hosts", "r");
    while (hosts && fgets(line, sizeof line, hosts)) {
        struct in_addr v4;
        if (sscanf(line, "%127s %255s", addr, name) == 2 && inet_pton(AF_INET, addr, &v4) == 1 &&
            strcmp(name, "localhost") != 0)
            break;
        name[0] = '\0';
    }
    if (hosts)
        fclose(hosts);
    if (!name[0]) { /* a bare machine's file names nobody else */
        strcpy(name, "localhost");
        strcpy(addr, "127.0.0.1");
    }
    uv_loop_t loop;
    struct names *n;
    struct fault f;
    struct asked a = {0};
    assert_int_equal(uv_loop_init(&loop), 0);
    assert_int_equal(names_new(&loop, &n, &f), 0);
    names_lookup(n, name, 4, 2000000, on_answer, &a);
    while (a.calls == 0)
        uv_run(&loop, UV_RUN_ONCE);
    assert_int_equal(a.answer.error, 0);
    bool found = false;
    for (size_t i = 0; i < a.answer.count; i++) {
        char text[INET6_ADDRSTRLEN];
        text_of(&a.answer, i, text);
        found |= !strcmp(text, addr);
    }
    assert_true(found);
    names_free(n);
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&loop), 0);
}

/* ---- with a server of our own on loopback ---- */

struct server {
    uv_udp_t udp;
    char port[40]; /* "127.0.0.1:PORT" */
    int queries;
};

static void on_alloc(uv_handle_t *handle, size_t want, uv_buf_t *ret)
{
    static char block[65536];
    *ret = uv_buf_init(block, sizeof block);
}

/* What the server does is in the first label: "two-v4", "only-v4" and
 * "only-v6" (silent about the other family), "nx", "none", "broken",
 * "refused", "silent". */
static void on_query(uv_udp_t *udp, ssize_t len, const uv_buf_t *in, const struct sockaddr *from, unsigned flags)
{
    static const uint8_t a1[] = {0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 9, 0, 4, 192, 0, 2, 1};
    static const uint8_t a2[] = {0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 9, 0, 4, 192, 0, 2, 2};
    static const uint8_t aaaa[] = {0xc0, 12,   0, 28, 0, 1, 0, 0, 0, 9, 0, 16, 0x20, 0x01,
                                   0x0d, 0xb8, 0, 0,  0, 0, 0, 0, 0, 0, 0, 0,  0,    1};
    struct server *s = udp->data;
    if (len < 17)
        return;
    s->queries++;
    const char *label = in->base + 13;
    uint8_t out[600];
    assert_true(len < 512);
    memcpy(out, in->base, (size_t)len);
    size_t size = (size_t)len;
    bool is_a = in->base[len - 3] == 1;
    out[2] = 0x81;
    out[3] = 0x80;
    if (!strncmp(label, "silent", 6) || (!strncmp(label, "only-v4", 7) && !is_a) ||
        (!strncmp(label, "only-v6", 7) && is_a))
        return;
    if (!strncmp(label, "nx", 2))
        out[3] |= 3;
    if (!strncmp(label, "broken", 6))
        out[3] |= 2;
    if (!strncmp(label, "refused", 7))
        out[3] |= 5;
    if (!strncmp(label, "only-v6", 7)) {
        out[7] = 1;
        memcpy(out + size, aaaa, sizeof aaaa);
        size += sizeof aaaa;
    }
    if ((!strncmp(label, "two-v4", 6) || !strncmp(label, "only-v4", 7)) && is_a) {
        out[7] = 2;
        memcpy(out + size, a1, sizeof a1);
        memcpy(out + size + sizeof a1, a2, sizeof a2);
        size += sizeof a1 + sizeof a2;
    }
    uv_buf_t answer = uv_buf_init((char *)out, (unsigned)size);
    uv_udp_try_send(udp, &answer, 1, from);
}

static void server_open(struct server *s, uv_loop_t *loop)
{
    struct sockaddr_in sa = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int size = sizeof sa;
    *s = (struct server){0};
    s->udp.data = s;
    assert_int_equal(uv_udp_init(loop, &s->udp), 0);
    s->udp.data = s;
    assert_int_equal(uv_udp_bind(&s->udp, (struct sockaddr *)&sa, 0), 0);
    assert_int_equal(uv_udp_getsockname(&s->udp, (struct sockaddr *)&sa, &size), 0);
    assert_int_equal(uv_udp_recv_start(&s->udp, on_alloc, on_query), 0);
    snprintf(s->port, sizeof s->port, "127.0.0.1:%u", ntohs(sa.sin_port));
}

static void test_server(void **state)
{
    static const struct {
        const char *host;
        int family, error;
        size_t count;
        const char *reason;
    } cases[] = {
        {"two-v4.example", 4, 0, 2, ""},
        {"two-v4.example", 0, 0, 2, ""},
        {"only-v4.example", 0, 0, 2, ""},
        {"only-v6.example", 0, 0, 1, ""},
        {"only-v6.example", 4, -ETIMEDOUT, 0, "in time"},
        {"two-v4.example", 6, -ENOENT, 0, "wanted family"},
        {"none.example", 0, -ENOENT, 0, "wanted family"},
        {"nx.example", 0, -ENOENT, 0, "no such name"},
        {"broken.example", 4, -EIO, 0, "each one failed"},
        {"refused.example", 4, -EIO, 0, "refused"},
        {"silent.example", 4, -ETIMEDOUT, 0, "in time"},
    };
    uv_loop_t loop;
    struct names *n;
    struct fault f;
    struct server server;
    assert_int_equal(uv_loop_init(&loop), 0);
    assert_int_equal(names_new(&loop, &n, &f), 0);
    server_open(&server, &loop);
    assert_int_equal(names_use_servers(n, server.port, &f), 0);
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct asked a = {0};
        names_lookup(n, cases[i].host, cases[i].family, 450000, on_answer, &a);
        while (a.calls == 0)
            uv_run(&loop, UV_RUN_ONCE);
        if (a.answer.error != cases[i].error || a.answer.count != cases[i].count)
            fail_msg("%s %d: %d, %zu addresses, %s", cases[i].host, cases[i].family, a.answer.error, a.answer.count,
                     a.answer.reason);
        if (!strstr(a.answer.reason, cases[i].reason))
            fail_msg("%s: \"%s\" lacks \"%s\"", cases[i].host, a.answer.reason, cases[i].reason);
        assert_true(a.answer.ms > 0 && a.answer.ms < 1000);
        if (a.answer.error == 0) /* waiting for the other family is no part of it */
            assert_true(a.answer.ms < 250);
    }
    assert_true(server.queries >= (int)COUNT(cases));
    names_free(n);
    uv_close((uv_handle_t *)&server.udp, NULL);
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&loop), 0);
}

static void test_servers(void **state)
{
    static const char *const wrong[] = {"example", "192.0.2.1:x", "", "192.0.2.1,", "fe80::1"};
    uv_loop_t loop;
    struct names *n;
    struct fault f;
    const struct nameserver *found;
    assert_int_equal(uv_loop_init(&loop), 0);
    assert_int_equal(names_new(&loop, &n, &f), 0);
    for (size_t i = 0; i < COUNT(wrong); i++)
        assert_int_equal(names_use_servers(n, wrong[i], &f), -EINVAL);
    assert_int_equal(names_use_servers(n, "192.0.2.1,[2001:db8::1]:5353", &f), 0);
    assert_int_equal(names_servers(n, &found), 2);
    assert_int_equal(found[0].addr.ss_family, AF_INET);
    assert_int_equal(ntohs(((struct sockaddr_in *)&found[0].addr)->sin_port), 53);
    assert_int_equal(found[1].addr.ss_family, AF_INET6);
    assert_int_equal(ntohs(((struct sockaddr_in6 *)&found[1].addr)->sin6_port), 5353);
    names_free(n);
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&loop), 0);
}

/* A lookup that is cancelled, and those that go with the adapter, call nobody. */
static void test_cancel(void **state)
{
    uv_loop_t loop;
    struct names *n;
    struct fault f;
    struct server server;
    struct asked cancelled = {0}, dropped = {0}, literal = {0}, kept = {0};
    assert_int_equal(uv_loop_init(&loop), 0);
    assert_int_equal(names_new(&loop, &n, &f), 0);
    server_open(&server, &loop);
    assert_int_equal(names_use_servers(n, server.port, &f), 0);
    names_cancel(names_lookup(n, "two-v4.example", 0, 2000000, on_answer, &cancelled));
    names_cancel(names_lookup(n, "192.0.2.7", 0, 2000000, on_answer, &literal));
    assert_int_equal(names_use_servers(n, server.port, &f), -EBUSY);
    names_lookup(n, "two-v4.example", 0, 2000000, on_answer, &kept);
    while (kept.calls == 0)
        uv_run(&loop, UV_RUN_ONCE);
    names_lookup(n, "silent.example", 0, 2000000, on_answer, &dropped);
    uv_run(&loop, UV_RUN_NOWAIT);
    names_free(n);
    uv_close((uv_handle_t *)&server.udp, NULL);
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_int_equal(cancelled.calls + dropped.calls + literal.calls, 0);
    assert_int_equal(uv_loop_close(&loop), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_without_server), cmocka_unit_test(test_scope),   cmocka_unit_test(test_hosts_file),
        cmocka_unit_test(test_server),         cmocka_unit_test(test_servers), cmocka_unit_test(test_cancel),
    };
    return cmocka_run_group_tests_name("names", tests, NULL, NULL);
}
