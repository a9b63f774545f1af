#include "collector/format/template.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "common/lang.h"

struct tag {
    char kind;        /* '#', '^', '/', '>', '{' (raw) or '=' (escaped) */
    const char *name; /* in the text */
    size_t len;
    const char *start, *after; /* the whole tag in the text */
};

struct stack {
    const json_t *values[TEMPLATE_DEPTH_MAX];
    size_t depth, parts_open;
    const struct template_part *parts;
};

void template_escape(const char *text, size_t len, struct buf *out)
{
    for (size_t i = 0; i < len; i++)
        switch (text[i]) {
        case '&':
            buf_add_text(out, "&amp;");
            break;
        case '<':
            buf_add_text(out, "&lt;");
            break;
        case '>':
            buf_add_text(out, "&gt;");
            break;
        case '"':
            buf_add_text(out, "&quot;");
            break;
        case '\'':
            buf_add_text(out, "&#39;");
            break;
        default:
            buf_add_char(out, text[i]);
        }
}

/* The next tag: 1, 0 when there is none, -EBADMSG. */
static int next_tag(const char *text, struct tag *ret, struct fault *f)
{
    const char *start = strstr(text, "{{");
    if (!start)
        return 0;
    bool raw = start[2] == '{';
    const char *name = start + 2 + raw, *end = strstr(name, raw ? "}}}" : "}}");
    if (!end || end - name > 64)
        return fault_set(f, -EBADMSG, _("the tag \"%.20s\" is never closed"), start);
    ret->kind = raw ? '{' : '=';
    if (!raw && strchr("#^/>", *name))
        ret->kind = *name++;
    ret->start = start;
    ret->after = end + (raw ? 3 : 2);
    ret->name = name;
    ret->len = (size_t)(end - name);
    return ret->len ? 1 : fault_set(f, -EBADMSG, _("a tag has no name"));
}

/* ---- values ---- */

static const json_t *member(const json_t *value, const char *name, size_t len)
{
    while (value && len > 0) {
        const char *dot = memchr(name, '.', len);
        size_t part = dot ? (size_t)(dot - name) : len;
        value = json_object_getn(value, name, part);
        name += part + (dot != NULL);
        len -= part + (dot != NULL);
    }
    return value;
}

static const json_t *find(const struct stack *s, const struct tag *tag)
{
    if (tag->len == 1 && *tag->name == '.')
        return s->values[s->depth - 1];
    for (size_t i = s->depth; i > 0; i--) {
        const json_t *found = member(s->values[i - 1], tag->name, tag->len);
        if (found)
            return found;
    }
    return NULL;
}

static bool is_true(const json_t *value)
{
    if (json_is_array(value))
        return json_array_size(value) > 0;
    if (json_is_string(value))
        return json_string_length(value) > 0;
    return value && !json_is_null(value) && !json_is_false(value);
}

static void write_value(const json_t *value, bool raw, struct buf *out)
{
    if (json_is_integer(value))
        buf_addf(out, "%lld", (long long)json_integer_value(value));
    else if (json_is_real(value))
        buf_addf(out, "%g", json_real_value(value));
    else if (json_is_string(value) && raw)
        buf_add(out, json_string_value(value), json_string_length(value));
    else if (json_is_string(value))
        template_escape(json_string_value(value), json_string_length(value), out);
}

/* ---- rendering ---- */

static int render(const char *text, const struct tag *section, struct stack *s, bool show, const char **ret_after,
                  struct buf *out, struct fault *f);

/* Renders the section that the tag opens; *ret_after is behind its end. */
static int render_section(const struct tag *tag, struct stack *s, bool show, const char **ret_after, struct buf *out,
                          struct fault *f)
{
    const json_t *value = find(s, tag);
    if (s->depth == TEMPLATE_DEPTH_MAX)
        return fault_set(f, -EBADMSG, _("sections lie deeper than %d"), TEMPLATE_DEPTH_MAX);
    if (tag->kind == '^' || !show || !is_true(value)) {
        s->values[s->depth++] = NULL;
        int rc = render(tag->after, tag, s, show && tag->kind == '^' && !is_true(value), ret_after, out, f);
        s->depth--;
        return rc;
    }
    size_t times = json_is_array(value) ? json_array_size(value) : 1;
    int rc = 0;
    s->depth++;
    for (size_t i = 0; rc == 0 && i < times; i++) {
        s->values[s->depth - 1] = json_is_array(value) ? json_array_get(value, i) : value;
        rc = render(tag->after, tag, s, true, ret_after, out, f);
    }
    s->depth--;
    return rc;
}

/* A part stands by itself: it closes no section that was opened outside. */
static int render_part(const struct tag *tag, struct stack *s, bool show, struct buf *out, struct fault *f)
{
    const struct template_part *part = s->parts;
    const char *after;
    while (part && part->name && (strlen(part->name) != tag->len || memcmp(part->name, tag->name, tag->len) != 0))
        part++;
    if (!part || !part->name)
        return fault_set(f, -EBADMSG, _("there is no part \"%.*s\""), (int)tag->len, tag->name);
    if (s->parts_open == TEMPLATE_PARTS_MAX)
        return fault_set(f, -EBADMSG, _("parts lie deeper than %d"), TEMPLATE_PARTS_MAX);
    s->parts_open++;
    int rc = render(part->text, NULL, s, show, &after, out, f);
    s->parts_open--;
    return rc;
}

/* Renders up to the end of the section, or of the text without one. */
static int render(const char *text, const struct tag *section, struct stack *s, bool show, const char **ret_after,
                  struct buf *out, struct fault *f)
{
    for (;;) {
        struct tag tag;
        int rc = next_tag(text, &tag, f);
        if (rc < 0)
            return rc;
        if (show)
            buf_add(out, text, rc ? (size_t)(tag.start - text) : strlen(text));
        if (rc == 0)
            return section
                       ? fault_set(f, -EBADMSG, _("the section %.*s is never closed"), (int)section->len, section->name)
                       : 0;
        text = tag.after;
        if (tag.kind == '/') {
            if (!section || section->len != tag.len || memcmp(section->name, tag.name, tag.len))
                return fault_set(f, -EBADMSG, _("{{/%.*s}} closes nothing"), (int)tag.len, tag.name);
            *ret_after = text;
            return 0;
        }
        if (tag.kind == '#' || tag.kind == '^')
            rc = render_section(&tag, s, show, &text, out, f);
        else if (tag.kind == '>')
            rc = render_part(&tag, s, show, out, f);
        else if (show)
            write_value(find(s, &tag), tag.kind == '{', out);
        if (rc < 0)
            return rc;
    }
}

int template_render(const char *text, const struct template_part *parts, const json_t *values, struct buf *out,
                    struct fault *f)
{
    struct stack s = {.values = {values}, .depth = 1, .parts = parts};
    const char *after;
    return render(text, NULL, &s, true, &after, out, f);
}
