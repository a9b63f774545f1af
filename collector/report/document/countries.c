/* Countries side by side, in a year: what each chapter measured at home, by the same method alone, and what one source
 * says of several of them. They stand in the order in which they were asked for: this is no ranking, and two whose
 * intervals overlap are not told apart. */
#include "collector/report/document.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "collector/db/schema.h"
#include "collector/figure/source.h"
#include "collector/format/chart.h"
#include "collector/format/date.h"
#include "collector/import/place.h"
#include "collector/report/beside.h"
#include "collector/report/part.h"
#include "collector/report/picture.h"
#include "common/json.h"
#include "common/lang.h"
#include "schema/embedded.h"

/* ---- which countries ---- */

struct place {
    char iso[3];
    const char *name;
    const char *chapter; /* whose edition tells of it; NULL: this collector does */
};

struct atlas {
    const struct report *r;
    json_t *packs;
    struct place places[BESIDE_MAX];
    size_t count, own; /* own: which of them is ours; `count` where none is */
};

static char *list_of(const struct report *r)
{
    return alloc_format("{%s}", r->order->wanted);
}

static void open_atlas(const struct report *r, struct atlas *ret)
{
    const char *key = r->words.lang == LANG_FR ? "name_fr" : "name_en";
    *ret = (struct atlas){.r = r, .packs = json_loads(schema_file("countries/countries.json")->text, 0, NULL)};
    for (const char *at = r->order->wanted; ret->count < BESIDE_MAX; at += 3) {
        struct place *p = &ret->places[ret->count++];
        snprintf(p->iso, sizeof p->iso, "%.2s", at);
        const json_t *pack = json_object_get(ret->packs, p->iso);
        p->name = json_string_value(json_object_get(pack, key));
        p->chapter = strcmp(p->iso, r->country) != 0 ? place_country(p->iso)->chapter : NULL;
        if (!at[2])
            break;
    }
    for (ret->own = 0; ret->own < ret->count && ret->places[ret->own].chapter;)
        ret->own++;
}

/* ---- whose figures ---- */

static bool imaginary(const struct report *r)
{
    const struct evidence *s = &r->evidence;
    const struct evidence_wanted w = {.country = r->country, .period = r->year, .measured = true, .told = true};
    for (ssize_t row = evidence_next(s, &w, 0); row >= 0; row = evidence_next(s, &w, (size_t)row + 1))
        if (pg_bool(s->rows, (size_t)row, FIGURE_SIMULATED))
            return true;
    return false;
}

static json_t *edition_of(const struct atlas *a, const struct place *p, const struct pg_rows *rows)
{
    const struct report *r = a->r;
    _cleanup_text_ char *state = report_state(r);
    char day[DATE_TEXT_SIZE];
    int32_t number;
    if (!p->chapter)
        return json_pack("{s:s, s:s, s:s, s:s, s:s, s:b}", "country", p->name, "whose", phrase(&r->words, "site"),
                         "state", state, "licence", "CC-BY-4.0", "retrieved", phrase(&r->words, "none"), "imaginary",
                         imaginary(r));
    for (size_t n = 0; n < pg_rows_count(rows); n++) {
        if (strcmp(pg_text(rows, n, 0), p->iso) != 0)
            continue;
        const bool closed = strcmp(pg_text(rows, n, 2), "0") != 0, taken = date_read(pg_text(rows, n, 6), &number) == 0;
        json_t *row = json_pack("{s:s, s:s, s:s, s:s?, s:s, s:b}", "country", p->name, "whose",
                                source_name(pg_text(rows, n, 1), r->words.lang), "licence", pg_text(rows, n, 4), "url",
                                pg_text(rows, n, 5), "retrieved",
                                taken ? date_long(&r->words, number, day) : phrase(&r->words, "none"), "imaginary",
                                pg_bool(rows, n, 3));
        phrase_set(row, "state", beside_text(r, closed ? "closed" : "provisional"),
                   json_pack("{s:s}", "n", pg_text(rows, n, 2)));
        return row;
    }
    return json_pack("{s:s, s:s}", "country", p->name, "missing", beside_text(r, "no_edition"));
}

