/* dns: one query to one server, over UDP, TCP, TLS or HTTPS, and what the
 * answer says. How an answer is told from a forged one, and when TCP takes
 * over, stands in agent/dns/exchange.c.
 *
 * rt_ms is the time on the transport that answered: from the query's last
 * sending over UDP, from the connect over the others. What UDP gave before a
 * fallback is in detail.truncated.
 *
 * With identity, the server is then asked who it is (RFC 4892); together with
 * NSID (RFC 5001) that tells which instance of an anycast server answers here.
 * A server that wants its cookie first (BADCOOKIE, RFC 7873 section 5.2.3) is
 * asked once more with it. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "agent/io/address.h"
#include "agent/measure/check.h"
#include "agent/dns/inquiry.h"
#include "agent/io/headers.h"
#include "agent/io/names.h"
#include "agent/dns/record.h"
#include "agent/io/web.h"
#include "agent/measure/measurement.h"
#include "common/lang.h"
#include "common/sign.h"

/* A system lists three resolvers; more make no sense to ask one by one. */
#define SERVERS_MAX 8
/* A client cookie, and the longest server cookie (RFC 7873 section 4). */
#define COOKIE_SIZE       8
#define SERVER_COOKIE_MAX 32
/* Octets of an NSID that are told; real ones are host names. */
#define NSID_MAX 128

/* Around a question's name: type, class and its two ends; and an OPT record. */
#define QUESTION_REST 6
#define EDNS_BYTES    11
/* A segment of TCP without payload, whose options are those of a SYN. */
#define SEGMENT_BYTES 60

/* Tags of the questions. */
enum asked { ASKED_MAIN, ASKED_HOSTNAME, ASKED_ID_SERVER };

struct dns {
    struct measurement run;
    struct inquiry *inquiry;
    struct exchange_question question;
    struct buf options;
    uint8_t cookie[COOKIE_SIZE];
    bool cookie_sent_back; /* the server's cookie was sent too */
    char *name;            /* the question's name as it is spelled */
    char *url;
};

static const char *const classes[] = {"IN", "CH", NULL};

static const struct check_param params[] = {
    {"qname", PARAM_DOMAIN, "nic.bj", 0, 0, NULL, N_("name to ask for")},
    {"type", PARAM_TEXT, "A", 0, 0, NULL, N_("record type to ask for")},
    {"class", PARAM_CHOICE, "IN", 0, 0, classes, N_("class of the question")},
    {"transport", PARAM_CHOICE, "udp", 0, 0, exchange_transports, N_("transport of the query")},
    {"tcp_fallback", PARAM_BOOL, "yes", 0, 0, NULL, N_("ask by TCP when the UDP answer is truncated")},
    {"port", PARAM_INT, "0", 0, 65535, NULL, N_("port of the server, 0: 53, 853 for tls, 443 for https")},
    {"timeout_ms", PARAM_INT, "3000", 10, 60000, NULL, N_("milliseconds to wait for each attempt's answer")},
    {"retries", PARAM_INT, "0", 0, EXCHANGE_RETRIES_MAX, NULL, N_("further attempts after a timeout")},
    {"rd", PARAM_BOOL, "yes", 0, 0, NULL, N_("ask for recursion")},
    {"cd", PARAM_BOOL, "no", 0, 0, NULL, N_("ask the resolver not to validate")},
    {"ad", PARAM_BOOL, "no", 0, 0, NULL, N_("ask whether the answer was validated")},
    {"do", PARAM_BOOL, "no", 0, 0, NULL, N_("ask for DNSSEC records")},
    {"bufsize", PARAM_INT, "1232", 0, 65535, NULL, N_("EDNS buffer size in octets, 0: no EDNS")},
    {"nsid", PARAM_BOOL, "no", 0, 0, NULL, N_("ask for the server's name by NSID")},
    {"cookie", PARAM_BOOL, "no", 0, 0, NULL, N_("send a DNS cookie")},
    {"mixed_case", PARAM_BOOL, "no", 0, 0, NULL, N_("mix large and small letters and see whether they come back")},
    {"identity", PARAM_BOOL, "no", 0, 0, NULL, N_("ask the server who it is: hostname.bind and id.server")},
    {"raw", PARAM_BOOL, "no", 0, 0, NULL, N_("keep the whole answer in base64")},
    {"nth", PARAM_INT, "1", 1, SERVERS_MAX, NULL, N_("which of the system's resolvers, when there is no target")},
    {"tls_name", PARAM_HOST, NULL, 0, 0, NULL,
     N_("tls: name in the certificate; without one the target's, if it has one")},
    {"ca_file", PARAM_TEXT, NULL, 0, 0, NULL, N_("tls, https: file of the certificates to believe")},
    {"path", PARAM_TEXT, "/dns-query", 0, 0, NULL, N_("https: path of the service")},
    {"family", PARAM_CHOICE, "any", 0, 0, target_families, N_("IP version")},
};

