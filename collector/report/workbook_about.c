/* The sheets that tell of the others: what this is, how it may be used and cited, in which version its figures were
 * made; and where they come from. */
#include "collector/report/workbook_page.h"

#include <string.h>

#include "common/json.h"

#define WIDE 90 /* a column of texts, in letters */

/* ---- the cover ---- */

static void put_said(struct workbook *b, lxw_worksheet *sheet, lxw_row_t *at, const char *name, const char *text)
{
    workbook_put(b, sheet, *at, 0, workbook_word(b, "cover", name), b->label);
    workbook_put_long(b, sheet, (*at)++, 1, text, WIDE);
}

static void put_methods(struct workbook *b, lxw_worksheet *sheet, lxw_row_t at)
{
    size_t count;
    const struct indicator *all = indicator_all(&count);
    for (size_t i = 0; i < count; i++) {
        if (!all[i].measured && !all[i].derived && !all[i].calculated)
            continue;
        _cleanup_text_ char *name = report_name(b->r, &all[i]);
        workbook_put(b, sheet, at, 0, all[i].id, b->cell);
        workbook_put(b, sheet, at, 1, name, b->prose);
        workbook_put(b, sheet, at, 2, all[i].unit[b->r->words.lang], b->prose);
        workbook_put_number(b, sheet, at, 3, all[i].method, b->count);
        workbook_put(b, sheet, at++, 4, workbook_word(b, "word", all[i].status), b->prose);
    }
}

void workbook_add_cover(struct workbook *b)
{
    static const struct workbook_head heads[] = {
        {"indicator", 24}, {"name", WIDE}, {"unit", 24}, {"method_version", 12}, {"status", 14}};
    const struct report *r = b->r;
    lxw_worksheet *sheet = workbook_sheet(b, workbook_text(b, "cover_name"));
    lxw_row_t at = 0;
    _cleanup_text_ char *title = phrase_fill(phrase(&r->words, "title"), json_pack("{s:s}", "in", r->in));
    _cleanup_text_ char *state = report_state(r);
    _cleanup_text_ char *cite = phrase_fill(phrase(&r->words, "cite"),
                                            json_pack("{s:s, s:s}", "in", r->in, "year", r->year));
    workbook_put(b, sheet, at, 0, title, b->title);
    worksheet_set_row(sheet, at++, 28, NULL);
    put_said(b, sheet, &at, "year", r->year);
    put_said(b, sheet, &at, "country",
             json_string_value(json_object_get(r->pack, r->words.lang == LANG_FR ? "name_fr" : "name_en")));
    put_said(b, sheet, &at, "state", state);
    if (report_simulated(r))
        put_said(b, sheet, &at, "simulated", phrase(&r->words, "simulated"));
    put_said(b, sheet, &at, "sheets", workbook_text(b, "lede"));
    put_said(b, sheet, &at, "cite", cite);
    put_said(b, sheet, &at, "licence", phrase(&r->words, "licence"));
    put_said(b, sheet, &at, "licence_address", "https://creativecommons.org/licenses/by/4.0/");
    put_said(b, sheet, &at, "versions",
             json_string_value(json_object_get(json_object_get(r->words.texts, "method"), "versions")));
    at++;
    workbook_put_head(b, sheet, at, heads, COUNT(heads));
    put_methods(b, sheet, at + 1);
    worksheet_fit_to_pages(sheet, 1, 0);
}

/* ---- sources ---- */

/* {"SOURCE\nADDRESS": {name, address, retrieved (the last), count (of values), indicators ("ACC1, ACC2")}} */
static json_t *gather(const struct workbook *b)
{
    const struct evidence *s = &b->r->evidence;
    json_t *sources = json_object();
    for (size_t row = 0; row < evidence_count(s); row++) {
        const char *address = evidence_text(s, row, FIGURE_SOURCE_URL),
                   *retrieved = evidence_text(s, row, FIGURE_RETRIEVED), *id = evidence_text(s, row, FIGURE_INDICATOR);
        if (!evidence_text(s, row, FIGURE_VALUE))
            continue;
        _cleanup_text_ char *key = alloc_format("%s\n%s", evidence_text(s, row, FIGURE_SOURCE), address ? address : "");
        json_t *of = json_object_get(sources, key);
        if (!of) {
            of = json_pack("{s:s, s:s, s:s, s:i, s:s}", "name", report_source(b->r, row), "address",
                           address ? address : "", "retrieved", "", "count", 0, "indicators", id);
            json_object_set_new(sources, key, of);
        }
        json_object_set_new(of, "count", json_integer(json_integer_value(json_object_get(of, "count")) + 1));
        if (retrieved && strcmp(retrieved, json_string_value(json_object_get(of, "retrieved"))) > 0)
            json_object_set_new(of, "retrieved", json_string(retrieved));
        /* They come in order: the last that is named is the only one that this can be. */
        const char *named = json_string_value(json_object_get(of, "indicators")), *last = strrchr(named, ' ');
        if (strcmp(last ? last + 1 : named, id) != 0)
            json_object_set_new(of, "indicators", json_sprintf("%s, %s", named, id));
    }
    return sources;
}

void workbook_add_sources(struct workbook *b)
{
    static const struct workbook_head heads[] = {
        {"source", 30}, {"source_url", 60}, {"retrieved", 20}, {"count", 10}, {"indicators", WIDE}};
    lxw_worksheet *sheet = workbook_sheet(b, workbook_text(b, "sources_name"));
    _cleanup_json_ json_t *sources = gather(b);
    const char *key;
    json_t *of;
    lxw_row_t at = 1;
    workbook_put_head(b, sheet, 0, heads, COUNT(heads));
    json_object_foreach(sources, key, of)
    {
        workbook_put(b, sheet, at, 0, json_string_value(json_object_get(of, "name")), b->prose);
        workbook_put(b, sheet, at, 1, json_string_value(json_object_get(of, "address")), b->prose);
        workbook_put_day(b, sheet, at, 2, json_string_value(json_object_get(of, "retrieved")));
        workbook_put_number(b, sheet, at, 3, (double)json_integer_value(json_object_get(of, "count")), b->count);
        workbook_put_long(b, sheet, at++, 4, json_string_value(json_object_get(of, "indicators")), WIDE);
    }
    worksheet_fit_to_pages(sheet, 1, 0);
    worksheet_freeze_panes(sheet, 1, 0);
    worksheet_repeat_rows(sheet, 0, 0);
    worksheet_autofilter(sheet, 0, 0, at - 1, COUNT(heads) - 1);
}
