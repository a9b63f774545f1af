/* delegation: the health of a zone's delegation, as its operators want it.
 *
 *   PARENT    the parent zone is the nearest name above that has NS records
 *   REFERRAL  one of the parent's servers is asked for the zone's NS, without
 *             recursion: its list, and the size of the referral
 *   OWN       the zone's list as the resolver has it
 *   SERVERS   the addresses of the servers in both lists
 *   ASKING    every address, side by side: does it answer with authority over
 *             UDP and TCP, with which SOA record and which list of servers? What
 *             answers is asked more (delegation/facts.h). Servers that only these
 *             lists name are found and asked in a second round.
 *   MASTER    the addresses of the first server that the SOA record names
 *   MASTERS   does it serve the zone?
 *
 * An address is what the resolver has for a server's name; where it has none,
 * as for a zone so broken that it does not resolve, it is what the parent or
 * the zone's servers sent along (glue).
 *
 * One deadline holds for all of it. Each step may take its share, so that a
 * resolver that waits for dead servers leaves time to ask them by their glue.
 *
 * What it all means is judged in delegation/, a file a test case. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "agent/check/delegation/finding.h"
#include "agent/check/delegation/reading.h"
#include "agent/check/delegation/report.h"
#include "agent/dns/reverse.h"
#include "agent/io/address.h"
#include "agent/io/headers.h"
#include "agent/measure/check.h"
#include "agent/measure/measurement.h"
#include "common/lang.h"

#define AT_ONCE 64
/* OWN, SERVERS and ASKING wait for the dead; the rest is soon done. */
#define SHARES 4
/* Servers of the parent that are asked before giving up. */
#define PARENT_TRIES 4
/* What resolvers offer today: the size of a referral that fits. */
#define BUFSIZE 4096
/* Five servers with both families, as most ccTLDs have. */
#define COST_BYTES          30000
#define COST_TRANSFER_BYTES 10000
/* A name that nobody has (RFC 6761 section 6.4): who answers for it would for any. */
#define SOMEBODY_ELSES "xn--nameservertest.invalid."

enum step {
    STEP_PARENT,
    STEP_REFERRAL,
    STEP_OWN,
    STEP_SERVERS,
    STEP_ASKING,
    STEP_MASTER,
    STEP_MASTERS,
};

struct question { /* the tag; one of the two */
    struct place *place;
    struct master *master;
    enum asked asked;
};

struct delegation {
    struct measurement run;
    enum step step;
    struct sockaddr_storage resolver;
    int attempt_ms, retries;
    bool transfer, late, second_round;
    struct facts facts;
    struct zone_find *find, *master_find;
    struct inquiry *inquiry, *reverse; /* of servers; of the resolver */
    struct sockaddr_storage parents[PARENT_TRIES];
    size_t parent_count, parent_next;
    struct roster all;
    struct question *questions; /* ASKED_COUNT for each place, then the masters' */
};

static const struct check_param params[] = {
    {"resolver", PARAM_ADDRESS, NULL, 0, 0, NULL,
     N_("address of the resolver that knows the servers; without one, the system's")},
    {"timeout_ms", PARAM_INT, "20000", 10, 120000, NULL,
     N_("milliseconds for the whole measurement; who has not answered by then is silent")},
    {"retries", PARAM_INT, "2", 0, EXCHANGE_RETRIES_MAX, NULL, N_("further attempts after a timeout")},
    {"transfer", PARAM_BOOL, "yes", 0, 0, NULL,
     N_("ask every server for a transfer of the zone, up to its first message")},
};

/* ---- the end ---- */

static void report(struct delegation *d)
{
    struct result *r = d->run.result;
    report_facts(&d->facts, r);
    if (d->late && r->outcome == OUTCOME_OK)
        result_reason(r, OUTCOME_PARTIAL, _("not everything was answered within %lld ms"),
                      (long long)check_arg_int(d->run.args, "timeout_ms"));
    measurement_end(&d->run);
}

/* ---- the questions ---- */

static void ask(struct delegation *d, const struct sockaddr_storage *server, const char *type, bool tcp,
                struct question *tag)
{
    struct exchange_question question = {
        .query = {.name = d->facts.zone, .type = type, .dnssec_ok = true, .bufsize = BUFSIZE},
        .server = *server,
        .transport = tcp ? EXCHANGE_TCP : EXCHANGE_UDP,
        .tcp_fallback = true,
        .timeout_ms = d->attempt_ms,
        .retries = tcp || (!tag && d->parent_count > 1) ? 0 : d->retries,
    };
    inquiry_ask(d->inquiry, &question, tag);
}

