#include "collector/import/figures.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "collector/format/csv.h"
#include "collector/import/kind.h"
#include "collector/figure/indicator.h"
#include "common/clock.h"
#include "common/form.h"
#include "common/json.h"
#include "common/lang.h"
#include "common/log.h"
#include "common/progress.h"
#include "common/scan.h"

#define EXAMPLE "an example: replace this line"

const char import_template[] =
    "indicator,country,geo,operator,technology,zone,sex,age_group,plan,period,value,unit,sample_size,margin,method,"
    "source,source_url,retrieved,note\n"
    "ACC1,BJ,,,,,,,,2025,47.5,% of population,,,estimate of the national statistics office,INStaD,"
    "https://instad.bj/,2026-01-31," EXAMPLE "\n";

/* ---- the columns ---- */

/* What a cell must look like. Each fills f with what is wrong and the cure. */
typedef int (*cell_check)(const char *text, struct fault *f);

static int check_indicator(const char *text, struct fault *f)
{
    return indicator_find(text)
               ? 0
               : fault_set(f, -EBADMSG, _("\"%s\" is no indicator; there are: %s"), text, indicator_ids());
}

static bool letters(const char *text, size_t count)
{
    size_t n = 0;
    while (n < count && text[n] >= 'A' && text[n] <= 'Z')
        n++;
    return n == count;
}

static int check_country(const char *text, struct fault *f)
{
    if (letters(text, 2) && !text[2])
        return 0;
    return fault_set(f, -EBADMSG, _("\"%s\" is no country code; write two capitals of ISO 3166-1, such as BJ"), text);
}

static int check_geo(const char *text, struct fault *f)
{
    if (letters(text, 2) && text[2] == '-' && text[3])
        return 0;
    return fault_set(f, -EBADMSG,
                     _("\"%s\" is no department; write its ISO 3166-2 code, such as BJ-BO, or nothing for the country"),
                     text);
}

static int check_zone(const char *text, struct fault *f)
{
    if (!strcmp(text, "urban") || !strcmp(text, "rural"))
        return 0;
    return fault_set(f, -EBADMSG, _("\"%s\" is no zone; write urban, rural, or nothing for both"), text);
}

static int check_sex(const char *text, struct fault *f)
{
    if (!strcmp(text, "female") || !strcmp(text, "male"))
        return 0;
    return fault_set(f, -EBADMSG, _("\"%s\" is not known here; write female, male, or nothing for both"), text);
}

/* YYYY, YYYY-MM, YYYY-Qn, YYYY-Sn. */
static int check_period(const char *text, struct fault *f)
{
    size_t year = strspn(text, "0123456789");
    const char *rest = text + year;
    int month = atoi(*rest ? rest + 1 : "");
    bool good = year == 4 &&
                (!*rest ||
                 (*rest == '-' && strlen(rest) == 3 &&
                  ((rest[1] == 'Q' && rest[2] >= '1' && rest[2] <= '4') ||
                   (rest[1] == 'S' && (rest[2] == '1' || rest[2] == '2')) ||
                   (isdigit((unsigned char)rest[1]) && isdigit((unsigned char)rest[2]) && month >= 1 && month <= 12))));
    if (good)
        return 0;
    return fault_set(
        f, -EBADMSG,
        _("\"%s\" is no period; write a year 2025, a month 2025-03, a quarter 2025-Q1 or a half-year 2025-S1"), text);
}

static int read_number(const char *text, double *ret)
{
    char *end;
    /* strtod also reads hexadecimal, "inf" and "nan". */
    if (strspn(text, "+-.0123456789eE") != strlen(text) || !strpbrk(text, "0123456789"))
        return -EBADMSG;
    *ret = strtod(text, &end);
    return *end || !isfinite(*ret) ? -EBADMSG : 0;
}

static int check_value(const char *text, struct fault *f)
{
    double value;
    if (read_number(text, &value) == 0)
        return 0;
    return fault_set(f, -EBADMSG,
                     _("\"%s\" is no number; write digits with a point for decimals and no spaces, such as 1234.5"),
                     text);
}

static int check_margin(const char *text, struct fault *f)
{
    double value;
    if (read_number(text, &value) == 0 && value >= 0)
        return 0;
    return fault_set(f, -EBADMSG, _("\"%s\" is no margin; write half the width of the interval, such as 2.5"), text);
}

static int check_sample_size(const char *text, struct fault *f)
{
    size_t len = strlen(text);
    if (len <= 12 && strspn(text, "0123456789") == len && atoll(text) > 0)
        return 0;
    return fault_set(f, -EBADMSG, _("\"%s\" is no number of persons or lines; write a whole number above 0"), text);
}

