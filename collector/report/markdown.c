#include "collector/report/markdown.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>
#include <strings.h>

#include <cmark.h>

#include "collector/format/template.h"
#include "common/json.h"
#include "common/lang.h"
#include "common/scan.h"

#define SHOWN_MAX 60 /* octets of the text in a message */

struct reader {
    const char *id;
    const struct markdown_ways *ways;
    struct markdown made;
    cmark_node **found; /* what is written in another way than libcmark would */
    size_t found_count;
    int level; /* of the heading before, in the document */
    struct fault *f;
};

/* ---- what stands in the text ---- */

/* Of what stands within a paragraph libcmark does not always say it. */
static int line_of(cmark_node *n)
{
    while (n && cmark_node_get_start_line(n) <= 0)
        n = cmark_node_parent(n);
    return n ? cmark_node_get_start_line(n) : 1;
}

static cmark_node *only_child(cmark_node *n)
{
    cmark_node *child = cmark_node_first_child(n);
    return child && !cmark_node_next(child) ? child : NULL;
}

static bool is_alone(cmark_node *n)
{
    cmark_node *parent = cmark_node_parent(n);
    return parent && cmark_node_get_type(parent) == CMARK_NODE_PARAGRAPH && only_child(parent) == n;
}

static bool is_within(cmark_node *n, cmark_node_type type)
{
    while (n && cmark_node_get_type(n) != type)
        n = cmark_node_parent(n);
    return n != NULL;
}

/* The words of a heading, or of what an image shows. */
static void add_words(cmark_node *n, struct buf *out)
{
    cmark_iter *at = cmark_iter_new(n);
    buf_add_text(out, "");
    for (cmark_event_type event; (event = cmark_iter_next(at)) != CMARK_EVENT_DONE;) {
        cmark_node *node = cmark_iter_get_node(at);
        const cmark_node_type type = cmark_node_get_type(node);
        if (event != CMARK_EVENT_ENTER)
            continue;
        if (type == CMARK_NODE_TEXT || type == CMARK_NODE_CODE)
            buf_add_text(out, cmark_node_get_literal(node));
        else if (type == CMARK_NODE_SOFTBREAK || type == CMARK_NODE_LINEBREAK)
            buf_add_char(out, ' ');
    }
    cmark_iter_free(at);
}

/* ---- what is not taken ---- */

static int refuse_html(struct reader *r, cmark_node *n)
{
    const char *text = cmark_node_get_literal(n);
    const int len = (int)strcspn(text, "\r\n");
    return fault_set(r->f, -EBADMSG,
                     _("line %d: HTML is not taken: %.*s; write it in Markdown, or between backticks where readers are "
                       "to see it"),
                     line_of(n), len < SHOWN_MAX ? len : SHOWN_MAX, text);
}

static int check_link(struct reader *r, cmark_node *n)
{
    static const char *const taken[] = {"https://", "http://", "mailto:", "#"};
    const char *url = cmark_node_get_url(n);
    for (size_t t = 0; t < COUNT(taken); t++)
        if (!strncasecmp(url, taken[t], strlen(taken[t])))
            return 0;
    return fault_set(r->f, -EBADMSG,
                     _("line %d: a link to \"%.*s\" is not taken; it may begin with https://, http:// or mailto:, or "
                       "with # within the report"),
                     line_of(n), SHOWN_MAX, url);
}

static int check_image(struct reader *r, cmark_node *n)
{
    const char *name = cmark_node_get_url(n);
    _cleanup_(buf_free) struct buf shows = {0};
    if (!*name || *name == '.' || strpbrk(name, "/\\:"))
        return fault_set(r->f, -EBADMSG,
                         _("line %d: the image \"%.*s\" is elsewhere; save it beside the chapter and write its name "
                           "alone, such as ![What it shows](map.png)"),
                         line_of(n), SHOWN_MAX, name);
    if (is_within(n, CMARK_NODE_HEADING))
        return fault_set(r->f, -EBADMSG, _("line %d: a heading takes no image; put it below"), line_of(n));
    add_words(n, &shows);
    if (shows.data[strspn(shows.data, " ")])
        return 0;
    return fault_set(r->f, -EBADMSG,
                     _("line %d: say for who does not see it what the image shows, between the brackets: ![What it "
                       "shows](%.*s)"),
                     line_of(n), SHOWN_MAX, name);
}

