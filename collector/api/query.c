/* The read side of the API: each endpoint is a list of columns, the parameters
 * it takes and a SELECT that they narrow. Results are for holders of a key, and
 * those of one probe for its host; everything else is for everybody, in
 * aggregates above the publication floor. */
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "collector/api/access.h"
#include "collector/api/answer.h"
#include "collector/api/api.h"
#include "collector/figure/figure.h"
#include "collector/api/param.h"
#include "common/clock.h"
#include "common/lang.h"
#include "common/limits.h"
#include "common/metric.h"
#include "common/outcome.h"

#define TAKE_WAIT_MS 5000
#define VALUES_MAX   16

struct query {
    struct http_request *request;
    struct http_reply *reply;
    const struct api *api;
    struct params params;
    struct access access;
    struct buf sql;
    const char *values[VALUES_MAX];
    int count;
    char from[TIME_TEXT_SIZE], to[TIME_TEXT_SIZE], check[8];
};

struct endpoint {
    unsigned params;
    const struct encode_column *columns;
    size_t column_count;
    enum { KEY_NONE, KEY_HELPS, KEY_NEEDED } key;
    void (*select)(struct query *q); /* fills sql and values */
    void (*row)(struct answer *a, const struct pg_rows *row, struct buf *out);
};

/* ---- building the statement ---- */

/* Gives the value the next number and returns it. */
static int bind(struct query *q, const char *value)
{
    q->values[q->count] = value;
    return ++q->count;
}

/* " AND column operator $n" when the parameter is there. */
static void narrow(struct query *q, enum param p, const char *condition)
{
    if (q->params.values[p])
        buf_addf(&q->sql, " AND %s $%d", condition, bind(q, q->params.values[p]));
}

static void limit(struct query *q)
{
    if (q->params.values[PARAM_LIMIT])
        buf_addf(&q->sql, " LIMIT %s", q->params.values[PARAM_LIMIT]);
}

/* ---- probes, targets, checks ---- */

static const struct encode_column probe_columns[] = {
    {"probe", ENCODE_TEXT},      {"country", ENCODE_TEXT}, {"department", ENCODE_TEXT}, {"operator", ENCODE_TEXT},
    {"technology", ENCODE_TEXT}, {"source", ENCODE_TEXT},  {"simulated", ENCODE_BOOL},  {"last_day", ENCODE_TEXT},
};

static void select_probes(struct query *q)
{
    buf_add_text(&q->sql, "SELECT probe, country, department, operator, technology, source, simulated, last_day "
                          "FROM public_probe WHERE true");
    narrow(q, PARAM_PROBE, "probe =");
    narrow(q, PARAM_OPERATOR, "operator =");
    narrow(q, PARAM_DEPARTMENT, "department =");
    narrow(q, PARAM_TECHNOLOGY, "technology =");
    buf_add_text(&q->sql, " ORDER BY probe");
    limit(q);
}

static const struct encode_column target_columns[] = {
    {"target", ENCODE_TEXT}, {"kind", ENCODE_TEXT}, {"country", ENCODE_TEXT}};

static void select_targets(struct query *q)
{
    buf_add_text(&q->sql, "SELECT target, kind, country FROM public_target WHERE true");
    narrow(q, PARAM_TARGET, "target =");
    buf_add_text(&q->sql, " ORDER BY target");
    limit(q);
}

/* ---- the league of EDNS ---- */

static const struct encode_column edns_columns[] = {
    {"zone", ENCODE_TEXT},
    {"country", ENCODE_TEXT},
    {"simulated", ENCODE_BOOL},
    {"n_probes", ENCODE_NUMBER},
    {"last_day", ENCODE_TEXT},
    {"passed", ENCODE_NUMBER},
    {"compliant", ENCODE_NUMBER},
    {"fail_dns", ENCODE_NUMBER},
    {"fail_edns", ENCODE_NUMBER},
    {"fail_edns1", ENCODE_NUMBER},
    {"fail_edns512", ENCODE_NUMBER},
    {"fail_ednsopt", ENCODE_NUMBER},
    {"fail_edns1opt", ENCODE_NUMBER},
    {"fail_do", ENCODE_NUMBER},
    {"fail_ednsflags", ENCODE_NUMBER},
    {"fail_optlist", ENCODE_NUMBER},
    {"fail_edns512tcp", ENCODE_NUMBER},
};

