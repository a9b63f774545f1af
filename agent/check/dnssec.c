/* dnssec: the chain of trust from a trust anchor to a name, validated here and
 * not by the resolver, which only fetches (CD, DO). agent/dns/trust.c says what
 * to ask and what the answers mean.
 *
 * A secure or an insecure name is an answer (ok); a bogus one is what a
 * validating resolver refuses (dns_error), with the link that fails. */
#include <errno.h>
#include <string.h>

#include "agent/measure/check.h"
#include "agent/dns/answers.h"
#include "agent/dns/inquiry.h"
#include "agent/dns/panel.h"
#include "agent/dns/trust.h"
#include "agent/measure/measurement.h"
#include "agent/io/moment.h"
#include "common/file.h"
#include "common/lang.h"

#define BUFSIZE 1232
/* The root's key set and a response to it. */
#define COST_ZONE_BYTES 2600
/* Four servers of two addresses, asked for three answers of a signed zone each. */
#define COST_SERVERS_BYTES 30000
/* An anchor file holds a few keys. */
#define ANCHOR_MAX 16384

struct dnssec {
    struct measurement run;
    struct trust *trust;
    struct inquiry *inquiry;
    struct sockaddr_storage resolver;
    struct moment since;
    struct buf anchor;
    /* every_server: */
    struct answers *answers; /* the resolver's so far */
    struct panel *panel;
    const char *asked, *asked_type; /* the trust's */
};

static const struct check_param params[] = {
    {"type", PARAM_TEXT, "SOA", 0, 0, NULL, N_("record type to validate at the name")},
    {"anchor", PARAM_TEXT, NULL, 0, 0, NULL, N_("file of DS or DNSKEY records to trust; without one, the root's")},
    {"resolver", PARAM_ADDRESS, NULL, 0, 0, NULL,
     N_("address of the resolver that fetches; without one, the system's")},
    {"timeout_ms", PARAM_INT, "3000", 10, 60000, NULL, N_("milliseconds to wait for each attempt's answer")},
    {"retries", PARAM_INT, "2", 0, EXCHANGE_RETRIES_MAX, NULL, N_("further attempts after a timeout")},
    {"every_server", PARAM_BOOL, "no", 0, 0, NULL, N_("judge each authoritative server of the zone by itself, too")},
};

static enum trust_verdict report(struct dnssec *d)
{
    struct trust_report report;
    struct moment now;
    moment_now(&now);
    trust_result(d->trust, &report);
    trust_detail(d->trust, d->run.result->detail);
    result_metric(d->run.result, "verdict", report.verdict);
    result_metric(d->run.result, "zones", report.zones);
    result_metric(d->run.result, "total_ms", moment_ms(&d->since, &now));
    if (report.lifetime_s >= 0)
        result_metric(d->run.result, "lifetime_s", (double)report.lifetime_s);
    if (report.verdict == TRUST_BOGUS)
        result_reason(d->run.result, OUTCOME_DNS_ERROR, "%s: %s", report.link, report.reason);
    else if (report.verdict == TRUST_INDETERMINATE && d->run.result->outcome == OUTCOME_OK)
        result_reason(d->run.result, OUTCOME_DNS_ERROR, "%s: %s", report.link, report.reason);
    return report.verdict;
}

static const char *anchor(const struct dnssec *d)
{
    return d->anchor.len ? d->anchor.data : trust_root_anchor();
}

static const char *type(const struct dnssec *d)
{
    const char *word = check_arg_text(d->run.args, "type");
    return word ? word : "SOA";
}

static int64_t now_s(const struct dnssec *d)
{
    return clock_wall_us(d->run.env->clock) / 1000000;
}

static void end(struct dnssec *d)
{
    size_t queries = inquiry_count(d->inquiry) + (d->panel ? panel_count(d->panel) : 0);
    result_metric(d->run.result, "queries", (double)queries);
    measurement_end(&d->run);
}

/* ---- every server ---- */

static void on_panel(void *user)
{
    struct dnssec *d = user;
    struct panel_report report;
    struct moment now;
    moment_now(&now);
    panel_result(d->panel, &report);
    json_object_set_new(d->run.result->detail, "servers", panel_json(d->panel));
    result_metric(d->run.result, "servers_tested", report.tested);
    result_metric(d->run.result, "servers_bogus", report.bogus);
    result_metric(d->run.result, "total_ms", moment_ms(&d->since, &now));
    if (report.signed_)
        result_metric(d->run.result, "servers_lifetime_s", (double)report.lifetime_s);
    if (report.first && d->run.result->outcome == OUTCOME_OK)
        result_reason(d->run.result, OUTCOME_DNS_ERROR, "%s: %s", report.first, report.reason);
    end(d);
}

