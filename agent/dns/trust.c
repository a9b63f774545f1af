/* The walk goes down from the anchor's zone, one label at a time:
 *
 *   SCOUT   the name and type wanted. What signs them, if anything does, tells
 *           which zone the walk has to reach; nothing is believed yet.
 *   KEYS    DNSKEY of the zone. One of its keys must be the one that the
 *           parent's DS records (or the anchor) name, and must sign the set.
 *   DS      DS of the next name on the way down, signed by the zone we are in.
 *           Present: that name is the next zone, and its keys are next. Absent
 *           with proof: a delegation there is unsigned (insecure), or there is
 *           no delegation and the walk goes one label further.
 *   TARGET  what SCOUT found, signed by the zone reached. An alias (CNAME,
 *           DNAME) starts anew with its target.
 *
 * Whatever the answers hold, the work is bounded: questions, aliases, and
 * signatures tried. */
#include "agent/dns/trust.h"

#include <errno.h>
#include <string.h>

#include "agent/dns/denial.h"
#include "agent/dns/entrance.h"
#include "agent/dns/packet_ldns.h"
#include "agent/dns/rrset.h"
#include "agent/dns/signatures.h"
#include "common/lang.h"
#include "schema/embedded.h"

#define ALIASES_MAX   8
#define QUESTIONS_MAX 128 /* a name has 127 labels at most; real ones need ten */

enum step { STEP_SCOUT, STEP_KEYS, STEP_DS, STEP_TARGET, STEP_OVER };

struct trust {
    enum step step;
    enum trust_verdict verdict;
    const char *reason;
    char link[RECORD_NAME_MAX + 16];
    struct signatures signatures;
    ldns_rdf *wanted; /* the name at the end */
    ldns_rr_type type;
    ldns_pkt *scouted;      /* the answer for it */
    ldns_rdf *signer;       /* who claims to have signed that; NULL: nobody */
    ldns_rr_list *anchors;  /* DS and DNSKEY records, of one owner */
    ldns_rdf *zone;         /* the zone we are in */
    ldns_rdf *cursor;       /* the deepest name known to be in it */
    ldns_rr_list *entrance; /* what names its keys: DS, or the anchors */
    ldns_rr_list *keys;     /* its validated keys; NULL before STEP_KEYS is over */
    ldns_rdf *asked;        /* the name of the present question */
    ldns_rr_type asked_type;
    char *asked_name, *asked_word;
    unsigned zones, questions, aliases;
    json_t *chain;
};

extern const struct embedded trust_anchors[];

static void list_free(ldns_rr_list **list)
{
    ldns_rr_list_deep_free(*list);
}
#define _cleanup_list_ _cleanup_(list_free)

const char *trust_word(enum trust_verdict verdict)
{
    static const char *const words[] = {"secure", "insecure", "bogus", "indeterminate"};
    return words[verdict];
}

const char *trust_root_anchor(void)
{
    return trust_anchors[0].text;
}

/* ---- the end ---- */

static void conclude(struct trust *t, enum trust_verdict verdict, ldns_rr_type type, const ldns_rdf *name,
                     const char *reason)
{
    t->step = STEP_OVER;
    t->verdict = verdict;
    t->reason = reason;
    if (!name)
        return;
    _cleanup_text_ char *word = ldns_rr_type2str(type);
    _cleanup_text_ char *text = ldns_rdf2str(name);
    snprintf(t->link, sizeof t->link, "%s %s", word ? word : "", text ? text : "");
    for (char *c = t->link; *c; c++) {
        if (*c < 0x20 || *c > 0x7e)
            *c = '?';
    }
}

static void bogus(struct trust *t, ldns_rr_type type, const ldns_rdf *name, const char *reason)
{
    conclude(t, TRUST_BOGUS, type, name, reason);
}

/* ---- proofs ---- */

/* The NSEC and NSEC3 records of the answer that hold. A bad one among them is
 * told by why and link. */
