#include "agent/dns/entrance.h"

#include <errno.h>
#include <string.h>

#include "agent/dns/rrset.h"

/* DNSKEY fields (RFC 4034 section 2.1, RFC 5011 section 7). */
#define KEY_ZONE     0x0100
#define KEY_REVOKED  0x0080
#define KEY_PROTOCOL 3

static bool algorithm_known(unsigned algorithm)
{
    switch (algorithm) {
    case LDNS_RSASHA1:
    case LDNS_RSASHA1_NSEC3:
    case LDNS_RSASHA256:
    case LDNS_RSASHA512:
    case LDNS_ECDSAP256SHA256:
    case LDNS_ECDSAP384SHA384:
    case LDNS_ED25519:
    case LDNS_ED448:
        return true;
    default:
        return false;
    }
}

static bool digest_known(unsigned digest)
{
    return digest == LDNS_SHA1 || digest == LDNS_SHA256 || digest == LDNS_SHA384;
}

static bool usable(const ldns_rr *rr)
{
    if (ldns_rr_get_type(rr) == LDNS_RR_TYPE_DNSKEY)
        return algorithm_known(rrset_number(rr, 2));
    return algorithm_known(rrset_number(rr, 1)) && digest_known(rrset_number(rr, 2));
}

bool entrance_usable(const ldns_rr_list *entrance)
{
    for (size_t i = 0; i < ldns_rr_list_rr_count(entrance); i++) {
        if (usable(ldns_rr_list_rr(entrance, i)))
            return true;
    }
    return false;
}

/* The DS and DNSKEY records that count: usable ones, without those of SHA-1
 * where a better digest stands beside them (RFC 4509 section 3). */
static ldns_rr_list *followed(const ldns_rr_list *entrance)
{
    ldns_rr_list *best = ldns_rr_list_new(), *sha1 = ldns_rr_list_new();
    bool better = false;
    for (size_t i = 0; i < ldns_rr_list_rr_count(entrance); i++) {
        ldns_rr *rr = ldns_rr_list_rr(entrance, i);
        if (!usable(rr))
            continue;
        bool ds = ldns_rr_get_type(rr) == LDNS_RR_TYPE_DS, weak = ds && rrset_number(rr, 2) == LDNS_SHA1;
        better |= ds && !weak;
        ldns_rr_list_push_rr(weak ? sha1 : best, rr);
    }
    if (!better)
        ldns_rr_list_cat(best, sha1);
    ldns_rr_list_free(sha1);
    return best;
}

static bool key_named(const ldns_rr *key, const ldns_rr *entrance, unsigned *digests)
{
    if (ldns_rr_get_type(entrance) == LDNS_RR_TYPE_DNSKEY)
        return ldns_rr_compare(key, entrance) == 0;
    if (rrset_number(entrance, 1) != rrset_number(key, 2) || rrset_number(entrance, 0) != ldns_calc_keytag(key) ||
        ++*digests > ENTRANCE_DIGESTS_MAX)
        return false;
    ldns_rr *digest = ldns_key_rr2ds(key, (ldns_hash)rrset_number(entrance, 2));
    bool named = digest && ldns_rdf_compare(ldns_rr_rdf(digest, 3), ldns_rr_rdf(entrance, 3)) == 0;
    ldns_rr_free(digest);
    return named;
}

ldns_rr_list *entrance_keys(const ldns_rr_list *entrance, const ldns_rr_list *set)
{
    ldns_rr_list *keys = ldns_rr_list_new(), *named = entrance ? followed(entrance) : NULL;
    unsigned digests = 0;
    for (size_t i = 0; i < ldns_rr_list_rr_count(set) && i < ENTRANCE_KEYS_MAX; i++) {
        ldns_rr *key = ldns_rr_list_rr(set, i);
        bool good = (rrset_number(key, 0) & KEY_ZONE) && !(rrset_number(key, 0) & KEY_REVOKED) &&
                    rrset_number(key, 1) == KEY_PROTOCOL;
        bool wanted = !entrance;
        for (size_t k = 0; good && !wanted && k < ldns_rr_list_rr_count(named) && k < ENTRANCE_MAX; k++)
            wanted = key_named(key, ldns_rr_list_rr(named, k), &digests);
        if (good && wanted)
            ldns_rr_list_push_rr(keys, key);
    }
    ldns_rr_list_free(named);
    return keys;
}

int entrance_read(const char *text, ldns_rr_list **ret)
{
    _cleanup_(rrset_freep) ldns_rr_list *anchors = ldns_rr_list_new();
    while (*text) {
        size_t len = strcspn(text, "\n"), useful = strcspn(text, ";\n");
        _cleanup_text_ char *line = alloc_text_n(text, useful);
        text += len + (text[len] == '\n');
        if (line[strspn(line, " \t\r")] == '\0')
            continue;
        ldns_rr *rr = NULL;
        if (ldns_rr_list_rr_count(anchors) == ENTRANCE_MAX ||
            ldns_rr_new_frm_str(&rr, line, 0, NULL, NULL) != LDNS_STATUS_OK)
            return -EINVAL;
        bool fits = (ldns_rr_get_type(rr) == LDNS_RR_TYPE_DS || ldns_rr_get_type(rr) == LDNS_RR_TYPE_DNSKEY) &&
                    rrset_whole(rr) &&
                    (ldns_rr_list_rr_count(anchors) == 0 ||
                     rrset_same_name(ldns_rr_owner(rr), ldns_rr_owner(ldns_rr_list_rr(anchors, 0))));
        ldns_rr_list_push_rr(anchors, rr);
        if (!fits)
            return -EINVAL;
    }
    if (ldns_rr_list_rr_count(anchors) == 0)
        return -EINVAL;
    *ret = TAKE(anchors);
    return 0;
}
