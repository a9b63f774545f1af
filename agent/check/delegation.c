/* delegation: the health of a zone's delegation, as its operators want it.
 *
 *   PARENT    the parent zone is the nearest name above that has NS records
 *   REFERRAL  one of the parent's servers is asked for the zone's NS, without
 *             recursion: its list, and the size of the referral
 *   SERVERS   the servers in the parent's list and in the zone's own, with
 *             their addresses
 *   ASKING    every address, over UDP and TCP: does it answer with authority,
 *             with which serial, with which list of servers? Servers that only
 *             these lists name are found and asked in a second round.
 *
 * An address is what the resolver has for a server's name; where it has none,
 * as for a zone so broken that it does not resolve, it is what the parent or
 * the zone's servers sent along (glue).
 *
 * detail.problems names what an operator would want to repair:
 *   no_referral       no server of the parent knows the delegation
 *   ns_mismatch       parent and child list different servers
 *   child_mismatch    the servers of the zone do not list the same ones
 *   no_address        a server's name has no address
 *   lame              an address does not answer with authority over UDP
 *   no_tcp            an address that answers over UDP does not over TCP
 *   serials_differ    the SOA serials are not all equal
 *   glue_mismatch     the parent's address of a server is not the one that its
 *                     own name has
 *   single_server     fewer than two addresses
 *   no_ipv6           no server has an IPv6 address
 *   single_prefix     all IPv4 addresses lie in one /24 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "agent/io/address.h"
#include "agent/measure/check.h"
#include "agent/io/headers.h"
#include "agent/measure/measurement.h"
#include "agent/dns/roster.h"
#include "agent/dns/soa.h"
#include "agent/dns/zone.h"
#include "common/lang.h"

#define AT_ONCE 8
/* Servers of the parent that are asked before giving up. */
#define PARENT_TRIES 4
/* What resolvers offer today: the size of a referral that fits. */
#define BUFSIZE       4096
#define COST_BYTES    20000
#define GLUE_MAX      (ZONE_SERVERS_MAX * 4)
#define ADDRESSES_MAX (ZONE_SERVERS_MAX * ZONE_ADDRESSES_MAX)

enum step {
    STEP_PARENT,
    STEP_REFERRAL,
    STEP_OWN,     /* the zone's list as the resolver has it */
    STEP_SERVERS, /* addresses of all servers */
    STEP_ASKING,
};

struct glue {
    char name[RECORD_NAME_MAX];
    struct sockaddr_storage addr;
};

enum asked { ASKED_UDP, ASKED_TCP, ASKED_NS, ASKED_COUNT };

struct address {
    char name[RECORD_NAME_MAX]; /* of its server */
    struct sockaddr_storage addr;
    bool unsent, answered, udp, tcp; /* udp, tcp: with authority */
    char why[ASKED_COUNT][48];       /* "ok" or what was wrong */
    int64_t serial;                  /* -1: none came */
    struct roster *list;             /* its NS records, owned; NULL: none came */
    size_t size;                     /* of the answer with them */
};

struct question { /* the tag */
    struct address *address;
    enum asked asked;
};

struct delegation {
    struct measurement run;
    enum step step;
    struct sockaddr_storage resolver;
    char zone[RECORD_NAME_MAX];
    char parent[RECORD_NAME_MAX];
    struct zone_find *find;
    struct inquiry *inquiry;
    struct sockaddr_storage parents[PARENT_TRIES];
    size_t parent_count, parent_next;
    struct roster referral, own, all;
    struct glue glue[GLUE_MAX];
    size_t glue_count, parent_glue; /* the parent's come first */
    const struct zone *servers;     /* the finder's */
    bool second_round;
    struct address *addresses;
    struct question *questions;
    size_t count;
    json_t *problems;
};

static const struct check_param params[] = {
    {"resolver", PARAM_ADDRESS, NULL, 0, 0, NULL,
     N_("address of the resolver that knows the servers; without one, the system's")},
    {"timeout_ms", PARAM_INT, "2000", 10, 60000, NULL, N_("milliseconds to wait for each attempt's answer")},
    {"retries", PARAM_INT, "2", 0, EXCHANGE_RETRIES_MAX, NULL, N_("further attempts after a timeout")},
};

/* ---- the report ---- */

