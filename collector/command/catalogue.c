#include "collector/command/catalogue.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collector/db/schema.h"
#include "collector/db/table.h"
#include "collector/figure/source.h"
#include "collector/import/place.h"
#include "collector/format/encode.h"
#include "common/json.h"
#include "common/lang.h"

/* ---- what is said of one ---- */

const char *catalogue_why(const struct indicator *i, enum lang lang)
{
    LANG_SCOPE(lang);
    if (indicator_retired(i))
        return _("Retired: no new figure is made.");
    if (i->waits[lang])
        return i->waits[lang];
    if (indicator_made(i) || indicator_counted(i))
        return _("Nothing was measured, or by too few lines to publish.");
    if (indicator_derived(i))
        return _("Not all figures that it is made of are published.");
    if (indicator_calculated(i))
        return _("No figure was imported, nor all that it is calculated from (see: indicators explain).");
    return i->kinds & KIND_QUALITATIVE ? _("Not marked yet.") : _("No figure was imported yet.");
}

char *catalogue_kinds(const struct indicator *i)
{
    static const struct {
        enum kind kind;
        const char *word;
    } words[] = {
        {KIND_MEASURED, N_("measured")},
        {KIND_IMPORTED, N_("imported")},
        {KIND_DECLARED, N_("declared")},
        {KIND_QUALITATIVE, N_("marked")},
    };
    struct buf out = {0};
    for (size_t w = 0; w < COUNT(words); w++)
        if (i->kinds & words[w].kind)
            buf_addf(&out, "%s%s", out.len ? ", " : "", _(words[w].word));
    return buf_take(&out);
}

const char *catalogue_status(const struct indicator *i)
{
    static const char *const words[] = {N_("proposed"), N_("adopted"), N_("retired")};
    for (size_t w = 0; w < COUNT(words); w++)
        if (!strcmp(words[w], i->status))
            return _(words[w]);
    return i->status;
}

char *catalogue_cctld(const char *country)
{
    _cleanup_json_ json_t *packs = json_loads(schema_file("countries/countries.json")->text, 0, NULL);
    const char *cctld = json_string_value(json_object_get(json_object_get(packs, country), "cctld"));
    return cctld ? alloc_text(cctld) : NULL;
}

/* ---- rows for a terminal ---- */

/* Texts of our own, row by row. */
struct sheet {
    char **cells;
    size_t count, columns;
};

static void sheet_add(struct sheet *t, char *text)
{
    t->cells = alloc_resize(t->cells, t->count + 1, sizeof *t->cells);
    t->cells[t->count++] = text;
}

static void sheet_add_text(struct sheet *t, const char *text)
{
    sheet_add(t, alloc_text(text ? text : ""));
}

static void sheet_heads(struct sheet *t, const char *const *heads, size_t count)
{
    t->columns = count;
    for (size_t h = 0; h < count; h++)
        sheet_add_text(t, _(heads[h]));
}

static void sheet_print(const struct sheet *t)
{
    table_write((const char *const *)t->cells, t->count / t->columns, t->columns, stdout);
}

static void sheet_free(struct sheet *t)
{
    for (size_t c = 0; c < t->count; c++)
        free(t->cells[c]);
    free(t->cells);
}

/* ---- the catalogue ---- */

/* By indicator: the year of its last figure, and the years that failed. */
struct listed {
    const struct pg_rows *last, *faults;
};

static const char *period_of(const struct pg_rows *rows, const char *id)
{
    for (size_t r = 0; r < pg_rows_count(rows); r++)
        if (!strcmp(pg_text(rows, r, 0), id))
            return pg_text(rows, r, 1);
    return NULL;
}

/* Years of a chapter's own that fail on what was measured; the caller frees. */
static char *faulty_years(const struct pg_rows *faults, const char *id, enum lang lang)
{
    LANG_SCOPE(lang);
    const char *years = period_of(faults, id);
    return years ? alloc_format(_("Its SELECT fails on what was measured in %s: see the log."), years) : NULL;
}

static const struct encode_column columns[] = {
    {"indicator", ENCODE_TEXT},  {"name_fr", ENCODE_TEXT},    {"name_en", ENCODE_TEXT},
    {"unit", ENCODE_TEXT},       {"better", ENCODE_TEXT},     {"status", ENCODE_TEXT},
    {"nature", ENCODE_TEXT},     {"kind", ENCODE_TEXT},       {"dimensions", ENCODE_TEXT},
    {"data", ENCODE_BOOL},       {"last", ENCODE_TEXT},       {"method_version", ENCODE_NUMBER},
    {"no_data_fr", ENCODE_TEXT}, {"no_data_en", ENCODE_TEXT},
};