/* ---- the answer ---- */

static void decide(struct dns *d, int rcode)
{
    char text[64];
    const char *word = packet_rcode_word(rcode);
    if (word)
        json_object_set_new(d->run.result->detail, "rcode", json_string(word));
    switch (rcode) {
    case 0: /* NOERROR */
    case 3: /* NXDOMAIN: the server answered well */
        d->run.result->outcome = OUTCOME_OK;
        break;
    case 5: /* REFUSED */
        result_fail(d->run.result, OUTCOME_REFUSED, "rcode_refused", NULL);
        break;
    default:
        if (word)
            snprintf(text, sizeof text, _("the server answered %s"), word);
        else
            snprintf(text, sizeof text, _("the server answered rcode %d"), rcode);
        result_fail(d->run.result, OUTCOME_DNS_ERROR, "rcode", text);
    }
}

static json_t *identity(struct dns *d)
{
    json_t *list = json_object_get(d->run.result->detail, "identity");
    if (!list) {
        list = json_object();
        json_object_set_new(d->run.result->detail, "identity", list);
    }
    return list;
}

/* Printable octets as they are, others as \xHH: most servers send a name. */
static void report_nsid(struct dns *d, const struct packet *packet)
{
    _cleanup_(buf_free) struct buf text = {0};
    size_t len = 0;
    const uint8_t *nsid = packet_option(packet, PACKET_NSID, &len);
    if (!nsid)
        return;
    for (size_t i = 0; i < len && i < NSID_MAX; i++) {
        if (nsid[i] >= 0x20 && nsid[i] < 0x7f && nsid[i] != '\\')
            buf_add_char(&text, (char)nsid[i]);
        else
            buf_addf(&text, "\\x%02x", nsid[i]);
    }
    json_object_set_new(identity(d), "nsid", json_string(text.data ? text.data : ""));
}

/* RFC 7873 section 4: 8 octets of ours, then 8 to 32 of the server's. */
static const char *cookie_word(const struct dns *d, const uint8_t *cookie, size_t len)
{
    if (!cookie)
        return "absent";
    if (len < COOKIE_SIZE || len > COOKIE_SIZE + SERVER_COOKIE_MAX || (len > COOKIE_SIZE && len < 2 * COOKIE_SIZE))
        return "malformed";
    if (memcmp(cookie, d->cookie, COOKIE_SIZE) != 0)
        return "wrong";
    return len == COOKIE_SIZE ? "client_only" : "good";
}

static void report_edns(struct dns *d, const struct packet *packet)
{
    struct packet_edns edns;
    size_t len = 0;
    packet_edns(packet, &edns);
    if (edns.present)
        json_object_set_new(
            d->run.result->detail, "edns",
            json_pack("{s:i, s:i, s:b}", "version", edns.version, "bufsize", edns.bufsize, "do", edns.flags >> 15));
    report_nsid(d, packet);
    if (check_arg_bool(d->run.args, "cookie")) {
        const uint8_t *cookie = packet_option(packet, PACKET_COOKIE, &len);
        json_object_set_new(d->run.result->detail, "cookie", json_string(cookie_word(d, cookie, len)));
    }
    const uint8_t *ede = packet_option(packet, PACKET_EDE, &len);
    if (ede && len >= 2)
        json_object_set_new(d->run.result->detail, "ede", json_integer(ede[0] << 8 | ede[1]));
    if (check_arg_bool(d->run.args, "mixed_case"))
        json_object_set_new(d->run.result->detail, "case_kept",
                            json_boolean(packet_same_spelling(packet, &d->question.query)));
}

