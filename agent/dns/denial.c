#include "agent/dns/denial.h"

#include "agent/dns/rrset.h"
#include "common/alloc.h"

static void name_free(ldns_rdf **name)
{
    ldns_rdf_deep_free(*name);
}
#define _cleanup_name_ _cleanup_(name_free)

static bool has(const ldns_rr *rr, ldns_rr_type type)
{
    const ldns_rdf *bitmap = ldns_nsec_get_bitmap(rr);
    return bitmap && ldns_nsec_bitmap_covers_type(bitmap, type);
}

/* "*." in front of a name. */
static ldns_rdf *wildcard_of(const ldns_rdf *encloser)
{
    ldns_rdf *wildcard = ldns_dname_new_frm_str("*");
    if (wildcard && ldns_dname_cat(wildcard, encloser) != LDNS_STATUS_OK) {
        ldns_rdf_deep_free(wildcard);
        return NULL;
    }
    return wildcard;
}

static bool is_delegation(const ldns_rr *rr)
{
    return has(rr, LDNS_RR_TYPE_NS) && !has(rr, LDNS_RR_TYPE_SOA);
}

/* What a record that stands at the name says about the type there. A parent's
 * record at a delegation speaks only about DS, and a child's apex never about
 * DS (RFC 6840 sections 4.1 and 4.4), but for the root, which has no parent. */
static enum denial read_match(const ldns_rr *rr, ldns_rr_type type, bool root)
{
    if (has(rr, type))
        return DENIAL_MISSING;
    if (has(rr, LDNS_RR_TYPE_CNAME))
        return DENIAL_ALIAS;
    if (type == LDNS_RR_TYPE_DS && has(rr, LDNS_RR_TYPE_SOA) && !root)
        return DENIAL_MISSING;
    if (is_delegation(rr))
        return type == LDNS_RR_TYPE_DS ? DENIAL_DELEGATION : DENIAL_MISSING;
    return DENIAL_NO_TYPE;
}

static bool is_root(const ldns_rdf *name)
{
    return ldns_rdf_size(name) == 1;
}

/* ---- NSEC ---- */

static const ldns_rdf *next_of(const ldns_rr *nsec)
{
    return ldns_rr_rdf(nsec, 0);
}

/* A delegation's or a DNAME's NSEC says nothing about names below it. */
static bool above_cut(const ldns_rr *nsec, const ldns_rdf *name)
{
    bool cut = is_delegation(nsec) || has(nsec, LDNS_RR_TYPE_DNAME);
    return cut && ldns_dname_is_subdomain(name, ldns_rr_owner(nsec));
}

static const ldns_rr *nsec_at(const ldns_rr_list *records, const ldns_rdf *name)
{
    for (size_t i = 0; i < ldns_rr_list_rr_count(records); i++) {
        const ldns_rr *rr = ldns_rr_list_rr(records, i);
        if (ldns_rr_get_type(rr) == LDNS_RR_TYPE_NSEC && rrset_same_name(ldns_rr_owner(rr), name))
            return rr;
    }
    return NULL;
}

/* A record leads on to a name of its zone, the last one back to the apex (RFC
 * 4034 section 4.1.1). Leading elsewhere it says nothing. */
static bool nsec_covers(const ldns_rr *nsec, const ldns_rdf *zone, const ldns_rdf *name)
{
    const ldns_rdf *next = next_of(nsec);
    bool last = ldns_dname_compare(next, ldns_rr_owner(nsec)) <= 0;
    return ldns_nsec_covers_name(nsec, name) &&
           (last ? rrset_same_name(next, zone) : (bool)ldns_dname_is_subdomain(next, zone));
}

static const ldns_rr *nsec_over(const struct denial_proofs *p, const ldns_rdf *name)
{
    for (size_t i = 0; i < ldns_rr_list_rr_count(p->records); i++) {
        const ldns_rr *rr = ldns_rr_list_rr(p->records, i);
        if (ldns_rr_get_type(rr) == LDNS_RR_TYPE_NSEC && !rrset_same_name(ldns_rr_owner(rr), name) &&
            nsec_covers(rr, p->zone, name) && !above_cut(rr, name))
            return rr;
    }
    return NULL;
}

