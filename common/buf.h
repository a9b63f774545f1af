/* A growing byte buffer. The bytes are always followed by a NUL that len does
 * not count, so that text can be used as a C string. */
#pragma once

#include <stddef.h>
#include <string.h>

struct buf {
    char *data;
    size_t len, cap;
};

void buf_free(struct buf *b);  /* accepts NULL and an empty buffer; b can be used again */
void buf_clear(struct buf *b); /* keeps the memory */
void buf_reserve(struct buf *b, size_t more);

static inline void buf_add(struct buf *b, const void *bytes, size_t len)
{
    if (b->len + len >= b->cap)
        buf_reserve(b, len);
    if (len)
        memcpy(b->data + b->len, bytes, len);
    b->len += len;
    b->data[b->len] = '\0';
}

/* Takes bytes off its front, as many as there are at most. */
void buf_drop(struct buf *b, size_t len);

void buf_add_text(struct buf *b, const char *text);
static inline void buf_add_char(struct buf *b, char c)
{
    buf_add(b, &c, 1);
}
void buf_addf(struct buf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Appends text as a JSON string with its quotes (RFC 8259 section 7). */
void buf_add_json(struct buf *b, const char *text, size_t len);

/* Hands the bytes over (malloc memory, the caller frees); b is empty after. */
char *buf_take(struct buf *b);