static void encode_one(struct encoder *e, const struct indicator *i, const struct listed *l, const char *cctld,
                       struct buf *out)
{
    const char *last = period_of(l->last, i->id);
    _cleanup_text_ char *fault_fr = faulty_years(l->faults, i->id, LANG_FR);
    _cleanup_text_ char *fault_en = faulty_years(l->faults, i->id, LANG_EN);
    _cleanup_text_ char *name_fr = indicator_in(i->name[LANG_FR], cctld);
    _cleanup_text_ char *name_en = indicator_in(i->name[LANG_EN], cctld);
    _cleanup_text_ char *kinds = indicator_kinds(i), *dimensions = indicator_dimensions(i);
    _cleanup_text_ char *method = alloc_format("%d", i->method);
    const char *const values[] = {
        i->id,
        name_fr,
        name_en,
        i->unit[LANG_EN],
        i->better,
        i->status,
        i->nature,
        kinds,
        dimensions,
        last ? "t" : "f",
        last,
        method,
        fault_fr ? fault_fr
        : last   ? NULL
                 : catalogue_why(i, LANG_FR),
        fault_en ? fault_en
        : last   ? NULL
                 : catalogue_why(i, LANG_EN),
    };
    encode_row(e, values, out);
}

static void encode_list(const struct listed *l, const char *cctld, enum encode_format format)
{
    struct encoder e = {format, columns, COUNT(columns), false};
    _cleanup_(buf_free) struct buf out = {0};
    size_t count;
    const struct indicator *all = indicator_all(&count);
    encode_open(&e, &out);
    for (size_t i = 0; i < count; i++)
        encode_one(&e, &all[i], l, cctld, &out);
    encode_close(&e, &out);
    fwrite(out.data, 1, out.len, stdout);
}

static void print_list(const struct listed *l, const char *cctld)
{
    static const char *const heads[] = {
        N_("id"), N_("name"), N_("unit"), N_("source"), N_("status"), N_("last figure"), N_("why there is none")};
    const enum lang lang = lang_current();
    _cleanup_(sheet_free) struct sheet t = {0};
    size_t count;
    const struct indicator *all = indicator_all(&count);
    sheet_heads(&t, heads, COUNT(heads));
    for (size_t i = 0; i < count; i++) {
        const char *last = period_of(l->last, all[i].id);
        char *fault = faulty_years(l->faults, all[i].id, lang);
        sheet_add_text(&t, all[i].id);
        sheet_add(&t, indicator_in(all[i].name[lang], cctld));
        sheet_add_text(&t, all[i].unit[lang]);
        sheet_add(&t, catalogue_kinds(&all[i]));
        sheet_add_text(&t, catalogue_status(&all[i]));
        sheet_add_text(&t, last);
        sheet_add(&t, fault ? fault : alloc_text(last ? "" : catalogue_why(&all[i], lang)));
    }
    sheet_print(&t);
}

int catalogue_list(const struct session *s, const char *format, struct fault *f)
{
    const char *country = s->context->settings.country;
    _cleanup_text_ char *cctld = catalogue_cctld(country);
    _cleanup_rows_ struct pg_rows *last = NULL, *faults = NULL;
    int rc = pg_query(
        s->pg,
        "SELECT indicator, max(left(period, 4)) FROM public_indicator WHERE country = $1 AND value IS NOT NULL "
        "GROUP BY indicator",
        1, &country, &last, f);
    if (rc == 0)
        rc = pg_query(s->pg,
                      "SELECT indicator, string_agg(year::text, ', ' ORDER BY year) FROM indicator_fault GROUP BY "
                      "indicator",
                      0, NULL, &faults, f);
    if (rc < 0)
        return rc;
    const struct listed l = {last, faults};
    if (!strcmp(format, "table"))
        print_list(&l, cctld);
    else
        encode_list(&l, cctld, !strcmp(format, "json") ? ENCODE_JSON : ENCODE_CSV);
    return 0;
}

/* ---- a year ---- */

