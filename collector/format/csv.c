#include "collector/format/csv.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "common/lang.h"

#define BOM "\xEF\xBB\xBF" /* UTF-8's byte order mark */

/* ---- what a spreadsheet takes for a formula ---- */

/* Put before it: a spreadsheet then shows a text, without this sign or with it. */
#define GUARD '\''
/* Behind these a cell begins for a spreadsheet that parts columns otherwise, in
 * French by semicolons: to that one our quotes stand within a cell. */
#define EDGES "\";\t\r\n"

/* The signs of OWASP's list, their wide forms, and what is passed over before one.
 * One alone is none: "-" is a word of ours. */
static bool is_formula(const char *text, size_t len)
{
    static const char *const signs[] = {
        "=", "+", "-", "@", "\t", "\r", "\xEF\xBC\x9D", "\xEF\xBC\x8B", "\xEF\xBC\x8D", "\xEF\xBC\xA0"};
    for (size_t i = 0; i < COUNT(signs); i++)
        if (len > strlen(signs[i]) && !memcmp(text, signs[i], strlen(signs[i])))
            return true;
    return false;
}

/* Does a cell that is a formula begin at `at`, guards before it included? A text
 * that has guards of its own gets one more as well, so that taking one away
 * gives back what was written. */
static bool begins_formula(const char *text, size_t len, size_t at)
{
    if (at > 0 && !memchr(EDGES, text[at - 1], sizeof EDGES - 1))
        return false;
    while (at < len && text[at] == GUARD)
        at++;
    return is_formula(text + at, len - at);
}

/* ---- writing ---- */

static void add_quoted(struct buf *out, const char *text, size_t len)
{
    buf_add_char(out, '"');
    for (size_t i = 0; i < len; i++) {
        if (begins_formula(text, len, i))
            buf_add_char(out, GUARD);
        if (text[i] == '"')
            buf_add_char(out, '"');
        buf_add_char(out, text[i]);
    }
    buf_add_char(out, '"');
}

void csv_write(struct buf *out, const char *text, size_t len)
{
    csv_write_parted(out, text, len, ',');
}

void csv_write_parted(struct buf *out, const char *text, size_t len, char separator)
{
    /* At the beginning of a file it would be passed over. */
    bool quoted = len >= sizeof BOM - 1 && !memcmp(text, BOM, sizeof BOM - 1);
    for (size_t i = 0; i < len && !quoted; i++)
        quoted = text[i] == separator || memchr(",\"\r\n", text[i], 4) || begins_formula(text, len, i);
    if (quoted)
        add_quoted(out, text, len);
    else
        buf_add(out, text, len);
}

/* ---- reading ---- */

void csv_start(struct csv *c, const char *text, size_t len)
{
    *c = (struct csv){.at = text, .end = text + len, .line = 1, .separator = ','};
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
                if (!at_line_end(c) && *c->at != c->separator)
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
    for (; !at_line_end(c) && *c->at != c->separator; c->at++) {
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

/* Takes the guards away again from the field that begins at `start`. */
static void take_guards(struct buf *text, size_t start)
{
    size_t len = text->len - start, to = 0;
    if (len == 0)
        return;
    char *field = text->data + start;
    for (size_t at = 0; at < len; at++)
        if (field[at] != GUARD || !begins_formula(field, len, at))
            field[to++] = field[at];
    text->len = start + to;
}

/* Octets of the blank that a text begins with: a space, a tab, or one of the
 * spaces that do not break, as French puts them (U+00A0, U+202F). */
static size_t blank(const char *text, size_t len)
{
    static const char *const blanks[] = {" ", "\t", "\xC2\xA0", "\xE2\x80\xAF"};
    for (size_t i = 0; i < COUNT(blanks); i++)
        if (len >= strlen(blanks[i]) && !memcmp(text, blanks[i], strlen(blanks[i])))
            return strlen(blanks[i]);
    return 0;
}

/* Takes the blanks around away from the field that begins at `start`. */
static void trim(struct buf *text, size_t start)
{
    size_t first = start, last = start;
    for (size_t n; (n = blank(text->data + first, text->len - first)) > 0;)
        first += n;
    for (size_t at = first, n; at < text->len; at += n ? n : 1)
        if ((n = blank(text->data + at, text->len - at)) == 0)
            last = at + 1;
    if (last <= first)
        last = first;
    memmove(text->data + start, text->data + first, last - first);
    text->len = start + last - first;
}

static int read_field(struct csv *c, struct fault *f)
{
    size_t start = c->text.len;
    if (c->count == CSV_FIELDS_MAX)
        return fault_set(f, -EBADMSG, _("line %zu: more than %d columns"), c->line, CSV_FIELDS_MAX);
    int rc = c->at < c->end && *c->at == '"' ? read_quoted(c, f) : read_bare(c, f);
    if (rc < 0)
        return rc;
    take_guards(&c->text, start);
    if (c->trims && c->text.len > start)
        trim(&c->text, start);
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
        c->at++; /* the separator */
    }
    pass_line_end(c);
    /* Only now, when the buffer no longer moves. */
    const char *at = c->text.data;
    for (size_t i = 0; i < c->count; i++, at += strlen(at) + 1)
        c->fields[i] = at;
    return 1;
}

static int open_parted(struct csv *c, const char *text, size_t len, char separator, bool trims, struct fault *f)
{
    csv_free(c);
    csv_start(c, text, len);
    c->separator = separator;
    c->trims = trims;
    int rc;
    while ((rc = csv_next(c, f)) > 0 && *c->fields[0] == '#')
        ;
    return rc;
}

int csv_open(struct csv *c, const char *text, size_t len, bool trims, struct fault *f)
{
    static const char others[] = {';', '\t'};
    *c = (struct csv){0};
    int first = open_parted(c, text, len, ',', trims, f);
    if (first == 0 || (first > 0 && c->count > 1))
        return first;
    for (size_t o = 0; o < sizeof others; o++)
        if (open_parted(c, text, len, others[o], trims, NULL) > 0 && c->count > 1)
            return 1;
    return open_parted(c, text, len, ',', trims, f);
}
