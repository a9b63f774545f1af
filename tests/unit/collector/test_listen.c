#include "tests/unit/check.h"

#include <errno.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "collector/http/listen.h"
#include "common/alloc.h"

static int open_at(const char *text, int type)
{
    struct fault f = {0};
    int fd = listen_open("listen", text, type, &f);
    if (fd < 0)
        fail_msg("%s: %s", text, f.text);
    return fd;
}

static void takes_an_address_and_a_port(void **state)
{
    static const char *const rows[] = {"127.0.0.1:0", "localhost:0", ":0"};
    for (size_t i = 0; i < COUNT(rows); i++) {
        int stream = open_at(rows[i], SOCK_STREAM), datagram = open_at(rows[i], SOCK_DGRAM);
        assert_true(listen_port(stream) > 0);
        assert_true(listen_port(datagram) > 0);
        close(stream);
        close(datagram);
    }
}

/* A proxy on this machine calls by IPv4 where the world calls by IPv6. */
static void every_address_is_both_families(void **state)
{
    int fd = open_at(":0", SOCK_STREAM), client = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in sa = {
        .sin_family = AF_INET, .sin_port = htons(listen_port(fd)), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    assert_int_equal(connect(client, (struct sockaddr *)&sa, sizeof sa), 0);
    close(client);
    close(fd);
}

static void what_cannot_be_is_told_with_its_key(void **state)
{
    static const struct {
        const char *text;
        int rc; /* 0: any */
    } rows[] = {
        {"", -EINVAL},
        {"127.0.0.1", -EINVAL},
        {"8080", -EINVAL},
        {"127.0.0.1:x", -EINVAL},
        {"127.0.0.1:65536", -EINVAL},
        {"::1:80", -EINVAL},
        {"[127.0.0.1]:80", -EINVAL},
        {"127.0.0.1:80:80", -EINVAL},
        {"http://127.0.0.1:80", -EINVAL},
        {"198.51.100.1:0", -EADDRNOTAVAIL}, /* no address of this host */
        {"nowhere.invalid:0", -EINVAL},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct fault f = {0};
        int fd = listen_open("dns_listen", rows[i].text, SOCK_STREAM, &f);
        if (fd != rows[i].rc || !strstr(f.text, "dns_listen") || !strstr(f.text, rows[i].text))
            fail_msg("%s: %d, %s", rows[i].text, fd, f.text);
    }
}

static void a_port_that_is_taken_is_told(void **state)
{
    struct fault f = {0};
    int fd = open_at("127.0.0.1:0", SOCK_STREAM);
    _cleanup_text_ char *text = alloc_format("127.0.0.1:%d", listen_port(fd));
    assert_int_equal(listen_open("listen", text, SOCK_STREAM, &f), -EADDRINUSE);
    assert_non_null(strstr(f.text, "Address already in use"));
    close(fd);
    close(open_at(text, SOCK_STREAM)); /* and free at once when its owner is gone */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_an_address_and_a_port),
        cmocka_unit_test(every_address_is_both_families),
        cmocka_unit_test(what_cannot_be_is_told_with_its_key),
        cmocka_unit_test(a_port_that_is_taken_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