static void report_raw(struct dns *d, const struct exchange_answer *answer)
{
    _cleanup_text_ char *text = alloc_zero(4 * ((answer->len + 2) / 3) + 1, 1);
    base64_write(answer->bytes, answer->len, text);
    json_object_set_new(d->run.result->detail, "raw", json_string(text));
}

/* What the exchange says, whether it ended well or not. */
static void report_exchange(struct dns *d, const struct exchange_answer *a)
{
    json_t *detail = d->run.result->detail;
    json_object_set_new(detail, "transport", json_string(exchange_transports[a->transport]));
    json_object_set_new(detail, "attempts", json_integer(a->attempts));
    if (a->fell_back)
        json_object_set_new(
            detail, "truncated",
            json_pack("{s:i, s:f}", "size", (int)a->truncated_len, "rt_ms", round(a->truncated_ms * 1e3) / 1e3));
    if (a->tls_ms > 0)
        json_object_set_new(detail, "tls_ms", json_real(round(a->tls_ms * 1e3) / 1e3));
    if (a->wrong_source || a->wrong_id || a->wrong_question || a->malformed)
        json_object_set_new(detail, "ignored",
                            json_pack("{s:i, s:i, s:i, s:i}", "source", a->wrong_source, "id", a->wrong_id, "question",
                                      a->wrong_question, "malformed", a->malformed));
}

/* Asks again with the server's cookie when it wanted that; true when it did. */
static bool retry_cookie(struct dns *d, const struct exchange_answer *answer)
{
    size_t len = 0;
    const uint8_t *cookie = packet_option(answer->packet, PACKET_COOKIE, &len);
    if (packet_rcode(answer->packet) != PACKET_BADCOOKIE || d->cookie_sent_back ||
        strcmp(cookie_word(d, cookie, len), "good") != 0)
        return false;
    d->cookie_sent_back = true;
    buf_clear(&d->options);
    if (check_arg_bool(d->run.args, "nsid"))
        packet_option_add(&d->options, PACKET_NSID, NULL, 0);
    packet_option_add(&d->options, PACKET_COOKIE, cookie, len);
    inquiry_ask(d->inquiry, &d->question, (void *)(uintptr_t)ASKED_MAIN);
    return true;
}

static void ask_identity(struct dns *d)
{
    struct exchange_question who = d->question;
    who.query = (struct packet_query){.name = "hostname.bind", .type = "TXT", .chaos = true};
    inquiry_ask(d->inquiry, &who, (void *)(uintptr_t)ASKED_HOSTNAME);
    who.query.name = "id.server";
    inquiry_ask(d->inquiry, &who, (void *)(uintptr_t)ASKED_ID_SERVER);
}

static void on_main(struct dns *d, const struct exchange_answer *answer)
{
    if (answer->outcome == OUTCOME_OK && check_arg_bool(d->run.args, "cookie") && retry_cookie(d, answer))
        return;
    if (answer->addr[0] && !d->run.result->addr[0]) {
        snprintf(d->run.result->addr, sizeof d->run.result->addr, "%s", answer->addr);
        d->run.result->af = strchr(answer->addr, ':') ? 6 : 4;
    }
    report_exchange(d, answer);
    if (answer->outcome != OUTCOME_OK) {
        result_fail(d->run.result, answer->outcome, answer->cause, answer->reason);
        return;
    }
    result_metric(d->run.result, "rt_ms", answer->rt_ms);
    result_metric(d->run.result, "size", (double)answer->len);
    result_metric(d->run.result, "rcode", packet_rcode(answer->packet));
    record_report(answer->packet, d->run.result->detail);
    report_edns(d, answer->packet);
    if (check_arg_bool(d->run.args, "raw"))
        report_raw(d, answer);
    decide(d, packet_rcode(answer->packet));
    if (check_arg_bool(d->run.args, "identity"))
        ask_identity(d);
}

