/* tls: one connection and one TLS handshake: how long each took, what was
 * agreed, and what the server's chain of certificates is worth. Outcomes:
 *   ok         the handshake is through and the chain is good
 *   tls_error  the handshake failed, or the chain is not good: detail.chain
 *              says what is wrong with it, and the numbers are there all the
 *              same; or the server ended TLS with an alert right after it, as
 *              one of TLS 1.3 does that wants a certificate of the client
 *   others     as with tcp: refused, timeout, unreachable, reset…
 *
 * version is 10, 11, 12, 13 for TLS 1.0 to 1.3. days_to_expiry is of the
 * server's own certificate, negative once it has expired. */
#include <math.h>
#include <string.h>

#include "agent/io/address.h"
#include "agent/measure/check.h"
#include "agent/io/connect.h"
#include "agent/io/datagram.h"
#include "agent/io/tls.h"
#include "agent/measure/measurement.h"
#include "common/lang.h"

/* TCP, a handshake with three certificates, the closing. */
#define COST_BYTES 8000
#define DAY_US     86400e6

struct tls_run {
    struct measurement run;
    struct connect *connect;
    struct tls *tls;
    int64_t timeout_us;
    double lookup_ms, connect_ms;
};

static const struct check_param params[] = {
    {"port", PARAM_INT, "443", 1, 65535, NULL, N_("TCP port")},
    {"server_name", PARAM_HOST, NULL, 0, 0, NULL,
     N_("name to ask for and to find in the certificate; without one, the target's")},
    {"alpn", PARAM_TEXT, "h2,http/1.1", 0, 0, NULL, N_("protocols to offer, with commas between them; empty for none")},
    {"ca_file", PARAM_TEXT, NULL, 0, 0, NULL, N_("file of trusted authorities, PEM; without one, the system's")},
    {"timeout_ms", PARAM_INT, "10000", 100, 60000, NULL, N_("limit for the connect and for the handshake each, ms")},
    {"family", PARAM_CHOICE, "any", 0, 0, target_families, N_("IP version")},
};

static json_t *chain_detail(const struct tls_answer *a)
{
    json_t *chain = json_object(), *errors = json_array();
    json_object_set_new(chain, "verdict", json_string(a->error_count ? a->errors[0].word : "valid"));
    for (size_t i = 0; i < a->error_count; i++)
        json_array_append_new(errors, json_pack("{s:s, s:i, s:s}", "error", a->errors[i].word, "depth",
                                                a->errors[i].depth, "text", a->errors[i].text));
    json_object_set_new(chain, "errors", errors);
    json_object_set_new(chain, "certificates", json_integer((json_int_t)a->chain_count));
    return chain;
}

static void report_certificate(struct tls_run *t, const struct tls_answer *a)
{
    struct result *r = t->run.result;
    char time[TIME_TEXT_SIZE], spki[HASH_TEXT_SIZE];
    json_t *c = json_object();
    json_object_set_new(c, "subject", json_string(a->subject));
    json_object_set_new(c, "issuer", json_string(a->issuer));
    json_object_set_new(c, "not_before", json_string(time_format(a->not_before_us, time)));
    json_object_set_new(c, "not_after", json_string(time_format(a->not_after_us, time)));
    json_object_set_new(c, "key", json_string(a->key));
    json_object_set_new(c, "spki_sha256", json_string(hash_text(a->spki, spki)));
    json_object_set_new(r->detail, "certificate", c);
    json_object_set_new(r->detail, "chain", chain_detail(a));
    result_metric(r, "days_to_expiry", (double)(a->not_after_us - clock_wall_us(t->run.env->clock)) / DAY_US);
    result_metric(r, "chain_valid", a->error_count == 0);
}

static void report_session(struct tls_run *t, const struct tls_answer *a)
{
    struct result *r = t->run.result;
    result_metric(r, "tls_ms", a->ms);
    result_metric(r, "total_ms", t->lookup_ms + t->connect_ms + a->ms);
    if (a->version > 0)
        result_metric(r, "version", a->version);
    json_object_set_new(r->detail, "cipher", json_string(a->cipher));
    if (*a->group)
        json_object_set_new(r->detail, "group", json_string(a->group));
    if (*a->alpn)
        json_object_set_new(r->detail, "alpn", json_string(a->alpn));
}