/* The longest name above `name` that the NSEC over it shows to exist: the
 * common ancestor with its owner or with its next name. */
static ldns_rdf *nsec_encloser(const ldns_rr *nsec, const ldns_rdf *name)
{
    for (uint8_t up = 1; up <= ldns_dname_label_count(name); up++) {
        ldns_rdf *above = ldns_dname_clone_from(name, up);
        if (!above)
            return NULL;
        if (rrset_same_name(above, ldns_rr_owner(nsec)) || ldns_dname_is_subdomain(ldns_rr_owner(nsec), above) ||
            rrset_same_name(above, next_of(nsec)) || ldns_dname_is_subdomain(next_of(nsec), above))
            return above;
        ldns_rdf_deep_free(above);
    }
    return NULL;
}

static enum denial nsec_read(const struct denial_proofs *p, const ldns_rdf *name, ldns_rr_type type)
{
    const ldns_rr *at = nsec_at(p->records, name);
    if (at)
        return read_match(at, type, is_root(name));
    const ldns_rr *over = nsec_over(p, name);
    if (!over)
        return DENIAL_MISSING;
    if (ldns_dname_is_subdomain(next_of(over), name))
        return DENIAL_NO_TYPE; /* an empty non-terminal; a wildcard can be one, too */
    _cleanup_name_ ldns_rdf *encloser = nsec_encloser(over, name);
    _cleanup_name_ ldns_rdf *wildcard = encloser ? wildcard_of(encloser) : NULL;
    if (!wildcard)
        return DENIAL_MISSING;
    const ldns_rr *wild = nsec_at(p->records, wildcard);
    if (wild)
        return read_match(wild, type, false) == DENIAL_NO_TYPE ? DENIAL_NO_TYPE : DENIAL_MISSING;
    const ldns_rr *none = nsec_over(p, wildcard);
    if (!none)
        return DENIAL_MISSING;
    return ldns_dname_is_subdomain(next_of(none), wildcard) ? DENIAL_NO_TYPE : DENIAL_NO_NAME;
}

/* ---- NSEC3 ---- */

/* Whose parameters count: all records of a zone have the same, and a second set
 * would only double the work. */
static const ldns_rr *nsec3_first(const ldns_rr_list *records)
{
    for (size_t i = 0; i < ldns_rr_list_rr_count(records); i++) {
        if (ldns_rr_get_type(ldns_rr_list_rr(records, i)) == LDNS_RR_TYPE_NSEC3)
            return ldns_rr_list_rr(records, i);
    }
    return NULL;
}

static bool same_parameters(const ldns_rr *a, const ldns_rr *b)
{
    return ldns_nsec3_iterations(a) == ldns_nsec3_iterations(b) &&
           ldns_rdf_compare(ldns_rr_rdf(a, 3), ldns_rr_rdf(b, 3)) == 0;
}

/* The record whose owner is the name's hash (`over` false), or that covers it. */
static const ldns_rr *nsec3_find(const struct denial_proofs *p, const ldns_rdf *name, bool over)
{
    const ldns_rr *first = nsec3_first(p->records);
    const ldns_rdf *hash = first ? hashes_of(p->hashes, p->work, first, p->zone, name) : NULL;
    for (size_t i = 0; hash && i < ldns_rr_list_rr_count(p->records); i++) {
        const ldns_rr *rr = ldns_rr_list_rr(p->records, i);
        if (ldns_rr_get_type(rr) != LDNS_RR_TYPE_NSEC3 || !same_parameters(rr, first))
            continue;
        bool at = rrset_same_name(ldns_rr_owner(rr), hash);
        if (over ? !at && ldns_nsec_covers_name(rr, hash) : at)
            return rr;
    }
    return NULL;
}