static int read_editions(const struct atlas *a, json_t *out, struct fault *f)
{
    _cleanup_rows_ struct pg_rows *rows = NULL;
    int rc = pg_query(a->r->pg,
                      "SELECT country, chapter, version, simulated, licence, licence_url, retrieved FROM "
                      "public_peer_edition WHERE year = $1::int",
                      1, &a->r->year, &rows, f);
    json_t *list = json_array();
    for (size_t n = 0; rc == 0 && n < a->count; n++)
        json_array_append_new(list, edition_of(a, &a->places[n], rows));
    json_object_set_new(out, "editions", list);
    return rc;
}

/* ---- what chapters measured ---- */

struct league {
    const struct atlas *a;
    const struct indicator *i;
    const char *kind;         /* measured, calculated */
    ssize_t rows[BESIDE_MAX]; /* of each country; -1: there is none */
    size_t reference;         /* against which the others stand: ours, else the first with a value; a->count: none */
};

static const char *cell(const struct league *l, size_t n, enum figure_column column)
{
    return l->rows[n] < 0 ? NULL : evidence_text(&l->a->r->evidence, (size_t)l->rows[n], column);
}

static bool has_value(const struct league *l, size_t n)
{
    return cell(l, n, FIGURE_VALUE) != NULL;
}

/* Of the year, of the whole country or its lines; real lines before imaginary ones. */
static ssize_t row_of(const struct league *l, const struct place *p)
{
    const struct evidence *s = &l->a->r->evidence;
    const bool measured = !strcmp(l->kind, "measured");
    const struct evidence_wanted w = {.indicator = l->i->id,
                                      .country = p->iso,
                                      .source = p->chapter,
                                      .period = l->a->r->year,
                                      .statistic = measured ? indicator_main(l->i)->name : NULL,
                                      .measured = measured};
    for (ssize_t row = evidence_next(s, &w, 0); row >= 0; row = evidence_next(s, &w, (size_t)row + 1))
        if (!strcmp(evidence_text(s, (size_t)row, FIGURE_KIND), l->kind))
            return row;
    return -1;
}

static void read_league(struct league *l)
{
    l->reference = l->a->count;
    for (size_t n = 0; n < l->a->count; n++) {
        l->rows[n] = row_of(l, &l->a->places[n]);
        if (has_value(l, n) && (n == l->a->own || l->reference == l->a->count))
            l->reference = n;
    }
}

/* Why a value is not set beside that of reference, as HTML. NULL: it is. The caller frees. */
static char *apart(const struct league *l, size_t n)
{
    const struct report *r = l->a->r;
    const char *version = cell(l, n, FIGURE_METHOD_VERSION), *wanted = cell(l, l->reference, FIGURE_METHOD_VERSION);
    if (!version || !wanted)
        return version == wanted ? NULL : alloc_text(beside_text(r, "no_version"));
    if (strcmp(version, wanted) != 0)
        return phrase_fill(
            beside_text(r, "other_version"),
            json_pack("{s:s, s:s, s:s}", "is", version, "wanted", wanted, "country", l->a->places[l->reference].name));
    if (strcmp(cell(l, n, FIGURE_SIMULATED), cell(l, l->reference, FIGURE_SIMULATED)) != 0)
        return alloc_text(beside_text(r, "other_world"));
    return NULL;
}

/* Only where intervals do not overlap is anything said. */
static const char *verdict(const struct league *l, size_t n)
{
    const struct report *r = l->a->r;
    const struct evidence *s = &r->evidence;
    if (n == l->reference)
        return beside_text(r, "reference");
    if (!cell(l, n, FIGURE_LOW) || !cell(l, l->reference, FIGURE_LOW))
        return beside_text(r, "no_interval");
    const size_t here = (size_t)l->rows[n], there = (size_t)l->rows[l->reference];
    const bool more = evidence_number(s, here, FIGURE_LOW) > evidence_number(s, there, FIGURE_HIGH);
    const bool less = evidence_number(s, here, FIGURE_HIGH) < evidence_number(s, there, FIGURE_LOW);
    if (!more && !less)
        return beside_text(r, "overlap");
    if (!strcmp(l->i->better, "-"))
        return beside_text(r, more ? "more" : "less");
    return beside_text(r, more == !strcmp(l->i->better, "high") ? "better" : "worse");
}