static void on_identity(struct dns *d, const char *name, const struct exchange_answer *answer)
{
    struct record record;
    char text[256];
    size_t at = 0;
    if (answer->outcome != OUTCOME_OK || !record_next(answer->packet, RECORD_ANSWER, "TXT", &at, &record))
        return;
    record_text(&record, text, sizeof text);
    json_object_set_new(identity(d), name, json_string(text));
}

static void on_answer(void *user, void *tag, const struct exchange_answer *answer)
{
    struct dns *d = user;
    switch ((enum asked)(uintptr_t)tag) {
    case ASKED_MAIN:
        on_main(d, answer);
        break;
    case ASKED_HOSTNAME:
        on_identity(d, "hostname.bind", answer);
        break;
    case ASKED_ID_SERVER:
        on_identity(d, "id.server", answer);
        break;
    }
}

static void on_done(void *user)
{
    measurement_end(user);
}

/* ---- the question ---- */

/* Without a target, the server is a resolver that this network gave the host. */
static void set_server(struct dns *d, const struct sockaddr_storage *addr)
{
    static const uint16_t ports[] = {DNS_PORT, DNS_PORT, DNS_TLS_PORT, HTTPS_PORT};
    int64_t port = check_arg_int(d->run.args, "port");
    d->question.server = *addr;
    if (port > 0)
        address_set_port(&d->question.server, (uint16_t)port);
    else if (d->run.args->target || d->question.transport != EXCHANGE_UDP)
        address_set_port(&d->question.server, ports[d->question.transport]);
}

static void begin(void *check, const struct target_answer *target)
{
    struct dns *d = check;
    if (target)
        set_server(d, &target->addr);
    d->inquiry = inquiry_new(d->run.env, 1, on_answer, on_done, d);
    inquiry_ask(d->inquiry, &d->question, (void *)(uintptr_t)ASKED_MAIN);
}

/* ---- the operations ---- */

static bool is_https(const struct check_args *args)
{
    return (enum exchange_transport)check_arg_int(args, "transport") == EXCHANGE_HTTPS;
}

/* The caller frees. */
static char *service_url(const struct check_args *args)
{
    const char *path = check_arg_text(args, "path");
    int64_t port = check_arg_int(args, "port");
    const char *host = args->target;
    bool brackets = strchr(host, ':') && host[0] != '[';
    size_t len = strcspn(host, "%"); /* of what stands before an interface, which a URL writes %25 (RFC 6874) */
    return alloc_format("https://%s%.*s%s%s%s:%d%s", brackets ? "[" : "", (int)len, host, host[len] ? "%25" : "",
                        host[len] ? host + len + 1 : "", brackets ? "]" : "", port ? (int)port : HTTPS_PORT,
                        path ? path : "/");
}

static int valid(const struct check_args *args, struct fault *f)
{
    const char *qname = check_arg_text(args, "qname");
    if (!qname || !*qname)
        return check_args_refuse(args, "qname", _("a domain name, such as example.bj"), f);
    if (!packet_type_valid(check_arg_text(args, "type")))
        return check_args_refuse(args, "type", _("a type of record to ask for, such as A, AAAA, NS or TXT"), f);
    if (!is_https(args))
        return 0;
    if (!args->target)
        return fault_set(f, -EINVAL, _("DNS over HTTPS needs a target"));
    _cleanup_text_ char *url = service_url(args), *read = NULL;
    int r = web_url_read(url, &read, f);
    if (r < 0)
        fault_prefix(f, _("dns: target, port and path make no URL: "));
    return r;
}

