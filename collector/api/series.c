/* GET /api/v1/series: a metric, or an indicator, day by day. Everybody reads what
 * was told (public_series_of), analysts what can be made of the days by cell
 * (series_made.h), or of hours (series_hour). */
#include <assert.h>
#include <errno.h>
#include <string.h>

#include "collector/api/endpoint.h"
#include "collector/api/series_made.h"
#include "collector/figure/block.h"

/* ---- what is asked for ---- */

#define ALIKE_KIND MADE_KIND /* lines are parted by what they measured as well */

static const struct {
    const char *word;
    unsigned alike;
    enum param filter;
} groups[] = {
    {"department", BLOCK_ALIKE(DEPARTMENT), PARAM_DEPARTMENT},
    {"operator", BLOCK_ALIKE(OPERATOR), PARAM_OPERATOR},
    {"technology", BLOCK_ALIKE(TECHNOLOGY), PARAM_TECHNOLOGY},
    {"zone", BLOCK_ALIKE(ZONE), PARAM_ZONE},
    {"target_kind", ALIKE_KIND, PARAM_TARGET_KIND},
};

/* What the lines of a row have in common: what `group` names, or, of everybody's
 * series, one value of. */
static unsigned alike(const struct params *p, bool filters)
{
    unsigned mask = 0;
    for (size_t g = 0; g < COUNT(groups); g++) {
        if (p->values[PARAM_GROUP] && params_list_has(p->values[PARAM_GROUP], groups[g].word))
            mask |= groups[g].alike;
        if (filters && p->values[groups[g].filter])
            mask |= groups[g].alike;
    }
    return mask;
}

/* By places that everybody reads: those of series_part. */
static bool is_told(unsigned mask)
{
    static const unsigned told[] = {0,
                                    BLOCK_ALIKE(DEPARTMENT),
                                    BLOCK_ALIKE(OPERATOR),
                                    BLOCK_ALIKE(TECHNOLOGY),
                                    BLOCK_ALIKE(ZONE),
                                    BLOCK_ALIKE(DEPARTMENT) | BLOCK_ALIKE(OPERATOR)};
    for (size_t t = 0; t < COUNT(told); t++)
        if (mask == told[t])
            return true;
    return false;
}

static const char *wants_key(const struct params *p)
{
    unsigned mask = alike(p, true);
    if (p->values[PARAM_PROBE])
        return N_("what one probe measured is for analysts: send Authorization: Bearer imk_…, or leave `probe` out");
    if (p->values[PARAM_QUANTILE])
        return N_("quantiles of one's own are for analysts: send Authorization: Bearer imk_…, or leave `quantile` out; "
                  "p10, p50 and p90 are for everybody");
    if (!is_told(mask & ~ALIKE_KIND))
        return N_(
            "days are told to everybody by operator, department, technology or zone, or by operator and department; "
            "send Authorization: Bearer imk_… for more of them together");
    if (p->values[PARAM_TARGET] && mask)
        return N_(
            "days of one target are told to everybody of all lines of a country; send Authorization: Bearer imk_…, "
            "or leave the target or the place out");
    return NULL;
}

/* ---- metrics ---- */

static const struct encode_column series_columns[] = {
    {"day", ENCODE_TEXT},         {"check", ENCODE_TEXT},      {"metric", ENCODE_TEXT},
    {"unit", ENCODE_TEXT},        {"source", ENCODE_TEXT},     {"simulated", ENCODE_BOOL},
    {"n_samples", ENCODE_NUMBER}, {"n_probes", ENCODE_NUMBER}, {"n_networks", ENCODE_NUMBER},
    {"p10", ENCODE_NUMBER},       {"p50", ENCODE_NUMBER},      {"p90", ENCODE_NUMBER},
    {"country", ENCODE_TEXT},     {"department", ENCODE_TEXT}, {"operator", ENCODE_TEXT},
    {"technology", ENCODE_TEXT},  {"zone", ENCODE_TEXT},       {"target_kind", ENCODE_TEXT},
    {"quantile", ENCODE_NUMBER},
};
static_assert(COUNT(series_columns) == MADE_COLUMNS, "what is made for analysts has the columns that everybody reads");

