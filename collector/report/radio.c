#include "collector/report/radio.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "collector/figure/source.h"
#include "collector/format/rough.h"
#include "collector/report/picture.h"
#include "collector/report/printed.h"
#include "common/json.h"

#define NUMBERS_MAX 7 /* more are not kept in mind by who listens */

struct radio {
    const struct report *r;
    const json_t *t; /* texts of the script */
    struct words words;
    struct spoken *spoken;
    size_t said;     /* words so far */
    struct buf *out; /* rows of the table */
};

size_t radio_words(const char *text)
{
    size_t count = 0;
    for (bool inside = false; *text; text++) {
        const unsigned char c = (unsigned char)*text;
        const bool letter = isalnum(c) || c == 0xC3; /* é, and no « or – */
        count += letter && !inside;
        inside = letter || (inside && !isspace(c));
    }
    return count;
}

void radio_row(const char *text, const char *margin, struct buf *out)
{
    const char *const cells[] = {text, margin};
    for (size_t c = 0; c < COUNT(cells); c++) {
        buf_add_text(out, c ? " | " : "| ");
        for (const char *at = cells[c]; *at; at++) {
            if (*at == '|')
                buf_add_text(out, "\\|");
            else
                buf_add_char(out, *at == '\n' || *at == '\r' ? ' ' : *at);
        }
    }
    buf_add_text(out, " |\n");
}

static void say(struct radio *x, const char *text, const char *margin)
{
    x->said += radio_words(text);
    radio_row(text, margin, x->out);
}

static const char *text_of(const struct radio *x, const char *name)
{
    const char *text = json_string_value(json_object_get(x->t, name));
    return text ? text : "";
}

/* ---- a number ---- */

/* The noun that a unit is said with; false: it has none, and no number of it is said. */
static bool noun_of(const struct radio *x, const struct indicator *i, struct spoken_noun *ret)
{
    const json_t *noun = json_object_get(json_object_get(x->t, "units"), i->unit[LANG_EN]);
    *ret = (struct spoken_noun){json_string_value(json_array_get(noun, 0)), json_string_value(json_array_get(noun, 1)),
                                json_is_true(json_array_get(noun, 2))};
    return ret->one && ret->many;
}

/* NULL: it cannot be said. The caller frees. */
static char *number_in_words(const struct radio *x, const struct indicator *i, size_t row)
{
    const struct evidence *s = &x->r->evidence;
    const double value = evidence_number(s, row, FIGURE_VALUE), low = evidence_number(s, row, FIGURE_LOW),
                 high = evidence_number(s, row, FIGURE_HIGH);
    const bool share = i->unit[LANG_EN][0] == '%';
    struct rough rough = {0};
    struct spoken_noun noun = {0};
    if (!share && (value == 0 || !noun_of(x, i, &noun)))
        return NULL;
    if (!(share ? rough_share : rough_quantity)(value, low, high, &rough))
        return NULL;
    return rough_say(&x->words, x->spoken, &rough, share ? NULL : &noun);
}

static void add_printed(const struct report *r, const struct indicator *i, size_t row, enum figure_column column,
                        struct buf *out)
{
    char number[NUMBER_TEXT_SIZE];
    printed_text(r->words.lang, i, column, evidence_number(&r->evidence, row, column), number);
    buf_add_text(out, number);
}

