#include "collector/report/consultation.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "collector/db/schema.h"
#include "collector/format/csv.h"
#include "collector/format/date.h"
#include "collector/format/template.h"
#include "collector/import/comments.h"
#include "collector/report/built_in.h"
#include "common/json.h"
#include "common/lang.h"
#include "schema/embedded.h"

int consultation_read(struct pg *pg, const struct framework *w, json_t **ret, struct fault *f)
{
    _cleanup_rows_ struct pg_rows *rows = NULL;
    int rc = pg_query(pg, "SELECT framework_document($1::int)", 1, (const char *const[]){w->number}, &rows, f);
    if (rc < 0)
        return rc;
    *ret = json_loads(pg_text(rows, 0, 0), 0, NULL);
    return *ret ? 0 : fault_set(f, -EIO, _("edition %s could not be read"), w->edition);
}

/* ---- words ---- */

static const char *member(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text ? text : "";
}

/* name_fr or name_en. */
static const char *in_language(const struct words *w, const json_t *object, const char *name)
{
    _cleanup_text_ char *key = alloc_format("%s_%s", name, lang_code(w->lang));
    return member(object, key);
}

static json_t *copy(const json_t *object, const char *name)
{
    return json_string(member(object, name));
}

static bool is(const json_t *object, const char *name, const char *word)
{
    return !strcmp(member(object, name), word);
}

/* What a table of the texts says of a word; the word itself where it says nothing. */
static const char *named(const struct words *w, const char *table, const char *word)
{
    const char *text = json_string_value(json_object_get(json_object_get(w->texts, table), word));
    return text ? text : word;
}

/* "22 novembre 2026"; "" where there is none. */
static const char *long_date(const struct words *w, const json_t *object, const char *name,
                             char ret_text[static DATE_TEXT_SIZE])
{
    int32_t day;
    *ret_text = '\0';
    return date_read(member(object, name), &day) == 0 ? date_long(w, day, ret_text) : ret_text;
}

static void set_count(const struct words *w, json_t *out, const char *name, int64_t n, const char *one,
                      const char *many)
{
    _cleanup_text_ char *text = phrase_count(w, n, one, many);
    json_object_set_new(out, name, json_string(text));
}

/* "au Bénin"; without a pack "(ZZ)". */
static char *in_country(const struct words *w, const char *country)
{
    _cleanup_json_ json_t *packs = json_loads(schema_file("countries/countries.json")->text, 0, NULL);
    const char *text = in_language(w, json_object_get(packs, country), "in");
    return *text ? alloc_text(text) : alloc_format("(%s)", country);
}

/* ---- an indicator ---- */

/* "measured by probes (check "dns"), imported from a published source" */
static void set_source(const struct words *w, const json_t *indicator, json_t *out)
{
    _cleanup_(buf_free) struct buf text = {0};
    const char *at = member(indicator, "kind"), *check = member(indicator, "measured_by");
    while (*at) {
        const size_t len = strcspn(at, ", ");
        _cleanup_text_ char *word = alloc_text_n(at, len);
        buf_addf(&text, "%s%s", text.len ? ", " : "", named(w, "kind", word));
        if (!strcmp(word, "measured") && *check) {
            _cleanup_text_ char *by = phrase_fill(phrase(w, "measured_by"), json_pack("{s:s}", "check", check));
            buf_add_text(&text, by);
        }
        at += len + strspn(at + len, ", ");
    }
    json_object_set_new(out, "source", json_string(text.data ? text.data : ""));
}

static void set_dimensions(const struct words *w, const json_t *indicator, json_t *out)
{
    _cleanup_(buf_free) struct buf text = {0};
    size_t n;
    json_t *word;
    json_array_foreach(json_object_get(indicator, "dimensions"), n, word)
        buf_addf(&text, "%s%s", n ? ", " : "", named(w, "dimension", json_string_value(word)));
    json_object_set_new(out, "dimensions", json_string(text.data ? text.data : phrase(w, "no_dimension")));
}

