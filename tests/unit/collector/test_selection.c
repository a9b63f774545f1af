#include "tests/unit/ask.h"

#include <ctype.h>
#include <errno.h>

#include "collector/api/api.h"
#include "collector/api/endpoint.h"
#include "collector/format/encode.h"

/* Real requests to the API's own routes: the server says which statement it
 * would send, and with what. */

#define ROUTES_MAX 32

static struct http_server *server;
static struct http_route routes[ROUTES_MAX];
static bool everybody;

static int tell(struct http_request *request, struct http_reply *reply)
{
    const struct endpoint *e = endpoint_of(request);
    struct params p;
    struct selection s;
    struct fault f = {0};
    reply->content_type = "text/plain";
    if (params_read(request, e->params, &p, &f) < 0) {
        buf_addf(&reply->body, "wrong: %s", f.text);
        return 0;
    }
    if (selection_open(&s, &p, e->place != NULL, &f) < 0) {
        buf_addf(&reply->body, "wrong: %s", f.text);
        return 0;
    }
    s.everybody = everybody;
    e->select(&s);
    buf_add(&reply->body, s.sql.data, s.sql.len);
    for (int i = 0; i < s.count; i++)
        buf_addf(&reply->body, "\n%s", s.values[i] ? s.values[i] : "NULL");
    selection_free(&s);
    return 0;
}

static int start(void **state)
{
    static struct http_table table = {routes, NULL};
    const struct http_options options = {
        .listen = "127.0.0.1:0", .tables = &table, .table_count = 1, .connections_max = 4, .idle_timeout_s = 10};
    struct fault f;
    for (size_t i = 0; query_routes[i].path; i++) {
        assert_true(i + 1 < ROUTES_MAX);
        routes[i] = query_routes[i];
        assert_ptr_equal(routes[i].handler, query_answer);
        routes[i].handler = tell;
    }
    return http_start(&options, &server, &f);
}

static int stop(void **state)
{
    http_stop(server);
    return 0;
}

#define WHOLE_TIME "\n1970-01-01T00:00:00.000000Z\n9999-12-31T23:59:59.000000Z"
#define RESULTS                                                                                                        \
    "SELECT r.at, p.probe, r.check_no, k.name, t.name, host(r.addr), r.af, r.outcome, r.bytes, p.simulated, "          \
    "r.metrics, r.exact, r.batch_no, r.ordinal "                                                                       \
    "FROM result "                                                                                                     \
    "r JOIN probe p USING (probe_no) JOIN task k USING (task_no) LEFT JOIN target t USING (target_no)"
#define DAYS  "($1::timestamptz)::date, ($2::timestamptz - interval '1 microsecond')::date"
#define TOLD  "FROM public_series_of(" DAYS ", $3, $4, $5, $6, $7, $8, $9, $10, $11, "
#define NULLS "\nNULL\nNULL\nNULL\nNULL\nNULL"

