#include "collector/report/report.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collector/db/schema.h"
#include "collector/figure/headline.h"
#include "collector/figure/source.h"
#include "collector/report/document.h"
#include "collector/report/printed.h"
#include "common/json.h"
#include "common/lang.h"
#include "schema/embedded.h"

/* ---- numbers ---- */

bool report_number_of(const struct report *r, ssize_t row, enum figure_column column, struct buf *out)
{
    char number[NUMBER_TEXT_SIZE];
    const char *value = row < 0 ? NULL : evidence_text(&r->evidence, (size_t)row, column);
    if (!value)
        return false;
    const struct indicator *i = indicator_find(evidence_text(&r->evidence, (size_t)row, FIGURE_INDICATOR));
    printed_text(r->words.lang, i, column, evidence_number(&r->evidence, (size_t)row, column), number);
    buf_addf(out, "<data value=\"%s\" data-line=\"%zd\"", value, row + 2);
    if (column != FIGURE_VALUE)
        buf_addf(out, " data-column=\"%s\"", figure_columns[column].name);
    buf_addf(out, ">%s</data>", number);
    return true;
}

bool report_number(const struct report *r, ssize_t row, struct buf *out)
{
    return report_number_of(r, row, FIGURE_VALUE, out);
}

const char *report_department(const struct report *r, const char *iso)
{
    const json_t *department;
    size_t d;
    json_array_foreach(json_object_get(r->pack, "departments"), d, department)
    {
        if (!strcmp(json_string_value(json_object_get(department, "iso")), iso))
            return json_string_value(json_object_get(department, "name"));
    }
    return iso;
}

static int by_member(const void *a, const void *b, void *member)
{
    return lang_compare(json_string_value(json_object_get(*(json_t *const *)a, member)),
                        json_string_value(json_object_get(*(json_t *const *)b, member)));
}

void report_sort(json_t *rows, const char *member, size_t from)
{
    const size_t count = json_array_size(rows);
    if (count < from + 2)
        return;
    json_t **list = alloc_zero(count, sizeof *list);
    for (size_t r = 0; r < count; r++)
        list[r] = json_incref(json_array_get(rows, r));
    qsort_r(list + from, count - from, sizeof *list, by_member, (void *)member);
    json_array_clear(rows);
    for (size_t r = 0; r < count; r++)
        json_array_append_new(rows, list[r]);
    free(list);
}

char *report_name(const struct report *r, const struct indicator *i)
{
    return indicator_in(i->name[r->words.lang], r->cctld);
}

char *report_unit(const struct report *r, const struct indicator *i)
{
    const char *unit = i->unit[r->words.lang];
    int from, to, len = 0;
    char first[NUMBER_TEXT_SIZE], last[NUMBER_TEXT_SIZE];
    if (sscanf(unit, "%d-%d%n", &from, &to, &len) < 2 || unit[len])
        return alloc_text(unit);
    return phrase_fill(phrase(&r->words, "scale"),
                       json_pack("{s:s, s:s}", "from", lang_number(r->words.lang, from, 0, first), "to",
                                 lang_number(r->words.lang, to, 0, last)));
}

const char *report_source(const struct report *r, size_t row)
{
    const char *source = evidence_text(&r->evidence, row, FIGURE_SOURCE);
    return !strcmp(source, "measured")     ? phrase(&r->words, "measured")
           : !strcmp(source, "simulated")  ? phrase(&r->words, "simulated_source")
           : !strcmp(source, "calculated") ? phrase(&r->words, "calculated_source")
                                           : source_name(source, r->words.lang);
}

/* ---- a figure that stands for its indicator ---- */

const char *report_older(const struct report *r, size_t row)
{
    const char *period = evidence_text(&r->evidence, row, FIGURE_PERIOD);
    return strcmp(period, r->year) != 0 ? period : NULL;
}

/* The latest of the rows that are wanted: they are sorted by period. */
static ssize_t latest(const struct report *r, struct evidence_wanted w)
{
    ssize_t found = -1;
    for (ssize_t row = evidence_next(&r->evidence, &w, 0); row >= 0;
         row = evidence_next(&r->evidence, &w, (size_t)row + 1))
        if (found < 0 || strcmp(evidence_text(&r->evidence, (size_t)row, FIGURE_PERIOD),
                                evidence_text(&r->evidence, (size_t)found, FIGURE_PERIOD)) > 0)
            found = row;
    return found;
}

ssize_t report_main(const struct report *r, const struct indicator *i)
{
    ssize_t found = -1;
    if (i->measured || i->derived)
        found = latest(r, (struct evidence_wanted){.indicator = i->id,
                                                   .country = r->country,
                                                   .period = r->year,
                                                   .statistic = indicator_main(i)->name,
                                                   .measured = true,
                                                   .told = true});
    return found >= 0 ? found
                      : latest(r, (struct evidence_wanted){.indicator = i->id, .country = r->country, .told = true});
}

bool report_shows(const struct report *r, const struct indicator *i)
{
    const struct evidence *s = &r->evidence;
    for (size_t row = 0; row < evidence_count(s); row++) {
        const bool measured = !strcmp(evidence_text(s, row, FIGURE_KIND), "measured");
        if (!strcmp(evidence_text(s, row, FIGURE_INDICATOR), i->id) &&
            !strcmp(evidence_text(s, row, FIGURE_COUNTRY), r->country) &&
            (measured ? !strcmp(evidence_text(s, row, FIGURE_PERIOD), r->year)
                      : evidence_text(s, row, FIGURE_VALUE) && pg_bool(s->rows, row, FIGURE_ADMITTED)))
            return true;
    }
    return false;
}