/* Their words stand where no figure can: in the table of contents, in an attribute. */
static int check_text(struct reader *r, cmark_node *n)
{
    if (!is_within(n, CMARK_NODE_HEADING) && !is_within(n, CMARK_NODE_IMAGE))
        return 0;
    return fault_set(r->f, -EBADMSG,
                     _("line %d: neither a heading nor the description of an image takes {{…}}; write it in the text"),
                     line_of(n));
}

static int check_heading(struct reader *r, cmark_node *n)
{
    return cmark_node_get_heading_level(n) > 1 || !cmark_node_previous(n)
               ? 0
               : fault_set(r->f, -EBADMSG,
                           _("line %d: a chapter has one title; its parts begin with ##, as in \"## %s\""), line_of(n),
                           _("Our method"));
}

/* ---- looking through it ---- */

static int look_at(struct reader *r, cmark_node *n)
{
    int rc = 0;
    switch (cmark_node_get_type(n)) {
    case CMARK_NODE_HTML_BLOCK:
    case CMARK_NODE_HTML_INLINE:
        return refuse_html(r, n);
    case CMARK_NODE_LINK:
        return check_link(r, n);
    case CMARK_NODE_IMAGE:
        rc = check_image(r, n);
        break;
    case CMARK_NODE_HEADING:
        rc = check_heading(r, n);
        break;
    case CMARK_NODE_TEXT:
        if (!strstr(cmark_node_get_literal(n), "{{"))
            return 0;
        rc = check_text(r, n);
        break;
    default:
        return 0;
    }
    if (rc == 0 && !(r->found_count & (r->found_count - 1)))
        r->found = alloc_resize(r->found, r->found_count ? 2 * r->found_count : 1, sizeof(cmark_node *));
    if (rc == 0)
        r->found[r->found_count++] = n;
    return rc;
}

/* Before anything is changed. */
static int look_through(struct reader *r, cmark_node *document)
{
    cmark_iter *at = cmark_iter_new(document);
    int rc = 0, depth = 0;
    for (cmark_event_type event; rc == 0 && (event = cmark_iter_next(at)) != CMARK_EVENT_DONE;) {
        cmark_node *n = cmark_iter_get_node(at);
        const bool holds = cmark_node_first_child(n) != NULL;
        if (event == CMARK_EVENT_ENTER)
            rc = look_at(r, n);
        depth += !holds ? 0 : event == CMARK_EVENT_ENTER ? 1 : -1;
        if (rc == 0 && depth > MARKDOWN_DEPTH_MAX)
            rc = fault_set(r->f, -EBADMSG,
                           _("line %d: quotes, lists and emphases stand more than %d deep in each other"), line_of(n),
                           MARKDOWN_DEPTH_MAX);
    }
    cmark_iter_free(at);
    return rc;
}

/* ---- writing it in our way ---- */

/* Stands where n stood, which is gone. */
static void replace(cmark_node *n, cmark_node_type type, const char *html)
{
    cmark_node *custom = cmark_node_new(type);
    cmark_node_set_on_enter(custom, html);
    cmark_node_replace(n, custom);
    cmark_node_free(n);
}

static int title_level(const struct markdown_ways *ways)
{
    return ways->level ? ways->level : MARKDOWN_PART_LEVEL - 1;
}

