#include "collector/format/csv.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "common/lang.h"

#define BOM "\xEF\xBB\xBF" /* UTF-8's byte order mark */

void csv_write(struct buf *out, const char *text, size_t len)
{
    /* At the beginning of a file it would be passed over. */
    bool quoted = len >= sizeof BOM - 1 && !memcmp(text, BOM, sizeof BOM - 1);
    for (size_t i = 0; i < len && !quoted; i++)
        quoted = strchr(",\"\r\n", text[i]) != NULL;
    if (!quoted) {
        buf_add(out, text, len);
        return;
    }
    buf_add_char(out, '"');
    for (size_t i = 0; i < len; i++) {
        if (text[i] == '"')
            buf_add_char(out, '"');
        buf_add_char(out, text[i]);
    }
    buf_add_char(out, '"');
}

void csv_start(struct csv *c, const char *text, size_t len)
{
    *c = (struct csv){.at = text, .end = text + len, .line = 1};
    if (len >= sizeof BOM - 1 && !memcmp(text, BOM, sizeof BOM - 1))
        c->at += sizeof BOM - 1;
}

void csv_free(struct csv *c)
{
    buf_free(&c->text);
}

static bool at_line_end(const struct csv *c)
{
    return c->at == c->end || *c->at == '\n' || (*c->at == '\r' && c->at + 1 < c->end && c->at[1] == '\n');
}

static void pass_line_end(struct csv *c)
{
    if (c->at == c->end)
        return;
    c->at += *c->at == '\r' ? 2 : 1;
    c->line++;
}

/* A field that opens with a quote, up to its closing one. */
static int read_quoted(struct csv *c, struct fault *f)
{
    size_t opened = c->line;
    for (c->at++; c->at < c->end; c->at++) {
        if (*c->at == '"') {
            if (c->at + 1 == c->end || c->at[1] != '"') {
                c->at++;
                if (!at_line_end(c) && *c->at != ',')
                    return fault_set(
                        f, -EBADMSG,
                        _("line %zu, column %zu: text after the closing quote; write a quote inside a field twice"),
                        c->line, c->count + 1);
                return 0;
            }
            c->at++;
        }
        c->line += *c->at == '\n';
        buf_add_char(&c->text, *c->at);
    }
    return fault_set(f, -EBADMSG, _("line %zu, column %zu: the quote that opens here is never closed"), opened,
                     c->count + 1);
}

static int read_bare(struct csv *c, struct fault *f)
{
    for (; !at_line_end(c) && *c->at != ','; c->at++) {
        if (*c->at == '"')
            return fault_set(
                f, -EBADMSG,
                _("line %zu, column %zu: a quote inside a field without quotes; put the field in quotes and write "
                  "the quote twice"),
                c->line, c->count + 1);
        buf_add_char(&c->text, *c->at);
    }
    return 0;
}

static int read_field(struct csv *c, struct fault *f)
{
    size_t start = c->text.len;
    if (c->count == CSV_FIELDS_MAX)
        return fault_set(f, -EBADMSG, _("line %zu: more than %d columns"), c->line, CSV_FIELDS_MAX);
    int rc = c->at < c->end && *c->at == '"' ? read_quoted(c, f) : read_bare(c, f);
    if (rc < 0)
        return rc;
    if (c->text.len - start > CSV_FIELD_MAX || memchr(c->text.data ? c->text.data + start : "", 0, c->text.len - start))
        return fault_set(f, -EBADMSG, _("line %zu, column %zu: longer than %d octets, or with a NUL octet in it"),
                         c->record_line, c->count + 1, CSV_FIELD_MAX);
    buf_add_char(&c->text, '\0');
    c->count++;
    return 0;
}

int csv_next(struct csv *c, struct fault *f)
{
    while (c->at < c->end && at_line_end(c))
        pass_line_end(c);
    if (c->at == c->end)
        return 0;
    buf_clear(&c->text);
    c->count = 0;
    c->record_line = c->line;
    for (;;) {
        int rc = read_field(c, f);
        if (rc < 0)
            return rc;
        if (at_line_end(c))
            break;
        c->at++; /* the comma */
    }
    pass_line_end(c);
    /* Only now, when the buffer no longer moves. */
    const char *at = c->text.data;
    for (size_t i = 0; i < c->count; i++, at += strlen(at) + 1)
        c->fields[i] = at;
    return 1;
}
