#include "collector/import/peer.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "collector/disclosure/crowd.h"
#include "collector/figure/figure.h"
#include "collector/figure/indicator.h"
#include "collector/format/csv.h"
#include "collector/import/cell.h"
#include "collector/import/kind.h"
#include "collector/import/number.h"
#include "collector/import/place.h"
#include "collector/import/unit.h"
#include "common/form.h"
#include "common/json.h"
#include "common/lang.h"
#include "common/log.h"
#include "common/scan.h"

#define LINES_MAX 200000 /* a country of twenty operators and twelve departments has some 6000 a year */
#define COUNT_MAX 1e15   /* no more tests than that in a year */

/* Of a figure, and no other figure has all of them alike. */
static const enum figure_column key[] = {FIGURE_INDICATOR,  FIGURE_STATISTIC, FIGURE_GEO,  FIGURE_OPERATOR,
                                         FIGURE_TECHNOLOGY, FIGURE_FAMILY,    FIGURE_ZONE, FIGURE_SEX,
                                         FIGURE_AGE_GROUP,  FIGURE_PLAN,      FIGURE_ITEM};
/* What the edition says of all of them, or what is known here. */
static const enum figure_column elsewhere[] = {FIGURE_NAME_FR, FIGURE_NAME_EN, FIGURE_PERIOD,
                                               FIGURE_COUNTRY, FIGURE_STATUS,  FIGURE_BETTER,
                                               FIGURE_SOURCE,  FIGURE_VISA,    FIGURE_ADMITTED};

/* ---- a line ---- */

struct line {
    const char *cell[FIGURE_COLUMNS]; /* NULL where it is empty */
    double number[FIGURE_COLUMNS];    /* NaN where it is empty, or no number */
    const struct indicator *indicator;
};

static bool is(const struct line *l, enum figure_column column, const char *word)
{
    return l->cell[column] && !strcmp(l->cell[column], word);
}

static int wrong(enum figure_column column, const char *text, const char *cure, struct fault *f)
{
    return fault_set(f, -EBADMSG, _("column %s: \"%.64s\" cannot be; %s"), figure_columns[column].name,
                     text ? text : "", cure);
}

#define ASK _("another program wrote it, or it was changed; ask the chapter for it again")

static int check_cell(struct line *l, enum figure_column c, struct fault *f)
{
    const char *text = l->cell[c];
    l->number[c] = NAN;
    if (!text)
        return 0;
    if (!form_text(text))
        return wrong(c, "", _("characters are in it that are not seen"), f);
    if (figure_columns[c].type == ENCODE_BOOL && strcmp(text, "true") != 0 && strcmp(text, "false") != 0)
        return wrong(c, text, _("it is true or false"), f);
    if (figure_columns[c].type == ENCODE_NUMBER && number_read(text, &l->number[c]) < 0)
        return wrong(c, text, _("it is a number with a point"), f);
    return 0;
}

/* Counts are whole, and none is below nothing. */
static int check_counts(const struct line *l, struct fault *f)
{
    static const enum figure_column counts[] = {FIGURE_INTERVAL_LINES, FIGURE_RANK_LOW,   FIGURE_RANK_HIGH,
                                                FIGURE_N_SAMPLES,      FIGURE_N_FAILED,   FIGURE_N_DAYS,
                                                FIGURE_N_PROBES,       FIGURE_N_NETWORKS, FIGURE_N_SILENT,
                                                FIGURE_METHOD_VERSION, FIGURE_TARGET_SET, FIGURE_VERSION};
    for (size_t i = 0; i < COUNT(counts); i++) {
        const char *text = l->cell[counts[i]];
        const bool wide = counts[i] == FIGURE_N_SAMPLES || counts[i] == FIGURE_N_DAYS || counts[i] == FIGURE_N_FAILED;
        if (text &&
            (strspn(text, "0123456789") != strlen(text) || l->number[counts[i]] > (wide ? COUNT_MAX : INT32_MAX)))
            return wrong(counts[i], text, _("it is a whole number"), f);
    }
    return 0;
}

