#include "agent/dns/denial.h"

#include "common/alloc.h"

static void name_free(ldns_rdf **name)
{
    ldns_rdf_deep_free(*name);
}
#define _cleanup_name_ _cleanup_(name_free)

static bool same(const ldns_rdf *a, const ldns_rdf *b)
{
    return ldns_dname_compare(a, b) == 0;
}

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

/* What a record that stands at the name says about the type there. A parent's
 * record at a delegation speaks only about DS, and a child's apex never about
 * DS (RFC 6840 sections 4.1 and 4.4). */
static enum denial read_match(const ldns_rr *rr, ldns_rr_type type)
{
    bool delegation = has(rr, LDNS_RR_TYPE_NS) && !has(rr, LDNS_RR_TYPE_SOA);
    if (has(rr, type) || has(rr, LDNS_RR_TYPE_CNAME))
        return DENIAL_NONE;
    if (type == LDNS_RR_TYPE_DS)
        return has(rr, LDNS_RR_TYPE_SOA) ? DENIAL_NONE : delegation ? DENIAL_DELEGATION : DENIAL_NO_TYPE;
    return delegation ? DENIAL_NONE : DENIAL_NO_TYPE;
}

/* ---- NSEC ---- */

static const ldns_rdf *next_of(const ldns_rr *nsec)
{
    return ldns_rr_rdf(nsec, 0);
}

/* A delegation's or a DNAME's NSEC says nothing about names below it. */
static bool above_cut(const ldns_rr *nsec, const ldns_rdf *name)
{
    bool cut = (has(nsec, LDNS_RR_TYPE_NS) && !has(nsec, LDNS_RR_TYPE_SOA)) || has(nsec, LDNS_RR_TYPE_DNAME);
    return cut && ldns_dname_is_subdomain(name, ldns_rr_owner(nsec));
}

static const ldns_rr *nsec_at(const ldns_rr_list *proofs, const ldns_rdf *name)
{
    for (size_t i = 0; i < ldns_rr_list_rr_count(proofs); i++) {
        const ldns_rr *rr = ldns_rr_list_rr(proofs, i);
        if (ldns_rr_get_type(rr) == LDNS_RR_TYPE_NSEC && same(ldns_rr_owner(rr), name))
            return rr;
    }
    return NULL;
}

static const ldns_rr *nsec_over(const ldns_rr_list *proofs, const ldns_rdf *name)
{
    for (size_t i = 0; i < ldns_rr_list_rr_count(proofs); i++) {
        const ldns_rr *rr = ldns_rr_list_rr(proofs, i);
        if (ldns_rr_get_type(rr) == LDNS_RR_TYPE_NSEC && !same(ldns_rr_owner(rr), name) &&
            ldns_nsec_covers_name(rr, name) && !above_cut(rr, name))
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
        if (same(above, ldns_rr_owner(nsec)) || ldns_dname_is_subdomain(ldns_rr_owner(nsec), above) ||
            same(above, next_of(nsec)) || ldns_dname_is_subdomain(next_of(nsec), above))
            return above;
        ldns_rdf_deep_free(above);
    }
    return NULL;
}

static enum denial nsec_read(const ldns_rr_list *proofs, const ldns_rdf *name, ldns_rr_type type)
{
    const ldns_rr *at = nsec_at(proofs, name);
    if (at)
        return read_match(at, type);
    const ldns_rr *over = nsec_over(proofs, name);
    if (!over)
        return DENIAL_NONE;
    if (ldns_dname_is_subdomain(next_of(over), name))
        return DENIAL_NO_TYPE; /* an empty non-terminal */
    _cleanup_name_ ldns_rdf *encloser = nsec_encloser(over, name);
    _cleanup_name_ ldns_rdf *wildcard = encloser ? wildcard_of(encloser) : NULL;
    if (!wildcard)
        return DENIAL_NONE;
    const ldns_rr *wild = nsec_at(proofs, wildcard);
    if (wild)
        return read_match(wild, type) == DENIAL_NO_TYPE ? DENIAL_NO_TYPE : DENIAL_NONE;
    return nsec_over(proofs, wildcard) ? DENIAL_NO_NAME : DENIAL_NONE;
}

/* ---- NSEC3 ---- */

static ldns_rdf *hashed(const ldns_rr *nsec3, const ldns_rdf *zone, const ldns_rdf *name)
{
    ldns_rdf *hash = ldns_nsec3_hash_name_frm_nsec3(nsec3, name);
    if (hash && ldns_dname_cat(hash, zone) != LDNS_STATUS_OK) {
        ldns_rdf_deep_free(hash);
        return NULL;
    }
    return hash;
}