/* Whole days: the one that `to` falls into counts. */
#define FIRST_SQL "($1::timestamptz)::date"
#define LAST_SQL  "($2::timestamptz - interval '1 microsecond')::date"

static void bind_span(struct selection *s)
{
    selection_bind(s, s->from);
    selection_bind(s, s->to);
}

/* Of a filter that is not there, NULL. */
static void bind_filters(struct selection *s, const enum param *filters, size_t count)
{
    for (size_t i = 0; i < count; i++)
        buf_addf(&s->sql, ", $%d", selection_bind(s, s->params->values[filters[i]]));
}

static void select_series(struct selection *s)
{
    static const enum param filters[] = {PARAM_CHECK,    PARAM_METRIC,     PARAM_TARGET,
                                         PARAM_OPERATOR, PARAM_DEPARTMENT, PARAM_TECHNOLOGY,
                                         PARAM_ZONE,     PARAM_COUNTRY,    PARAM_TARGET_KIND};
    unsigned mask = alike(s->params, true);
    const char *scope = s->params->values[PARAM_TARGET] ? "target" : mask & ALIKE_KIND ? "kind" : "all";
    bind_span(s);
    buf_add_text(
        &s->sql,
        "SELECT day, check_name, metric, unit, source, simulated, n_samples, n_probes, n_networks, p10, p50, "
        "p90, country, department, operator, technology, zone, target_kind, NULL FROM public_series_of(" FIRST_SQL
        ", " LAST_SQL);
    bind_filters(s, filters, COUNT(filters));
    buf_addf(&s->sql, ", %u, '%s')", mask & ~ALIKE_KIND, scope);
    selection_limit(s);
}

static int make_series(struct answer *a, const struct selection *s, struct pg_pool *networks, struct http_reply *reply,
                       struct fault *f)
{
    return made_start(a, s, networks, alike(s->params, false), reply, f);
}

/* ---- metrics hour by hour ---- */

static const struct encode_column hour_columns[] = {
    {"hour", ENCODE_TEXT},       {"local", ENCODE_TEXT},        {"timezone", ENCODE_TEXT},
    {"check", ENCODE_TEXT},      {"metric", ENCODE_TEXT},       {"unit", ENCODE_TEXT},
    {"source", ENCODE_TEXT},     {"simulated", ENCODE_BOOL},    {"n_samples", ENCODE_NUMBER},
    {"n_probes", ENCODE_NUMBER}, {"n_networks", ENCODE_NUMBER}, {"p10", ENCODE_NUMBER},
    {"p50", ENCODE_NUMBER},      {"p90", ENCODE_NUMBER},        {"country", ENCODE_TEXT},
    {"department", ENCODE_TEXT}, {"operator", ENCODE_TEXT},     {"technology", ENCODE_TEXT},
    {"zone", ENCODE_TEXT},       {"target_kind", ENCODE_TEXT},  {"quantile", ENCODE_NUMBER},
};

static void select_hours(struct selection *s)
{
    static const enum param filters[] = {PARAM_CHECK,    PARAM_METRIC,     PARAM_TARGET,     PARAM_PROBE,
                                         PARAM_OPERATOR, PARAM_DEPARTMENT, PARAM_TECHNOLOGY, PARAM_ZONE,
                                         PARAM_COUNTRY,  PARAM_TARGET_KIND};
    bind_span(s);
    buf_add_text(&s->sql, "SELECT to_char(hour AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'), local, timezone, "
                          "check_name, metric, unit, source, simulated, n_samples, n_probes, n_networks, p10, p50, "
                          "p90, country, department, operator, technology, zone, target_kind, value FROM "
                          "series_hour($1, $2");
    bind_filters(s, filters, COUNT(filters));
    buf_addf(&s->sql, ", %u, $%d)", alike(s->params, false), selection_bind(s, s->params->values[PARAM_QUANTILE]));
    selection_limit(s);
}

/* Which lines gave a value is decided of days: in an hour fewer may have. */
static const char *hours_want_key(const struct params *p)
{
    return N_("hours are for analysts: what is told to everybody are blocks of five lines or more that hold for a day, "
              "and within an hour fewer of them may have measured; send Authorization: Bearer imk_…, or leave `grain` "
              "out");
}