static ldns_rr_list *proofs_of(struct trust *t, const ldns_pkt *pkt, const char **ret_why, ldns_rdf **ret_owner)
{
    static const ldns_rr_type types[] = {LDNS_RR_TYPE_NSEC, LDNS_RR_TYPE_NSEC3};
    const ldns_rr_list *section = ldns_pkt_authority(pkt);
    ldns_rr_list *proofs = ldns_rr_list_new();
    for (size_t k = 0; k < COUNT(types); k++) {
        _cleanup_list_ ldns_rr_list *all = rrset_pick(section, NULL, types[k]);
        for (size_t i = 0; all && i < ldns_rr_list_rr_count(all); i++) {
            const ldns_rr *rr = ldns_rr_list_rr(all, i), *sig = NULL;
            _cleanup_list_ ldns_rr_list *set = rrset_pick(section, ldns_rr_owner(rr), types[k]);
            const char *why = signatures_verify(&t->signatures, t->zone, set, section, t->keys, &sig);
            /* A wildcard's own NSEC may stand under another name; as a proof it
             * would speak of a name that it was not made for. */
            if (!why && rrset_number(sig, 2) < ldns_dname_label_count(ldns_rr_owner(rr)) -
                                                   (ldns_dname_is_wildcard(ldns_rr_owner(rr)) ? 1u : 0u))
                why = "signature_wrong";
            if (!why) {
                ldns_rr_list_push_rr(proofs, ldns_rr_clone(rr));
            } else if (!*ret_why) {
                *ret_why = why;
                *ret_owner = ldns_rdf_clone(ldns_rr_owner(rr));
            }
        }
    }
    return proofs;
}

/* ---- the steps ---- */

static void go_to_zone(struct trust *t, const ldns_rdf *zone, ldns_rr_list *entrance)
{
    ldns_rdf *name = ldns_rdf_clone(zone), *cursor = ldns_rdf_clone(zone);
    ldns_rdf_deep_free(t->zone);
    ldns_rdf_deep_free(t->cursor);
    ldns_rr_list_deep_free(t->entrance);
    ldns_rr_list_deep_free(t->keys);
    t->zone = name;
    t->cursor = cursor;
    t->entrance = entrance;
    t->keys = NULL;
    t->step = STEP_KEYS;
}

/* From the cursor one label further towards the name wanted, or to its end. */
static void go_down(struct trust *t)
{
    if (t->signer && rrset_same_name(t->zone, t->signer)) {
        t->step = STEP_TARGET;
        return;
    }
    int left = ldns_dname_label_count(t->wanted) - ldns_dname_label_count(t->cursor);
    /* DS records of a name are its parent's (RFC 4035 section 3.1.4.1). */
    t->step = left > (t->type == LDNS_RR_TYPE_DS ? 1 : 0) ? STEP_DS : STEP_TARGET;
}

static void go_to_anchor(struct trust *t)
{
    const ldns_rdf *top = ldns_rr_owner(ldns_rr_list_rr(t->anchors, 0));
    go_to_zone(t, top, ldns_rr_list_clone(t->anchors));
}

/* To a name from the beginning: the first one, or an alias's target. */
static void go_to_name(struct trust *t, ldns_rdf *name)
{
    const ldns_rdf *top = ldns_rr_owner(ldns_rr_list_rr(t->anchors, 0));
    ldns_rdf_deep_free(t->wanted);
    t->wanted = name;
    t->step = STEP_SCOUT;
    if (!rrset_same_name(name, top) && !ldns_dname_is_subdomain(name, top))
        conclude(t, TRUST_INSECURE, t->type, name, "outside_anchor");
}

static void go_to_alias(struct trust *t, ldns_rdf *target)
{
    if (++t->aliases > ALIASES_MAX)
        bogus(t, LDNS_RR_TYPE_CNAME, t->wanted, "alias_loop");
    else
        go_to_name(t, TAKE(target));
    ldns_rdf_deep_free(target);
}

/* ---- SCOUT ---- */

