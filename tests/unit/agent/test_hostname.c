#include "tests/unit/check.h"

#include <errno.h>

#include "agent/io/hostname.h"

#define SIXTY_THREE "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"

static const struct row {
    const char *text, *name; /* what it becomes; NULL: refused */
    const char *why;
} hosts[] = {
    {"nic.bj", "nic.bj", NULL},
    {"NIC.bj", "NIC.bj", NULL},
    {"router", "router", NULL},
    {"nic.bj.", "nic.bj", NULL}, /* RFC 6066 section 3: SNI has no dot at the end */
    {"_ok._tcp.test", "_ok._tcp.test", NULL},
    {"4.nic.bj", "4.nic.bj", NULL},
    {"xn--bnin-bpa.test", "xn--bnin-bpa.test", NULL},
    {"b\xc3\xa9nin.test", "xn--bnin-bpa.test", NULL},
    {"B\xc3\x89NIN.test", "xn--bnin-bpa.test", NULL},
    {"be\xcc\x81nin.test", "xn--bnin-bpa.test", NULL}, /* the accent apart */
    {"fa\xc3\x9f.de", "xn--fa-hia.de", NULL},          /* IDNA 2008, not 2003 */
    {SIXTY_THREE ".test", SIXTY_THREE ".test", NULL},
    {"", NULL, "empty"},
    {".", NULL, "empty"},
    {"a..test", NULL, "empty"},
    {".test", NULL, "empty"},
    {SIXTY_THREE "x.test", NULL, "63 letters"},
    {SIXTY_THREE "." SIXTY_THREE "." SIXTY_THREE "." SIXTY_THREE, NULL, "253 letters"},
    {" ok.test", NULL, "blank"},
    {"ok .test", NULL, "blank"},
    {"ok.test\n", NULL, "control"},
    {"ok.test:443", NULL, "a check that has ports"},
    {"fe80::zz", NULL, "colons"},
    {"http://ok.test/", NULL, "URL"},
    {"ok.test/path", NULL, "slash"},
    {"me@ok.test", NULL, "user name"},
    {"127.1", NULL, "last part is a number"},
    {"0x7f000001", NULL, "last part is a number"},
    {"2130706433", NULL, "last part is a number"},
    {"1.2.3.4.5", NULL, "last part is a number"},
    {"[10.0.0.1]", NULL, "brackets"},
    {"nic.bj%eth0", NULL, "percent sign"},
    {"ok\\.test", NULL, "backslash"},
    {"*.test", NULL, "other marks"},
    {"ok,test", NULL, "other marks"},
    {"b\xe9nin.test", NULL, "IDNA"}, /* Latin-1 */
    {"\xe2\x80\x8b.test", NULL, "no name"},
    {"\xe2\x98\x83.test", "xn--n3h.test", NULL},                     /* a snowman, as browsers have it */
    {"\xef\xbc\x91\xef\xbc\x92\xef\xbc\x97.1", NULL, "is a number"}, /* wide digits */
    {"a\xef\xbc\x9a"
     "80.\xc3\xa9.test",
     NULL, "colons"}, /* wide marks, in a label that has no other letter */
    {"a\xef\xbc\xa0"
     "b.\xc3\xa9.test",
     NULL, "user name"},
    {"\xe2\x84\x80.\xc3\xa9.test", NULL, "other marks"}, /* one letter, "a/c" */
    {"\xc2\xad.\xc3\xa9.test", NULL, "empty"},           /* a soft hyphen is nothing */
    {"a\xe2\x80\x8d"
     "b.test",
     NULL, "IDNA"}, /* a joiner between letters that do not join */
    {"\xe2\x98\x83\xe2\x80\x8d\xe2\x98\x83.test", NULL, "IDNA"},
    {"\xd9\x86\xd8\xa7\xd9\x85\xd9\x87\xe2\x80\x8c\xd8\xa7\xdb\x8c.test", "xn--mgba3gch31f060k.test",
     NULL}, /* where they do */
    {"\xd7\x90"
     "a.test",
     NULL, "IDNA"}, /* right to left, then left to right (RFC 5893) */
    {"\xe2\x80\xae"
     "abc.test",
     NULL, "IDNA"},
    {"b\xc3\xa9nin\xe3\x80\x82test\xe3\x80\x82", "xn--bnin-bpa.test", NULL}, /* ideographic full stops */
    {"xn--a.test", "xn--a.test", NULL}, /* does not decode: DNS asks no more than that letters fit */
    {"xn--\xc3\xa9.test", NULL, "IDNA"},
    {SIXTY_THREE "\xc3\xa9.test", NULL, "IDNA"},
};