static void each_route_makes_its_statement(void **state)
{
    static const struct {
        const char *path, *says; /* the end of the columns, where there are many */
        bool everybody;
    } rows[] = {
        {"/api/v1/probes", "SELECT probe, country, department, operator, technology, source, simulated, last_week FROM "
                           "public_probe WHERE true ORDER BY probe"},
        {"/api/v1/probes?technology=fibre&operator=MTN&limit=7&department=BJ-BO&format=csv",
         "public_probe WHERE true AND operator = $1 AND department = $2 AND technology = $3 ORDER BY probe LIMIT 8\n"
         "MTN\nBJ-BO\nfibre"},
        {"/api/v1/targets", "SELECT target, kind, country FROM public_target WHERE true ORDER BY target"},
        {"/api/v1/targets?target=ns1.nic.bj", "public_target WHERE true AND target = $1 ORDER BY target\nns1.nic.bj"},
        {"/api/v1/edns?target=bj&limit=1",
         "SELECT * FROM public_edns_league WHERE true AND zone = $1 ORDER BY simulated, compliant DESC NULLS LAST, "
         "passed DESC NULLS LAST, zone LIMIT 2\nbj"},
        {"/api/v1/checks?metric=rtt_p50_ms&check=ping",
         "SELECT check_name, id, metric, unit, better, kind FROM public_check WHERE true AND check_name = $1 AND "
         "metric = $2 ORDER BY id\nping\nrtt_p50_ms"},
        {"/api/v1/indicators?indicator=PER1&year=2026&source=ARCEP&department=BJ-BO",
         "public_indicator WHERE true AND indicator = $1 AND left(period, 4) = $2 AND geo = $3 AND source = $4 ORDER "
         "BY indicator, period, country, source, "},
        {"/api/v1/changes?year=2026&source=measured&indicator=PER1&limit=2",
         "SELECT * FROM public_change WHERE true AND indicator = $1 AND to_period = $2 AND source = $3 ORDER BY "
         "indicator, to_period, country, source, statistic, from_period LIMIT 3\nPER1\n2026\nmeasured"},
        {"/api/v1/events?year=2024&country=BJ&limit=1",
         "FROM public_event WHERE true AND country = $1 AND extract(year FROM date)::int::text = $2 ORDER BY date, "
         "country, kind, title_en, source, title_fr, geo, source_url, note LIMIT 2\nBJ\n2024"},
        {"/api/v1/goals?year=2025&country=BJ&indicator=ACC1&limit=1",
         "goal_url FROM goal_standing(coalesce($1::int, extract(year FROM now() AT TIME ZONE 'UTC')::int)) WHERE true "
         "AND indicator = $2 AND country = $3 LIMIT 2\n2025\nACC1\nBJ"},
        {"/api/v1/goals", "WHERE true\nNULL"},
        {"/api/v1/plans?technology=4g&country=BJ&limit=9",
         "FROM public_plan WHERE true AND country = $1 AND $2 = ANY (lines) ORDER BY country, operator, price / "
         "validity_days, plan LIMIT 10\nBJ\n4g"},
        {"/api/v1/indicators?year=2025&version=2",
         "public_indicator_version WHERE true AND left(period, 4) = $1 AND version = "
         "$2 ORDER BY indicator, period, country, source, "},
        {"/api/v1/weighted?year=2025&country=BJ&technology=4g&indicator=PER5&source=measured&limit=3",
         "SELECT * FROM public_weighted WHERE true AND indicator = $1 AND left(period, 4) = $2 AND country = $3 AND "
         "technology = $4 AND source = $5 ORDER BY indicator, period, country, technology, statistic, source, "
         "share_technology, method_version LIMIT "
         "4\nPER5\n2025\nBJ\n4g\nmeasured"},
        {"/api/v1/versions?year=2025", "FROM public_version WHERE true AND year = $1 ORDER BY year, version\n2025"},
        {"/api/v1/series", TOLD "0, 'all')" WHOLE_TIME NULLS "\nNULL\nNULL\nNULL\nNULL", true},
        /* the day of `to` counts, and what is not said is NULL in its own place */
        {"/api/v1/series?from=2026-11-22&to=2026-11-22&metric=rtt_p50_ms&technology=4g",
         TOLD
         "4, 'all')\n2026-11-22T00:00:00.000000Z\n2026-11-23T00:00:00.000000Z\nNULL\nrtt_p50_ms\nNULL\nNULL\nNULL\n4g",
         true},
        {"/api/v1/series?grain=day&group=zone", TOLD "8, 'all')" WHOLE_TIME NULLS, true},
        /* hours are those of moments */
        {"/api/v1/series?grain=hour&group=zone&from=2026-11-22T10:30:00Z&operator=MTN&limit=5",
         "target_kind, value FROM series_hour($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 8, $13) LIMIT 6\n"
         "2026-11-22T10:30:00.000000Z\n9999-12-31T23:59:59.000000Z\nNULL\nNULL\nNULL\nNULL\nMTN" NULLS "\nNULL"},
        /* an indicator has none: it is the indicator that answers */
        {"/api/v1/series?grain=hour&indicator=PER1", "FROM public_indicator_day"},
        /* everybody reads what is told, of one place as well: it is one of those that are parted */
        {"/api/v1/series?check=ping&operator=MTN&limit=2",
         TOLD "2, 'all') LIMIT 3" WHOLE_TIME "\nping\nNULL\nNULL\nMTN" NULLS, true},
        {"/api/v1/series?group=operator,department,target_kind&country=BJ",
         TOLD "3, 'kind')" WHOLE_TIME NULLS "\nNULL\nNULL\nBJ\nNULL", true},
        {"/api/v1/series?target=ns1.nic.bj", TOLD "0, 'target')" WHOLE_TIME "\nNULL\nNULL\nns1.nic.bj" NULLS "\nNULL",
         true},
        {"/api/v1/series?indicator=PER1&country=BJ&from=2026-11-22",
         "value, low, high, n_probes, n_networks FROM public_indicator_day WHERE day BETWEEN ($1::timestamptz)::date "
         "AND "
         "($2::timestamptz - interval '1 microsecond')::date AND indicator = $3 AND country = $4 ORDER BY indicator, "
         "country, "
         "source, day\n2026-11-22T00:00:00.000000Z\n9999-12-31T23:59:59.000000Z\nPER1\nBJ"},
        {"/api/v1/results", RESULTS " WHERE true ORDER BY r.at, r.batch_no, r.ordinal"},
        {"/api/v1/results?check=ping&from=2026-11-22T10:00:00Z&probe=abcdefghij234567abcd&limit=3",
         RESULTS " WHERE true AND r.at >= $1 AND r.check_no = $2 AND p.probe = $3 ORDER BY r.at, r.batch_no, r.ordinal "
                 "LIMIT 4\n"
                 "2026-11-22T10:00:00.000000Z\n1\nabcdefghij234567abcd"},
        /* surroundings are joined where they narrow, as they were then */
        {"/api/v1/results?to=2026-11-22&operator=MTN", RESULTS
         " JOIN probe_context x ON x.probe_no = r.probe_no AND r.at >= x.valid_from AND r.at < x.valid_to LEFT "
         "JOIN known_operator n ON n.operator_no = x.operator_no WHERE true AND r.at < $1 AND n.name = $2 ORDER BY "
         "r.at, r.batch_no, r.ordinal\n2026-11-23T00:00:00.000000Z\nMTN"},
        {"/api/v1/results?from=2026-11-23&to=2026-11-22", "wrong: from: lies behind `to`"},
        {"/api/v1/series?from=2026-11-22T00:00:00Z&to=2026-11-22T00:00:00Z",
         "wrong: from: is the moment of `to`, before which an answer ends"},
        /* a page behind a result, which is told from others of its moment, and behind so many rows of anything else */
        {"/api/v1/results?after=1764290000000001_12_3&to=2026-11-22&limit=10",
         " WHERE true AND r.at < $1 AND r.at >= $2 AND (r.at, r.batch_no, r.ordinal) > ($2, $3, $4) ORDER BY r.at, "
         "r.batch_no, r.ordinal LIMIT 11\n2026-11-23T00:00:00.000000Z\n2025-11-28T00:33:20.000001Z\n12\n3"},
        {"/api/v1/targets?after=20_00000000000000ff&limit=10", "ORDER BY target LIMIT 31"},
        {"/api/v1/targets?after=20", "ORDER BY target"},
        {"/api/v1/results?after=20_00000000000000ff", "wrong: after: \"20_00000000000000ff\" is no place in this"},
        {"/api/v1/targets?after=1764290000000001_12_3", "wrong: after: \"1764290000000001_12_3\" is no place in this"},
        {"/api/v1/targets?after=0_00000000000000ff", "wrong: after: "},
        {"/api/v1/targets?after=99999999999999999999", "wrong: after: "},
        {"/api/v1/results?after=-62135596800000001_1_1", "wrong: after: "},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        everybody = rows[i].everybody;
        const char *said = ask_for(server, rows[i].path);
        if (!strstr(said, rows[i].says))
            fail_msg("%s: %s\nwanted: %s", rows[i].path, said, rows[i].says);
    }
    for (size_t r = 0; query_routes[r].path; r++) {
        size_t len = strlen(query_routes[r].path), i = 0;
        while (i < COUNT(rows) && (strncmp(rows[i].path, query_routes[r].path, len) != 0 || isalnum(rows[i].path[len])))
            i++;
        if (i == COUNT(rows))
            fail_msg("%s: has no row here", query_routes[r].path);
    }
}