static const ldns_rdf *signer_of(const ldns_rr_list *section, const ldns_rdf *name)
{
    for (size_t i = 0; i < ldns_rr_list_rr_count(section); i++) {
        const ldns_rr *rr = ldns_rr_list_rr(section, i);
        if (ldns_rr_get_type(rr) == LDNS_RR_TYPE_RRSIG && rrset_whole(rr) &&
            (rrset_same_name(ldns_rr_owner(rr), name) || ldns_dname_is_subdomain(name, ldns_rr_owner(rr))))
            return ldns_rr_rrsig_signame(rr);
    }
    return NULL;
}

static void on_scout(struct trust *t, const ldns_pkt *pkt)
{
    const ldns_rdf *signer = signer_of(ldns_pkt_answer(pkt), t->wanted);
    if (!signer && ldns_rr_list_rr_count(ldns_pkt_answer(pkt)) == 0)
        signer = signer_of(ldns_pkt_authority(pkt), t->wanted);
    ldns_rdf_deep_free(TAKE(t->signer));
    if (signer)
        t->signer = ldns_rdf_clone(signer);
    ldns_pkt_free(t->scouted);
    t->scouted = ldns_pkt_clone(pkt);
    go_to_anchor(t);
}

/* ---- KEYS ---- */

static void note_zone(struct trust *t, const ldns_rr_list *entry, const ldns_rr *sig)
{
    _cleanup_text_ char *zone = ldns_rdf2str(t->zone);
    json_t *keys = json_array();
    for (size_t i = 0; i < ldns_rr_list_rr_count(entry); i++) {
        const ldns_rr *key = ldns_rr_list_rr(entry, i);
        json_array_append_new(keys, json_sprintf("%u/%u", ldns_calc_keytag(key), rrset_number(key, 2)));
    }
    int64_t left = signatures_left_s(&t->signatures, sig);
    t->zones++;
    json_array_append_new(
        t->chain, json_pack("{s:s, s:o, s:I}", "zone", zone ? zone : "", "keys", keys, "lifetime_s", (json_int_t)left));
}

static void on_keys(struct trust *t, const ldns_pkt *pkt)
{
    const ldns_rr_list *section = ldns_pkt_answer(pkt);
    const ldns_rr *sig = NULL;
    bool anchored = ldns_rr_get_type(ldns_rr_list_rr(t->entrance, 0)) == LDNS_RR_TYPE_DNSKEY || t->zones == 0;
    _cleanup_list_ ldns_rr_list *set = rrset_pick(section, t->zone, LDNS_RR_TYPE_DNSKEY);
    if (!set) {
        bogus(t, LDNS_RR_TYPE_DNSKEY, t->zone, "dnskey_missing");
        return;
    }
    ldns_rr_list *entry = entrance_keys(t->entrance, set);
    if (ldns_rr_list_rr_count(entry) == 0) {
        bogus(t, LDNS_RR_TYPE_DS, t->zone, anchored ? "anchor_mismatch" : "ds_mismatch");
        ldns_rr_list_free(entry);
        return;
    }
    const char *why = signatures_verify(&t->signatures, t->zone, set, section, entry, &sig);
    if (why) {
        bogus(t, LDNS_RR_TYPE_DNSKEY, t->zone, why);
    } else {
        note_zone(t, entry, sig);
        ldns_rr_list *usable = entrance_keys(NULL, set);
        t->keys = ldns_rr_list_clone(usable);
        ldns_rr_list_free(usable);
        go_down(t);
    }
    ldns_rr_list_free(entry);
}

/* ---- DS ---- */

