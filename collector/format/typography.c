#include "collector/format/typography.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "common/alloc.h"

#define NARROW "\u202F"
#define WHOLE  "\u00A0"

#define ENTITY_MAX 12 /* "&CounterX;" is none that we write */
#define MARKS_MAX  8  /* "?!…" */

/* What stands before a mark, of the same paragraph. */
enum before {
    BEFORE_NOTHING,
    BEFORE_BLANK,
    BEFORE_MARK, /* ; : ! ? */
    BEFORE_WORD, /* or what closes one: a quotation mark, a bracket */
    BEFORE_OTHER
};

struct setter {
    enum lang lang;
    const char *at, *end;
    const char *word; /* where the word ends that was looked at */
    enum before before;
    bool drawing, title; /* inside an element that takes no other */
    struct buf *out;
};

/* ---- what stands there ---- */

/* How many octets the text at `at` begins with of any of these; 0: of none. */
static size_t starts(const struct setter *s, const char *at, const char *const *words)
{
    for (; *words; words++)
        if ((size_t)(s->end - at) >= strlen(*words) && !memcmp(at, *words, strlen(*words)))
            return strlen(*words);
    return 0;
}

static size_t blanks(const struct setter *s, const char *at)
{
    static const char *const words[] = {" ", "\t", "\n", "\r", NARROW, WHOLE, "\u2009", "&nbsp;", "&#160;", NULL};
    const char *from = at;
    for (size_t len; (len = starts(s, at, words)) > 0;)
        at += len;
    return (size_t)(at - from);
}

/* "&amp;", whose semicolon is no mark. */
static size_t entity(const struct setter *s, const char *at)
{
    size_t len = 1;
    if (at >= s->end || *at != '&')
        return 0;
    while (len < ENTITY_MAX && at + len < s->end && (isalnum((unsigned char)at[len]) || at[len] == '#'))
        len++;
    return at + len < s->end && at[len] == ';' ? len + 1 : 0;
}

static bool is_alnum(const struct setter *s, const char *at)
{
    /* 0xC2 and 0xE2 begin signs and blanks in what people write here, others letters. */
    return at < s->end && (isalnum((unsigned char)*at) || ((unsigned char)*at >= 0xC3 && (unsigned char)*at != 0xE2));
}

static bool is_digit(const struct setter *s, const char *at)
{
    return at < s->end && isdigit((unsigned char)*at);
}

/* ; ? "?!" that ends a word: not the one in 10:30, a;b or ":-)". */
static size_t marks(const struct setter *s, const char *at)
{
    static const char *const after[] = {")", "]", "\"", "\u00BB", "\u201D", "’", ".", ",", "\u2026", NULL};
    size_t len = 0;
    while (len < MARKS_MAX && at + len < s->end && at[len] && strchr(";:!?", at[len]))
        len++;
    const char *next = at + len;
    return len && (next >= s->end || blanks(s, next) || entity(s, next) || starts(s, next, after)) ? len : 0;
}

static enum before kind_of(const struct setter *s, const char *at)
{
    static const char *const others[] = {"\u2013", "\u2014", "\u2026", "\u201C", "\u00AB", NULL};
    if (!*at || (unsigned char)*at >= 0x80)
        return starts(s, at, others) ? BEFORE_OTHER : BEFORE_WORD;
    return strchr(";:!?", *at)                                    ? BEFORE_MARK
           : isalnum((unsigned char)*at) || strchr(")]\"'%", *at) ? BEFORE_WORD
                                                                  : BEFORE_OTHER;
}

static size_t character(const struct setter *s, const char *at)
{
    size_t len = 1;
    while (at + len < s->end && ((unsigned char)at[len] & 0xC0) == 0x80)
        len++;
    return len;
}

/* ---- what is put in its place ---- */

static void copy(struct setter *s, size_t len, enum before before)
{
    buf_add(s->out, s->at, len);
    s->at += len;
    s->before = before;
}

/* A word that is an address, or holds one. Each word is looked through once. */
static bool copy_address(struct setter *s)
{
    static const char *const signs[] = {"@", "://", "www.", NULL};
    size_t len = 0;
    bool is = false;
    if (s->at < s->word)
        return false;
    for (; s->at + len < s->end && !blanks(s, s->at + len); len++)
        is |= starts(s, s->at + len, signs) > 0;
    s->word = s->at + len;
    if (is)
        copy(s, len, BEFORE_WORD);
    return is;
}

/* Before a mark: the blank that there is, and the one that there should be. */
static bool set_mark(struct setter *s)
{
    static const char *const closing[] = {"\u00BB", NULL};
    const size_t gap = blanks(s, s->at);
    const char *mark = s->at + gap;
    const bool french = s->lang == LANG_FR;
    /* English: "1 : 50" is no sentence. */
    const bool follows = french && gap ? s->before != BEFORE_NOTHING
                                       : s->before == BEFORE_WORD && (french || !isdigit((unsigned char)s->at[-1]));
    const size_t len = marks(s, mark), closes = french ? starts(s, mark, closing) : 0;
    const bool percent = french && gap && mark < s->end && *mark == '%' && !is_alnum(s, mark + 1);
    if ((!len && !closes && !percent) || s->before == BEFORE_NOTHING || (!closes && !follows))
        return false;
    if (french && (gap || s->before != BEFORE_BLANK))
        buf_add_text(s->out, len && *mark != ':' ? NARROW : WHOLE);
    s->at = mark;
    copy(s, len ? len : closes ? closes : 1, len ? BEFORE_MARK : BEFORE_WORD);
    return true;
}

