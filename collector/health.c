/* GET /healthz for load balancers, GET /metrics for Prometheus (text format 0.0.4). */
#include <inttypes.h>

#include "collector/health.h"
#include "common/lang.h"

#include "common/stranger.h"

#define LATE_SQL "SELECT count(*) FROM rollup_late"
/* Those that somebody who looks once a month should still see. */
#define LATELY_SQL LATE_SQL " WHERE found_at > now() - interval '30 days'"

/* Probe-days that came too late to count. */
static int late_days(struct pg_pool *pool, const char *sql, unsigned long long *ret)
{
    struct pg *pg = NULL;
    _cleanup_rows_ struct pg_rows *rows = NULL;
    int rc = pg_pool_take(pool, 1000, &pg, NULL);
    if (rc < 0)
        return rc;
    rc = pg_query(pg, sql, 0, NULL, &rows, NULL);
    pg_pool_give(pool, pg);
    if (rc == 0)
        *ret = (unsigned long long)pg_int(rows, 0, 0);
    return rc;
}

/* What came too late is no reason to send batches elsewhere: the answer stays 200. */
static int get_health(struct http_request *request, struct http_reply *reply)
{
    const struct health *h = http_context(request);
    unsigned long long late = 0;
    if (late_days(h->pool, LATELY_SQL, &late) < 0)
        return http_unavailable(request, reply, HTTP_RETRY_AFTER_S,
                                N_("the database is away; batches are asked to come later"));
    reply->content_type = "application/json";
    if (late == 0)
        buf_add_text(&reply->body, "{\"status\":\"ok\"}\n");
    else
        buf_addf(&reply->body, "{\"status\":\"degraded\",\"late_probe_days\":%llu}\n", late);
    return 0;
}

static void family(struct buf *out, const char *name, const char *type, const char *help)
{
    buf_addf(out, "# HELP internetmetre_%s %s\n# TYPE internetmetre_%s %s\n", name, help, name, type);
}

static void sample(struct buf *out, const char *name, const char *type, const char *help, unsigned long long value)
{
    family(out, name, type, help);
    buf_addf(out, "internetmetre_%s %llu\n", name, value);
}

static int get_metrics(struct http_request *request, struct http_reply *reply)
{
    const struct health *h = http_context(request);
    const struct intake *i = h->intake;
    struct buf *out = &reply->body;
    unsigned long long late = 0;
    bool up = late_days(h->pool, LATE_SQL, &late) == 0;
    sample(out, "batches_stored_total", "counter", "Batches stored.", i->counters.stored);
    sample(out, "batches_known_total", "counter", "Batches that had been stored before.", i->counters.known);
    sample(out, "batch_bytes_total", "counter", "Bytes of accepted batches as sent.", i->counters.bytes);
    sample(out, "results_total", "counter", "Results projected.", i->counters.results);
    sample(out, "result_problems_total", "counter", "Results listed in result_problem.", i->counters.problems);
    family(out, "batches_refused_total", "counter", "Batches refused, by reason.");
    for (int v = VERDICT_FINE + 1; v < VERDICT_COUNT; v++)
        buf_addf(out, "internetmetre_batches_refused_total{reason=\"%s\"} %llu\n", verdict_texts[v].slug,
                 (unsigned long long)i->counters.refused[v]);
    family(out, "unproven_octets_total", "counter",
           "Octets of batches that were given to a reader before their signature was found good.");
    buf_addf(out,
             "internetmetre_unproven_octets_total{reader=\"json\"} %llu\n"
             "internetmetre_unproven_octets_total{reader=\"zstd\"} %llu\n",
             stranger_octets(STRANGER_JSON), stranger_octets(STRANGER_ZSTD));
    sample(out, "unavailable_total", "counter", "Requests answered 503.", http_unavailable_count(request));
    sample(out, "enrolled_total", "counter", "Probes enrolled.", h->desk->enrolled);
    sample(out, "database_restarts_total", "counter", "Times the embedded PostgreSQL had died.", h->restarts);
    sample(out, "late_probe_days", "gauge",
           "Probe-days whose results came after retention had taken their month; they are in no figure.", late);
    sample(out, "queue_depth", "gauge", "Batches that wait to be stored.", store_depth(i->store));
    sample(out, "database_up", "gauge", "Does the database answer?", up);
    reply->content_type = "text/plain; version=0.0.4; charset=utf-8";
    return 0;
}

const struct http_route health_routes[] = {
    {.method = "GET", .path = "/healthz", .handler = get_health},
    {.method = "GET", .path = "/metrics", .handler = get_metrics},
    {0},
};
