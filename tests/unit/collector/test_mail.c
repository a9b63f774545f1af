#include "tests/unit/check.h"

#include <stdbool.h>

#include "collector/format/mail.h"
#include "common/alloc.h"

static void check_quoted(const char *text, const char *wanted)
{
    struct buf out = {0};
    buf_add_text(&out, "");
    mail_quoted(text, strlen(text), &out);
    assert_string_equal(out.data, wanted);
    buf_free(&out);
}

static void bodies_are_quoted(void **state)
{
    static const struct {
        const char *text, *wanted;
    } rows[] = {
        {"", ""},
        {"a b\nc\n", "a b\r\nc\r\n"},
        {"a = b, é\n", "a =3D b, =C3=A9\r\n"},
        {"blank \ntab\t\nlast ", "blank=20\r\ntab=09\r\nlast=20"},
        {".\n..\n", "=2E\r\n..\r\n"},
        {"\x7F\r\n", "=7F=0D\r\n"},
    };
    for (size_t r = 0; r < COUNT(rows); r++)
        check_quoted(rows[r].text, rows[r].wanted);
}

/* Whatever the length, lines keep within 76 octets and say the same. */
static void long_lines_are_broken(void **state)
{
    for (size_t len = 70; len < 240; len++)
        for (int accents = 0; accents < 2; accents++) {
            struct buf text = {0}, out = {0}, back = {0};
            for (size_t i = 0; i < len; i++)
                buf_add_text(&text, accents && i % 3 == 0 ? "é" : "x");
            mail_quoted(text.data, text.len, &out);
            for (const char *line = out.data; *line;) {
                const size_t octets = strcspn(line, "\r");
                assert_true(octets <= 76);
                const bool soft = octets > 0 && line[octets - 1] == '=';
                for (size_t i = 0; i < octets - soft; i++)
                    if (line[i] == '=') {
                        buf_add_char(&back, (char)strtol((char[]){line[i + 1], line[i + 2], 0}, NULL, 16));
                        i += 2;
                    } else {
                        buf_add_char(&back, line[i]);
                    }
                line += octets + 2 * (line[octets] == '\r');
            }
            assert_string_equal(back.data, text.data);
            buf_free(&text);
            buf_free(&out);
            buf_free(&back);
        }
}

static void check_field(const char *text, const char *wanted)
{
    struct buf out = {0};
    mail_field(text, strlen("Subject: "), &out);
    assert_string_equal(out.data, wanted);
    buf_free(&out);
}

static void fields_are_encoded(void **state)
{
    check_field("Bulletin", "Bulletin");
    check_field("An état", "=?UTF-8?Q?An_=C3=A9tat?=");
    check_field("one two three four five six seven eight nine ten eleven twelve thirteen",
                "one two three four five six seven eight nine ten eleven twelve\r\n thirteen");
    check_field("éééééééééééééééé", "=?UTF-8?Q?=C3=A9=C3=A9=C3=A9=C3=A9=C3=A9=C3=A9=C3=A9=C3=A9=C3=A9?=\r\n "
                                    "=?UTF-8?Q?=C3=A9=C3=A9=C3=A9=C3=A9=C3=A9=C3=A9=C3=A9?=");
}

static void a_message_has_both_texts(void **state)
{
    struct buf out = {0}, text = {0}, html = {0};
    buf_add_text(&text, "Été\n");
    buf_add_text(&html, "<p>Été</p>\n");
    const struct mail m = {.subject = "Été",
                           .from = "A <a@example.org>",
                           .at_us = INT64_C(1796083200000000),
                           .language = "fr",
                           .text = text,
                           .html = html};
    mail_write(&m, &out);
    assert_string_equal(out.data,
                        "From: A <a@example.org>\r\nSubject: =?UTF-8?Q?=C3=89t=C3=A9?=\r\n"
                        "Date: Tue, 1 Dec 2026 00:00:00 +0000\r\nMIME-Version: 1.0\r\nX-Unsent: 1\r\n"
                        "Content-Type: multipart/alternative;\r\n boundary=\"=_internetmetre_\"\r\n\r\n"
                        "--=_internetmetre_\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Language: fr\r\n"
                        "Content-Transfer-Encoding: quoted-printable\r\n\r\n=C3=89t=C3=A9\r\n\r\n"
                        "--=_internetmetre_\r\nContent-Type: text/html; charset=utf-8\r\nContent-Language: fr\r\n"
                        "Content-Transfer-Encoding: quoted-printable\r\n\r\n<p>=C3=89t=C3=A9</p>\r\n\r\n"
                        "--=_internetmetre_--\r\n");
    buf_free(&out);
    buf_free(&text);
    buf_free(&html);
}

/* As a file beside the message, which stays as it is without one. */
static void a_table_is_attached(void **state)
{
    struct buf out = {0}, text = {0}, html = {0}, csv = {0};
    buf_add_text(&text, "a\n");
    buf_add_text(&html, "<p>a</p>\n");
    buf_add_text(&csv, "name,value\nDébit,1=2\n");
    mail_write(&(struct mail){.subject = "S",
                              .from = "A <a@example.org>",
                              .language = "fr",
                              .text = text,
                              .html = html,
                              .csv = csv,
                              .csv_name = "bulletin.csv"},
               &out);
    assert_non_null(strstr(out.data, "Content-Type: multipart/mixed;\r\n boundary=\"=_whole_internetmetre_\"\r\n\r\n"
                                     "--=_whole_internetmetre_\r\nContent-Type: multipart/alternative;"));
    assert_non_null(strstr(out.data,
                           "--=_internetmetre_--\r\n--=_whole_internetmetre_\r\n"
                           "Content-Type: text/csv; charset=utf-8; name=\"bulletin.csv\"\r\n"
                           "Content-Disposition: attachment; filename=\"bulletin.csv\"\r\n"
                           "Content-Transfer-Encoding: quoted-printable\r\n\r\nname,value\r\nD=C3=A9bit,1=3D2\r\n\r\n"
                           "--=_whole_internetmetre_--\r\n"));
    buf_free(&out);
    buf_free(&text);
    buf_free(&html);
    buf_free(&csv);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(bodies_are_quoted), cmocka_unit_test(long_lines_are_broken),
                                       cmocka_unit_test(fields_are_encoded), cmocka_unit_test(a_message_has_both_texts),
                                       cmocka_unit_test(a_table_is_attached)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