static void select_edns(struct query *q)
{
    buf_add_text(&q->sql, "SELECT * FROM public_edns_league WHERE true");
    narrow(q, PARAM_TARGET, "zone =");
    buf_add_text(&q->sql, " ORDER BY simulated, compliant DESC NULLS LAST, passed DESC NULLS LAST, zone");
    limit(q);
}

/* ---- checks ---- */

static const struct encode_column check_columns[] = {
    {"check", ENCODE_TEXT}, {"id", ENCODE_NUMBER},   {"metric", ENCODE_TEXT},
    {"unit", ENCODE_TEXT},  {"better", ENCODE_TEXT}, {"kind", ENCODE_TEXT},
};

static void select_checks(struct query *q)
{
    buf_add_text(&q->sql, "SELECT check_name, id, metric, unit, better, kind FROM public_check WHERE true");
    narrow(q, PARAM_CHECK, "check_name =");
    narrow(q, PARAM_METRIC, "metric =");
    buf_add_text(&q->sql, " ORDER BY id");
    limit(q);
}

/* ---- indicators ---- */

static void select_indicators(struct query *q)
{
    _cleanup_text_ char *columns = figure_select();
    buf_addf(&q->sql, "SELECT %s FROM public_indicator WHERE true", columns);
    narrow(q, PARAM_INDICATOR, "indicator =");
    narrow(q, PARAM_YEAR, "left(period, 4) =");
    narrow(q, PARAM_OPERATOR, "operator =");
    narrow(q, PARAM_DEPARTMENT, "geo =");
    narrow(q, PARAM_TECHNOLOGY, "technology =");
    narrow(q, PARAM_SOURCE, "source =");
    buf_add_text(&q->sql, " ORDER BY " FIGURE_ORDER);
    limit(q);
}

/* ---- series ---- */

static const struct encode_column series_columns[] = {
    {"day", ENCODE_TEXT},         {"check", ENCODE_TEXT},      {"metric", ENCODE_TEXT},
    {"unit", ENCODE_TEXT},        {"source", ENCODE_TEXT},     {"simulated", ENCODE_BOOL},
    {"n_samples", ENCODE_NUMBER}, {"n_probes", ENCODE_NUMBER}, {"n_networks", ENCODE_NUMBER},
    {"p10", ENCODE_NUMBER},       {"p50", ENCODE_NUMBER},      {"p90", ENCODE_NUMBER},
};

static void select_series(struct query *q)
{
    static const enum param filters[] = {PARAM_CHECK,    PARAM_METRIC,     PARAM_TARGET,    PARAM_PROBE,
                                         PARAM_OPERATOR, PARAM_DEPARTMENT, PARAM_TECHNOLOGY};
    /* Whole days: the one that `to` falls into counts. */
    buf_addf(&q->sql, "SELECT * FROM %s(($1::timestamptz)::date, ($2::timestamptz - interval '1 microsecond')::date",
             q->access.level == ACCESS_PUBLIC ? "public_series" : "series");
    bind(q, q->from);
    bind(q, q->to);
    for (size_t i = 0; i < COUNT(filters); i++)
        buf_addf(&q->sql, ", $%d", bind(q, q->params.values[filters[i]]));
    buf_add_char(&q->sql, ')');
    limit(q);
}

/* ---- results ---- */

static const struct encode_column result_columns[] = {
    {"at", ENCODE_TEXT},   {"probe", ENCODE_TEXT},   {"check", ENCODE_TEXT},
    {"task", ENCODE_TEXT}, {"target", ENCODE_TEXT},  {"addr", ENCODE_TEXT},
    {"af", ENCODE_NUMBER}, {"outcome", ENCODE_TEXT}, {"bytes", ENCODE_NUMBER},
};
enum {
    RESULT_AT = 0,
    RESULT_CHECK = 2,
    RESULT_ADDR = 5,
    RESULT_AF = 6,
    RESULT_OUTCOME = 7,
    RESULT_METRICS = COUNT(result_columns)
};