static struct question *question_of(struct delegation *d, struct place *p, enum asked asked)
{
    struct question *q = &d->questions[(size_t)(p - d->facts.places) * ASKED_COUNT + asked];
    *q = (struct question){.place = p, .asked = asked};
    return q;
}

static void ask_more(struct delegation *d, struct place *p)
{
    struct exchange_question recursion = {
        .query = {.name = SOMEBODY_ELSES, .type = "A", .rd = true},
        .server = p->addr,
        .timeout_ms = d->attempt_ms,
    };
    struct exchange_question transfer = {
        .query = {.name = d->facts.zone, .type = "AXFR", .transfer = true},
        .server = p->addr,
        .transport = EXCHANGE_TCP,
        .timeout_ms = d->attempt_ms,
    };
    ask(d, &p->addr, "NS", false, question_of(d, p, ASKED_NS));
    ask(d, &p->addr, "AAAA", false, question_of(d, p, ASKED_AAAA));
    inquiry_ask(d->inquiry, &recursion, question_of(d, p, ASKED_RECURSION));
    if (d->transfer)
        inquiry_ask(d->inquiry, &transfer, question_of(d, p, ASKED_TRANSFER));
}

static void ask_place(struct delegation *d, const char *name, const struct sockaddr_storage *addr)
{
    struct facts *f = &d->facts;
    char reverse[REVERSE_NAME_SIZE];
    if (facts_place(f, addr) || f->place_count == FACTS_PLACES_MAX)
        return;
    struct place *p = &f->places[f->place_count++];
    p->addr = *addr;
    snprintf(p->name, sizeof p->name, "%s", name);
    ask(d, addr, "SOA", false, question_of(d, p, ASKED_UDP));
    ask(d, addr, "SOA", true, question_of(d, p, ASKED_TCP));
    struct exchange_question ptr = {
        .query = {.name = reverse_name(addr, reverse), .type = "PTR", .rd = true, .bufsize = 1232},
        .server = d->resolver,
        .tcp_fallback = true,
        .timeout_ms = d->attempt_ms,
        .retries = d->retries,
    };
    inquiry_ask(d->reverse, &ptr, question_of(d, p, ASKED_PTR));
}

static void ask_glue(struct delegation *d, const char *name)
{
    for (size_t i = 0; i < d->facts.glue_count; i++) {
        struct fault f;
        struct sockaddr_storage addr = d->facts.glue[i].addr;
        if (strcmp(d->facts.glue[i].name, name) != 0 ||
            policy_check(&d->run.args->policy, (const struct sockaddr *)&addr, &f) < 0)
            continue;
        address_set_port(&addr, DNS_PORT);
        ask_place(d, name, &addr);
    }
}

static void on_inquiry_done(void *user);

static void ask_servers(struct delegation *d)
{
    const struct zone *servers = d->facts.servers;
    size_t before = d->facts.place_count;
    d->step = STEP_ASKING;
    for (size_t i = 0; i < servers->count; i++) {
        const struct zone_server *server = &servers->servers[i];
        for (size_t k = 0; k < server->count; k++)
            ask_place(d, server->name, &server->addrs[k]);
        if (server->count == 0)
            ask_glue(d, server->name);
    }
    if (d->facts.place_count > before)
        return;
    if (d->facts.place_count > 0)
        on_inquiry_done(d);
    else
        measurement_fail(&d->run, OUTCOME_DNS_ERROR, _("no server of the zone has an address that may be asked"));
}

/* ---- finding servers ---- */

static void on_zone(void *user, const struct zone *zone);

static struct zone_find *find_zone(struct delegation *d, const char *name, const char (*names)[RECORD_NAME_MAX],
                                   size_t count)
{
    struct zone_wish wish = {
        .policy = &d->run.args->policy,
        .resolver = d->resolver,
        .name = name,
        .names = names,
        .name_count = count,
        .timeout_ms = d->attempt_ms,
        .retries = d->retries,
    };
    return zone_find(d->run.env, &wish, on_zone, d);
}

static void find(struct delegation *d, const char *name, const struct roster *names)
{
    d->run.result->bytes += zone_wire_bytes(d->find);
    d->facts.servers = NULL;
    zone_free(TAKE(d->find));
    d->find = find_zone(d, name, names ? names->names : NULL, names ? names->count : 0);
}

