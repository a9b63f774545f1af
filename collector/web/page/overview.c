/* The front page: headlines, the table of figures, charts, departments, methods. */
#include "collector/web/page.h"

#include <stdlib.h>
#include <string.h>

#include "collector/format/date.h"
#include "collector/figure/headline.h"
#include "collector/figure/interval.h"
#include "collector/figure/source.h"
#include "collector/web/page/overview_chart.h"
#include "collector/web/page/overview_department.h"
#include "collector/web/page/overview_reach.h"
#include "collector/format/phrase.h"
#include "collector/format/template.h"
#include "common/json.h"

const char *overview_instead(const struct overview *o, const char *floor)
{
    return phrase(&o->words, floor && !strcmp(floor, "hidden") ? "hidden" : "small");
}

const char *overview_mark(struct overview *o, const struct national *g)
{
    const char *floor = pg_text(g->rows, g->first, FLOOR);
    if (floor && !strcmp(floor, "off"))
        *(national_simulated(g) ? &o->lifted_simulated : &o->lifted) = true;
    return national_simulated(g) ? phrase(&o->words, "simulated_mark") : "";
}

/* ---- headlines ---- */

struct national_said {
    const struct national *national;
    enum lang lang;
};

static bool add_number(const void *of, const char *statistic, struct buf *out)
{
    const struct national_said *said = of;
    const struct national *g = said->national;
    char number[NUMBER_TEXT_SIZE];
    ssize_t row = national_row(g, statistic);
    if (row >= 0)
        buf_add_text(out,
                     lang_number(said->lang, pg_double(g->rows, (size_t)row, VALUE), g->indicator->decimals, number));
    return row >= 0;
}

/* What is calculated is ours, of others' figures. */
static const char *source_of(const struct national *g)
{
    const char *source = national_text(g, SOURCE);
    return national_measured(g) || !strcmp(source, "calculated") ? NULL : source;
}

static void add_headline(struct overview *o, const struct national *g)
{
    _cleanup_(buf_free) struct buf html = {0};
    const struct national_said said = {g, o->words.lang};
    headline_write(&(struct headline){.indicator = g->indicator,
                                      .words = &o->words,
                                      .in = o->in,
                                      .source = source_of(g),
                                      .of_country = national_of_country(g),
                                      .lines = pg_int(g->rows, g->first, PROBES),
                                      .number = add_number,
                                      .of = &said},
                   &html);
    _cleanup_text_ char *name = indicator_in(g->indicator->name[o->words.lang], o->cctld);
    json_array_append_new(json_object_get(o->page, "headlines"), json_pack("{s:s, s:s, s:s}", "sentence", html.data,
                                                                           "name", name, "mark", overview_mark(o, g)));
}

/* ---- the table ---- */

/* Too few lines, or too many that say the same; of an imported figure nothing is known. */
static void set_no_interval(const struct overview *o, const struct national *g, size_t row, json_t *out)
{
    const char *why = pg_text(g->rows, row, INTERVAL_WHY);
    if (!why)
        json_object_set_new(out, "interval", json_string(phrase(&o->words, "none")));
    else if (!strcmp(why, INTERVAL_LINES))
        phrase_set(out, "interval", phrase(&o->words, "interval_lines"),
                   json_pack("{s:s}", "n", pg_text(g->rows, row, INTERVAL_LEAST)));
    else
        json_object_set_new(out, "interval", json_string(phrase(&o->words, "interval_alike")));
}

static void set_interval(const struct overview *o, const struct national *g, size_t row, json_t *out)
{
    char low[NUMBER_TEXT_SIZE], high[NUMBER_TEXT_SIZE];
    const char *kind = pg_text(g->rows, row, INTERVAL);
    int decimals = g->indicator->decimals;
    if (!kind) {
        set_no_interval(o, g, row, out);
        return;
    }
    lang_number(o->words.lang, pg_double(g->rows, row, LOW), decimals, low);
    lang_number(o->words.lang, pg_double(g->rows, row, HIGH), decimals, high);
    _cleanup_text_ char *text = alloc_format("%s – %s", low, high);
    json_object_set_new(out, "interval", json_string(text));
    if (!strcmp(kind, "margin"))
        json_object_set_new(out, "interval_kind", json_string(phrase(&o->words, kind)));
}

