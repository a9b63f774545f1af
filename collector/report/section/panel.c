/* Who measures, beside the country: the lines of each part in steps, as its figures have them, and to what they
 * measure. */
#include "collector/report/document.h"

#include <stdio.h>
#include <string.h>

#include "common/json.h"

static const struct dimension_of {
    const char *word; /* of the texts */
    unsigned cut;
    enum figure_column column;
} dimensions[] = {
    {"department", DIM_DEPARTMENT, FIGURE_GEO},
    {"operator", DIM_OPERATOR, FIGURE_OPERATOR},
    {"technology", DIM_TECHNOLOGY, FIGURE_TECHNOLOGY},
    {"zone", DIM_ZONE, FIGURE_ZONE},
};

static const json_t *texts(const struct report *r)
{
    return json_object_get(r->words.texts, "panel");
}

/* ---- the country ---- */

/* The latest market_lines_2024_06 of the pack, and its month as "2024-06"; NULL: it has none. */
static const json_t *market_of(const struct report *r, char ret_month[static 8])
{
    const char *name, *last = "";
    json_t *lines;
    const json_t *found = NULL;
    json_object_foreach((json_t *)r->pack, name, lines)
    {
        if (strncmp(name, "market_lines_", 13) != 0 || strlen(name) != 20 || strcmp(name, last) <= 0)
            continue;
        snprintf(ret_month, 8, "%.4s-%.2s", name + 13, name + 18);
        last = name;
        found = lines;
    }
    return found;
}

/* How many of the country are of each part: {part: number}, which the caller owns, and of what that is. */
static json_t *country_of(const struct report *r, const struct dimension_of *d, char **ret_of)
{
    json_t *parts = json_object();
    const json_t *census = json_object_get(r->pack, "census"), *one;
    size_t n;
    char month[8];
    if (d->cut == DIM_DEPARTMENT && census) {
        json_array_foreach(json_object_get(r->pack, "departments"), n, one)
            json_object_set(parts, json_string_value(json_object_get(one, "iso")), json_object_get(one, "population"));
        *ret_of = phrase_fill(json_string_value(json_object_get(texts(r), "people")),
                              json_pack("{s:O, s:o}", "source", json_object_get(census, "source"), "year",
                                        json_sprintf("%d", (int)json_integer_value(json_object_get(census, "year")))));
        return parts;
    }
    const json_t *market = d->cut == DIM_OPERATOR ? market_of(r, month) : NULL;
    *ret_of = market ? phrase_fill(json_string_value(json_object_get(texts(r), "market")),
                                   json_pack("{s:s}", "year", month))
                     : alloc_text(json_string_value(json_object_get(texts(r), "unknown")));
    if (market)
        json_object_update(parts, (json_t *)market);
    return parts;
}

/* "28 %", or a dash; the caller frees. */
static char *share_of(const struct report *r, const json_t *country, const char *part)
{
    double whole = 0, own = json_number_value(json_object_get(country, part));
    const char *name;
    json_t *number;
    char text[NUMBER_TEXT_SIZE];
    json_object_foreach((json_t *)country, name, number) whole += json_number_value(number);
    if (!(own > 0))
        return alloc_text(phrase(&r->words, "none"));
    return phrase_fill(json_string_value(json_object_get(texts(r), "percent")),
                       json_pack("{s:s}", "n", lang_number(r->words.lang, 100 * own / whole, 0, text)));
}

/* ---- the lines ---- */

/* Of each part the most lines that a figure of it speaks of: {part: lower end of a step}. Real ones before imaginary
 * ones: these are sorted by source. The caller owns it. */
static json_t *lines_of(const struct report *r, const struct dimension_of *d)
{
    json_t *parts = json_object();
    const struct evidence *s = &r->evidence;
    const struct evidence_wanted w = {
        .country = r->country, .period = r->year, .cut = d->cut, .measured = true, .told = true};
    for (ssize_t row = evidence_next(s, &w, 0); row >= 0; row = evidence_next(s, &w, (size_t)row + 1)) {
        const char *part = evidence_text(s, (size_t)row, d->column);
        const json_int_t lines = pg_int(s->rows, (size_t)row, FIGURE_N_PROBES);
        if (lines > json_integer_value(json_object_get(parts, part)))
            json_object_set_new(parts, part, json_integer(lines));
    }
    return parts;
}

static const char *label_of(const struct report *r, const struct dimension_of *d, const char *part)
{
    const json_t *words = json_object_get(json_object_get(r->words.texts, "areas"), "word");
    const char *known = json_string_value(json_object_get(words, part));
    return d->cut == DIM_DEPARTMENT ? report_department(r, part) : known ? known : part;
}

static void add_dimension(const struct report *r, const struct dimension_of *d, json_t *tables)
{
    char *of = NULL;
    json_t *lines = lines_of(r, d), *country = country_of(r, d, &of), *rows = json_array(), *number;
    const char *part;
    json_object_foreach(lines, part, number)
    {
        _cleanup_text_ char *step = phrase_step(r->words.lang, json_integer_value(number)),
                            *share = share_of(r, country, part);
        json_array_append_new(
            rows, json_pack("{s:s, s:s, s:s}", "part", label_of(r, d, part), "lines", step, "share", share));
    }
    if (d->cut == DIM_OPERATOR || d->cut == DIM_DEPARTMENT)
        report_sort(rows, "part", 0);
    if (json_array_size(rows))
        json_array_append_new(tables, json_pack("{s:O, s:s, s:O}", "caption",
                                                json_object_get(json_object_get(texts(r), "parts"), d->word), "of", of,
                                                "rows", rows));
    free(of);
    json_decref(rows);
    json_decref(lines);
    json_decref(country);
}

/* ---- the targets ---- */

static int add_targets(const struct report *r, json_t *out, struct fault *f)
{
    _cleanup_rows_ struct pg_rows *rows = NULL;
    json_t *kinds = json_array();
    const json_t *words = json_object_get(texts(r), "kind");
    int rc = pg_query(r->pg,
                      "SELECT coalesce(kind, 'other'), string_agg(target, ', ' ORDER BY target) FROM public_target "
                      "WHERE coalesce(country, $1) = $1 OR kind = 'abroad' GROUP BY 1 ORDER BY 1",
                      1, (const char *const[]){r->country}, &rows, f);
    for (size_t k = 0; rc == 0 && k < pg_rows_count(rows); k++) {
        const char *word = json_string_value(json_object_get(words, pg_text(rows, k, 0)));
        json_array_append_new(
            kinds, json_pack("{s:s, s:s}", "kind", word ? word : pg_text(rows, k, 0), "list", pg_text(rows, k, 1)));
    }
    json_object_set_new(out, "some", json_boolean(json_array_size(kinds) > 0));
    json_object_set_new(out, "kinds", kinds);
    return rc;
}

static int read_panel(struct report *r, json_t *out, struct fault *f)
{
    json_t *tables = json_array();
    for (size_t d = 0; d < COUNT(dimensions); d++)
        add_dimension(r, &dimensions[d], tables);
    json_object_set_new(out, "any", json_boolean(json_array_size(tables) > 0));
    json_object_set_new(out, "tables", tables);
    return add_targets(r, out, f);
}

const struct section section_panel = {"panel", read_panel};