static int check_days(const struct line *l, struct fault *f)
{
    static const enum figure_column days[] = {FIGURE_RETRIEVED, FIGURE_AS_OF};
    for (size_t i = 0; i < COUNT(days); i++) {
        const char *text = l->cell[days[i]];
        if (text && !form_day(text))
            return wrong(days[i], text, _("it is a day, such as 2026-01-31"), f);
        if (text && !cell_has_come(text))
            return wrong(days[i], text, _("it lies in the future"), f);
    }
    return 0;
}

static int check_what(struct line *l, struct fault *f)
{
    const char *id = l->cell[FIGURE_INDICATOR], *statistic = l->cell[FIGURE_STATISTIC], *unit = l->cell[FIGURE_UNIT];
    const struct indicator *i = l->indicator = id ? indicator_find(id) : NULL;
    bool known = statistic && !strcmp(statistic, "value") && !is(l, FIGURE_KIND, "measured");
    if (!i)
        return fault_set(f, -EBADMSG,
                         _("column indicator: \"%.64s\" is no indicator here; upgrade this program, or take the "
                           "chapter's own into the configuration first; there are: %s"),
                         id ? id : "", indicator_ids());
    for (size_t s = 0; s < i->statistic_count && statistic; s++)
        known |= !strcmp(i->statistics[s].name, statistic);
    if (!known)
        return fault_set(
            f, -EBADMSG,
            _("column statistic: \"%.64s\" is no statistic of %s; upgrade this program, or ask the chapter "
              "for it again"),
            statistic ? statistic : "", id);
    return unit && !strcmp(unit, i->unit[LANG_EN]) ? 0 : wrong(FIGURE_UNIT, unit, i->unit[LANG_EN], f);
}

/* Words that the tables allow. */
static int check_words(const struct line *l, const char *country, struct fault *f)
{
    static const struct {
        enum figure_column column;
        bool needed;
        const char *words[4];
    } rows[] = {
        {FIGURE_FAMILY, false, {"ipv4", "ipv6"}},          {FIGURE_ZONE, false, {"urban", "rural"}},
        {FIGURE_SEX, false, {"female", "male"}},           {FIGURE_SPEAKS_OF, false, {"lines", "country"}},
        {FIGURE_EDITION, true, {"closed", "provisional"}}, {FIGURE_FLOOR, false, {"met", "n<5", "hidden", "off"}},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *text = l->cell[rows[i].column];
        bool good = !text && !rows[i].needed;
        for (size_t w = 0; w < COUNT(rows[i].words) && rows[i].words[w] && text; w++)
            good |= !strcmp(text, rows[i].words[w]);
        if (!good)
            return wrong(rows[i].column, text, ASK, f);
    }
    if (l->cell[FIGURE_GEO] && (strncmp(l->cell[FIGURE_GEO], country, 2) != 0 || l->cell[FIGURE_GEO][2] != '-'))
        return wrong(FIGURE_GEO, l->cell[FIGURE_GEO], _("it is of another country"), f);
    if (l->cell[FIGURE_SOURCE_URL] && !form_link(l->cell[FIGURE_SOURCE_URL]))
        return wrong(FIGURE_SOURCE_URL, l->cell[FIGURE_SOURCE_URL], ASK, f);
    if (!l->cell[FIGURE_VERSION] || (l->number[FIGURE_VERSION] > 0) != is(l, FIGURE_EDITION, "closed"))
        return wrong(FIGURE_VERSION, l->cell[FIGURE_VERSION], ASK, f);
    return 0;
}

/* What is counted in lines is counted in networks as well, or nobody knows whether they are one. */
static int check_crowd(const struct line *l, struct fault *f)
{
    static const struct {
        enum figure_column column;
        int least;
    } counted[] = {{FIGURE_N_PROBES, FLOOR_PROBES}, {FIGURE_N_NETWORKS, FLOOR_NETWORKS}};
    for (size_t c = 0; c < COUNT(counted); c++)
        if (l->number[counted[c].column] < counted[c].least ||
            (!l->cell[counted[c].column] && l->cell[FIGURE_N_PROBES]))
            return wrong(counted[c].column, l->cell[counted[c].column],
                         _("the value is below the publication floor; ask the chapter to take it out"), f);
    return 0;
}

