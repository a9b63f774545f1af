#include "collector/import/worldbank.h"

#include <ctype.h>
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "collector/db/schema.h"
#include "collector/figure/indicator.h"
#include "collector/format/csv.h"
#include "collector/import/cell.h"
#include "collector/import/kind.h"
#include "collector/import/place.h"
#include "collector/import/stage.h"
#include "collector/import/unit.h"
#include "collector/import/number.h"
#include "common/lang.h"
#include "common/log.h"
#include "common/scan.h"

/* ---- which series is which indicator ---- */

struct series {
    char *code;
    char *indicator, *zone, *sex; /* "" where there is none */
    char *why[2];                 /* by enum lang: it is no indicator */
};

static struct series *all;
static size_t all_count;
static char *mapped; /* "IT.NET.USER.ZS, …" */
static pthread_once_t once = PTHREAD_ONCE_INIT;

/* The program's own file: its columns are those of the structure, and a test holds it. */
static void read_series(void)
{
    const struct embedded *file = schema_file("sources/worldbank.tsv");
    _cleanup_(csv_free) struct csv csv;
    struct fault f = {0};
    struct buf list = {0};
    csv_start(&csv, file->text, file->len);
    csv.separator = '\t';
    for (bool head = true; csv_next(&csv, &f) > 0; head = false) {
        if (head || csv.count < 6)
            continue;
        all = alloc_resize(all, all_count + 1, sizeof *all);
        all[all_count++] = (struct series){
            alloc_text(csv.fields[0]),
            alloc_text(csv.fields[1]),
            alloc_text(csv.fields[2]),
            alloc_text(csv.fields[3]),
            {[LANG_FR] = alloc_text(csv.fields[4]), [LANG_EN] = alloc_text(csv.fields[5])}};
        if (*csv.fields[1])
            buf_addf(&list, "%s%s", list.len ? ", " : "", csv.fields[0]);
    }
    mapped = buf_take(&list);
}

static const struct series *find_series(const char *code)
{
    pthread_once(&once, read_series);
    for (size_t s = 0; s < all_count; s++)
        if (!strcmp(all[s].code, code))
            return &all[s];
    return NULL;
}

const char *worldbank_why(const char *code)
{
    const struct series *s = find_series(code);
    return s && !*s->indicator ? s->why[lang_current()] : NULL;
}

/* ---- the header ---- */

/* Octets of the list of series that are no indicator: a message shows 200, and each line looks through it. One of which
 * is known why is named in any case, as there are few. */
#define CODES_MAX 2000
/* Lines of texts that may stand before it: four, and none of an extract. */
#define LEAD_MAX 8
#define SET_MAX  60 /* octets of the name of what was downloaded; "World Development Indicators" has 28 */
#define CODE_MAX 40 /* octets of a series's code; "EG.ELC.ACCS.UR.ZS" has 17 */

struct reader {
    struct csv csv;
    struct worldbank_found *found;
    figure_take take;
    void *ctx;
    size_t country, code, width;   /* columns, and how many there are; width 0 before the header */
    char years[CSV_FIELDS_MAX][5]; /* of which a column is; "" for others */
    char set[SET_MAX + 3];         /* ", World Development Indicators" */
};

/* "1997", or "1997 [YR1997]" as DataBank writes it. */
static bool is_year(const char *text)
{
    return strspn(text, "0123456789") == 4 && (!text[4] || (text[4] == ' ' && text[5] == '['));
}

static bool read_header(struct reader *r)
{
    const struct csv *csv = &r->csv;
    size_t country = csv->count, code = csv->count, years = 0;
    for (size_t c = 0; c < csv->count; c++) {
        const char *name = csv->fields[c];
        if (!strcmp(name, "Country Code"))
            country = c;
        else if (!strcmp(name, "Indicator Code") || !strcmp(name, "Series Code"))
            code = c;
        snprintf(r->years[c], sizeof r->years[c], "%.4s", is_year(name) ? name : "");
        years += *r->years[c] != '\0';
    }
    if (country == csv->count || code == csv->count || years == 0)
        return false;
    r->country = country;
    r->code = code;
    r->width = csv->count;
    return true;
}

static int refuse_header(const struct reader *r, struct fault *f)
{
    if (r->csv.count == 1 && strchr(r->csv.fields[0], ';'))
        return fault_set(f, -EBADMSG, _("line %zu: the columns are parted by %s; give the file as it was downloaded"),
                         r->csv.record_line, _("semicolons"));
    return fault_set(
        f, -EBADMSG,
        _("no line has Country Code, Indicator Code and years; give the file API_….csv of the World Bank's "
          "download, unpacked, and not one of its Metadata_….csv"));
}

