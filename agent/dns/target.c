#include "agent/dns/target.h"

#include "agent/dns/alias.h"
#include "agent/dns/proofs.h"
#include "agent/dns/rrset.h"
#include "common/alloc.h"

/* The SOA that comes with an absence is part of it: how long it counts. RFC 4035
 * section 3.2.3 calls no answer authentic whose negative records are not. NULL
 * when it holds, or when there is none. */
static const char *soa_fails(struct trust *t, const ldns_pkt *pkt)
{
    const ldns_rr_list *section = ldns_pkt_authority(pkt);
    const ldns_rr *sig = NULL;
    _cleanup_(rrset_freep) ldns_rr_list *soa = rrset_pick(section, t->zone, LDNS_RR_TYPE_SOA);
    return soa ? signatures_verify(&t->signatures, t->zone, soa, section, t->keys, &sig) : NULL;
}

/* What led here may be the parent's signature: a server of both zones shows with
 * it that the name is at or below a delegation without DS. */
static bool is_unsigned_cut(struct trust *t, const struct proofs *proofs)
{
    for (int up = ldns_dname_label_count(t->wanted) - ldns_dname_label_count(t->zone) - 1; up >= 0; up--) {
        ldns_rdf *cut = ldns_dname_clone_from(t->wanted, (uint16_t)up);
        bool found = cut && proofs_deny(t, proofs, cut, LDNS_RR_TYPE_DS) == DENIAL_DELEGATION;
        if (found)
            walk_insecure(t, LDNS_RR_TYPE_DS, cut, "unsigned_delegation");
        ldns_rdf_deep_free(cut);
        if (found)
            return true;
    }
    return false;
}

static void on_no_target(struct trust *t, const ldns_pkt *pkt)
{
    bool nxdomain = ldns_pkt_get_rcode(pkt) == LDNS_RCODE_NXDOMAIN;
    _cleanup_(proofs_free) struct proofs proofs = proofs_read(t, pkt);
    enum denial said = proofs_deny(t, &proofs, t->wanted, t->type);
    const char *why = walk_paused(t) || said == DENIAL_MISSING ? NULL : soa_fails(t, pkt);
    if (walk_paused(t))
        return;
    if (why) {
        walk_bogus(t, LDNS_RR_TYPE_SOA, t->zone, why);
        return;
    }
    bool whole = false;
    switch (said) {
    case DENIAL_ITERATIONS:
        walk_insecure(t, t->type, t->wanted, "nsec3_iterations");
        return;
    case DENIAL_NO_NAME:
        whole = nxdomain;
        break;
    case DENIAL_NO_TYPE:
    case DENIAL_DELEGATION:
        whole = !nxdomain;
        break;
    /* RFC 5155 section 9.2: nothing that rests on opt-out is secure. Without
     * word of a wildcard it does for an empty name above unsigned delegations
     * (erratum 3441), but not for a name that is said not to exist (8.4). */
    case DENIAL_NO_NAME_OPT_OUT:
    case DENIAL_OPT_OUT:
        if (said == DENIAL_OPT_OUT && nxdomain)
            break;
        walk_insecure(t, t->type, t->wanted, "opt_out");
        return;
    case DENIAL_ALIAS:
    case DENIAL_MISSING:
        break;
    }
    if (whole)
        walk_secure(t);
    else if (said != DENIAL_MISSING || !is_unsigned_cut(t, &proofs))
        proofs_lack(t, &proofs, t->type, t->wanted);
}

/* May a wildcard have answered? True when it may and the walk can go on; false
 * when it is over or in an unsigned part. */
static bool wildcard_holds(struct trust *t, const ldns_pkt *pkt, const ldns_rr *first, const ldns_rr *sig)
{
    _cleanup_(proofs_free) struct proofs proofs = proofs_read(t, pkt);
    enum denial said = proofs_deny_name(t, &proofs, ldns_rr_owner(first), rrset_number(sig, 2));
    if (walk_paused(t))
        return false;
    switch (said) {
    case DENIAL_NO_NAME:
        return true;
    case DENIAL_OPT_OUT:
        walk_insecure(t, ldns_rr_get_type(first), ldns_rr_owner(first), "opt_out");
        return false;
    case DENIAL_ITERATIONS:
        walk_insecure(t, ldns_rr_get_type(first), ldns_rr_owner(first), "nsec3_iterations");
        return false;
    default:
        proofs_lack(t, &proofs, ldns_rr_get_type(first), ldns_rr_owner(first));
        return false;
    }
}

/* The CNAME that a server made from a DNAME (RFC 6672 section 3.1) must say what
 * the DNAME says; asked for, it is the answer. */
static void on_dname(struct trust *t, const ldns_rr *dname, const ldns_rr_list *asked)
{
    ldns_rdf *target = alias_dname_target(t->wanted, dname);
    if (!target) {
        walk_bogus(t, LDNS_RR_TYPE_DNAME, ldns_rr_owner(dname), "alias_too_long");
    } else if (!asked) {
        walk_to_alias(t, target);
    } else {
        if (rrset_same_name(target, ldns_rr_rdf(ldns_rr_list_rr(asked, 0), 0)))
            walk_secure(t);
        else
            walk_bogus(t, LDNS_RR_TYPE_CNAME, t->wanted, "alias_wrong");
        ldns_rdf_deep_free(target);
    }
}

void target_judge(struct trust *t, const ldns_pkt *pkt)
{
    const ldns_rr_list *section = ldns_pkt_answer(pkt);
    const ldns_rr *sig = NULL;
    _cleanup_(rrset_freep) ldns_rr_list *set = rrset_pick(section, t->wanted, t->type);
    bool made = t->type == LDNS_RR_TYPE_CNAME && !alias_signed(section, t->wanted, LDNS_RR_TYPE_CNAME);
    _cleanup_(rrset_freep) ldns_rr_list *dname = set && !made ? NULL : alias_dname_above(section, t->wanted);
    _cleanup_(rrset_freep) ldns_rr_list *cname = set || dname ? NULL
                                                              : rrset_pick(section, t->wanted, LDNS_RR_TYPE_CNAME);
    const ldns_rr_list *found = dname ? dname : set ? set : cname;
    if (!found) {
        on_no_target(t, pkt);
        return;
    }
    const ldns_rr *first = ldns_rr_list_rr(found, 0);
    const char *why = signatures_verify(&t->signatures, t->zone, found, section, t->keys, &sig);
    if (why)
        walk_bogus(t, ldns_rr_get_type(first), ldns_rr_owner(first), why);
    else if (signatures_wildcard(found, sig) && !wildcard_holds(t, pkt, first, sig))
        return;
    else if (dname)
        on_dname(t, first, set);
    else if (set)
        walk_secure(t);
    else
        walk_to_alias(t, ldns_rdf_clone(ldns_rr_rdf(first, 0)));
}
