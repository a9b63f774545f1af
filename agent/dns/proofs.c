#include "agent/dns/proofs.h"

#include "agent/dns/rrset.h"
#include "common/alloc.h"

/* Sets of an answer that are looked at: a proof needs three, and an answer that
 * leads through aliases has them for each. */
#define PROOFS_MAX 16

void proofs_free(struct proofs *p)
{
    ldns_rr_list_deep_free(p->records);
    ldns_rdf_deep_free(p->owner);
}

static bool picked_before(const ldns_rr_list *section, size_t at)
{
    const ldns_rr *rr = ldns_rr_list_rr(section, at);
    for (size_t i = 0; i < at; i++) {
        const ldns_rr *other = ldns_rr_list_rr(section, i);
        if (ldns_rr_get_type(other) == ldns_rr_get_type(rr) && rrset_same_name(ldns_rr_owner(other), ldns_rr_owner(rr)))
            return true;
    }
    return false;
}

static bool of_zone(const struct trust *t, const ldns_rdf *name)
{
    return rrset_same_name(name, t->zone) || ldns_dname_is_subdomain(name, t->zone);
}

static void set_read(struct trust *t, const ldns_rr_list *section, const ldns_rr *rr, struct proofs *p)
{
    const ldns_rr *sig = NULL;
    _cleanup_(rrset_freep) ldns_rr_list *set = rrset_pick(section, ldns_rr_owner(rr), ldns_rr_get_type(rr));
    const char *why = signatures_verify(&t->signatures, t->zone, set, section, t->keys, &sig);
    /* A wildcard's own NSEC may stand under another name; as a proof it would
     * speak of a name that it was not made for. */
    if (!why && signatures_wildcard(set, sig))
        why = "signature_wrong";
    if (!why) {
        ldns_rr_list_push_rr_list(p->records, set);
        ldns_rr_list_free(TAKE(set));
    } else if (!p->why) {
        p->why = why;
        p->owner = ldns_rdf_clone(ldns_rr_owner(rr));
    }
}

struct proofs proofs_read(struct trust *t, const ldns_pkt *pkt)
{
    const ldns_rr_list *section = ldns_pkt_authority(pkt);
    struct proofs p = {.records = ldns_rr_list_new()};
    unsigned sets = 0;
    for (size_t i = 0; i < ldns_rr_list_rr_count(section) && sets < PROOFS_MAX && !walk_paused(t); i++) {
        const ldns_rr *rr = ldns_rr_list_rr(section, i);
        ldns_rr_type type = ldns_rr_get_type(rr);
        if ((type != LDNS_RR_TYPE_NSEC && type != LDNS_RR_TYPE_NSEC3) || !rrset_whole(rr) ||
            !of_zone(t, ldns_rr_owner(rr)) || picked_before(section, i))
            continue;
        sets++;
        set_read(t, section, rr, &p);
    }
    return p;
}

/* That nobody reads the records is believed of those that hold (RFC 9276 section
 * 3.2, RFC 5155 section 10.3): of all, as unbound and BIND have it. */
static enum denial unread(const struct proofs *p, enum denial said)
{
    return said == DENIAL_ITERATIONS && p->owner ? DENIAL_MISSING : said;
}

enum denial proofs_deny(struct trust *t, const struct proofs *p, const ldns_rdf *name, ldns_rr_type type)
{
    struct denial_proofs denial = {p->records, t->zone, &t->hashes, &t->signatures.work};
    return walk_paused(t) ? DENIAL_MISSING : unread(p, denial_read(&denial, name, type));
}

enum denial proofs_deny_name(struct trust *t, const struct proofs *p, const ldns_rdf *name, unsigned labels)
{
    struct denial_proofs denial = {p->records, t->zone, &t->hashes, &t->signatures.work};
    return walk_paused(t) ? DENIAL_MISSING : unread(p, denial_of_name(&denial, name, labels));
}

void proofs_lack(struct trust *t, const struct proofs *p, ldns_rr_type type, const ldns_rdf *name)
{
    if (p->owner)
        walk_bogus(t, LDNS_RR_TYPE_NSEC, p->owner, p->why);
    else
        walk_bogus(t, type, name, "denial_missing");
}