/* What stands before the header: what the figures are of, and when they were published. */
static int read_lead(struct reader *r, struct fault *f)
{
    const struct csv *csv = &r->csv;
    if (read_header(r))
        return 0;
    if (csv->record_line > LEAD_MAX)
        return refuse_header(r, f);
    if (csv->count > 1 && !strcmp(csv->fields[0], "Data Source")) {
        int rc = cell_text(csv->fields[1], f);
        if (rc == 0 && strlen(csv->fields[1]) > SET_MAX)
            rc = fault_set(f, -EBADMSG, _("a name of %d octets at most is wanted; give the file as it was downloaded"),
                           SET_MAX);
        if (rc < 0) {
            fault_prefix(f, _("line %zu, column %d: "), csv->record_line, 2);
            return rc;
        }
        snprintf(r->set, sizeof r->set, ", %s", csv->fields[1]);
    }
    if (csv->count > 1 && !strcmp(csv->fields[0], "Last Updated Date") && !*r->found->updated) {
        int rc = cell_retrieved(csv->fields[1], f);
        if (rc < 0) {
            fault_prefix(f, _("line %zu, column %d: "), csv->record_line, 2);
            return rc;
        }
        snprintf(r->found->updated, sizeof r->found->updated, "%s", csv->fields[1]);
    }
    return 0;
}

/* ---- a line ---- */

static int check_figure(const struct indicator *i, const struct figure_line *line, struct fault *f)
{
    double value;
    int rc = cell_period(line->cell[CELL_PERIOD], f);
    if (rc == 0)
        rc = cell_value(line->cell[CELL_VALUE], f);
    if (rc == 0)
        rc = number_read(line->cell[CELL_VALUE], &value);
    return rc == 0 ? unit_check(i->unit[LANG_EN], value, f) : rc;
}

static const char *or_none(const char *text)
{
    return *text ? text : NULL;
}

/* The years of one country and series: one without a number is handed over without a value. */
static int read_years(struct reader *r, const struct place_country *country, const struct series *s, struct fault *f)
{
    const struct indicator *i = indicator_find(s->indicator);
    _cleanup_text_ char *method = alloc_format("%s%s", s->code, r->set);
    _cleanup_text_ char *url = alloc_format("https://data.worldbank.org/indicator/%s?locations=%s", s->code,
                                            country->iso);
    struct figure_line line = {.line = r->csv.record_line};
    line.cell[CELL_INDICATOR] = s->indicator;
    line.cell[CELL_COUNTRY] = country->iso;
    line.cell[CELL_ZONE] = or_none(s->zone);
    line.cell[CELL_SEX] = or_none(s->sex);
    line.cell[CELL_UNIT] = i->unit[LANG_EN];
    line.cell[CELL_METHOD] = method;
    line.cell[CELL_SOURCE] = WORLDBANK_SOURCE;
    line.cell[CELL_SOURCE_URL] = url;
    line.cell[CELL_RETRIEVED] = r->found->updated;
    for (size_t c = 0; c < r->width; c++) {
        const char *text = r->csv.fields[c];
        if (!*r->years[c])
            continue;
        const bool empty = !*text || !strcmp(text, "..");
        line.cell[CELL_PERIOD] = r->years[c];
        line.cell[CELL_VALUE] = empty ? NULL : text;
        int rc = empty ? 0 : check_figure(i, &line, f);
        if (rc < 0) {
            fault_prefix(f, _("line %zu, column %zu (%s): "), line.line, c + 1, r->years[c]);
            return rc;
        }
        (*(empty ? &r->found->empty : &r->found->figures))++;
        rc = r->take ? r->take(r->ctx, &line, f) : 0;
        if (rc < 0)
            return rc;
    }
    return 0;
}

/* Is it one of "IT.CEL.SETS.P2, …"? One code may begin as another. */
static bool has_code(const struct buf *codes, const char *code)
{
    size_t len = strlen(code);
    for (const char *at = codes->len ? codes->data : NULL; at; at = strchr(at + 1, ' '))
        if (!strncmp(at + (*at == ' '), code, len) && strchr(",", at[(*at == ' ') + len]))
            return true;
    return false;
}

static void note_unmapped(struct worldbank_found *w, const char *code)
{
    w->unmapped++;
    if (strlen(code) > CODE_MAX || (w->codes.len > CODES_MAX && !find_series(code)) || has_code(&w->codes, code))
        return;
    buf_addf(&w->codes, "%s%s", w->codes.len ? ", " : "", code);
    buf_reserve(&w->codes, 1);
    w->codes.data[w->codes.len] = '\0';
}

