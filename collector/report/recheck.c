#include "collector/report/recheck.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "collector/format/csv.h"
#include "collector/report/printed.h"

/* A figure is another one where one of these is. */
static const enum figure_column identity[] = {
    FIGURE_INDICATOR, FIGURE_STATISTIC,  FIGURE_PERIOD, FIGURE_COUNTRY, FIGURE_GEO,
    FIGURE_OPERATOR,  FIGURE_TECHNOLOGY, FIGURE_FAMILY, FIGURE_ZONE,    FIGURE_SEX,
    FIGURE_AGE_GROUP, FIGURE_PLAN,       FIGURE_ITEM,   FIGURE_SOURCE,  FIGURE_SIMULATED,
};
/* The first of these that is another one says why its number is. */
static const enum figure_column reasons[] = {
    FIGURE_ADMITTED, FIGURE_METHOD_VERSION, FIGURE_VERSION, FIGURE_TARGET_SET, FIGURE_RETRIEVED, FIGURE_AS_OF,
};

static_assert(FIGURE_COLUMNS <= 64, "a bit each");

struct recheck_record {
    size_t line;
    bool printed;
    uint64_t told; /* of which columns, a bit each, it was told how they are now */
    char *key;
    char *fields[FIGURE_COLUMNS]; /* NULL: empty */
};

struct recheck_key {
    char *key;
    size_t row;
};

/* ---- one column of one row ---- */

static const char *word(const char *text, enum figure_column column)
{
    if (!text || figure_columns[column].type != ENCODE_BOOL)
        return text;
    return *text == 't' ? "true" : "false";
}

static char *key_of(const char *const *values)
{
    struct buf key = {0};
    for (size_t i = 0; i < COUNT(identity); i++) {
        const char *text = word(values[identity[i]], identity[i]);
        buf_addf(&key, "%s%c", text ? text : "", '\x1f');
    }
    return buf_take(&key);
}

static bool same(const char *a, const char *b)
{
    return a && b ? !strcmp(a, b) : a == b;
}

/* ---- what is published now ---- */

static int by_key(const void *a, const void *b)
{
    return strcmp(((const struct recheck_key *)a)->key, ((const struct recheck_key *)b)->key);
}

static int read_now(struct pg *pg, const char *countries, const char *year, struct recheck *r, struct fault *f)
{
    int rc = evidence_read(pg, countries, year, false, &r->now, f);
    size_t count = evidence_count(&r->now);
    r->keys = alloc_zero(count + 1, sizeof *r->keys);
    for (size_t row = 0; row < count; row++) {
        const char *values[FIGURE_COLUMNS];
        for (int c = 0; c < FIGURE_COLUMNS; c++)
            values[c] = evidence_text(&r->now, row, (enum figure_column)c);
        r->keys[row] = (struct recheck_key){key_of(values), row};
    }
    qsort(r->keys, count, sizeof *r->keys, by_key);
    return rc;
}

static ssize_t row_of(const struct recheck *r, char *key)
{
    const struct recheck_key wanted = {.key = key};
    const struct recheck_key *found = bsearch(&wanted, r->keys, evidence_count(&r->now), sizeof *r->keys, by_key);
    return found ? (ssize_t)found->row : -1;
}

/* ---- what was printed ---- */

/* By the header's names: a later program may have more columns. */
static void read_header(const struct csv *c, int ret_place[static FIGURE_COLUMNS])
{
    for (int column = 0; column < FIGURE_COLUMNS; column++) {
        ret_place[column] = -1;
        for (size_t i = 0; i < c->count; i++)
            if (!strcmp(c->fields[i], figure_columns[column].name))
                ret_place[column] = (int)i;
    }
}

