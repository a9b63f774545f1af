#include "agent/dns/rrset.h"

bool rrset_same_name(const ldns_rdf *a, const ldns_rdf *b)
{
    return ldns_dname_compare(a, b) == 0;
}

bool rrset_whole(const ldns_rr *rr)
{
    const ldns_rr_descriptor *descriptor = ldns_rr_descript((uint16_t)ldns_rr_get_type(rr));
    if (ldns_rr_rd_count(rr) < ldns_rr_descriptor_minimum(descriptor))
        return false;
    return ldns_rr_get_type(rr) != LDNS_RR_TYPE_NSEC3 || ldns_nsec3_algorithm(rr) == LDNS_SHA1;
}

ldns_rr_list *rrset_pick(const ldns_rr_list *section, const ldns_rdf *name, ldns_rr_type type)
{
    ldns_rr_list *list = NULL;
    for (size_t i = 0; i < ldns_rr_list_rr_count(section); i++) {
        const ldns_rr *rr = ldns_rr_list_rr(section, i);
        if (ldns_rr_get_type(rr) != type || !rrset_whole(rr) || (name && !rrset_same_name(ldns_rr_owner(rr), name)))
            continue;
        if (!list)
            list = ldns_rr_list_new();
        ldns_rr_list_push_rr(list, ldns_rr_clone(rr));
    }
    return list;
}

unsigned rrset_number(const ldns_rr *rr, size_t field)
{
    const ldns_rdf *rdf = ldns_rr_rdf(rr, field);
    return ldns_rdf_size(rdf) == 1 ? ldns_rdf2native_int8(rdf) : ldns_rdf2native_int16(rdf);
}
