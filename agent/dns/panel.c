#include "agent/dns/panel.h"

#include <string.h>

#include "agent/dns/packet_ldns.h"
#include "agent/dns/rrset.h"
#include "agent/dns/trust.h"
#include "agent/dns/zone.h"
#include "agent/io/address.h"
#include "common/lang.h"

#define AT_ONCE   8
#define BUFSIZE   1232
#define SEATS_MAX (ZONE_SERVERS_MAX * 2) /* an IPv4 and an IPv6 address of each */

enum seat_state {
    SEAT_JUDGING, /* its trust has work, or a question */
    SEAT_ASKING,  /* one is under way */
    SEAT_OVER,
};

/* One address. */
struct seat {
    struct panel *panel;
    enum seat_state state;
    const char *name; /* the finder's */
    struct sockaddr_storage addr;
    struct trust *trust;
    char *asked, *asked_type; /* its present question */
    bool own;                 /* that goes to this server */
    bool unsent;              /* no route from here */
    bool has_signature;       /* this server sent one: */
    int64_t shortest_s;       /* what is left of the shortest */
};

struct panel {
    const struct env *env;
    struct panel_wish wish;
    panel_done_fn done;
    void *user;
    char wanted[RECORD_NAME_MAX], zone[RECORD_NAME_MAX];
    struct zone_find *find;
    int64_t find_bytes; /* of the finders before */
    struct inquiry *inquiry;
    uv_timer_t timer; /* its turns are slices of judging */
    struct seat seats[SEATS_MAX];
    size_t count;
};

static void on_turn(uv_timer_t *timer);

static void schedule(struct panel *p)
{
    uv_timer_start(&p->timer, on_turn, 0, 0);
}

/* ---- what a server sent ---- */

static void note_signatures(struct seat *s, const struct packet *packet)
{
    const ldns_rr_list *sections[] = {ldns_pkt_answer(packet->pkt), ldns_pkt_authority(packet->pkt)};
    for (size_t k = 0; k < COUNT(sections); k++) {
        for (size_t i = 0; i < ldns_rr_list_rr_count(sections[k]); i++) {
            const ldns_rr *rr = ldns_rr_list_rr(sections[k], i);
            if (ldns_rr_get_type(rr) != LDNS_RR_TYPE_RRSIG || !rrset_whole(rr))
                continue;
            /* RFC 4034 section 3.1.5: serial number arithmetic. */
            uint32_t end = ldns_rdf2native_int32(ldns_rr_rrsig_expiration(rr));
            int64_t left = (int32_t)(end - (uint32_t)s->panel->wish.now_s);
            if (!s->has_signature || left < s->shortest_s)
                s->shortest_s = left;
            s->has_signature = true;
        }
    }
}

/* ---- the questions ---- */

static bool is_below(const char *name, const char *zone)
{
    char up[RECORD_NAME_MAX];
    zone_name(name, up);
    do {
        if (strcmp(up, zone) == 0)
            return true;
    } while (zone_go_up(up));
    return false;
}

/* The zone's own records. DS records of its name are its parent's. */
static bool is_own(const struct seat *s)
{
    char name[RECORD_NAME_MAX];
    zone_name(s->asked, name);
    return is_below(name, s->panel->zone) && !(strcmp(s->asked_type, "DS") == 0 && strcmp(name, s->panel->zone) == 0);
}

static void ask(struct seat *s)
{
    const struct panel *p = s->panel;
    struct exchange_question question = {
        .query =
            {.name = s->asked, .type = s->asked_type, .rd = !s->own, .cd = true, .dnssec_ok = true, .bufsize = BUFSIZE},
        .server = s->own ? s->addr : p->wish.resolver,
        .tcp_fallback = true,
        .timeout_ms = p->wish.timeout_ms,
        .retries = p->wish.retries,
    };
    inquiry_ask(p->inquiry, &question, s);
}

static void judge(struct seat *s, const struct packet *packet, const char *why)
{
    trust_answer(s->trust, packet, why);
    s->state = SEAT_JUDGING;
    schedule(s->panel);
}

/* Asks the server, or the resolver where it was not asked before. */
static void ask_or_recall(struct seat *s)
{
    const struct packet *known = s->own ? NULL : answers_find(s->panel->wish.known, s->asked, s->asked_type);
    if (known)
        judge(s, known, NULL);
    else
        ask(s);
}

static void go_on(struct seat *s)
{
    const char *name, *type;
    if (!trust_next(s->trust, &name, &type)) {
        s->state = SEAT_OVER;
        return;
    }
    free(s->asked);
    free(s->asked_type);
    s->asked = alloc_text(name);
    s->asked_type = alloc_text(type);
    s->own = is_own(s);
    s->state = SEAT_ASKING;
    ask_or_recall(s);
}

static void on_turn(uv_timer_t *timer)
{
    struct panel *p = timer->data;
    bool open = false;
    for (size_t i = 0; i < p->count; i++) {
        struct seat *s = &p->seats[i];
        if (s->state == SEAT_JUDGING) {
            if (trust_work(s->trust)) {
                schedule(p);
                return;
            }
            go_on(s);
        }
        open |= s->state != SEAT_OVER;
    }
    if (!open)
        p->done(p->user);
}

/* An alias may lead below a cut of the zone, which its servers do not speak for. */
static bool leads_elsewhere(const struct seat *s, const struct exchange_answer *answer)
{
    char name[RECORD_NAME_MAX];
    zone_name(s->asked, name);
    return answer->outcome == OUTCOME_OK && !packet_authoritative(answer->packet) &&
           packet_rcode(answer->packet) == PACKET_NOERROR && !is_below(s->panel->wanted, name);
}