/* Both raters, and whether they agree: the figure is the pair, and never a mean. */
static void set_ratings(const struct words *w, const json_t *indicator, const json_t *ratings, json_t *out)
{
    json_t *list = json_array(), *rating;
    int64_t scores[2] = {0};
    size_t n;
    json_array_foreach(ratings, n, rating)
    {
        if (!is(rating, "indicator", member(indicator, "indicator")))
            continue;
        char day[DATE_TEXT_SIZE];
        scores[json_array_size(list) % 2] = json_integer_value(json_object_get(rating, "score"));
        json_array_append_new(list, json_pack("{s:o, s:O, s:o, s:o, s:s}", "rater", copy(rating, "rater"), "score",
                                              json_object_get(rating, "score"), "justification",
                                              copy(rating, "justification"), "source_url", copy(rating, "source_url"),
                                              "date", long_date(w, rating, "rated_on", day)));
    }
    const bool two = json_array_size(list) == 2, agree = scores[0] == scores[1];
    _cleanup_text_ char *first = alloc_format("%lld", (long long)scores[0]),
                        *second = alloc_format("%lld", (long long)scores[1]);
    if (is(indicator, "nature", "qualitative"))
        phrase_set(out, "rated",
                   phrase(w, !two    ? "rated_wanting"
                             : agree ? "rated_alike"
                                     : "rated_apart"),
                   json_pack("{s:s, s:s}", "a", first, "b", second));
    json_object_set_new(out, "ratings", list);
}

/* ---- comments ---- */

/* "A. Bio, Réseau SA"; whoever did not agree to be named is nobody. */
static void set_who(const struct words *w, const json_t *comment, json_t *out)
{
    const char *person = member(comment, "person"), *organisation = member(comment, "organisation");
    _cleanup_text_ char *who = alloc_format("%s%s%s", person, *person && *organisation ? ", " : "", organisation);
    json_object_set_new(out, "who", json_string(*who ? who : phrase(w, "unnamed")));
}

static json_t *comment_values(const struct words *w, const json_t *comment)
{
    char day[DATE_TEXT_SIZE];
    const char *verdict = member(comment, "verdict");
    json_t *out = json_pack("{s:O, s:s, s:s, s:o, s:o, s:o, s:s}", "number", json_object_get(comment, "number"),
                            "group", in_language(w, comment, "group"), "date", long_date(w, comment, "said_on", day),
                            "text", copy(comment, "comment"), "answer", copy(comment, "answer"), "answered_by",
                            copy(comment, "answered_by"), "verdict", *verdict ? named(w, "verdict", verdict) : "");
    set_who(w, comment, out);
    return out;
}

/* Those on an indicator; on "", those on the whole. */
static json_t *comments_on(const struct words *w, const json_t *edition, const char *indicator)
{
    json_t *list = json_array(), *comment;
    size_t n;
    json_array_foreach(json_object_get(edition, "comments"), n, comment)
    {
        const char *about = member(comment, "indicator");
        if (!strcmp(about, indicator))
            json_array_append_new(list, comment_values(w, comment));
    }
    return list;
}

static json_t *indicator_values(const struct words *w, const json_t *edition, const json_t *indicator)
{
    const char *id = member(indicator, "indicator"), *status = member(indicator, "status");
    json_t *out = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:o, s:s, s:O, s:o, s:b, s:b}", "id", id, "name",
                            in_language(w, indicator, "name"), "definition", in_language(w, indicator, "definition"),
                            "unit", in_language(w, indicator, "unit"), "waits", in_language(w, indicator, "waits"),
                            "status", status, "status_text", named(w, "member_status", status), "nature",
                            named(w, "nature", member(indicator, "nature")), "proposer", copy(indicator, "proposer"),
                            "why", member(indicator, "why"), "method", json_object_get(indicator, "method_version"),
                            "comments", comments_on(w, edition, id), "retired", !strcmp(status, "retired"),
                            "qualitative", is(indicator, "nature", "qualitative"));
    set_source(w, indicator, out);
    set_dimensions(w, indicator, out);
    set_ratings(w, indicator, json_object_get(edition, "ratings"), out);
    if (json_array_size(json_object_get(out, "comments")))
        set_count(w, out, "said", (int64_t)json_array_size(json_object_get(out, "comments")), "comment_one",
                  "comment_many");
    return out;
}

/* ---- families ---- */

static json_t *family_values(const struct words *w, const json_t *edition, const char *family)
{
    json_t *list = json_array(), *indicator;
    size_t n;
    json_array_foreach(json_object_get(edition, "indicators"), n, indicator) if (is(indicator, "family", family))
        json_array_append_new(list, indicator_values(w, edition, indicator));
    return json_pack("{s:s, s:s, s:o}", "family", family, "family_name", named(w, "family", family), "indicators",
                     list);
}