static void write_heading(struct reader *r, cmark_node *n)
{
    _cleanup_(buf_free) struct buf words = {0};
    /* In the document its title is of this level; under one of level 3 is none of level 5. */
    int level = cmark_node_get_heading_level(n) + title_level(r->ways) - 1;
    level = level > r->level + 1 ? r->level + 1 : level > 6 ? 6 : level;
    r->level = level;
    add_words(n, &words);
    _cleanup_text_ char *id = alloc_format("%s-%zu", r->id, json_array_size(r->made.parts) + 1);
    _cleanup_text_ char *open = alloc_format("<h%d id=\"%s\">", level, id), *close = alloc_format("</h%d>", level);
    json_array_append_new(r->made.parts, json_pack("{s:s, s:s, s:i}", "id", id, "name", words.data, "level", level));
    cmark_node *custom = cmark_node_new(CMARK_NODE_CUSTOM_BLOCK);
    cmark_node_set_on_enter(custom, open);
    cmark_node_set_on_exit(custom, close);
    cmark_node_replace(n, custom);
    for (cmark_node *child; (child = cmark_node_first_child(n)) != NULL;)
        cmark_node_append_child(custom, child); /* takes it out of n */
    cmark_node_free(n);
}

/* One that is alone, with a title, has that below it. */
static int write_image(struct reader *r, cmark_node *n)
{
    const char *name = cmark_node_get_url(n), *title = cmark_node_get_title(n);
    _cleanup_(buf_free) struct buf html = {0}, shows = {0};
    const bool alone = is_alone(n);
    add_words(n, &shows);
    buf_add_text(&html, alone ? "<figure><img alt=\"" : "<img alt=\"");
    template_escape(shows.data, shows.len, &html);
    buf_add_text(&html, "\" src=\"");
    int rc = r->ways->embed(r->ways->of, name, &html, r->f);
    if (rc < 0) {
        fault_prefix(r->f, _("line %d: "), line_of(n));
        return rc;
    }
    buf_add_text(&html, "\">");
    if (alone && *title) {
        buf_addf(&html, "<figcaption data-word=\"%s\">", r->ways->figure);
        template_escape(title, strlen(title), &html);
        buf_add_text(&html, "</figcaption>");
    }
    if (alone)
        buf_add_text(&html, "</figure>");
    replace(alone ? cmark_node_parent(n) : n, alone ? CMARK_NODE_CUSTOM_BLOCK : CMARK_NODE_CUSTOM_INLINE, html.data);
    return 0;
}

/* From "{{" on: writes what stands for it, and returns how many octets it took. */
static size_t write_reference(struct reader *r, cmark_node *n, const char *at, bool alone, bool *ret_block,
                              struct buf *html)
{
    const char *end = strstr(at, "}}");
    _cleanup_text_ char *reference = end ? alloc_text_n(at + 2, (size_t)(end - at - 2)) : NULL;
    *ret_block = r->ways->refer(r->ways->of, reference, line_of(n), alone, html);
    return end ? (size_t)(end + 2 - at) : strlen(at);
}

/* Is it one reference, and no more? */
static bool is_reference(const char *text)
{
    const char *end = strstr(text, "}}");
    return !strncmp(text, "{{", 2) && end && !end[2 + strspn(end + 2, " ")];
}

static void write_text(struct reader *r, cmark_node *n)
{
    const char *at = cmark_node_get_literal(n);
    const bool alone = is_alone(n) && is_reference(at);
    _cleanup_(buf_free) struct buf html = {0};
    bool block = false;
    buf_add_text(&html, "");
    for (const char *open; (open = strstr(at, "{{")) != NULL;) {
        template_escape(at, (size_t)(open - at), &html);
        at = open + write_reference(r, n, open, alone, &block, &html);
        if (block)
            at += strlen(at);
    }
    template_escape(at, strlen(at), &html);
    replace(block ? cmark_node_parent(n) : n, block ? CMARK_NODE_CUSTOM_BLOCK : CMARK_NODE_CUSTOM_INLINE, html.data);
}

