#include "tests/unit/check.h"

#include "common/form.h"

struct row {
    const char *text;
    bool good;
};

static bool address(const char *text)
{
    return form_address(text, strlen(text));
}

static bool name(const char *text)
{
    return form_name(text, strlen(text));
}

#define COUNTED(rows) rows, COUNT(rows)

static void judge(const char *what, bool (*form)(const char *text), const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (form(rows[i].text) != rows[i].good)
            fail_msg("\"%s\" is %s %s", rows[i].text, rows[i].good ? "refused as" : "taken for", what);
}

static void addresses(void **state)
{
    static const struct row rows[] = {
        {"192.0.2.1", true},
        {"2001:db8::1", true},
        {"::", true},
        {"", false},
        {"300.1.1.1", false},
        {"192.0.2", false},
        {"192.0.2.1/24", false},
        {"[::1]", false},
        {"::1%lo", false},
        {"192.0.2.1 ", false},
        {"1:2:3:4:5:6:7:8:9:1:2:3:4:5:6:7:8:9:1:2:3:4:5:6:7:8:9", false},
    };
    judge("an address", address, COUNTED(rows));
}

static void names(void **state)
{
    static char label[65], longest[300];
    memset(label, 'a', 64);
    for (size_t i = 0; i < sizeof longest - 1; i++)
        longest[i] = i % 10 == 9 ? '.' : 'a';
    const struct row rows[] = {
        {"example.org", true},  {"example.org.", true}, {"a", true},
        {"_dns.x-y.bj", true},  {"1.example", true},    {"", false},
        {".", false},           {"a..b", false},        {".a", false},
        {"300.1.1.1", false},   {"a b", false},         {"-a", false},
        {"caf\xc3\xa9", false}, {label, false},         {label + 1, true},
        {longest, false},       {"a/b", false},
    };
    judge("a name", name, COUNTED(rows));
}

static void listens(void **state)
{
    static const struct row rows[] = {
        {"127.0.0.1:8080", true},
        {"[::]:0", true},
        {":53", true},
        {"localhost:80", true},
        {"0.0.0.0:65535", true},
        {"", false},
        {":", false},
        {"8080", false},
        {"127.0.0.1", false},
        {"::1:80", false},
        {"[::1]", false},
        {"[x]:80", false},
        {"x:65536", false},
        {"x:-1", false},
        {"x:80x", false},
        {"300.1.1.1:80", false},
        {"x: 80", false},
        {"http://x:80", false},
    };
    judge("an address to listen on", form_listen, COUNTED(rows));
}

static void urls(void **state)
{
    static const struct row rows[] = {
        {"https://example.org", true},
        {"HTTP://192.0.2.1:8080/a/b", true},
        {"http://[::1]:80/", true},
        {"https://example.org/", true},
        {"http://localhost:1", true},
        {"", false},
        {"ftp://x", false},
        {"example.org", false},
        {"http://", false},
        {"http:///x", false},
        {"http://:80", false},
        {"http://x:", false},
        {"http://x:0", false},
        {"http://x:65536", false},
        {"http://x:8o", false},
        {"http://300.1.1.1", false},
        {"http://a@b", false},
        {"http://a b", false},
        {"http://x/?q", false},
        {"http://x/#f", false},
        {"http://[::1", false},
        {"http://::1/", false},
        {"http://x/\x01", false},
        {"http://[1.2.3.4]/", false},
    };
    judge("a URL", form_url, COUNTED(rows));
}

static void links(void **state)
{
    static const struct row rows[] = {
        {"https://arcep.bj", true},
        {"https://arcep.bj/observatoire/?annee=2025&t=1#parc", true},
        {"http://example.org?q=a@b", true},
        {"https://example.org/libert\xc3\xa9", true},
        {"https://", false},
        {"https://?q", false},
        {"arcep.bj", false},
        {"javascript:alert(1)", false},
        {"https://a b/", false},
        {"https://a/\x1b]0;x", false},
        {"https://a/\"x", false},
        {"https://user@example.org/", false},
    };
    judge("a page's address", form_link, COUNTED(rows));
}