static void problem(struct delegation *d, const char *word)
{
    for (size_t i = 0; i < json_array_size(d->problems); i++)
        if (strcmp(json_string_value(json_array_get(d->problems, i)), word) == 0)
            return;
    json_array_append_new(d->problems, json_string(word));
}

/* How many distinct networks the addresses of one IP version lie in. */
static unsigned networks(const struct delegation *d, int version, unsigned *ret_addresses)
{
    unsigned count = 0;
    *ret_addresses = 0;
    for (size_t i = 0; i < d->count; i++) {
        const struct sockaddr_storage *addr = &d->addresses[i].addr;
        if (address_version(addr) != version)
            continue;
        bool fresh = true;
        for (size_t k = 0; k < i && fresh; k++)
            fresh = !address_same_network(&d->addresses[k].addr, addr);
        count += fresh;
        *ret_addresses += 1;
    }
    return count;
}

static unsigned serials(const struct delegation *d)
{
    unsigned count = 0;
    for (size_t i = 0; i < d->count; i++) {
        bool fresh = d->addresses[i].serial >= 0;
        for (size_t k = 0; k < i && fresh; k++)
            fresh = d->addresses[k].serial != d->addresses[i].serial;
        count += fresh;
    }
    return count;
}

static json_t *address_json(const struct address *a)
{
    char text[46] = "";
    uv_ip_name((const struct sockaddr *)&a->addr, text, sizeof text);
    json_t *entry = json_pack("{s:s, s:s}", "name", a->name, "addr", text);
    if (a->unsent) {
        json_object_set_new(entry, "skipped", json_string(_("no route from here")));
        return entry;
    }
    json_object_set_new(entry, "udp", json_string(a->why[ASKED_UDP]));
    json_object_set_new(entry, "tcp", json_string(a->why[ASKED_TCP]));
    if (a->serial >= 0)
        json_object_set_new(entry, "serial", json_integer(a->serial));
    return entry;
}

static void judge_addresses(struct delegation *d, unsigned *ret_tested, unsigned *ret_udp, unsigned *ret_tcp)
{
    json_t *list = json_array();
    const struct roster *child = NULL;
    for (size_t i = 0; i < d->count; i++) {
        const struct address *a = &d->addresses[i];
        json_array_append_new(list, address_json(a));
        if (a->unsent)
            continue;
        *ret_tested += 1;
        *ret_udp += a->udp;
        *ret_tcp += a->tcp;
        if (!a->udp)
            problem(d, "lame");
        else if (!a->tcp)
            problem(d, "no_tcp");
        if (!a->list)
            continue;
        if (child && !roster_same(child, a->list))
            problem(d, "child_mismatch");
        if (d->referral.count > 0 && !roster_same(&d->referral, a->list))
            problem(d, "ns_mismatch");
        child = a->list;
    }
    json_object_set_new(d->run.result->detail, "servers", list);
    if (!child)
        child = &d->own;
    json_object_set_new(d->run.result->detail, "child_ns", roster_json(child));
    result_metric(d->run.result, "child_servers", (double)child->count);
    result_metric(d->run.result, "agree", d->referral.count > 0 && roster_same(&d->referral, child));
}

static void judge_glue(struct delegation *d)
{
    for (size_t g = 0; g < d->parent_glue; g++) {
        bool known = false, found = false;
        for (size_t i = 0; i < d->servers->count; i++) {
            const struct zone_server *server = &d->servers->servers[i];
            if (strcmp(server->name, d->glue[g].name) != 0 || server->count == 0)
                continue;
            known = true;
            for (size_t k = 0; k < server->count; k++)
                found |= address_same_host(&server->addrs[k], &d->glue[g].addr);
        }
        if (known && !found)
            problem(d, "glue_mismatch");
    }
}

