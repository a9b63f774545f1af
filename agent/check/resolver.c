/* resolver: what one recursive resolver does for its users, and to them.
 *
 *   speed       a name that nobody asked before (uncached), then again (cached)
 *   identity    who asks the authoritative server: the whoami zone tells the
 *               address that the resolver goes out with, its EDNS buffer, and
 *               whether it passes the client's subnet on (ECS)
 *   size        the largest answer that comes over UDP; whether TCP works
 *   honesty     a name that does not exist stays so; a wildcard's answer comes
 *               unchanged; known names have the addresses that a control
 *               resolver gives
 *   validation  a well-signed name comes with AD, a badly signed one not at all
 *               (SERVFAIL), unless with CD
 *
 * Names below the whoami zone of a measurement target (parameter zone):
 * RANDOM.whoami TXT, RANDOM.wild A, RANDOM.nx A, RANDOM.padN TXT of about N
 * octets. Without a zone, what needs it is left out.
 *
 * A name's verdict, against the control resolver:
 *   ok            the same answer: a common network, or both have none
 *   rewritten     an address for what does not exist
 *   blocked       none, or one of no public host, for what does exist
 *   inconsistent  addresses of other networks (content networks do that, too)
 *   unknown       one of the two failed
 * The worst of them, and of the NXDOMAIN tests, is the result's verdict. */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "agent/io/address.h"
#include "agent/measure/check.h"
#include "agent/dns/inquiry.h"
#include "agent/io/headers.h"
#include "agent/dns/record.h"
#include "agent/measure/measurement.h"
#include "common/lang.h"
#include "common/prefix.h"
#include "common/sign.h"

#define ROUNDS_MAX    10
#define NAMES_MAX     16
#define ADDRESSES_MAX 16
#define BUFSIZE       1232
/* A wildcard's address in the whoami zone (RFC 5737: no host has it). */
#define WILDCARD_ADDRESS "192.0.2.53"
#define AT_ONCE          2 /* the resolver and the control */
#define QUESTION_BYTES   300

/* Extended errors that say "somebody did not want you to have it" (RFC 8914). */
enum { EDE_BLOCKED = 15, EDE_CENSORED = 16, EDE_FILTERED = 17, EDE_PROHIBITED = 18 };

enum verdict { VERDICT_OK, VERDICT_INCONSISTENT, VERDICT_BLOCKED, VERDICT_REWRITTEN, VERDICT_UNKNOWN };
static const char *const verdicts[] = {"ok", "inconsistent", "blocked", "rewritten", "unknown"};

enum asked {
    ASKED_UNCACHED,
    ASKED_CACHED,
    ASKED_WHOAMI,
    ASKED_SIZE,
    ASKED_TCP,
    ASKED_NX,      /* below the nxdomain parameter */
    ASKED_NX_ZONE, /* below the whoami zone */
    ASKED_GOOD,
    ASKED_BOGUS,
    ASKED_BOGUS_CD,
    ASKED_NAME,
    ASKED_CONTROL,
};

static const int sizes[] = {512, 1232, 1452, 4096};

/* All that one run may ask: each round's name twice, the zone's two and its
 * sizes, TCP, no such name, good, bogus with and without CD, and each name here
 * and at the control. */
#define QUESTIONS_MAX (2 * ROUNDS_MAX + 2 + COUNT(sizes) + 5 + 2 * NAMES_MAX)

struct question { /* the tag */
    enum asked asked;
    size_t index;
};

struct answer { /* of one resolver for one name */
    bool failed;
    bool blocked; /* it says so itself */
    int rcode;
    struct sockaddr_storage addrs[ADDRESSES_MAX];
    size_t count;
};

struct compared {
    char *name;
    struct answer here, control;
};

