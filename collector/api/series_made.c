#include "collector/api/series_made.h"

#include <stdio.h>
#include <string.h>

#include "collector/db/copy.h"
#include "collector/db/copy_out.h"
#include "collector/figure/spread.h"
#include "collector/format/decimal.h"

#define KIND_NONE UINT16_MAX /* comes last */

/* The networks of a year's lines, as numbers that say nothing. */
struct year {
    int64_t year;
    uint32_t *networks; /* by probe_no */
    size_t count;
};

struct made {
    struct answer *answer;
    struct pg_rows *places, *metrics;
    char **kinds; /* of targets */
    size_t kind_count;
    uint32_t *place_of; /* by cell_no: the number of its place; 0: not asked for */
    size_t cells;
    size_t *row_of; /* by number of a place: one of its rows in `places` */
    struct metric_key {
        int64_t check_no, position;
    } * keys; /* as `metrics` has them */
    struct year *years;
    size_t year_count;
    uint32_t network_max;
    struct spread *spread;
    int64_t probe_no; /* 0: all */
    double quantiles[SPREAD_QUANTILES];
    size_t quantile_count;
    unsigned alike;
    bool nothing; /* of that name is there */
    struct copy_out in;
    struct buf lines, numbers; /* of struct spread_line, of the day at hand; what a row says */
    int64_t day;               /* since 2000-01-01; INT64_MIN: none yet */
};

static void made_free(void *ctx)
{
    struct made *m = ctx;
    pg_rows_free(m->places);
    pg_rows_free(m->metrics);
    for (size_t k = 0; k < m->kind_count; k++)
        free(m->kinds[k]);
    free(m->kinds);
    for (size_t y = 0; y < m->year_count; y++)
        free(m->years[y].networks);
    free(m->years);
    free(m->place_of);
    free(m->row_of);
    free(m->keys);
    spread_free(m->spread);
    buf_free(&m->lines);
    buf_free(&m->numbers);
    free(m);
}

/* ---- names into numbers ---- */

#define SPAN_SQL                                                                                                       \
    "SELECT ($1::timestamptz)::date, ($2::timestamptz - interval '1 microsecond')::date, (SELECT "                     \
    "string_agg(t.target_no::text, ',') FROM target t WHERE t.name = $3 AND ($4::text IS NULL OR t.kind = $4)), "      \
    "(SELECT p.probe_no FROM probe p WHERE p.probe = $5)"
#define METRICS_SQL                                                                                                    \
    "SELECT m.check_no, m.position, k.name, m.name, m.unit FROM metric m JOIN check_kind k USING (check_no) WHERE "    \
    "($1::text IS NULL OR k.name = $1) AND ($2::text IS NULL OR m.name = $2) ORDER BY k.name, m.name"
#define KINDS_SQL "SELECT DISTINCT kind FROM target WHERE kind IS NOT NULL ORDER BY kind"
#define PLACES_SQL                                                                                                     \
    "SELECT cell_no, place_no, source, simulated, country, department, operator, technology, zone FROM "               \
    "series_place($1, $2, $3, $4, $5, $6::int) ORDER BY place_no"
#define NETWORKS_SQL                                                                                                   \
    "SELECT year, probe_no, network FROM series_network(extract(year FROM $1::date)::int, extract(year FROM "          \
    "$2::date)::int) ORDER BY year, probe_no DESC"

static int read_places(struct made *m, struct pg *pg, const struct params *p, struct fault *f)
{
    char alike[16];
    snprintf(alike, sizeof alike, "%u", m->alike);
    const char *const *v = p->values;
    const char *const values[] = {v[PARAM_OPERATOR], v[PARAM_DEPARTMENT], v[PARAM_TECHNOLOGY],
                                  v[PARAM_ZONE],     v[PARAM_COUNTRY],    alike};
    int rc = pg_query(pg, PLACES_SQL, COUNT(values), values, &m->places, f);
    size_t count = rc == 0 ? pg_rows_count(m->places) : 0;
    for (size_t r = 0; r < count; r++) {
        size_t cell = (size_t)pg_int(m->places, r, 0);
        m->cells = cell >= m->cells ? cell + 1 : m->cells;
    }
    m->place_of = alloc_zero(m->cells + 1, sizeof *m->place_of);
    m->row_of = alloc_zero(count + 1, sizeof *m->row_of); /* there are as many places, or fewer */
    for (size_t r = 0; r < count; r++) {
        uint32_t place = (uint32_t)pg_int(m->places, r, 1);
        m->place_of[pg_int(m->places, r, 0)] = place;
        m->row_of[place] = r;
    }
    return rc;
}