static int check_source(const char *text, struct fault *f)
{
    if (strcmp(text, "measured") != 0 && strcmp(text, "simulated") != 0)
        return 0;
    return fault_set(f, -EBADMSG, _("\"%s\" is the name of our own figures; write whose figure this is, such as ARCEP"),
                     text);
}

static int check_url(const char *text, struct fault *f)
{
    if ((!strncmp(text, "https://", 8) && text[8]) || (!strncmp(text, "http://", 7) && text[7]))
        return 0;
    return fault_set(f, -EBADMSG, _("\"%s\" is no address; it begins with https:// or http://"), text);
}

static int check_retrieved(const char *text, struct fault *f)
{
    char today[TIME_TEXT_SIZE];
    if (!form_day(text))
        return fault_set(f, -EBADMSG, _("\"%s\" is no date; write year-month-day, such as 2026-01-31"), text);
    /* A day more: it may be tomorrow already where the file comes from. */
    time_format(clock_wall_us(&clock_system) + 86400 * INT64_C(1000000), today);
    if (strncmp(text, today, 10) > 0)
        return fault_set(f, -EBADMSG, _("%s lies in the future; write the day on which the figure was taken"), text);
    return 0;
}

/* How the database is given it: a whole number with a point in it is none there. */
enum cell_form { CELL_TEXT, CELL_NUMBER, CELL_WHOLE };

static int check_note(const char *text, struct fault *f)
{
    if (strcmp(text, EXAMPLE) != 0)
        return 0;
    return fault_set(f, -EBADMSG, _("this line is the template's example and no figure; write yours in its place"));
}

/* Not in the file's order: the header says where each is. */
static const struct column {
    const char *name;
    const char *member; /* of the row; NULL: the same name */
    bool required;
    enum cell_form form;
    cell_check check; /* NULL: any text */
} columns[] = {
    {"indicator", NULL, true, CELL_TEXT, check_indicator},
    {"country", NULL, true, CELL_TEXT, check_country},
    {"geo", NULL, false, CELL_TEXT, check_geo},
    {"operator", NULL, false, CELL_TEXT, NULL},
    {"technology", NULL, false, CELL_TEXT, NULL},
    {"zone", NULL, false, CELL_TEXT, check_zone},
    {"sex", NULL, false, CELL_TEXT, check_sex},
    {"age_group", NULL, false, CELL_TEXT, NULL},
    {"plan", NULL, false, CELL_TEXT, NULL},
    {"period", NULL, true, CELL_TEXT, check_period},
    {"value", NULL, true, CELL_NUMBER, check_value},
    {"unit", NULL, true, CELL_TEXT, NULL},
    {"sample_size", "n_samples", false, CELL_WHOLE, check_sample_size},
    {"margin", NULL, false, CELL_NUMBER, check_margin},
    {"method", NULL, false, CELL_TEXT, NULL},
    {"source", NULL, true, CELL_TEXT, check_source},
    {"source_url", NULL, false, CELL_TEXT, check_url},
    {"retrieved", NULL, true, CELL_TEXT, check_retrieved},
    {"note", NULL, false, CELL_TEXT, check_note},
};

/* ---- the header ---- */

/* ret_at[c] becomes the place of column c in the file, -1 when absent. */
static int read_header(const struct csv *csv, int ret_at[static COUNT(columns)], struct fault *f)
{
    for (size_t c = 0; c < COUNT(columns); c++)
        ret_at[c] = -1;
    if (csv->count == 1 && strpbrk(csv->fields[0], ";\t"))
        return fault_set(f, -EBADMSG,
                         _("line 1: the columns are parted by %s; save the file with commas between columns"),
                         strchr(csv->fields[0], ';') ? _("semicolons") : _("tabs"));
    for (size_t i = 0; i < csv->count; i++) {
        size_t c = 0;
        while (c < COUNT(columns) && strcmp(columns[c].name, csv->fields[i]) != 0)
            c++;
        if (c == COUNT(columns))
            return fault_set(
                f, -EBADMSG,
                _("line 1, column %zu: \"%.64s\" is no column of this format; `import --template` prints them all"),
                i + 1, csv->fields[i]);
        if (ret_at[c] >= 0)
            return fault_set(f, -EBADMSG, _("line 1, column %zu: %s stands twice; keep one"), i + 1, columns[c].name);
        ret_at[c] = (int)i;
    }
    for (size_t c = 0; c < COUNT(columns); c++)
        if (columns[c].required && ret_at[c] < 0)
            return fault_set(f, -EBADMSG, _("line 1: the column %s is missing; `import --template` prints the header"),
                             columns[c].name);
    return 0;
}

