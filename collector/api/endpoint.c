/* The endpoints that hand out aggregates above the publication floor, and the
 * table of them all. */
#include "collector/api/endpoint.h"

#include <string.h>

#include "collector/api/api.h"
#include "collector/figure/figure.h"
#include "collector/figure/goal.h"

/* ---- probes, targets, checks ---- */

static const struct encode_column probe_columns[] = {
    {"probe", ENCODE_TEXT},      {"country", ENCODE_TEXT}, {"department", ENCODE_TEXT}, {"operator", ENCODE_TEXT},
    {"technology", ENCODE_TEXT}, {"source", ENCODE_TEXT},  {"simulated", ENCODE_BOOL},  {"last_week", ENCODE_TEXT},
};

static void select_probes(struct selection *s)
{
    buf_add_text(&s->sql, "SELECT probe, country, department, operator, technology, source, simulated, last_week "
                          "FROM public_probe WHERE true");
    selection_narrow(s, PARAM_PROBE, "probe =");
    selection_narrow(s, PARAM_OPERATOR, "operator =");
    selection_narrow(s, PARAM_DEPARTMENT, "department =");
    selection_narrow(s, PARAM_TECHNOLOGY, "technology =");
    buf_add_text(&s->sql, " ORDER BY probe");
    selection_limit(s);
}

static const struct encode_column target_columns[] = {
    {"target", ENCODE_TEXT}, {"kind", ENCODE_TEXT}, {"country", ENCODE_TEXT}};

static void select_targets(struct selection *s)
{
    buf_add_text(&s->sql, "SELECT target, kind, country FROM public_target WHERE true");
    selection_narrow(s, PARAM_TARGET, "target =");
    buf_add_text(&s->sql, " ORDER BY target");
    selection_limit(s);
}

/* ---- the league of EDNS ---- */