/* Each parameter of each route with what is good, and with what tries to get out
 * of its place. */
static const struct {
    enum param param;
    const char *good;
} goods[] = {
    {PARAM_FORMAT, "csv"},
    {PARAM_LIMIT, "10"},
    {PARAM_FROM, "2026-11-22"},
    {PARAM_TO, "2026-11-22"},
    {PARAM_CHECK, "ping"},
    {PARAM_METRIC, "rtt_p50_ms"},
    {PARAM_TARGET, "ns1.nic.bj"},
    {PARAM_PROBE, "abcdefghij234567abcd"},
    {PARAM_OPERATOR, "MTN"},
    {PARAM_DEPARTMENT, "BJ-BO"},
    {PARAM_TECHNOLOGY, "fibre"},
    {PARAM_INDICATOR, "PER1"},
    {PARAM_YEAR, "2026"},
    {PARAM_SOURCE, "ARCEP"},
    {PARAM_VERSION, "2"},
    {PARAM_KEY, "imo_00"},
    {PARAM_ZONE, "rural"},
    {PARAM_COUNTRY, "BJ"},
    {PARAM_TARGET_KIND, "root"},
    {PARAM_GROUP, "operator,zone"},
    {PARAM_QUANTILE, "0.25"},
    {PARAM_GRAIN, "hour"},
    {PARAM_AFTER, "10_00000000000000ff"},
};
static const struct {
    const char *encoded, *text;
} hostiles[] = {
    {"x%27%20OR%20%271%27=%271", "x' OR '1'='1"},
    {"%27%3B%20DROP%20TABLE%20probe%3B%20--%20", "'; DROP TABLE probe; -- "},
    {"$1", "$1"},
    {"10%3B%20SELECT%201", "10; SELECT 1"},
    {"10%20OFFSET%201", "10 OFFSET 1"},
    {"%5C%27", "\\'"},
    {"%24%24", "$$"},
    {"%0A--", "\n--"},
    {"%2F%2A", "/*"},
    {"%25s%25n", "%s%n"},
    {"%C3%A9%E2%80%99", "é’"},
    {"2026-11-22%27", "2026-11-22'"},
};