static bool set_opening(struct setter *s)
{
    static const char *const opening[] = {"\u00AB", NULL};
    const size_t len = s->lang == LANG_FR ? starts(s, s->at, opening) : 0;
    if (!len)
        return false;
    copy(s, len, BEFORE_BLANK);
    s->at += blanks(s, s->at);
    buf_add_text(s->out, WHOLE);
    return true;
}

/* "12 345": the blank and three digits, and no fourth. */
static size_t thousand(const struct setter *s, const char *at)
{
    const size_t gap = blanks(s, at);
    const char *d = at + gap;
    const bool three = gap && is_digit(s, d) && is_digit(s, d + 1) && is_digit(s, d + 2) && !is_digit(s, d + 3);
    return three ? gap : 0;
}

/* Digits, with what belongs to them. */
static bool set_digits(struct setter *s)
{
    static const char *const ordinals[] = {"er", "re", "e", NULL};
    size_t len = 0, gap;
    if (s->lang != LANG_FR || s->before == BEFORE_WORD || !is_digit(s, s->at))
        return false;
    while (is_digit(s, s->at + len))
        len++;
    const bool groups = len <= 3;
    copy(s, len, BEFORE_WORD);
    for (; groups && (gap = thousand(s, s->at)); copy(s, 3, BEFORE_WORD)) {
        buf_add_text(s->out, NARROW);
        s->at += gap;
    }
    len = starts(s, s->at, ordinals);
    if (len && !s->drawing && !s->title && !is_alnum(s, s->at + len)) {
        buf_addf(s->out, "<sup>%.*s</sup>", (int)len, s->at);
        s->at += len;
    }
    return true;
}

/* From a tag to the next. */
static void set_text(struct setter *s)
{
    while (s->at < s->end) {
        if (set_mark(s) || set_opening(s) || copy_address(s) || set_digits(s))
            continue;
        size_t len = blanks(s, s->at), named = len ? 0 : entity(s, s->at);
        if (len)
            copy(s, len, s->before == BEFORE_NOTHING ? BEFORE_NOTHING : BEFORE_BLANK);
        else if (named)
            copy(s, named, BEFORE_WORD);
        else
            copy(s, character(s, s->at), kind_of(s, s->at));
    }
}

/* ---- tags ---- */

/* The '>' that ends a tag or a comment: one in a value does not. */
static const char *tag_end(const char *at, const char *end)
{
    char quote = 0;
    if (end - at >= 4 && !memcmp(at, "<!--", 4)) {
        const char *close = memmem(at + 4, (size_t)(end - at) - 4, "-->", 3);
        return close ? close + 3 : end;
    }
    for (at++; at < end; at++) {
        if (quote)
            quote = *at == quote ? 0 : quote;
        else if (*at == '"' || *at == '\'')
            quote = *at;
        else if (*at == '>')
            return at + 1;
    }
    return end;
}

static bool is_one_of(const char *name, size_t len, const char *const *names)
{
    for (; *names; names++)
        if (strlen(*names) == len && !memcmp(*names, name, len))
            return true;
    return false;
}

/* The end of an element whose text is nobody's prose. */
static const char *element_end(const char *at, const char *end, const char *name, size_t len)
{
    _cleanup_text_ char *close = alloc_format("</%.*s>", (int)len, name);
    const char *found = memmem(at, (size_t)(end - at), close, strlen(close));
    return found ? found + strlen(close) : end;
}

void typography_set(enum lang lang, const char *markup, size_t len, struct buf *out)
{
    static const char *const verbatim[] = {"code", "pre", "kbd", "samp", "style", "script", "data", NULL};
    static const char *const words[] = {"a",   "abbr", "b",    "cite",  "em",     "i",    "q",    "s",
                                        "sub", "sup",  "span", "small", "strong", "code", "data", NULL};
    const char *const end = markup + len;
    struct setter s = {.lang = lang, .at = markup, .end = markup, .out = out};
    buf_reserve(out, len);
    while (s.at < end) {
        const char *tag = memchr(s.at, '<', (size_t)(end - s.at));
        s.end = tag ? tag : end;
        set_text(&s);
        if (!tag)
            break;
        const char *close = tag_end(tag, end), *name = tag + 1 + (tag + 1 < end && tag[1] == '/');
        size_t name_len = 0;
        while (name + name_len < close && isalnum((unsigned char)name[name_len]))
            name_len++;
        if (name == tag + 1 && is_one_of(name, name_len, verbatim))
            close = element_end(close, end, name, name_len);
        if (is_one_of(name, name_len, (const char *const[]){"svg", NULL}))
            s.drawing = name == tag + 1;
        if (is_one_of(name, name_len, (const char *const[]){"title", NULL}))
            s.title = name == tag + 1;
        enum before before = s.before;
        if (!is_one_of(name, name_len, words))
            before = BEFORE_NOTHING;
        else if (is_one_of(name, name_len, verbatim))
            before = BEFORE_WORD;
        copy(&s, (size_t)(close - tag), before);
    }
}