static void set_sample(const struct overview *o, const struct national *g, size_t row, json_t *out)
{
    if (pg_text(g->rows, row, PROBES)) {
        _cleanup_text_ char *step = phrase_step(o->words.lang, pg_int(g->rows, row, PROBES));
        _cleanup_text_ char *probes = phrase_fill(phrase(&o->words, strcmp(step, "1") != 0 ? "probes" : "probe"),
                                                  json_pack("{s:s}", "n", step));
        _cleanup_text_ char *days = phrase_count(&o->words, pg_int(g->rows, row, DAYS), "day", "days");
        json_object_set_new(out, "sample", json_string(probes));
        json_object_set_new(out, "days", json_string(days));
    } else if (pg_text(g->rows, row, SAMPLES)) {
        _cleanup_text_ char *text = phrase_count(&o->words, pg_int(g->rows, row, SAMPLES), "persons", "persons");
        json_object_set_new(out, "sample", json_string(text));
    } else {
        json_object_set_new(out, "sample", json_string(phrase(&o->words, "none")));
    }
}

/* The caller frees. */
static char *part_of(enum lang lang, int64_t step)
{
    return step == 1 ? alloc_text("1–4") : phrase_step(lang, step);
}

/* What the sample leaves out: tests that failed, and probes that fell silent, of
 * whom everybody is told 0, 1 (to 4), or a step. */
static void set_missing(const struct overview *o, const struct national *g, size_t row, json_t *out)
{
    int64_t failed = pg_text(g->rows, row, FAILED) ? pg_int(g->rows, row, FAILED) : 0;
    int64_t silent = pg_text(g->rows, row, SILENT) ? pg_int(g->rows, row, SILENT) : 0;
    if (failed > 0) {
        _cleanup_text_ char *step = part_of(o->words.lang, failed);
        phrase_set(out, "failed", phrase(&o->words, "without_results"), json_pack("{s:s}", "n", step));
    }
    if (silent > 0) {
        _cleanup_text_ char *step = part_of(o->words.lang, silent);
        phrase_set(out, "silent", phrase(&o->words, "silent"), json_pack("{s:s}", "n", step));
    }
}

static void set_source(const struct overview *o, const struct national *g, size_t row, json_t *out)
{
    const char *source = pg_text(g->rows, row, SOURCE), *url = pg_text(g->rows, row, URL);
    char date[DATE_TEXT_SIZE];
    int32_t day;
    if (!strcmp(source, "measured"))
        source = phrase(&o->words, "measured");
    else if (!strcmp(source, "simulated"))
        source = phrase(&o->words, "simulated_source");
    else if (date_read(pg_text(g->rows, row, RETRIEVED), &day) == 0)
        phrase_set(out, "retrieved", phrase(&o->words, "retrieved"),
                   json_pack("{s:s}", "date", date_long(&o->words, day, date)));
    if (!strcmp(source, "calculated"))
        source = phrase(&o->words, "calculated_source");
    json_object_set_new(out, "source", json_string(source_name(source, o->words.lang)));
    json_object_set_new(out, "url", json_string(url ? url : ""));
}

/* Of the method, and of the targets that it measured to. */
static void set_version(const struct overview *o, const struct national *g, size_t row, json_t *out)
{
    const char *set = pg_text(g->rows, row, TARGET_SET);
    const char *made = pg_text(g->rows, row, METHOD); /* a closed year's may be older; an imported one has none */
    _cleanup_text_ char *now = alloc_format("%d", g->indicator->method);
    phrase_set(out, "version", phrase(&o->words, set ? "version_targets" : "version"),
               json_pack("{s:s, s:s?}", "n", made ? made : now, "set", set));
}

