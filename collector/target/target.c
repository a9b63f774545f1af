/* What an agent may ask (HTTP/1.1, no state between requests):
 *
 *   GET /v1/ping              a few octets: the round trip of a request
 *   GET /v1/download?bytes=N  N octets that nothing on the way can compress,
 *                             TRANSFER_BYTES_MAX at most
 *   POST /v1/upload           any body, thrown away; the answer says
 *                             {"bytes":N,"us":M}: how much came, and how long
 *                             from the first octet to the last as seen here. A
 *                             sender's own count includes what still waits in
 *                             its buffers and says too much on slow lines.
 *
 * Answers carry no-store, so that no cache on the way stands in for the line. */
#include "collector/target/target.h"

#include <errno.h>
#include <stdatomic.h>

#include "collector/http/http.h"
#include "collector/target/stamp.h"
#include "common/clock.h"
#include "common/lang.h"
#include "common/noise.h"

/* A phone that lost its network does not hold a connection for longer. */
#define IDLE_TIMEOUT_S 30

struct target {
    struct http_server *http;
    atomic_ullong pings, downloads, uploads, sent_bytes, received_bytes;
};

static const char *const levels[] = {"error", "warn", "info", "debug", NULL};
static const char *const no_address[] = {"auto", "none", NULL};

/* One without the other starts no name server. */
static int check_dns(const void *target, struct fault *f)
{
    const struct target_settings *s = target;
    if (!s->dns_listen == !s->dns_zone)
        return 0;
    return fault_set(f, -EINVAL, _("%s without %s starts no name server; write both or neither"),
                     s->dns_listen ? "dns_listen" : "dns_zone", s->dns_listen ? "dns_zone" : "dns_listen");
}

static const struct conf_key keys[] = {
    {.name = "listen",
     .type = CONF_LISTEN,
     .offset = offsetof(struct target_settings, listen),
     .preset = "127.0.0.1:8081",
     .help = N_("Address and port of the HTTP server; port 0 chooses one.")},
    {.name = "connections",
     .type = CONF_INT,
     .offset = offsetof(struct target_settings, connections),
     .preset = "64",
     .min = 1,
     .max = 10000,
     .help = N_("Connections at the same time; agents that share the line measure each other.")},
    {.name = "stamp_listen",
     .type = CONF_LISTEN,
     .offset = offsetof(struct target_settings, stamp_listen),
     .preset = "auto",
     .choices = no_address,
     .help = N_("Address and UDP port of the STAMP reflector, or none; auto is the address of listen and port 862, "
                "8620 where 862 is not allowed.")},
    {.name = "stamp_mode",
     .type = CONF_CHOICE,
     .offset = offsetof(struct target_settings, stamp_mode),
     .preset = "stateful",
     .choices = stamp_modes,
     .help = N_("A stateful reflector lets probes tell loss on the way there from loss on the way back.")},
    {.name = "stamp_short",
     .type = CONF_BOOL,
     .offset = offsetof(struct target_settings, stamp_short),
     .preset = "no",
     .help = N_(
         "Answers TWAMP requests of 14 to 40 octets too. An answer has 44: whoever forges a sender's address makes "
         "up to three times the traffic.")},
    {.name = "stamp_rate",
     .type = CONF_INT,
     .offset = offsetof(struct target_settings, stamp_rate),
     .preset = "500",
     .min = 1,
     .max = 1000000,
     .help = N_("STAMP packets a second that one network (/24, /48) gets answered.")},
    {.name = "stamp_rate_total",
     .type = CONF_INT,
     .offset = offsetof(struct target_settings, stamp_rate_total),
     .preset = "20000",
     .min = 1,
     .max = 10000000,
     .help = N_("STAMP packets a second that all networks together get answered.")},
    {.name = "dns_listen",
     .type = CONF_LISTEN,
     .offset = offsetof(struct target_settings, dns_listen),
     .check = check_dns,
     .help = N_("Address and port of the name server of dns_zone, such as \":53\"; empty: no name server.")},
    {.name = "dns_zone",
     .type = CONF_DOMAIN,
     .offset = offsetof(struct target_settings, dns_zone),
     .check = check_dns,
     .help = N_("Zone that tells resolvers about themselves; its parent delegates it to this host.")},
    {.name = "log_level",
     .type = CONF_CHOICE,
     .offset = offsetof(struct target_settings, log_level),
     .preset = "info",
     .choices = levels,
     .help = N_("How much is logged.")},
};

const struct conf_table target_table = {.keys = keys, .count = COUNT(keys)};

/* ---- ping ---- */

static int get_ping(struct http_request *request, struct http_reply *reply)
{
    struct target *t = http_context(request);
    t->pings++;
    http_reply_header(request, "Cache-Control", "no-store");
    reply->content_type = "text/plain";
    buf_add_text(&reply->body, "pong\n");
    return 0;
}

/* ---- download ---- */

