#include "agent/dns/rrset.h"

#include <ctype.h>

/* Lengths of labels are below 64, where there are no letters. ldns compares
 * label by label, which is slow for names of many labels. */
bool rrset_same_name(const ldns_rdf *a, const ldns_rdf *b)
{
    size_t size = ldns_rdf_size(a);
    if (size != ldns_rdf_size(b))
        return false;
    const uint8_t *x = ldns_rdf_data(a), *y = ldns_rdf_data(b);
    for (size_t i = 0; i < size; i++) {
        if (tolower(x[i]) != tolower(y[i]))
            return false;
    }
    return true;
}

bool rrset_whole(const ldns_rr *rr)
{
    const ldns_rr_descriptor *descriptor = ldns_rr_descript((uint16_t)ldns_rr_get_type(rr));
    if (ldns_rr_rd_count(rr) < ldns_rr_descriptor_minimum(descriptor))
        return false;
    return ldns_rr_get_type(rr) != LDNS_RR_TYPE_NSEC3 ||
           (ldns_nsec3_algorithm(rr) == LDNS_SHA1 && (ldns_nsec3_flags(rr) & ~LDNS_NSEC3_VARS_OPTOUT_MASK) == 0);
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
