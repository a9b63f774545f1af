/* How to cite it, who made it, who may use it, and how it was corrected. */
#include "collector/report/document.h"

#include <string.h>

#include "collector/format/date.h"
#include "collector/report/window.h"

static void add_line(json_t *lines, const char *term, const char *text)
{
    if (term && text)
        json_array_append_new(lines, json_pack("{s:s, s:s}", "term", term, "text", text));
}

/* What the edition's authors gave under that key, a day as people write it; what stands in its place otherwise, or
 * NULL. The caller frees. */
static char *given(const struct report *r, const char *key, const char *otherwise)
{
    const char *text = edition_text(&r->edition, key);
    char date[DATE_TEXT_SIZE];
    int32_t day;
    const bool dated = !strcmp(key, "published") || !strcmp(key, "embargo");
    if (text && dated && date_read(text, &day) == 0)
        text = date_long(&r->words, day, date);
    return text || otherwise ? alloc_text(text ? text : otherwise) : NULL;
}

/* By the names that they chose when they said yes to it; else how many lines there are. */
static int add_volunteers(const struct report *r, const json_t *t, json_t *lines, struct fault *f)
{
    const char *names = edition_text(&r->edition, "volunteers"), *step;
    json_t *window = json_object();
    int rc = window_set(r, window, f);
    step = json_string_value(json_object_get(window, "lines"));
    _cleanup_text_ char *text = phrase_fill(json_string_value(json_object_get(t, names  ? "named"
                                                                                 : step ? "counted"
                                                                                        : "unnamed")),
                                            json_pack("{s:s?, s:s?}", "names", names, "n", step));
    add_line(lines, json_string_value(json_object_get(t, "volunteers")), text);
    json_decref(window);
    return rc;
}

static void add_errata(const struct report *r, json_t *out)
{
    json_t *list = json_array();
    const json_t *one;
    size_t n;
    json_array_foreach(edition_list(&r->edition, "erratum"), n, one)
    {
        char text[DATE_TEXT_SIZE];
        json_array_append_new(list, json_pack("{s:O, s:s, s:O, s:O}", "what", json_object_get(one, "name"), "date",
                                              edition_day(one, "date", &r->words, text), "wrong",
                                              json_object_get(one, "wrong"), "right", json_object_get(one, "right")));
    }
    json_object_set_new(out, "any", json_boolean(json_array_size(list) > 0));
    json_object_set_new(out, "errata", list);
}

/* "…, edition 2026, InternetMetre. ISSN 2049-3630. https://doi.org/10.…" */
static void set_cite(const struct report *r, json_t *out)
{
    const char *publisher = edition_text(&r->edition, "publisher"), *issn = edition_text(&r->edition, "issn"),
               *doi = edition_text(&r->edition, "doi");
    _cleanup_text_ char *cite = phrase_fill(phrase(&r->words, "cite"),
                                            json_pack("{s:s, s:s}", "in", r->in, "year", r->year));
    _cleanup_(buf_free) struct buf text = {0};
    buf_add_text(&text, cite);
    if (publisher)
        buf_addf(&text, " %s.", publisher);
    if (issn)
        buf_addf(&text, " ISSN %s.", issn);
    if (doi)
        buf_addf(&text, " https://doi.org/%s", doi);
    json_object_set_new(out, "cite", json_string(text.data));
}

static int read_credits(struct report *r, json_t *out, struct fault *f)
{
    const json_t *t = json_object_get(out, "t"), *line;
    json_t *lines = json_array();
    size_t n;
    json_array_foreach(json_object_get(t, "lines"), n, line)
    {
        const char *key = json_string_value(json_object_get(line, "key")),
                   *text = json_string_value(json_object_get(line, "text"));
        _cleanup_text_ char *value = key ? given(r, key, text) : NULL;
        add_line(lines, json_string_value(json_object_get(line, "term")), key ? value : text);
    }
    set_cite(r, out);
    add_errata(r, out);
    json_object_set_new(out, "lines", lines);
    return add_volunteers(r, t, lines, f);
}

const struct section section_credits = {"credits", read_credits};