static void on_no_ds(struct trust *t, const ldns_pkt *pkt)
{
    const char *why = NULL;
    ldns_rdf *owner = NULL;
    _cleanup_list_ ldns_rr_list *proofs = proofs_of(t, pkt, &why, &owner);
    switch (denial_read(proofs, t->zone, t->asked, LDNS_RR_TYPE_DS)) {
    case DENIAL_DELEGATION:
    case DENIAL_OPT_OUT:
        conclude(t, TRUST_INSECURE, LDNS_RR_TYPE_DS, t->asked, "unsigned_delegation");
        break;
    case DENIAL_TOO_COSTLY:
        conclude(t, TRUST_INSECURE, LDNS_RR_TYPE_DS, t->asked, "nsec3_iterations");
        break;
    case DENIAL_NO_TYPE: /* no cut here */
        ldns_rdf_deep_free(t->cursor);
        t->cursor = ldns_rdf_clone(t->asked);
        go_down(t);
        break;
    case DENIAL_NO_NAME: /* nor below */
        t->step = STEP_TARGET;
        break;
    case DENIAL_NONE:
        if (owner)
            bogus(t, ldns_rr_list_rr_count(proofs) ? LDNS_RR_TYPE_DS : LDNS_RR_TYPE_NSEC, owner, why);
        else
            bogus(t, LDNS_RR_TYPE_DS, t->asked, "denial_missing");
    }
    ldns_rdf_deep_free(owner);
}

static void on_ds(struct trust *t, const ldns_pkt *pkt)
{
    const ldns_rr_list *section = ldns_pkt_answer(pkt);
    const ldns_rr *sig = NULL;
    _cleanup_list_ ldns_rr_list *set = rrset_pick(section, t->asked, LDNS_RR_TYPE_DS);
    _cleanup_list_ ldns_rr_list *alias = rrset_pick(section, t->asked, LDNS_RR_TYPE_CNAME);
    if (!set && !alias) {
        on_no_ds(t, pkt);
        return;
    }
    const char *why = signatures_verify(&t->signatures, t->zone, set ? set : alias, section, t->keys, &sig);
    if (why) {
        bogus(t, set ? LDNS_RR_TYPE_DS : LDNS_RR_TYPE_CNAME, t->asked, why);
    } else if (!set) { /* an alias is no delegation; nothing is below it */
        t->step = STEP_TARGET;
    } else if (!entrance_usable(set)) {
        conclude(t, TRUST_INSECURE, LDNS_RR_TYPE_DS, t->asked, "algorithm_unsupported");
    } else {
        go_to_zone(t, t->asked, TAKE(set));
    }
}

/* ---- TARGET ---- */

static void on_no_target(struct trust *t, const ldns_pkt *pkt)
{
    const char *why = NULL;
    ldns_rdf *owner = NULL;
    bool nxdomain = ldns_pkt_get_rcode(pkt) == LDNS_RCODE_NXDOMAIN;
    _cleanup_list_ ldns_rr_list *proofs = proofs_of(t, pkt, &why, &owner);
    enum denial denial = denial_read(proofs, t->zone, t->wanted, t->type);
    if (denial == DENIAL_OPT_OUT)
        conclude(t, TRUST_INSECURE, t->type, t->wanted, "opt_out");
    else if (denial == DENIAL_TOO_COSTLY)
        conclude(t, TRUST_INSECURE, t->type, t->wanted, "nsec3_iterations");
    else if (denial == DENIAL_NO_NAME || (!nxdomain && (denial == DENIAL_NO_TYPE || denial == DENIAL_DELEGATION)))
        conclude(t, TRUST_SECURE, 0, NULL, "");
    else if (owner)
        bogus(t, LDNS_RR_TYPE_NSEC, owner, why);
    else
        bogus(t, t->type, t->wanted, "denial_missing");
    ldns_rdf_deep_free(owner);
}

/* RFC 6672 section 2.2: the owner at the end of the name gives way to the
 * target. */
static ldns_rdf *dname_target(const ldns_rdf *name, const ldns_rr *dname)
{
    int keep = ldns_dname_label_count(name) - ldns_dname_label_count(ldns_rr_owner(dname));
    ldns_rdf *target = ldns_rdf_clone(ldns_rr_rdf(dname, 0));
    for (int i = keep - 1; i >= 0 && target; i--) {
        ldns_rdf *label = ldns_dname_label(name, (uint8_t)i);
        if (!label || ldns_dname_cat(label, target) != LDNS_STATUS_OK) {
            ldns_rdf_deep_free(label);
            ldns_rdf_deep_free(target);
            return NULL;
        }
        ldns_rdf_deep_free(target);
        target = label;
    }
    return target;
}

