/* A transfer is a row of hops, one for each redirect that is followed. curl
 * never follows one itself and never resolves a name: each hop's host goes
 * through names.h, each address through the policy, and curl is handed those
 * that passed (CURLOPT_RESOLVE). Before the request goes out the policy sees
 * once more the address that the connection really has (CURLOPT_PREREQFUNCTION),
 * because a connection may be one that is used again.
 *
 *   BETWEEN    the transfer itself works on it, within one call of the loop: a
 *              hop begins (RESOLVING), its host has addresses (RUNNING), or it
 *              has ended; then the next one begins or the transfer ends
 *   RESOLVING  names.h works on the hop's host, and answers (BETWEEN)
 *   RUNNING    curl works on the hop, and lets go of it (BETWEEN)
 *   ENDED      done has been called or never will be; memory stays until the
 *              loop has closed the timer
 *
 * From each of the first three it may end, by the limit or the caller.
 * One timer limits the whole. Proxies of the environment are not used: a
 * measurement goes the way the line goes. */
#include "agent/io/web.h"

#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "agent/io/address.h"
#include "agent/io/url.h"
#include "agent/io/web_hop.h"
#include "agent/io/web_reply.h"
#include "common/cause.h"
#include "common/lang.h"
#include "common/log.h"

/* Queries for A and AAAA and their answers, with UDP and IP headers. */
#define LOOKUP_WIRE_BYTES 400

static void hop_start(struct web_transfer *t);

/* ---- states ---- */

/* The one place where a transfer goes from state to state. Who works on the hop
 * is called off when everything ends, and has let go by itself otherwise. */
static void enter(struct web_transfer *t, enum web_state to)
{
    static const unsigned follow[] = {
        [WEB_BETWEEN] = 1u << WEB_RESOLVING | 1u << WEB_RUNNING | 1u << WEB_ENDED,
        [WEB_RESOLVING] = 1u << WEB_BETWEEN | 1u << WEB_ENDED,
        [WEB_RUNNING] = 1u << WEB_BETWEEN | 1u << WEB_ENDED,
        [WEB_ENDED] = 0,
    };
    assert(follow[t->state] & 1u << to);
    if (t->state == WEB_RESOLVING && to == WEB_ENDED)
        names_cancel(t->query);
    if (t->state == WEB_RUNNING && to == WEB_ENDED)
        multi_remove(t->web->multi, &t->job);
    t->state = to;
}

/* ---- the end ---- */

static double since_ms(uint64_t since_ns)
{
    return (double)(uv_hrtime() - since_ns) / 1e6;
}

static void on_closed(uv_handle_t *handle)
{
    struct web_transfer *t = handle->data;
    buf_free(&t->reply.body);
    for (int i = 0; i < t->reply.redirects; i++)
        free(t->reply.via[i]);
    curl_slist_free_all(t->headers);
    curl_slist_free_all(t->resolve);
    curl_url_cleanup(t->url);
    free(t->origin);
    free(t->ca_file);
    free(t);
}

static void transfer_close(struct web_transfer *t)
{
    enter(t, WEB_ENDED);
    if (t->job.easy)
        curl_easy_cleanup(t->job.easy);
    t->job.easy = NULL;
    if (t->prev)
        t->prev->next = t->next;
    else
        t->web->transfers = t->next;
    if (t->next)
        t->next->prev = t->prev;
    uv_close((uv_handle_t *)&t->timer, on_closed);
}

/* cause NULL: as it is in the reply; reason NULL: the cause's own. */
static void transfer_end(struct web_transfer *t, enum outcome outcome, const char *cause, const char *reason)
{
    struct web_reply *reply = &t->reply;
    _cleanup_text_ char *url = url_part(t->url, CURLUPART_URL, 0);
    reply->outcome = outcome;
    reply->cause = outcome == OUTCOME_OK ? NULL : cause ? cause : reply->cause;
    snprintf(reply->reason, sizeof reply->reason, "%s", reason ? reason : reply->cause ? cause_text(reply->cause) : "");
    snprintf(reply->final_url, sizeof reply->final_url, "%s", url ? url : "");
    reply->total_ms = since_ms(t->since_ns);
    transfer_close(t);
    t->done(t->user, reply);
}

static void on_limit(uv_timer_t *timer)
{
    struct web_transfer *t = timer->data;
    char reason[sizeof t->reply.reason];
    const char *phase = _("the name lookup did not end"), *cause = "lookup_timeout";
    enum outcome outcome = t->stopped ? OUTCOME_OK : OUTCOME_TIMEOUT;
    if (t->state == WEB_RUNNING) {
        bool tls = url_is_tls(t->url);
        phase = web_reply_phase(&t->job, tls, &cause);
        web_reply_read(&t->reply, &t->job, tls, t->since_ns, t->hop_ns);
    }
    snprintf(reason, sizeof reason, _("%s within %lld ms"), phase, (long long)(t->request.timeout_us / 1000));
    transfer_end(t, outcome, cause, t->stopped ? "" : reason);
}

