#include "tests/unit/check.h"

#include <errno.h>

#include "collector/format/csv.h"

/* All records in one text: fields joined by '|', records ended by ';'. */
static int read_all(const char *text, size_t len, struct buf *ret, struct fault *f)
{
    struct csv c;
    int rc;
    csv_start(&c, text, len);
    while ((rc = csv_next(&c, f)) > 0) {
        for (size_t i = 0; i < c.count; i++)
            buf_addf(ret, "%s%s", i ? "|" : "", c.fields[i]);
        buf_add_char(ret, ';');
    }
    csv_free(&c);
    return rc;
}

static void reads(void **state)
{
    static const struct {
        const char *text, *records;
    } rows[] = {
        {"", ""},
        {"a", "a;"},
        {"a,b\n", "a|b;"},
        {"a,b\r\nc,d\r\n", "a|b;c|d;"},
        {"\xEF\xBB\xBFid,x\n", "id|x;"},
        {",\n", "|;"},
        {"a,,b\n\n\r\nc\n", "a||b;c;"},
        {"\"a,b\",\"say \"\"oui\"\"\"\n", "a,b|say \"oui\";"},
        {"\"two\nlines\",x\n", "two\nlines|x;"},
        {"\"\",x\n", "|x;"},
        {"a,b\rc\n", "a|b\rc;"},
        {"Bénin,Atacora", "Bénin|Atacora;"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct buf out = {0};
        struct fault f = {0};
        assert_int_equal(read_all(rows[i].text, strlen(rows[i].text), &out, &f), 0);
        assert_string_equal(out.data ? out.data : "", rows[i].records);
        buf_free(&out);
    }
}

static void trims_where_it_is_told_to(void **state)
{
    static const char text[] = " a ,\tb c\xC2\xA0,\" d \",   ,,\xE2\x80\xAF\xC3\xA0\xE2\x80\xAF\n";
    static const char *const wanted[] = {"a", "b c", "d", "", "", "\xC3\xA0"};
    _cleanup_(csv_free) struct csv c;
    struct fault f = {0};
    csv_start(&c, text, sizeof text - 1);
    c.trims = true;
    assert_int_equal(csv_next(&c, &f), 1);
    assert_int_equal(c.count, COUNT(wanted));
    for (size_t i = 0; i < COUNT(wanted); i++)
        assert_string_equal(c.fields[i], wanted[i]);
}

static void names_the_place(void **state)
{
    static const struct {
        const char *text;
        size_t len;
        const char *says;
    } rows[] = {
        {"a,b\nc,d\"e\n", 0, "line 2, column 2: a quote inside a field without quotes"},
        {"a\n\"b\"c,d\n", 0, "line 2, column 1: text after the closing quote"},
        {"a\nb,\"never\nends\n", 0, "line 2, column 2: the quote that opens here is never closed"},
        {"\"", 0, "line 1, column 1: the quote that opens here"},
        {"a,b\0c\n", 6, "line 1, column 2: longer than 4096 octets, or with a NUL"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct buf out = {0};
        struct fault f = {0};
        assert_int_equal(read_all(rows[i].text, rows[i].len ? rows[i].len : strlen(rows[i].text), &out, &f), -EBADMSG);
        if (strncmp(f.text, rows[i].says, strlen(rows[i].says)) != 0)
            fail_msg("\"%s\", wanted \"%s…\"", f.text, rows[i].says);
        buf_free(&out);
    }
}

static void bounds_what_it_reads(void **state)
{
    char wide[2 * CSV_FIELDS_MAX + 2] = "";
    for (int i = 0; i <= CSV_FIELDS_MAX; i++)
        strcat(wide, i ? ",x" : "x");
    static char tall[CSV_FIELD_MAX + 2];
    memset(tall, 'x', sizeof tall - 1);
    const char *const rows[] = {wide, tall};
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct buf out = {0};
        struct fault f = {0};
        assert_int_equal(read_all(rows[i], strlen(rows[i]), &out, &f), -EBADMSG);
        buf_free(&out);
    }
}

/* OWASP's list, and what a spreadsheet that parts columns by semicolons sees in it. */
static void makes_formulas_harmless(void **state)
{
    static const struct {
        const char *text, *cell;
    } rows[] = {
        {"=HYPERLINK(\"http://x\")", "\"'=HYPERLINK(\"\"http://x\"\")\""},
        {"+1", "\"'+1\""},
        {"-1.5", "\"'-1.5\""},
        {"@SUM(A1)", "\"'@SUM(A1)\""},
        {"\t=1", "\"'\t'=1\""},
        {"\r=1", "\"'\r'=1\""},
        {"\xEF\xBC\x9D=", "\"'\xEF\xBC\x9D=\""},
        {"a;=1", "\"a;'=1\""},
        {"a;\"=1", "\"a;\"\"'=1\""},
        {"a\n=1", "\"a\n'=1\""},
        {"'=1", "\"''=1\""},
        {"''-x;'+y", "\"'''-x;''+y\""},
        /* none of these is one */
        {"", ""},
        {"-", "-"},
        {"'", "'"},
        {"l'eau", "l'eau"},
        {"'quoted'", "'quoted'"},
        {"a=b", "a=b"},
        {"2026-11-22", "2026-11-22"},
        {"n<5", "n<5"},
        {"a; b", "a; b"},
        {"Moov Africa Bénin", "Moov Africa Bénin"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct buf cell = {0}, out = {0}, wanted = {0};
        struct fault f = {0};
        csv_write(&cell, rows[i].text, strlen(rows[i].text));
        assert_string_equal(cell.data ? cell.data : "", rows[i].cell);
        buf_add_text(&cell, ",x");
        buf_addf(&wanted, "%s|x;", rows[i].text);
        assert_int_equal(read_all(cell.data, cell.len, &out, &f), 0);
        assert_string_equal(out.data, wanted.data);
        buf_free(&cell);
        buf_free(&out);
        buf_free(&wanted);
    }
}

/* Whatever is put together of the signs that matter comes back as it was. */
static void takes_away_what_it_put(void **state)
{
    static const char signs[] = {'\'', '=', '\t', '"', ';', '\r', 'a', ',', '-'};
    for (unsigned n = 0; n < 9 * 9 * 9 * 9 * 9; n++) {
        char text[6] = "";
        struct buf cell = {0};
        struct csv c;
        struct fault f = {0};
        for (unsigned i = 0, rest = n; i < 5; i++, rest /= 9)
            text[i] = signs[rest % 9];
        csv_write(&cell, text, 5);
        csv_start(&c, cell.data, cell.len);
        assert_int_equal(csv_next(&c, &f), 1);
        assert_int_equal(c.count, 1);
        assert_string_equal(c.fields[0], text);
        csv_free(&c);
        buf_free(&cell);
    }
}

static void writes_what_it_reads(void **state)
{
    static const char *const fields[] = {"\xEF\xBB\xBFmark", "",           "plain", "a,b",
                                         "say \"oui\"",      "two\nlines", "\r",    "Bénin"};
    struct buf text = {0}, out = {0}, wanted = {0};
    struct fault f = {0};
    for (size_t i = 0; i < COUNT(fields); i++) {
        if (i > 0)
            buf_add_char(&text, ',');
        csv_write(&text, fields[i], strlen(fields[i]));
        buf_addf(&wanted, "%s%s", i ? "|" : "", fields[i]);
    }
    buf_add_char(&wanted, ';');
    assert_int_equal(read_all(text.data, text.len, &out, &f), 0);
    assert_string_equal(out.data, wanted.data);
    buf_free(&text);
    buf_free(&out);
    buf_free(&wanted);
}

/* What one part of the world calls a separator is text to the other. */
static void columns_are_parted_by_what_was_asked_for(void **state)
{
    static const char *const cells[] = {"a;b", "c,d", "\"", "=1;-2", ""};
    for (size_t s = 0; s < 2; s++) {
        const char separator = ",;"[s];
        _cleanup_(buf_free) struct buf out = {0};
        struct csv c;
        struct fault f = {0};
        for (size_t i = 0; i < COUNT(cells); i++) {
            csv_write_parted(&out, cells[i], strlen(cells[i]), separator);
            buf_add_char(&out, i + 1 < COUNT(cells) ? separator : '\n');
        }
        csv_start(&c, out.data, out.len);
        c.separator = separator;
        assert_int_equal(csv_next(&c, &f), 1);
        assert_int_equal(c.count, COUNT(cells));
        for (size_t i = 0; i < COUNT(cells); i++)
            assert_string_equal(c.fields[i], cells[i]);
        assert_int_equal(csv_next(&c, &f), 0);
        csv_free(&c);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads),
        cmocka_unit_test(trims_where_it_is_told_to),
        cmocka_unit_test(names_the_place),
        cmocka_unit_test(bounds_what_it_reads),
        cmocka_unit_test(makes_formulas_harmless),
        cmocka_unit_test(takes_away_what_it_put),
        cmocka_unit_test(writes_what_it_reads),
        cmocka_unit_test(columns_are_parted_by_what_was_asked_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
