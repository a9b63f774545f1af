#include "common/scan.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/lang.h"

const char scan_too_deep[] = N_("nested too deeply");

/* What the grammar allows next (RFC 8259 sections 2 to 7). */
enum {
    WANT_VALUE,        /* a value */
    WANT_FIRST_VALUE,  /* a value or ']' */
    WANT_FIRST_MEMBER, /* a member's name or '}' */
    WANT_COMMA,        /* ',' or the end of the container */
    WANT_END,          /* nothing but white space */
    BROKEN,
};

void scan_start(struct scan *s, const char *text, size_t len, unsigned max_depth)
{
    *s = (struct scan){.text = text, .at = text, .end = text + len, .max_depth = max_depth, .state = WANT_VALUE};
}

static enum scan_token bad(struct scan *s, const char *error)
{
    s->state = BROKEN;
    s->error = error;
    return SCAN_BAD;
}

static void skip_space(struct scan *s)
{
    while (s->at < s->end && (*s->at == ' ' || *s->at == '\n' || *s->at == '\t' || *s->at == '\r'))
        s->at++;
}

static bool hex4(const char *p, const char *end, unsigned *ret)
{
    unsigned value = 0;
    if (end - p < 4)
        return false;
    for (int i = 0; i < 4; i++) {
        char c = p[i];
        int digit = c >= '0' && c <= '9'   ? c - '0'
                    : c >= 'a' && c <= 'f' ? c - 'a' + 10
                    : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                           : -1;
        if (digit < 0)
            return false;
        value = value << 4 | (unsigned)digit;
    }
    *ret = value;
    return true;
}

/* At a backslash; moves past the escape. NULL bytes and lone surrogates are
 * refused, as jansson does. */
static const char *escape(struct scan *s)
{
    const char *p = s->at + 1;
    if (p >= s->end)
        return N_("a string does not end");
    if (*p != 'u') {
        if (!*p || !strchr("\"\\/bfnrt", *p))
            return N_("an unknown escape in a string");
        s->at = p + 1;
        return NULL;
    }
    unsigned high, low;
    if (!hex4(p + 1, s->end, &high))
        return N_("\\u without four hex digits");
    s->at = p + 5;
    if (high == 0)
        return N_("\\u0000 in a string");
    if (high >= 0xDC00 && high <= 0xDFFF)
        return N_("a lone surrogate in a string");
    if (high >= 0xD800 && high <= 0xDBFF) {
        if (s->end - s->at < 6 || s->at[0] != '\\' || s->at[1] != 'u' || !hex4(s->at + 2, s->end, &low) ||
            low < 0xDC00 || low > 0xDFFF)
            return N_("a lone surrogate in a string");
        s->at += 6;
    }
    return NULL;
}

/* At the opening quote. UTF-8 is checked by the caller over the whole text. */
static bool string(struct scan *s)
{
    s->token = ++s->at;
    s->escaped = false;
    for (;;) {
        const char *p = s->at, *end = s->end; /* most of a line passes here, letter by letter: not through memory */
        while (p < end && (unsigned char)*p >= 0x20 && *p != '"' && *p != '\\')
            p++;
        s->at = p;
        if (p >= end) {
            bad(s, N_("a string does not end"));
            return false;
        }
        if (*s->at == '"')
            break;
        if (*s->at != '\\') {
            bad(s, N_("a control character in a string"));
            return false;
        }
        s->escaped = true;
        const char *error = escape(s);
        if (error) {
            bad(s, error);
            return false;
        }
    }
    s->token_len = (size_t)(s->at - s->token);
    s->at++;
    return true;
}

static bool some_digits(struct scan *s)
{
    const char *from = s->at, *p = from, *end = s->end;
    while (p < end && *p >= '0' && *p <= '9')
        p++;
    s->at = p;
    return p > from;
}