static void on_answer(void *user, const struct tls_answer *a)
{
    struct tls_run *t = user;
    struct result *r = t->run.result;
    r->bytes += a->wire_bytes;
    if (a->has_certificate)
        report_certificate(t, a);
    if (a->outcome != OUTCOME_OK) {
        result_fail(r, a->outcome, a->cause, a->reason);
    } else {
        report_session(t, a);
        if (a->error_count > 0)
            result_fail(r, OUTCOME_TLS_ERROR, a->errors[0].word, NULL);
        else if (a->cause)
            result_fail(r, OUTCOME_TLS_ERROR, a->cause, NULL);
    }
    measurement_end(&t->run);
}

static void on_connected(void *user, const struct connected *event)
{
    struct tls_run *t = user;
    int fd = -1;
    if (event->error < 0) {
        t->run.result->bytes += connect_wire_bytes(t->connect);
        result_fail(t->run.result, datagram_outcome(event->error), datagram_cause(event->error), NULL);
    } else {
        t->connect_ms = isnan(event->rtt_ms) ? event->seen_ms : event->rtt_ms;
        result_metric(t->run.result, "connect_ms", t->connect_ms);
        fd = connect_take(t->connect);
    }
    connect_close(TAKE(t->connect));
    if (fd < 0)
        measurement_end(&t->run);
    else
        tls_open(t->tls, t->run.env->loop, fd, on_answer, t);
}

static void begin(void *check, const struct target_answer *target)
{
    struct tls_run *t = check;
    struct sockaddr_storage peer = target->addr;
    t->lookup_ms = target->lookup_ms;
    result_metric(t->run.result, "lookup_ms", t->lookup_ms);
    address_set_port(&peer, (uint16_t)check_arg_int(t->run.args, "port"));
    t->connect = connect_open(t->run.env->loop, (const struct sockaddr *)&peer, t->timeout_us, on_connected, t);
}

static int valid(const struct check_args *args, struct fault *f)
{
    const char *alpn = check_arg_text(args, "alpn");
    if (!alpn || tls_alpn_valid(alpn))
        return 0;
    return check_args_refuse(args, "alpn", _("a list such as h2,http/1.1"), f);
}

static int64_t cost_bytes(const struct check_args *args)
{
    return COST_BYTES;
}

/* The name in the certificate: brackets around an IPv6 address are the URL's. */
static char *server_name(const struct check_args *args)
{
    const char *name = check_arg_text(args, "server_name");
    if (!name || !*name)
        name = args->target;
    size_t len = strlen(name);
    return name[0] == '[' && len > 2 ? alloc_text_n(name + 1, len - 2) : alloc_text(name);
}

static void stop(void *check)
{
    struct tls_run *t = check;
    connect_close(TAKE(t->connect));
    tls_close(TAKE(t->tls));
}

static int prepare(void *check, struct fault *f)
{
    struct tls_run *t = check;
    const struct check_args *args = t->run.args;
    _cleanup_text_ char *host = server_name(args);
    const char *alpn = check_arg_text(args, "alpn"), *ca_file = check_arg_text(args, "ca_file");
    const struct tls_request request = {
        .host = host,
        .alpn = alpn && *alpn ? alpn : NULL,
        .ca_file = ca_file && *ca_file ? ca_file : NULL,
        .at_us = clock_wall_us(t->run.env->clock),
        .timeout_us = check_arg_int(args, "timeout_ms") * 1000,
    };
    t->timeout_us = request.timeout_us;
    result_begin(t->run.result, t->run.env->clock); /* the lookup is part of it */
    return tls_new(&request, &t->tls, f);
}

const struct check_ops check_tls = {
    .name = "tls",
    .help = N_("a TLS handshake: time, version, and what the certificate is worth"),
    .class = CLASS_LIGHT,
    .target = TARGET_HOST,
    .params = params,
    .param_count = COUNT(params),
    .valid = valid,
    .cost_bytes = cost_bytes,
    .state_size = sizeof(struct tls_run),
    .prepare = prepare,
    .begin = begin,
    .stop = stop,
};
