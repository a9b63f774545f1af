#include "tests/unit/check.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "collector/target/dns.h"
#include "common/buf.h"

/* The name server on its sockets; what it answers is test_whoami.c's. */

#define HEAD   "\x12\x34\x01\0\0\1\0\0\0\0\0\0"
#define WHOAMI HEAD "\6whoami\6whoami\5essai\0\0\1\0\1"
#define PAD    HEAD "\7pad4096\6whoami\5essai\0\0\x10\0\1"
#define LONG   ((size_t)4080) /* at least, of the answer to PAD */

static struct dns_server *server;

/* On a port that is free for UDP and for TCP: the first of some below those that
 * the kernel gives away. */
static int start(void **state)
{
    struct fault f;
    int rc = -EADDRINUSE;
    for (int port = 20000 + getpid() % 5000; rc == -EADDRINUSE && port < 32000; port++) {
        char listen[32];
        snprintf(listen, sizeof listen, "127.0.0.1:%d", port);
        rc = dns_server_start(listen, "whoami.essai", &server, &f);
    }
    return rc;
}

static int stop(void **state)
{
    dns_server_stop(server);
    return 0;
}

static int dial(int type)
{
    struct sockaddr_in sa = {
        .sin_family = AF_INET, .sin_port = htons(dns_server_port(server)), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct timeval limit = {.tv_sec = 5};
    int fd = socket(AF_INET, type, 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&sa, sizeof sa), 0);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    return fd;
}

static void say(int fd, const struct buf *bytes, size_t piece)
{
    for (size_t at = 0; at < bytes->len; at += piece) {
        size_t left = bytes->len - at, n = left < piece ? left : piece;
        assert_int_equal(send(fd, bytes->data + at, n, MSG_NOSIGNAL), n);
    }
}

static void add_query(struct buf *out, const char *query, size_t len)
{
    const char length[] = {(char)(len >> 8), (char)len};
    buf_add(out, length, 2);
    buf_add(out, query, len);
}

/* The length of the next answer with its length in front; -1 when the
 * connection ended or nothing came. */
static ssize_t hear(int fd)
{
    uint8_t front[2], answer[65536];
    if (recv(fd, front, 2, MSG_WAITALL) != 2)
        return -1;
    size_t len = (size_t)(front[0] << 8 | front[1]);
    return recv(fd, answer, len, MSG_WAITALL);
}

static void answers_however_a_question_is_cut(void **state)
{
    static const size_t pieces[] = {1, 2, 3, 7, 1000};
    for (size_t i = 0; i < COUNT(pieces); i++) {
        _cleanup_(buf_free) struct buf query = {0};
        add_query(&query, WHOAMI, sizeof WHOAMI - 1);
        int fd = dial(SOCK_STREAM), one = 1;
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        say(fd, &query, pieces[i]);
        assert_int_equal(hear(fd), sizeof WHOAMI - 1 + 16);
        say(fd, &query, pieces[i]); /* the connection stays */
        assert_int_equal(hear(fd), sizeof WHOAMI - 1 + 16);
        close(fd);
    }
}

/* RFC 7766 section 6.2.1.1: questions may come before the answers to those in
 * front of them; one left in the buffer would wait for octets that never come. */
static void questions_may_come_together(void **state)
{
    _cleanup_(buf_free) struct buf queries = {0};
    for (int i = 0; i < 40; i++) {
        add_query(&queries, WHOAMI, sizeof WHOAMI - 1);
        add_query(&queries, PAD, sizeof PAD - 1);
    }
    int fd = dial(SOCK_STREAM);
    say(fd, &queries, queries.len);
    for (int i = 0; i < 40; i++) {
        assert_int_equal(hear(fd), sizeof WHOAMI - 1 + 16);
        assert_true(hear(fd) >= (ssize_t)LONG);
    }
    close(fd);
}

static void what_is_no_question_ends_the_connection(void **state)
{
    static const struct {
        const char *bytes;
        size_t len;
    } rows[] = {
        {"\0\0", 2},
        {"\0\1x", 3},
        {"\xff\xff", 2},                             /* longer than any question */
        {"\4\1", 2},                                 /* 1025 */
        {"\0\14\x12\x34\x81\0\0\0\0\0\0\0\0\0", 14}, /* an answer */
        {"GET / HTTP/1.1\r\n\r\n", 18},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        int fd = dial(SOCK_STREAM);
        char octet;
        assert_int_equal(send(fd, rows[i].bytes, rows[i].len, MSG_NOSIGNAL), rows[i].len);
        ssize_t n = recv(fd, &octet, 1, 0);
        if (n > 0 || (n < 0 && errno != ECONNRESET))
            fail_msg("row %zu: %zd, %s", i, n, strerror(errno));
        close(fd);
    }
}

/* More than there is room for: the longest silent gives way, and no one else. */
static void a_new_connection_finds_room(void **state)
{
    int fds[80];
    _cleanup_(buf_free) struct buf query = {0};
    add_query(&query, WHOAMI, sizeof WHOAMI - 1);
    for (size_t i = 0; i < COUNT(fds); i++) {
        fds[i] = dial(SOCK_STREAM);
        say(fds[i], &query, query.len);
        assert_int_equal(hear(fds[i]), sizeof WHOAMI - 1 + 16);
    }
    say(fds[COUNT(fds) - 1], &query, query.len);
    assert_int_equal(hear(fds[COUNT(fds) - 1]), sizeof WHOAMI - 1 + 16);
    assert_int_equal(hear(fds[0]), -1);
    for (size_t i = 0; i < COUNT(fds); i++)
        close(fds[i]);
}

static void a_datagram_is_answered_or_not(void **state)
{
    static const char zeros[2000];
    uint8_t answer[4096];
    int fd = dial(SOCK_DGRAM);
    assert_int_equal(send(fd, zeros, sizeof zeros, 0), sizeof zeros); /* longer than any question */
    assert_int_equal(send(fd, zeros, 3, 0), 3);
    assert_int_equal(send(fd, "", 0, 0), 0);
    assert_int_equal(send(fd, WHOAMI, sizeof WHOAMI - 1, 0), sizeof WHOAMI - 1);
    /* One answer, and it is to the last. */
    assert_int_equal(recv(fd, answer, sizeof answer, 0), sizeof WHOAMI - 1 + 16);
    close(fd);
}

static void what_cannot_be_is_refused(void **state)
{
    static const struct {
        const char *listen, *zone;
        int rc;
    } rows[] = {
        {"127.0.0.1", "whoami.essai", -EINVAL},
        {"127.0.0.1:0", "..", -EINVAL},
        {"", "whoami.essai", 0},
        {"127.0.0.1:0", NULL, 0},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct dns_server *s = NULL;
        struct fault f = {0};
        assert_int_equal(dns_server_start(rows[i].listen, rows[i].zone, &s, &f), rows[i].rc);
        assert_null(s);
        assert_true(rows[i].rc == 0 || f.text[0]);
        assert_int_equal(dns_server_port(s), 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_however_a_question_is_cut),       cmocka_unit_test(questions_may_come_together),
        cmocka_unit_test(what_is_no_question_ends_the_connection), cmocka_unit_test(a_new_connection_finds_room),
        cmocka_unit_test(a_datagram_is_answered_or_not),           cmocka_unit_test(what_cannot_be_is_refused),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