static int rewrite(struct reader *r)
{
    int rc = 0;
    for (size_t n = 0; rc == 0 && n < r->found_count; n++)
        switch (cmark_node_get_type(r->found[n])) {
        case CMARK_NODE_HEADING:
            write_heading(r, r->found[n]);
            break;
        case CMARK_NODE_IMAGE:
            rc = write_image(r, r->found[n]);
            break;
        default:
            write_text(r, r->found[n]);
        }
    return rc;
}

/* ---- the whole ---- */

static int read_title(struct reader *r, cmark_node *document)
{
    cmark_node *first = cmark_node_first_child(document);
    _cleanup_(buf_free) struct buf words = {0};
    if (first && cmark_node_get_type(first) == CMARK_NODE_HEADING && cmark_node_get_heading_level(first) == 1)
        add_words(first, &words);
    if (!words.data || !words.data[strspn(words.data, " ")])
        return fault_set(r->f, -EBADMSG, _("line %d: a chapter begins with its title, as in \"# %s\""),
                         first ? line_of(first) : 1, _("Preface"));
    r->made.title = buf_take(&words);
    return 0;
}

/* It is the section's. */
static void take_title(struct reader *r, cmark_node *document)
{
    cmark_node *first = cmark_node_first_child(document);
    r->found_count--; /* the first that was found, and nothing else is in it */
    memmove(r->found, r->found + 1, r->found_count * sizeof *r->found);
    cmark_node_unlink(first);
    cmark_node_free(first);
}

static int line_at(const char *text, size_t offset)
{
    int line = 1;
    for (size_t i = 0; i < offset; i++)
        line += text[i] == '\n' || (text[i] == '\r' && text[i + 1] != '\n');
    return line;
}

/* What no editor writes, and a terminal or a browser would take for something else. */
static int check_letters(const char *text, size_t len, struct fault *f)
{
    const size_t good = scan_utf8(text, len);
    if (good < len)
        return fault_set(f, -EBADMSG, _("line %d: not UTF-8; save the file as UTF-8"), line_at(text, good));
    for (size_t i = 0; i < len; i++)
        if (text[i] == 0x7F || ((unsigned char)text[i] < ' ' && !strchr("\t\n\r", text[i] ? text[i] : 'x')))
            return fault_set(f, -EBADMSG, _("line %d: a control character; take it out, or save the file as text"),
                             line_at(text, i));
    return 0;
}

int markdown_read(const char *text, size_t len, const char *id, const struct markdown_ways *ways, struct markdown *ret,
                  struct fault *f)
{
    static const char mark[] = "\uFEFF"; /* of who writes on Windows */
    struct reader r = {.id = id, .ways = ways, .level = title_level(ways), .f = f, .made.parts = json_array()};
    const size_t skip = len >= strlen(mark) && !memcmp(text, mark, strlen(mark)) ? strlen(mark) : 0;
    int rc = check_letters(text, len, f);
    cmark_node *document = rc == 0 ? cmark_parse_document(text + skip, len - skip, CMARK_OPT_DEFAULT) : NULL;
    if (rc == 0) {
        cmark_consolidate_text_nodes(document);
        rc = read_title(&r, document);
    }
    if (rc == 0)
        rc = look_through(&r, document);
    if (rc == 0) {
        take_title(&r, document);
        rc = rewrite(&r);
    }
    if (rc == 0) {
        char *html = cmark_render_html(document, CMARK_OPT_DEFAULT);
        buf_add_text(&r.made.html, html);
        free(html);
        *ret = r.made;
    } else {
        markdown_free(&r.made);
    }
    if (document)
        cmark_node_free(document);
    free(r.found);
    return rc;
}

void markdown_free(struct markdown *m)
{
    free(m->title);
    json_decref(m->parts);
    buf_free(&m->html);
    *m = (struct markdown){0};
}
