#include "tests/unit/check.h"

#include <errno.h>

#include <arpa/inet.h>
#include <netinet/in.h>

#include "agent/io/addresses.h"
#include "common/alloc.h"

/* A header with so many records in its answer, and the question a.t. A. */
#define HEAD(count)                                                                                                    \
    "\0\1\x81\x80\0\1\0" count "\0\0\0\0"                                                                              \
    "\1a\1t\0\0\1\0\1"
#define A(owner, last)   owner "\0\1\0\1\0\0\0\x3c\0\4\xc0\0\2" last
#define AAAA(owner)      owner "\0\x1c\0\1\0\0\0\x3c\0\x10\x20\1\xd\xb8\0\0\0\0\0\0\0\0\0\0\0\1"
#define CNAME(owner, to) owner "\0\5\0\1\0\0\0\x3c\0\5" to
#define NAME_A           "\1a\1t\0"
#define NAME_B           "\1b\1t\0"
#define NAME_C           "\1C\1t\0"
#define BYTES(text)      text, sizeof(text) - 1

static void test_answers(void **state)
{
    static const struct {
        const char *what, *bytes;
        size_t len;
        int family, count;
        const char *first;
    } rows[] = {
        {"two", BYTES(HEAD("\2") A("\xc0\x0c", "\1") A("\xc0\x0c", "\2")), 4, 2, "192.0.2.1"},
        {"of the other family", BYTES(HEAD("\1") A("\xc0\x0c", "\1")), 6, 0, NULL},
        {"AAAA", BYTES(HEAD("\1") AAAA("\xc0\x0c")), 6, 1, "2001:db8::1"},
        {"by a CNAME", BYTES(HEAD("\2") CNAME(NAME_A, NAME_B) A(NAME_B, "\1")), 4, 1, "192.0.2.1"},
        {"before its CNAME", BYTES(HEAD("\2") A(NAME_B, "\1") CNAME(NAME_A, NAME_B)), 4, 1, "192.0.2.1"},
        {"CNAMEs backwards", BYTES(HEAD("\3") A("\1c\1T\0", "\1") CNAME(NAME_B, NAME_C) CNAME(NAME_A, NAME_B)), 4, 1,
         "192.0.2.1"},
        {"of another name", BYTES(HEAD("\1") A(NAME_B, "\1")), 4, 0, NULL},
        {"none", BYTES(HEAD("\0")), 4, 0, NULL},
        {"a circle", BYTES(HEAD("\2") CNAME(NAME_A, NAME_B) CNAME(NAME_B, NAME_A)), 4, -EBADMSG, NULL},
        {"itself", BYTES(HEAD("\1") CNAME(NAME_A, NAME_A)), 4, -EBADMSG, NULL},
        {"fewer records than told", BYTES(HEAD("\2") A("\xc0\x0c", "\1")), 4, -EBADMSG, NULL},
        {"cut within the header", BYTES("\0\1\x81\x80\0\1\0"), 4, -EBADMSG, NULL},
        {"cut within the question", BYTES("\0\1\x81\x80\0\1\0\0\0\0\0\0\1a"), 4, -EBADMSG, NULL},
        {"a pointer to itself", BYTES(HEAD("\1") A("\xc0\x15", "\1")), 4, -EBADMSG, NULL},
        {"", BYTES(""), 4, -EBADMSG, NULL},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct sockaddr_storage found[4];
        char text[INET6_ADDRSTRLEN] = "";
        /* A copy of its own: a sanitizer sees what is read behind it. */
        uint8_t *copy = malloc(rows[i].len ? rows[i].len : 1);
        assert_non_null(copy);
        memcpy(copy, rows[i].bytes, rows[i].len);
        int count = addresses_read(copy, rows[i].len, rows[i].family, found, COUNT(found));
        free(copy);
        if (count != rows[i].count)
            fail_msg("%s: %d", rows[i].what, count);
        if (count <= 0)
            continue;
        const void *addr = rows[i].family == 4 ? (const void *)&((struct sockaddr_in *)&found[0])->sin_addr
                                               : (const void *)&((struct sockaddr_in6 *)&found[0])->sin6_addr;
        assert_non_null(inet_ntop(rows[i].family == 4 ? AF_INET : AF_INET6, addr, text, sizeof text));
        assert_string_equal(text, rows[i].first);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_answers)};
    return cmocka_run_group_tests_name("addresses", tests, NULL, NULL);
}