/* Only what is public there: a chapter that lifted its floor, for an imaginary country, says so in each figure. */
static int check_public(const struct line *l, struct fault *f)
{
    static const enum figure_column behind[] = {FIGURE_LOW,    FIGURE_HIGH,     FIGURE_N_SAMPLES,
                                                FIGURE_N_DAYS, FIGURE_N_PROBES, FIGURE_N_NETWORKS};
    const bool measured = is(l, FIGURE_KIND, "measured"), simulated = is(l, FIGURE_SIMULATED, "true");
    if (!l->cell[FIGURE_VALUE]) {
        for (size_t i = 0; i < COUNT(behind); i++)
            if (l->cell[behind[i]])
                return wrong(behind[i], l->cell[behind[i]], _("it stands behind a value that is not published"), f);
        return 0;
    }
    if (is(l, FIGURE_FLOOR, "off") && simulated)
        return 0;
    if ((measured && !is(l, FIGURE_FLOOR, "met")) || (l->cell[FIGURE_FLOOR] && !is(l, FIGURE_FLOOR, "met")))
        return wrong(FIGURE_FLOOR, l->cell[FIGURE_FLOOR],
                     _("the value is below the publication floor; ask the chapter to take it out"), f);
    return check_crowd(l, f);
}

static int check_value(const struct line *l, struct fault *f)
{
    const double value = l->number[FIGURE_VALUE];
    int rc = l->cell[FIGURE_VALUE] ? unit_check(l->indicator->unit[LANG_EN], value, f) : 0;
    if (rc < 0) {
        fault_prefix(f, _("column %s: "), figure_columns[FIGURE_VALUE].name);
        return rc;
    }
    if (l->number[FIGURE_LOW] > value)
        return wrong(FIGURE_LOW, l->cell[FIGURE_LOW], _("it is above the value"), f);
    if (l->number[FIGURE_HIGH] < value)
        return wrong(FIGURE_HIGH, l->cell[FIGURE_HIGH], _("it is below the value"), f);
    if (is(l, FIGURE_KIND, "measured") && !(l->number[FIGURE_METHOD_VERSION] >= 1))
        return wrong(FIGURE_METHOD_VERSION, l->cell[FIGURE_METHOD_VERSION],
                     _("without it nothing can be compared with it"), f);
    return 0;
}

static int check_line(struct line *l, const char *country, struct fault *f)
{
    int rc = 0;
    for (enum figure_column c = 0; rc == 0 && c < FIGURE_COLUMNS; c++)
        rc = check_cell(l, c, f);
    if (rc == 0)
        rc = check_what(l, f);
    if (rc == 0)
        rc = check_counts(l, f);
    if (rc == 0)
        rc = check_days(l, f);
    if (rc == 0)
        rc = check_words(l, country, f);
    if (rc == 0)
        rc = check_public(l, f);
    return rc == 0 ? check_value(l, f) : rc;
}

/* ---- the table ---- */

struct reader {
    struct peer *peer;
    struct csv csv;
    json_t *seen; /* the line of each key */
    bool real;    /* a figure of real lines is in it: those of an imaginary country beside them are left out */
};

/* The cells of the record that was read. */
static struct line line_of(const struct csv *csv)
{
    struct line l = {0};
    for (size_t c = 0; c < FIGURE_COLUMNS && c < csv->count; c++)
        l.cell[c] = *csv->fields[c] ? csv->fields[c] : NULL;
    return l;
}

static bool theirs(const struct line *l, const struct datapackage *p)
{
    return is(l, FIGURE_COUNTRY, p->country) && is(l, FIGURE_PERIOD, p->year) &&
           (is(l, FIGURE_KIND, "measured") || is(l, FIGURE_KIND, "calculated"));
}