static void add_row(struct overview *o, const struct national *g, const char *name, bool first)
{
    const struct indicator *i = g->indicator;
    ssize_t row = national_row(g, name);
    if (row < 0)
        return;
    _cleanup_text_ char *statistic = phrase_statistic(&o->words, name);
    _cleanup_text_ char *title = indicator_in(i->name[o->words.lang], o->cctld);
    json_t *out = json_pack("{s:s, s:s, s:s, s:s, s:s, s:b}", "id", i->id, "name", title, "statistic", statistic,
                            "unit", i->unit[o->words.lang], "mark", overview_mark(o, g), "first", first);
    phrase_number(&o->words, out, "value", pg_double(g->rows, (size_t)row, VALUE), i->decimals);
    set_interval(o, g, (size_t)row, out);
    set_sample(o, g, (size_t)row, out);
    set_missing(o, g, (size_t)row, out);
    set_source(o, g, (size_t)row, out);
    set_version(o, g, (size_t)row, out);
    if (!national_measured(g))
        json_object_set_new(out, "statistic", json_string(pg_text(g->rows, (size_t)row, PERIOD)));
    json_array_append_new(json_object_get(o->page, "rows"), out);
}

/* What a source publishes has one value, also of an indicator that is measured. */
static void add_rows(struct overview *o, const struct national *g)
{
    const struct indicator *i = g->indicator;
    if (!national_measured(g))
        add_row(o, g, "value", true);
    else
        for (size_t s = 0; s < i->statistic_count; s++)
            add_row(o, g, i->statistics[s].name, s == 0);
}

/* ---- the whole ---- */

/* To whom an indicator is measured in the year that is shown, and where nobody knows a target. */
static int set_targets(struct overview *o, const struct indicator *i, json_t *method, struct fault *f)
{
    _cleanup_rows_ struct pg_rows *rows = NULL;
    int rc = pg_query(o->pg,
                      "SELECT version, targets, lacking FROM public_target_set WHERE country = $1 AND scope = $2 AND "
                      "since <= coalesce($3::int, extract(year FROM now())::int) ORDER BY since DESC, version DESC "
                      "LIMIT 1",
                      3, (const char *const[]){o->country, i->targets, *o->year ? o->year : NULL}, &rows, f);
    if (rc < 0)
        return rc;
    bool known = pg_rows_count(rows) && pg_text(rows, 0, 1);
    const char *lacking = pg_rows_count(rows) ? pg_text(rows, 0, 2) : NULL;
    phrase_set(
        method, "targets", phrase(&o->words, known ? "targets" : "targets_none"),
        json_pack("{s:s?, s:s?}", "n", known ? pg_text(rows, 0, 0) : NULL, "list", known ? pg_text(rows, 0, 1) : NULL));
    if (lacking)
        phrase_set(method, "lacking", phrase(&o->words, "targets_lacking"), json_pack("{s:s}", "list", lacking));
    return 0;
}

/* The definition, but for what another one above it says in the same words: of which method["same"] is the id. */
static char *definition_text(const struct overview *o, const struct indicator *i, json_t *method)
{
    const char *text = i->definition[o->words.lang];
    size_t tail = 0, index;
    json_t *above, *methods = json_object_get(o->page, "methods");
    json_array_foreach(methods, index, above)
    {
        const char *id = json_string_value(json_object_get(above, "id"));
        size_t found = json_object_get(above, "same")
                           ? 0
                           : indicator_shared_end(text, indicator_find(id)->definition[o->words.lang]);
        if (found <= tail)
            continue;
        tail = found;
        json_object_set_new(method, "same", json_string(id));
    }
    if (tail)
        phrase_set(method, "same_text", phrase(&o->words, "definition_same"),
                   json_pack("{s:s}", "id", json_string_value(json_object_get(method, "same"))));
    _cleanup_text_ char *own = alloc_text_n(text, strlen(text) - tail);
    return indicator_in(own, o->cctld);
}