/* ---- a line ---- */

static json_t *cell_json(enum cell_form form, const char *text)
{
    double number;
    if (form == CELL_WHOLE)
        return json_integer(atoll(text));
    if (form == CELL_NUMBER && read_number(text, &number) == 0)
        return json_real(number);
    return json_string(text);
}

static int read_cell(const struct column *c, const char *text, json_t *row, struct fault *f)
{
    if (!*text)
        return c->required ? fault_set(f, -EBADMSG, _("empty; every line needs it")) : 0;
    int rc = c->check ? c->check(text, f) : 0;
    if (rc < 0)
        return rc;
    json_object_set_new(row, c->member ? c->member : c->name, cell_json(c->form, text));
    return 0;
}

/* What two cells say together. */
static int check_row(const json_t *row, struct fault *f)
{
    const char *unit = json_string_value(json_object_get(row, "unit"));
    const struct indicator *i = indicator_find(json_string_value(json_object_get(row, "indicator")));
    double value = json_number_value(json_object_get(row, "value"));
    if (strcmp(unit, i->unit[LANG_EN]) != 0)
        return fault_set(f, -EBADMSG,
                         _("column unit: \"%.64s\" is not the unit of %s; convert the value and write \"%s\""), unit,
                         i->id, i->unit[LANG_EN]);
    if (!strncmp(unit, "% of ", 5) && (value < 0 || value > 100))
        return fault_set(f, -EBADMSG, _("column value: %g is no share; it lies between 0 and 100"), value);
    return 0;
}

static int read_row(const struct csv *csv, const int at[static COUNT(columns)], size_t width, json_t *row,
                    struct fault *f)
{
    if (csv->count != width)
        return fault_set(f, -EBADMSG, _("%zu columns, the header has %zu; put a value that holds a comma in quotes"),
                         csv->count, width);
    for (size_t c = 0; c < COUNT(columns); c++) {
        int rc = at[c] < 0 ? 0 : read_cell(&columns[c], csv->fields[at[c]], row, f);
        if (rc < 0) {
            fault_prefix(f, _("column %s: "), columns[c].name);
            return rc;
        }
    }
    return check_row(row, f);
}

/* Refuses a second line with the same key: which of the two would stand? */
static int check_new(json_t *seen, const json_t *row, size_t line, struct fault *f)
{
    static const char *const keys[] = {"indicator", "country",   "geo",  "operator", "technology", "zone",
                                       "sex",       "age_group", "plan", "period",   "source"};
    _cleanup_(buf_free) struct buf key = {0};
    for (size_t k = 0; k < COUNT(keys); k++) {
        const char *text = json_string_value(json_object_get(row, keys[k]));
        buf_addf(&key, "%s\x1f", text ? text : "");
    }
    const json_t *before = json_object_get(seen, key.data);
    if (before)
        return fault_set(f, -EBADMSG,
                         _("the same figure as line %lld (all columns of its key are equal); keep one of them"),
                         (long long)json_integer_value(before));
    json_object_set_new(seen, key.data, json_integer((json_int_t)line));
    return 0;
}

int import_read(const char *text, size_t len, json_t **ret, struct fault *f)
{
    size_t bad = scan_utf8(text, len);
    if (bad != len)
        return fault_set(f, -EBADMSG, _("octet %zu: not UTF-8; save the file as \"CSV UTF-8\""), bad + 1);
    _cleanup_(csv_free) struct csv csv;
    _cleanup_json_ json_t *rows = json_array(), *seen = json_object();
    int at[COUNT(columns)];
    csv_start(&csv, text, len);
    int rc = csv_next(&csv, f);
    if (rc == 0)
        return fault_set(f, -EBADMSG, _("the file is empty; `import --template` prints a header and an example"));
    if (rc > 0)
        rc = read_header(&csv, at, f);
    size_t width = csv.count;
    while (rc >= 0 && (rc = csv_next(&csv, f)) > 0) {
        _cleanup_json_ json_t *row = json_pack("{s:I}", "line", (json_int_t)csv.record_line);
        rc = read_row(&csv, at, width, row, f);
        if (rc == 0)
            rc = check_new(seen, row, csv.record_line, f);
        if (rc < 0)
            fault_prefix(f, _("line %zu: "), csv.record_line);
        json_array_append(rows, row);
    }
    if (rc == 0)
        *ret = TAKE(rows);
    return rc;
}

/* ---- the database ---- */