static void add_record(struct recheck *r, const struct csv *c, const int *place)
{
    if ((r->count & (r->count + 1)) == 0)
        r->records = alloc_resize(r->records, 2 * (r->count + 1), sizeof *r->records);
    struct recheck_record *record = &r->records[r->count++];
    *record = (struct recheck_record){.line = r->count + 1};
    for (int column = 0; column < FIGURE_COLUMNS; column++) {
        const char *text = place[column] < 0 || (size_t)place[column] >= c->count ? "" : c->fields[place[column]];
        record->fields[column] = *text ? alloc_text(text) : NULL;
    }
    record->key = key_of((const char *const *)record->fields);
}

static int read_records(struct recheck *r, const struct buf *csv, struct fault *f)
{
    struct csv c;
    int place[FIGURE_COLUMNS];
    csv_start(&c, csv->data ? csv->data : "", csv->len);
    int rc = csv_next(&c, f);
    if (rc > 0)
        read_header(&c, place);
    if (rc == 0 || (rc > 0 && (place[FIGURE_INDICATOR] < 0 || place[FIGURE_VALUE] < 0)))
        rc = fault_set(f, -EBADMSG, _("indicators.csv has no columns `indicator` and `value`: it is no report's"));
    while (rc > 0 && (rc = csv_next(&c, f)) > 0)
        add_record(r, &c, place);
    csv_free(&c);
    return rc;
}

/* "{BJ,TG}" */
static char *countries_of(const struct recheck *r)
{
    struct buf list = {0};
    buf_add_text(&list, "{");
    for (size_t i = 0; i < r->count; i++) {
        const char *country = r->records[i].fields[FIGURE_COUNTRY];
        if (country && strlen(country) == 2 && !strstr(list.data, country))
            buf_addf(&list, "%s%s", list.len > 1 ? "," : "", country);
    }
    buf_add_text(&list, "}");
    return buf_take(&list);
}

/* ---- each number ---- */

struct checking {
    const struct recheck_report *report;
    const struct recheck_teller *tell;
    struct recheck *r;
    size_t foreign; /* the first line that is no record's, 0: none */
};

static enum figure_column column_of(const char *name)
{
    enum figure_column column = 0;
    while (column < FIGURE_COLUMNS && strcmp(figure_columns[column].name, name) != 0)
        column++;
    return column;
}

static bool is_as_in_csv(const struct checking *c, const struct printed *p, const struct recheck_record *record,
                         enum figure_column column)
{
    const char *field = record->fields[column];
    const struct indicator *i = indicator_find(record->fields[FIGURE_INDICATOR]);
    char number[NUMBER_TEXT_SIZE];
    if (!same(field, p->value))
        return false;
    printed_text(c->report->lang, i, column, strtod(field, NULL), number);
    return !i || !strcmp(number, p->text); /* of one that is unknown by now, so are its decimals */
}

static char *name_of(const struct recheck_record *record)
{
    struct buf name = {0};
    for (size_t i = 0; i < COUNT(identity); i++) {
        const char *text = record->fields[identity[i]];
        if (text && identity[i] != FIGURE_SIMULATED)
            buf_addf(&name, "%s%s", i ? " " : "", text);
    }
    return buf_take(&name);
}

static void judge(struct checking *c, const struct printed *p, const struct recheck_record *record,
                  enum figure_column column, struct recheck_number *n)
{
    const struct evidence *now = &c->r->now;
    ssize_t row = row_of(c->r, record->key);
    n->now = row < 0 ? NULL : evidence_text(now, (size_t)row, column);
    for (size_t i = 0; row >= 0 && !n->why && i < COUNT(reasons); i++) {
        n->was = record->fields[reasons[i]];
        n->is = word(evidence_text(now, (size_t)row, reasons[i]), reasons[i]);
        if (!same(n->was, n->is))
            n->why = figure_columns[reasons[i]].name;
    }
    bool withdrawn = n->why && !strcmp(n->why, figure_columns[FIGURE_ADMITTED].name);
    if (!is_as_in_csv(c, p, record, column)) {
        n->verdict = RECHECK_ALTERED;
        n->now = record->fields[column];
        n->why = NULL;
    } else if (!n->now || withdrawn) {
        n->verdict = RECHECK_GONE;
    } else {
        n->verdict = same(n->now, record->fields[column]) ? RECHECK_SAME : RECHECK_CHANGED;
    }
}