static void find_own(struct delegation *d)
{
    d->step = STEP_OWN;
    find(d, d->facts.zone, NULL);
}

/* Servers that the zone lists and nobody knew of before. */
static bool find_more(struct delegation *d)
{
    const struct facts *f = &d->facts;
    size_t known = d->all.count;
    for (size_t i = 0; i < f->place_count; i++)
        for (size_t k = 0; f->places[i].list && k < f->places[i].list->count; k++)
            roster_add(&d->all, f->places[i].list->names[k]);
    if (d->second_round || d->all.count == known)
        return false;
    d->second_round = true;
    d->step = STEP_SERVERS;
    find(d, f->zone, &d->all);
    return true;
}

static void ask_parent(struct delegation *d)
{
    if (d->parent_next < d->parent_count) {
        ask(d, &d->parents[d->parent_next++], "NS", false, NULL);
        return;
    }
    d->facts.no_referral = true;
    find_own(d);
}

static void on_referral(struct delegation *d, const struct exchange_answer *answer)
{
    if (!reading_referral(&d->facts, answer)) {
        ask_parent(d);
        return;
    }
    result_metric(d->run.result, "parent_servers", (double)d->facts.referral.count);
    result_metric(d->run.result, "referral_bytes", (double)answer->len);
    find_own(d);
}

static void on_parent(struct delegation *d, const struct zone *zone)
{
    if (zone->outcome == OUTCOME_DNS_ERROR && zone_go_up(d->facts.parent)) {
        find(d, d->facts.parent, NULL);
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
    struct facts *f = &d->facts;
    for (size_t i = 0; i < zone->count; i++)
        roster_add(&f->own, zone->servers[i].name);
    d->all = f->referral;
    for (size_t i = 0; i < f->own.count; i++)
        roster_add(&d->all, f->own.names[i]);
    if (d->all.count == 0) {
        measurement_fail(&d->run, zone->outcome, zone->reason);
        return;
    }
    d->step = STEP_SERVERS;
    find(d, f->zone, &d->all);
}

/* ---- the first server ---- */

static void add_master(struct delegation *d, const struct sockaddr_storage *addr)
{
    struct facts *f = &d->facts;
    const struct place *known = facts_place(f, addr);
    if (f->master_count == ZONE_ADDRESSES_MAX)
        return;
    struct master *master = &f->masters[f->master_count++];
    master->addr = *addr;
    if (known && !known->unsent) {
        snprintf(master->word, sizeof master->word, "%s", known->words[ASKED_UDP]);
        master->serial = known->soa.serial;
    } else if (!known) {
        struct question *q = &d->questions[FACTS_PLACES_MAX * ASKED_COUNT + f->master_count - 1];
        *q = (struct question){.master = master};
        ask(d, addr, "SOA", false, q);
    }
}

static void on_master(struct delegation *d, const struct zone *zone)
{
    const struct zone_server *server = &zone->servers[0];
    d->facts.mname_absent = zone_server_absent(server);
    d->step = STEP_MASTERS;
    for (size_t i = 0; i < server->count; i++)
        add_master(d, &server->addrs[i]);
    if (inquiry_idle(d->inquiry))
        report(d);
}

/* The newest copy's first server, unless no record names one. */
static void find_master(struct delegation *d)
{
    struct facts *f = &d->facts;
    const struct place *newest = NULL;
    for (size_t i = 0; i < f->place_count; i++)
        if (f->places[i].udp && (!newest || soa_newer(f->places[i].soa.serial, newest->soa.serial)))
            newest = &f->places[i];
    if (newest)
        snprintf(f->mname, sizeof f->mname, "%s", newest->soa.mname);
    if (!newest || strcmp(f->mname, ".") == 0 || strcmp(f->mname, "localhost.") == 0) {
        report(d);
        return;
    }
    d->step = STEP_MASTER;
    d->master_find = find_zone(d, f->zone, &f->mname, 1);
}

/* ---- the steps ---- */

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
        d->facts.servers = zone;
        ask_servers(d);
        break;
    case STEP_MASTER:
        on_master(d, zone);
        break;
    case STEP_REFERRAL:
    case STEP_ASKING:
    case STEP_MASTERS:
        break;
    }
}

