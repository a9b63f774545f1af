/* edns: does every authoritative address of a zone keep to EDNS (RFC 6891)?
 *
 * The ten tests of ISC's compliance set, on every address: an SOA query without
 * recursion and with a buffer of 4096 octets, unless the table says otherwise.
 * An answer that was cut is asked for again over TCP; edns@512 alone is there to
 * see the cut one. A test's word is "ok", or what was wrong in the words of
 * ISC's genreport, the tags joined by commas:
 *
 *   timeout, malformed, unreachable          no DNS answer came
 *   reset, eof, connection-refused           the same, over TCP: RST, FIN, no port
 *   an rcode in small letters                where another was expected
 *   version-not-zero   the OPT record is not of version 0
 *   badversion         the OPT record's version and the rcode do not agree on
 *                      whether the query's version was refused
 *   noopt opt          the OPT record is absent, or there without being asked
 *   nosoa soa          the SOA record is absent, or there although the answer is
 *                      a failure
 *   echoed mbz nodo    an unknown option or a flag that must be zero came back,
 *                      DO did not although signatures did
 *   noaa rd ad cd z    a header bit is absent, or there without being asked
 *   toobig             larger than the buffer of edns@512
 *   cookie-mismatch    the cookie that came back is not the one sent
 *
 * An address that does not answer the plain query is not asked again. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "agent/io/address.h"
#include "agent/measure/check.h"
#include "agent/measure/measurement.h"
#include "agent/dns/zone.h"
#include "common/lang.h"
#include "common/sign.h"

#define UNKNOWN_OPTION 100
#define UNKNOWN_FLAG   0x0080
#define FLAG_DO        0x8000
#define COOKIE_SIZE    8 /* a client's */
#define AT_ONCE        8
/* Ten queries and answers to one address, TCP included. */
#define COST_ADDRESS_BYTES 6000

struct edns_test {
    const char *word;   /* in detail */
    const char *metric; /* addresses that fail it */
    const char *type;
    int bufsize, version;
    uint16_t flags;
    bool dnssec_ok, unknown, list, tcp;
    bool cut; /* whether the answer is cut is what it asks */
};

static const struct edns_test tests[] = {
    {"dns", "fail_dns", "SOA", .bufsize = 0},
    {"edns", "fail_edns", "SOA", 4096},
    {"edns1", "fail_edns1", "SOA", 4096, .version = 1},
    {"edns@512", "fail_edns512", "DNSKEY", 512, .dnssec_ok = true, .cut = true},
    {"ednsopt", "fail_ednsopt", "SOA", 4096, .unknown = true},
    {"edns1opt", "fail_edns1opt", "SOA", 4096, .version = 1, .unknown = true},
    {"do", "fail_do", "SOA", 4096, .dnssec_ok = true},
    {"ednsflags", "fail_ednsflags", "SOA", 4096, .flags = UNKNOWN_FLAG},
    {"optlist", "fail_optlist", "SOA", 4096, .list = true},
    {"edns512tcp", "fail_edns512tcp", "DNSKEY", 512, .dnssec_ok = true, .tcp = true},
};
#define TESTS COUNT(tests)

struct address {
    struct edns *edns;
    const struct zone_server *server;
    struct sockaddr_storage addr;
    char verdicts[TESTS][96]; /* "" while not tested */
    bool unsent;              /* this host has no route there */
};

struct question { /* the tag of a question */
    struct address *address;
    const struct edns_test *test;
};

struct edns {
    struct measurement run;
    struct zone_find *find;
    const struct zone *zone; /* the finder's */
    struct inquiry *inquiry;
    struct buf unknown, list; /* EDNS options */
    uint8_t cookie[COOKIE_SIZE];
    struct address *addresses;
    struct question *questions;
    size_t count;
};

static const struct check_param params[] = {
    {"resolver", PARAM_ADDRESS, NULL, 0, 0, NULL,
     N_("address of the resolver that knows the servers; without one, the system's")},
    {"timeout_ms", PARAM_INT, "2000", 10, 60000, NULL, N_("milliseconds to wait for each attempt's answer")},
    {"retries", PARAM_INT, "2", 0, EXCHANGE_RETRIES_MAX, NULL, N_("further attempts after a timeout")},
    {"family", PARAM_CHOICE, "any", 0, 0, target_families, N_("IP version")},
};

/* ---- one test's verdict ---- */

static void tag(char *verdict, const char *word)
{
    size_t len = strlen(verdict);
    snprintf(verdict + len, sizeof((struct address *)0)->verdicts[0] - len, "%s%s", len ? "," : "", word);
}

