/* A sheet an area: each published figure, and each that is not told, on a row of its own. */
#include "collector/report/workbook_page.h"

#include <assert.h>
#include <string.h>

#include "collector/report/part.h"

#define COLUMNS_MAX   48
#define PRINT_PERCENT 60

enum look { LOOK_WORD, LOOK_VALUE, LOOK_COUNT, LOOK_DAY, LOOK_YES, LOOK_LINE };

/* A column that nothing fills on a sheet is left out, but for those that stand on each. */
static const struct column {
    enum figure_column of;
    enum look look;
    double width;
    bool always;
} columns[] = {
    {FIGURE_INDICATOR, LOOK_WORD, 11, true},
    {FIGURE_NAME_FR, LOOK_WORD, 34, true}, /* the name, in the report's language */
    {FIGURE_PERIOD, LOOK_WORD, 9, true},
    {FIGURE_COUNTRY, LOOK_WORD, 7, true},
    {FIGURE_STATISTIC, LOOK_WORD, 14, true},
    {FIGURE_OPERATOR, LOOK_WORD, 22},
    {FIGURE_GEO, LOOK_WORD, 13},
    {FIGURE_TECHNOLOGY, LOOK_WORD, 13},
    {FIGURE_FAMILY, LOOK_WORD, 8},
    {FIGURE_ZONE, LOOK_WORD, 9},
    {FIGURE_SEX, LOOK_WORD, 9},
    {FIGURE_AGE_GROUP, LOOK_WORD, 9},
    {FIGURE_PLAN, LOOK_WORD, 18},
    {FIGURE_ITEM, LOOK_WORD, 18},
    {FIGURE_VALUE, LOOK_VALUE, 11, true},
    {FIGURE_UNIT, LOOK_WORD, 18, true},
    {FIGURE_LOW, LOOK_VALUE, 11},
    {FIGURE_HIGH, LOOK_VALUE, 11},
    {FIGURE_FLOOR, LOOK_WORD, 11},
    {FIGURE_SPEAKS_OF, LOOK_WORD, 16},
    {FIGURE_N_PROBES, LOOK_COUNT, 10},
    {FIGURE_N_NETWORKS, LOOK_COUNT, 10},
    {FIGURE_N_SILENT, LOOK_COUNT, 10},
    {FIGURE_N_SAMPLES, LOOK_COUNT, 12},
    {FIGURE_N_FAILED, LOOK_COUNT, 12},
    {FIGURE_N_DAYS, LOOK_COUNT, 10},
    {FIGURE_RANK_LOW, LOOK_COUNT, 8},
    {FIGURE_RANK_HIGH, LOOK_COUNT, 8},
    {FIGURE_CHANGE_FROM, LOOK_WORD, 10},
    {FIGURE_CHANGE, LOOK_VALUE, 10},
    {FIGURE_CHANGE_LOW, LOOK_VALUE, 10},
    {FIGURE_CHANGE_HIGH, LOOK_VALUE, 10},
    {FIGURE_KIND, LOOK_WORD, 12, true},
    {FIGURE_SOURCE, LOOK_WORD, 24, true},
    {FIGURE_SOURCE_URL, LOOK_WORD, 40},
    {FIGURE_RETRIEVED, LOOK_DAY, 18},
    {FIGURE_AS_OF, LOOK_DAY, 18},
    {FIGURE_METHOD, LOOK_WORD, 30},
    {FIGURE_METHOD_VERSION, LOOK_COUNT, 10},
    {FIGURE_STATUS, LOOK_WORD, 18},
    {FIGURE_EDITION, LOOK_WORD, 12},
    {FIGURE_VERSION, LOOK_COUNT, 9},
    {FIGURE_SIMULATED, LOOK_YES, 9, true},
    {FIGURE_ADMITTED, LOOK_YES, 11, true},
    {FIGURE_VISA, LOOK_WORD, 18},
    {FIGURE_COLUMNS, LOOK_LINE, 10, true}, /* of indicators.csv */
};
static_assert(COUNT(columns) <= COLUMNS_MAX, "more columns than room");

/* ---- what stands in a cell ---- */

