#include "collector/report/image.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "collector/report/photograph.h"
#include "common/file.h"
#include "common/lang.h"
#include "common/scan.h"
#include "common/sign.h"

#define SHOWN_MAX 40

/* ---- SVG ---- */

/* What draws, what describes, and what editors note of a drawing, whatever their prefix. Scripts, links, pages within
 * (foreignObject), other images, and what changes attributes later (set, animate) are not among them. */
static const char *const elements[] = {"svg",         "g",           "defs",           "symbol",
                                       "use",         "path",        "rect",           "circle",
                                       "ellipse",     "line",        "polyline",       "polygon",
                                       "text",        "tspan",       "textPath",       "title",
                                       "desc",        "style",       "linearGradient", "radialGradient",
                                       "stop",        "pattern",     "clipPath",       "mask",
                                       "marker",      "filter",      "feBlend",        "feColorMatrix",
                                       "feComposite", "feFlood",     "feGaussianBlur", "feMerge",
                                       "feMergeNode", "feOffset",    "metadata",       "RDF",
                                       "Work",        "Agent",       "License",        "Bag",
                                       "Seq",         "li",          "format",         "type",
                                       "date",        "creator",     "contributor",    "publisher",
                                       "rights",      "license",     "permits",        "requires",
                                       "prohibits",   "source",      "identifier",     "language",
                                       "subject",     "description", "relation",       "coverage",
                                       "namedview",   "page",        "grid",           NULL};

struct drawing {
    const char *start, *at, *end;
    int depth;
    bool style; /* within <style> */
    struct fault *f;
};

static int refuse(const struct drawing *d, const char *at, size_t len)
{
    int line = 1;
    for (const char *c = d->start; c < at; c++)
        line += *c == '\n';
    return fault_set(
        d->f, -EBADMSG,
        _("line %d: an SVG image that only draws is taken, without \"%.*s\"; save it as plain SVG, or as PNG"), line,
        (int)(len < SHOWN_MAX ? len : SHOWN_MAX), at);
}

static const char *local_name(const char *name, size_t *len)
{
    const char *colon = memchr(name, ':', *len);
    if (!colon)
        return name;
    *len -= (size_t)(colon + 1 - name);
    return colon + 1;
}

static bool is_element(const char *name, size_t len)
{
    name = local_name(name, &len);
    for (const char *const *e = elements; *e; e++)
        if (strlen(*e) == len && !memcmp(*e, name, len))
            return true;
    return false;
}

static bool holds(const char *text, size_t len, const char *what)
{
    for (size_t i = 0; i + strlen(what) <= len; i++)
        if (!strncasecmp(text + i, what, strlen(what)))
            return true;
    return false;
}

/* Style, or a value that may be one: it fetches nothing, url(#name) apart, and hides no letter of what would. */
static int check_style(const struct drawing *d, const char *text, size_t len)
{
    static const char *const never[] = {"@import", "javascript:", "expression(", "&#", "image(", "image-set("};
    for (size_t n = 0; n < COUNT(never); n++)
        if (holds(text, len, never[n]))
            return refuse(d, text, len);
    if (memchr(text, '\\', len) || (d->style && memchr(text, '&', len)))
        return refuse(d, text, len);
    for (size_t i = 0; i + 4 <= len; i++) {
        if (strncasecmp(text + i, "url(", 4) != 0)
            continue;
        const char *target = text + i + 4 + strspn(text + i + 4, " \t\r\n\"'");
        target += strncmp(target, "&quot;", 6) ? 0 : 6;
        if (target >= text + len || *target != '#')
            return refuse(d, text + i, len - i);
    }
    return 0;
}

static int check_attribute(const struct drawing *d, const char *name, size_t name_len, const char *value, size_t len)
{
    const bool names_space = !strncmp(name, "xmlns", 5);
    size_t local_len = name_len;
    const char *local = local_name(name, &local_len);
    if (local_len >= 2 && !strncasecmp(local, "on", 2))
        return refuse(d, name, name_len);
    if (local_len == 4 && !strncasecmp(local, "href", 4) && (!len || *value != '#'))
        return refuse(d, name, (size_t)(value + len - name));
    return names_space ? 0 : check_style(d, value, len);
}

/* From behind an element's name to its end. */
static int read_attributes(struct drawing *d, bool *ret_closed)
{
    *ret_closed = false;
    for (;;) {
        d->at += strspn(d->at, " \t\r\n");
        if (d->at < d->end && (*d->at == '>' || *d->at == '/')) {
            *ret_closed = *d->at == '/';
            d->at += *ret_closed;
            return d->at < d->end && *d->at++ == '>' ? 0 : refuse(d, d->at - 1, 1);
        }
        const char *name = d->at;
        size_t len = strcspn(name, "= \t\r\n/>\"'<");
        d->at += len;
        d->at += strspn(d->at, " \t\r\n");
        if (!len || *d->at++ != '=')
            return refuse(d, name, len ? len : 1);
        d->at += strspn(d->at, " \t\r\n");
        const char quote = *d->at, *value = d->at + 1;
        const char *close = quote == '"' || quote == '\'' ? memchr(value, quote, (size_t)(d->end - value)) : NULL;
        if (!close)
            return refuse(d, name, len);
        int rc = check_attribute(d, name, len, value, (size_t)(close - value));
        if (rc < 0)
            return rc;
        d->at = close + 1;
    }
}