/* In the order of the texts; families that these do not know come last. */
static json_t *families(const struct words *w, const json_t *edition)
{
    json_t *list = json_array(), *value, *names = json_object_get(w->texts, "family");
    _cleanup_json_ json_t *there = json_object();
    const char *name;
    size_t n;
    json_array_foreach(json_object_get(edition, "indicators"), n, value)
        json_object_set_new(there, member(value, "family"), json_true());
    json_object_foreach(names, name, value) if (json_object_get(there, name))
        json_array_append_new(list, family_values(w, edition, name));
    json_object_foreach(there, name, value) if (!json_object_get(names, name))
        json_array_append_new(list, family_values(w, edition, name));
    return list;
}

/* ---- who spoke ---- */

static int64_t number(const json_t *object, const char *name)
{
    return json_integer_value(json_object_get(object, name));
}

static void set_voices(const struct words *w, const json_t *edition, json_t *out)
{
    json_t *list = json_array(), *voice;
    int64_t spoke = 0;
    size_t n;
    json_array_foreach(json_object_get(edition, "voices"), n, voice)
    {
        const int64_t comments = number(voice, "comments"), answered = number(voice, "answered"),
                      taken = number(voice, "taken"), partly = number(voice, "partly");
        spoke += comments > 0;
        json_array_append_new(list, json_pack("{s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:b}", "group",
                                              in_language(w, voice, "name"), "comments", (json_int_t)comments,
                                              "organisations", (json_int_t)number(voice, "organisations"), "taken",
                                              (json_int_t)taken, "partly", (json_int_t)partly, "not_taken",
                                              (json_int_t)(answered - taken - partly), "unanswered",
                                              (json_int_t)(comments - answered), "silent", comments == 0));
    }
    const int64_t groups = (int64_t)json_array_size(list);
    _cleanup_text_ char *of = alloc_format("%lld", (long long)groups);
    _cleanup_text_ char *pattern = phrase_count(w, spoke, "spoke_one", "spoke_many");
    phrase_set(out, "spoke", pattern, json_pack("{s:s}", "of", of));
    json_object_set_new(out, "voices", list);
}

/* ---- the document ---- */

static void set_state(const struct words *w, const json_t *edition, json_t *out)
{
    char opened[DATE_TEXT_SIZE], adopted[DATE_TEXT_SIZE], until[DATE_TEXT_SIZE];
    const bool is_adopted = *member(edition, "adopted_on");
    long_date(w, edition, "opened_on", opened);
    long_date(w, edition, "adopted_on", adopted);
    long_date(w, edition, "comments_to", until);
    phrase_set(out, "state",
               phrase(w, is_adopted ? "state_adopted"
                         : *until   ? "state_until"
                                    : "state_open"),
               json_pack("{s:s, s:s, s:s, s:s, s:s}", "opened", opened, "adopted", adopted, "until", until, "by",
                         member(edition, is_adopted ? "adopted_by" : "opened_by"), "edition",
                         member(edition, "edition")));
    json_object_set_new(out, "open", json_boolean(!is_adopted));
    if (*member(edition, "reason"))
        phrase_set(out, "reason", phrase(w, "adopted_because"),
                   json_pack("{s:s}", "reason", member(edition, "reason")));
}

static json_t *document_values(const json_t *edition, const struct language *l, const struct words *w)
{
    _cleanup_text_ char *in = in_country(w, member(edition, "country"));
    json_t *out = json_pack("{s:s, s:O, s:s, s:o, s:b}", "lang", l->code, "t", w->texts, "style",
                            built_in_text("consultation.css"), "edition", copy(edition, "edition"), "partial",
                            w->lacking > 0);
    phrase_set(out, "title", phrase(w, "title"), json_pack("{s:s}", "in", in));
    set_state(w, edition, out);
    set_count(w, out, "count", (int64_t)json_array_size(json_object_get(edition, "indicators")), "indicator_one",
              "indicator_many");
    set_voices(w, edition, out);
    json_object_set_new(out, "families", families(w, edition));
    json_object_set_new(out, "whole", comments_on(w, edition, ""));
    return out;
}