/* What is wrong with the table is said when it is read. */
static bool has_real(const struct datapackage *p)
{
    struct csv csv;
    bool found = false;
    csv_start(&csv, p->table.data, p->table.len);
    while (!found && csv_next(&csv, NULL) > 0) {
        const struct line l = line_of(&csv);
        found = theirs(&l, p) && is(&l, FIGURE_KIND, "measured") && is(&l, FIGURE_SIMULATED, "false");
    }
    csv_free(&csv);
    return found;
}

static bool wanted(const struct reader *r, const struct line *l)
{
    return theirs(l, &r->peer->package) && !(r->real && is(l, FIGURE_SIMULATED, "true"));
}

static int check_twice(struct reader *r, const struct line *l, struct fault *f)
{
    _cleanup_(buf_free) struct buf text = {0};
    for (size_t k = 0; k < COUNT(key); k++)
        buf_addf(&text, "%s\x1f", l->cell[key[k]] ? l->cell[key[k]] : "");
    const json_t *before = json_object_get(r->seen, text.data);
    if (before)
        return fault_set(f, -EBADMSG, _("the same figure as line %lld; ask the chapter which of them holds"),
                         (long long)json_integer_value(before));
    json_object_set_new(r->seen, text.data, json_integer((json_int_t)r->csv.record_line));
    return 0;
}

static void keep(struct reader *r, const struct line *l)
{
    struct peer *p = r->peer;
    json_t *row = json_pack("{s:I}", "line", (json_int_t)r->csv.record_line);
    for (size_t c = 0; c < FIGURE_COLUMNS; c++) {
        bool here = l->cell[c] != NULL;
        for (size_t e = 0; e < COUNT(elsewhere); e++)
            here &= elsewhere[e] != c;
        if (here)
            json_object_set_new(row, figure_columns[c].name, json_string(l->cell[c]));
    }
    json_array_append_new(p->figures, row);
    p->simulated |= is(l, FIGURE_SIMULATED, "true");
    if (l->number[FIGURE_VERSION] > p->version)
        p->version = (int)l->number[FIGURE_VERSION];
}

static int read_line(struct reader *r, struct fault *f)
{
    if (r->csv.count != FIGURE_COLUMNS)
        return fault_set(f, -EBADMSG, _("%zu columns in the place of %d; take the file anew from the chapter"),
                         r->csv.count, FIGURE_COLUMNS);
    struct line l = line_of(&r->csv);
    if (!wanted(r, &l)) {
        r->peer->left_out++;
        return 0;
    }
    if (json_array_size(r->peer->figures) == LINES_MAX)
        return fault_set(f, -EBADMSG, _("more than %d figures of a year"), LINES_MAX);
    int rc = check_line(&l, r->peer->package.country, f);
    if (rc == 0)
        rc = check_twice(r, &l, f);
    if (rc == 0)
        keep(r, &l);
    return rc;
}

static int read_header(const struct csv *csv, struct fault *f)
{
    for (size_t c = 0; c < FIGURE_COLUMNS; c++)
        if (c >= csv->count || strcmp(csv->fields[c], figure_columns[c].name) != 0)
            return fault_set(f, -EBADMSG, _("line %zu: column %zu is not %s, as the package says"), csv->record_line,
                             c + 1, figure_columns[c].name);
    return 0;
}

static int read_lines(struct reader *r, struct fault *f)
{
    r->real = has_real(&r->peer->package);
    int rc = csv_next(&r->csv, f);
    if (rc > 0)
        rc = read_header(&r->csv, f);
    while (rc == 0 && (rc = csv_next(&r->csv, f)) > 0) {
        rc = read_line(r, f);
        if (rc < 0)
            fault_prefix(f, _("line %zu: "), r->csv.record_line);
    }
    return rc;
}