static int check_places(struct pg *pg, const char *rows, struct fault *f)
{
    _cleanup_rows_ struct pg_rows *wrong = NULL;
    int rc = pg_query(
        pg,
        "SELECT r.line, r.geo, r.country, (SELECT string_agg(d.iso, ' ' ORDER BY d.iso) FROM department d "
        "WHERE d.country = r.country) FROM jsonb_to_recordset($1::jsonb) AS r (line int, country text, geo "
        "text) WHERE r.geo IS NOT NULL AND NOT EXISTS (SELECT FROM department d WHERE d.iso = r.geo AND "
        "d.country = r.country) ORDER BY r.line LIMIT 1",
        1, &rows, &wrong, f);
    if (rc < 0 || pg_rows_count(wrong) == 0)
        return rc;
    const char *known = pg_text(wrong, 0, 3);
    return fault_set(f, -EBADMSG, _("line %s: column geo: %s is no department of %s; there are: %s"),
                     pg_text(wrong, 0, 0), pg_text(wrong, 0, 1), pg_text(wrong, 0, 2), known ? known : _("none"));
}

#define STORE_SQL                                                                                                      \
    "INSERT INTO indicator_value (indicator, period, statistic, country, geo, operator, technology, zone, sex, "       \
    "age_group, plan, source, computed, value, unit, low, high, interval_kind, n_samples, method, source_url, "        \
    "retrieved, note, run) SELECT r.indicator, r.period, 'value', r.country, r.geo, r.operator, r.technology, "        \
    "r.zone, r.sex, r.age_group, "                                                                                     \
    "r.plan, r.source, false, r.value, r.unit, r.value - m.margin, r.value + m.margin, "                               \
    "CASE WHEN m.margin IS NOT NULL THEN 'margin' END, r.n_samples, r.method, r.source_url, r.retrieved, r.note, "     \
    "$2::int "                                                                                                         \
    "FROM jsonb_array_elements($1::jsonb) AS e (row) "                                                                 \
    "CROSS JOIN LATERAL jsonb_populate_record(NULL::indicator_value, e.row) r "                                        \
    "CROSS JOIN LATERAL (SELECT (e.row->>'margin')::double precision AS margin) m "                                    \
    "ON CONFLICT (indicator, period, statistic, country, geo, operator, technology, family, zone, sex, age_group, "    \
    "plan, source) DO UPDATE SET value = excluded.value, unit = excluded.unit, low = excluded.low, "                   \
    "high = excluded.high, interval_kind = excluded.interval_kind, n_samples = excluded.n_samples, "                   \
    "method = excluded.method, stored_at = now(), source_url = excluded.source_url, retrieved = excluded.retrieved, "  \
    "note = excluded.note, run = excluded.run"

/* So many lines in a statement: people see how far it is. */
#define PIECE 1000

static int store_piece(struct pg *pg, const char *run, const json_t *rows, size_t from, struct fault *f)
{
    _cleanup_json_ json_t *piece = json_array();
    for (size_t r = from; r < from + PIECE && r < json_array_size(rows); r++)
        json_array_append(piece, json_array_get(rows, r));
    _cleanup_text_ char *text = json_text(piece);
    const char *const params[] = {text, run};
    int rc = check_places(pg, text, f);
    return rc < 0 ? rc : pg_query(pg, STORE_SQL, 2, params, NULL, f);
}

#define SOURCES_SQL                                                                                                    \
    "UPDATE import_run SET sources = ARRAY(SELECT DISTINCT source FROM indicator_value v WHERE v.run = $1::int ORDER " \
    "BY source) WHERE run = $1::int"

int import_store(struct pg *pg, const char *run, const json_t *rows, struct fault *f)
{
    struct progress progress = {0};
    const size_t count = json_array_size(rows);
    int rc = 0;
    for (size_t at = 0; rc == 0 && at < count; at += PIECE) {
        progress_show(&progress, _("figures"), (int64_t)at, (int64_t)count);
        rc = store_piece(pg, run, rows, at, f);
    }
    progress_end(&progress);
    return rc < 0 ? rc : pg_query(pg, SOURCES_SQL, 1, &run, NULL, f);
}

/* ---- the kind ---- */

static int kind_read(const struct buf *text, void **ret, struct fault *f)
{
    json_t *rows = NULL;
    int rc = import_read(text->data, text->len, &rows, f);
    *ret = rows;
    return rc;
}

static int kind_store(struct pg *pg, const struct import_run *run, const void *list, size_t *ret_count, struct fault *f)
{
    *ret_count = json_array_size(list);
    return import_store(pg, run->number, list, f);
}

static void kind_free(void *list)
{
    json_decref(list);
}

static void kind_say(size_t count)
{
    log_info(_("figures imported: %zu"), count);
}

const struct import_kind import_figures = {kind_read, kind_store, kind_free, kind_say, import_template};
