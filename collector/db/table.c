#include "collector/db/table.h"

#include <string.h>

#include "common/lang.h"

/* Characters, not octets: names have accents. */
static int width(const char *text)
{
    int n = 0;
    for (; *text; text++)
        n += (*text & 0xc0) != 0x80;
    return n;
}

static const char *cell(const struct pg_rows *rows, size_t row, int column)
{
    const char *text = pg_text(rows, row, column);
    if (!text || !*text)
        return "-";
    if (pg_column_is_bool(rows, column))
        return pg_bool(rows, row, column) ? _("yes") : _("no");
    return text;
}

static void print_cell(const char *text, int column_width, bool last, FILE *out)
{
    fputs(text, out);
    if (!last)
        fprintf(out, "%*s", column_width - width(text) + 2, "");
}

void table_print(const struct pg_rows *rows, FILE *out)
{
    int columns = pg_columns(rows);
    int *widths = alloc_zero((size_t)columns, sizeof *widths);
    for (int c = 0; c < columns; c++) {
        widths[c] = width(pg_column_name(rows, c));
        for (size_t r = 0; r < pg_rows_count(rows); r++)
            if (width(cell(rows, r, c)) > widths[c])
                widths[c] = width(cell(rows, r, c));
    }
    for (int c = 0; c < columns; c++)
        print_cell(pg_column_name(rows, c), widths[c], c == columns - 1, out);
    fputc('\n', out);
    for (size_t r = 0; r < pg_rows_count(rows); r++) {
        for (int c = 0; c < columns; c++)
            print_cell(cell(rows, r, c), widths[c], c == columns - 1, out);
        fputc('\n', out);
    }
    free(widths);
}

int table_query(struct pg *pg, const char *sql, struct fault *f)
{
    _cleanup_rows_ struct pg_rows *rows = NULL;
    int rc = pg_query(pg, sql, 0, NULL, &rows, f);
    if (rc == 0)
        table_print(rows, stdout);
    return rc;
}