/* "indicators.csv, ligne 123 : PER1 p50 = 12,0 ms [11,0 – 13,0], InternetMetre, 2026"; the caller frees. */
static char *margin_of(const struct radio *x, const struct indicator *i, size_t row)
{
    const struct evidence *s = &x->r->evidence;
    _cleanup_(buf_free) struct buf value = {0}, interval = {0};
    _cleanup_text_ char *line = alloc_format("%zu", row + 2);
    add_printed(x->r, i, row, FIGURE_VALUE, &value);
    buf_add_text(&interval, "");
    if (evidence_text(s, row, FIGURE_LOW)) {
        buf_add_text(&interval, " [");
        add_printed(x->r, i, row, FIGURE_LOW, &interval);
        buf_add_text(&interval, " – ");
        add_printed(x->r, i, row, FIGURE_HIGH, &interval);
        buf_add_text(&interval, "]");
    }
    return phrase_fill(text_of(x, "margin"),
                       json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "line", line, "id", i->id, "statistic",
                                 evidence_text(s, row, FIGURE_STATISTIC), "value", value.data, "unit",
                                 i->unit[x->r->words.lang], "interval", interval.data, "source",
                                 report_source(x->r, row), "year", evidence_text(s, row, FIGURE_PERIOD)));
}

/* Of whom the number speaks: who says it, or on which lines it was measured. The caller frees. */
static char *opening_of(const struct radio *x, size_t row)
{
    const struct evidence *s = &x->r->evidence;
    const char *source = evidence_text(s, row, FIGURE_SOURCE), *speaks_of = evidence_text(s, row, FIGURE_SPEAKS_OF),
               *kind = evidence_text(s, row, FIGURE_KIND);
    if (!strcmp(kind, "imported"))
        return phrase_fill(phrase(&x->r->words, "according"),
                           json_pack("{s:s}", "source", source_after(source, x->r->words.lang)));
    if (speaks_of && !strcmp(speaks_of, "lines"))
        return alloc_text(text_of(x, "lines"));
    return phrase_fill(text_of(x, "country"), json_pack("{s:s}", "in", x->r->in));
}

/* Of another year than the report's, that is said by a sentence of its own. The caller frees. */
static char *year_of(const struct radio *x, size_t row)
{
    const char *older = report_older(x->r, row);
    if (!older)
        return alloc_text("");
    _cleanup_text_ char *words = spoken_number(x->spoken, strtod(older, NULL), false);
    return phrase_fill(text_of(x, "of_year"), json_pack("{s:s?}", "year", words));
}

/* The sentence of an indicator, where it has a figure and there is time for it. Returns whether it was said. */
static bool say_number(struct radio *x, const json_t *sentence)
{
    const struct indicator *i = indicator_find(json_string_value(json_object_get(sentence, "id")));
    const ssize_t row = i ? report_main(x->r, i) : -1;
    _cleanup_text_ char *said = row < 0 ? NULL : number_in_words(x, i, (size_t)row);
    if (!said)
        return false;
    _cleanup_text_ char *words = phrase_fill(json_string_value(json_object_get(sentence, "text")),
                                             json_pack("{s:s}", "said", said));
    _cleanup_text_ char *opening = opening_of(x, (size_t)row), *year = year_of(x, (size_t)row);
    _cleanup_text_ char *whole = alloc_format("%s%s.%s%s", opening, words, *year ? " " : "", year),
                        *margin = margin_of(x, i, (size_t)row);
    *whole = (char)toupper((unsigned char)*whole); /* "au Bénin" */
    if (x->said + radio_words(whole) > RADIO_WORDS_MAX)
        return false;
    say(x, whole, margin);
    return true;
}

/* ---- around the numbers ---- */

/* A text, or of the texts in a list each as a row. */
static void say_text(struct radio *x, const char *name)
{
    _cleanup_text_ char *year = spoken_number(x->spoken, strtod(x->r->year, NULL), false);
    const json_t *sentence;
    size_t n;
    json_array_foreach(json_object_get(x->t, name), n, sentence)
    {
        _cleanup_text_ char *filled = phrase_fill(json_string_value(sentence),
                                                  json_pack("{s:s, s:s?}", "in", x->r->in, "year", year));
        say(x, filled, "");
    }
}

static size_t words_in(const json_t *list)
{
    const json_t *sentence;
    size_t n, count = 0;
    json_array_foreach(list, n, sentence) count += radio_words(json_string_value(sentence));
    return count;
}