struct resolver {
    struct measurement run;
    struct inquiry *inquiry;
    struct sockaddr_storage server, control;
    const char *zone; /* NULL: none */
    char random[17];
    struct question questions[QUESTIONS_MAX];
    size_t question_count;
    unsigned queries, failures;
    enum outcome failed_as;        /* the failures' outcome; timeout when they differ */
    double uncached_ms, cached_ms; /* sums */
    unsigned uncached, cached;
    size_t udp_size;
    int tcp, rewrites, wildcard, good_ad, bogus_refused, bogus_cd, ecs; /* -1 unknown, 0, 1 */
    struct compared names[NAMES_MAX];
    size_t name_count;
};

static const struct check_param params[] = {
    {"zone", PARAM_DOMAIN, NULL, 0, 0, NULL, N_("whoami zone of a measurement target; without one, less is known")},
    {"names", PARAM_DOMAINS, "nic.bj,afrinic.net,internetsociety.org,wikipedia.org", 0, 0, NULL,
     N_("names to compare with the control resolver, separated by commas")},
    {"control", PARAM_ADDRESS, "1.1.1.1", 0, 0, NULL, N_("address of the control resolver")},
    {"nxdomain", PARAM_DOMAIN, "com", 0, 0, NULL, N_("domain below which random names do not exist")},
    {"good", PARAM_DOMAIN, "internetsociety.org", 0, 0, NULL, N_("name that is well signed")},
    {"bogus", PARAM_DOMAIN, "dnssec-failed.org", 0, 0, NULL, N_("name whose signature is wrong")},
    {"count", PARAM_INT, "3", 1, ROUNDS_MAX, NULL, N_("names to ask for uncached and cached")},
    {"timeout_ms", PARAM_INT, "3000", 10, 60000, NULL, N_("milliseconds to wait for each attempt's answer")},
    {"retries", PARAM_INT, "0", 0, EXCHANGE_RETRIES_MAX, NULL, N_("further attempts after a timeout")},
    {"nth", PARAM_INT, "1", 1, 8, NULL, N_("which of the system's resolvers, when there is no target")},
    {"family", PARAM_CHOICE, "any", 0, 0, target_families, N_("IP version")},
};

/* ---- judging ---- */

static bool any_private(const struct answer *a)
{
    for (size_t i = 0; i < a->count; i++)
        if (policy_is_private((const struct sockaddr *)&a->addrs[i]))
            return true;
    return false;
}

static enum verdict compare(const struct answer *here, const struct answer *control)
{
    if (here->failed || control->failed || control->rcode == PACKET_SERVFAIL)
        return VERDICT_UNKNOWN;
    if (here->blocked && !control->blocked)
        return VERDICT_BLOCKED;
    if (control->count == 0)
        return here->count > 0 ? VERDICT_REWRITTEN : VERDICT_OK;
    if (here->count == 0)
        return here->rcode == PACKET_SERVFAIL ? VERDICT_UNKNOWN : VERDICT_BLOCKED;
    /* Operators balance within a network, and name other hosts of it. */
    for (size_t i = 0; i < here->count; i++)
        for (size_t k = 0; k < control->count; k++)
            if (address_same_network(&here->addrs[i], &control->addrs[k]))
                return VERDICT_OK;
    return any_private(here) && !any_private(control) ? VERDICT_BLOCKED : VERDICT_INCONSISTENT;
}

static void read_answer(const struct exchange_answer *from, struct answer *ret)
{
    size_t len = 0;
    *ret = (struct answer){.failed = from->outcome != OUTCOME_OK};
    if (ret->failed)
        return;
    ret->rcode = packet_rcode(from->packet);
    const uint8_t *ede = packet_option(from->packet, PACKET_EDE, &len);
    int code = ede && len >= 2 ? ede[0] << 8 | ede[1] : -1;
    ret->blocked = code >= EDE_BLOCKED && code <= EDE_PROHIBITED;
    for (size_t i = 0; i < record_count(from->packet, RECORD_ANSWER) && ret->count < ADDRESSES_MAX; i++) {
        struct record record;
        record_get(from->packet, RECORD_ANSWER, i, &record);
        ret->count += record_address(&record, &ret->addrs[ret->count]);
    }
}

/* ---- the report ---- */

