/* http: one GET (or HEAD) of a URL over a connection of its own, redirects
 * followed. Outcomes:
 *   ok        an answer below 400
 *   blocked   451, the status that says so (RFC 7725)
 *   refused   any other 4xx or 5xx: the peer answered and did not serve it;
 *             `status` has the number
 *   others    no whole HTTP answer came: dns_error, refused (TCP), tls_error,
 *             timeout, … with detail.reason
 * A cookie that comes with a redirect is sent back within the measurement: there
 * are sites that send to themselves until they see theirs. ttfb_ms ends with the
 * first octet of any answer, an interim one (103 Early Hints, RFC 8297) included.
 * lookup_ms, connect_ms and tls_ms are the last hop's, ttfb_ms and total_ms
 * count from the start of all. A phase that did not happen is left out, and
 * total_ms and body_bytes when the answer did not come whole, so that a timeout
 * does not pass for a slow page. http_version is 10, 11, 20, 30.
 *
 * With family=both the URL is fetched over IPv4, then over IPv6. detail.families
 * has both; the numbers are those of the first that went well, and the outcome
 * is `partial` when only one did. */
#include "agent/measure/check.h"

#include <stdio.h>
#include <string.h>

#include "agent/io/web.h"
#include "agent/measure/measurement.h"
#include "common/lang.h"

/* What one request costs besides its body: connection, TLS, headers. */
#define COST_OVERHEAD_BYTES 12000

/* One fetch over each version, or one over any. */
#define FETCHES_MAX 2

struct http {
    struct measurement run;        /* its result is the first fetch's, and at the end that of both */
    struct web_transfer *transfer; /* NULL once it ended */
    const int *families;           /* of each fetch */
    int fetches, fetch;            /* planned; the running one */
    struct result *second;         /* the second fetch's */
    int64_t body_max, body_seen;
};

static const char *const families[] = {"any", "4", "6", "both", NULL};
static const int family_values[] = {0, 4, 6, 4, 6}; /* "both" is the last two */

static const char *const methods[] = {"GET", "HEAD", NULL};