static void days(void **state)
{
    static const struct row rows[] = {
        {"2026-11-22", true},  {"2024-02-29", true},  {"0001-01-01", true},   {"", false},
        {"0000-12-31", false}, {"2026-02-29", false}, {"2026-13-01", false},  {"2026-11-00", false},
        {"2026-1-1", false},   {"22-11-2026", false}, {"2026-11-22 ", false}, {"2026-11-22T10:00:00Z", false},
        {"yesterday", false},  {"+026-11-22", false},
    };
    judge("a day", form_day, COUNTED(rows));
}

static bool number_of_three(const char *text)
{
    return form_number(text, 3);
}

static void numbers(void **state)
{
    static const struct row rows[] = {
        {"1", true},     {"999", true}, {"007", true}, {"", false},   {"0", false},  {"000", false},
        {"1000", false}, {"-1", false}, {"+1", false}, {" 1", false}, {"1 ", false}, {"1a", false},
    };
    judge("a number of a list", number_of_three, COUNTED(rows));
}

static void texts(void **state)
{
    static const struct row rows[] = {
        {"Natitingou, près du marché", true},
        {"", true},
        {"a\nb", false},
        {"\x1b[2J", false},
        {"\xff", false},
        {"\x7f", false},
        {"\xc2\x9b"
         "2J",
         false}, /* a terminal's escape in one character */
        {"\xc2\xa0", true},
        {"\xc2", false},
        {"1\u202f000 FCFA \u2014 \u2018Pass\u2019 \u2026 \U0001F600", true},
        {"soft\u00adhyphen", false},
        {"\u061c", false},
        {"no\u200bwidth", false},
        {"\u200e", false},
        {"\u200f", false},
        {"end\u2028of line", false},
        {"\u202atxt", false},
        {"100 Go \u202eoG 01", false}, /* shown the other way round */
        {"\u2066txt\u2069", false},
        {"in\ufeffside", false},
        {"\ufff9", false},
        {"\U000e0041", false}, /* a tag */
    };
    judge("a text", form_text, COUNTED(rows));
}

static void tames(void **state)
{
    static const struct {
        const char *text, *tame;
    } rows[] = {
        {"", ""},
        {"Natitingou, près du marché", "Natitingou, près du marché"},
        {"a\r\nerror: b\t", "a  error: b "},
        {"\x1b]0;x\x07\x7f", " ]0;x  "},
        {"\xc2\x80\xc2\x9b"
         "1m\xc2\xa0",
         "    1m\xc2\xa0"},
        {"\xc2", "\xc2"}, /* cut within a character */
        {"\xff\n", "\xff "},
        {"a\u202eb\u2066c\ufeff", "a   b   c   "},
        {"\xe2\x80", "\xe2\x80"},
        {"\xe2\x80\n", "\xe2\x80 "},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        char text[64];
        snprintf(text, sizeof text, "%s", rows[i].text);
        form_tame(text);
        assert_string_equal(text, rows[i].tame);
    }
}

static void finds_what_is_not_seen(void **state)
{
    static const struct {
        const char *text;
        uint32_t first;
    } rows[] = {{"", 0}, {"Ouémé", 0}, {"a\nb\u202e", '\n'}, {"é\u202e\u200b", 0x202e}, {"\xff\xc2\x9b", 0x9b}};
    for (size_t i = 0; i < COUNT(rows); i++)
        assert_int_equal(form_unseen(rows[i].text), rows[i].first);
}

static void words(void **state)
{
    const char *at = ", a,\tbc ,, d";
    char got[16] = "";
    for (size_t len; (len = form_next_word(&at)) > 0;) {
        strncat(got, at - len, len);
        strcat(got, "|");
    }
    assert_string_equal(got, "a|bc|d|");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses),
        cmocka_unit_test(names),
        cmocka_unit_test(listens),
        cmocka_unit_test(urls),
        cmocka_unit_test(links),
        cmocka_unit_test(days),
        cmocka_unit_test(numbers),
        cmocka_unit_test(texts),
        cmocka_unit_test(tames),
        cmocka_unit_test(words),
        cmocka_unit_test(finds_what_is_not_seen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
