#include "agent/dns/hashes.h"

#include "agent/dns/rrset.h"

#define SHA1_SIZE  20
#define SHA1_BLOCK 64
#define SHA1_END   9 /* what ends a message: one octet and its length */

static size_t cost_of(const ldns_rr *nsec3)
{
    size_t blocks = (SHA1_SIZE + (size_t)ldns_nsec3_salt_length(nsec3) + SHA1_END + SHA1_BLOCK - 1) / SHA1_BLOCK;
    return ((size_t)ldns_nsec3_iterations(nsec3) + 1) * blocks;
}

const ldns_rdf *hashes_of(struct hashes *h, struct work *work, const ldns_rr *nsec3, const ldns_rdf *zone,
                          const ldns_rdf *name)
{
    for (size_t i = 0; i < h->count; i++) {
        if (rrset_same_name(h->known[i].name, name))
            return h->known[i].hash;
    }
    if (h->count == HASHES_MAX || !work_take(work, cost_of(nsec3)))
        return NULL;
    ldns_rdf *hash = ldns_nsec3_hash_name_frm_nsec3(nsec3, name);
    if (hash && ldns_dname_cat(hash, zone) != LDNS_STATUS_OK) {
        ldns_rdf_deep_free(hash);
        hash = NULL;
    }
    h->known[h->count].name = ldns_rdf_clone(name);
    return h->known[h->count++].hash = hash;
}

void hashes_clear(struct hashes *h)
{
    for (size_t i = 0; i < h->count; i++) {
        ldns_rdf_deep_free(h->known[i].name);
        ldns_rdf_deep_free(h->known[i].hash);
    }
    h->count = 0;
}