static int add_method(struct overview *o, const struct indicator *i, struct fault *f)
{
    const json_t *words = json_object_get(o->words.texts, "status");
    _cleanup_text_ char *number = alloc_format("%d", i->method);
    _cleanup_text_ char *name = indicator_in(i->name[o->words.lang], o->cctld);
    json_t *method = json_pack("{s:s, s:s, s:s}", "id", i->id, "name", name, "status",
                               json_string_value(json_object_get(words, i->status)));
    _cleanup_text_ char *definition = definition_text(o, i, method);
    json_object_set_new(method, "definition", json_string(definition));
    phrase_set(method, "version", phrase(&o->words, "version"), json_pack("{s:s}", "n", number));
    json_array_append_new(json_object_get(o->page, "methods"), method);
    return i->targets ? set_targets(o, i, method, f) : 0;
}

/* Those that lack a figure for one reason stand in one line: the catalogue grows,
 * and the page has to stay light. */
static void list_without(json_t *without, const char *id, const char *name, const char *why)
{
    _cleanup_text_ char *first = alloc_format("%s (%s)", name, id);
    json_t *line;
    size_t l;
    json_array_foreach(without, l, line)
    {
        if (strcmp(json_string_value(json_object_get(line, "why")), why))
            continue;
        _cleanup_text_ char *more = alloc_format("%s · %s", json_string_value(json_object_get(line, "names")), first);
        json_object_set_new(line, "names", json_string(more));
        return;
    }
    json_array_append_new(without, json_pack("{s:s, s:s}", "names", first, "why", why));
}

/* Of the catalogue, but without a figure: its name, and why. */
static void add_without(struct overview *o, const struct indicator *i, const struct pg_rows *in_parts)
{
    const char *why = i->waits[o->words.lang];
    for (size_t r = 0; r < pg_rows_count(in_parts); r++)
        if (!strcmp(pg_text(in_parts, r, 0), i->id))
            why = phrase(&o->words, "why_in_parts");
    if (!why && i->derived)
        why = phrase(&o->words, "why_not_derived");
    if (!why && i->calculated)
        why = phrase(&o->words, "why_not_calculated");
    if (!why)
        why = phrase(&o->words, i->kinds & KIND_QUALITATIVE ? "why_not_rated" : "why_not_imported");
    _cleanup_text_ char *name = indicator_in(i->name[o->words.lang], o->cctld);
    list_without(json_object_get(o->page, "without"), i->id, name, why);
}

/* How what is shown, or measured, was made; the rest of the catalogue is listed. */
static int add_methods(struct overview *o, const struct pg_rows *rows, struct fault *f)
{
    size_t count, without = 0;
    _cleanup_rows_ struct pg_rows *in_parts = NULL;
    int rc = national_in_parts(o->pg, o->country, &in_parts, f);
    const struct indicator *all = indicator_all(&count);
    for (size_t i = 0; rc == 0 && i < count; i++) {
        if (indicator_made(&all[i]) || indicator_counted(&all[i]) ||
            national_next(rows, &all[i], &(struct national){0}))
            rc = add_method(o, &all[i], f);
        else if (!indicator_retired(&all[i])) {
            add_without(o, &all[i], in_parts);
            without++;
        }
    }
    _cleanup_text_ char *number = alloc_format("%zu", without);
    phrase_set(o->page, "without_title", phrase(&o->words, "without"), json_pack("{s:s}", "n", number));
    return rc;
}

/* Which source the headline and the charts show: real measurements before those
 * of a simulated country. */
static bool better_group(const struct national *g, const struct national *than)
{
    return g->indicator->measured == national_measured(g) &&
           (!than->rows || (national_simulated(than) && !national_simulated(g)));
}