/* ---- a hop's end ---- */

static void hop_next(struct web_transfer *t, const char *location)
{
    long status = t->reply.status;
    if (t->reply.redirects >= t->request.redirects_max || t->reply.redirects >= WEB_REDIRECTS_MAX) {
        transfer_end(t, OUTCOME_PROTOCOL_ERROR, "too_many_redirects", NULL);
        return;
    }
    _cleanup_text_ char *from = url_part(t->url, CURLUPART_URL, 0);
    CURLU *to;
    if (url_read(t->url, location, &to, NULL) < 0) {
        transfer_end(t, OUTCOME_PROTOCOL_ERROR, "bad_redirect", NULL); /* what it says is the peer's */
        return;
    }
    curl_url_cleanup(t->url);
    t->url = to;
    snprintf(t->from, sizeof t->from, "%s", t->reply.addr);
    /* RFC 9110 section 15.4: what every client does with 301 and 302. */
    if (status != 307 && status != 308)
        t->has_body = false;
    t->reply.via[t->reply.redirects++] = TAKE(from);
    hop_start(t);
}

static void on_hop_done(struct multi_job *job, CURLcode code)
{
    struct web_transfer *t = (struct web_transfer *)((char *)job - offsetof(struct web_transfer, job));
    enter(t, WEB_BETWEEN);
    web_reply_read(&t->reply, job, url_is_tls(t->url), t->since_ns, t->hop_ns);
    const char *location = NULL;
    char reason[sizeof t->reply.reason] = "";
    enum outcome outcome = web_hop_judge(t, code, reason, sizeof reason);
    if (outcome == OUTCOME_OK && web_hop_redirects(t, &location))
        hop_next(t, location);
    else
        transfer_end(t, outcome, NULL, *reason ? reason : NULL);
}

/* ---- a hop's start ---- */

static void hop_run(struct web_transfer *t, bool literal)
{
    struct fault f = {0};
    int rc = multi_start(&f);
    if (rc == 0) {
        if (t->job.easy)
            curl_easy_reset(t->job.easy);
        else
            t->job.easy = curl_easy_init();
        if (!t->job.easy)
            rc = fault_set(&f, -ENOMEM, _("libcurl has no memory"));
    }
    if (rc == 0) {
        t->cut = CUT_NOT;
        t->error_text[0] = '\0';
        t->alert = 0;
        t->hop_ns = uv_hrtime();
        t->job.done = on_hop_done;
        web_hop_set(t, literal);
        rc = multi_add(t->web->multi, &t->job, &f);
    }
    if (rc < 0)
        transfer_end(t, OUTCOME_ERROR, "own_failure", f.text);
    else
        enter(t, WEB_RUNNING);
}

/* The addresses that passed, as "+host:port:address,address": the plus lets
 * curl forget them in time. */
static void resolve_set(struct web_transfer *t, const char *host)
{
    const struct sockaddr_storage *addrs = t->reply.addresses;
    _cleanup_(buf_free) struct buf entry = {0};
    _cleanup_text_ char *port = url_part(t->url, CURLUPART_PORT, CURLU_DEFAULT_PORT);
    buf_addf(&entry, "+%s:%s:", host, port);
    for (size_t i = 0; i < t->reply.address_count; i++) {
        char text[INET6_ADDRSTRLEN] = "";
        uv_ip_name((const struct sockaddr *)&addrs[i], text, sizeof text);
        buf_addf(&entry, addrs[i].ss_family == AF_INET ? "%s%s" : "%s[%s]", i ? "," : "", text);
        if (i == 0) {
            snprintf(t->reply.addr, sizeof t->reply.addr, "%s", text);
            t->reply.af = address_version(&addrs[i]);
        }
    }
    curl_slist_free_all(t->resolve);
    t->resolve = curl_slist_append(NULL, entry.data);
}

static void addresses_take(struct web_transfer *t, const struct names_answer *answer,
                           bool (*fit)(struct web_transfer *t, const struct sockaddr *sa))
{
    struct web_reply *reply = &t->reply;
    for (size_t i = 0; i < answer->count; i++)
        if (fit(t, (const struct sockaddr *)&answer->addrs[i]))
            reply->addresses[reply->address_count++] = answer->addrs[i];
}

static void on_names(void *user, const struct names_answer *answer)
{
    struct web_transfer *t = user;
    struct web_reply *reply = &t->reply;
    enter(t, WEB_BETWEEN);
    if (answer->error < 0) {
        transfer_end(t, answer->error == -ETIMEDOUT ? OUTCOME_TIMEOUT : OUTCOME_DNS_ERROR, answer->cause,
                     answer->reason);
        return;
    }
    addresses_take(t, answer, web_hop_open);
    if (reply->address_count == 0)
        addresses_take(t, answer, web_hop_may_reach);
    if (reply->address_count == 0) {
        transfer_end(t, OUTCOME_DENIED, "denied", t->denied.text);
        return;
    }
    _cleanup_text_ char *host = url_host(t->url);
    bool literal = url_host_is_literal(host);
    reply->lookup_ms = literal ? -1 : answer->ms;
    if (answer->ms > 0)
        reply->wire_bytes += LOOKUP_WIRE_BYTES;
    resolve_set(t, host);
    hop_run(t, literal);
}