static int read_metrics(struct made *m, struct pg *pg, const struct params *p, struct fault *f)
{
    const char *const values[] = {p->values[PARAM_CHECK], p->values[PARAM_METRIC]};
    int rc = pg_query(pg, METRICS_SQL, COUNT(values), values, &m->metrics, f);
    size_t count = rc == 0 ? pg_rows_count(m->metrics) : 0;
    m->keys = alloc_zero(count + 1, sizeof *m->keys);
    for (size_t r = 0; r < count; r++)
        m->keys[r] = (struct metric_key){pg_int(m->metrics, r, 0), pg_int(m->metrics, r, 1)};
    return rc;
}

static void add_kind(struct made *m, char *kind)
{
    m->kinds = alloc_resize(m->kinds, m->kind_count + 1, sizeof *m->kinds);
    m->kinds[m->kind_count++] = kind;
}

static int read_kinds(struct made *m, struct pg *pg, struct fault *f)
{
    _cleanup_rows_ struct pg_rows *rows = NULL;
    int rc = pg_query(pg, KINDS_SQL, 0, NULL, &rows, f);
    for (size_t r = 0; rc == 0 && r < pg_rows_count(rows); r++)
        add_kind(m, alloc_text(pg_text(rows, r, 0)));
    return rc;
}

static void add_network(struct made *m, int64_t of_year, size_t probe_no, uint32_t network)
{
    if (m->year_count == 0 || m->years[m->year_count - 1].year != of_year) {
        m->years = alloc_resize(m->years, m->year_count + 1, sizeof *m->years);
        m->years[m->year_count++] = (struct year){of_year, alloc_zero(probe_no + 1, sizeof(uint32_t)), probe_no + 1};
    }
    m->years[m->year_count - 1].networks[probe_no] = network;
    m->network_max = network > m->network_max ? network : m->network_max;
}

/* Over a connection that no analyst has. */
static int read_networks(struct made *m, struct pg_pool *pool, const struct made_span *span, struct fault *f)
{
    _cleanup_rows_ struct pg_rows *rows = NULL;
    struct pg *pg = NULL;
    int rc = pg_pool_take(pool, PG_TAKE_WAIT_MS, &pg, f);
    if (rc < 0)
        return rc;
    rc = pg_query(pg, NETWORKS_SQL, 2, (const char *const[]){span->first, span->last}, &rows, f);
    pg_pool_give(pool, pg);
    for (size_t r = 0; rc == 0 && r < pg_rows_count(rows); r++)
        add_network(m, pg_int(rows, r, 0), (size_t)pg_int(rows, r, 1), (uint32_t)pg_int(rows, r, 2));
    m->spread = spread_new(m->network_max);
    return rc;
}

/* ---- the days, as they come ---- */

char *made_sql(const struct made_span *s)
{
    struct buf sql = {0};
    buf_addf(&sql,
             "COPY (SELECT d.day - '2000-01-01'::date, d.cell_no, d.check_no, d.position, d.kind, d.probes, d.samples, "
             "d.medians FROM rollup_cell_day d WHERE d.day BETWEEN '%s' AND '%s' AND d.scope = '%s'",
             s->first, s->last, s->scope);
    if (s->check_no)
        buf_addf(&sql, " AND d.check_no = %lld", (long long)s->check_no);
    if (s->position)
        buf_addf(&sql, " AND d.position = %lld", (long long)s->position);
    if (s->kind)
        buf_addf(&sql, " AND d.kind = '%s'", s->kind);
    if (s->targets)
        buf_addf(&sql, " AND d.target_no IN (%s)", s->targets);
    if (s->cells)
        buf_addf(&sql, " AND d.cell_no IN (%s)", s->cells);
    if (s->probe_no)
        buf_addf(&sql,
                 " AND (d.day, d.cell_no) IN (SELECT l.day, l.cell_no FROM rollup_line l WHERE l.probe_no = %lld AND "
                 "l.day BETWEEN '%s' AND '%s')",
                 (long long)s->probe_no, s->first, s->last);
    buf_add_text(&sql, " ORDER BY d.day) TO STDOUT (FORMAT binary)");
    return buf_take(&sql);
}

/* As many as there are: none that is asked for. */
static size_t metric_of(const struct made *m, int64_t check_no, int64_t position)
{
    size_t r = 0, count = pg_rows_count(m->metrics);
    while (r < count && (m->keys[r].check_no != check_no || m->keys[r].position != position))
        r++;
    return r;
}

/* A day may keep a kind that no target has any more: it comes last, but before that of no target. */
static uint64_t kind_of(struct made *m, const char *kind, size_t len)
{
    if (!kind)
        return KIND_NONE;
    for (size_t k = 0; k < m->kind_count; k++)
        if (strlen(m->kinds[k]) == len && !memcmp(m->kinds[k], kind, len))
            return k;
    add_kind(m, alloc_text_n(kind, len));
    return m->kind_count - 1;
}

