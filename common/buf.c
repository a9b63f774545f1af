#include "common/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "common/alloc.h"

void buf_free(struct buf *b)
{
    if (!b)
        return;
    free(b->data);
    *b = (struct buf){0};
}

void buf_clear(struct buf *b)
{
    b->len = 0;
    if (b->data)
        b->data[0] = '\0';
}

void buf_reserve(struct buf *b, size_t more)
{
    size_t need = b->len + more + 1;
    if (need <= b->cap)
        return;
    size_t cap = b->cap ? b->cap : 128;
    while (cap < need)
        cap += cap / 2 + 64;
    b->data = alloc_resize(b->data, cap, 1);
    b->cap = cap;
}

void buf_drop(struct buf *b, size_t len)
{
    if (len == 0) /* an empty one may have no memory */
        return;
    b->len -= len;
    memmove(b->data, b->data + len, b->len + 1);
}

void buf_add_text(struct buf *b, const char *text)
{
    buf_add(b, text, strlen(text));
}

void buf_addf(struct buf *b, const char *format, ...)
{
    va_list ap, again;
    va_start(ap, format);
    va_copy(again, ap);
    buf_reserve(b, 64);
    size_t room = b->cap - b->len;
    int n = vsnprintf(b->data + b->len, room, format, ap);
    va_end(ap);
    if (n > 0 && (size_t)n >= room) {
        buf_reserve(b, (size_t)n);
        vsnprintf(b->data + b->len, (size_t)n + 1, format, again);
    }
    va_end(again);
    b->len += n > 0 ? (size_t)n : 0;
}

void buf_add_json(struct buf *b, const char *text, size_t len)
{
    buf_reserve(b, len + 2);
    buf_add_char(b, '"');
    size_t from = 0;
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c >= 0x20 && c != '"' && c != '\\')
            continue;
        buf_add(b, text + from, i - from);
        from = i + 1;
        if (c == '"' || c == '\\')
            buf_addf(b, "\\%c", c);
        else if (c == '\n')
            buf_add_text(b, "\\n");
        else if (c == '\t')
            buf_add_text(b, "\\t");
        else
            buf_addf(b, "\\u%04x", c);
    }
    buf_add(b, text + from, len - from);
    buf_add_char(b, '"');
}

char *buf_take(struct buf *b)
{
    buf_reserve(b, 0);
    char *data = b->data;
    data[b->len] = '\0';
    *b = (struct buf){0};
    return data;
}
