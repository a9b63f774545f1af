#include "tests/unit/check.h"

#include <errno.h>

#include "agent/io/url.h"

static void reads_what_can_be_asked_for(void **state)
{
    static const struct {
        const char *base, *text, *origin, *host;
        bool tls, literal;
    } rows[] = {
        {NULL, "https://nic.bj/", "https://nic.bj:443", "nic.bj", true, false},
        {NULL, "HTTP://nic.bj:8080/a?b#c", "http://nic.bj:8080", "nic.bj", false, false},
        {NULL, "http://192.0.2.1/", "http://192.0.2.1:80", "192.0.2.1", false, true},
        {NULL, "http://[2001:db8::1]:81/", "http://[2001:db8::1]:81", "[2001:db8::1]", false, true},
        /* Other spellings of an address are one, or else a policy would look at a name. */
        {NULL, "http://0x7f.1/", "http://127.0.0.1:80", "127.0.0.1", false, true},
        {NULL, "http://2130706433/", "http://127.0.0.1:80", "127.0.0.1", false, true},
        {NULL, "http://017700000001/", "http://127.0.0.1:80", "127.0.0.1", false, true},
        /* The dot would go to SNI, and the letters into a header. */
        {NULL, "https://nic.bj./a", "https://nic.bj:443", "nic.bj", true, false},
        {NULL, "http://b\xc3\xa9nin.test/", "http://xn--bnin-bpa.test:80", "xn--bnin-bpa.test", false, false},
        {NULL, "http://[fe80::1%25lo]/", "http://[fe80::1%lo]:80", "[fe80::1%lo]", false, true},
        /* Where a redirect leads to. */
        {"http://[fe80::1%25lo]/", "/w", "http://[fe80::1%lo]:80", "[fe80::1%lo]", false, true},
        {"https://a.example/x/y?z", "../w", "https://a.example:443", "a.example", true, false},
        {"https://a.example/", "//b.example/", "https://b.example:443", "b.example", true, false},
        {"https://a.example/", "http://b.example/", "http://b.example:80", "b.example", false, false},
        {"https://a.example/", "", "https://a.example:443", "a.example", true, false},
        {"https://a.example/", "/a b", "https://a.example:443", "a.example", true, false},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct fault f = {0};
        CURLU *base = NULL, *url = NULL;
        if (rows[i].base)
            assert_int_equal(url_read(NULL, rows[i].base, &base, &f), 0);
        if (url_read(base, rows[i].text, &url, &f) < 0)
            fail_msg("row %zu: %s", i, f.text);
        _cleanup_text_ char *origin = url_origin(url), *host = url_host(url);
        assert_string_equal(origin, rows[i].origin);
        assert_string_equal(host, rows[i].host);
        assert_int_equal(url_is_tls(url), rows[i].tls);
        assert_int_equal(url_host_is_literal(host), rows[i].literal);
        curl_url_cleanup(url);
        curl_url_cleanup(base);
    }
}

static void refuses_the_rest(void **state)
{
    static const struct {
        const char *base, *text, *says;
    } rows[] = {
        {NULL, "", "no URL"},
        {NULL, "/path", "no URL"},
        {NULL, "nic.bj", "no URL"},
        {NULL, "ftp://nic.bj/", "neither http:// nor https://"},
        {NULL, "file:///etc/passwd", "neither http:// nor https://"},
        {NULL, "gopher://nic.bj/", "neither http:// nor https://"},
        {NULL, "javascript:alert(1)", ""},
        {NULL, "http://a@nic.bj/", "user name"},
        {NULL, "http://a:b@nic.bj/", "user name"},
        {NULL, "http://", "no URL"},
        {NULL, "http://nic.bj:99999/", "a port is a number"},
        {NULL, "http://nic.bj:0x50/", "a port is a number"},
        {NULL, "http://[::1/", "no URL"},
        {NULL, "http://nic.bj\r\nX: y/", "no URL"},
        {NULL, "http://a b/", "no URL"},
        {NULL, "http://a..b/", "is empty"},
        {NULL, "http://[fe80::1]/", "the interface"},
        /* A page may send where it likes; it is followed on the web alone. */
        {"https://a.example/", "file:///etc/passwd", "neither http:// nor https://"},
        {"https://a.example/", "ftp://b.example/", "neither http:// nor https://"},
        {"https://a.example/", "https://user@b.example/", "user name"},
        {"https://a.example/", "http://b.example:0x1/", "a port is a number"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct fault f = {0};
        CURLU *base = NULL, *url = NULL;
        if (rows[i].base)
            assert_int_equal(url_read(NULL, rows[i].base, &base, &f), 0);
        if (url_read(base, rows[i].text, &url, &f) != -EINVAL || !strstr(f.text, rows[i].says))
            fail_msg("row %zu, %s: %s", i, rows[i].text, f.text);
        assert_null(url);
        curl_url_cleanup(base);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_what_can_be_asked_for),
        cmocka_unit_test(refuses_the_rest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