static void on_answer(void *user, void *tag, const struct exchange_answer *answer)
{
    struct seat *s = tag;
    const struct packet *packet = answer->outcome == OUTCOME_OK ? answer->packet : NULL;
    const char *why = outcome_word(answer->outcome);
    int rcode = packet ? packet_rcode(packet) : -1;
    if (s->own && leads_elsewhere(s, answer)) {
        s->own = false;
        ask_or_recall(s);
        return;
    }
    if (!s->own && packet)
        answers_keep(s->panel->wish.known, s->asked, s->asked_type, answer->bytes, answer->len);
    s->unsent |= s->own && answer->unsent;
    if (s->own && (rcode == PACKET_NOERROR || rcode == PACKET_NXDOMAIN) && !packet_authoritative(packet)) {
        packet = NULL;
        why = "not_authoritative";
    }
    if (s->own && packet)
        note_signatures(s, packet);
    judge(s, packet, why);
}

/* Between two rounds of questions there is none under way; the turns know when all is over. */
static void on_quiet(void *user) {}

/* ---- the servers ---- */

static void sit_down(struct panel *p, const struct zone_server *server, const struct sockaddr_storage *addr)
{
    struct fault f = {0};
    struct seat *s = &p->seats[p->count];
    if (p->count == SEATS_MAX)
        return;
    for (size_t i = 0; i < p->count; i++)
        if (address_same_host(&p->seats[i].addr, addr))
            return;
    *s = (struct seat){.panel = p, .name = server->name, .addr = *addr};
    if (trust_new(p->wish.anchor, p->wish.name, p->wish.type, p->wish.now_s, &s->trust, &f) == 0)
        p->count++;
}

static void find(struct panel *p);

static void on_zone(void *user, const struct zone *zone)
{
    struct panel *p = user;
    if (zone->outcome == OUTCOME_DNS_ERROR && zone_go_up(p->zone)) {
        find(p);
        return;
    }
    for (size_t i = 0; i < zone->count; i++)
        for (size_t k = 0; k < zone->servers[i].count; k++)
            sit_down(p, &zone->servers[i], &zone->servers[i].addrs[k]);
    schedule(p);
}

static void find(struct panel *p)
{
    struct zone_wish wish = {
        .policy = p->wish.policy,
        .resolver = p->wish.resolver,
        .name = p->zone,
        .cd = true,
        .timeout_ms = p->wish.timeout_ms,
        .retries = p->wish.retries,
    };
    p->find_bytes += zone_wire_bytes(p->find);
    zone_free(TAKE(p->find));
    p->find = zone_find(p->env, &wish, on_zone, p);
}

struct panel *panel_new(const struct env *env, const struct panel_wish *wish, panel_done_fn done, void *user)
{
    struct panel *p = alloc_zero(1, sizeof *p);
    p->env = env;
    p->wish = *wish;
    p->done = done;
    p->user = user;
    zone_name(wish->name, p->wanted);
    zone_name(wish->name, p->zone);
    if (strcmp(wish->type, "DS") == 0)
        zone_go_up(p->zone);
    p->inquiry = inquiry_new(env, AT_ONCE, on_answer, on_quiet, p);
    uv_timer_init(env->loop, &p->timer);
    p->timer.data = p;
    find(p);
    return p;
}

static void on_closed(uv_handle_t *handle)
{
    struct panel *p = handle->data;
    for (size_t i = 0; i < p->count; i++) {
        trust_free(p->seats[i].trust);
        free(p->seats[i].asked);
        free(p->seats[i].asked_type);
    }
    free(p);
}

void panel_free(struct panel *p)
{
    if (!p)
        return;
    inquiry_free(TAKE(p->inquiry));
    zone_free(TAKE(p->find));
    uv_close((uv_handle_t *)&p->timer, on_closed);
}

/* ---- the report ---- */

void panel_result(const struct panel *p, struct panel_report *ret)
{
    *ret = (struct panel_report){0};
    for (size_t i = 0; i < p->count; i++) {
        const struct seat *s = &p->seats[i];
        struct trust_report trust;
        trust_result(s->trust, &trust);
        if (s->unsent)
            continue;
        ret->tested++;
        if (s->has_signature && (!ret->signed_ || s->shortest_s < ret->lifetime_s)) {
            ret->signed_ = true;
            ret->lifetime_s = s->shortest_s;
        }
        if (trust.verdict != TRUST_BOGUS)
            continue;
        if (ret->bogus++ == 0) {
            ret->first = s->name;
            ret->reason = trust.reason;
        }
    }
}

json_t *panel_json(const struct panel *p)
{
    json_t *list = json_array();
    for (size_t i = 0; i < p->count; i++) {
        const struct seat *s = &p->seats[i];
        struct trust_report trust;
        char addr[46] = "";
        trust_result(s->trust, &trust);
        uv_ip_name((const struct sockaddr *)&s->addr, addr, sizeof addr);
        json_t *entry = json_pack("{s:s, s:s}", "name", s->name, "addr", addr);
        json_array_append_new(list, entry);
        if (s->unsent) {
            json_object_set_new(entry, "skipped", json_string(_("no route from here")));
            continue;
        }
        json_object_set_new(entry, "verdict", json_string(trust_word(trust.verdict)));
        if (trust.link[0])
            json_object_set_new(entry, "link", json_string(trust.link));
        if (trust.reason[0])
            json_object_set_new(entry, "why", json_string(trust.reason));
        if (s->has_signature)
            json_object_set_new(entry, "lifetime_s", json_integer(s->shortest_s));
    }
    return list;
}

int64_t panel_wire_bytes(const struct panel *p)
{
    return p ? inquiry_wire_bytes(p->inquiry) + p->find_bytes + zone_wire_bytes(p->find) : 0;
}

size_t panel_count(const struct panel *p)
{
    return inquiry_count(p->inquiry);
}
