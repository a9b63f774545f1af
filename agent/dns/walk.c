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
#include "agent/dns/walk.h"

#include <string.h>

#include "agent/dns/alias.h"
#include "agent/dns/entrance.h"
#include "agent/dns/proofs.h"
#include "agent/dns/rrset.h"
#include "agent/dns/target.h"
#include "common/alloc.h"

#define ALIASES_MAX 8

#define _cleanup_list_ _cleanup_(rrset_freep)

/* ---- the end ---- */

static void link_write(char text[static LINK_MAX], ldns_rr_type type, const ldns_rdf *name)
{
    _cleanup_text_ char *word = ldns_rr_type2str(type);
    _cleanup_text_ char *owner = ldns_rdf2str(name);
    snprintf(text, LINK_MAX, "%s %s", word ? word : "", owner ? owner : "");
    for (char *c = text; *c; c++) {
        if (*c < 0x20 || *c > 0x7e)
            *c = '?';
    }
}

void walk_end(struct trust *t, enum trust_verdict verdict, ldns_rr_type type, const ldns_rdf *name, const char *reason)
{
    if (walk_paused(t))
        return;
    t->step = STEP_OVER;
    t->verdict = verdict;
    t->reason = reason;
    if (name)
        link_write(t->link, type, name);
}

void walk_bogus(struct trust *t, ldns_rr_type type, const ldns_rdf *name, const char *reason)
{
    walk_end(t, TRUST_BOGUS, type, name, reason);
}

static void end_unsigned(struct trust *t)
{
    t->step = STEP_OVER;
    t->verdict = TRUST_INSECURE;
    t->reason = t->unsigned_reason;
    memcpy(t->link, t->unsigned_link, sizeof t->link);
}

void walk_secure(struct trust *t)
{
    if (t->unsigned_reason)
        end_unsigned(t);
    else
        walk_end(t, TRUST_SECURE, 0, NULL, "");
}

void walk_to_alias(struct trust *t, ldns_rdf *target)
{
    if (++t->aliases <= ALIASES_MAX) {
        walk_to_name(t, target);
        return;
    }
    if (t->unsigned_reason)
        end_unsigned(t);
    else
        walk_bogus(t, LDNS_RR_TYPE_CNAME, t->wanted, "alias_loop");
    ldns_rdf_deep_free(target);
}

void walk_insecure(struct trust *t, ldns_rr_type type, const ldns_rdf *name, const char *reason)
{
    if (walk_paused(t))
        return;
    if (!t->unsigned_reason) {
        t->unsigned_reason = reason;
        link_write(t->unsigned_link, type, name);
    }
    ldns_rdf *target = t->scouted && t->type != LDNS_RR_TYPE_CNAME
                           ? alias_target(ldns_pkt_answer(t->scouted), t->wanted)
                           : NULL;
    if (target)
        walk_to_alias(t, target);
    else
        end_unsigned(t);
}

/* ---- the way ---- */

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
    const ldns_rr *first = ldns_rr_list_rr(t->anchors, 0);
    if (entrance_usable(t->anchors))
        go_to_zone(t, ldns_rr_owner(first), ldns_rr_list_clone(t->anchors));
    else
        walk_insecure(t, ldns_rr_get_type(first), ldns_rr_owner(first), "algorithm_unsupported");
}

void walk_to_name(struct trust *t, ldns_rdf *name)
{
    const ldns_rdf *top = ldns_rr_owner(ldns_rr_list_rr(t->anchors, 0));
    ldns_rdf_deep_free(t->wanted);
    t->wanted = name;
    t->step = STEP_SCOUT;
    bool at_top = rrset_same_name(name, top);
    /* DS records of the anchor's own name are its parent's. */
    if ((at_top && t->type == LDNS_RR_TYPE_DS && ldns_rdf_size(top) > 1) ||
        (!at_top && !ldns_dname_is_subdomain(name, top)))
        walk_insecure(t, t->type, name, "outside_anchor");
}