/* Words of closed lists come as numbers and are written here, and surroundings
 * are joined only when they narrow: a million rows are asked for at once. */
static void select_results(struct query *q)
{
    bool place = q->params.values[PARAM_OPERATOR] || q->params.values[PARAM_DEPARTMENT] ||
                 q->params.values[PARAM_TECHNOLOGY];
    buf_addf(&q->sql,
             "SELECT r.at, p.probe, r.check_no, k.name, t.name, host(r.addr), r.af, r.outcome, r.bytes, r.metrics "
             "FROM result r JOIN probe p USING (probe_no) JOIN task k USING (task_no) LEFT JOIN target t USING "
             "(target_no)%s "
             "WHERE true",
             place ? " JOIN probe_context x ON x.probe_no = r.probe_no AND r.at >= x.valid_from AND r.at < x.valid_to "
                     "LEFT JOIN operator n ON n.operator_no = x.operator_no"
                   : "");
    if (q->params.values[PARAM_FROM])
        buf_addf(&q->sql, " AND r.at >= $%d", bind(q, q->from));
    if (q->params.values[PARAM_TO])
        buf_addf(&q->sql, " AND r.at < $%d", bind(q, q->to));
    if (q->params.values[PARAM_CHECK]) {
        const char *name = q->params.values[PARAM_CHECK];
        snprintf(q->check, sizeof q->check, "%u", metric_set_find(name, strlen(name))->check_id);
        buf_addf(&q->sql, " AND r.check_no = $%d", bind(q, q->check));
    }
    narrow(q, PARAM_TARGET, "t.name =");
    narrow(q, PARAM_PROBE, "p.probe =");
    narrow(q, PARAM_OPERATOR, "n.name =");
    narrow(q, PARAM_DEPARTMENT, "x.department =");
    narrow(q, PARAM_TECHNOLOGY, "x.technology =");
    buf_add_text(&q->sql, " ORDER BY r.at");
    limit(q);
}

/* The columns of a table of results: what all have in common, then the metrics
 * of one check, or of all of them, a name once. The caller frees. */
static struct encode_column *metric_columns(const char *check, size_t *ret_count)
{
    struct encode_column *all = alloc_zero(ENCODE_COLUMNS_MAX, sizeof *all);
    size_t count = COUNT(result_columns);
    memcpy(all, result_columns, sizeof result_columns);
    for (size_t s = 0; s < metric_set_count; s++) {
        const struct metric_set *set = &metric_sets[s];
        for (size_t m = 0; m < set->count && (!check || !strcmp(check, set->check)); m++) {
            size_t c = COUNT(result_columns);
            while (c < count && strcmp(all[c].name, set->metrics[m].name) != 0)
                c++;
            if (c == count && count < ENCODE_COLUMNS_MAX)
                all[count++] = (struct encode_column){set->metrics[m].name, ENCODE_NUMBER};
        }
    }
    *ret_count = count;
    return all;
}

static const struct metric_set *set_of(const struct pg_rows *row)
{
    for (size_t s = 0; s < metric_set_count; s++)
        if (metric_sets[s].check_id == pg_int(row, 0, RESULT_CHECK))
            return &metric_sets[s];
    return NULL;
}

/* Parts "{1.5,NULL,3}" in place; returns how many there are. */
static size_t split_array(char *text, const char *ret_values[static METRICS_MAX])
{
    size_t count = 0;
    for (char *save, *at = strtok_r(text, "{,}", &save); at && count < METRICS_MAX; at = strtok_r(NULL, "{,}", &save))
        ret_values[count++] = strcmp(at, "NULL") ? at : NULL;
    return count;
}

/* PostgreSQL's "2026-11-22 10:00:00.5+00" as "2026-11-22T10:00:00.500000Z". */
static const char *rfc3339(const char *at, char ret_text[static TIME_TEXT_SIZE])
{
    size_t len = strcspn(at, "+");
    memcpy(ret_text, "0000-00-00T00:00:00.000000Z", TIME_TEXT_SIZE);
    if (len < TIME_TEXT_SIZE - 1)
        memcpy(ret_text, at, len);
    ret_text[10] = 'T';
    return ret_text;
}