static const struct year *year_of(const struct made *m, int64_t day)
{
    char date[TIME_TEXT_SIZE];
    int64_t year = strtol(time_format((day + PG_EPOCH_DAY) * INT64_C(86400000000), date), NULL, 10);
    for (size_t y = 0; y < m->year_count; y++)
        if (m->years[y].year == year)
            return &m->years[y];
    return NULL;
}

/* A cell's row: its lines, to those of the day. */
static void add_lines(struct made *m, const struct year *year)
{
    struct copy_out *in = &m->in;
    size_t max = (size_t)(in->end - in->at) / 8, kind_len; /* an element is 8 octets */
    size_t cell = (size_t)copy_out_int(in, 0);
    int64_t check_no = copy_out_int(in, 0), position = copy_out_int(in, 0);
    const char *kind = (const char *)copy_out_bytes(in, &kind_len);
    uint64_t place = cell < m->cells ? m->place_of[cell] : 0, metric = metric_of(m, check_no, position);
    if (!place || metric == pg_rows_count(m->metrics))
        return;
    uint64_t subject = metric << 48 | place << 16 | kind_of(m, kind, kind_len);
    buf_clear(&m->numbers);
    buf_reserve(&m->numbers, max * 3 * sizeof(int32_t));
    int32_t *probes = (void *)m->numbers.data, *samples = probes + max;
    float *medians = (void *)(samples + max);
    size_t count = copy_out_ints(in, probes, max), counted = copy_out_ints(in, samples, max);
    counted = copy_out_floats(in, medians, counted);
    buf_reserve(&m->lines, count * sizeof(struct spread_line));
    struct spread_line *line = (void *)(m->lines.data + m->lines.len);
    for (size_t i = 0; i < count && i < counted; i++) {
        if (m->probe_no && probes[i] != m->probe_no)
            continue;
        bool known = year && probes[i] >= 0 && (size_t)probes[i] < year->count;
        *line++ = (struct spread_line){subject, samples[i], known ? year->networks[probes[i]] : 0, medians[i]};
    }
    m->lines.len = (size_t)((char *)line - m->lines.data);
}

/* ---- rows ---- */

static void write_point(struct made *m, const char *date, const struct spread_point *p)
{
    size_t metric = p->subject >> 48, kind = p->subject & UINT16_MAX;
    char counts[3][24], values[SPREAD_QUANTILES][DECIMAL_SIZE];
    size_t place = m->row_of[p->subject >> 16 & UINT32_MAX];
    snprintf(counts[0], sizeof counts[0], "%lld", (long long)p->samples);
    snprintf(counts[1], sizeof counts[1], "%zu", p->lines);
    snprintf(counts[2], sizeof counts[2], "%zu", p->networks);
    for (size_t q = 0; q < m->quantile_count; q++)
        decimal_write(p->values[q], values[q]);
    const char *row[MADE_COLUMNS] = {[MADE_DAY] = date};
    for (int c = 0; c < 3; c++) {
        row[MADE_CHECK + c] = pg_text(m->metrics, metric, 2 + c);
        row[MADE_SAMPLES + c] = counts[c];
        row[MADE_P10 + c] = values[c];
    }
    row[MADE_SOURCE] = pg_text(m->places, place, 2);
    row[MADE_SIMULATED] = pg_text(m->places, place, 3);
    for (int c = 0; c < 5; c++)
        row[MADE_COUNTRY + c] = pg_text(m->places, place, 4 + c);
    row[MADE_TARGET_KIND] = m->alike & MADE_KIND && kind != KIND_NONE ? m->kinds[kind] : NULL;
    row[MADE_QUANTILE] = m->quantile_count > 3 ? values[3] : NULL;
    if (page_takes(&m->answer->page, row, MADE_COLUMNS))
        encode_row(&m->answer->encoder, row, &m->answer->waiting);
}

static void write_day(struct made *m)
{
    struct spread_line *lines = (void *)m->lines.data;
    size_t count = m->lines.len / sizeof *lines;
    char date[TIME_TEXT_SIZE];
    time_format((m->day + PG_EPOCH_DAY) * INT64_C(86400000000), date);
    date[10] = '\0';
    spread_sort(lines, count);
    for (size_t i = 0; i < count && !m->answer->page.cut;) {
        struct spread_point point;
        i += spread_point(m->spread, lines + i, count - i, m->quantiles, m->quantile_count, &point);
        write_point(m, date, &point);
    }
    buf_clear(&m->lines);
}

