/* On what the measured figures rest: how much was measured, when, to whom, and what is not counted. */
#include "collector/report/document.h"

#include <stdlib.h>
#include <string.h>

#include "collector/format/date.h"
#include "collector/report/picture.h"

/* ---- how much ---- */

/* Of a count that everybody is told a step of; the caller frees. */
static char *step_of(const struct report *r, size_t row, enum figure_column column)
{
    if (!evidence_text(&r->evidence, row, column))
        return alloc_text(phrase(&r->words, "none"));
    const int64_t low = pg_int(r->evidence.rows, row, (int)column);
    const bool part = column == FIGURE_N_FAILED || column == FIGURE_N_SILENT; /* part_step of the database */
    return part && low == 1 ? alloc_text("1–4") : low == 0 ? alloc_text("0") : phrase_step(r->words.lang, low);
}

static void add_amount(const struct report *r, const struct indicator *i, size_t row, json_t *out)
{
    _cleanup_text_ char *name = report_name(r, i), *probes = step_of(r, row, FIGURE_N_PROBES),
                        *networks = step_of(r, row, FIGURE_N_NETWORKS), *failed = step_of(r, row, FIGURE_N_FAILED),
                        *silent = step_of(r, row, FIGURE_N_SILENT);
    _cleanup_(buf_free) struct buf days = {0}, samples = {0};
    if (!report_number_of(r, (ssize_t)row, FIGURE_N_DAYS, &days))
        buf_add_text(&days, phrase(&r->words, "none"));
    if (!report_number_of(r, (ssize_t)row, FIGURE_N_SAMPLES, &samples))
        buf_add_text(&samples, phrase(&r->words, "none"));
    json_array_append_new(json_object_get(out, "amounts"),
                          json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "id", i->id, "name", name, "probes",
                                    probes, "networks", networks, "days", days.data, "samples", samples.data, "failed",
                                    failed, "silent", silent));
}

/* ---- when ---- */

/* Of each month, whether figures of its days are published: of all, of some, of none. */
static int add_months(const struct report *r, const struct indicator *i, size_t row, json_t *out, struct fault *f)
{
    const json_t *t = json_object_get(out, "t");
    _cleanup_rows_ struct pg_rows *rows = NULL;
    const char *const params[] = {i->id, r->country, evidence_text(&r->evidence, row, FIGURE_SOURCE), r->year};
    int rc = pg_query(r->pg,
                      "SELECT count(d.day), count(d.day) = count(*) "
                      "FROM generate_series(make_date($4::int, 1, 1), make_date($4::int, 12, 31), '1 day') AS y (day) "
                      "LEFT JOIN public_indicator_day d ON d.day = y.day::date AND d.indicator = $1 AND "
                      "d.country = $2 AND d.source = $3 AND d.value IS NOT NULL "
                      "GROUP BY extract(month FROM y.day) ORDER BY extract(month FROM y.day)",
                      COUNT(params), params, &rows, f);
    json_t *months = json_array();
    bool any = false;
    for (size_t m = 0; rc == 0 && m < pg_rows_count(rows); m++) {
        const bool some = pg_int(rows, m, 0) > 0, all = pg_bool(rows, m, 1);
        any |= some;
        json_array_append(months, json_object_get(t, all ? "all_days" : some ? "some_days" : "no_days"));
    }
    if (any)
        json_array_append_new(json_object_get(out, "coverage"), json_pack("{s:s, s:O}", "id", i->id, "months", months));
    json_decref(months);
    return rc;
}

/* ---- to whom, and what happened ---- */

static int add_targets(const struct report *r, json_t *out, struct fault *f)
{
    _cleanup_rows_ struct pg_rows *rows = NULL;
    int rc = pg_query(
        r->pg,
        "SELECT DISTINCT ON (scope) scope, version, targets, lacking FROM public_target_set "
        "WHERE country = $1 AND since <= $2::int AND targets IS NOT NULL ORDER BY scope DESC, since DESC, "
        "version DESC",
        2, (const char *const[]){r->country, r->year}, &rows, f);
    for (size_t s = 0; rc == 0 && s < pg_rows_count(rows); s++)
        json_array_append_new(json_object_get(out, "targets"),
                              json_pack("{s:O?, s:s, s:s, s:s?}", "scope",
                                        json_object_get(json_object_get(out, "t"), pg_text(rows, s, 0)), "version",
                                        pg_text(rows, s, 1), "list", pg_text(rows, s, 2), "lacking",
                                        pg_text(rows, s, 3)));
    return rc;
}

static int add_events(const struct report *r, json_t *out, struct fault *f)
{
    _cleanup_rows_ struct pg_rows *rows = NULL;
    int rc = pg_query(r->pg,
                      "SELECT date, place, title_fr, title_en, source FROM public_event WHERE country = $1 AND "
                      "extract(year FROM date) = $2::int ORDER BY date, title_en",
                      2, (const char *const[]){r->country, r->year}, &rows, f);
    for (size_t e = 0; rc == 0 && e < pg_rows_count(rows); e++) {
        char date[DATE_TEXT_SIZE];
        int32_t day;
        if (date_read(pg_text(rows, e, 0), &day) < 0)
            continue;
        json_array_append_new(
            json_object_get(out, "events"),
            json_pack("{s:s, s:s?, s:s, s:s}", "date", date_long(&r->words, day, date), "place", pg_text(rows, e, 1),
                      "title", pg_text(rows, e, r->words.lang == LANG_FR ? 2 : 3), "source", pg_text(rows, e, 4)));
    }
    return rc;
}

static int read_quality(struct report *r, json_t *out, struct fault *f)
{
    static const char *const lists[] = {"amounts", "coverage", "targets", "events"};
    size_t count;
    const struct indicator *all = indicator_all(&count);
    int rc = 0;
    for (size_t l = 0; l < COUNT(lists); l++)
        json_object_set_new(out, lists[l], json_array());
    json_object_set(out, "months", json_object_get(r->words.texts, "short_months"));
    for (size_t i = 0; rc == 0 && i < count; i++) {
        const ssize_t row = picture_measured(r, &all[i]);
        if (row < 0 || !all[i].measured)
            continue;
        add_amount(r, &all[i], (size_t)row, out);
        rc = add_months(r, &all[i], (size_t)row, out, f);
    }
    if (rc == 0)
        rc = add_targets(r, out, f);
    if (rc == 0)
        rc = add_events(r, out, f);
    for (size_t l = 0; l < COUNT(lists); l++) {
        _cleanup_text_ char *any = alloc_format("any_%s", lists[l]);
        json_object_set_new(out, any, json_boolean(json_array_size(json_object_get(out, lists[l])) > 0));
    }
    return rc;
}

const struct section section_quality = {"quality", read_quality};