static void hop_start(struct web_transfer *t)
{
    _cleanup_text_ char *host = url_host(t->url);
    struct web_reply *reply = &t->reply;
    reply->lookup_ms = reply->connect_ms = reply->tls_ms = reply->ttfb_ms = reply->wait_ms = -1;
    reply->status = 0;
    reply->address_count = 0;
    reply->addr[0] = '\0';
    reply->af = 0;
    t->header_bytes = 0;
    enter(t, WEB_RESOLVING);
    t->query = names_lookup(t->web->names, host ? host : "", t->request.family, t->request.timeout_us, on_names, t);
}

/* ---- the interface ---- */

static void headers_copy(struct web_transfer *t, const struct web_request *r)
{
    bool typed = false;
    for (size_t i = 0; r->headers && r->headers[i]; i++) {
        typed |= !strncasecmp(r->headers[i], "Content-Type:", strlen("Content-Type:"));
        t->headers = curl_slist_append(t->headers, r->headers[i]);
    }
    if (t->has_body && !typed)
        t->headers = curl_slist_append(t->headers, "Content-Type: application/octet-stream");
    if (r->body_read) {
        t->headers = curl_slist_append(t->headers, "Transfer-Encoding: chunked");
        t->headers = curl_slist_append(t->headers, "Expect:"); /* do not wait a second for 100 Continue */
    }
}

int web_url_read(const char *text, char **ret, struct fault *f)
{
    if (strpbrk(text, " \t"))
        return fault_set(f, -EINVAL, _("a blank stands in \"%.200s\"; a URL has none, or %%20 in its place"), text);
    CURLU *url;
    int r = url_read(NULL, text, &url, f);
    if (r < 0)
        return r;
    /* What was typed in ASCII stands as it was typed: it is the name of a series. */
    bool ascii = true;
    for (const char *c = text; *c; c++)
        ascii &= isascii((unsigned char)*c) != 0;
    *ret = ascii ? alloc_text(text) : url_part(url, CURLUPART_URL, 0);
    curl_url_cleanup(url);
    return 0;
}

int web_start(struct web *w, const struct web_request *request, web_done_fn done, void *user, struct web_transfer **ret,
              struct fault *f)
{
    if (strcmp(request->method, "GET") != 0 && strcmp(request->method, "HEAD") != 0 &&
        strcmp(request->method, "POST") != 0)
        return fault_set(f, -EINVAL, _("HTTP method %s is not one that is used here"), request->method);
    CURLU *url;
    int rc = url_read(NULL, request->url, &url, f);
    if (rc < 0)
        return rc;
    struct web_transfer *t = alloc_zero(1, sizeof *t);
    t->web = w;
    t->request = *request;
    t->done = done;
    t->user = user;
    t->url = url;
    t->origin = url_origin(url);
    t->ca_file = alloc_text(request->ca_file);
    t->has_body = !strcmp(request->method, "POST");
    t->job.fd = -1;
    t->reply.retry_after_us = -1;
    t->since_ns = t->hop_ns = uv_hrtime();
    headers_copy(t, request);
    t->next = w->transfers;
    if (t->next)
        t->next->prev = t;
    w->transfers = t;
    uv_timer_init(w->loop, &t->timer);
    t->timer.data = t;
    uv_update_time(w->loop);
    uv_timer_start(&t->timer, on_limit, (uint64_t)(request->timeout_us > 0 ? request->timeout_us / 1000 : 0), 0);
    hop_start(t);
    *ret = t;
    return 0;
}

void web_stop(struct web_transfer *t)
{
    if (t->state == WEB_ENDED)
        return;
    t->stopped = true;
    uv_timer_start(&t->timer, on_limit, 0, 0);
}

void web_cancel(struct web_transfer *t)
{
    if (t && t->state != WEB_ENDED)
        transfer_close(t);
}

int web_socket(const struct web_transfer *t)
{
    return t->state == WEB_RUNNING ? t->job.fd : -1;
}

int web_new(uv_loop_t *loop, struct names *names, const struct clock *clock, struct web **ret, struct fault *f)
{
    struct web *w = alloc_zero(1, sizeof *w);
    w->loop = loop;
    w->names = names;
    w->clock = clock;
    w->multi = multi_new(loop);
    *ret = w;
    return 0;
}

void web_free(struct web *w)
{
    if (!w)
        return;
    while (w->transfers)
        transfer_close(w->transfers);
    multi_free(w->multi);
    free(w);
}
