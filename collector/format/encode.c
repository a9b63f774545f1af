#include "collector/format/encode.h"

#include <errno.h>
#include <string.h>

#include "collector/format/csv.h"

static const struct {
    const char *word, *media_type;
} formats[] = {
    [ENCODE_JSON] = {"json", "application/json"},
    [ENCODE_NDJSON] = {"ndjson", "application/x-ndjson"},
    [ENCODE_CSV] = {"csv", "text/csv; charset=utf-8; header=present"},
};

int encode_format_parse(const char *word, enum encode_format *ret)
{
    for (size_t i = 0; i < COUNT(formats); i++)
        if (!strcmp(formats[i].word, word)) {
            *ret = (enum encode_format)i;
            return 0;
        }
    return -EINVAL;
}

const char *encode_media_type(enum encode_format format)
{
    return formats[format].media_type;
}

void encode_open(const struct encoder *e, struct buf *out)
{
    if (e->format == ENCODE_JSON)
        buf_add_char(out, '[');
    if (e->format != ENCODE_CSV)
        return;
    for (size_t i = 0; i < e->count; i++) {
        if (i > 0)
            buf_add_char(out, ',');
        csv_write(out, e->columns[i].name, strlen(e->columns[i].name));
    }
    buf_add_char(out, '\n');
}

void encode_close(const struct encoder *e, struct buf *out)
{
    if (e->format == ENCODE_JSON)
        buf_add_text(out, e->begun ? "\n]\n" : "]\n");
}

void encode_next(struct encoder *e, struct buf *out)
{
    if (e->format == ENCODE_JSON)
        buf_add_text(out, e->begun ? ",\n" : "\n");
    e->begun = true;
}

void encode_end_row(const struct encoder *e, struct buf *out)
{
    if (e->format != ENCODE_JSON)
        buf_add_char(out, '\n');
}

/* PostgreSQL writes NaN and Infinity, which JSON has no words for. */
static bool is_json_number(const char *text)
{
    return *text && strspn(text, "+-.0123456789eE") == strlen(text);
}

static void write_json(const struct encode_column *column, const char *value, struct buf *out)
{
    buf_add_json(out, column->name, strlen(column->name));
    buf_add_char(out, ':');
    if (!value || (column->type == ENCODE_NUMBER && !is_json_number(value)))
        buf_add_text(out, "null");
    else if (column->type == ENCODE_BOOL)
        buf_add_text(out, *value == 't' ? "true" : "false");
    else if (column->type == ENCODE_NUMBER)
        buf_add_text(out, value);
    else
        buf_add_json(out, value, strlen(value));
}

static void write_csv(const struct encode_column *column, const char *value, struct buf *out)
{
    if (value && column->type == ENCODE_BOOL)
        value = *value == 't' ? "true" : "false";
    if (value && column->type == ENCODE_TEXT)
        csv_write(out, value, strlen(value));
    else if (value)
        buf_add_text(out, value);
}

void encode_row(struct encoder *e, const char *const *values, struct buf *out)
{
    encode_next(e, out);
    if (e->format != ENCODE_CSV)
        buf_add_char(out, '{');
    for (size_t i = 0; i < e->count; i++) {
        if (i > 0)
            buf_add_char(out, ',');
        (e->format == ENCODE_CSV ? write_csv : write_json)(&e->columns[i], values[i], out);
    }
    if (e->format != ENCODE_CSV)
        buf_add_char(out, '}');
    encode_end_row(e, out);
}
