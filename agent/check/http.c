/* http: one GET (or HEAD) of a URL over a connection of its own, redirects
 * followed. Outcomes:
 *   ok        an answer below 400
 *   blocked   451, the status that says so (RFC 7725)
 *   refused   any other 4xx or 5xx: the peer answered and did not serve it;
 *             `status` has the number
 *   others    no whole HTTP answer came: dns_error, refused (TCP), tls_error,
 *             timeout, … with detail.reason
 * lookup_ms, connect_ms and tls_ms are the last hop's, ttfb_ms and total_ms
 * count from the start of all. A phase that did not happen is left out, and
 * total_ms and body_bytes when the answer did not come whole, so that a timeout
 * does not pass for a slow page. */
#include "agent/check.h"

#include <stdio.h>
#include <string.h>

#include <arpa/inet.h>

#include "agent/io/web.h"
#include "agent/target.h"
#include "common/lang.h"

/* What one request costs besides its body: connection, TLS, headers. */
#define COST_OVERHEAD_BYTES 12000

struct http_run {
    const struct check_args *args;
    struct web_transfer *transfer; /* NULL once it ended */
    struct result *result;
    int64_t body_max, body_seen;
    check_done_fn done;
    void *user;
};

static const char *const methods[] = {"GET", "HEAD", NULL};

static const struct check_param params[] = {
    {"timeout_ms", PARAM_INT, "10000", .min = 100, .max = 120000, .help = N_("limit for the whole measurement, ms")},
    {"family", PARAM_CHOICE, "any", .choices = target_families, .help = N_("IP version")},
    {"redirects", PARAM_INT, "5", .min = 0, .max = WEB_REDIRECTS_MAX,
     .help = N_("redirects to follow at most; 0 measures the redirect itself")},
    {"body_max", PARAM_INT, "1000000", .min = 0, .max = 100000000,
     .help = N_("octets of the page to read at most, then the connection is cut")},
    {"method", PARAM_CHOICE, "GET", .choices = methods, .help = N_("HTTP method")},
};

static void metric_if(struct result *r, const char *name, double value)
{
    if (value >= 0)
        result_metric(r, name, value);
}

static json_t *addresses(const struct web_reply *reply)
{
    json_t *list = json_array();
    for (size_t i = 0; i < reply->address_count; i++) {
        char text[INET6_ADDRSTRLEN] = "";
        const struct sockaddr_storage *sa = &reply->addresses[i];
        if (sa->ss_family == AF_INET)
            inet_ntop(AF_INET, &((const struct sockaddr_in *)sa)->sin_addr, text, sizeof text);
        else
            inet_ntop(AF_INET6, &((const struct sockaddr_in6 *)sa)->sin6_addr, text, sizeof text);
        json_array_append_new(list, json_string(text));
    }
    return list;
}

static void fill_detail(json_t *detail, const struct web_reply *reply, bool cut)
{
    if (reply->address_count > 0)
        json_object_set_new(detail, "addresses", addresses(reply));
    if (reply->redirects > 0) {
        json_t *list = json_array();
        for (int i = 0; i < reply->redirects; i++)
            json_array_append_new(list, json_string(reply->via[i]));
        json_object_set_new(detail, "redirects", list);
        json_object_set_new(detail, "url", json_string(reply->final_url));
    }
    if (*reply->http_version)
        json_object_set_new(detail, "http", json_string(reply->http_version));
    if (*reply->content_type)
        json_object_set_new(detail, "content_type", json_string(reply->content_type));
    if (cut)
        json_object_set_new(detail, "cut", json_true());
}

static void on_reply(void *user, const struct web_reply *reply)
{
    struct http_run *run = user;
    struct result *r = run->result;
    run->transfer = NULL;
    r->bytes = reply->wire_bytes;
    r->af = reply->af;
    snprintf(r->addr, sizeof r->addr, "%s", reply->addr);
    metric_if(r, "lookup_ms", reply->lookup_ms);
    metric_if(r, "connect_ms", reply->connect_ms);
    metric_if(r, "tls_ms", reply->tls_ms);
    metric_if(r, "ttfb_ms", reply->ttfb_ms);
    if (reply->status > 0)
        result_metric(r, "status", (double)reply->status);
    if (reply->outcome != OUTCOME_OK) {
        result_reason(r, reply->outcome, "%s", reply->reason);
    } else {
        result_metric(r, "total_ms", reply->total_ms);
        result_metric(r, "body_bytes", (double)reply->body_bytes);
        if (reply->status >= 400)
            result_reason(r, reply->status == 451 ? OUTCOME_BLOCKED : OUTCOME_REFUSED, "HTTP status %ld",
                          reply->status);
    }
    fill_detail(r->detail, reply, run->body_seen > run->body_max);
    run->done(run->user, TAKE(run->result));
}

static bool on_body(void *user, const char *bytes, size_t len)
{
    struct http_run *run = user;
    run->body_seen += (int64_t)len;
    return run->body_seen <= run->body_max;
}

static void http_free(void *state)
{
    struct http_run *run = state;
    result_free(run->result);
    free(run);
}

static void http_cancel(void *state)
{
    struct http_run *run = state;
    web_cancel(run->transfer);
    run->transfer = NULL;
}

static int http_start(const struct check_env *env, const struct check_args *args, check_done_fn done, void *user,
                      void **ret_state, struct fault *f)
{
    struct http_run *run = alloc_zero(1, sizeof *run);
    *run = (struct http_run){.args = args, .body_max = check_arg_int(args, "body_max"), .done = done, .user = user};
    const struct web_request request = {
        .method = check_arg_text(args, "method"),
        .url = args->target,
        .body_write = on_body,
        .timeout_us = check_arg_int(args, "timeout_ms") * 1000,
        .family = target_family(args),
        .redirects_max = (int)check_arg_int(args, "redirects"),
        .policy = &args->policy,
        .fresh = true,
    };
    run->result = result_new("http", args->task, args->target);
    run->result->at_us = clock_wall_us(env->clock);
    run->result->mono_us = clock_mono_us(env->clock);
    run->result->sync = clock_synced(env->clock);
    int rc = web_start(env->web, &request, on_reply, run, &run->transfer, f);
    if (rc < 0) {
        http_free(run);
        return rc;
    }
    *ret_state = run;
    return 0;
}

static int64_t http_cost(const struct check_args *args)
{
    int64_t body = check_arg_int(args, "body_max");
    /* Most of what is asked for is a small page; the cap is for the others. */
    return COST_OVERHEAD_BYTES + (strcmp(check_arg_text(args, "method"), "HEAD") == 0 ? 0
                                  : body < 50000                                      ? body
                                                                                      : 50000);
}

const struct check_ops check_http = {
    .name = "http",
    .help = N_("fetch a URL and time each phase"),
    .class = CLASS_LIGHT,
    .target = TARGET_URL,
    .params = params,
    .param_count = COUNT(params),
    .cost_bytes = http_cost,
    .start = http_start,
    .cancel = http_cancel,
    .free = http_free,
};