/* A DNAME above the name, in this zone. */
static ldns_rr_list *dname_above(const struct trust *t, const ldns_rr_list *section)
{
    for (size_t i = 0; i < ldns_rr_list_rr_count(section); i++) {
        const ldns_rr *rr = ldns_rr_list_rr(section, i);
        if (ldns_rr_get_type(rr) == LDNS_RR_TYPE_DNAME && rrset_whole(rr) &&
            ldns_dname_is_subdomain(t->wanted, ldns_rr_owner(rr)))
            return rrset_pick(section, ldns_rr_owner(rr), LDNS_RR_TYPE_DNAME);
    }
    return NULL;
}

static void on_target(struct trust *t, const ldns_pkt *pkt)
{
    const ldns_rr_list *section = ldns_pkt_answer(pkt);
    const ldns_rr *sig = NULL;
    _cleanup_list_ ldns_rr_list *set = rrset_pick(section, t->wanted, t->type);
    _cleanup_list_ ldns_rr_list *dname = set ? NULL : dname_above(t, section);
    _cleanup_list_ ldns_rr_list *cname = set || dname ? NULL : rrset_pick(section, t->wanted, LDNS_RR_TYPE_CNAME);
    const ldns_rr_list *found = set ? set : dname ? dname : cname;
    if (!found) {
        on_no_target(t, pkt);
        return;
    }
    const ldns_rr *first = ldns_rr_list_rr(found, 0);
    const char *why = signatures_verify(&t->signatures, t->zone, found, section, t->keys, &sig);
    if (why) {
        bogus(t, ldns_rr_get_type(first), ldns_rr_owner(first), why);
        return;
    }
    /* A signature over fewer labels is a wildcard's: it counts where the name
     * itself does not exist. */
    unsigned labels = ldns_dname_label_count(ldns_rr_owner(first));
    if (rrset_number(sig, 2) < labels &&
        !(ldns_dname_is_wildcard(ldns_rr_owner(first)) && rrset_number(sig, 2) == labels - 1)) {
        ldns_rdf *owner = NULL;
        _cleanup_list_ ldns_rr_list *proofs = proofs_of(t, pkt, &why, &owner);
        bool denied = denial_of_name(proofs, t->zone, ldns_rr_owner(first), rrset_number(sig, 2));
        if (!denied)
            bogus(t, owner ? LDNS_RR_TYPE_NSEC : ldns_rr_get_type(first), owner ? owner : ldns_rr_owner(first),
                  owner ? why : "denial_missing");
        ldns_rdf_deep_free(owner);
        if (!denied)
            return;
    }
    if (set) {
        conclude(t, TRUST_SECURE, 0, NULL, "");
        return;
    }
    ldns_rdf *target = dname ? dname_target(t->wanted, first) : ldns_rdf_clone(ldns_rr_rdf(first, 0));
    if (target)
        go_to_alias(t, target);
    else
        bogus(t, LDNS_RR_TYPE_DNAME, ldns_rr_owner(first), "alias_too_long");
}

/* ---- from outside ---- */

bool trust_next(struct trust *t, const char **ret_name, const char **ret_type)
{
    /* Its answer is here already; an alias leads to the next scouting. */
    if (t->step == STEP_TARGET)
        on_target(t, t->scouted);
    if (t->step != STEP_OVER && t->questions++ >= QUESTIONS_MAX)
        conclude(t, TRUST_INDETERMINATE, t->type, t->wanted, "too_many_questions");
    if (t->step == STEP_OVER)
        return false;
    ldns_rdf_deep_free(TAKE(t->asked));
    free(TAKE(t->asked_name));
    free(TAKE(t->asked_word));
    switch (t->step) {
    case STEP_KEYS:
        t->asked = ldns_rdf_clone(t->zone);
        t->asked_type = LDNS_RR_TYPE_DNSKEY;
        break;
    case STEP_DS:
        t->asked = ldns_dname_clone_from(
            t->wanted, (uint16_t)(ldns_dname_label_count(t->wanted) - ldns_dname_label_count(t->cursor) - 1));
        t->asked_type = LDNS_RR_TYPE_DS;
        break;
    case STEP_SCOUT:
    case STEP_TARGET:
    case STEP_OVER:
        t->asked = ldns_rdf_clone(t->wanted);
        t->asked_type = t->type;
    }
    *ret_name = t->asked_name = ldns_rdf2str(t->asked);
    *ret_type = t->asked_word = ldns_rr_type2str(t->asked_type);
    return true;
}

