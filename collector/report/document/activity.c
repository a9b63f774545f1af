/* What was done in a year, for who pays and for the general assembly: probes, places, tests, data, incidents, as far as
 * everybody may know. */
#include "collector/report/document.h"

#include "common/json.h"

static const char *text(const struct report *r, const char *name)
{
    const char *t = json_string_value(json_object_get(json_object_get(r->words.texts, "activity"), name));
    return t ? t : "";
}

static void add(json_t *rows, const char *label, const char *value, const char *note)
{
    json_array_append_new(rows, json_pack("{s:s, s:s, s:s}", "label", label, "value", value, "note", note));
}

/* What may not be told is said with the reason. */
static void add_untold(const struct report *r, json_t *rows, const char *name)
{
    _cleanup_text_ char *why = alloc_format("%s_untold", name);
    add(rows, text(r, name), text(r, "untold"), text(r, why));
}

/* "1,2" of 1 234 567 890 octets: two digits, as it is told. The caller frees. */
static char *gigabytes(const struct report *r, int64_t bytes)
{
    char number[NUMBER_TEXT_SIZE];
    const double value = (double)bytes / 1e9;
    const int decimals = value >= 10 || value <= 0 ? 0 : value >= 1 ? 1 : value >= 0.1 ? 2 : 3;
    return phrase_fill(text(r, "gigabytes"),
                       json_pack("{s:s}", "n", lang_number(r->words.lang, value, decimals, number)));
}

static int add_volume(const struct report *r, const char *simulated, json_t *rows, struct fault *f)
{
    _cleanup_rows_ struct pg_rows *told = NULL;
    int rc = pg_query(
        r->pg,
        "SELECT n_probes, tests, kept, bytes FROM public_volume WHERE country = $1 AND year = $2::int AND "
        "simulated = $3::boolean",
        3, (const char *const[]){r->country, r->year, simulated}, &told, f);
    if (rc < 0)
        return rc;
    if (!pg_rows_count(told)) {
        static const char *const names[] = {"probes", "tests", "kept", "data"};
        for (size_t n = 0; n < COUNT(names); n++)
            add(rows, text(r, names[n]), text(r, "untold"), text(r, "too_few"));
        return 0;
    }
    char number[NUMBER_TEXT_SIZE];
    _cleanup_text_ char *probes = phrase_step(r->words.lang, pg_int(told, 0, 0)),
                        *data = gigabytes(r, pg_int(told, 0, 3));
    add(rows, text(r, "probes"), probes, text(r, "probes_note"));
    add(rows, text(r, "tests"), lang_number(r->words.lang, (double)pg_int(told, 0, 1), 0, number),
        text(r, "tests_note"));
    add(rows, text(r, "kept"), lang_number(r->words.lang, (double)pg_int(told, 0, 2), 0, number), text(r, "kept_note"));
    add(rows, text(r, "data"), data, text(r, "data_note"));
    return 0;
}

/* "Alibori (5–9), Borgou (10–19)": names in the order of the language, and with each how many. Takes the list over, of
 * {name, step}; the caller frees. */
static char *names_of(json_t *list)
{
    struct buf names = {0};
    const json_t *one;
    size_t n;
    report_sort(list, "name", 0);
    json_array_foreach(list, n, one)
    {
        const char *step = json_string_value(json_object_get(one, "step"));
        buf_addf(&names, "%s%s", n ? ", " : "", json_string_value(json_object_get(one, "name")));
        if (step)
            buf_addf(&names, " (%s)", step);
    }
    json_decref(list);
    return names.len ? buf_take(&names) : NULL;
}

/* Those where enough probes are that it is told, today, with how many. */
static int add_departments(const struct report *r, const char *simulated, json_t *rows, struct fault *f)
{
    _cleanup_rows_ struct pg_rows *told = NULL;
    json_t *list = json_array();
    int rc = pg_query(r->pg,
                      "SELECT department, count_step(count(*)) FROM public_probe WHERE country = $1 AND "
                      "simulated = $2::boolean AND department IS NOT NULL GROUP BY department",
                      2, (const char *const[]){r->country, simulated}, &told, f);
    for (size_t d = 0; rc == 0 && d < pg_rows_count(told); d++) {
        _cleanup_text_ char *step = phrase_step(r->words.lang, pg_int(told, d, 1));
        json_array_append_new(list,
                              json_pack("{s:s, s:s}", "name", report_department(r, pg_text(told, d, 0)), "step", step));
    }
    _cleanup_text_ char *names = names_of(list);
    if (rc == 0)
        add(rows, text(r, "departments"), names ? names : text(r, "untold"),
            text(r, names ? "departments_note" : "departments_none"));
    return rc;
}

static int add_operators(const struct report *r, const char *simulated, json_t *rows, struct fault *f)
{
    _cleanup_rows_ struct pg_rows *told = NULL;
    json_t *list = json_array();
    int rc = pg_query(r->pg,
                      "SELECT DISTINCT operator FROM public_probe WHERE country = $1 AND simulated = $2::boolean AND "
                      "operator IS NOT NULL",
                      2, (const char *const[]){r->country, simulated}, &told, f);
    for (size_t o = 0; rc == 0 && o < pg_rows_count(told); o++)
        json_array_append_new(list, json_pack("{s:s}", "name", pg_text(told, o, 0)));
    _cleanup_text_ char *names = names_of(list);
    if (rc == 0)
        add(rows, text(r, "operators"), names ? names : text(r, "untold"),
            text(r, names ? "operators_note" : "operators_none"));
    return rc;
}

static int add_incidents(const struct report *r, json_t *rows, struct fault *f)
{
    _cleanup_rows_ struct pg_rows *told = NULL;
    int rc = pg_query(
        r->pg, "SELECT count(*)::text FROM public_event WHERE country = $1 AND extract(year FROM date) = $2::int", 2,
        (const char *const[]){r->country, r->year}, &told, f);
    if (rc == 0)
        add(rows, text(r, "incidents"), pg_text(told, 0, 0), text(r, "incidents_note"));
    return rc;
}

static int read_rows(const struct report *r, json_t *rows, struct fault *f)
{
    const char *simulated = report_simulated(r) ? "true" : "false";
    int rc = add_volume(r, simulated, rows, f);
    if (rc == 0)
        rc = add_departments(r, simulated, rows, f);
    if (rc == 0)
        rc = add_operators(r, simulated, rows, f);
    if (rc == 0)
        rc = add_incidents(r, rows, f);
    add_untold(r, rows, "towns");
    add_untold(r, rows, "sites");
    add_untold(r, rows, "teams");
    return rc;
}

extern const struct section section_quality;

static int write_activity(struct report *r, const struct outlet *to, struct fault *f)
{
    json_t *list = json_array(), *rows = json_array();
    _cleanup_json_ json_t *values = document_values(r, list);
    _cleanup_(buf_free) struct buf html = {0};
    json_object_set_new(values, "rows", rows);
    phrase_set(values, "headline", text(r, "headline"), json_pack("{s:s, s:s}", "in", r->in, "year", r->year));
    int rc = read_rows(r, rows, f);
    if (rc == 0)
        rc = document_section(r, &section_quality, list, f);
    if (rc == 0)
        rc = document_render(r, values, &html, f);
    if (rc == 0)
        rc = to->keep(to->of, "activity.html", &html, f);
    return rc < 0 ? rc : document_data(r, to, f);
}

const struct document document_activity = {.name = "activity", .option = "activity", .write = write_activity};
