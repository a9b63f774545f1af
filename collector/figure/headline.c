#include "collector/figure/headline.h"

#include <string.h>

#include "collector/figure/source.h"
#include "collector/format/template.h"

char *headline_in(const json_t *pack, const char *country, enum lang lang)
{
    const char *in = json_string_value(json_object_get(pack, lang == LANG_FR ? "in_fr" : "in_en"));
    return in ? alloc_text(in) : alloc_format("(%s)", country);
}

char *headline_where(const struct words *w, const char *in, bool country, int64_t lines)
{
    if (country)
        return alloc_text(in);
    _cleanup_text_ char *step = phrase_step(w->lang, lines);
    return phrase_fill(phrase(w, lines == 1 ? "on_line" : "on_lines"), json_pack("{s:s, s:s}", "n", step, "in", in));
}

static void add_text(const char *text, struct buf *out)
{
    template_escape(text, strlen(text), out);
}

/* Whose figure it is: a sentence of a census and one of an advertisement look alike. Returns the rest of the pattern.
 */
static const char *add_opening(const struct headline *h, const char *pattern, struct buf *out)
{
    if (!h->source || !*pattern)
        return pattern;
    _cleanup_text_ char *opening = phrase_fill(phrase(h->words, "according"),
                                               json_pack("{s:s}", "source", source_after(h->source, h->words->lang)));
    add_text(opening, out);
    if (*pattern == '{')
        return pattern;
    buf_add_char(out, source_first(pattern));
    return pattern + 1;
}

/* A member of the pattern in its place. Returns whether it is a number. */
static bool add_member(const struct headline *h, const char *member, struct buf *out)
{
    if (!strcmp(member, "where")) {
        _cleanup_text_ char *where = headline_where(h->words, h->in, h->of_country, h->lines);
        add_text(where, out);
        return false;
    }
    if (!strcmp(member, "item")) {
        add_text(h->item ? h->item : "", out);
        return false;
    }
    buf_add_text(out, "<b>");
    if (!h->number(h->of, member, out))
        add_text(phrase(h->words, "none"), out);
    buf_add_text(out, "</b>");
    return true;
}

void headline_write(const struct headline *h, struct buf *out)
{
    const char *at = add_opening(h, h->indicator->headline[h->words->lang], out);
    while (*at) {
        size_t len = strcspn(at, "{");
        template_escape(at, len, out);
        at += len;
        if (!*at)
            break;
        size_t end = strcspn(at, "}");
        _cleanup_text_ char *member = alloc_text_n(at + 1, end - 1);
        at += end + 1;
        if (add_member(h, member, out) && *at == ' ') {
            buf_add_text(out, "&nbsp;");
            at++;
        }
    }
}