static void report(struct delegation *d)
{
    unsigned tested = 0, udp = 0, tcp = 0, four, six;
    size_t answer_bytes = 0;
    judge_addresses(d, &tested, &udp, &tcp);
    judge_glue(d);
    unsigned nets4 = networks(d, 4, &four), nets6 = networks(d, 6, &six);
    for (size_t i = 0; i < d->servers->count; i++) {
        bool found = d->servers->servers[i].denied_count > 0;
        for (size_t k = 0; k < d->count && !found; k++)
            found = strcmp(d->addresses[k].name, d->servers->servers[i].name) == 0;
        if (!found)
            problem(d, "no_address");
    }
    for (size_t i = 0; i < d->count; i++)
        answer_bytes = d->addresses[i].size > answer_bytes ? d->addresses[i].size : answer_bytes;
    if (serials(d) > 1)
        problem(d, "serials_differ");
    if (d->count < 2)
        problem(d, "single_server");
    if (six == 0)
        problem(d, "no_ipv6");
    if (nets4 == 1 && four > 1)
        problem(d, "single_prefix");
    struct result *r = d->run.result;
    result_metric(r, "addresses4", four);
    result_metric(r, "addresses6", six);
    result_metric(r, "tested", tested);
    result_metric(r, "udp", udp);
    result_metric(r, "tcp", tcp);
    result_metric(r, "lame", tested - udp);
    result_metric(r, "serials", serials(d));
    result_metric(r, "answer_bytes", (double)answer_bytes);
    result_metric(r, "prefixes4", nets4);
    result_metric(r, "prefixes6", nets6);
    if (tested == 0)
        result_reason(r, OUTCOME_UNREACHABLE, _("no server of the zone can be reached from here"));
    else if (udp == 0)
        result_reason(r, OUTCOME_DNS_ERROR, _("no server answers with authority for the zone"));
}

/* ---- the questions ---- */

static void ask(struct delegation *d, const struct sockaddr_storage *server, const char *type, bool tcp,
                struct question *tag)
{
    struct exchange_question question = {
        .query = {.name = d->zone, .type = type, .dnssec_ok = true, .bufsize = BUFSIZE},
        .server = *server,
        .transport = tcp ? EXCHANGE_TCP : EXCHANGE_UDP,
        .tcp_fallback = true,
        .timeout_ms = (int)check_arg_int(d->run.args, "timeout_ms"),
        .retries = tcp ? 0 : (int)check_arg_int(d->run.args, "retries"),
    };
    inquiry_ask(d->inquiry, &question, tag);
}

static void find(struct delegation *d, const char *name, const struct roster *names);

static void ask_parent(struct delegation *d)
{
    if (d->parent_next < d->parent_count) {
        ask(d, &d->parents[d->parent_next++], "NS", false, NULL);
        return;
    }
    problem(d, "no_referral");
    d->step = STEP_OWN;
    find(d, d->zone, NULL);
}

static void read_glue(struct delegation *d, const struct packet *p)
{
    for (size_t i = 0; i < record_count(p, RECORD_ADDITIONAL) && d->glue_count < GLUE_MAX; i++) {
        struct record record;
        struct glue *glue = &d->glue[d->glue_count];
        record_get(p, RECORD_ADDITIONAL, i, &record);
        if (!record_address(&record, &glue->addr))
            continue;
        snprintf(glue->name, sizeof glue->name, "%s", record.name);
        d->glue_count++;
    }
}

static void on_referral(struct delegation *d, const struct exchange_answer *answer)
{
    if (answer->outcome == OUTCOME_OK) {
        /* A server of both zones answers from the child. */
        roster_read(&d->referral, answer->packet, RECORD_AUTHORITY, d->zone);
        roster_read(&d->referral, answer->packet, RECORD_ANSWER, d->zone);
    }
    if (d->referral.count == 0) {
        ask_parent(d);
        return;
    }
    read_glue(d, answer->packet);
    d->parent_glue = d->glue_count;
    result_metric(d->run.result, "parent_servers", (double)d->referral.count);
    result_metric(d->run.result, "referral_bytes", (double)answer->len);
    d->step = STEP_OWN;
    find(d, d->zone, NULL);
}

static const char *verdict(const struct delegation *d, const struct exchange_answer *answer)
{
    if (answer->outcome != OUTCOME_OK)
        return outcome_word(answer->outcome);
    int rcode = packet_rcode(answer->packet);
    const char *word = packet_rcode_word(rcode);
    if (rcode != PACKET_NOERROR)
        return word ? word : "rcode";
    return packet_authoritative(answer->packet) ? "ok" : "not_authoritative";
}