static const char *dnssec_word(const struct resolver *v)
{
    if (v->bogus_refused == 0)
        return "not_validating";
    /* Refused with CD too: the name is broken otherwise, and tells nothing. */
    if (v->bogus_refused < 0 || v->bogus_cd != 1)
        return v->good_ad == 0 ? "not_validating" : "unknown";
    return v->good_ad == 1 ? "validating" : "partial";
}

static enum verdict report_names(struct resolver *v)
{
    unsigned counts[COUNT(verdicts)] = {0}, known = 0;
    json_t *list = json_object();
    for (size_t i = 0; i < v->name_count; i++) {
        enum verdict verdict = compare(&v->names[i].here, &v->names[i].control);
        counts[verdict]++;
        known += verdict != VERDICT_UNKNOWN;
        json_object_set_new(list, v->names[i].name, json_string(verdicts[verdict]));
    }
    json_object_set_new(v->run.result->detail, "names", list);
    result_metric(v->run.result, "names", known);
    result_metric(v->run.result, "names_ok", counts[VERDICT_OK]);
    result_metric(v->run.result, "names_blocked", counts[VERDICT_BLOCKED]);
    result_metric(v->run.result, "names_rewritten", counts[VERDICT_REWRITTEN]);
    result_metric(v->run.result, "names_inconsistent", counts[VERDICT_INCONSISTENT]);
    return v->rewrites == 1 || counts[VERDICT_REWRITTEN] ? VERDICT_REWRITTEN
           : counts[VERDICT_BLOCKED]                     ? VERDICT_BLOCKED
           : counts[VERDICT_INCONSISTENT]                ? VERDICT_INCONSISTENT
           : known || v->rewrites == 0                   ? VERDICT_OK
                                                         : VERDICT_UNKNOWN;
}

static void report_known(struct resolver *v, const char *metric, int state)
{
    if (state >= 0)
        result_metric(v->run.result, metric, state);
}

static void report(struct resolver *v)
{
    struct result *r = v->run.result;
    const char *dnssec = dnssec_word(v);
    enum verdict verdict = report_names(v);
    result_metric(r, "queries", v->queries);
    result_metric(r, "failures", v->failures);
    if (v->uncached > 0)
        result_metric(r, "uncached_ms", v->uncached_ms / v->uncached);
    if (v->cached > 0)
        result_metric(r, "cached_ms", v->cached_ms / v->cached);
    if (v->udp_size > 0)
        result_metric(r, "udp_size", (double)v->udp_size);
    report_known(v, "tcp", v->tcp);
    report_known(v, "rewrites", v->rewrites);
    report_known(v, "wildcard", v->wildcard);
    report_known(v, "ecs", v->ecs);
    report_known(v, "dnssec", strcmp(dnssec, "unknown") == 0 ? -1 : strcmp(dnssec, "validating") == 0);
    result_metric(r, "verdict", verdict);
    json_object_set_new(r->detail, "dnssec", json_string(dnssec));
    json_object_set_new(r->detail, "verdict", json_string(verdicts[verdict]));
    if (v->failures == v->queries)
        result_fail(r, v->failed_as, "none_answered", NULL);
    else if (verdict == VERDICT_BLOCKED || verdict == VERDICT_REWRITTEN)
        result_fail(r, OUTCOME_BLOCKED, verdict == VERDICT_BLOCKED ? "answers_blocked" : "answers_rewritten", NULL);
    else if (v->failures > 0)
        result_fail(r, OUTCOME_PARTIAL, "some_unanswered", NULL);
}

/* ---- the questions ---- */

struct ask {
    const char *type; /* NULL: "A" */
    int bufsize;      /* 0: BUFSIZE */
    bool dnssec_ok, cd, tcp, control;
};