/* Until 90 seconds are filled. */
static void fill_up(struct radio *x, const char *name)
{
    const json_t *sentence;
    size_t n;
    json_array_foreach(json_object_get(x->t, name), n, sentence)
    {
        if (x->said < RADIO_WORDS_MIN)
            say(x, json_string_value(sentence), "");
    }
}

/* Do its numbers speak of lines? */
static bool has_measured(const struct radio *x)
{
    const json_t *sentence;
    size_t n;
    json_array_foreach(json_object_get(x->t, "sentences"), n, sentence)
    {
        const struct indicator *i = indicator_find(json_string_value(json_object_get(sentence, "id")));
        if (i && picture_measured(x->r, i) >= 0)
            return true;
    }
    return false;
}

static void tell(struct radio *x)
{
    const json_t *sentence;
    size_t n, numbers = 0;
    say_text(x, "opening");
    if (report_simulated(x->r))
        say_text(x, "simulated");
    if (has_measured(x))
        say_text(x, "on_lines");
    const size_t closing = words_in(json_object_get(x->t, "closing"));
    x->said += closing; /* is kept free */
    json_array_foreach(json_object_get(x->t, "sentences"), n, sentence)
    {
        if (numbers < NUMBERS_MAX)
            numbers += say_number(x, sentence);
    }
    if (numbers == 0)
        say_text(x, "no_number");
    fill_up(x, "more");
    x->said -= closing;
    say_text(x, "closing");
}

/* ---- the files ---- */

static void write_script(const struct radio *x, const char *embargo, const struct buf *rows, struct buf *out)
{
    _cleanup_text_ char *count = alloc_format("%zu", x->said);
    _cleanup_text_ char *title = phrase_fill(text_of(x, "title"),
                                             json_pack("{s:s, s:s}", "in", x->r->in, "year", x->r->year)),
                        *note = phrase_fill(text_of(x, "note"), json_pack("{s:s}", "n", count));
    buf_addf(out, "# %s\n\n**%s**\n\n", title, embargo);
    if (report_simulated(x->r))
        buf_addf(out, "**%s**\n\n", phrase(&x->r->words, "simulated_title"));
    buf_addf(out, "%s\n\n| %s | %s |\n|---|---|\n%s", note, text_of(x, "read"), text_of(x, "beside"), rows->data);
}

static void write_terms(const struct radio *x, struct buf *out)
{
    const json_t *head = json_object_get(x->t, "terms_head"), *term;
    size_t n;
    buf_addf(out, "# %s\n\n%s\n\n|", text_of(x, "terms_title"), text_of(x, "terms_note"));
    json_array_foreach(head, n, term) buf_addf(out, " %s |", json_string_value(term));
    buf_add_text(out, "\n|");
    for (n = 0; n < json_array_size(head); n++)
        buf_add_text(out, "---|");
    buf_add_text(out, "\n");
    json_array_foreach(json_object_get(x->t, "terms"), n, term)
    {
        buf_addf(out, "| %s | %s |", json_string_value(json_array_get(term, 0)),
                 json_string_value(json_array_get(term, 1)));
        for (size_t c = 2; c < json_array_size(head); c++)
            buf_add_text(out, "  |");
        buf_add_text(out, "\n");
    }
}

int radio_write(const struct report *r, const char *embargo, struct buf *script, struct buf *terms, struct fault *f)
{
    _cleanup_(buf_free) struct buf rows = {0};
    struct radio x = {.r = r, .t = json_object_get(r->words.texts, "radio"), .out = &rows};
    int rc = spoken_open(r->words.lang, &x.spoken, f);
    if (rc < 0)
        return rc;
    language_words(r->order->language, "spoken", &x.words);
    tell(&x);
    write_script(&x, embargo, &rows, script);
    write_terms(&x, terms);
    words_free(&x.words);
    spoken_close(x.spoken);
    return 0;
}