static void ask_servers(struct dnssec *d)
{
    struct panel_wish wish = {
        .policy = &d->run.args->policy,
        .resolver = d->resolver,
        .anchor = anchor(d),
        .name = d->run.args->target,
        .type = type(d),
        .now_s = now_s(d),
        .known = d->answers,
        .timeout_ms = (int)check_arg_int(d->run.args, "timeout_ms"),
        .retries = (int)check_arg_int(d->run.args, "retries"),
    };
    d->panel = panel_new(d->run.env, &wish, on_panel, d);
}

/* ---- the resolver ---- */

static void next(struct dnssec *d)
{
    struct exchange_question question = {
        .query = {.rd = true, .cd = true, .dnssec_ok = true, .bufsize = BUFSIZE},
        .server = d->resolver,
        .tcp_fallback = true,
        .timeout_ms = (int)check_arg_int(d->run.args, "timeout_ms"),
        .retries = (int)check_arg_int(d->run.args, "retries"),
    };
    if (trust_work(d->trust)) {
        inquiry_again(d->inquiry);
        return;
    }
    if (trust_next(d->trust, &question.query.name, &question.query.type)) {
        d->asked = question.query.name;
        d->asked_type = question.query.type;
        inquiry_ask(d->inquiry, &question, NULL);
        return;
    }
    /* What the resolver cannot fetch tells nothing of the servers. */
    if (report(d) != TRUST_INDETERMINATE && d->answers)
        ask_servers(d);
    else
        end(d);
}

static void on_answer(void *user, void *tag, const struct exchange_answer *answer)
{
    struct dnssec *d = user;
    if (answer->outcome != OUTCOME_OK)
        result_reason(d->run.result, answer->outcome, _("the resolver: %s"), answer->reason);
    else if (d->answers)
        answers_keep(d->answers, d->asked, d->asked_type, answer->bytes, answer->len);
    trust_answer(d->trust, answer->outcome == OUTCOME_OK ? answer->packet : NULL, outcome_word(answer->outcome));
}

static void on_done(void *user)
{
    next(user);
}

static void begin(void *check, const struct target_answer *target)
{
    struct dnssec *d = check;
    struct fault f = {0};
    enum outcome outcome = target_asked_resolver(d->run.env, d->run.args, &d->resolver, &f);
    if (outcome != OUTCOME_OK) {
        measurement_fail(&d->run, outcome, f.text);
        return;
    }
    result_addr(d->run.result, &d->resolver);
    moment_now(&d->since);
    d->inquiry = inquiry_new(d->run.env, 1, on_answer, on_done, d);
    next(d);
}

/* ---- the operations ---- */

static int valid(const struct check_args *args, struct fault *f)
{
    if (packet_type_signed(check_arg_text(args, "type")))
        return 0;
    return check_args_refuse(
        args, "type", _("a type of record that a zone signs, such as SOA, A or NS; ANY, RRSIG and transfers are none"),
        f);
}

static int64_t cost_bytes(const struct check_args *args)
{
    int64_t zones = 1;
    for (const char *c = args->target; c && *c; c++)
        zones += *c == '.';
    return (zones + 1) * COST_ZONE_BYTES + (check_arg_bool(args, "every_server") ? COST_SERVERS_BYTES : 0);
}

static void stop(void *check)
{
    struct dnssec *d = check;
    d->run.result->bytes += inquiry_wire_bytes(d->inquiry) + panel_wire_bytes(d->panel);
    inquiry_free(TAKE(d->inquiry));
    panel_free(TAKE(d->panel));
}

static void clear(void *check)
{
    struct dnssec *d = check;
    trust_free(d->trust);
    answers_free(d->answers);
    buf_free(&d->anchor);
}

static int prepare(void *check, struct fault *f)
{
    struct dnssec *d = check;
    const char *path = check_arg_text(d->run.args, "anchor");
    int r = path && *path ? file_read(path, ANCHOR_MAX, &d->anchor, f) : 0;
    if (r < 0)
        return r;
    d->answers = check_arg_bool(d->run.args, "every_server") ? answers_new() : NULL;
    return trust_new(anchor(d), d->run.args->target, type(d), now_s(d), &d->trust, f);
}

const struct check_ops check_dnssec = {
    .name = "dnssec",
    .help = N_("the chain of trust from a trust anchor to a name"),
    .class = CLASS_LIGHT,
    .target = TARGET_DOMAIN,
    .params = params,
    .param_count = COUNT(params),
    .valid = valid,
    .cost_bytes = cost_bytes,
    .state_size = sizeof(struct dnssec),
    .prepare = prepare,
    .begin = begin,
    .stop = stop,
    .clear = clear,
};