static enum scan_token number(struct scan *s)
{
    bool exponent = false;
    s->token = s->at;
    if (*s->at == '-')
        s->at++;
    const char *first = s->at;
    if (!some_digits(s) || (*first == '0' && s->at > first + 1))
        return bad(s, N_("not a number"));
    if (s->at < s->end && *s->at == '.') {
        s->at++;
        if (!some_digits(s))
            return bad(s, N_("a number ends in its point"));
    }
    if (s->at < s->end && (*s->at == 'e' || *s->at == 'E')) {
        s->at++;
        if (s->at < s->end && (*s->at == '+' || *s->at == '-'))
            s->at++;
        if (!some_digits(s))
            return bad(s, N_("a number ends in its exponent"));
        exponent = true;
    }
    s->token_len = (size_t)(s->at - s->token);
    /* Only these can be past the largest double, which no reader could hold. */
    double value;
    if ((exponent || s->token_len > 300) && !scan_double(s, &value))
        return bad(s, N_("a number is too large"));
    return SCAN_NUMBER;
}

static enum scan_token word(struct scan *s, const char *text, enum scan_token token)
{
    size_t len = strlen(text);
    if ((size_t)(s->end - s->at) < len || memcmp(s->at, text, len) != 0)
        return bad(s, N_("an unknown word"));
    s->token = s->at;
    s->token_len = len;
    s->at += len;
    return token;
}

static enum scan_token open_container(struct scan *s, bool object)
{
    if (s->depth >= s->max_depth)
        return bad(s, scan_too_deep);
    s->depth++;
    s->in_object &= ~(1ull << s->depth);
    s->in_object |= (uint64_t)object << s->depth;
    s->token = s->at++;
    s->token_len = 1;
    s->state = object ? WANT_FIRST_MEMBER : WANT_FIRST_VALUE;
    return object ? SCAN_OBJECT : SCAN_ARRAY;
}

static enum scan_token close_container(struct scan *s)
{
    bool object = s->in_object >> s->depth & 1;
    if (*s->at != (object ? '}' : ']'))
        return bad(s, object ? "',' or '}' is missing" : "',' or ']' is missing");
    s->at++;
    s->depth--;
    s->state = s->depth == 0 ? WANT_END : WANT_COMMA;
    return object ? SCAN_OBJECT_END : SCAN_ARRAY_END;
}

static enum scan_token value(struct scan *s)
{
    enum scan_token token;
    switch (*s->at) {
    case '{':
        return open_container(s, true);
    case '[':
        return open_container(s, false);
    case '"':
        if (!string(s))
            return SCAN_BAD;
        token = SCAN_STRING;
        break;
    case 't':
        token = word(s, "true", SCAN_TRUE);
        break;
    case 'f':
        token = word(s, "false", SCAN_FALSE);
        break;
    case 'n':
        token = word(s, "null", SCAN_NULL);
        break;
    default:
        if (*s->at != '-' && (*s->at < '0' || *s->at > '9'))
            return bad(s, N_("a value is missing"));
        token = number(s);
    }
    if (token != SCAN_BAD)
        s->state = s->depth == 0 ? WANT_END : WANT_COMMA;
    return token;
}

static enum scan_token member(struct scan *s)
{
    if (*s->at != '"')
        return bad(s, N_("a member's name is missing"));
    if (!string(s))
        return SCAN_BAD;
    skip_space(s);
    if (s->at >= s->end || *s->at != ':')
        return bad(s, "':' is missing");
    s->at++;
    s->state = WANT_VALUE;
    return SCAN_MEMBER;
}

enum scan_token scan_next(struct scan *s)
{
    if (s->state == BROKEN)
        return SCAN_BAD;
    skip_space(s);
    if (s->at >= s->end)
        return s->state == WANT_END ? SCAN_END : bad(s, N_("the text ends early"));
    switch (s->state) {
    case WANT_END:
        return bad(s, N_("something follows the value"));
    case WANT_FIRST_VALUE:
        return *s->at == ']' ? close_container(s) : value(s);
    case WANT_FIRST_MEMBER:
        return *s->at == '}' ? close_container(s) : member(s);
    case WANT_COMMA:
        if (*s->at != ',')
            return close_container(s);
        s->at++;
        skip_space(s);
        if (s->at >= s->end)
            return bad(s, N_("the text ends early"));
        return s->in_object >> s->depth & 1 ? member(s) : value(s);
    default:
        return value(s);
    }
}