/* Of what is measured, what is told of the whole country; of a source, and of what is calculated, all that it says. */
#define YEAR_SQL                                                                                                       \
    "SELECT f.indicator, f.statistic, f.value, f.low, f.high, f.source, f.period, f.edition, f.kind, "                 \
    "coalesce(d.name, f.geo), f.operator, f.technology, f.family, f.zone, f.sex, f.age_group, f.plan, f.item, "        \
    "f.admitted "                                                                                                      \
    "FROM public_indicator f LEFT JOIN department d ON d.iso = f.geo "                                                 \
    "WHERE f.country = $1 AND left(f.period, 4) = $2 AND f.value IS NOT NULL AND (f.kind <> 'measured' OR "            \
    "num_nonnulls(f.geo, f.operator, f.technology, f.family, f.zone, f.sex, f.age_group, f.plan, f.item) = 0) "        \
    "ORDER BY f.indicator, f.source, f.period, d.name NULLS FIRST, f.operator NULLS FIRST, f.technology NULLS FIRST, " \
    "f.zone NULLS FIRST, f.sex NULLS FIRST, f.age_group NULLS FIRST, f.plan NULLS FIRST, f.item NULLS FIRST, "         \
    "f.statistic"
enum {
    INDICATOR,
    STATISTIC,
    VALUE,
    LOW,
    HIGH,
    SOURCE,
    PERIOD,
    EDITION,
    KIND,
    PARTS,
    ITEM = PARTS + 8,
    PARTS_END,
    ADMITTED = PARTS_END
};

/* "Borgou, rural, women": the cell of a source's figure. The caller frees. */
static char *part_text(const struct indicator *i, const struct pg_rows *rows, size_t r)
{
    static const char *const words[][2] = {{"urban", N_("urban")},   {"rural", N_("rural")},
                                           {"female", N_("women")},  {"male", N_("men")},
                                           {"mobile", N_("mobile")}, {"fixed", N_("fixed lines")}};
    struct buf out = {0};
    buf_add_text(&out, "");
    for (int c = PARTS; c < PARTS_END; c++) {
        const char *text = pg_text(rows, r, c);
        if (!text)
            continue;
        size_t len = strlen(text);
        const char *name = c == ITEM ? indicator_item(i, text, lang_current(), &len) : NULL;
        for (size_t w = 0; w < COUNT(words); w++)
            if (!strcmp(text, words[w][0]))
                text = _(words[w][1]);
        buf_addf(&out, "%s%.*s", out.len ? ", " : "", (int)(name ? len : strlen(text)), name ? name : text);
    }
    return buf_take(&out);
}

static char *interval_text(const struct pg_rows *rows, size_t r, int decimals, enum lang lang)
{
    char low[NUMBER_TEXT_SIZE], high[NUMBER_TEXT_SIZE];
    if (!pg_text(rows, r, LOW) || !pg_text(rows, r, HIGH))
        return alloc_text("");
    lang_number(lang, pg_double(rows, r, LOW), decimals, low);
    lang_number(lang, pg_double(rows, r, HIGH), decimals, high);
    return alloc_format("%s – %s", low, high);
}

static const char *source_text(const char *source)
{
    static const struct {
        const char *source, *word;
    } ours[] = {
        {"measured", N_("measured")},
        {"simulated", N_("simulated")},
        {"calculated", N_("calculated from imported data")},
    };
    for (size_t o = 0; o < COUNT(ours); o++)
        if (!strcmp(source, ours[o].source))
            return _(ours[o].word);
    return source_name(source, lang_current());
}

/* A figure of one statistic that is the indicator's only one needs no name. */
static void add_figure(struct sheet *t, const struct indicator *i, const struct pg_rows *rows, size_t r,
                       const char *cctld)
{
    const enum lang lang = lang_current();
    char number[NUMBER_TEXT_SIZE];
    const char *statistic = pg_text(rows, r, STATISTIC);
    const bool imported = strcmp(pg_text(rows, r, KIND), "measured") != 0;
    sheet_add_text(t, i->id);
    sheet_add(t, indicator_in(i->name[lang], cctld));
    sheet_add(t, imported ? part_text(i, rows, r) : alloc_text(i->statistic_count > 1 ? statistic : ""));
    sheet_add_text(t, lang_number(lang, pg_double(rows, r, VALUE), i->decimals, number));
    sheet_add_text(t, i->unit[lang]);
    sheet_add(t, interval_text(rows, r, i->decimals, lang));
    sheet_add(t, alloc_format("%s%s", source_text(pg_text(rows, r, SOURCE)), pg_bool(rows, r, ADMITTED) ? "" : " *"));
    sheet_add_text(t, imported ? pg_text(rows, r, PERIOD)
                               : _(!strcmp(pg_text(rows, r, EDITION), "closed") ? N_("closed") : N_("provisional")));
}