struct result_row {
    const char *values[COUNT(result_columns)];
    const struct metric_set *set;
    const char *metrics[METRICS_MAX];
    size_t count; /* of metrics */
};

static void write_result_csv(struct answer *a, const struct result_row *r, struct buf *out)
{
    const char *values[ENCODE_COLUMNS_MAX] = {0};
    memcpy(values, r->values, sizeof r->values);
    for (size_t m = 0; m < r->count; m++)
        for (size_t c = COUNT(result_columns); r->metrics[m] && c < a->encoder.count; c++)
            if (!strcmp(a->encoder.columns[c].name, r->set->metrics[m].name))
                values[c] = r->metrics[m];
    encode_row(&a->encoder, values, out);
}

/* The same object as the probe sent, with the probe's name: address and family
 * are absent when there was none, metrics that were not measured too. */
static void write_result_json(struct answer *a, const struct result_row *r, struct buf *out)
{
    encode_next(&a->encoder, out);
    for (size_t i = 0; i < COUNT(result_columns); i++) {
        const char *value = r->values[i];
        if (!value && (i == RESULT_ADDR || i == RESULT_AF))
            continue;
        buf_addf(out, "%c\"%s\":", i ? ',' : '{', result_columns[i].name);
        if (result_columns[i].type == ENCODE_NUMBER)
            buf_add_text(out, value ? value : "null");
        else
            buf_add_json(out, value ? value : "", value ? strlen(value) : 0);
    }
    buf_add_text(out, ",\"metrics\":{");
    const char *comma = "";
    for (size_t m = 0; m < r->count; m++)
        if (r->metrics[m]) {
            buf_addf(out, "%s\"%s\":%s", comma, r->set->metrics[m].name, r->metrics[m]);
            comma = ",";
        }
    buf_add_text(out, "}}");
    encode_end_row(&a->encoder, out);
}

static void write_result(struct answer *a, const struct pg_rows *row, struct buf *out)
{
    struct result_row r = {.set = set_of(row)};
    char at[TIME_TEXT_SIZE];
    _cleanup_text_ char *metrics = alloc_text(pg_text(row, 0, RESULT_METRICS));
    for (size_t i = 0; i < COUNT(result_columns); i++)
        r.values[i] = pg_text(row, 0, (int)i);
    r.values[RESULT_AT] = rfc3339(r.values[RESULT_AT], at);
    r.values[RESULT_CHECK] = r.set ? r.set->check : "";
    r.values[RESULT_OUTCOME] = outcome_word((enum outcome)pg_int(row, 0, RESULT_OUTCOME));
    r.count = split_array(metrics, r.metrics);
    /* A database that a later version wrote may hold more than this one knows. */
    if (!r.set || r.count > r.set->count)
        r.count = r.set ? r.set->count : 0;
    (a->encoder.format == ENCODE_CSV ? write_result_csv : write_result_json)(a, &r, out);
}

/* ---- the endpoints ---- */

#define COMMON (PARAM(FORMAT) | PARAM(LIMIT))
#define CELL   (PARAM(OPERATOR) | PARAM(DEPARTMENT) | PARAM(TECHNOLOGY))

static const struct endpoint probes = {
    COMMON | CELL | PARAM(PROBE), probe_columns, COUNT(probe_columns), KEY_NONE, select_probes, NULL};
static const struct endpoint targets = {
    COMMON | PARAM(TARGET), target_columns, COUNT(target_columns), KEY_NONE, select_targets, NULL};
static const struct endpoint edns = {
    COMMON | PARAM(TARGET), edns_columns, COUNT(edns_columns), KEY_NONE, select_edns, NULL};
static const struct endpoint checks = {
    COMMON | PARAM(CHECK) | PARAM(METRIC), check_columns, COUNT(check_columns), KEY_NONE, select_checks, NULL};