static void tag_rcode(char *verdict, int rcode)
{
    const char *word = packet_rcode_word(rcode);
    char text[24];
    if (word)
        snprintf(text, sizeof text, "%s", word);
    else
        snprintf(text, sizeof text, "rcode%d", rcode);
    for (char *c = text; *c; c++)
        *c = (char)(*c >= 'A' && *c <= 'Z' ? *c | 0x20 : *c);
    tag(verdict, text);
}

/* The cookie that a server sends with its own in it (RFC 7873 section 4). */
static const uint8_t *server_cookie(const struct packet *p)
{
    size_t len = 0;
    const uint8_t *cookie = packet_option(p, PACKET_COOKIE, &len);
    return cookie && len >= COOKIE_SIZE + 8 && len <= COOKIE_SIZE + 32 ? cookie : NULL;
}

static bool rcode_good(const struct edns_test *test, const struct packet *p)
{
    int rcode = packet_rcode(p);
    if (test->version > 0)
        return rcode == PACKET_BADVERS;
    return rcode == PACKET_NOERROR || (test->list && rcode == PACKET_BADCOOKIE && server_cookie(p));
}

static void judge_version(const struct edns_test *test, const struct packet *p, char *verdict)
{
    struct packet_edns edns;
    packet_edns(p, &edns);
    bool asked = test->bufsize > 0, refused = packet_rcode(p) == PACKET_BADVERS;
    if (edns.present && edns.version != 0)
        tag(verdict, "version-not-zero");
    if (edns.present && refused != (edns.version < test->version))
        tag(verdict, "badversion");
    if (edns.present != asked)
        tag(verdict, asked ? "noopt" : "opt");
}

static bool has_soa(const struct packet *p, const char *zone)
{
    struct record record;
    for (size_t at = 0; record_next(p, RECORD_ANSWER, "SOA", &at, &record);)
        if (strcmp(record.name, zone) == 0)
            return true;
    return false;
}

static void judge_soa(const struct edns_test *test, const struct packet *p, const char *zone, char *verdict)
{
    if (strcmp(test->type, "SOA") != 0)
        return;
    bool soa = has_soa(p, zone), wanted = test->version == 0 && packet_rcode(p) == PACKET_NOERROR;
    if (soa != wanted)
        tag(verdict, soa ? "soa" : "nosoa");
}

static void judge_opt(const struct edns_test *test, const struct packet *p, char *verdict)
{
    struct packet_edns edns;
    size_t len;
    packet_edns(p, &edns);
    if (packet_option(p, UNKNOWN_OPTION, &len))
        tag(verdict, "echoed");
    if (edns.present && test->dnssec_ok && !(edns.flags & FLAG_DO) && record_count_type(p, RECORD_ANSWER, "RRSIG") > 0)
        tag(verdict, "nodo");
}

/* The queries bear none of these bits but DO, which allows AD (RFC 6840 section 5.8). */
static void judge_header(const struct edns_test *test, const struct packet *p, char *verdict)
{
    if (test->version == 0 && packet_rcode(p) == PACKET_NOERROR && !packet_authoritative(p))
        tag(verdict, "noaa");
    if (packet_recursion_desired(p))
        tag(verdict, "rd");
    if (packet_authentic(p) && !test->dnssec_ok)
        tag(verdict, "ad");
    if (packet_checking_disabled(p))
        tag(verdict, "cd");
    if (packet_reserved(p))
        tag(verdict, "z");
}

static void judge(const struct edns *e, const struct edns_test *test, const struct exchange_answer *a, char *verdict)
{
    const struct packet *p = a->packet;
    struct packet_edns edns;
    if (packet_opts(p) > 1) {
        tag(verdict, "malformed");
        return;
    }
    packet_edns(p, &edns);
    if (!rcode_good(test, p))
        tag_rcode(verdict, packet_rcode(p));
    judge_version(test, p, verdict);
    judge_soa(test, p, e->zone->name, verdict);
    judge_opt(test, p, verdict);
    judge_header(test, p, verdict);
    if (edns.flags & ~FLAG_DO)
        tag(verdict, "mbz");
    if (test->cut && a->len > (size_t)test->bufsize)
        tag(verdict, "toobig");
    if (test->list && server_cookie(p) && memcmp(server_cookie(p), e->cookie, sizeof e->cookie) != 0)
        tag(verdict, "cookie-mismatch");
    if (!verdict[0])
        tag(verdict, "ok");
}