static void on_server(struct delegation *d, struct question *q, const struct exchange_answer *answer)
{
    struct address *a = q->address;
    struct record record;
    struct soa zone_soa;
    size_t at = 0;
    const char *word = verdict(d, answer);
    bool soa = answer->outcome == OUTCOME_OK && record_next(answer->packet, RECORD_ANSWER, "SOA", &at, &record) &&
               soa_read(&record, &zone_soa);
    if (strcmp(word, "ok") == 0 && q->asked != ASKED_NS && !soa)
        word = "no_soa";
    bool good = strcmp(word, "ok") == 0;
    snprintf(a->why[q->asked], sizeof a->why[q->asked], "%s", word);
    a->unsent |= answer->unsent && q->asked == ASKED_UDP;
    switch (q->asked) {
    case ASKED_UDP:
        a->udp = good;
        if (good)
            a->serial = zone_soa.serial;
        break;
    case ASKED_TCP:
        a->tcp = good;
        break;
    case ASKED_NS:
        if (!good || a->list)
            break;
        a->list = alloc_zero(1, sizeof *a->list);
        roster_read(a->list, answer->packet, RECORD_ANSWER, d->zone);
        read_glue(d, answer->packet);
        a->size = answer->len;
        break;
    case ASKED_COUNT:
        break;
    }
}

static void on_answer(void *user, void *tag, const struct exchange_answer *answer)
{
    struct delegation *d = user;
    if (tag)
        on_server(d, tag, answer);
    else
        on_referral(d, answer);
}

/* Servers that the zone lists and nobody knew of before. */
static bool find_more(struct delegation *d)
{
    size_t known = d->all.count;
    for (size_t i = 0; i < d->count; i++)
        for (size_t k = 0; d->addresses[i].list && k < d->addresses[i].list->count; k++)
            roster_add(&d->all, d->addresses[i].list->names[k]);
    if (d->second_round || d->all.count == known)
        return false;
    d->second_round = true;
    d->step = STEP_SERVERS;
    find(d, d->zone, &d->all);
    return true;
}

static void on_inquiry_done(void *user)
{
    struct delegation *d = user;
    if (d->step != STEP_ASKING || find_more(d))
        return;
    report(d);
    measurement_end(&d->run);
}

static void ask_address(struct delegation *d, const char *name, const struct sockaddr_storage *addr)
{
    for (size_t i = 0; i < d->count; i++)
        if (strcmp(d->addresses[i].name, name) == 0 && address_same_host(&d->addresses[i].addr, addr))
            return;
    if (d->count == ADDRESSES_MAX)
        return;
    struct question *q = &d->questions[d->count * ASKED_COUNT];
    struct address *a = &d->addresses[d->count++];
    *a = (struct address){.addr = *addr, .serial = -1};
    snprintf(a->name, sizeof a->name, "%s", name);
    for (int asked = 0; asked < ASKED_COUNT; asked++) {
        q[asked] = (struct question){a, (enum asked)asked};
        ask(d, &a->addr, asked == ASKED_NS ? "NS" : "SOA", asked == ASKED_TCP, &q[asked]);
    }
}

static void ask_glue(struct delegation *d, const char *name)
{
    for (size_t i = 0; i < d->glue_count; i++) {
        struct fault f;
        struct sockaddr_storage addr = d->glue[i].addr;
        if (strcmp(d->glue[i].name, name) != 0 ||
            policy_check(&d->run.args->policy, (const struct sockaddr *)&addr, &f) < 0)
            continue;
        address_set_port(&addr, DNS_PORT);
        ask_address(d, name, &addr);
    }
}

static void ask_servers(struct delegation *d)
{
    size_t before = d->count;
    d->step = STEP_ASKING;
    for (size_t i = 0; i < d->servers->count; i++) {
        const struct zone_server *server = &d->servers->servers[i];
        for (size_t k = 0; k < server->count; k++)
            ask_address(d, server->name, &server->addrs[k]);
        if (server->count == 0)
            ask_glue(d, server->name);
    }
    if (d->count > before)
        return;
    if (d->count > 0) {
        on_inquiry_done(d);
        return;
    }
    problem(d, "no_address");
    measurement_fail(&d->run, OUTCOME_DNS_ERROR, _("no server of the zone has an address that may be asked"));
}

/* ---- finding servers ---- */

static void on_parent(struct delegation *d, const struct zone *zone)
{
    if (zone->outcome == OUTCOME_DNS_ERROR && zone_go_up(d->parent)) {
        find(d, d->parent, NULL);
        return;
    }
    if (zone->outcome != OUTCOME_OK) {
        measurement_fail(&d->run, zone->outcome, zone->reason);
        return;
    }
    /* One address of each server first: they fail together. */
    for (size_t k = 0; k < ZONE_ADDRESSES_MAX; k++)
        for (size_t i = 0; i < zone->count && d->parent_count < PARENT_TRIES; i++)
            if (k < zone->servers[i].count)
                d->parents[d->parent_count++] = zone->servers[i].addrs[k];
    d->step = STEP_REFERRAL;
    ask_parent(d);
}

