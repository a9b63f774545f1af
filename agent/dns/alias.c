#include "agent/dns/alias.h"

#include "agent/dns/rrset.h"
#include "common/alloc.h"

ldns_rr_list *alias_dname_above(const ldns_rr_list *section, const ldns_rdf *name)
{
    for (size_t i = 0; i < ldns_rr_list_rr_count(section); i++) {
        const ldns_rr *rr = ldns_rr_list_rr(section, i);
        if (ldns_rr_get_type(rr) == LDNS_RR_TYPE_DNAME && rrset_whole(rr) &&
            ldns_dname_is_subdomain(name, ldns_rr_owner(rr)))
            return rrset_pick(section, ldns_rr_owner(rr), LDNS_RR_TYPE_DNAME);
    }
    return NULL;
}

ldns_rdf *alias_dname_target(const ldns_rdf *name, const ldns_rr *dname)
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

ldns_rdf *alias_target(const ldns_rr_list *section, const ldns_rdf *name)
{
    _cleanup_(rrset_freep) ldns_rr_list *cname = rrset_pick(section, name, LDNS_RR_TYPE_CNAME);
    if (cname)
        return ldns_rdf_clone(ldns_rr_rdf(ldns_rr_list_rr(cname, 0), 0));
    _cleanup_(rrset_freep) ldns_rr_list *dname = alias_dname_above(section, name);
    return dname ? alias_dname_target(name, ldns_rr_list_rr(dname, 0)) : NULL;
}

bool alias_signed(const ldns_rr_list *section, const ldns_rdf *name, ldns_rr_type type)
{
    for (size_t i = 0; i < ldns_rr_list_rr_count(section); i++) {
        const ldns_rr *rr = ldns_rr_list_rr(section, i);
        if (ldns_rr_get_type(rr) == LDNS_RR_TYPE_RRSIG && rrset_whole(rr) && rrset_number(rr, 0) == type &&
            rrset_same_name(ldns_rr_owner(rr), name))
            return true;
    }
    return false;
}