/* Before what a French line never begins with, and behind what it never ends with, blanks stay where they are. What
 * people typed has plain ones. */
static void typeset(const char *html, struct buf *out)
{
    static const char guillemet[] = "«", closing[] = "»", nbsp[] = "\xC2\xA0";
    const char *body = strstr(html, "<body");
    buf_add(out, html, (size_t)(body - html));
    for (const char *at = body; *at; at++) {
        const bool kept = *at == ' ' && (strchr(";:?!", at[1] ? at[1] : ' ') || !strncmp(at + 1, closing, 2) ||
                                         !strncmp(at - 2, guillemet, 2));
        buf_add_text(out, kept ? nbsp : "");
        buf_add(out, at, !kept);
    }
}

int consultation_document(const json_t *edition, const struct language *l, struct buf *out, struct fault *f)
{
    struct words w;
    language_words(l, "consultation", &w);
    _cleanup_json_ json_t *values = document_values(edition, l, &w);
    const struct template_part parts[] = {{"comment", built_in_text("consultation_comment.html")}, {0}};
    _cleanup_(buf_free) struct buf html = {0};
    int rc = template_render(built_in_text("consultation.html"), parts, values, &html, f);
    if (rc == 0 && w.lang == LANG_FR)
        typeset(html.data, out);
    else
        buf_add(out, html.data, html.len);
    words_free(&w);
    return rc;
}

/* ---- the form ---- */

static void form_line(struct buf *out, const char *const cells[static COMMENT_COLUMNS], char separator)
{
    for (size_t c = 0; c < COMMENT_COLUMNS; c++) {
        if (c)
            buf_add_char(out, separator);
        csv_write_parted(out, cells[c] ? cells[c] : "", cells[c] ? strlen(cells[c]) : 0, separator);
    }
    buf_add_text(out, "\r\n");
}

/* One line each: a cell that begins with #, which is passed over when the form comes back. */
static void form_instructions(const json_t *edition, const struct words *w, struct buf *out, char separator)
{
    _cleanup_(buf_free) struct buf groups = {0};
    char until[DATE_TEXT_SIZE];
    size_t n;
    json_t *voice, *line;
    json_array_foreach(json_object_get(edition, "voices"), n, voice)
        buf_addf(&groups, "%s%s", n ? ", " : "", in_language(w, voice, "name"));
    long_date(w, edition, "comments_to", until);
    json_array_foreach(json_object_get(w->texts, *until ? "form_until" : "form"), n, line)
    {
        _cleanup_text_ char *text = phrase_fill(json_string_value(line),
                                                json_pack("{s:s, s:s, s:s}", "edition", member(edition, "edition"),
                                                          "groups", groups.data ? groups.data : "", "until", until));
        _cleanup_text_ char *cell = alloc_format("# %s", text);
        csv_write_parted(out, cell, strlen(cell), separator);
        buf_add_text(out, "\r\n");
    }
}

void consultation_form(const json_t *edition, const struct language *l, struct buf *out)
{
    struct words w;
    language_words(l, "consultation", &w);
    const char separator = comment_separator(w.lang), *cells[COMMENT_COLUMNS] = {0};
    _cleanup_text_ char *name = alloc_format("%s-%s", member(edition, "country"), member(edition, "edition"));
    buf_add_text(out, "\xEF\xBB\xBF"); /* without it a spreadsheet takes UTF-8 for something else */
    form_instructions(edition, &w, out, separator);
    for (enum comment_column c = 0; c < COMMENT_COLUMNS; c++)
        cells[c] = comment_column(c, w.lang);
    form_line(out, cells, separator);
    memset(cells, 0, sizeof cells);
    cells[COMMENT_EDITION] = name;
    cells[COMMENT_INDICATOR] = comment_whole(w.lang);
    cells[COMMENT_NAME] = phrase(&w, "form_whole");
    form_line(out, cells, separator);
    size_t n;
    json_t *indicator;
    json_array_foreach(json_object_get(edition, "indicators"), n, indicator)
    {
        cells[COMMENT_INDICATOR] = member(indicator, "indicator");
        cells[COMMENT_NAME] = in_language(&w, indicator, "name");
        cells[COMMENT_UNIT] = in_language(&w, indicator, "unit");
        form_line(out, cells, separator);
    }
    words_free(&w);
}