static const struct check_param params[] = {
    {"timeout_ms", PARAM_INT, "10000", .min = 100, .max = 120000, .help = N_("limit for the whole measurement, ms")},
    {"family", PARAM_CHOICE, "any", .choices = families, .help = N_("IP version")},
    {"redirects", PARAM_INT, "5", .min = 0, .max = WEB_REDIRECTS_MAX,
     .help = N_("redirects to follow at most; 0 measures the redirect itself")},
    {"body_max", PARAM_INT, "1000000", .min = 0, .max = 100000000,
     .help = N_("octets of the page to read at most, then the connection is cut")},
    {"ca_file", PARAM_TEXT, NULL, .help = N_("file of trusted authorities, PEM; without one, the system's")},
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
        uv_ip_name((const struct sockaddr *)&reply->addresses[i], text, sizeof text);
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

/* "1.1" as 11, "2" as 20. */
static int version_code(const char *version)
{
    return 10 * (version[0] - '0') + (version[0] && version[1] == '.' ? version[2] - '0' : 0);
}

static void report_status(struct result *r, long status)
{
    char text[32];
    snprintf(text, sizeof text, "HTTP status %ld", status);
    result_fail(r, status == 451 ? OUTCOME_BLOCKED : OUTCOME_REFUSED, "http_status", text);
}

static void report(const struct http *h, const struct web_reply *reply)
{
    struct result *r = h->fetch == 0 ? h->run.result : h->second;
    r->bytes = reply->wire_bytes;
    r->af = reply->af;
    snprintf(r->addr, sizeof r->addr, "%s", reply->addr);
    metric_if(r, "lookup_ms", reply->lookup_ms);
    metric_if(r, "connect_ms", reply->connect_ms);
    metric_if(r, "tls_ms", reply->tls_ms);
    metric_if(r, "ttfb_ms", reply->ttfb_ms);
    if (reply->status > 0) {
        result_metric(r, "status", (double)reply->status);
        result_metric(r, "redirects", reply->redirects);
    }
    if (*reply->http_version)
        result_metric(r, "http_version", version_code(reply->http_version));
    if (reply->outcome != OUTCOME_OK) {
        result_fail(r, reply->outcome, reply->cause, reply->reason);
    } else {
        result_metric(r, "total_ms", reply->total_ms);
        result_metric(r, "body_bytes", (double)reply->body_bytes);
        if (reply->status >= 400)
            report_status(r, reply->status);
    }
    fill_detail(r->detail, reply, h->body_seen > h->body_max);
}

/* One fetch as a member of detail.families. */
static json_t *family_detail(const struct result *r)
{
    json_t *entry = json_object();
    json_object_set_new(entry, "outcome", json_string(outcome_word(r->outcome)));
    if (*r->addr)
        json_object_set_new(entry, "addr", json_string(r->addr));
    for (size_t i = 0; i < r->set->count; i++)
        if (r->present >> i & 1)
            json_object_set_new(entry, r->set->metrics[i].name, result_metric_json(r, i));
    static const char *const why[] = {"cause", "reason"};
    for (size_t i = 0; i < COUNT(why); i++)
        if (json_object_get(r->detail, why[i]))
            json_object_set(entry, why[i], json_object_get(r->detail, why[i]));
    return entry;
}

/* Both fetches as one result, which keeps the numbers of the better one. */
static void merge(struct http *h)
{
    struct result *four = h->run.result, *six = TAKE(h->second);
    bool ok4 = four->outcome == OUTCOME_OK, ok6 = six->outcome == OUTCOME_OK;
    struct result *kept = ok4 || !ok6 ? four : six, *other = kept == four ? six : four;
    json_t *both = json_pack("{s:o, s:o}", "4", family_detail(four), "6", family_detail(six));
    kept->bytes += other->bytes;
    if (ok4 != ok6) {
        const char *reason = json_string_value(json_object_get(other->detail, "reason"));
        _cleanup_text_ char *text = alloc_format(_("IPv%d: %s"), other == four ? 4 : 6,
                                                 reason ? reason : outcome_word(other->outcome));
        result_fail(kept, OUTCOME_PARTIAL, "one_family", text);
    }
    json_object_set_new(kept->detail, "families", both);
    result_free(other);
    h->run.result = kept;
}

static int fetch(struct http *h, struct fault *f);

static void on_reply(void *user, const struct web_reply *reply)
{
    struct http *h = user;
    struct fault f;
    h->transfer = NULL;
    report(h, reply);
    if (++h->fetch < h->fetches) {
        h->second = result_new(h->run.args->ops->name, h->run.args->task, h->run.args->target);
        result_begin(h->second, h->run.env->clock);
        if (fetch(h, &f) >= 0)
            return;
        result_fail(h->second, OUTCOME_ERROR, "own_failure", f.text);
    }
    if (h->second)
        merge(h);
    measurement_end(&h->run);
}

static bool on_body(void *user, const char *bytes, size_t len)
{
    struct http *h = user;
    h->body_seen += (int64_t)len;
    return h->body_seen <= h->body_max;
}

static int fetch(struct http *h, struct fault *f)
{
    const struct check_args *args = h->run.args;
    const char *ca_file = check_arg_text(args, "ca_file");
    const struct web_request request = {
        .method = check_arg_text(args, "method"),
        .url = args->target,
        .body_write = on_body,
        .timeout_us = check_arg_int(args, "timeout_ms") * 1000,
        .family = h->families[h->fetch],
        .redirects_max = (int)check_arg_int(args, "redirects"),
        .policy = &args->policy,
        .ca_file = ca_file && *ca_file ? ca_file : NULL,
        .fresh = true,
    };
    h->body_seen = 0;
    return web_start(h->run.env->web, &request, on_reply, h, &h->transfer, f);
}

static void begin(void *check, const struct target_answer *target)
{
    struct http *h = check;
    struct fault f;
    if (fetch(h, &f) >= 0)
        return;
    result_fail(h->run.result, OUTCOME_ERROR, "own_failure", f.text);
    measurement_end(&h->run);
}

/* ---- the operations ---- */

static int prepare(void *check, struct fault *f)
{
    struct http *h = check;
    int64_t family = check_arg_int(h->run.args, "family");
    h->families = &family_values[family];
    h->fetches = strcmp(families[family], "both") == 0 ? 2 : 1;
    h->body_max = check_arg_int(h->run.args, "body_max");
    return 0;
}

static void stop(void *check)
{
    struct http *h = check;
    web_cancel(TAKE(h->transfer));
}

static void clear(void *check)
{
    struct http *h = check;
    result_free(h->second);
}

static int64_t cost_bytes(const struct check_args *args)
{
    int64_t body = check_arg_int(args, "body_max");
    /* Most of what is asked for is a small page; the cap is for the others. */
    if (strcmp(check_arg_text(args, "method"), "HEAD") == 0)
        body = 0;
    int64_t fetches = strcmp(check_arg_text(args, "family"), "both") == 0 ? 2 : 1;
    return fetches * (COST_OVERHEAD_BYTES + (body < 50000 ? body : 50000));
}

const struct check_ops check_http = {
    .name = "http",
    .help = N_("fetch a URL and time each phase"),
    .class = CLASS_LIGHT,
    .target = TARGET_URL,
    .params = params,
    .param_count = COUNT(params),
    .cost_bytes = cost_bytes,
    .state_size = sizeof(struct http),
    .prepare = prepare,
    .begin = begin,
    .stop = stop,
    .clear = clear,
};