static void ask(struct resolver *v, enum asked asked, size_t index, const char *name, struct ask how)
{
    assert(v->question_count < QUESTIONS_MAX);
    struct question *q = &v->questions[v->question_count++];
    *q = (struct question){asked, index};
    struct exchange_question question = {
        .query = {.name = name,
                  .type = how.type ? how.type : "A",
                  .rd = true,
                  .cd = how.cd,
                  .dnssec_ok = how.dnssec_ok,
                  .bufsize = how.bufsize ? how.bufsize : BUFSIZE},
        .server = how.control ? v->control : v->server,
        .transport = how.tcp ? EXCHANGE_TCP : EXCHANGE_UDP,
        .tcp_fallback = how.bufsize == 0,
        .timeout_ms = (int)check_arg_int(v->run.args, "timeout_ms"),
        .retries = (int)check_arg_int(v->run.args, "retries"),
    };
    inquiry_ask(v->inquiry, &question, q);
}

/* "LABEL.BRANCH.DOMAIN", different in every run. The text is the caller's to
 * free. */
static char *random_name(const struct resolver *v, size_t i, const char *branch, const char *domain)
{
    return alloc_format("%s%zu.%s%s%s", v->random, i, branch, *branch ? "." : "", domain);
}

static void ask_round(struct resolver *v, enum asked asked, size_t i)
{
    const char *nxdomain = check_arg_text(v->run.args, "nxdomain");
    _cleanup_text_ char *name = v->zone ? random_name(v, i, "wild", v->zone)
                                        : random_name(v, i, "", nxdomain ? nxdomain : "com");
    ask(v, asked, i, name, (struct ask){0});
}

static void ask_zone(struct resolver *v)
{
    _cleanup_text_ char *whoami = random_name(v, 0, "whoami", v->zone);
    _cleanup_text_ char *nx = random_name(v, 0, "nx", v->zone);
    ask(v, ASKED_WHOAMI, 0, whoami, (struct ask){.type = "TXT"});
    ask(v, ASKED_NX_ZONE, 0, nx, (struct ask){0});
    for (size_t i = 0; i < COUNT(sizes); i++) {
        char branch[16];
        snprintf(branch, sizeof branch, "pad%d", sizes[i]);
        _cleanup_text_ char *name = random_name(v, i, branch, v->zone);
        ask(v, ASKED_SIZE, i, name, (struct ask){.type = "TXT", .bufsize = sizes[i]});
    }
}

static void ask_all(struct resolver *v)
{
    const char *good = check_arg_text(v->run.args, "good"), *bogus = check_arg_text(v->run.args, "bogus");
    const char *nxdomain = check_arg_text(v->run.args, "nxdomain");
    for (size_t i = 0; i < (size_t)check_arg_int(v->run.args, "count"); i++)
        ask_round(v, ASKED_UNCACHED, i);
    if (v->zone)
        ask_zone(v);
    ask(v, ASKED_TCP, 0, ".", (struct ask){.type = "SOA", .tcp = true});
    if (nxdomain && *nxdomain) {
        /* Some rewrite only what looks like a web server. */
        _cleanup_text_ char *name = alloc_format("www.%sx.%s", v->random, nxdomain);
        ask(v, ASKED_NX, 0, name, (struct ask){0});
    }
    if (good && *good)
        ask(v, ASKED_GOOD, 0, good, (struct ask){.dnssec_ok = true});
    if (bogus && *bogus) {
        ask(v, ASKED_BOGUS, 0, bogus, (struct ask){0});
        ask(v, ASKED_BOGUS_CD, 0, bogus, (struct ask){.cd = true});
    }
    for (size_t i = 0; i < v->name_count; i++) {
        ask(v, ASKED_NAME, i, v->names[i].name, (struct ask){0});
        ask(v, ASKED_CONTROL, i, v->names[i].name, (struct ask){.control = true});
    }
}

/* ---- the answers ---- */

static void on_uncached(struct resolver *v, size_t i, const struct exchange_answer *a)
{
    struct answer answer;
    char text[46] = "";
    ask_round(v, ASKED_CACHED, i);
    v->uncached_ms += a->rt_ms;
    v->uncached++;
    if (!v->zone)
        return;
    read_answer(a, &answer);
    if (answer.count > 0)
        uv_ip_name((const struct sockaddr *)&answer.addrs[0], text, sizeof text);
    v->wildcard = v->wildcard != 0 && answer.count == 1 && strcmp(text, WILDCARD_ADDRESS) == 0;
}

