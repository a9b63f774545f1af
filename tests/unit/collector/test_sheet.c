#include "tests/unit/check.h"

#include <errno.h>

#include "collector/import/sheet.h"
#include "common/buf.h"

static const struct cell_column columns[] = {{"name", true, NULL},
                                             {"day", false, cell_retrieved},
                                             {"note", false, cell_note},
                                             {"number", false, cell_value, true}};
static const struct sheet sheet = {columns, COUNT(columns), "x"};

static int keep(void *ctx, size_t line, const char **cells, struct fault *f)
{
    struct buf *out = ctx;
    buf_addf(out, "%zu", line);
    for (size_t c = 0; c < COUNT(columns); c++)
        buf_addf(out, "|%s", cells[c] ? cells[c] : "-");
    buf_add_char(out, '\n');
    return strcmp(cells[0], "no") ? 0 : fault_set(f, -EBADMSG, "line %zu: not this one", line);
}

static void reads_columns_in_any_order(void **state)
{
    static const char text[] = "\xEF\xBB\xBFnote,name\r\n, a \r\n\r\n\"x,y\",\"b c\"\r\n";
    _cleanup_(buf_free) struct buf out = {0};
    struct fault f = {0};
    size_t count;
    assert_int_equal(sheet_read(&sheet, text, sizeof text - 1, keep, &out, &count, &f), 0);
    assert_int_equal(count, 2);
    assert_string_equal(out.data, "2|a|-|-|-\n4|b c|-|x,y|-\n");
}

/* As a spreadsheet in French saves a table. */
static void takes_semicolons_and_decimals_behind_a_comma(void **state)
{
    static const char text[] = "\xEF\xBB\xBFname;number;note\r\na,b;47,5;c\r\nd;1\xE2\x80\xAF"
                               "234,5;\r\ne;-2.5;1,5\r\n";
    _cleanup_(buf_free) struct buf out = {0};
    struct fault f = {0};
    size_t count;
    if (sheet_read(&sheet, text, sizeof text - 1, keep, &out, &count, &f) < 0)
        fail_msg("%s", f.text);
    assert_string_equal(out.data, "2|a,b|-|c|47.5\n3|d|-|-|1234.5\n4|e|-|1,5|-2.5\n");
}

static void names_line_column_and_cure(void **state)
{
    static const struct {
        const char *text, *says;
    } rows[] = {
        {"", "the file is empty; `import x --template` prints a header and an example"},
        {"name;dy\n", "line 1, column 2: \"dy\" is no column of this format"},
        {"# a note\nname\tdy\n", "line 2, column 2: \"dy\" is no column of this format"},
        {"name,number\na,\"1 234,5\"\n",
         "line 2: column number: \"1 234,5\" is no number here: decimals stand behind a "
         "point; write 1234.5"},
        {"name;number\na;1,234,5\n", "line 2: column number: \"1,234,5\" is no number"},
        {"name;number\na,1\n", "line 2: 1 columns, the header has 2; put a value that holds a comma or semicolon"},
        {"name;number\n\xC9,t;\xE9\n", "line 2, column 1: a letter that is not in UTF-8"},
        {"name,colour\n",
         "line 1, column 2: \"colour\" is no column of this format; `import x --template` prints them"},
        {"name,name\n", "line 1, column 2: name stands twice"},
        {"day\n", "line 1: the column name is missing; `import x --template` prints the header"},
        {"name\na,b\n", "line 2: 2 columns, the header has 1; put"},
        {"name,day\n,2026-01-31\n", "line 2: column name: empty; every line needs it"},
        {"name,day\na,2026-01-31\nb,2999-01-01\n", "line 3: column day: 2999-01-01 lies in the future"},
        {"name\n\xC9t\xE9\n", "line 2, column 1: a letter that is not in UTF-8"},
        {"name\na\x1B]0;x\n", "line 2: column name: U+001B is in it, a character that is not seen; take it out, or"},
        {"name\n\"a\nb\"\n", "line 2: column name: U+000A is in it"},
        {"name\na\nPass \u202e1 Go\n", "line 3: column name: U+202E is in it"},
        {"name\nin\ufeffside\n", "line 2: column name: U+FEFF is in it"},
        {"name\nno\n", "line 2: not this one"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        _cleanup_(buf_free) struct buf out = {0};
        struct fault f = {0};
        size_t count = 0;
        assert_int_equal(sheet_read(&sheet, rows[i].text, strlen(rows[i].text), keep, &out, &count, &f), -EBADMSG);
        if (strncmp(f.text, rows[i].says, strlen(rows[i].says)) != 0)
            fail_msg("\"%s\", wanted \"%s…\"", f.text, rows[i].says);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_columns_in_any_order),
        cmocka_unit_test(takes_semicolons_and_decimals_behind_a_comma),
        cmocka_unit_test(names_line_column_and_cure),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