/* All sources' rows; *ret_best has no rows where none fits the headline. */
static void add_indicator(struct overview *o, const struct indicator *i, const struct pg_rows *rows,
                          struct national *ret_best)
{
    struct national g = {0};
    while (national_next(rows, i, &g)) {
        add_rows(o, &g);
        if (better_group(&g, ret_best))
            *ret_best = g;
    }
}

static int add_indicators(struct overview *o, const json_t *pack, const struct pg_rows *rows, struct fault *f)
{
    size_t count, best_count = 0;
    const struct indicator *all = indicator_all(&count);
    struct national *best = alloc_zero(count, sizeof *best);
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < count; i++) {
        struct national g = {0};
        if (all[i].derived) /* an index says little without what it failed at: that is for data and the report */
            continue;
        add_indicator(o, &all[i], rows, &g);
        if (!g.rows)
            continue;
        add_headline(o, &g);
        if (!all[i].measured)
            continue;
        o->simulated = national_simulated(&g) && (best_count == 0 || o->simulated);
        best[best_count++] = g;
        national_note_year(o->year, national_text(&g, PERIOD));
        rc = overview_chart_add(o, &g, f);
    }
    if (rc == 0)
        rc = overview_department_add(o, best, best_count, f);
    if (rc == 0)
        rc = overview_reach_add(o, pack, best, best_count, f);
    free(best);
    return rc;
}

/* "Porto-Novo" of "Africa/Porto-Novo", "Cape Verde" of "Atlantic/Cape_Verde"; the caller frees. */
static char *city_of(const char *zone)
{
    const char *slash = strrchr(zone, '/');
    char *city = alloc_text(slash ? slash + 1 : zone);
    for (char *c = city; *c; c++)
        *c = *c == '_' ? ' ' : *c;
    return city;
}

static int add_scope(struct overview *o, const json_t *pack, struct fault *f)
{
    const char *params[] = {o->country, page_zone(pack), *o->year ? o->year : NULL, o->simulated ? "true" : "false"};
    _cleanup_rows_ struct pg_rows *rows = NULL;
    int rc = pg_query(
        o->pg,
        "SELECT count(*), count(DISTINCT department), to_char((SELECT max(stored_at) FROM "
        "public_indicator WHERE country = $1) AT TIME ZONE $2, 'YYYY-MM-DD HH24:MI'), "
        "extract(year FROM now() AT TIME ZONE $2), (SELECT max(as_of)::text FROM public_indicator WHERE "
        "country = $1 AND source = 'measured') "
        "FROM public_probe WHERE country = $1 AND "
        "source = CASE WHEN $4::boolean THEN 'simulated' ELSE 'agent' END AND simulated = $4::boolean AND "
        "last_week + 6 >= make_date(coalesce($3::int, extract(year FROM now() AT TIME ZONE $2)::int), 1, 1)",
        COUNT(params), params, &rows, f);
    if (rc < 0)
        return rc;
    int64_t probes = pg_int(rows, 0, 0), departments = pg_int(rows, 0, 1);
    _cleanup_text_ char *active = o->simulated ? phrase_count(&o->words, probes, "simulated_probe", "simulated_probes")
                                               : phrase_count(&o->words, probes, "active_probe", "active_probes");
    _cleanup_text_ char *places = departments ? phrase_count(&o->words, departments, "place", "places")
                                              : alloc_text("");
    _cleanup_text_ char *city = city_of(params[1]);
    const char *updated = pg_text(rows, 0, 2);
    const char *up_to = pg_text(rows, 0, 4);
    char date[DATE_TEXT_SIZE];
    int32_t day = 0;
    phrase_set(o->page, "scope", phrase(&o->words, probes ? "scope" : "scope_none"),
               json_pack("{s:s, s:s, s:s}", "probes", active, "places", places, "year",
                         *o->year ? o->year : pg_text(rows, 0, 3)));
    if (up_to && date_read(up_to, &day) == 0)
        phrase_set(o->page, "up_to", phrase(&o->words, "up_to"),
                   json_pack("{s:s}", "date", date_long(&o->words, day, date)));
    if (updated && date_read(updated, &day) == 0)
        phrase_set(
            o->page, "updated", phrase(&o->words, "updated"),
            json_pack("{s:s, s:s, s:s}", "date", date_long(&o->words, day, date), "time", updated + 11, "zone", city));
    return 0;
}