static const char *failure(const struct exchange_answer *a)
{
    if (a->closed)
        return "eof";
    switch (a->outcome) {
    case OUTCOME_PROTOCOL_ERROR:
        return "malformed";
    case OUTCOME_RESET:
        return "reset";
    case OUTCOME_REFUSED:
        return a->transport == EXCHANGE_TCP ? "connection-refused" : "unreachable";
    case OUTCOME_UNREACHABLE:
        return "unreachable";
    default:
        return "timeout";
    }
}

/* ---- the report ---- */

static json_t *address_json(const struct address *address, unsigned *failures, unsigned *ret_passed,
                            unsigned *ret_tests)
{
    char text[46] = "";
    uv_ip_name((const struct sockaddr *)&address->addr, text, sizeof text);
    json_t *entry = json_pack("{s:s, s:s}", "name", address->server->name, "addr", text);
    if (address->unsent) {
        json_object_set_new(entry, "skipped", json_string(_("no route from here")));
        return entry;
    }
    for (size_t i = 0; i < TESTS; i++) {
        if (!address->verdicts[i][0])
            continue;
        bool passed = strcmp(address->verdicts[i], "ok") == 0;
        json_object_set_new(entry, tests[i].word, json_string(address->verdicts[i]));
        failures[i] += !passed;
        *ret_passed += passed;
        *ret_tests += 1;
    }
    return entry;
}

static void decide(struct edns *e, unsigned tested, unsigned answering, const char *first)
{
    if (tested == 0)
        result_reason(e->run.result, OUTCOME_UNREACHABLE, _("no address of the zone can be reached from here"));
    else if (answering == 0)
        result_reason(e->run.result, strcmp(first, "unreachable") == 0 ? OUTCOME_UNREACHABLE : OUTCOME_TIMEOUT,
                      _("no server of the zone answered: %s"), first);
    else if (answering < tested)
        result_reason(e->run.result, OUTCOME_PARTIAL, _("%u of %u addresses answered"), answering, tested);
}

static void report(struct edns *e)
{
    unsigned failures[TESTS] = {0}, passed = 0, total = 0, tested = 0, compliant = 0, answering = 0;
    const char *first = "";
    json_t *list = json_array();
    for (size_t i = 0; i < e->count; i++) {
        const struct address *address = &e->addresses[i];
        unsigned good = 0, made = 0;
        json_array_append_new(list, address_json(address, failures, &good, &made));
        tested += !address->unsent;
        answering += made > 1;
        compliant += good == TESTS;
        passed += good;
        total += made;
        if (!address->unsent && !*first)
            first = address->verdicts[0];
    }
    json_object_set_new(e->run.result->detail, "servers", list);
    result_metric(e->run.result, "servers", (double)e->zone->count);
    result_metric(e->run.result, "addresses", (double)e->count);
    result_metric(e->run.result, "tested", tested);
    result_metric(e->run.result, "compliant", compliant);
    result_metric(e->run.result, "tests", total);
    result_metric(e->run.result, "passed", passed);
    for (size_t i = 0; i < TESTS; i++)
        result_metric(e->run.result, tests[i].metric, failures[i]);
    decide(e, tested, answering, first);
}

/* ---- the questions ---- */

static void ask(struct address *address, const struct edns_test *test)
{
    struct edns *e = address->edns;
    struct question *q = &e->questions[(size_t)(address - e->addresses) * TESTS + (size_t)(test - tests)];
    *q = (struct question){address, test};
    struct exchange_question question = {
        .query = {.name = e->zone->name,
                  .type = test->type,
                  .dnssec_ok = test->dnssec_ok,
                  .bufsize = test->bufsize,
                  .edns_version = test->version,
                  .edns_flags = test->flags,
                  .options = test->unknown ? &e->unknown
                             : test->list  ? &e->list
                                           : NULL},
        .server = address->addr,
        .transport = test->tcp ? EXCHANGE_TCP : EXCHANGE_UDP,
        .tcp_fallback = !test->cut,
        .timeout_ms = (int)check_arg_int(e->run.args, "timeout_ms"),
        .retries = test->tcp ? 0 : (int)check_arg_int(e->run.args, "retries"),
    };
    inquiry_ask(e->inquiry, &question, q);
}

static void on_answer(void *user, void *of, const struct exchange_answer *answer)
{
    struct question *q = of;
    struct address *address = q->address;
    char *verdict = address->verdicts[q->test - tests];
    if (answer->outcome == OUTCOME_OK)
        judge(address->edns, q->test, answer, verdict);
    else if (answer->unsent)
        address->unsent = true;
    else
        tag(verdict, failure(answer));
    bool silent = answer->outcome == OUTCOME_TIMEOUT || answer->outcome == OUTCOME_UNREACHABLE ||
                  answer->outcome == OUTCOME_REFUSED || answer->unsent;
    if (q->test != tests || silent)
        return;
    for (size_t i = 1; i < TESTS; i++)
        ask(address, &tests[i]);
}