/* Nothing is cut at the name asked: the walk goes on below it. */
static void go_past(struct trust *t)
{
    ldns_rdf_deep_free(t->cursor);
    t->cursor = ldns_rdf_clone(t->asked);
    go_down(t);
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
        walk_bogus(t, LDNS_RR_TYPE_DNSKEY, t->zone, "dnskey_missing");
        return;
    }
    ldns_rr_list *entry = entrance_keys(t->entrance, set);
    if (ldns_rr_list_rr_count(entry) == 0) {
        walk_bogus(t, LDNS_RR_TYPE_DS, t->zone, anchored ? "anchor_mismatch" : "ds_mismatch");
        ldns_rr_list_free(entry);
        return;
    }
    const char *why = signatures_verify(&t->signatures, t->zone, set, section, entry, &sig);
    if (why) {
        walk_bogus(t, LDNS_RR_TYPE_DNSKEY, t->zone, why);
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
    _cleanup_(proofs_free) struct proofs proofs = proofs_read(t, pkt);
    enum denial said = proofs_deny(t, &proofs, t->asked, LDNS_RR_TYPE_DS);
    if (walk_paused(t))
        return;
    switch (said) {
    case DENIAL_DELEGATION:
    case DENIAL_OPT_OUT:
    case DENIAL_NO_NAME_OPT_OUT:
        walk_insecure(t, LDNS_RR_TYPE_DS, t->asked, "unsigned_delegation");
        break;
    case DENIAL_ITERATIONS:
        walk_insecure(t, LDNS_RR_TYPE_DS, t->asked, "nsec3_iterations");
        break;
    case DENIAL_NO_TYPE:
    case DENIAL_ALIAS:
        go_past(t);
        break;
    case DENIAL_NO_NAME: /* nor anything below */
        t->step = STEP_TARGET;
        break;
    case DENIAL_MISSING:
        proofs_lack(t, &proofs, LDNS_RR_TYPE_DS, t->asked);
    }
}

/* An alias is no delegation, but below its name there may be one; not where a
 * wildcard or a DNAME made it. */
static void on_ds_alias(struct trust *t, const ldns_rr_list *section, const ldns_rr_list *cname)
{
    const ldns_rr *sig = NULL;
    _cleanup_list_ ldns_rr_list *dname = alias_signed(section, t->asked, LDNS_RR_TYPE_CNAME)
                                             ? NULL
                                             : alias_dname_above(section, t->asked);
    const ldns_rr_list *set = dname ? dname : cname;
    const ldns_rr *first = ldns_rr_list_rr(set, 0);
    const char *why = signatures_verify(&t->signatures, t->zone, set, section, t->keys, &sig);
    if (why)
        walk_bogus(t, ldns_rr_get_type(first), ldns_rr_owner(first), why);
    else if (dname || signatures_wildcard(set, sig))
        t->step = STEP_TARGET;
    else
        go_past(t);
}

static void on_ds(struct trust *t, const ldns_pkt *pkt)
{
    const ldns_rr_list *section = ldns_pkt_answer(pkt);
    const ldns_rr *sig = NULL;
    _cleanup_list_ ldns_rr_list *set = rrset_pick(section, t->asked, LDNS_RR_TYPE_DS);
    _cleanup_list_ ldns_rr_list *alias = rrset_pick(section, t->asked, LDNS_RR_TYPE_CNAME);
    if (!set && alias)
        on_ds_alias(t, section, alias);
    else if (!set)
        on_no_ds(t, pkt);
    if (!set)
        return;
    const char *why = signatures_verify(&t->signatures, t->zone, set, section, t->keys, &sig);
    if (why)
        walk_bogus(t, LDNS_RR_TYPE_DS, t->asked, why);
    else if (!entrance_usable(set))
        walk_insecure(t, LDNS_RR_TYPE_DS, t->asked, "algorithm_unsupported");
    else
        go_to_zone(t, t->asked, TAKE(set));
}

void walk_judge(struct trust *t, const ldns_pkt *pkt)
{
    switch (t->step) {
    case STEP_SCOUT:
        on_scout(t, pkt);
        break;
    case STEP_KEYS:
        on_keys(t, pkt);
        break;
    case STEP_DS:
        on_ds(t, pkt);
        break;
    case STEP_TARGET:
        target_judge(t, pkt);
        break;
    case STEP_OVER:
        break;
    }
}