/* key=value, one TXT record each. Addresses are told by their network: where the
 * home's own router resolves, they are the home's. */
static void on_whoami(struct resolver *v, const struct exchange_answer *a)
{
    struct record record;
    char text[RECORD_DATA_MAX], cut[PREFIX_TEXT_SIZE];
    json_t *seen = json_object();
    for (size_t at = 0; record_next(a->packet, RECORD_ANSWER, "TXT", &at, &record);) {
        record_text(&record, text, sizeof text);
        char *equals = strchr(text, '=');
        if (!equals || json_object_size(seen) == 8)
            continue;
        *equals = '\0';
        bool network = prefix_cut(equals + 1, cut);
        json_object_set_new(seen, text, json_string(network ? cut : equals + 1));
    }
    if (json_object_size(seen) > 0)
        v->ecs = json_object_get(seen, "ecs") != NULL;
    json_object_set_new(v->run.result->detail, "whoami", seen);
}

static void on_size(struct resolver *v, const struct exchange_answer *a)
{
    bool whole = !packet_truncated(a->packet) && record_count_type(a->packet, RECORD_ANSWER, "TXT") > 0;
    if (whole && a->len > v->udp_size)
        v->udp_size = a->len;
}

static void on_nx(struct resolver *v, const struct exchange_answer *a)
{
    struct answer answer;
    read_answer(a, &answer);
    bool rewritten = answer.rcode == PACKET_NOERROR && answer.count > 0;
    if (rewritten || answer.rcode == PACKET_NXDOMAIN)
        v->rewrites = v->rewrites == 1 || rewritten;
    if (rewritten) {
        char text[46] = "";
        uv_ip_name((const struct sockaddr *)&answer.addrs[0], text, sizeof text);
        json_object_set_new(v->run.result->detail, "rewritten_to", json_string(text));
    }
}

static bool useful(const struct packet *p)
{
    return packet_rcode(p) == PACKET_NOERROR;
}

static void on_answered(struct resolver *v, const struct question *q, const struct exchange_answer *a)
{
    switch (q->asked) {
    case ASKED_UNCACHED:
        on_uncached(v, q->index, a);
        break;
    case ASKED_CACHED:
        v->cached_ms += a->rt_ms;
        v->cached++;
        break;
    case ASKED_WHOAMI:
        on_whoami(v, a);
        break;
    case ASKED_SIZE:
        on_size(v, a);
        break;
    case ASKED_TCP:
        v->tcp = 1;
        break;
    case ASKED_NX:
    case ASKED_NX_ZONE:
        on_nx(v, a);
        break;
    case ASKED_GOOD:
        if (useful(a->packet))
            v->good_ad = packet_authentic(a->packet);
        break;
    case ASKED_BOGUS:
        if (useful(a->packet) || packet_rcode(a->packet) == PACKET_SERVFAIL)
            v->bogus_refused = packet_rcode(a->packet) == PACKET_SERVFAIL;
        break;
    case ASKED_BOGUS_CD:
        v->bogus_cd = useful(a->packet);
        break;
    case ASKED_NAME:
    case ASKED_CONTROL:
        break;
    }
}

static void on_answer(void *user, void *tag, const struct exchange_answer *a)
{
    struct resolver *v = user;
    const struct question *q = tag;
    if (q->asked == ASKED_NAME)
        read_answer(a, &v->names[q->index].here);
    if (q->asked == ASKED_CONTROL) {
        read_answer(a, &v->names[q->index].control);
        return;
    }
    /* An answer over TCP only, or too large for the path, is no failure of the
     * resolver; it is what these questions are for. */
    if (q->asked != ASKED_TCP && q->asked != ASKED_SIZE) {
        v->queries++;
        if (a->outcome != OUTCOME_OK)
            v->failed_as = v->failures++ == 0 || v->failed_as == a->outcome ? a->outcome : OUTCOME_TIMEOUT;
    }
    if (a->outcome == OUTCOME_OK)
        on_answered(v, q, a);
    else if (q->asked == ASKED_TCP)
        v->tcp = 0;
}