int peer_read(struct peer *p, struct fault *f)
{
    const struct buf *table = &p->package.table;
    struct reader r = {.peer = p, .seen = json_object()};
    p->figures = json_array();
    csv_start(&r.csv, table->data, table->len);
    int rc = scan_utf8(table->data, table->len) == table->len ? read_lines(&r, f)
                                                              : fault_set(f, -EBADMSG, _("the table is not in UTF-8"));
    csv_free(&r.csv);
    json_decref(r.seen);
    if (rc == 0 && json_array_size(p->figures) == 0)
        rc = fault_set(f, -EBADMSG,
                       _("no figure of %s in it was measured or calculated for %s; there is nothing to compare"),
                       p->package.country, p->package.year);
    if (rc < 0)
        fault_prefix(f, "%s: ", p->package.table_name);
    return rc;
}

void peer_free(struct peer *p)
{
    datapackage_free(&p->package);
    json_decref(p->figures);
}

/* ---- the kind ---- */

static int kind_read(struct import_run *run, const struct buf *text, void **ret, struct fault *f)
{
    struct peer *p = alloc_zero(1, sizeof *p);
    *ret = p;
    int rc = datapackage_read(run->path, text, &p->package, f);
    return rc < 0 ? rc : peer_read(p, f);
}

/* Another one of the country and the year, of a later version: unusual. */
static int remark_older(struct pg *pg, struct import_run *run, const struct peer *p, struct fault *f)
{
    _cleanup_rows_ struct pg_rows *rows = NULL;
    _cleanup_text_ char *version = alloc_format("%d", p->version);
    const char *const params[] = {p->package.country, p->package.year, version};
    int rc = pg_query(
        pg,
        "SELECT max(version) FROM public_peer_edition WHERE country = $1 AND year = $2::int AND version > "
        "$3::int",
        COUNT(params), params, &rows, f);
    if (rc < 0 || !pg_text(rows, 0, 0))
        return rc;
    _cleanup_text_ char *text = alloc_format(_("version %s of this edition was imported before; this is version %d"),
                                             pg_text(rows, 0, 0), p->version);
    remark_say(&run->remarks, text);
    return 0;
}

static int kind_store(struct pg *pg, struct import_run *run, const void *list, size_t *ret_count, struct fault *f)
{
    const struct peer *p = list;
    const struct datapackage *of = &p->package;
    _cleanup_rows_ struct pg_rows *stored = NULL;
    if (!strcmp(of->country, run->country))
        return fault_set(f, -EBADMSG,
                         _("edition: it is of %s, this collector's own country, whose figures are made here"),
                         run->country);
    _cleanup_json_ json_t *about = json_pack(
        "{s:s, s:i, s:s, s:s, s:i, s:b, s:s, s:s?, s:I}", "country", of->country, "year", atoi(of->year), "chapter",
        place_country(of->country)->chapter, "title", of->title, "version", p->version, "simulated", p->simulated,
        "licence", of->licence, "licence_url", of->licence_url, "left_out", (json_int_t)p->left_out);
    _cleanup_text_ char *edition = json_text(about), *figures = json_text(p->figures);
    int rc = remark_older(pg, run, p, f);
    if (rc == 0)
        rc = pg_query(pg, "SELECT peer_store($1::int, $2::jsonb, $3::jsonb)", 3,
                      (const char *const[]){run->number, edition, figures}, &stored, f);
    if (rc == 0)
        *ret_count = (size_t)pg_int(stored, 0, 0);
    return rc;
}

static void kind_free(void *list)
{
    if (list)
        peer_free(list);
    free(list);
}

static void kind_say(const void *list, size_t count)
{
    const struct peer *p = list;
    log_info(_("figures of %s in %s imported: %zu, of the edition of %s"), p->package.country, p->package.year, count,
             place_country(p->package.country)->chapter);
    if (p->left_out)
        log_info(_("lines of other sources, countries and years, which are not this edition's: %zu"), p->left_out);
    if (p->version == 0)
        log_info("%s", _("the year is not closed there: the figures are provisional, and are told so"));
    if (p->simulated)
        log_warn("%s", _("figures of it are of an imaginary country, and are told so"));
}

const struct import_kind import_datapackage = {kind_read, kind_store,    kind_free,
                                               kind_say,  .whole = true, .within = DATAPACKAGE_NAME};