static int hours_kept(const struct selection *s, struct pg *pg, struct fault *f)
{
    static const char sql[] = "SELECT hour_first(), coalesce($1::timestamptz < start, $2::timestamptz <= start) "
                              "FROM (SELECT hour_first()::timestamp AT TIME ZONE 'UTC' AS start) AS s";
    const bool from = s->params->values[PARAM_FROM];
    _cleanup_rows_ struct pg_rows *rows = NULL;
    int rc = pg_query(pg, sql, 2, (const char *const[]){from ? s->from : NULL, s->to}, &rows, f);
    if (rc < 0 || !pg_bool(rows, 0, 1))
        return rc;
    fault_set(f, -EINVAL, _("%s: hours are kept from %s on; ask for that day or later, or for grain=day"),
              param_name(from ? PARAM_FROM : PARAM_TO), pg_text(rows, 0, 0));
    return 1;
}

/* ---- indicators ---- */

static const struct encode_column day_columns[] = {
    {"day", ENCODE_TEXT},        {"indicator", ENCODE_TEXT},    {"country", ENCODE_TEXT}, {"source", ENCODE_TEXT},
    {"unit", ENCODE_TEXT},       {"value", ENCODE_NUMBER},      {"low", ENCODE_NUMBER},   {"high", ENCODE_NUMBER},
    {"n_probes", ENCODE_NUMBER}, {"n_networks", ENCODE_NUMBER},
};

/* As the chart shows them. */
static void select_days(struct selection *s)
{
    bind_span(s);
    buf_add_text(&s->sql, "SELECT day, indicator, country, source, unit, value, low, high, n_probes, n_networks "
                          "FROM public_indicator_day WHERE day BETWEEN " FIRST_SQL " AND " LAST_SQL);
    selection_narrow(s, PARAM_INDICATOR, "indicator =");
    selection_narrow(s, PARAM_COUNTRY, "country =");
    buf_add_text(&s->sql, " ORDER BY indicator, country, source, day");
    selection_limit(s);
}

static int days_only(const struct selection *s, struct pg *pg, struct fault *f)
{
    const char *grain = s->params->values[PARAM_GRAIN];
    if (!grain || !strcmp(grain, "day"))
        return 0;
    fault_set(f, -EINVAL, _("grain: indicators are made day by day; leave `grain` out, or ask for hours of a metric"));
    return 1;
}

/* ---- which of them ---- */

static const struct endpoint indicator_days = {
    .params = PARAMS_COMMON | PARAM(INDICATOR) | PARAM(FROM) | PARAM(TO) | PARAM(COUNTRY) | PARAM(GRAIN),
    .columns = day_columns,
    .column_count = COUNT(day_columns),
    .key = KEY_NONE,
    .select = select_days,
    .check = days_only,
};

#define PARAMS_METRIC                                                                                                  \
    (PARAMS_COMMON | PARAMS_CELL | PARAM(FROM) | PARAM(TO) | PARAM(CHECK) | PARAM(METRIC) | PARAM(TARGET) |            \
     PARAM(PROBE) | PARAM(KEY) | PARAM(ZONE) | PARAM(COUNTRY) | PARAM(TARGET_KIND) | PARAM(GROUP) | PARAM(GRAIN) |     \
     PARAM(QUANTILE) | PARAM(INDICATOR))

static const struct endpoint hours = {
    .params = PARAMS_METRIC,
    .columns = hour_columns,
    .column_count = COUNT(hour_columns),
    .key = KEY_HELPS,
    .select = select_hours,
    .wants_key = hours_want_key,
    .check = hours_kept,
};

static const struct endpoint_instead others[] = {
    {PARAM_INDICATOR, NULL, &indicator_days}, {PARAM_GRAIN, "hour", &hours}, {.endpoint = NULL}};

const struct endpoint endpoint_series = {
    .params = PARAMS_METRIC,
    .columns = series_columns,
    .column_count = COUNT(series_columns),
    .key = KEY_HELPS,
    .select = select_series,
    .make = make_series,
    .wants_key = wants_key,
    .instead = others,
};