struct download {
    struct target *target;
    struct noise noise;
};

static ssize_t download_read(void *ctx, char *bytes, size_t max)
{
    struct download *d = ctx;
    noise_fill(&d->noise, bytes, max);
    d->target->sent_bytes += max;
    return (ssize_t)max;
}

static int get_download(struct http_request *request, struct http_reply *reply)
{
    struct target *t = http_context(request);
    const char *text = http_query(request, "bytes");
    int64_t wanted;
    if (!text || conf_parse_int(text, &wanted) < 0 || wanted < 1)
        return http_problem(request, reply, 400, "bytes", N_("How many octets?"),
                            N_("the query needs bytes=N with N from 1 to %lld"), (long long)TRANSFER_BYTES_MAX);
    struct download *d = alloc_zero(1, sizeof *d);
    d->target = t;
    noise_seed(&d->noise);
    t->downloads++;
    http_reply_header(request, "Cache-Control", "no-store, no-transform");
    reply->content_type = "application/octet-stream";
    reply->stream_len = wanted < TRANSFER_BYTES_MAX ? wanted : TRANSFER_BYTES_MAX;
    reply->stream = (struct http_stream){.read = download_read, .free = free, .ctx = d};
    return 0;
}

/* ---- upload ---- */

enum upload_note { UPLOAD_BYTES, UPLOAD_FIRST_US, UPLOAD_LAST_US };

static void upload_octets(struct http_request *request, const char *bytes, size_t len)
{
    struct target *t = http_context(request);
    int64_t *note = http_notes(request), now = clock_mono_us(&clock_system);
    if (note[UPLOAD_BYTES] == 0)
        note[UPLOAD_FIRST_US] = now;
    note[UPLOAD_LAST_US] = now;
    note[UPLOAD_BYTES] += (int64_t)len;
    t->received_bytes += len;
}

static int post_upload(struct http_request *request, struct http_reply *reply)
{
    struct target *t = http_context(request);
    const int64_t *note = http_notes(request);
    t->uploads++;
    http_reply_header(request, "Cache-Control", "no-store");
    reply->content_type = "application/json";
    buf_addf(&reply->body, "{\"bytes\":%lld,\"us\":%lld}\n", (long long)note[UPLOAD_BYTES],
             (long long)(note[UPLOAD_LAST_US] - note[UPLOAD_FIRST_US]));
    return 0;
}

/* ---- how it is ---- */

static int get_health(struct http_request *request, struct http_reply *reply)
{
    reply->content_type = "application/json";
    buf_add_text(&reply->body, "{\"status\":\"ok\"}\n");
    return 0;
}

static void counter(struct buf *out, const char *name, const char *help, unsigned long long value)
{
    buf_addf(out, "# HELP internetmetre_target_%s %s\n# TYPE internetmetre_target_%s counter\n", name, help, name);
    buf_addf(out, "internetmetre_target_%s %llu\n", name, value);
}

static int get_metrics(struct http_request *request, struct http_reply *reply)
{
    struct target *t = http_context(request);
    struct buf *out = &reply->body;
    counter(out, "pings_total", "Pings answered.", t->pings);
    counter(out, "downloads_total", "Downloads begun.", t->downloads);
    counter(out, "uploads_total", "Uploads that came whole.", t->uploads);
    counter(out, "sent_bytes_total", "Octets of downloads handed to the kernel.", t->sent_bytes);
    counter(out, "received_bytes_total", "Octets of uploads received.", t->received_bytes);
    reply->content_type = "text/plain; version=0.0.4; charset=utf-8";
    return 0;
}

static const struct http_route routes[] = {
    {.method = "GET", .path = "/v1/ping", .handler = get_ping},
    {.method = "GET", .path = "/v1/download", .handler = get_download},
    {.method = "POST",
     .path = "/v1/upload",
     .handler = post_upload,
     .body_max = TRANSFER_BYTES_MAX,
     .sink = upload_octets},
    {.method = "GET", .path = "/healthz", .handler = get_health},
    {.method = "GET", .path = "/metrics", .handler = get_metrics},
    {0},
};

/* ---- all of it ---- */

int target_start(const struct target_settings *settings, struct target **ret, struct fault *f)
{
    struct target *t = alloc_zero(1, sizeof *t);
    const struct http_table tables[] = {{routes, t}};
    const struct http_options options = {
        .listen = settings->listen,
        .tables = tables,
        .table_count = COUNT(tables),
        .connections_max = (unsigned)settings->connections,
        .idle_timeout_s = IDLE_TIMEOUT_S,
    };
    int rc = http_start(&options, &t->http, f);
    if (rc < 0) {
        free(t);
        return rc;
    }
    *ret = t;
    return 0;
}

unsigned target_port(const struct target *t)
{
    return http_port(t->http);
}

void target_stop(struct target *t)
{
    if (!t)
        return;
    http_stop(t->http);
    free(t);
}