static void on_done(void *user)
{
    report(user);
    measurement_end(user);
}

static void compose_options(struct edns *e)
{
    static const uint8_t subnet[] = {0, 1, 0, 0}; /* IPv4, 0/0: nothing of the client's address */
    random_bytes(e->cookie, sizeof e->cookie);
    packet_option_add(&e->unknown, UNKNOWN_OPTION, NULL, 0);
    packet_option_add(&e->list, PACKET_NSID, NULL, 0);
    packet_option_add(&e->list, PACKET_SUBNET, subnet, sizeof subnet);
    packet_option_add(&e->list, PACKET_EXPIRE, NULL, 0);
    packet_option_add(&e->list, PACKET_COOKIE, e->cookie, sizeof e->cookie);
}

/* Names that share an address are one server, which is asked once. */
static bool knows(const struct edns *e, const struct sockaddr_storage *addr)
{
    for (size_t i = 0; i < e->count; i++)
        if (address_same_host(&e->addresses[i].addr, addr))
            return true;
    return false;
}

static void on_zone(void *user, const struct zone *zone)
{
    struct edns *e = user;
    int family = target_family(e->run.args);
    e->zone = zone;
    if (zone->outcome != OUTCOME_OK) {
        measurement_fail(&e->run, zone->outcome, zone->reason);
        return;
    }
    e->addresses = alloc_zero(ZONE_SERVERS_MAX * ZONE_ADDRESSES_MAX, sizeof *e->addresses);
    e->questions = alloc_zero(ZONE_SERVERS_MAX * ZONE_ADDRESSES_MAX * TESTS, sizeof *e->questions);
    e->inquiry = inquiry_new(e->run.env, AT_ONCE, on_answer, on_done, e);
    compose_options(e);
    size_t denied = 0;
    for (size_t i = 0; i < zone->count; i++) {
        const struct zone_server *server = &zone->servers[i];
        denied += server->denied_count;
        for (size_t k = 0; k < server->count; k++) {
            if ((family && family != address_version(&server->addrs[k])) || knows(e, &server->addrs[k]))
                continue;
            struct address *address = &e->addresses[e->count++];
            *address = (struct address){.edns = e, .server = server, .addr = server->addrs[k]};
            ask(address, tests);
        }
    }
    if (e->count > 0)
        return;
    result_reason(e->run.result, denied ? OUTCOME_DENIED : OUTCOME_DNS_ERROR, "%.*s", 150, zone->servers[0].reason);
    measurement_end(&e->run);
}

static void begin(void *check, const struct target_answer *target)
{
    struct edns *e = check;
    struct zone_wish wish = {
        .policy = &e->run.args->policy,
        .name = e->run.args->target,
        .timeout_ms = (int)check_arg_int(e->run.args, "timeout_ms"),
        .retries = (int)check_arg_int(e->run.args, "retries"),
    };
    struct fault f = {0};
    enum outcome outcome = target_asked_resolver(e->run.env, e->run.args, &wish.resolver, &f);
    if (outcome == OUTCOME_OK)
        e->find = zone_find(e->run.env, &wish, on_zone, e);
    else
        measurement_fail(&e->run, outcome, f.text);
}

/* ---- the operations ---- */

static int64_t cost_bytes(const struct check_args *args)
{
    return 10 * COST_ADDRESS_BYTES; /* five servers with both families, as most ccTLDs have */
}

static void stop(void *check)
{
    struct edns *e = check;
    e->run.result->bytes += inquiry_wire_bytes(e->inquiry) + zone_wire_bytes(e->find);
    inquiry_free(TAKE(e->inquiry));
    zone_free(TAKE(e->find));
}

static void clear(void *check)
{
    struct edns *e = check;
    buf_free(&e->unknown);
    buf_free(&e->list);
    free(e->addresses);
    free(e->questions);
}

const struct check_ops check_edns = {
    .name = "edns",
    .help = N_("EDNS conformance of every server of a zone"),
    .class = CLASS_PATH,
    .target = TARGET_DOMAIN,
    .params = params,
    .param_count = COUNT(params),
    .cost_bytes = cost_bytes,
    .state_size = sizeof(struct edns),
    .begin = begin,
    .stop = stop,
    .clear = clear,
};
