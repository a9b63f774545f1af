/* What is held against every drawing of collector/format: that it is well-formed
 * XML, that no number in it is none, and that each text lies within the picture. */
#pragma once

#include "tests/unit/check.h"

#include <ctype.h>
#include <math.h>

#include "collector/format/chart_draw.h"
#include "collector/format/language.h"
#include "common/alloc.h"

static struct words french, english;

static inline int words_setup(void **state)
{
    language_words(language_find("fr"), "overview", &french);
    language_words(language_find("en"), "overview", &english);
    return 0;
}

static inline int words_teardown(void **state)
{
    words_free(&french);
    words_free(&english);
    return 0;
}

static inline size_t count_of(const struct buf *b, const char *what)
{
    size_t n = 0;
    for (const char *at = b->data; at && (at = strstr(at, what)) != NULL; at++)
        n++;
    return n;
}

/* An attribute's value in the tag, up to its quote; NULL when it has none. */
static inline const char *attribute(const char *tag, const char *name)
{
    const char *end = strchr(tag, '>');
    _cleanup_text_ char *wanted = alloc_format(" %s=\"", name);
    const char *at = strstr(tag, wanted);
    return at && at < end ? at + strlen(wanted) : NULL;
}

static inline double number_of(const char *tag, const char *name)
{
    const char *at = attribute(tag, name);
    return at ? strtod(at, NULL) : 0;
}

static inline bool has_class(const char *tag, const char *class)
{
    const char *at = attribute(tag, "class");
    for (; at && *at != '"'; at += *at == ' ') {
        size_t len = strcspn(at, " \"");
        if (len == strlen(class) && !strncmp(at, class, len))
            return true;
        at += len;
    }
    return false;
}

/* The first tag of this element and class behind `from`; NULL when there is none. */
static inline const char *tag_of(const char *from, const char *element, const char *class)
{
    _cleanup_text_ char *open = alloc_format("<%s ", element);
    while ((from = strstr(from, open)) != NULL && class && !has_class(from, class))
        from++;
    return from;
}

/* Quoted attributes without '<', each once; `at` is behind the element's name. */
static inline void check_attributes(const char *at, const char *end)
{
    while (at < end && *at != '/') {
        assert_true(*at == ' ');
        size_t name = strcspn(++at, "= >");
        assert_true(name > 0 && at[name] == '=' && at[name + 1] == '"');
        size_t value = strcspn(at + name + 2, "\"<");
        assert_true(at[name + 2 + value] == '"');
        at += name + value + 3;
    }
}

/* Tags nest by their names, and '&' begins an entity. */
static inline void check_xml(const char *text)
{
    const char *open[32];
    size_t depth = 0;
    for (const char *at = text; (at = strpbrk(at, "<&")) != NULL; at++) {
        if (*at == '&') {
            assert_true(strchr(at, ';') && strcspn(at, ";") < 8);
            continue;
        }
        const char *name = at + 1 + (at[1] == '/'), *end = strchr(at, '>');
        size_t len = strcspn(name, " />");
        assert_true(end && len > 0);
        if (at[1] == '/') {
            assert_true(depth > 0 && !strncmp(open[--depth], name, len) && strcspn(open[depth], " />") == len);
            assert_true(name[len] == '>');
            continue;
        }
        check_attributes(name + len, end);
        if (end[-1] != '/') {
            assert_true(depth < COUNT(open));
            open[depth++] = name;
        }
    }
    assert_int_equal(depth, 0);
}

static inline bool is_bold(const char *tag)
{
    return has_class(tag, "title") || has_class(tag, "mark") || has_class(tag, "strong") || has_class(tag, "value");
}

static inline double size_of(const char *tag)
{
    return has_class(tag, "title")                                                       ? 17
           : has_class(tag, "foot") || has_class(tag, "mark") || has_class(tag, "small") ? 10
                                                                                         : 12;
}

/* Entities as the character that they stand for. The caller frees. */
static inline char *plain(const char *from, const char *to)
{
    struct buf out = {0};
    buf_add_text(&out, "");
    for (; from < to; from++) {
        bool entity = *from == '&';
        buf_add_char(&out, entity ? (from[1] == 'l' ? '<' : from[1] == 'g' ? '>' : from[1] == 'a' ? '&' : '"') : *from);
        if (entity)
            from += strcspn(from, ";");
    }
    return buf_take(&out);
}

/* No text is cut off by the picture's edges; those of a framed chart are moved by its <g>. */
static inline void check_texts(const char *svg)
{
    double view[4] = {0}, move[3] = {0, 0, 1};
    assert_int_equal(sscanf(attribute(svg, "viewBox"), "%lf %lf %lf %lf", view, view + 1, view + 2, view + 3), 4);
    for (const char *at = svg; (at = strchr(at, '<')) != NULL; at++) {
        if (!strncmp(at, "<g transform", 12))
            sscanf(attribute(at, "transform"), "translate(%lf %lf) scale(%lf)", move, move + 1, move + 2);
        if (!strncmp(at, "</g>", 4))
            memcpy(move, (double[]){0, 0, 1}, sizeof move);
        if (strncmp(at, "<text ", 6) != 0)
            continue;
        const char *start = strchr(at, '>') + 1, *anchor = attribute(at, "text-anchor");
        _cleanup_text_ char *text = plain(start, strchr(start, '<'));
        double width = chart_text_width(text, size_of(at), is_bold(at)), x = number_of(at, "x"), y = number_of(at, "y");
        x -= !anchor ? 0 : *anchor == 'm' ? width / 2 : width;
        double left = move[0] + x * move[2], right = left + width * move[2], bottom = move[1] + y * move[2];
        if (left < -0.5 || right > view[2] + 0.5 || bottom > view[3] || bottom - size_of(at) * move[2] < -2)
            fail_msg("\"%s\" from %g to %g at %g in a picture of %g × %g", text, left, right, bottom, view[2], view[3]);
    }
}

static inline void check_drawing(const struct buf *b)
{
    assert_non_null(b->data);
    check_xml(b->data);
    check_texts(b->data);
    assert_null(strstr(b->data, "nan"));
    assert_null(strstr(b->data, "inf"));
    assert_non_null(strstr(b->data, "role=\"img\""));
}
