/* A file of figures that somebody brings: taken whole, with all that a row must
 * have, or refused with the place. What the reader of CSV reads, its writer
 * writes, and that reads the same. */
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "collector/format/csv.h"
#include "collector/import/figures.h"
#include "collector/import/number.h"
#include "collector/import/worldbank.h"
#include "common/scan.h"

static void write_record(const struct csv *csv, struct buf *out)
{
    for (size_t i = 0; i < csv->count; i++) {
        if (i)
            buf_add_char(out, ',');
        csv_write(out, csv->fields[i], strlen(csv->fields[i]));
    }
    buf_add_char(out, '\n');
}

static void check_same(const struct csv *a, const struct csv *b)
{
    if (a->count != b->count)
        abort();
    for (size_t i = 0; i < a->count; i++)
        if (strcmp(a->fields[i], b->fields[i]) != 0)
            abort();
}

static void check_csv(const char *text, size_t len)
{
    _cleanup_(csv_free) struct csv csv;
    struct fault f = {0};
    int rc;
    csv_start(&csv, text, len);
    while ((rc = csv_next(&csv, &f)) > 0) {
        _cleanup_(csv_free) struct csv again = {0};
        _cleanup_(buf_free) struct buf out = {0};
        /* One empty field alone is an empty line, which is passed over. */
        if (csv.count == 1 && !*csv.fields[0])
            continue;
        if (csv.count == 0 || csv.count > CSV_FIELDS_MAX || csv.record_line > csv.line)
            abort();
        write_record(&csv, &out);
        csv_start(&again, out.data, out.len);
        if (csv_next(&again, &f) != 1)
            abort();
        check_same(&csv, &again);
    }
    if (rc < 0 && !f.text[0])
        abort();
}

/* What every line must have. */
static int check_line(void *ctx, const struct figure_line *line, struct fault *f)
{
    size_t *count = ctx;
    double value;
    for (size_t c = 0; c < CELL_COLUMNS; c++)
        if (line->cell[c] ? !*line->cell[c] : cell_columns[c].required)
            abort();
    if (number_read(line->cell[CELL_VALUE], &value) < 0)
        abort();
    ++*count;
    return 0;
}

/* A year may lack its value: those are counted behind the others. */
static int check_year(void *ctx, const struct figure_line *line, struct fault *f)
{
    size_t *counts = ctx;
    if (line->cell[CELL_VALUE])
        return check_line(ctx, line, f);
    struct figure_line whole = *line;
    size_t here = 0;
    whole.cell[CELL_VALUE] = "0";
    counts[1]++;
    return check_line(&here, &whole, f);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct fault f = {0};
    const char *text = (const char *)bytes;
    size_t seen = 0, count = 0;
    int rc = figures_read(text, len, NULL, check_line, &seen, &count, &f);
    if (rc < 0 ? !f.text[0] : seen != count)
        abort();
    if (scan_utf8(text, len) == len)
        check_csv(text, len);
    struct worldbank_found found = {0};
    size_t years[2] = {0};
    rc = worldbank_read(text, len, "2026-01-31", &found, check_year, years, &f);
    if (rc < 0 ? !f.text[0] : years[0] != found.figures || years[0] == 0 || years[1] != found.empty)
        abort();
    worldbank_found_free(&found);
    return 0;
}