static void on_answer(void *user, void *tag, const struct exchange_answer *answer)
{
    struct delegation *d = user;
    const struct question *q = tag;
    if (!q) {
        on_referral(d, answer);
    } else if (q->master) {
        reading_master(&d->facts, q->master, answer);
    } else {
        reading_place(&d->facts, q->place, q->asked, answer);
        if (q->asked == ASKED_UDP && answer->outcome == OUTCOME_OK)
            ask_more(d, q->place);
    }
}

static void on_inquiry_done(void *user)
{
    struct delegation *d = user;
    if (!inquiry_idle(d->inquiry) || !inquiry_idle(d->reverse))
        return;
    if (d->step == STEP_ASKING && !find_more(d))
        find_master(d);
    else if (d->step == STEP_MASTERS)
        report(d);
}

static void on_deadline(uv_timer_t *timer)
{
    struct delegation *d = timer->data;
    d->late = true;
    for (size_t i = 0; i < d->facts.place_count; i++)
        if (!d->facts.places[i].words[ASKED_UDP][0])
            snprintf(d->facts.places[i].words[ASKED_UDP], sizeof d->facts.places[i].words[0], "timeout");
    if (d->facts.place_count > 0) {
        report(d);
        return;
    }
    result_reason(d->run.result, OUTCOME_TIMEOUT, _("no answer within %lld ms"),
                  (long long)check_arg_int(d->run.args, "timeout_ms"));
    measurement_end(&d->run);
}

static void begin(void *check, const struct target_answer *target)
{
    struct delegation *d = check;
    struct fault f = {0};
    int64_t timeout_ms = check_arg_int(d->run.args, "timeout_ms");
    enum outcome outcome = target_asked_resolver(d->run.env, d->run.args, &d->resolver, &f);
    if (outcome != OUTCOME_OK) {
        measurement_fail(&d->run, outcome, f.text);
        return;
    }
    if (!zone_go_up(d->facts.parent)) {
        measurement_fail(&d->run, OUTCOME_SKIPPED, _("the root has no parent"));
        return;
    }
    d->retries = (int)check_arg_int(d->run.args, "retries");
    d->attempt_ms = (int)(timeout_ms / (SHARES * (1 + d->retries))) + 1;
    d->transfer = check_arg_bool(d->run.args, "transfer");
    d->inquiry = inquiry_new(d->run.env, AT_ONCE, on_answer, on_inquiry_done, d);
    d->reverse = inquiry_new(d->run.env, AT_ONCE, on_answer, on_inquiry_done, d);
    inquiry_at_home(d->reverse);
    uv_timer_start(&d->run.timer, on_deadline, (uint64_t)timeout_ms, 0);
    find(d, d->facts.parent, NULL);
}

/* ---- the operations ---- */

static int64_t cost_bytes(const struct check_args *args)
{
    return COST_BYTES + (check_arg_bool(args, "transfer") ? COST_TRANSFER_BYTES : 0);
}

static void stop(void *check)
{
    struct delegation *d = check;
    struct result *r = d->run.result;
    json_t *findings = findings_judge(&d->facts), *problems = findings_problems(findings);
    json_object_set_new(r->detail, "parent", json_string(d->facts.parent));
    json_object_set_new(r->detail, "parent_ns", roster_json(&d->facts.referral));
    /* Where nothing was looked at, no list says that nothing was found. */
    if (r->outcome == OUTCOME_OK || r->outcome == OUTCOME_PARTIAL || json_array_size(findings) > 0) {
        json_object_set(r->detail, "findings", findings);
        json_object_set(r->detail, "problems", problems);
        result_metric(r, "problems", (double)json_array_size(problems));
    }
    json_decref(findings);
    json_decref(problems);
    r->bytes += inquiry_wire_bytes(d->inquiry) + inquiry_wire_bytes(d->reverse) + zone_wire_bytes(d->find) +
                zone_wire_bytes(d->master_find);
    inquiry_free(TAKE(d->inquiry));
    inquiry_free(TAKE(d->reverse));
    zone_free(TAKE(d->find));
    zone_free(TAKE(d->master_find));
}

static void clear(void *check)
{
    struct delegation *d = check;
    facts_free(&d->facts);
    free(d->questions);
}

static int prepare(void *check, struct fault *f)
{
    struct delegation *d = check;
    facts_init(&d->facts, d->run.args->target);
    d->questions = alloc_zero(FACTS_PLACES_MAX * ASKED_COUNT + ZONE_ADDRESSES_MAX, sizeof *d->questions);
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