static size_t add_figures(struct sheet *t, const struct indicator *i, const struct pg_rows *rows, const char *cctld)
{
    size_t found = 0;
    for (size_t r = 0; r < pg_rows_count(rows); r++)
        if (!strcmp(pg_text(rows, r, INDICATOR), i->id)) {
            add_figure(t, i, rows, r, cctld);
            found++;
        }
    return found;
}

/* What calculated figures of a year lack, as functions/calculated.sql has it: a row a thing. */
#define LACKS_SQL                                                                                                      \
    "SELECT DISTINCT u.id, c.what FROM unnest($1::text[]) AS u (id) CROSS JOIN LATERAL calculated_input(u.id, $2, "    \
    "$3::int) c WHERE c.value IS NULL ORDER BY 1, 2"

static int find_lacks(struct pg *pg, const char *country, const char *year, struct pg_rows **ret, struct fault *f)
{
    _cleanup_(buf_free) struct buf ids = {0};
    size_t count;
    const struct indicator *all = indicator_all(&count);
    buf_add_text(&ids, "{");
    for (size_t i = 0; i < count; i++)
        if (indicator_calculated(&all[i]))
            buf_addf(&ids, "%s%s", ids.len > 1 ? "," : "", all[i].id);
    buf_add_text(&ids, "}");
    return pg_query(pg, LACKS_SQL, 3, (const char *const[]){ids.data, country, year}, ret, f);
}

static char *why_none(const struct pg_rows *lacks, const struct indicator *i)
{
    static const char *const words[][2] = {
        {"tariff", N_("tariffs")},           {"gni_per_capita", N_("GNI per capita")},
        {"market", N_("market shares")},     {"smartphone_price", N_("price of a smartphone")},
        {"cpi", N_("consumer price index")},
    };
    _cleanup_(buf_free) struct buf list = {0};
    for (size_t r = 0; r < pg_rows_count(lacks); r++)
        for (size_t w = 0; w < COUNT(words); w++)
            if (!strcmp(pg_text(lacks, r, 0), i->id) && !strcmp(pg_text(lacks, r, 1), words[w][0]))
                buf_addf(&list, "%s%s", list.len ? ", " : "", _(words[w][1]));
    if (list.len == 0)
        return alloc_text(catalogue_why(i, lang_current()));
    return alloc_format(_("Not imported, and not calculated for want of: %s."), list.data);
}

static void add_without(struct sheet *t, const struct indicator *i, const struct pg_rows *lacks, const char *cctld)
{
    const enum lang lang = lang_current();
    if (indicator_retired(i))
        return;
    sheet_add_text(t, i->id);
    sheet_add(t, indicator_in(i->name[lang], cctld));
    sheet_add(t, why_none(lacks, i));
}

int catalogue_year(const struct session *s, const char *year, const char *country, struct fault *f)
{
    static const char *const heads[] = {N_("id"),   N_("name"),     N_("of"),     N_("value"),
                                        N_("unit"), N_("interval"), N_("source"), N_("when")};
    static const char *const heads_without[] = {N_("id"), N_("name"), N_("why there is none")};
    if (!country)
        country = s->context->settings.country;
    const struct place_country *place = place_country(country);
    _cleanup_text_ char *cctld = catalogue_cctld(country);
    _cleanup_(sheet_free) struct sheet with = {0}, without = {0};
    _cleanup_rows_ struct pg_rows *rows = NULL, *lacks = NULL;
    int rc = pg_query(s->pg, YEAR_SQL, 2, (const char *const[]){country, year}, &rows, f);
    if (rc == 0)
        rc = find_lacks(s->pg, country, year, &lacks, f);
    if (rc < 0)
        return rc;
    size_t count;
    const struct indicator *all = indicator_all(&count);
    sheet_heads(&with, heads, COUNT(heads));
    sheet_heads(&without, heads_without, COUNT(heads_without));
    for (size_t i = 0; i < count; i++)
        if (add_figures(&with, &all[i], rows, cctld) == 0 && !(place && place->neighbour))
            add_without(&without, &all[i], lacks, cctld);
    if (pg_rows_count(rows))
        sheet_print(&with);
    else
        printf(_("There is no figure of %s in %s.\n"), country, year);
    for (size_t r = 0; r < pg_rows_count(rows); r++)
        if (!pg_bool(rows, r, ADMITTED)) {
            printf("\n%s\n", _("* a survey without the visa of the country's statistical authority: not in reports; "
                               "see: import admit"));
            break;
        }
    if (without.count > without.columns) {
        printf("\n%s\n", _("No data:"));
        sheet_print(&without);
    }
    return 0;
}