static const struct endpoint results = {COMMON | CELL | PARAM(FROM) | PARAM(TO) | PARAM(CHECK) | PARAM(TARGET) |
                                            PARAM(PROBE) | PARAM(KEY),
                                        result_columns,
                                        COUNT(result_columns),
                                        KEY_NEEDED,
                                        select_results,
                                        write_result};
static const struct endpoint series = {COMMON | CELL | PARAM(FROM) | PARAM(TO) | PARAM(CHECK) | PARAM(METRIC) |
                                           PARAM(TARGET) | PARAM(PROBE) | PARAM(KEY),
                                       series_columns,
                                       COUNT(series_columns),
                                       KEY_HELPS,
                                       select_series,
                                       NULL};
static const struct endpoint indicators = {COMMON | CELL | PARAM(INDICATOR) | PARAM(YEAR) | PARAM(SOURCE),
                                           figure_columns,
                                           0,
                                           KEY_NONE,
                                           select_indicators,
                                           NULL};

/* ---- answering ---- */

/* text is for gettext, or was said in the client's language already. */
static int bad_parameter(struct query *q, const char *text)
{
    LANG_SCOPE(http_language(q->request));
    return http_problem(q->request, q->reply, 400, "parameter", N_("A parameter is wrong"), "%s", _(text));
}

static int key_wanted(struct query *q, const char *text)
{
    LANG_SCOPE(http_language(q->request));
    http_reply_header(q->request, "WWW-Authenticate", "Bearer realm=\"internetmetre\"");
    return http_problem(q->request, q->reply, 401, "key", N_("An analyst's key is wanted"), "%s", _(text));
}

/* The format that was asked for by name, else by Accept, else JSON. */
static enum encode_format choose_format(const struct query *q)
{
    enum encode_format format = ENCODE_JSON;
    const char *accept = http_header(q->request, "Accept");
    if (q->params.values[PARAM_FORMAT])
        return encode_format_parse(q->params.values[PARAM_FORMAT], &format) == 0 ? format : ENCODE_JSON;
    if (accept && strcasestr(accept, "text/csv"))
        return ENCODE_CSV;
    if (accept && (strcasestr(accept, "application/x-ndjson") || strcasestr(accept, "application/jsonl")))
        return ENCODE_NDJSON;
    return format;
}

/* A name that the database must know: 1 when it answered 400. */
static int check_known(struct query *q, struct pg *pg, enum param p, const char *sql, struct fault *f)
{
    _cleanup_rows_ struct pg_rows *rows = NULL;
    const char *value = q->params.values[p];
    if (!value)
        return 0;
    int rc = pg_query(pg, sql, 1, &value, &rows, f);
    if (rc < 0 || pg_bool(rows, 0, 0))
        return rc;
    LANG_SCOPE(http_language(q->request));
    const char *known = pg_text(rows, 0, 1);
    _cleanup_text_ char *text = alloc_format(_("%s: \"%.64s\" is not known; there are %s"), param_name(p), value,
                                             known ? known : _("none yet"));
    bad_parameter(q, text);
    return 1;
}

static int check_names(struct query *q, struct pg *pg, struct fault *f)
{
    int rc = check_known(q, pg, PARAM_OPERATOR,
                         "SELECT bool_or(name = $1), string_agg(DISTINCT name, ', ' ORDER BY name) FROM operator", f);
    if (rc == 0)
        rc = check_known(q, pg, PARAM_DEPARTMENT,
                         "SELECT bool_or(iso = $1), string_agg(iso, ', ' ORDER BY iso) FROM department", f);
    return rc;
}

static int run(struct query *q, const struct endpoint *e, struct fault *f)
{
    struct answer *a = alloc_zero(1, sizeof *a);
    a->pool = q->access.level == ACCESS_PUBLIC ? q->api->reader : q->api->analyst;
    int rc = pg_pool_take(a->pool, TAKE_WAIT_MS, &a->pg, f);
    if (rc == 0)
        rc = check_names(q, a->pg, f);
    if (rc != 0) {
        answer_free(a);
        return rc < 0 ? rc : 0;
    }
    a->encoder.format = choose_format(q);
    a->encoder.columns = e->columns;
    a->encoder.count = e->columns == figure_columns ? figure_column_count : e->column_count;
    a->row = e->row;
    if (e->row && a->encoder.format == ENCODE_CSV)
        a->encoder.columns = a->extra = metric_columns(q->params.values[PARAM_CHECK], &a->encoder.count);
    e->select(q);
    return answer_start(a, q->sql.data, q->count, q->values, q->reply, f);
}

