#include "collector/import/sheet.h"

#include <errno.h>
#include <string.h>

#include "collector/format/csv.h"
#include "common/lang.h"
#include "common/scan.h"

#define NUMBER_MAX 40 /* octets; what is longer is no number that somebody wrote */

struct reader {
    const struct sheet *sheet;
    struct csv csv;
    int at[SHEET_COLUMNS_MAX];                   /* the place of each column in the file, -1 when absent */
    size_t width;                                /* of the header */
    char numbers[SHEET_COLUMNS_MAX][NUMBER_MAX]; /* of the line, where their decimals stood behind a comma */
};

/* ---- the header ---- */

static int read_header(struct reader *r, struct fault *f)
{
    const struct sheet *s = r->sheet;
    const struct csv *csv = &r->csv;
    for (size_t c = 0; c < s->count; c++)
        r->at[c] = -1;
    for (size_t i = 0; i < csv->count; i++) {
        size_t c = 0;
        while (c < s->count && strcmp(s->columns[c].name, csv->fields[i]) != 0)
            c++;
        if (c == s->count)
            return fault_set(f, -EBADMSG,
                             _("line %zu, column %zu: \"%.64s\" is no column of this format; `import %s --template` "
                               "prints them all"),
                             csv->record_line, i + 1, csv->fields[i], s->word);
        if (r->at[c] >= 0)
            return fault_set(f, -EBADMSG, _("line %zu, column %zu: %s stands twice; keep one"), csv->record_line, i + 1,
                             s->columns[c].name);
        r->at[c] = (int)i;
    }
    for (size_t c = 0; c < s->count; c++)
        if (s->columns[c].required && r->at[c] < 0)
            return fault_set(f, -EBADMSG,
                             _("line %zu: the column %s is missing; `import %s --template` prints the header"),
                             csv->record_line, s->columns[c].name, s->word);
    return 0;
}

/* ---- a line ---- */

static int check_cell(const struct cell_column *column, const char *text, struct fault *f)
{
    int rc = 0;
    if (!*text)
        rc = column->required ? fault_set(f, -EBADMSG, _("empty; every line needs it")) : 0;
    else if ((rc = cell_text(text, f)) == 0 && column->check)
        rc = column->check(text, f);
    if (rc < 0)
        fault_prefix(f, _("column %s: "), column->name);
    return rc;
}

/* The number with a point, where a spreadsheet of another language wrote it with a comma; else the text as it is. */
static const char *with_point(struct reader *r, size_t c, const char *text)
{
    if (r->csv.separator == ',' || !r->sheet->columns[c].decimal)
        return text;
    _cleanup_text_ char *number = cell_with_point(text);
    if (!number || strlen(number) >= NUMBER_MAX)
        return text;
    memcpy(r->numbers[c], number, strlen(number) + 1);
    return r->numbers[c];
}

static int read_line(struct reader *r, const char **cells, struct fault *f)
{
    if (r->csv.count != r->width)
        return fault_set(f, -EBADMSG,
                         _("%zu columns, the header has %zu; put a value that holds a comma or semicolon in quotes"),
                         r->csv.count, r->width);
    for (size_t c = 0; c < r->sheet->count; c++) {
        const char *text = r->at[c] < 0 ? "" : with_point(r, c, r->csv.fields[r->at[c]]);
        int rc = check_cell(&r->sheet->columns[c], text, f);
        if (rc < 0)
            return rc;
        cells[c] = *text ? text : NULL;
    }
    return 0;
}

/* ---- the file ---- */

/* Where the first octet stands that is no UTF-8, for who looks for it in a spreadsheet. */
static int refuse_encoding(const char *text, size_t len, size_t bad, struct fault *f)
{
    _cleanup_(csv_free) struct csv csv;
    const char separator = csv_open(&csv, text, len, false, NULL) > 0 ? csv.separator : ',';

    size_t line = 1, column = 1;
    bool quoted = false;
    for (size_t i = 0; i < bad; i++) {
        if (text[i] == '"')
            quoted = !quoted;
        column += text[i] == separator && !quoted;
        if (text[i] == '\n') {
            line++;
            column = 1;
        }
    }
    return fault_set(
        f, -EBADMSG,
        _("line %zu, column %zu: a letter that is not in UTF-8 (older spreadsheets write Latin-1); save the "
          "file as \"CSV UTF-8\", or convert it: iconv -f WINDOWS-1252 -t UTF-8 FILE"),
        line, column);
}

static int read_lines(struct reader *r, sheet_take take, void *ctx, size_t *ret_count, struct fault *f)
{
    const char *cells[SHEET_COLUMNS_MAX];
    size_t count = 0;
    int rc;
    while ((rc = csv_next(&r->csv, f)) > 0) {
        rc = read_line(r, cells, f);
        if (rc < 0)
            fault_prefix(f, _("line %zu: "), r->csv.record_line);
        else
            rc = take(ctx, r->csv.record_line, cells, f);
        if (rc < 0)
            break;
        count++;
    }
    *ret_count = count;
    return rc;
}

int sheet_read(const struct sheet *s, const char *text, size_t len, sheet_take take, void *ctx, size_t *ret_count,
               struct fault *f)
{
    size_t bad = scan_utf8(text, len);
    if (bad != len)
        return refuse_encoding(text, len, bad, f);
    struct reader r = {.sheet = s};
    int rc = csv_open(&r.csv, text, len, true, f);
    if (rc == 0)
        rc = fault_set(f, -EBADMSG, _("the file is empty; `import %s --template` prints a header and an example"),
                       s->word);
    else if (rc > 0)
        rc = read_header(&r, f);
    r.width = r.csv.count;
    if (rc == 0)
        rc = read_lines(&r, take, ctx, ret_count, f);
    csv_free(&r.csv);
    return rc;
}