static json_t *line_of(const struct league *l, size_t n)
{
    const struct report *r = l->a->r;
    json_t *row = beside_cell(r, (size_t)l->rows[n]);
    const char *speaks = cell(l, n, FIGURE_SPEAKS_OF);
    json_object_set_new(row, "country", json_string(l->a->places[n].name));
    json_object_set_new(row, "own", json_boolean(n == l->a->own));
    if (speaks && has_value(l, n))
        json_object_set_new(row, "speaks",
                            json_string(beside_text(r, strcmp(speaks, "lines") ? "of_country" : "of_lines")));
    return row;
}

static void add_chart(const struct league *l, json_t *out)
{
    const struct report *r = l->a->r;
    const struct evidence *s = &r->evidence;
    struct chart_bar bars[BESIDE_MAX];
    size_t count = 0;
    for (size_t n = 0; n < l->a->count; n++) {
        _cleanup_text_ char *why = has_value(l, n) ? apart(l, n) : NULL;
        if (has_value(l, n) && !why)
            bars[count++] = (struct chart_bar){.label = l->a->places[n].name,
                                               .value = evidence_number(s, (size_t)l->rows[n], FIGURE_VALUE),
                                               .low = evidence_number(s, (size_t)l->rows[n], FIGURE_LOW),
                                               .high = evidence_number(s, (size_t)l->rows[n], FIGURE_HIGH),
                                               .reference = n == l->reference};
    }
    if (count < 2)
        return;
    _cleanup_text_ char *id = alloc_format("%s-countries", l->i->id), *name = report_name(r, l->i);
    _cleanup_text_ char *title = phrase_fill(beside_text(r, "picture_title"), json_pack("{s:s}", "name", name));
    _cleanup_(buf_free) struct buf svg = {0};
    chart_bars(&(struct chart){.id = id,
                               .title = title,
                               .description = beside_text(r, "picture"),
                               .words = &r->words,
                               .decimals = l->i->decimals,
                               .unit = l->i->unit[r->words.lang],
                               .form = CHART_REPORT},
               bars, count, &svg);
    json_object_set_new(out, "chart", json_pack("{s:s, s:s}", "title", title, "svg", svg.data));
}

/* NULL: fewer than two countries have a row. */
static json_t *league_of(const struct atlas *a, const struct indicator *i, const char *kind)
{
    struct league l = {.a = a, .i = i, .kind = kind};
    size_t found = 0;
    read_league(&l);
    for (size_t n = 0; n < a->count; n++)
        found += l.rows[n] >= 0;
    if (l.reference == a->count || found < 2)
        return NULL;
    json_t *rows = json_array(), *others = json_array();
    for (size_t n = 0; n < a->count; n++) {
        if (l.rows[n] < 0)
            continue;
        json_t *row = line_of(&l, n);
        _cleanup_text_ char *why = has_value(&l, n) ? apart(&l, n) : NULL;
        json_object_set_new(row, "says", json_string(why ? why : has_value(&l, n) ? verdict(&l, n) : ""));
        json_array_append_new(why ? others : rows, row);
    }
    _cleanup_text_ char *statistic = phrase_statistic(&a->r->words, cell(&l, l.reference, FIGURE_STATISTIC));
    json_t *out = json_pack("{s:s, s:s, s:s?, s:o, s:o, s:b}", "kind", beside_text(a->r, kind), "statistic", statistic,
                            "version", cell(&l, l.reference, FIGURE_METHOD_VERSION), "rows", rows, "others", others,
                            "some", json_array_size(others) > 0);
    phrase_set(out, "against", beside_text(a->r, "against"),
               json_pack("{s:s}", "country", a->places[l.reference].name));
    add_chart(&l, out);
    return out;
}

/* ---- what one source says of several ---- */