void trust_answer(struct trust *t, const struct packet *packet, const char *why)
{
    if (t->step == STEP_OVER || !t->asked)
        return;
    int rcode = packet ? packet_rcode(packet) : -1;
    if (rcode != PACKET_NOERROR && rcode != PACKET_NXDOMAIN) {
        conclude(t, TRUST_INDETERMINATE, t->asked_type, t->asked,
                 !packet                    ? why
                 : rcode == PACKET_SERVFAIL ? "servfail"
                 : rcode == PACKET_REFUSED  ? "refused"
                                            : "failed");
        return;
    }
    switch (t->step) {
    case STEP_SCOUT:
        on_scout(t, packet->pkt);
        break;
    case STEP_KEYS:
        on_keys(t, packet->pkt);
        break;
    case STEP_DS:
        on_ds(t, packet->pkt);
        break;
    case STEP_TARGET: /* asks nothing */
    case STEP_OVER:
        break;
    }
}

void trust_result(const struct trust *t, struct trust_report *ret)
{
    *ret = (struct trust_report){
        .verdict = t->verdict,
        .link = t->link,
        .reason = t->reason ? t->reason : "",
        .zones = t->zones,
        .questions = t->questions,
        .lifetime_s = t->signatures.lifetime_s,
    };
}

void trust_detail(const struct trust *t, json_t *detail)
{
    json_object_set_new(detail, "verdict", json_string(trust_word(t->verdict)));
    if (t->link[0])
        json_object_set_new(detail, "link", json_string(t->link));
    if (t->reason && t->reason[0])
        json_object_set_new(detail, "why", json_string(t->reason));
    json_object_set_new(detail, "algorithms", signatures_algorithms(&t->signatures));
    json_object_set(detail, "chain", t->chain);
}

/* ---- making and freeing ---- */

int trust_new(const char *anchor, const char *name, const char *type, int64_t now_s, struct trust **ret,
              struct fault *f)
{
    struct trust *t = alloc_zero(1, sizeof *t);
    t->chain = json_array();
    t->signatures = (struct signatures){.now_s = now_s, .lifetime_s = -1};
    t->type = ldns_get_rr_type_by_name(type);
    t->wanted = ldns_dname_new_frm_str(name);
    int r = 0;
    if (t->type == 0 || !t->wanted)
        r = fault_set(f, -EINVAL,
                      t->wanted ? _("%s is not a DNS record type that can be asked for") : _("%s is not a domain name"),
                      t->wanted ? type : name);
    else if (entrance_read(anchor, &t->anchors) < 0)
        r = fault_set(f, -EINVAL, _("the trust anchor is no list of DS or DNSKEY records of one name, one a line"));
    if (r < 0) {
        trust_free(t);
        return r;
    }
    go_to_name(t, TAKE(t->wanted));
    *ret = t;
    return 0;
}

void trust_free(struct trust *t)
{
    if (!t)
        return;
    ldns_rdf_deep_free(t->wanted);
    ldns_rdf_deep_free(t->signer);
    ldns_pkt_free(t->scouted);
    ldns_rdf_deep_free(t->zone);
    ldns_rdf_deep_free(t->cursor);
    ldns_rdf_deep_free(t->asked);
    ldns_rr_list_deep_free(t->anchors);
    ldns_rr_list_deep_free(t->entrance);
    ldns_rr_list_deep_free(t->keys);
    free(t->asked_name);
    free(t->asked_word);
    json_decref(t->chain);
    free(t);
}