bool scan_skip(struct scan *s, enum scan_token first, const char **ret_text, size_t *ret_len)
{
    const char *from = first == SCAN_STRING ? s->token - 1 : s->token;
    if (first == SCAN_BAD || first == SCAN_END || first == SCAN_MEMBER)
        return false;
    if (first == SCAN_OBJECT || first == SCAN_ARRAY) {
        unsigned outside = s->depth - 1;
        while (s->depth > outside) {
            if (scan_next(s) == SCAN_BAD)
                return false;
        }
    }
    *ret_text = from;
    *ret_len = (size_t)(s->at - from);
    return true;
}

bool scan_int(const struct scan *s, int64_t *ret)
{
    const char *p = s->token, *end = p + s->token_len;
    bool negative = *p == '-';
    if (negative)
        p++;
    if (end - p > 19)
        return false;
    uint64_t n = 0;
    for (; p < end; p++) {
        if (*p < '0' || *p > '9')
            return false;
        n = n * 10 + (uint64_t)(*p - '0');
    }
    if (n > (uint64_t)INT64_MAX)
        return false;
    *ret = negative ? -(int64_t)n : (int64_t)n;
    return true;
}

/* Up to 15 significant digits and a small power of ten are exact in doubles,
 * so one division rounds as strtod does (Clinger 1990); the rest goes there. */
static bool short_double(const char *p, const char *end, double *ret)
{
    static const double tens[] = {1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};
    bool negative = *p == '-';
    if (negative)
        p++;
    if (end - p > 16)
        return false;
    uint64_t n = 0;
    int places = 0, count = 0;
    bool point = false;
    for (; p < end; p++) {
        if (*p == '.') {
            point = true;
            continue;
        }
        if (*p < '0' || *p > '9')
            return false;
        n = n * 10 + (uint64_t)(*p - '0');
        count++;
        places += point;
    }
    if (count > 15)
        return false;
    double value = (double)n / tens[places];
    *ret = negative ? -value : value;
    return true;
}

bool scan_double(const struct scan *s, double *ret)
{
    if (short_double(s->token, s->token + s->token_len, ret))
        return true;
    char text[64];
    char *copy = s->token_len < sizeof text ? text : alloc_zero(s->token_len + 1, 1);
    memcpy(copy, s->token, s->token_len);
    copy[s->token_len] = '\0';
    double value = strtod(copy, NULL);
    if (copy != text)
        free(copy);
    if (!isfinite(value))
        return false;
    *ret = value;
    return true;
}

size_t scan_utf8(const char *text, size_t len)
{
    const unsigned char *p = (const unsigned char *)text;
    size_t i = 0;
    while (i < len) {
        uint64_t eight;
        if (len - i >= 8 && (memcpy(&eight, p + i, 8), (eight & 0x8080808080808080ull) == 0)) {
            i += 8;
            continue;
        }
        unsigned char c = p[i];
        if (c < 0x80) {
            i++;
            continue;
        }
        /* RFC 3629 section 4: the second octet's range excludes overlong forms,
         * surrogates and what lies past U+10FFFF. */
        unsigned more = c >= 0xC2 && c <= 0xDF ? 1 : (c & 0xF0) == 0xE0 ? 2 : c >= 0xF0 && c <= 0xF4 ? 3 : 0;
        unsigned low = c == 0xE0 ? 0xA0 : c == 0xF0 ? 0x90 : 0x80;
        unsigned high = c == 0xED ? 0x9F : c == 0xF4 ? 0x8F : 0xBF;
        if (more == 0 || len - i <= more || p[i + 1] < low || p[i + 1] > high)
            return i;
        for (unsigned k = 2; k <= more; k++) {
            if ((p[i + k] & 0xC0) != 0x80)
                return i;
        }
        i += more + 1;
    }
    return len;
}

size_t scan_control(const char *text, size_t len)
{
    size_t at = 0;
    while (at < len && (unsigned char)text[at] >= 0x20 && text[at] != 0x7f)
        at++;
    return at;
}