static const struct encode_column edns_columns[] = {
    {"zone", ENCODE_TEXT},
    {"country", ENCODE_TEXT},
    {"simulated", ENCODE_BOOL},
    {"n_probes", ENCODE_NUMBER},
    {"last_week", ENCODE_TEXT},
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

static void select_edns(struct selection *s)
{
    buf_add_text(&s->sql, "SELECT * FROM public_edns_league WHERE true");
    selection_narrow(s, PARAM_TARGET, "zone =");
    buf_add_text(&s->sql, " ORDER BY simulated, compliant DESC NULLS LAST, passed DESC NULLS LAST, zone");
    selection_limit(s);
}

/* ---- checks ---- */

static const struct encode_column check_columns[] = {
    {"check", ENCODE_TEXT}, {"id", ENCODE_NUMBER},   {"metric", ENCODE_TEXT},
    {"unit", ENCODE_TEXT},  {"better", ENCODE_TEXT}, {"kind", ENCODE_TEXT},
};

static void select_checks(struct selection *s)
{
    buf_add_text(&s->sql, "SELECT check_name, id, metric, unit, better, kind FROM public_check WHERE true");
    selection_narrow(s, PARAM_CHECK, "check_name =");
    selection_narrow(s, PARAM_METRIC, "metric =");
    buf_add_text(&s->sql, " ORDER BY id");
    selection_limit(s);
}

/* ---- indicators ---- */

static void select_indicators(struct selection *s)
{
    _cleanup_text_ char *columns = figure_select();
    buf_addf(&s->sql, "SELECT %s FROM %s WHERE true", columns,
             s->params->values[PARAM_VERSION] ? "public_indicator_version" : "public_indicator");
    selection_narrow(s, PARAM_INDICATOR, "indicator =");
    selection_narrow(s, PARAM_YEAR, "left(period, 4) =");
    selection_narrow(s, PARAM_VERSION, "version =");
    selection_narrow(s, PARAM_OPERATOR, "operator =");
    selection_narrow(s, PARAM_DEPARTMENT, "geo =");
    selection_narrow(s, PARAM_TECHNOLOGY, "technology =");
    selection_narrow(s, PARAM_SOURCE, "source =");
    buf_add_text(&s->sql, " ORDER BY " FIGURE_ORDER);
    selection_limit(s);
}

/* ---- from year to year ---- */

static const struct encode_column change_columns[] = {
    {"indicator", ENCODE_TEXT},    {"name_fr", ENCODE_TEXT},    {"name_en", ENCODE_TEXT},
    {"country", ENCODE_TEXT},      {"source", ENCODE_TEXT},     {"simulated", ENCODE_BOOL},
    {"statistic", ENCODE_TEXT},    {"unit", ENCODE_TEXT},       {"from_period", ENCODE_TEXT},
    {"to_period", ENCODE_TEXT},    {"comparable", ENCODE_BOOL}, {"why", ENCODE_TEXT},
    {"kind", ENCODE_TEXT}, /* of what is common */
    {"value_from", ENCODE_NUMBER}, {"value_to", ENCODE_NUMBER}, {"change", ENCODE_NUMBER},
    {"low", ENCODE_NUMBER},        {"high", ENCODE_NUMBER},     {"significant", ENCODE_BOOL},
    {"percent", ENCODE_NUMBER},    {"n_lines", ENCODE_NUMBER},  {"n_cells", ENCODE_NUMBER},
    {"whole_from", ENCODE_NUMBER}, {"whole_to", ENCODE_NUMBER}, {"method_version", ENCODE_NUMBER},
};

static void select_changes(struct selection *s)
{
    buf_add_text(&s->sql, "SELECT * FROM public_change WHERE true");
    selection_narrow(s, PARAM_INDICATOR, "indicator =");
    selection_narrow(s, PARAM_YEAR, "to_period =");
    selection_narrow(s, PARAM_SOURCE, "source =");
    buf_add_text(&s->sql, " ORDER BY indicator, to_period, country, source, statistic, from_period");
    selection_limit(s);
}

/* ---- goals ---- */

/* At the end of a year that is not over: as of now. */
static void select_goals(struct selection *s)
{
    _cleanup_text_ char *select = goal_select();
    int year = selection_bind(s, s->params->values[PARAM_YEAR]);
    buf_addf(&s->sql, "%scoalesce($%d::int, extract(year FROM now() AT TIME ZONE 'UTC')::int)) WHERE true", select,
             year);
    selection_narrow(s, PARAM_INDICATOR, "indicator =");
    selection_narrow(s, PARAM_COUNTRY, "country =");
    selection_limit(s);
}

/* ---- events ---- */

static const struct encode_column event_columns[] = {
    {"country", ENCODE_TEXT},    {"date", ENCODE_TEXT},      {"geo", ENCODE_TEXT},      {"place", ENCODE_TEXT},
    {"kind", ENCODE_TEXT},       {"title_fr", ENCODE_TEXT},  {"title_en", ENCODE_TEXT}, {"source", ENCODE_TEXT},
    {"source_url", ENCODE_TEXT}, {"retrieved", ENCODE_TEXT}, {"note", ENCODE_TEXT},
};

static void select_events(struct selection *s)
{
    buf_add_text(&s->sql,
                 "SELECT country, date, geo, place, kind, title_fr, title_en, source, source_url, retrieved, note "
                 "FROM public_event WHERE true");
    selection_narrow(s, PARAM_COUNTRY, "country =");
    selection_narrow(s, PARAM_YEAR, "extract(year FROM date)::int::text =");
    buf_add_text(&s->sql, " ORDER BY date, country, kind, title_en, source, title_fr, geo, source_url, note");
    selection_limit(s);
}

/* ---- plans ---- */

static const struct encode_column plan_columns[] = {
    {"country", ENCODE_TEXT},
    {"operator", ENCODE_TEXT},
    {"plan", ENCODE_TEXT},
    {"name", ENCODE_TEXT},
    {"technology", ENCODE_TEXT},
    {"segment", ENCODE_TEXT},
    {"price", ENCODE_NUMBER},
    {"currency", ENCODE_TEXT},
    {"volume_gb", ENCODE_NUMBER},
    {"validity_days", ENCODE_NUMBER},
    {"down_mbps", ENCODE_NUMBER},
    {"up_mbps", ENCODE_NUMBER},
    {"throttled_mbps", ENCODE_NUMBER},
    {"valid_from", ENCODE_TEXT},
    {"source", ENCODE_TEXT},
    {"source_url", ENCODE_TEXT},
    {"retrieved", ENCODE_TEXT},
};

/* The technology is of a line: a plan of the mobile market is for any generation. */
static void select_plans(struct selection *s)
{
    const char *technology = s->params->values[PARAM_TECHNOLOGY];
    buf_add_text(&s->sql, "SELECT country, operator, plan, name, technology, segment, price, currency, volume_gb, "
                          "validity_days, down_mbps, up_mbps, throttled_mbps, valid_from, source, source_url, "
                          "retrieved FROM public_plan WHERE true");
    selection_narrow(s, PARAM_COUNTRY, "country =");
    selection_narrow(s, PARAM_OPERATOR, "operator =");
    if (technology)
        buf_addf(&s->sql, " AND $%d = ANY (lines)", selection_bind(s, technology));
    buf_add_text(&s->sql, " ORDER BY country, operator, price / validity_days, plan");
    selection_limit(s);
}

/* ---- by shares of the market ---- */

static const struct encode_column weighted_columns[] = {
    {"indicator", ENCODE_TEXT},     {"name_fr", ENCODE_TEXT},        {"name_en", ENCODE_TEXT},
    {"period", ENCODE_TEXT},        {"country", ENCODE_TEXT},        {"technology", ENCODE_TEXT},
    {"statistic", ENCODE_TEXT},     {"value", ENCODE_NUMBER},        {"unweighted", ENCODE_NUMBER},
    {"unit", ENCODE_TEXT},          {"n_operators", ENCODE_NUMBER},  {"n_eff", ENCODE_NUMBER},
    {"covered", ENCODE_NUMBER}, /* percent of the market */
    {"without_share", ENCODE_TEXT}, {"without_figure", ENCODE_TEXT}, {"share_technology", ENCODE_TEXT},
    {"share_period", ENCODE_TEXT},  {"share_source", ENCODE_TEXT},   {"share_retrieved", ENCODE_TEXT},
    {"source", ENCODE_TEXT},        {"simulated", ENCODE_BOOL},      {"method_version", ENCODE_NUMBER},
};

static void select_weighted(struct selection *s)
{
    buf_add_text(&s->sql, "SELECT * FROM public_weighted WHERE true");
    selection_narrow(s, PARAM_INDICATOR, "indicator =");
    selection_narrow(s, PARAM_YEAR, "left(period, 4) =");
    selection_narrow(s, PARAM_COUNTRY, "country =");
    selection_narrow(s, PARAM_TECHNOLOGY, "technology =");
    selection_narrow(s, PARAM_SOURCE, "source =");
    buf_add_text(
        &s->sql,
        " ORDER BY indicator, period, country, technology, statistic, source, share_technology, method_version");
    selection_limit(s);
}

/* ---- versions of closed years ---- */

static const struct encode_column version_columns[] = {
    {"year", ENCODE_NUMBER},  {"version", ENCODE_NUMBER}, {"latest", ENCODE_BOOL},
    {"made_at", ENCODE_TEXT}, {"changed", ENCODE_NUMBER}, {"why", ENCODE_TEXT},
};

static void select_versions(struct selection *s)
{
    buf_add_text(&s->sql, "SELECT year, version, latest, to_char(made_at AT TIME ZONE 'UTC', "
                          "'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'), changed, why FROM public_version WHERE true");
    selection_narrow(s, PARAM_YEAR, "year =");
    buf_add_text(&s->sql, " ORDER BY year, version");
    selection_limit(s);
}

/* ---- the endpoints ---- */

static const struct endpoint probes = {
    PARAMS_COMMON | PARAMS_CELL | PARAM(PROBE), probe_columns, COUNT(probe_columns), KEY_NONE, select_probes, NULL};
static const struct endpoint targets = {
    PARAMS_COMMON | PARAM(TARGET), target_columns, COUNT(target_columns), KEY_NONE, select_targets, NULL};
static const struct endpoint changes = {PARAMS_COMMON | PARAM(INDICATOR) | PARAM(YEAR) | PARAM(SOURCE),
                                        change_columns,
                                        COUNT(change_columns),
                                        KEY_NONE,
                                        select_changes,
                                        NULL};
static const struct endpoint edns = {
    PARAMS_COMMON | PARAM(TARGET), edns_columns, COUNT(edns_columns), KEY_NONE, select_edns, NULL};
static const struct endpoint checks = {
    PARAMS_COMMON | PARAM(CHECK) | PARAM(METRIC), check_columns, COUNT(check_columns), KEY_NONE, select_checks, NULL};
static const struct endpoint indicators = {PARAMS_COMMON | PARAMS_CELL | PARAM(INDICATOR) | PARAM(YEAR) |
                                               PARAM(SOURCE) | PARAM(VERSION),
                                           figure_columns,
                                           0,
                                           KEY_NONE,
                                           select_indicators,
                                           NULL};
static const struct endpoint goals = {PARAMS_COMMON | PARAM(INDICATOR) | PARAM(YEAR) | PARAM(COUNTRY),
                                      goal_columns,
                                      GOAL_COLUMNS,
                                      KEY_NONE,
                                      select_goals,
                                      NULL};
static const struct endpoint events = {
    PARAMS_COMMON | PARAM(YEAR) | PARAM(COUNTRY), event_columns, COUNT(event_columns), KEY_NONE, select_events, NULL};
static const struct endpoint plans = {PARAMS_COMMON | PARAM(COUNTRY) | PARAM(OPERATOR) | PARAM(TECHNOLOGY),
                                      plan_columns,
                                      COUNT(plan_columns),
                                      KEY_NONE,
                                      select_plans,
                                      NULL};
static const struct endpoint versions = {
    PARAMS_COMMON | PARAM(YEAR), version_columns, COUNT(version_columns), KEY_NONE, select_versions, NULL};
static const struct endpoint weighted = {PARAMS_COMMON | PARAM(INDICATOR) | PARAM(YEAR) | PARAM(COUNTRY) |
                                             PARAM(TECHNOLOGY) | PARAM(SOURCE),
                                         weighted_columns,
                                         COUNT(weighted_columns),
                                         KEY_NONE,
                                         select_weighted,
                                         NULL};

const struct http_route query_routes[] = {
    {.method = "GET", .path = "/api/v1/changes", .handler = query_answer, .data = &changes},
    {.method = "GET", .path = "/api/v1/checks", .handler = query_answer, .data = &checks},
    {.method = "GET", .path = "/api/v1/edns", .handler = query_answer, .data = &edns},
    {.method = "GET", .path = "/api/v1/events", .handler = query_answer, .data = &events},
    {.method = "GET", .path = "/api/v1/goals", .handler = query_answer, .data = &goals},
    {.method = "GET", .path = "/api/v1/indicators", .handler = query_answer, .data = &indicators},
    {.method = "GET", .path = "/api/v1/plans", .handler = query_answer, .data = &plans},
    {.method = "GET", .path = "/api/v1/probes", .handler = query_answer, .data = &probes},
    {.method = "GET", .path = "/api/v1/results", .handler = query_answer, .data = &endpoint_results},
    {.method = "GET", .path = "/api/v1/series", .handler = query_answer, .data = &endpoint_series},
    {.method = "GET", .path = "/api/v1/targets", .handler = query_answer, .data = &targets},
    {.method = "GET", .path = "/api/v1/versions", .handler = query_answer, .data = &versions},
    {.method = "GET", .path = "/api/v1/weighted", .handler = query_answer, .data = &weighted},
    {0},
};

const struct endpoint *endpoint_of(struct http_request *request)
{
    const struct endpoint *e = http_route_data(request);
    for (const struct endpoint_instead *other = e->instead; other && other->endpoint; other++) {
        const char *value = http_query(request, param_name(other->param));
        if (value && (!other->value || !strcmp(value, other->value)))
            return other->endpoint;
    }
    return e;
}
