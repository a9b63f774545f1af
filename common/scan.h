/* A pull scanner over JSON text that validates as strictly as json.h and
 * allocates nothing: the collector reads result lines with it. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/alloc.h"

enum scan_token {
    SCAN_END, /* the whole value has been read and nothing follows */
    SCAN_OBJECT,
    SCAN_OBJECT_END,
    SCAN_ARRAY,
    SCAN_ARRAY_END,
    SCAN_MEMBER, /* a member's name; the value's token comes next */
    SCAN_STRING,
    SCAN_NUMBER,
    SCAN_TRUE,
    SCAN_FALSE,
    SCAN_NULL,
    SCAN_BAD, /* scan.error says what, scan.at where */
};

extern const char scan_too_deep[]; /* the error of a text that is nested too deep */

struct scan {
    const char *text, *at, *end;
    unsigned depth, max_depth;
    uint64_t in_object; /* bit per depth: is that level an object? */
    int state;
    const char *token; /* of a string or member: without its quotes */
    size_t token_len;
    bool escaped;      /* the string holds a backslash */
    const char *error; /* static text, through gettext (N_); NULL when none */
};

/* max_depth at most 63. */
void scan_start(struct scan *s, const char *text, size_t len, unsigned max_depth);
enum scan_token scan_next(struct scan *s);

/* Called after any value token: reads to that value's end and gives its raw
 * text; duplicate members inside are not looked for. False when bad. */
bool scan_skip(struct scan *s, enum scan_token first, const char **ret_text, size_t *ret_len) CHECKED;

/* The number of the last SCAN_NUMBER, which always fits a finite double. Int
 * refuses fractions and overflow. */
bool scan_int(const struct scan *s, int64_t *ret) CHECKED;
bool scan_double(const struct scan *s, double *ret) CHECKED;

/* Is all of it valid UTF-8 (RFC 3629: no surrogates, no overlong forms)?
 * Returns the offset of the first bad octet, or len. */
size_t scan_utf8(const char *text, size_t len);

/* The offset of the first control octet (RFC 5234 appendix B.1: CTL), or len. */
size_t scan_control(const char *text, size_t len);
