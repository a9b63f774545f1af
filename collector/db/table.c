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

static void print_cell(const char *text, int column_width, bool last, FILE *out)
{
    fputs(text, out);
    if (!last)
        fprintf(out, "%*s", column_width - width(text) + 2, "");
}

void table_write(const char *const *cells, size_t rows, size_t columns, FILE *out)
{
    int *widths = alloc_zero(columns, sizeof *widths);
    for (size_t i = 0; i < rows * columns; i++) {
        int needed = width(cells[i] && *cells[i] ? cells[i] : "-");
        if (needed > widths[i % columns])
            widths[i % columns] = needed;
    }
    for (size_t i = 0; i < rows * columns; i++) {
        bool last = i % columns == columns - 1;
        print_cell(cells[i] && *cells[i] ? cells[i] : "-", widths[i % columns], last, out);
        if (last)
            fputc('\n', out);
    }
    free(widths);
}

static const char *cell(const struct pg_rows *rows, size_t row, int column)
{
    const char *text = pg_text(rows, row, column);
    if (text && *text && pg_column_is_bool(rows, column))
        return pg_bool(rows, row, column) ? _("yes") : _("no");
    return text;
}

void table_print(const struct pg_rows *rows, FILE *out)
{
    size_t columns = (size_t)pg_columns(rows), count = pg_rows_count(rows) + 1;
    const char **cells = alloc_zero(count * columns, sizeof *cells);
    for (size_t c = 0; c < columns; c++)
        cells[c] = pg_column_name(rows, (int)c);
    for (size_t r = 1; r < count; r++)
        for (size_t c = 0; c < columns; c++)
            cells[r * columns + c] = cell(rows, r - 1, (int)c);
    table_write(cells, count, columns, out);
    free(cells);
}

int table_query(struct pg *pg, const char *sql, struct fault *f)
{
    _cleanup_rows_ struct pg_rows *rows = NULL;
    int rc = pg_query(pg, sql, 0, NULL, &rows, f);
    if (rc == 0)
        table_print(rows, stdout);
    return rc;
}