/* In the reader's words, where the data have a code. The caller frees. */
static char *words_of(const struct workbook *b, size_t row, enum figure_column of, const char *text)
{
    const struct report *r = b->r;
    const struct indicator *i = indicator_find(evidence_text(&r->evidence, row, FIGURE_INDICATOR));
    const char *known = NULL;
    size_t len;
    switch (of) {
    case FIGURE_NAME_FR:
        known = evidence_text(&r->evidence, row, r->words.lang == LANG_FR ? FIGURE_NAME_FR : FIGURE_NAME_EN);
        break;
    case FIGURE_STATISTIC:
        return phrase_statistic(&r->words, text);
    case FIGURE_GEO:
        known = report_department(r, text);
        break;
    case FIGURE_UNIT:
        known = i ? i->unit[r->words.lang] : NULL;
        break;
    case FIGURE_ITEM:
        known = i ? indicator_item(i, text, r->words.lang, &len) : NULL;
        return known ? alloc_text_n(known, len) : alloc_text(text);
    case FIGURE_SOURCE:
        known = report_source(r, row);
        break;
    case FIGURE_STATUS:
    case FIGURE_FLOOR:
    case FIGURE_SPEAKS_OF:
    case FIGURE_KIND:
    case FIGURE_EDITION:
    case FIGURE_TECHNOLOGY:
    case FIGURE_ZONE:
    case FIGURE_SEX:
    case FIGURE_FAMILY:
        known = workbook_word(b, "word", text);
        if (!known)
            known = json_string_value(
                json_object_get(json_object_get(json_object_get(r->words.texts, "areas"), "word"), text));
        break;
    default:
        break;
    }
    return alloc_text(known ? known : text);
}

static void put_cell(struct workbook *b, lxw_worksheet *sheet, lxw_row_t at, lxw_col_t column, const struct column *c,
                     size_t row)
{
    const struct evidence *s = &b->r->evidence;
    if (c->look == LOOK_LINE)
        return workbook_put_number(b, sheet, at, column, (double)row + 2, b->cell);
    const char *text = evidence_text(s, row, c->of);
    if (!text)
        return;
    if (c->look == LOOK_VALUE || c->look == LOOK_COUNT) {
        const struct indicator *i = indicator_find(evidence_text(s, row, FIGURE_INDICATOR));
        workbook_put_number(b, sheet, at, column, evidence_number(s, row, c->of),
                            c->look == LOOK_COUNT ? b->count : workbook_digits(b, i));
    } else if (c->look == LOOK_DAY) {
        workbook_put_day(b, sheet, at, column, text);
    } else if (c->look == LOOK_YES) {
        workbook_put(b, sheet, at, column, workbook_text(b, *text == 't' ? "yes" : "no"), b->cell);
    } else {
        _cleanup_text_ char *words = words_of(b, row, c->of, text);
        workbook_put(b, sheet, at, column, words, b->cell);
    }
}

/* ---- a sheet ---- */

/* Of what no area has, where p is NULL: an indicator of a chapter's own. */
static bool is_of(const struct workbook *b, const struct part *p, size_t row)
{
    const struct indicator *i = indicator_find(evidence_text(&b->r->evidence, row, FIGURE_INDICATOR));
    if (p)
        return i && part_has(p, i);
    struct part any = {0};
    while (i && part_next(&b->r->words, &any))
        if (part_has(&any, i))
            return false;
    return true;
}

static size_t choose_columns(const struct workbook *b, const struct part *p, const struct column *chosen[COLUMNS_MAX])
{
    const struct evidence *s = &b->r->evidence;
    size_t count = 0;
    for (size_t c = 0; c < COUNT(columns); c++) {
        bool filled = columns[c].always;
        for (size_t row = 0; !filled && row < evidence_count(s); row++)
            filled = evidence_text(s, row, columns[c].of) && is_of(b, p, row);
        if (filled)
            chosen[count++] = &columns[c];
    }
    return count;
}

static void add_area(struct workbook *b, const char *name, const struct part *p)
{
    const size_t all = evidence_count(&b->r->evidence);
    const struct column *chosen[COLUMNS_MAX];
    struct workbook_head heads[COLUMNS_MAX];
    lxw_worksheet *sheet = NULL;
    lxw_row_t at = 0;
    size_t count = 0;
    for (size_t row = 0; row < all; row++) {
        if (!is_of(b, p, row))
            continue;
        if (!sheet) {
            sheet = workbook_sheet(b, name);
            count = choose_columns(b, p, chosen);
        }
        at++;
        for (size_t c = 0; c < count; c++)
            put_cell(b, sheet, at, (lxw_col_t)c, chosen[c], row);
    }
    if (!sheet)
        return;
    for (size_t c = 0; c < count; c++)
        heads[c] = (struct workbook_head){chosen[c]->look == LOOK_LINE      ? "line"
                                          : chosen[c]->of == FIGURE_NAME_FR ? "name"
                                                                            : figure_columns[chosen[c]->of].name,
                                          chosen[c]->width};
    workbook_put_head(b, sheet, 0, heads, count);
    worksheet_freeze_panes(sheet, 1, 2);
    worksheet_repeat_rows(sheet, 0, 0);
    worksheet_repeat_columns(sheet, 0, 1);
    worksheet_set_print_scale(sheet, PRINT_PERCENT);
    worksheet_print_across(sheet);
    worksheet_autofilter(sheet, 0, 0, at, (lxw_col_t)(count - 1));
}

void workbook_add_areas(struct workbook *b)
{
    struct part p = {0};
    while (part_next(&b->r->words, &p))
        add_area(b, p.name, &p);
    add_area(b, workbook_text(b, "others"), NULL);
}