static void on_done(void *user)
{
    report(user);
    measurement_end(user);
}

/* ---- the operations ---- */

static void begin(void *check, const struct target_answer *target)
{
    struct resolver *v = check;
    struct fault f = {0};
    uint8_t noise[8];
    v->server = target->addr;
    if (v->run.args->target)
        address_set_port(&v->server, DNS_PORT);
    if (address_read(check_arg_text(v->run.args, "control"), &v->control, &f) < 0) {
        result_fail(v->run.result, OUTCOME_UNREACHABLE, "no_interface", f.text);
        measurement_end(&v->run);
        return;
    }
    if (policy_check_target(&v->run.args->policy, (const struct sockaddr *)&v->control, &f) < 0) {
        result_fail(v->run.result, OUTCOME_DENIED, "denied", f.text);
        measurement_end(&v->run);
        return;
    }
    address_set_port(&v->control, DNS_PORT);
    random_bytes(noise, sizeof noise);
    for (size_t i = 0; i < sizeof noise; i++)
        snprintf(v->random + 2 * i, 3, "%02x", noise[i]);
    v->inquiry = inquiry_new(v->run.env, AT_ONCE, on_answer, on_done, v);
    ask_all(v);
}

static int valid(const struct check_args *args, struct fault *f)
{
    const char *control = check_arg_text(args, "control");
    return control && *control ? 0 : check_args_refuse(args, "control", _("an IPv4 or IPv6 address"), f);
}

static int64_t cost_bytes(const struct check_args *args)
{
    int64_t questions = 2 * check_arg_int(args, "count") + 5;
    const char *names = check_arg_text(args, "names"), *zone = check_arg_text(args, "zone");
    for (const char *c = names; c && *c; c++)
        questions += *c == ',' ? 2 : 0;
    int64_t padded = 0;
    for (size_t i = 0; zone && *zone && i < COUNT(sizes); i++)
        padded += sizes[i];
    return questions * QUESTION_BYTES + padded;
}

static void read_names(struct resolver *v)
{
    const char *text = check_arg_text(v->run.args, "names");
    while (text && *text && v->name_count < NAMES_MAX) {
        size_t len = strcspn(text, ",");
        if (len > 0) {
            struct compared *compared = &v->names[v->name_count++];
            compared->name = alloc_text_n(text, len);
            compared->here.failed = compared->control.failed = true;
        }
        text += len + (text[len] != '\0');
    }
}

static void stop(void *check)
{
    struct resolver *v = check;
    v->run.result->bytes += inquiry_wire_bytes(v->inquiry);
    inquiry_free(TAKE(v->inquiry));
}

static void clear(void *check)
{
    struct resolver *v = check;
    for (size_t i = 0; i < v->name_count; i++)
        free(v->names[i].name);
}

static int prepare(void *check, struct fault *f)
{
    struct resolver *v = check;
    const char *zone = check_arg_text(v->run.args, "zone");
    v->zone = zone && *zone ? zone : NULL;
    v->tcp = v->rewrites = v->wildcard = v->good_ad = v->bogus_refused = v->bogus_cd = v->ecs = -1;
    read_names(v);
    return 0;
}

const struct check_ops check_resolver = {
    .name = "resolver",
    .help = N_("one resolver: speed, honesty, DNSSEC validation, identity"),
    .class = CLASS_PATH,
    .target = TARGET_RESOLVER,
    .params = params,
    .param_count = COUNT(params),
    .valid = valid,
    .cost_bytes = cost_bytes,
    .state_size = sizeof(struct resolver),
    .prepare = prepare,
    .begin = begin,
    .stop = stop,
    .clear = clear,
};
