/* What the press is given of a year: a communiqué of one page, pictures for phones, and a text for the radio with its
 * terms. */
#include "collector/report/document.h"

#include <string.h>

#include "collector/format/date.h"
#include "collector/format/typography.h"
#include "collector/report/finding.h"
#include "collector/report/gallery.h"
#include "collector/report/radio.h"
#include "common/json.h"

#define FINDINGS_MIN 3    /* of a whole communiqué */
#define LETTERS_MAX  1100 /* of all findings, so that one page holds them */

static const char *text(const struct report *r, const char *name)
{
    const char *t = json_string_value(json_object_get(json_object_get(r->words.texts, "press"), name));
    return t ? t : "";
}

/* What is read of it: without its tags. */
static size_t letters_of(const char *html)
{
    size_t count = 0;
    for (bool inside = false; *html; html++) {
        inside = *html == '<' || (inside && *html != '>');
        count += !inside && ((unsigned char)*html & 0xC0) != 0x80;
    }
    return count;
}

static size_t set_findings(const struct report *r, json_t *values)
{
    struct finding chosen[FINDINGS_MAX];
    const size_t count = finding_choose(r, chosen);
    json_t *list = json_array();
    size_t letters = 0;
    for (size_t n = 0; n < count; n++) {
        _cleanup_text_ char *sentence = finding_sentence(r, &chosen[n]);
        letters += letters_of(sentence);
        if (letters <= LETTERS_MAX)
            json_array_append_new(list, json_string(sentence));
    }
    json_object_set_new(values, "any", json_boolean(json_array_size(list) > 0));
    json_object_set_new(values, "findings", list);
    return json_array_size(list);
}

static void set_few(const struct report *r, size_t count, json_t *values)
{
    _cleanup_text_ char *n = alloc_format("%zu", count);
    if (count > 0 && count < FINDINGS_MIN)
        phrase_set(values, "few", text(r, "few"), json_pack("{s:s}", "n", n));
}

/* The option's, or that of the edition; the caller frees. */
static char *embargo_of(const struct report *r)
{
    char date[DATE_TEXT_SIZE];
    int32_t day;
    const char *until = r->order->embargo ? r->order->embargo : edition_text(&r->edition, "embargo");
    if (until && date_read(until, &day) == 0)
        return phrase_fill(text(r, "embargo"), json_pack("{s:s}", "date", date_long(&r->words, day, date)));
    return alloc_text(text(r, "free"));
}

static void set_pictures(const struct report *r, size_t count, json_t *values)
{
    _cleanup_text_ char *n = alloc_format("%zu", count), *lacking = alloc_format("%zu", GALLERY_PICTURES - count),
                        *all = alloc_format("%d", GALLERY_PICTURES);
    phrase_set(values, "pictures",
               text(r, count > 1 ? "pictures"
                       : count   ? "picture"
                                 : "no_pictures"),
               json_pack("{s:s}", "n", n));
    if (count && count < GALLERY_PICTURES)
        phrase_set(values, "lacking", text(r, "lacking"), json_pack("{s:s, s:s}", "n", lacking, "all", all));
}

/* Likewise. */
static const char *contact_of(const struct report *r)
{
    const char *given = r->order->contact ? r->order->contact : edition_text(&r->edition, "contact");
    return given ? given : text(r, "site");
}

static int write_page(const struct report *r, const char *embargo, size_t pictures, const struct outlet *to,
                      struct fault *f)
{
    _cleanup_json_ json_t *values = document_values(r, json_array());
    _cleanup_(buf_free) struct buf html = {0};
    set_few(r, set_findings(r, values), values);
    json_object_set_new(values, "embargo", json_string(embargo));
    set_pictures(r, pictures, values);
    json_object_set_new(values, "contact", json_string(contact_of(r)));
    phrase_set(values, "headline", text(r, "headline"), json_pack("{s:s, s:s}", "in", r->in, "year", r->year));
    phrase_set(values, "lede", text(r, "lede"), json_pack("{s:s}", "in", r->in));
    phrase_set(values, "cite", phrase(&r->words, "cite"), json_pack("{s:s, s:s}", "in", r->in, "year", r->year));
    int rc = document_render(r, values, &html, f);
    return rc < 0 ? rc : to->keep(to->of, "press.html", &html, f);
}

static int keep_set(const struct report *r, const char *name, const struct buf *text, const struct outlet *to,
                    struct fault *f)
{
    _cleanup_(buf_free) struct buf set = {0};
    typography_set(r->words.lang, text->data, text->len, &set);
    return to->keep(to->of, name, &set, f);
}

static int write_radio(const struct report *r, const char *embargo, const struct outlet *to, struct fault *f)
{
    _cleanup_(buf_free) struct buf script = {0}, terms = {0};
    int rc = radio_write(r, embargo, &script, &terms, f);
    if (rc == 0)
        rc = keep_set(r, "radio.md", &script, to, f);
    return rc < 0 ? rc : keep_set(r, "terms.md", &terms, to, f);
}

static int write_press(struct report *r, const struct outlet *to, struct fault *f)
{
    _cleanup_text_ char *embargo = embargo_of(r);
    size_t pictures = 0;
    int rc = gallery_write(r, to, &pictures, f);
    if (rc == 0)
        rc = write_page(r, embargo, pictures, to, f);
    if (rc == 0)
        rc = write_radio(r, embargo, to, f);
    return rc < 0 ? rc : document_data(r, to, f);
}

const struct document document_press = {
    .name = "press", .option = "press", .write = write_press, .pictures = GALLERY_FOLDER};
