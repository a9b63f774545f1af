#include "collector/format/plain.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "common/alloc.h"

static const struct {
    const char *entity, *text;
} entities[] = {{"&amp;", "&"}, {"&lt;", "<"}, {"&gt;", ">"}, {"&quot;", "\""}, {"&#39;", "'"}, {"&nbsp;", "\u00A0"}};

static bool begins(const char *text, const char *end, const char *with)
{
    return (size_t)(end - text) >= strlen(with) && !memcmp(text, with, strlen(with));
}

/* A line without its tags and entities; the caller frees. */
static char *bare(const char *line, size_t len)
{
    struct buf out = {0};
    const char *end = line + len;
    buf_add_text(&out, "");
    while (line < end) {
        const char *closes = *line == '<' ? memchr(line, '>', (size_t)(end - line)) : NULL;
        size_t e = 0;
        while (*line == '&' && e < COUNT(entities) && !begins(line, end, entities[e].entity))
            e++;
        if (closes) {
            line = closes + 1;
        } else if (*line == '&' && e < COUNT(entities)) {
            buf_add_text(&out, entities[e].text);
            line += strlen(entities[e].entity);
        } else {
            buf_add_char(&out, *line++);
        }
    }
    return buf_take(&out);
}

/* Of UTF-8, a letter each. */
static size_t width(const char *text, size_t len)
{
    size_t columns = 0;
    for (size_t i = 0; i < len; i++)
        columns += ((unsigned char)text[i] & 0xC0) != 0x80;
    return columns;
}

static void repeat(struct buf *out, char c, size_t times)
{
    for (size_t i = 0; i < times; i++)
        buf_add_char(out, c);
}

/* Words of a paragraph; lines after the first are set in. *ret_widest: of its lines. */
static void wrap(const char *text, size_t columns, size_t set_in, size_t *ret_widest, struct buf *out)
{
    size_t at = 0;
    *ret_widest = 0;
    for (const char *word = text + strspn(text, " \t\r"); *word; word += strspn(word, " \t\r")) {
        const size_t len = strcspn(word, " \t\r"), wide = width(word, len);
        if (at > 0 && at + 1 + wide > columns) {
            buf_add_char(out, '\n');
            repeat(out, ' ', set_in);
            at = set_in;
        } else if (at > 0) {
            buf_add_char(out, ' ');
            at++;
        }
        buf_add(out, word, len);
        at += wide;
        *ret_widest = at > *ret_widest ? at : *ret_widest;
        word += len;
    }
    buf_add_char(out, '\n');
}

static void set_line(const char *text, size_t columns, struct buf *out)
{
    const bool title = !strncmp(text, "# ", 2), part = !strncmp(text, "## ", 3);
    const char *words = text + (title ? 2 : part ? 3 : 0);
    size_t widest;
    wrap(words, columns, !strncmp(words, "- ", 2) ? 2 : 0, &widest, out);
    if (title || part) {
        repeat(out, title ? '=' : '-', widest);
        buf_add_char(out, '\n');
    }
}

void plain_set(const char *markup, size_t len, size_t columns, struct buf *out)
{
    const char *end = markup + len;
    bool empty = true; /* none at the beginning */
    while (markup < end) {
        const char *newline = memchr(markup, '\n', (size_t)(end - markup)), *line_end = newline ? newline : end;
        _cleanup_text_ char *text = bare(markup, (size_t)(line_end - markup));
        const bool nothing = text[strspn(text, " \t\r")] == '\0';
        if (!nothing)
            set_line(text, columns, out);
        else if (!empty)
            buf_add_char(out, '\n');
        empty = nothing;
        markup = newline ? newline + 1 : end;
    }
}