/* RFC 5155 section 8.3: the longest existing name above, with the proof that
 * the next longer one does not exist. */
static ldns_rdf *nsec3_encloser(const struct denial_proofs *p, const ldns_rdf *name, const ldns_rr **ret_over)
{
    int depth = ldns_dname_label_count(name) - ldns_dname_label_count(p->zone);
    for (int up = 1; up <= depth && !p->work->paused; up++) {
        _cleanup_name_ ldns_rdf *above = ldns_dname_clone_from(name, (uint16_t)up);
        const ldns_rr *at = above ? nsec3_find(p, above, false) : NULL;
        if (!at)
            continue;
        _cleanup_name_ ldns_rdf *nearer = ldns_dname_clone_from(name, (uint16_t)(up - 1));
        *ret_over = nearer ? nsec3_find(p, nearer, true) : NULL;
        return *ret_over && !is_delegation(at) && !has(at, LDNS_RR_TYPE_DNAME) ? TAKE(above) : NULL;
    }
    return NULL;
}

static enum denial nsec3_read(const struct denial_proofs *p, const ldns_rdf *name, ldns_rr_type type)
{
    const ldns_rr *at = nsec3_find(p, name, false), *over = NULL;
    if (at)
        return read_match(at, type, is_root(name));
    _cleanup_name_ ldns_rdf *encloser = nsec3_encloser(p, name, &over);
    _cleanup_name_ ldns_rdf *wildcard = encloser ? wildcard_of(encloser) : NULL;
    if (!wildcard)
        return DENIAL_MISSING;
    bool opt_out = ldns_nsec3_optout(over);
    const ldns_rr *wild = nsec3_find(p, wildcard, false);
    if (wild && read_match(wild, type, false) != DENIAL_NO_TYPE)
        return DENIAL_MISSING;
    if (wild)
        return opt_out ? DENIAL_OPT_OUT : DENIAL_NO_TYPE;
    if (nsec3_find(p, wildcard, true))
        return opt_out ? DENIAL_NO_NAME_OPT_OUT : DENIAL_NO_NAME;
    return opt_out ? DENIAL_OPT_OUT : DENIAL_MISSING;
}

/* ---- both ---- */

static bool too_many_iterations(const ldns_rr_list *records)
{
    for (size_t i = 0; i < ldns_rr_list_rr_count(records); i++) {
        const ldns_rr *rr = ldns_rr_list_rr(records, i);
        if (ldns_rr_get_type(rr) == LDNS_RR_TYPE_NSEC3 && ldns_nsec3_iterations(rr) > DENIAL_ITERATIONS_MAX)
            return true;
    }
    return false;
}

enum denial denial_read(const struct denial_proofs *proofs, const ldns_rdf *name, ldns_rr_type type)
{
    if (too_many_iterations(proofs->records))
        return DENIAL_ITERATIONS;
    return nsec3_first(proofs->records) ? nsec3_read(proofs, name, type) : nsec_read(proofs, name, type);
}

enum denial denial_of_name(const struct denial_proofs *proofs, const ldns_rdf *name, unsigned labels)
{
    unsigned depth = ldns_dname_label_count(name);
    if (labels >= depth)
        return DENIAL_MISSING;
    if (too_many_iterations(proofs->records))
        return DENIAL_ITERATIONS;
    const ldns_rr *covers = nsec_over(proofs, name);
    if (covers) {
        _cleanup_name_ ldns_rdf *encloser = nsec_encloser(covers, name);
        return encloser && ldns_dname_label_count(encloser) == labels ? DENIAL_NO_NAME : DENIAL_MISSING;
    }
    _cleanup_name_ ldns_rdf *nearer = ldns_dname_clone_from(name, (uint16_t)(depth - labels - 1));
    const ldns_rr *over = nearer ? nsec3_find(proofs, nearer, true) : NULL;
    if (!over)
        return DENIAL_MISSING;
    return ldns_nsec3_optout(over) ? DENIAL_OPT_OUT : DENIAL_NO_NAME;
}