static void on_own(struct delegation *d, const struct zone *zone)
{
    for (size_t i = 0; i < zone->count; i++)
        roster_add(&d->own, zone->servers[i].name);
    d->all = d->referral;
    for (size_t i = 0; i < d->own.count; i++)
        roster_add(&d->all, d->own.names[i]);
    if (d->all.count == 0) {
        measurement_fail(&d->run, zone->outcome, zone->reason);
        return;
    }
    d->step = STEP_SERVERS;
    find(d, d->zone, &d->all);
}

static void on_zone(void *user, const struct zone *zone)
{
    struct delegation *d = user;
    switch (d->step) {
    case STEP_PARENT:
        on_parent(d, zone);
        break;
    case STEP_OWN:
        on_own(d, zone);
        break;
    case STEP_SERVERS:
        d->servers = zone;
        ask_servers(d);
        break;
    case STEP_REFERRAL:
    case STEP_ASKING:
        break;
    }
}

static void find(struct delegation *d, const char *name, const struct roster *names)
{
    d->run.result->bytes += zone_wire_bytes(d->find);
    zone_free(TAKE(d->find));
    struct zone_wish wish = {
        .policy = &d->run.args->policy,
        .resolver = d->resolver,
        .name = name,
        .names = names ? names->names : NULL,
        .name_count = names ? names->count : 0,
        .timeout_ms = (int)check_arg_int(d->run.args, "timeout_ms"),
        .retries = (int)check_arg_int(d->run.args, "retries"),
    };
    d->find = zone_find(d->run.env, &wish, on_zone, d);
}

static void begin(void *check, const struct target_answer *target)
{
    struct delegation *d = check;
    struct fault f = {0};
    enum outcome outcome = target_asked_resolver(d->run.env, d->run.args, &d->resolver, &f);
    if (outcome != OUTCOME_OK) {
        measurement_fail(&d->run, outcome, f.text);
        return;
    }
    if (!zone_go_up(d->parent)) {
        measurement_fail(&d->run, OUTCOME_SKIPPED, _("the root has no parent"));
        return;
    }
    d->inquiry = inquiry_new(d->run.env, AT_ONCE, on_answer, on_inquiry_done, d);
    find(d, d->parent, NULL);
}

/* ---- the operations ---- */

static int64_t cost_bytes(const struct check_args *args)
{
    return COST_BYTES;
}

static void stop(void *check)
{
    struct delegation *d = check;
    json_t *detail = d->run.result->detail;
    json_object_set_new(detail, "parent", json_string(d->parent));
    json_object_set_new(detail, "parent_ns", roster_json(&d->referral));
    json_object_set(detail, "problems", d->problems);
    result_metric(d->run.result, "problems", (double)json_array_size(d->problems));
    d->run.result->bytes += inquiry_wire_bytes(d->inquiry) + zone_wire_bytes(d->find);
    inquiry_free(TAKE(d->inquiry));
    zone_free(TAKE(d->find));
}

static void clear(void *check)
{
    struct delegation *d = check;
    json_decref(d->problems);
    for (size_t i = 0; i < d->count; i++)
        free(d->addresses[i].list);
    free(d->addresses);
    free(d->questions);
}

static int prepare(void *check, struct fault *f)
{
    struct delegation *d = check;
    zone_name(d->run.args->target, d->zone);
    zone_name(d->run.args->target, d->parent);
    d->addresses = alloc_zero(ADDRESSES_MAX, sizeof *d->addresses);
    d->questions = alloc_zero(ADDRESSES_MAX * ASKED_COUNT, sizeof *d->questions);
    d->problems = json_array();
    return 0;
}

const struct check_ops check_delegation = {
    .name = "delegation",
    .help = N_("health of a zone's delegation and of its servers"),
    .class = CLASS_PATH,
    .target = TARGET_DOMAIN,
    .params = params,
    .param_count = COUNT(params),
    .cost_bytes = cost_bytes,
    .state_size = sizeof(struct delegation),
    .prepare = prepare,
    .begin = begin,
    .stop = stop,
    .clear = clear,
};