static int64_t cost_bytes(const struct check_args *args)
{
    /* TCP's handshake and end; and TLS's with a chain of certificates. */
    static const int64_t setup[] = {0, TCP_SEGMENTS * SEGMENT_BYTES, TCP_SEGMENTS * SEGMENT_BYTES + 5000,
                                    TCP_SEGMENTS * SEGMENT_BYTES + 6000};
    int64_t bufsize = check_arg_int(args, "bufsize");
    int64_t attempts = 1 + check_arg_int(args, "retries") + (check_arg_bool(args, "identity") ? 2 : 0);
    const char *qname = check_arg_text(args, "qname");
    int64_t query = IP_HEADER_MAX + UDP_HEADER_SIZE + DNS_HEADER_SIZE + (qname ? (int64_t)strlen(qname) : 0) +
                    QUESTION_REST + EDNS_BYTES;
    /* Answers to ordinary questions are a third of what is allowed at most. */
    return attempts * (setup[check_arg_int(args, "transport")] + query + IP_HEADER_MAX + UDP_HEADER_SIZE +
                       (bufsize ? bufsize : 512) / 3);
}

/* Letters become large or small by chance (0x20): what a forger would have to
 * guess, too. */
static void mix_case(char *name)
{
    for (char *c = name; *c; c++) {
        uint8_t toss;
        random_bytes(&toss, sizeof toss);
        if ((*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z'))
            *c = (char)(toss & 1 ? *c | 0x20 : *c & ~0x20);
    }
}

static void compose(struct dns *d)
{
    const struct check_args *args = d->run.args;
    const char *qname = check_arg_text(args, "qname"), *type = check_arg_text(args, "type");
    const char *tls_name = check_arg_text(args, "tls_name");
    struct sockaddr_storage literal;
    d->name = alloc_text(qname ? qname : ".");
    if (check_arg_bool(args, "mixed_case"))
        mix_case(d->name);
    if (check_arg_bool(args, "nsid"))
        packet_option_add(&d->options, PACKET_NSID, NULL, 0);
    if (check_arg_bool(args, "cookie")) {
        random_bytes(d->cookie, sizeof d->cookie);
        packet_option_add(&d->options, PACKET_COOKIE, d->cookie, sizeof d->cookie);
    }
    if ((!tls_name || !*tls_name) && args->target && !target_literal(args->target, &literal))
        tls_name = args->target;
    if (tls_name && !*tls_name)
        tls_name = NULL;
    d->question = (struct exchange_question){
        .query = {.name = d->name,
                  .type = type ? type : "A",
                  .rd = check_arg_bool(args, "rd"),
                  .cd = check_arg_bool(args, "cd"),
                  .ad = check_arg_bool(args, "ad"),
                  .chaos = check_arg_int(args, "class") == 1,
                  .dnssec_ok = check_arg_bool(args, "do"),
                  .bufsize = (int)check_arg_int(args, "bufsize"),
                  .options = &d->options},
        .transport = (enum exchange_transport)check_arg_int(args, "transport"),
        .tcp_fallback = check_arg_bool(args, "tcp_fallback"),
        .timeout_ms = (int)check_arg_int(args, "timeout_ms"),
        .retries = (int)check_arg_int(args, "retries"),
        .tls_name = tls_name,
        .ca_file = check_arg_text(args, "ca_file"),
        .family = target_family(args),
        .policy = &args->policy,
    };
}

static void stop(void *check)
{
    struct dns *d = check;
    json_t *detail = d->run.result->detail;
    json_object_set_new(detail, "qname", json_string(d->question.query.name));
    json_object_set_new(detail, "qtype", json_string(d->question.query.type));
    d->run.result->bytes += inquiry_wire_bytes(d->inquiry);
    inquiry_free(TAKE(d->inquiry));
}

static void clear(void *check)
{
    struct dns *d = check;
    buf_free(&d->options);
    free(d->name);
    free(d->url);
}

static int prepare(void *check, struct fault *f)
{
    struct dns *d = check;
    compose(d);
    d->run.by_itself = is_https(d->run.args); /* a URL's host is looked up with it */
    if (d->run.by_itself)
        d->question.url = d->url = service_url(d->run.args);
    return 0;
}

const struct check_ops check_dns = {
    .name = "dns",
    .help = N_("one DNS query: delay, size, answer"),
    .class = CLASS_LIGHT,
    .target = TARGET_RESOLVER,
    .params = params,
    .param_count = COUNT(params),
    .valid = valid,
    .cost_bytes = cost_bytes,
    .state_size = sizeof(struct dns),
    .prepare = prepare,
    .begin = begin,
    .stop = stop,
    .clear = clear,
};