/* Rows of the countries that a source tells of for a period. */
static json_t *rows_of(const struct atlas *a, const struct indicator *i, const char *source, const char *period)
{
    const struct evidence *s = &a->r->evidence;
    json_t *rows = json_array();
    for (size_t n = 0; n < a->count; n++) {
        const struct evidence_wanted w = {
            .indicator = i->id, .country = a->places[n].iso, .source = source, .period = period, .told = true};
        const ssize_t row = evidence_next(s, &w, 0);
        if (row < 0)
            continue;
        json_t *line = beside_cell(a->r, (size_t)row);
        json_object_set_new(line, "country", json_string(a->places[n].name));
        json_object_set_new(line, "own", json_boolean(n == a->own));
        json_array_append_new(rows, line);
    }
    return rows;
}

/* Of each source the latest period in which it tells of two countries or more. */
static json_t *tables_of(const struct atlas *a, const struct indicator *i)
{
    const struct evidence *s = &a->r->evidence;
    const struct evidence_wanted w = {.indicator = i->id, .told = true};
    json_t *by_source = json_object(), *tables = json_array(), *table;
    const char *name;
    for (ssize_t row = evidence_next(s, &w, 0); row >= 0; row = evidence_next(s, &w, (size_t)row + 1)) {
        const char *source = evidence_text(s, (size_t)row, FIGURE_SOURCE);
        const char *period = evidence_text(s, (size_t)row, FIGURE_PERIOD);
        const char *last = json_string_value(json_object_get(json_object_get(by_source, source), "period"));
        if (strcmp(evidence_text(s, (size_t)row, FIGURE_KIND), "imported") != 0 || (last && strcmp(period, last) <= 0))
            continue;
        json_t *rows = rows_of(a, i, source, period);
        if (json_array_size(rows) > 1)
            json_object_set_new(by_source, source,
                                json_pack("{s:s, s:s, s:O}", "source", source_name(source, a->r->words.lang), "period",
                                          period, "rows", rows));
        json_decref(rows);
    }
    json_object_foreach(by_source, name, table) json_array_append(tables, table);
    json_decref(by_source);
    return tables;
}

/* ---- the document ---- */

static void add_indicator(const struct atlas *a, const struct indicator *i, json_t *list)
{
    static const char *const kinds[] = {"measured", "calculated"};
    json_t *leagues = json_array(), *tables = tables_of(a, i);
    for (size_t k = 0; k < COUNT(kinds); k++) {
        json_t *league = league_of(a, i, kinds[k]);
        if (league)
            json_array_append_new(leagues, league);
    }
    _cleanup_text_ char *name = report_name(a->r, i), *unit = report_unit(a->r, i);
    if (json_array_size(leagues) + json_array_size(tables))
        json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:O, s:O}", "id", i->id, "name", name, "unit", unit,
                                              "leagues", leagues, "tables", tables));
    json_decref(leagues);
    json_decref(tables);
}

static json_t *areas_of(const struct atlas *a)
{
    json_t *areas = json_array();
    struct part p = {0};
    size_t count;
    const struct indicator *all = indicator_all(&count);
    while (part_next(&a->r->words, &p)) {
        json_t *list = json_array();
        for (size_t i = 0; i < count; i++)
            if (part_has(&p, &all[i]))
                add_indicator(a, &all[i], list);
        if (json_array_size(list))
            json_array_append_new(areas,
                                  json_pack("{s:s, s:s, s:O}", "family", p.family, "name", p.name, "indicators", list));
        json_decref(list);
    }
    return areas;
}

/* "Bénin, Mali, Sénégal" */
static char *names_of(const struct atlas *a)
{
    struct buf names = {0};
    for (size_t n = 0; n < a->count; n++)
        buf_addf(&names, "%s%s", n ? ", " : "", a->places[n].name);
    return buf_take(&names);
}

static int write_countries(struct report *r, const struct outlet *to, struct fault *f)
{
    struct atlas a;
    _cleanup_json_ json_t *values = document_values(r, json_array());
    open_atlas(r, &a);
    _cleanup_text_ char *names = names_of(&a);
    json_object_set_new(values, "names", json_string(names));
    int rc = read_editions(&a, values, f);
    json_object_set_new(values, "areas", areas_of(&a));
    json_decref(a.packs);
    return rc < 0 ? rc : beside_write(r, values, to, f);
}

const struct document document_countries = {.name = "countries",
                                            .option = "countries",
                                            .countries = list_of,
                                            .peers = true,
                                            .write = write_countries,
                                            .pictures = BESIDE_PICTURES};