static int read_element(struct drawing *d)
{
    const bool closes = d->at[1] == '/';
    const char *name = d->at + 1 + closes;
    size_t len = strcspn(name, " \t\r\n/><=\"'"), local_len = len;
    bool closed = false;
    const char *local = local_name(name, &local_len);
    const bool root = local_len == 3 && !memcmp(local, "svg", 3);
    /* What stands in a style is looked at as one text. */
    if (!is_element(name, len) || (!d->depth && (closes || !root)) || (d->style && !closes))
        return refuse(d, d->at, len + 1 + closes);
    d->at = name + len;
    int rc = read_attributes(d, &closed);
    if (rc < 0)
        return rc;
    d->depth += closes ? -1 : closed ? 0 : 1;
    d->style = !closes && !closed && local_len == 5 && !memcmp(local, "style", 5);
    return d->depth > IMAGE_DEPTH_MAX ? refuse(d, name, len) : 0;
}

/* A comment, a section of text, what stands before the drawing. *ret: was it one of these? */
static int skip_other(struct drawing *d, bool *ret)
{
    static const struct {
        const char *open, *close;
    } others[] = {{"<!--", "-->"}, {"<?xml ", "?>"}, {"<!DOCTYPE ", ">"}, {"<![CDATA[", "]]>"}};
    *ret = false;
    for (size_t o = 0; o < COUNT(others); o++) {
        const size_t open = strlen(others[o].open);
        if ((size_t)(d->end - d->at) < open || memcmp(d->at, others[o].open, open) != 0)
            continue;
        const char *inside = d->at + open;
        const char *close = memmem(inside, (size_t)(d->end - inside), others[o].close, strlen(others[o].close));
        /* Entities are declared between [ and ]. */
        if (!close || (*others[o].close == '>' && memchr(inside, '[', (size_t)(close - inside))))
            return refuse(d, d->at, open);
        if (d->style && check_style(d, inside, (size_t)(close - inside)) < 0)
            return -EBADMSG;
        d->at = close + strlen(others[o].close);
        *ret = true;
        return 0;
    }
    return 0;
}

static int check_drawing(const struct buf *text, struct fault *f)
{
    struct drawing d = {.start = text->data, .at = text->data, .end = text->data + text->len, .f = f};
    bool other, drawn = false;
    int rc = 0;
    if (scan_utf8(text->data, text->len) < text->len || strlen(text->data) < text->len)
        return fault_set(f, -EBADMSG, _("not an SVG image in UTF-8; save it as plain SVG, or as PNG"));
    while (rc == 0) {
        const char *tag = memchr(d.at, '<', (size_t)(d.end - d.at));
        if (d.style)
            rc = check_style(&d, d.at, (size_t)((tag ? tag : d.end) - d.at));
        d.at = tag ? tag : d.end;
        if (rc < 0 || !tag)
            break;
        rc = skip_other(&d, &other);
        if (rc == 0 && !other)
            rc = read_element(&d);
        drawn |= rc == 0 && !other;
    }
    return rc == 0 && !drawn ? fault_set(f, -EBADMSG, _("not an SVG image in UTF-8; save it as plain SVG, or as PNG"))
                             : rc;
}

/* ---- any ---- */

static bool begins(const struct buf *b, const char *with, size_t len)
{
    return b->len >= len && !memcmp(b->data, with, len);
}

static bool ends(const char *name, const char *with)
{
    const size_t len = strlen(name), end = strlen(with);
    return len > end && !strcasecmp(name + len - end, with);
}

static int take_drawing(const struct buf *in, struct buf *out, struct fault *f)
{
    int rc = check_drawing(in, f);
    if (rc == 0)
        buf_add(out, in->data, in->len);
    return rc;
}

static const struct kind {
    const char *media; /* RFC 2046 subtype */
    const char *first; /* octets that it begins with */
    const char *endings[2];
    int (*take)(const struct buf *in, struct buf *out, struct fault *f);
} kinds[] = {
    {"png", "\x89PNG\r\n\x1A\n", {".png"}, photograph_png},
    {"jpeg", "\xFF\xD8\xFF", {".jpg", ".jpeg"}, photograph_jpeg},
    {"svg+xml", "", {".svg"}, take_drawing},
};

/* By what its first octets say; the name says the same, for who looks into the folder. NULL: not one of ours. */
static const struct kind *kind_of(const char *path, const struct buf *bytes)
{
    const struct kind *k = kinds;
    while (!begins(bytes, k->first, strlen(k->first)))
        k++;
    for (size_t e = 0; e < COUNT(k->endings) && k->endings[e]; e++)
        if (ends(path, k->endings[e]))
            return k;
    return NULL;
}

int image_read(const char *path, struct buf *out, struct fault *f)
{
    _cleanup_(buf_free) struct buf bytes = {0}, taken = {0};
    int rc = file_read_itself(path, IMAGE_BYTES_MAX, &bytes, f);
    if (rc < 0)
        return rc;
    const struct kind *kind = kind_of(path, &bytes);
    if (!kind)
        return fault_set(f, -EBADMSG, _("%s: no image of a kind that is taken; save it as .png, .jpg or .svg"), path);
    rc = kind->take(&bytes, &taken, f);
    if (rc < 0) {
        fault_prefix(f, "%s: ", path);
        return rc;
    }
    buf_addf(out, "data:image/%s;base64,", kind->media);
    const size_t len = (taken.len + 2) / 3 * 4;
    buf_reserve(out, len + 1);
    base64_write(taken.data, taken.len, out->data + out->len);
    out->len += len;
    return 0;
}