struct said {
    const struct report *r;
    size_t row;
};

/* Of the same figure, another statistic. */
static bool add_number(const void *of, const char *statistic, struct buf *out)
{
    const struct said *said = of;
    const struct evidence *s = &said->r->evidence;
    const size_t row = said->row;
    const struct evidence_wanted w = {
        .indicator = evidence_text(s, row, FIGURE_INDICATOR),
        .country = evidence_text(s, row, FIGURE_COUNTRY),
        .source = evidence_text(s, row, FIGURE_SOURCE),
        .period = evidence_text(s, row, FIGURE_PERIOD),
        .statistic = statistic,
        .cut = s->cuts[row],
        .measured = !strcmp(evidence_text(s, row, FIGURE_KIND), "measured"),
        .told = true,
    };
    if (!strcmp(statistic, evidence_text(s, row, FIGURE_STATISTIC)))
        return report_number(said->r, (ssize_t)row, out);
    return report_number(said->r, evidence_next(s, &w, 0), out);
}

void report_sentence(const struct report *r, const struct indicator *i, size_t row, struct buf *out)
{
    const struct evidence *s = &r->evidence;
    const char *kind = evidence_text(s, row, FIGURE_KIND), *speaks_of = evidence_text(s, row, FIGURE_SPEAKS_OF);
    const struct said said = {r, row};
    headline_write(
        &(struct headline){
            .indicator = i,
            .words = &r->words,
            .in = r->in,
            .source = strcmp(kind, "imported") != 0 ? NULL : evidence_text(s, row, FIGURE_SOURCE),
            .of_country = !speaks_of || !strcmp(speaks_of, "country"),
            .lines = pg_int(s->rows, row, FIGURE_N_PROBES),
            .number = add_number,
            .of = &said,
        },
        out);
}

/* ---- the edition ---- */

char *report_state(const struct report *r)
{
    const char *version = "0", *closed = NULL;
    for (size_t row = 0; row < evidence_count(&r->evidence); row++)
        if (!strncmp(evidence_text(&r->evidence, row, FIGURE_PERIOD), r->year, 4) &&
            !strcmp(evidence_text(&r->evidence, row, FIGURE_COUNTRY), r->country) &&
            !strcmp(evidence_text(&r->evidence, row, FIGURE_EDITION), "closed")) {
            closed = "closed";
            version = evidence_text(&r->evidence, row, FIGURE_VERSION);
        }
    return phrase_fill(phrase(&r->words, closed ? "closed" : "provisional"),
                       json_pack("{s:s, s:s}", "year", r->year, "n", version));
}

bool report_simulated(const struct report *r)
{
    const struct evidence *s = &r->evidence;
    for (size_t row = 0; row < evidence_count(s); row++)
        if (pg_bool(s->rows, row, FIGURE_SIMULATED) && evidence_text(s, row, FIGURE_VALUE) &&
            !strncmp(evidence_text(s, row, FIGURE_PERIOD), r->year, 4))
            return true;
    return false;
}

/* ---- the whole ---- */

/* "{BJ,BF,NE,NG,TG}" */
static char *countries_of(const struct report *r)
{
    struct buf list = {0};
    const json_t *neighbour;
    size_t n;
    buf_addf(&list, "{%s", r->country);
    json_array_foreach(json_object_get(r->pack, "neighbours"), n, neighbour)
        buf_addf(&list, ",%s", json_string_value(json_object_get(neighbour, "iso")));
    buf_add_text(&list, "}");
    return buf_take(&list);
}

static int read_editions(struct report *r, struct fault *f)
{
    _cleanup_text_ char *before = edition_before(r->order->chapters);
    int rc = edition_read(r->order->chapters, &r->edition, f);
    if (rc == 0)
        rc = edition_read(before, &r->before, f);
    return rc < 0 ? rc : edition_check(&r->edition, &r->before, f);
}

/* NULL: the pack has none. */
static const struct embedded *built_in_map(const char *country)
{
    _cleanup_text_ char *path = alloc_format("countries/%s.geo.json", country);
    return schema_file(path);
}

int report_write(struct pg *pg, const struct report_order *order, const struct outlet *to, struct fault *f)
{
    _cleanup_json_ json_t *packs = json_loads(schema_file("countries/countries.json")->text, 0, NULL);
    const json_t *pack = json_object_get(packs, order->country);
    struct report r = {.order = order, .pg = pg, .country = order->country, .year = order->year, .pack = pack};
    if (!json_is_object(pack))
        return fault_set(f, -ENOENT, _("%s has no country pack"), order->country);
    language_words(order->language, "report", &r.words);
    language_add(order->language, order->document->name, &r.words);
    _cleanup_text_ char *in = headline_in(pack, order->country, r.words.lang),
                        *countries = order->document->countries ? order->document->countries(&r) : countries_of(&r);
    r.in = in;
    r.cctld = json_string_value(json_object_get(pack, "cctld"));
    int rc = read_editions(&r, f);
    if (rc == 0)
        rc = pg_run(pg, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", f);
    if (rc == 0)
        rc = evidence_read(pg, countries, order->year, order->document->peers, &r.evidence, f);
    if (rc == 0)
        rc = map_load(order->map, built_in_map(order->country), order->country, &r.map, f);
    if (rc == 0)
        rc = order->document->write(&r, to, f);
    if (rc == 0)
        rc = pg_run(pg, "COMMIT", f);
    evidence_free(&r.evidence);
    map_free(r.map);
    edition_free(&r.edition);
    edition_free(&r.before);
    words_free(&r.words);
    return rc;
}
