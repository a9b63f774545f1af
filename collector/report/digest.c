#include "collector/report/digest.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "collector/format/decimal.h"
#include "collector/format/encode.h"
#include "common/alloc.h"

#define DIGEST_NAME(name) #name,
static const char *const names[DIGEST_COUNT] = {DIGEST_COLUMNS(DIGEST_NAME)};

void digest_free(struct digest *d)
{
    for (size_t l = 0; l < d->count; l++)
        for (int c = 0; c < DIGEST_COUNT; c++)
            free(d->lines[l].cells[c]);
    free(d->lines);
    *d = (struct digest){0};
}

size_t digest_begin(struct digest *d, int decimals)
{
    d->lines = alloc_resize(d->lines, d->count + 1, sizeof *d->lines);
    d->lines[d->count] = (struct digest_line){.decimals = decimals};
    return d->count++;
}

static void set(struct digest *d, enum digest_column column, char *text)
{
    char **cell = &d->lines[d->count - 1].cells[column];
    free(*cell);
    *cell = text;
}

void digest_text(struct digest *d, enum digest_column column, const char *text)
{
    set(d, column, text ? alloc_text(text) : NULL);
}

void digest_value(struct digest *d, enum digest_column column, double value)
{
    char text[DECIMAL_SIZE];
    if (isnan(value))
        return;
    decimal_write(value, text);
    set(d, column, alloc_text(text));
}

void digest_count(struct digest *d, enum digest_column column, int64_t count)
{
    set(d, column, alloc_format("%" PRId64, count));
}

static bool is_figure(enum digest_column column)
{
    return column == DIGEST_value || column == DIGEST_low || column == DIGEST_high;
}

bool digest_number(const struct digest *d, enum lang lang, size_t line, enum digest_column column, struct buf *out)
{
    char number[NUMBER_TEXT_SIZE];
    const char *cell = d->lines[line].cells[column];
    if (!cell)
        return false;
    lang_number(lang, strtod(cell, NULL), is_figure(column) ? d->lines[line].decimals : 0, number);
    buf_addf(out, "<data value=\"%s\" data-line=\"%zu\"", cell, line + 2);
    if (column != DIGEST_value)
        buf_addf(out, " data-column=\"%s\"", names[column]);
    buf_addf(out, ">%s</data>", number);
    return true;
}

void digest_csv(const struct digest *d, struct buf *out)
{
    struct encode_column columns[DIGEST_COUNT];
    for (int c = 0; c < DIGEST_COUNT; c++) {
        const bool number = is_figure((enum digest_column)c) || (c >= DIGEST_n_days && c <= DIGEST_n_probes_most);
        columns[c] = (struct encode_column){names[c], number ? ENCODE_NUMBER : ENCODE_TEXT};
    }
    struct encoder e = {.format = ENCODE_CSV, .columns = columns, .count = DIGEST_COUNT};
    encode_open(&e, out);
    for (size_t l = 0; l < d->count; l++)
        encode_row(&e, (const char *const *)d->lines[l].cells, out);
    encode_close(&e, out);
}