static const struct row domains[] = {
    {".", ".", NULL},
    {"nic.bj", "nic.bj", NULL},
    {"nic.bj.", "nic.bj.", NULL},
    {"_dmarc.nic.bj", "_dmarc.nic.bj", NULL},
    {"*.nic.bj", "*.nic.bj", NULL},
    {"1.2.0.192.in-addr.arpa", "1.2.0.192.in-addr.arpa", NULL},
    {"0/25.2.0.192.in-addr.arpa", "0/25.2.0.192.in-addr.arpa", NULL}, /* RFC 2317 */
    {"b\xc3\xa9nin.test", "xn--bnin-bpa.test", NULL},
    {"192.0.2.1", NULL, "in-addr.arpa"},
    {"2001:db8::1", NULL, "ip6.arpa"},
    {"[2001:db8::1]", NULL, "ip6.arpa"},
    {"ok.test:53", NULL, "port"},
    {"ok.test/", NULL, "slash"},
    {"http://ok.test/", NULL, "URL"},
    {"a..b", NULL, "empty"},
    {"..", NULL, "empty"},
    {"ok test", NULL, "blank"},
    {"\\098enin.test", NULL, "backslash"},
    {"a,b", NULL, "marks"},
    {"a\xef\xbc\xbc"
     "046b.\xc3\xa9.test",
     NULL, "backslash"}, /* a wide backslash */
    {"a\xe3\x80\x80"
     "b.\xc3\xa9.test",
     NULL, "blank"},
    {"a\xef\xbc\x85"
     "b.\xc3\xa9.test",
     NULL, "percent"},
    {"a\xef\xbc\x8c"
     "b.\xc3\xa9.test",
     NULL, "marks"},
    {"\xe2\x84\x80.\xc3\xa9.test", NULL, "slash"},
};

static void read_all(const struct row *rows, size_t count, int (*reads)(const char *, char *, struct fault *))
{
    for (size_t i = 0; i < count; i++) {
        char name[HOSTNAME_SIZE] = "untouched";
        struct fault f = {0};
        int r = reads(rows[i].text, name, &f);
        if (r != (rows[i].name ? 0 : -EINVAL) || strcmp(name, rows[i].name ? rows[i].name : "untouched") != 0)
            fail_msg("\"%s\": %d, %s, %s", rows[i].text, r, name, f.text);
        if (rows[i].why && !strstr(f.text, rows[i].why))
            fail_msg("\"%s\": \"%s\" lacks \"%s\"", rows[i].text, f.text, rows[i].why);
    }
}

static void test_hosts(void **state)
{
    read_all(hosts, COUNT(hosts), hostname_read);
}

static void test_domains(void **state)
{
    read_all(domains, COUNT(domains), hostname_domain);
}

static void test_display(void **state)
{
    char text[64];
    assert_string_equal(hostname_display("xn--bnin-bpa.test", text, sizeof text), "b\xc3\xa9nin.test");
    assert_string_equal(hostname_display("nic.bj", text, sizeof text), "nic.bj");
    assert_string_equal(hostname_display("xn--\xff.test", text, sizeof text), "xn--\xff.test");
    assert_string_equal(hostname_display("xn--n3h.test", text, sizeof text), "\xe2\x98\x83.test");
    assert_string_equal(hostname_display("XN--BNIN-BPA.test", text, sizeof text), "XN--BNIN-BPA.test");
    /* U+202E, which turns a line around; U+0085 and U+0080, which move a cursor; none at all */
    static const char *const as_they_are[] = {"xn--abc-4q0a.test", "xn--fa.test", "xn--a.test", "xn--zn7c.test"};
    for (size_t i = 0; i < COUNT(as_they_are); i++)
        assert_string_equal(hostname_display(as_they_are[i], text, sizeof text), as_they_are[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hosts),
        cmocka_unit_test(test_domains),
        cmocka_unit_test(test_display),
    };
    return cmocka_run_group_tests_name("hostname", tests, NULL, NULL);
}