static int read_line(struct reader *r, struct fault *f)
{
    const struct csv *csv = &r->csv;
    if (csv->count == 1) /* "Data from database: …" below an extract */
        return 0;
    if (csv->count != r->width)
        return fault_set(f, -EBADMSG,
                         _("line %zu: %zu columns, the header has %zu; give the file as it was downloaded"),
                         csv->record_line, csv->count, r->width);
    const struct place_country *country = place_country(csv->fields[r->country]);
    const struct series *s = find_series(csv->fields[r->code]);
    if (!country || strcmp(country->iso3, csv->fields[r->country]) != 0)
        r->found->strangers++;
    else if (!s || !*s->indicator)
        note_unmapped(r->found, csv->fields[r->code]);
    else if (!*r->found->updated)
        return fault_set(
            f, -EBADMSG,
            _("the file does not say when it was published; say when it was taken: --retrieved 2026-01-31"));
    else
        return read_years(r, country, s, f);
    return 0;
}

/* ---- the file ---- */

static int refuse_none(const struct worldbank_found *w, struct fault *f)
{
    if (w->empty)
        return fault_set(f, -EBADMSG, _("no cell of our countries has a number: these series have no figure of them"));
    if (w->unmapped)
        return fault_set(f, -EBADMSG, _("no series in it is an indicator here: %.200s; those that are: %s"),
                         w->codes.data, mapped);
    return fault_set(f, -EBADMSG,
                     _("no line is of a country that has a pack, or of its neighbours; those are: %s; and: %s"),
                     place_packs(), place_neighbours());
}

static int read_records(struct reader *r, struct fault *f)
{
    int rc;
    while ((rc = csv_next(&r->csv, f)) > 0) {
        rc = r->width ? read_line(r, f) : read_lead(r, f);
        if (rc < 0)
            return rc;
    }
    if (rc == 0 && !r->width)
        rc = refuse_header(r, f);
    return rc == 0 && r->found->figures == 0 ? refuse_none(r->found, f) : rc;
}

int worldbank_read(const char *text, size_t len, const char *retrieved, struct worldbank_found *ret, figure_take take,
                   void *ctx, struct fault *f)
{
    if (scan_utf8(text, len) != len)
        return fault_set(f, -EBADMSG, _("the file is not in UTF-8; give it as it was downloaded"));
    worldbank_found_free(ret);
    snprintf(ret->updated, sizeof ret->updated, "%s", retrieved ? retrieved : "");
    struct reader r = {.found = ret, .take = take, .ctx = ctx};
    csv_start(&r.csv, text, len);
    r.csv.trims = true;
    int rc = read_records(&r, f);
    csv_free(&r.csv);
    return rc;
}

void worldbank_found_free(struct worldbank_found *w)
{
    buf_free(&w->codes);
    *w = (struct worldbank_found){0};
}

/* ---- the kind ---- */

struct worldbank {
    const struct buf *text;
    struct worldbank_found found;
};

static int kind_read(struct import_run *run, const struct buf *text, void **ret, struct fault *f)
{
    struct worldbank *w = alloc_zero(1, sizeof *w);
    *ret = w;
    w->text = text;
    return worldbank_read(text->data, text->len, run->retrieved, &w->found, NULL, NULL, f);
}

static void say_left_out(const struct worldbank_found *w)
{
    log_info(_("left out: lines of countries and regions that are not ours: %zu; of series that are no indicator here: "
               "%zu; cells without a number: %zu"),
             w->strangers, w->unmapped, w->empty);
    for (size_t s = 0; s < all_count; s++)
        if (!*all[s].indicator && has_code(&w->codes, all[s].code))
            log_info(_("%s: %s"), all[s].code, all[s].why[lang_current()]);
}

static int kind_store(struct pg *pg, struct import_run *run, const void *list, size_t *ret_count, struct fault *f)
{
    const struct worldbank *w = list;
    struct stage stage = {.pg = pg, .whole = w->found.figures, .series = true};
    struct worldbank_found again = {0};
    int rc = stage_open(&stage, f);
    if (rc == 0)
        rc = worldbank_read(w->text->data, w->text->len, run->retrieved, &again, stage_put, &stage, f);
    rc = stage_close(&stage, rc, f);
    if (rc == 0)
        rc = stage_store(&stage, run, f);
    *ret_count = again.figures;
    worldbank_found_free(&again);
    return rc;
}

static void kind_free(void *list)
{
    struct worldbank *w = list;
    if (w)
        worldbank_found_free(&w->found);
    free(w);
}

static void kind_say(const void *list, size_t count)
{
    const struct worldbank *w = list;
    log_info(_("figures of the World Bank imported: %zu"), count);
    say_left_out(&w->found);
}

const struct import_kind import_worldbank = {
    .read = kind_read, .store = kind_store, .free = kind_free, .say = kind_say};
