#include "agent/dns/signatures.h"

#include <string.h>

#include "agent/dns/rrset.h"

/* A zone could make a validator try every key against every signature. */
#define SIGNATURES_MAX 256

static const char *status_word(ldns_status status)
{
    switch (status) {
    case LDNS_STATUS_CRYPTO_NO_MATCHING_KEYTAG_DNSKEY:
    case LDNS_STATUS_CRYPTO_NO_DNSKEY:
        return "key_missing";
    case LDNS_STATUS_CRYPTO_UNKNOWN_ALGO:
    case LDNS_STATUS_CRYPTO_ALGO_NOT_IMPL:
        return "algorithm_unsupported";
    default:
        return "signature_wrong";
    }
}

/* From now to a time in a signature, seconds: serial number arithmetic (RFC
 * 4034 section 3.1.5). ldns compares these as signed numbers, which fails for
 * signatures that outlast January 2038. */
static int64_t seconds_until(const struct signatures *s, const ldns_rdf *stamp)
{
    return (int32_t)(ldns_rdf2native_int32(stamp) - (uint32_t)s->now_s);
}

int64_t signatures_left_s(const struct signatures *s, const ldns_rr *sig)
{
    return seconds_until(s, ldns_rr_rrsig_expiration(sig));
}

static const char *check_time(const struct signatures *s, const ldns_rr *sig)
{
    if (signatures_left_s(s, sig) < 0)
        return "rrsig_expired";
    return seconds_until(s, ldns_rr_rrsig_inception(sig)) > 0 ? "rrsig_not_yet_valid" : NULL;
}

/* A failure of time says more than a failure to find the key. */
static const char *worse(const char *known, const char *fresh)
{
    return !known || strcmp(known, "rrsig_missing") == 0 || strcmp(known, "signer_wrong") == 0 ||
                   strcmp(known, "key_missing") == 0
               ? fresh
               : known;
}

const char *signatures_verify(struct signatures *s, const ldns_rdf *zone, const ldns_rr_list *set,
                              const ldns_rr_list *section, const ldns_rr_list *keys, const ldns_rr **ret_sig)
{
    const ldns_rr *first = ldns_rr_list_rr(set, 0);
    const char *why = "rrsig_missing";
    for (size_t i = 0; i < ldns_rr_list_rr_count(section); i++) {
        const ldns_rr *sig = ldns_rr_list_rr(section, i);
        if (ldns_rr_get_type(sig) != LDNS_RR_TYPE_RRSIG || !rrset_whole(sig) ||
            rrset_number(sig, 0) != ldns_rr_get_type(first) ||
            !rrset_same_name(ldns_rr_owner(sig), ldns_rr_owner(first)))
            continue;
        if (!rrset_same_name(ldns_rr_rrsig_signame(sig), zone)) {
            why = worse(why, "signer_wrong");
            continue;
        }
        if (s->tried++ >= SIGNATURES_MAX)
            return "too_many_signatures";
        ldns_rr_list *good = ldns_rr_list_new();
        ldns_status status = ldns_verify_rrsig_keylist_notime(set, sig, keys, good);
        ldns_rr_list_free(good);
        const char *fails = status == LDNS_STATUS_OK ? check_time(s, sig) : status_word(status);
        if (fails) {
            why = worse(why, fails);
            continue;
        }
        int64_t left = signatures_left_s(s, sig);
        if (s->lifetime_s < 0 || left < s->lifetime_s)
            s->lifetime_s = left;
        s->algorithms[rrset_number(sig, 1) & 0xff] = true;
        *ret_sig = sig;
        return NULL;
    }
    return why;
}

json_t *signatures_algorithms(const struct signatures *s)
{
    json_t *list = json_array();
    for (int i = 0; i < 256; i++) {
        const ldns_lookup_table *known = s->algorithms[i] ? ldns_lookup_by_id(ldns_algorithms, i) : NULL;
        if (s->algorithms[i])
            json_array_append_new(list, known ? json_string(known->name) : json_sprintf("%d", i));
    }
    return list;
}