static void check_number(void *ctx, const struct printed *p)
{
    struct checking *c = ctx;
    enum figure_column column = column_of(p->column);
    struct recheck_record *record = p->line - 2 < c->r->count ? &c->r->records[p->line - 2] : NULL;
    if (!record || column == FIGURE_COLUMNS || !record->fields[FIGURE_INDICATOR]) {
        c->foreign = c->foreign ? c->foreign : p->line;
        return;
    }
    struct recheck_number n = {.line = p->line, .column = p->column, .printed = p->text};
    record->printed = true;
    judge(c, p, record, column, &n);
    c->r->verdicts[n.verdict]++;
    const uint64_t bit = UINT64_C(1) << column;
    if (n.verdict == RECHECK_SAME || (n.verdict != RECHECK_ALTERED && record->told & bit))
        return;
    record->told |= n.verdict != RECHECK_ALTERED ? bit : 0;
    _cleanup_text_ char *name = name_of(record);
    n.figure = name;
    c->tell->number(c->tell->ctx, &n);
}

int recheck_run(struct pg *pg, const struct recheck_report *report, const struct recheck_teller *tell,
                struct recheck *r, struct fault *f)
{
    struct checking c = {report, tell, r, 0};
    size_t at = 0;
    *r = (struct recheck){0};
    int rc = read_records(r, report->csv, f);
    _cleanup_text_ char *countries = countries_of(r);
    if (rc == 0)
        rc = read_now(pg, countries, report->year, r, f);
    if (rc < 0)
        return rc;
    if (!printed_each(report->html->data ? report->html->data : "", check_number, &c, &at))
        return fault_set(
            f, -EBADMSG,
            _("report.html: the number %zu octets from its start is not written as a report's: it was changed"), at);
    if (c.foreign)
        return fault_set(
            f, -EBADMSG,
            _("report.html: a number says that it is of line %zu of indicators.csv, which has no such figure"),
            c.foreign);
    return 0;
}

static bool is_cell(const struct recheck_record *record, const char *cell)
{
    static const enum figure_column parts[] = {FIGURE_GEO, FIGURE_OPERATOR, FIGURE_TECHNOLOGY, FIGURE_FAMILY,
                                               FIGURE_ZONE};
    _cleanup_(buf_free) struct buf text = {0};
    for (size_t p = 0; p < COUNT(parts); p++)
        if (record->fields[parts[p]])
            buf_addf(&text, "%s%s", text.len ? " " : "", record->fields[parts[p]]);
    return same(text.data ? text.data : "", cell);
}

size_t recheck_line(const struct recheck *r, const char *year, const struct follow_figure *g)
{
    for (size_t i = 0; i < r->count; i++) {
        const struct recheck_record *record = &r->records[i];
        if (record->printed && same(record->fields[FIGURE_INDICATOR], g->id) &&
            same(record->fields[FIGURE_STATISTIC], g->statistic) && same(record->fields[FIGURE_COUNTRY], g->country) &&
            same(record->fields[FIGURE_SOURCE], g->source) && same(record->fields[FIGURE_PERIOD], year) &&
            is_cell(record, g->cell))
            return record->line;
    }
    return 0;
}

void recheck_free(struct recheck *r)
{
    for (size_t i = 0; i < r->count; i++) {
        free(r->records[i].key);
        for (int c = 0; c < FIGURE_COLUMNS; c++)
            free(r->records[i].fields[c]);
    }
    for (size_t row = 0; r->keys && row < evidence_count(&r->now); row++)
        free(r->keys[row].key);
    free(r->records);
    free(r->keys);
    evidence_free(&r->now);
    *r = (struct recheck){0};
}