static size_t statement_len(const char *said)
{
    return strcspn(said, "\n");
}

static void try_hostiles(const char *path, enum param param, const char *good)
{
    const char *name = param_name(param);
    _cleanup_text_ char *harmless = alloc_format("%s?%s=%s", path, name, good);
    _cleanup_text_ char *wanted = alloc_text(ask_for(server, harmless));
    assert_int_not_equal(strncmp(wanted, "wrong: ", 7), 0);
    for (size_t h = 0; h < COUNT(hostiles); h++) {
        _cleanup_text_ char *hostile = alloc_format("%s?%s=%s", path, name, hostiles[h].encoded);
        _cleanup_text_ char *bound = alloc_format("\n%s", hostiles[h].text);
        const char *said = ask_for(server, hostile);
        if (!strncmp(said, "wrong: ", 7) || strstr(said, "problem:query"))
            continue;
        if (strncmp(said, wanted, statement_len(wanted) + 1) != 0 || !strstr(said + statement_len(said), bound))
            fail_msg("%s: %s", hostile, said);
    }
}

static void no_value_gets_into_the_text(void **state)
{
    for (size_t r = 0; routes[r].path; r++) {
        const struct endpoint *e = routes[r].data;
        for (size_t p = 0; p < COUNT(goods); p++)
            if (e->params & 1u << goods[p].param)
                try_hostiles(routes[r].path, goods[p].param,
                             goods[p].param == PARAM_AFTER && e->place ? "1764290000000001_12_3" : goods[p].good);
    }
    assert_int_equal(COUNT(goods), PARAM_COUNT); /* a new parameter is tried as well */
}

static void what_is_not_told_needs_a_key(void **state)
{
    static const struct {
        struct params params;
        const char *says; /* NULL: everybody may */
    } rows[] = {
        {{{[PARAM_CHECK] = "ping"}}, NULL},
        {{{[PARAM_GROUP] = "operator"}}, NULL},
        {{{[PARAM_GROUP] = "department,operator,target_kind"}}, NULL},
        {{{[PARAM_GROUP] = "target_kind"}}, NULL},
        {{{[PARAM_ZONE] = "rural"}}, NULL},
        {{{[PARAM_OPERATOR] = "MTN", [PARAM_DEPARTMENT] = "BJ-BO"}}, NULL},
        {{{[PARAM_OPERATOR] = "MTN", [PARAM_TECHNOLOGY] = "4g"}}, "together"},
        {{{[PARAM_GROUP] = "operator,department,zone"}}, "together"},
        {{{[PARAM_GROUP] = "department", [PARAM_ZONE] = "rural"}}, "together"},
        {{{[PARAM_TARGET] = "ns1.nic.bj"}}, NULL},
        {{{[PARAM_TARGET] = "ns1.nic.bj", [PARAM_GROUP] = "zone"}}, "one target"},
        {{{[PARAM_QUANTILE] = "0.5"}}, "quantiles"},
        {{{[PARAM_PROBE] = "abcdefghij234567abcd"}}, "one probe"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *says = endpoint_series.wants_key(&rows[i].params);
        assert_int_equal(says != NULL, rows[i].says != NULL);
        assert_true(!says || strstr(says, rows[i].says));
    }
}

static void results_have_the_columns_of_what_is_asked_for(void **state)
{
    static const struct {
        const char *check, *has, *lacks;
    } rows[] = {{"ping", "rtt_p50_ms", "down_mbps"}, {NULL, "down_mbps", "nonsense"}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct params p = {.values = {[PARAM_CHECK] = rows[i].check}};
        bool has = false;
        size_t count;
        struct encode_column *columns = endpoint_results.table(&p, &count);
        assert_true(count > endpoint_results.column_count && count <= ENCODE_COLUMNS_MAX);
        for (size_t c = 0; c < count; c++) {
            has |= !strcmp(columns[c].name, rows[i].has);
            assert_string_not_equal(columns[c].name, rows[i].lacks);
            for (size_t d = 0; d < c; d++)
                assert_string_not_equal(columns[c].name, columns[d].name);
        }
        assert_true(has);
        free(columns);
    }
    assert_int_equal(endpoint_results.key, KEY_NEEDED); /* single measurements are nobody else's */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_route_makes_its_statement),
        cmocka_unit_test(no_value_gets_into_the_text),
        cmocka_unit_test(what_is_not_told_needs_a_key),
        cmocka_unit_test(results_have_the_columns_of_what_is_asked_for),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