/* The record whose owner is the name's hash (`over` false), or that covers it. */
static const ldns_rr *nsec3_find(const ldns_rr_list *proofs, const ldns_rdf *zone, const ldns_rdf *name, bool over)
{
    for (size_t i = 0; i < ldns_rr_list_rr_count(proofs); i++) {
        const ldns_rr *rr = ldns_rr_list_rr(proofs, i);
        if (ldns_rr_get_type(rr) != LDNS_RR_TYPE_NSEC3)
            continue;
        _cleanup_name_ ldns_rdf *hash = hashed(rr, zone, name);
        if (!hash)
            continue;
        bool at = same(ldns_rr_owner(rr), hash);
        if (over ? !at && ldns_nsec_covers_name(rr, hash) : at)
            return rr;
    }
    return NULL;
}

/* RFC 5155 section 8.3: the longest existing name above, with the proof that
 * the next longer one does not exist. */
static ldns_rdf *nsec3_encloser(const ldns_rr_list *proofs, const ldns_rdf *zone, const ldns_rdf *name,
                                const ldns_rr **ret_over)
{
    int depth = ldns_dname_label_count(name) - ldns_dname_label_count(zone);
    for (int up = 1; up <= depth; up++) {
        _cleanup_name_ ldns_rdf *above = ldns_dname_clone_from(name, (uint16_t)up);
        const ldns_rr *at = above ? nsec3_find(proofs, zone, above, false) : NULL;
        if (!at)
            continue;
        _cleanup_name_ ldns_rdf *nearer = ldns_dname_clone_from(name, (uint16_t)(up - 1));
        *ret_over = nearer ? nsec3_find(proofs, zone, nearer, true) : NULL;
        bool cut = (has(at, LDNS_RR_TYPE_NS) && !has(at, LDNS_RR_TYPE_SOA)) || has(at, LDNS_RR_TYPE_DNAME);
        return *ret_over && !cut ? TAKE(above) : NULL;
    }
    return NULL;
}

static enum denial nsec3_read(const ldns_rr_list *proofs, const ldns_rdf *zone, const ldns_rdf *name, ldns_rr_type type)
{
    const ldns_rr *at = nsec3_find(proofs, zone, name, false), *over = NULL;
    if (at)
        return read_match(at, type);
    _cleanup_name_ ldns_rdf *encloser = nsec3_encloser(proofs, zone, name, &over);
    _cleanup_name_ ldns_rdf *wildcard = encloser ? wildcard_of(encloser) : NULL;
    if (!wildcard)
        return DENIAL_NONE;
    if (ldns_nsec3_optout(over))
        return DENIAL_OPT_OUT;
    const ldns_rr *wild = nsec3_find(proofs, zone, wildcard, false);
    if (wild)
        return read_match(wild, type) == DENIAL_NO_TYPE ? DENIAL_NO_TYPE : DENIAL_NONE;
    return nsec3_find(proofs, zone, wildcard, true) ? DENIAL_NO_NAME : DENIAL_NONE;
}

/* ---- both ---- */

enum denial denial_read(const ldns_rr_list *proofs, const ldns_rdf *zone, const ldns_rdf *name, ldns_rr_type type)
{
    bool hashes = false;
    for (size_t i = 0; i < ldns_rr_list_rr_count(proofs); i++) {
        const ldns_rr *rr = ldns_rr_list_rr(proofs, i);
        if (ldns_rr_get_type(rr) != LDNS_RR_TYPE_NSEC3)
            continue;
        hashes = true;
        if (ldns_nsec3_iterations(rr) > DENIAL_ITERATIONS_MAX)
            return DENIAL_TOO_COSTLY;
    }
    return hashes ? nsec3_read(proofs, zone, name, type) : nsec_read(proofs, name, type);
}

bool denial_of_name(const ldns_rr_list *proofs, const ldns_rdf *zone, const ldns_rdf *name, unsigned labels)
{
    unsigned depth = ldns_dname_label_count(name);
    if (labels >= depth)
        return false;
    if (nsec_over(proofs, name))
        return true;
    _cleanup_name_ ldns_rdf *nearer = ldns_dname_clone_from(name, (uint16_t)(depth - labels - 1));
    for (size_t i = 0; i < ldns_rr_list_rr_count(proofs); i++) {
        const ldns_rr *rr = ldns_rr_list_rr(proofs, i);
        if (ldns_rr_get_type(rr) == LDNS_RR_TYPE_NSEC3 && ldns_nsec3_iterations(rr) > DENIAL_ITERATIONS_MAX)
            return false;
    }
    return nearer && nsec3_find(proofs, zone, nearer, true) != NULL;
}