/* Reads to the end of a day, and writes its rows. */
static int next_day(void *ctx, bool *ret_more, struct fault *f)
{
    struct made *m = ctx;
    const struct year *year = m->day == INT64_MIN ? NULL : year_of(m, m->day);
    bool more = false;
    int rc = 0;
    while (!m->nothing && !m->answer->page.cut && (rc = copy_out_next(&m->in, &more, f)) == 0 && more) {
        int64_t day = copy_out_int(&m->in, 0);
        bool other = day != m->day;
        if (other && m->day != INT64_MIN)
            write_day(m);
        if (other)
            year = year_of(m, day);
        m->day = day;
        add_lines(m, year);
        if (other)
            break;
    }
    if (rc == 0 && !more && m->day != INT64_MIN)
        write_day(m);
    *ret_more = more;
    return rc;
}

/* ---- begun ---- */

static char *numbers_of_cells(const struct made *m)
{
    struct buf cells = {0};
    for (size_t r = 0; r < pg_rows_count(m->places); r++)
        buf_addf(&cells, "%s%s", r ? "," : "", pg_text(m->places, r, 0));
    return buf_take(&cells);
}

static bool narrows_cells(const struct params *p)
{
    return p->values[PARAM_OPERATOR] || p->values[PARAM_DEPARTMENT] || p->values[PARAM_TECHNOLOGY] ||
           p->values[PARAM_ZONE] || p->values[PARAM_COUNTRY];
}

/* *ret_sql: of what is asked for, NULL: there is nothing of that name. found: a row of SPAN_SQL. */
static int choose(struct made *m, const struct params *p, const struct pg_rows *found, struct pg_pool *networks,
                  char **ret_sql, struct fault *f)
{
    const char *const *v = p->values;
    struct made_span span = {.first = pg_text(found, 0, 0), .last = pg_text(found, 0, 1), .scope = "all"};
    _cleanup_text_ char *cells = narrows_cells(p) ? numbers_of_cells(m) : NULL;
    if (v[PARAM_TARGET]) {
        span.scope = "target";
        span.targets = pg_text(found, 0, 2);
    } else if (v[PARAM_TARGET_KIND] || m->alike & MADE_KIND) {
        span.scope = "kind";
        span.kind = v[PARAM_TARGET_KIND];
    }
    span.cells = cells;
    span.check_no = v[PARAM_CHECK] || pg_rows_count(m->metrics) == 1 ? m->keys[0].check_no : 0;
    span.position = pg_rows_count(m->metrics) == 1 ? m->keys[0].position : 0;
    span.probe_no = m->probe_no = pg_int(found, 0, 3);
    bool none = pg_rows_count(m->places) == 0 || pg_rows_count(m->metrics) == 0 || (v[PARAM_TARGET] && !span.targets) ||
                (v[PARAM_PROBE] && !m->probe_no);
    *ret_sql = none ? NULL : made_sql(&span);
    return none ? 0 : read_networks(m, networks, &span, f);
}

static int begin(struct made *m, const struct selection *s, struct pg_pool *networks, struct fault *f)
{
    struct pg *pg = m->answer->pg;
    const char *const *v = s->params->values;
    const char *const spans[] = {s->from, s->to, v[PARAM_TARGET], v[PARAM_TARGET_KIND], v[PARAM_PROBE]};
    _cleanup_rows_ struct pg_rows *found = NULL;
    _cleanup_text_ char *sql = NULL;
    int rc = pg_query(pg, SPAN_SQL, COUNT(spans), spans, &found, f);
    if (rc == 0)
        rc = read_metrics(m, pg, s->params, f);
    if (rc == 0)
        rc = read_kinds(m, pg, f);
    if (rc == 0)
        rc = read_places(m, pg, s->params, f);
    if (rc == 0)
        rc = choose(m, s->params, found, networks, &sql, f);
    if (rc == 0 && sql)
        rc = copy_out_start(&m->in, pg, sql, f);
    m->nothing = !sql;
    return rc;
}

int made_start(struct answer *a, const struct selection *s, struct pg_pool *networks, unsigned alike,
               struct http_reply *reply, struct fault *f)
{
    static const double quantiles[] = {0.1, 0.5, 0.9};
    const char *quantile = s->params->values[PARAM_QUANTILE];
    struct made *m = alloc_zero(1, sizeof *m);
    m->answer = a;
    m->alike = alike;
    m->day = INT64_MIN;
    memcpy(m->quantiles, quantiles, sizeof quantiles);
    m->quantile_count = COUNT(quantiles) + (quantile != NULL);
    if (quantile)
        m->quantiles[COUNT(quantiles)] = strtod(quantile, NULL);
    a->source = (struct answer_source){next_day, made_free, m};
    int rc = begin(m, s, networks, f);
    if (rc < 0) {
        answer_free(a);
        return rc;
    }
    return answer_begin(a, reply, f);
}