/* How final the figures are that are shown, and where those of the years are that are closed. */
static int add_closed(struct overview *o, struct fault *f)
{
    _cleanup_rows_ struct pg_rows *rows = NULL;
    int rc = pg_query(o->pg, "SELECT year, version FROM public_version WHERE latest ORDER BY year DESC", 0, NULL, &rows,
                      f);
    if (rc < 0)
        return rc;
    json_t *list = json_array();
    bool closed = false;
    for (size_t r = 0; r < pg_rows_count(rows); r++) {
        json_t *year = json_pack("{s:s, s:s}", "year", pg_text(rows, r, 0), "n", pg_text(rows, r, 1));
        phrase_set(year, "text", phrase(&o->words, "data_closed"), json_copy(year));
        if (!strcmp(pg_text(rows, r, 0), o->year)) {
            phrase_set(o->page, "edition", phrase(&o->words, "closed"), json_copy(year));
            closed = true;
        }
        json_array_append_new(list, year);
    }
    if (*o->year && !closed && !o->simulated) /* no version is ever made of what is */
        phrase_set(o->page, "edition", phrase(&o->words, "provisional"), json_pack("{s:s}", "year", o->year));
    json_object_set_new(o->page, "closed_years", list);
    json_object_set_new(o->page, "has_closed", json_boolean(json_array_size(list) > 0));
    return 0;
}

/* Says that there are too few lines for any figure. */
static int add_below(struct overview *o, struct fault *f)
{
    int lines;
    int rc = national_lines(o->pg, o->country, &lines, f);
    if (rc < 0 || lines < 0)
        return rc;
    _cleanup_text_ char *name = alloc_format("lines_%d", lines);
    phrase_set(o->page, "below", phrase(&o->words, "below"), json_pack("{s:s}", "lines", phrase(&o->words, name)));
    return 0;
}

static int read_overview(const struct visit *v, json_t *page, struct fault *f)
{
    static const char *const lists[][2] = {{"headlines", "has_headlines"},
                                           {"rows", "has_rows"},
                                           {"details", "has_details"},
                                           {"without", "has_without"},
                                           {"methods", NULL}};
    for (size_t l = 0; l < COUNT(lists); l++)
        json_object_set_new(page, lists[l][0], json_array());
    _cleanup_text_ char *in = headline_in(v->pack, v->country, v->words->lang);
    struct overview o = {.pg = v->pg,
                         .country = v->country,
                         .in = in,
                         .cctld = json_string_value(json_object_get(v->pack, "cctld")),
                         .words = *v->words,
                         .page = page};
    _cleanup_rows_ struct pg_rows *rows = NULL;
    int rc = national_read(o.pg, o.country, &rows, f);
    if (rc == 0)
        rc = add_indicators(&o, v->pack, rows, f);
    if (rc == 0)
        rc = add_scope(&o, v->pack, f);
    if (rc == 0)
        rc = add_closed(&o, f);
    if (rc == 0)
        rc = add_below(&o, f);
    if (rc == 0)
        rc = add_methods(&o, rows, f);
    if (rc < 0)
        return rc;
    json_object_set_new(page, "lifted", json_boolean(o.lifted));
    json_object_set_new(page, "lifted_simulated", json_boolean(o.lifted_simulated && !o.lifted));
    for (size_t l = 0; l < COUNT(lists) && lists[l][1]; l++)
        json_object_set_new(page, lists[l][1], json_boolean(json_array_size(json_object_get(page, lists[l][0])) > 0));
    return 0;
}

const struct page page_overview = {.name = "overview", .read = read_overview};