/* Whatever else is asked for, the answer is about the owner's probe. */
static int own_probe(struct query *q, bool *ret_answered)
{
    const char *asked = q->params.values[PARAM_PROBE];
    *ret_answered = asked && strcmp(asked, q->access.probe) != 0;
    if (*ret_answered)
        return http_problem(q->request, q->reply, 403, "other-probe", N_("That probe is not yours"),
                            N_("this secret is for probe %s; leave `probe` out"), q->access.probe);
    q->params.values[PARAM_PROBE] = q->access.probe;
    return 0;
}

static int allow(struct query *q, const struct endpoint *e, bool *ret_answered, struct fault *f)
{
    *ret_answered = true;
    if (e->key == KEY_NONE) {
        *ret_answered = false;
        return 0;
    }
    const char *secret = access_bearer(http_header(q->request, "Authorization"));
    if (!secret && q->params.values[PARAM_KEY]) {
        secret = q->params.values[PARAM_KEY];
        http_reply_header(q->request, "Referrer-Policy", "no-referrer");
    }
    if (secret)
        http_reply_header(q->request, "Cache-Control", "no-store");
    int rc = access_of(q->api->ingest, secret, http_language(q->request), &q->access, f);
    if (rc == -EACCES)
        return key_wanted(q, f->text);
    if (rc < 0)
        return rc;
    if (q->access.level == ACCESS_OWNER)
        return own_probe(q, ret_answered);
    if (q->access.level == ACCESS_PUBLIC && e->key == KEY_NEEDED)
        return key_wanted(q, N_("send Authorization: Bearer imk_…; the collector's team makes keys with "
                                "`internetmetre-collector key create NAME`"));
    if (q->access.level == ACCESS_PUBLIC && q->params.values[PARAM_PROBE])
        return key_wanted(q, N_("what one probe measured is for analysts: send Authorization: Bearer imk_…, or leave "
                                "`probe` out"));
    *ret_answered = false;
    return 0;
}

static int read_params(struct query *q, const struct endpoint *e, struct fault *f)
{
    LANG_SCOPE(http_language(q->request));
    return params_read(q->request, e->params, &q->params, f);
}

static int answer(struct http_request *request, struct http_reply *reply)
{
    const struct endpoint *e = http_route_data(request);
    struct query q = {.request = request, .reply = reply, .api = http_context(request)};
    struct fault f = {0};
    bool answered;
    int64_t from_us, to_us;
    if (read_params(&q, e, &f) < 0)
        return bad_parameter(&q, f.text);
    params_span(&q.params, &from_us, &to_us);
    if (from_us >= to_us)
        return bad_parameter(&q, N_("from: lies behind `to`; swap them"));
    time_format(from_us, q.from);
    time_format(to_us, q.to);
    int rc = allow(&q, e, &answered, &f);
    if (rc == 0 && !answered)
        rc = run(&q, e, &f);
    buf_free(&q.sql);
    return rc < 0 ? http_failed(request, reply, rc, &f) : 0;
}

const struct http_route query_routes[] = {
    {.method = "GET", .path = "/api/v1/checks", .handler = answer, .data = &checks},
    {.method = "GET", .path = "/api/v1/edns", .handler = answer, .data = &edns},
    {.method = "GET", .path = "/api/v1/indicators", .handler = answer, .data = &indicators},
    {.method = "GET", .path = "/api/v1/probes", .handler = answer, .data = &probes},
    {.method = "GET", .path = "/api/v1/results", .handler = answer, .data = &results},
    {.method = "GET", .path = "/api/v1/series", .handler = answer, .data = &series},
    {.method = "GET", .path = "/api/v1/targets", .handler = answer, .data = &targets},
    {0},
};
