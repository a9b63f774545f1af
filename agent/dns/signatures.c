#include "agent/dns/signatures.h"

#include <string.h>

#include "agent/dns/canonical.h"
#include "agent/dns/rrset.h"
#include "common/alloc.h"

void signatures_begin(struct signatures *s)
{
    s->answer = s->tried;
    signatures_again(s);
}

void signatures_again(struct signatures *s)
{
    s->at = s->answer;
    work_begin(&s->work);
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
    static const char *const weak[] = {"rrsig_missing", "signer_wrong", "labels_wrong", "key_missing"};
    for (size_t i = 0; i < COUNT(weak); i++) {
        if (strcmp(known, weak[i]) == 0)
            return fresh;
    }
    return known;
}

static unsigned owner_labels(const ldns_rr *rr)
{
    const ldns_rdf *owner = ldns_rr_owner(rr);
    return ldns_dname_label_count(owner) - (ldns_dname_is_wildcard(owner) ? 1u : 0u);
}

bool signatures_wildcard(const ldns_rr_list *set, const ldns_rr *sig)
{
    return rrset_number(sig, 2) < owner_labels(ldns_rr_list_rr(set, 0));
}

static unsigned bits_of(const uint8_t *number, size_t len)
{
    while (len > 0 && *number == 0)
        number++, len--;
    unsigned bits = len ? 8 * (unsigned)(len - 1) : 0;
    for (unsigned first = len ? *number : 0; first; first >>= 1)
        bits++;
    return bits;
}

/* RFC 3110 section 2: the exponent behind its length, then the modulus. */
static bool key_too_costly(const ldns_rr *key)
{
    switch (rrset_number(key, 2)) {
    case LDNS_RSASHA1:
    case LDNS_RSASHA1_NSEC3:
    case LDNS_RSASHA256:
    case LDNS_RSASHA512:
        break;
    default:
        return false;
    }
    const uint8_t *bytes = ldns_rdf_data(ldns_rr_rdf(key, 3));
    size_t size = ldns_rdf_size(ldns_rr_rdf(key, 3)), head = size && bytes[0] ? 1 : 3;
    if (size < head)
        return false;
    size_t exponent = head == 1 ? bytes[0] : (size_t)(bytes[1] << 8 | bytes[2]);
    if (exponent > size - head)
        return false;
    return bits_of(bytes + head, exponent) > SIGNATURES_EXPONENT_BITS_MAX ||
           bits_of(bytes + head + exponent, size - head - exponent) > SIGNATURES_RSA_BITS_MAX;
}

static ldns_status signature_write(const ldns_rr *sig, ldns_buffer *ret)
{
    const ldns_rdf *bytes = ldns_rr_rdf(sig, 8);
    size_t size = ldns_rdf_size(bytes);
    switch (rrset_number(sig, 1)) {
    case LDNS_ECDSAP256SHA256:
        return size == 64 ? ldns_convert_ecdsa_rrsig_rdf2asn1(ret, bytes) : LDNS_STATUS_CRYPTO_BOGUS;
    case LDNS_ECDSAP384SHA384:
        return size == 96 ? ldns_convert_ecdsa_rrsig_rdf2asn1(ret, bytes) : LDNS_STATUS_CRYPTO_BOGUS;
    default:
        return ldns_rdf2buffer_wire(ret, bytes);
    }
}

static ldns_status verify(const ldns_rr_list *set, const ldns_rr *sig, const ldns_rr *key)
{
    ldns_buffer *said = ldns_buffer_new(LDNS_MAX_PACKETLEN), *made = ldns_buffer_new(LDNS_MIN_BUFLEN),
                *bytes = ldns_buffer_new(LDNS_MIN_BUFLEN);
    ldns_status status = canonical_write(set, sig, said);
    if (status == LDNS_STATUS_OK)
        status = signature_write(sig, made);
    if (status == LDNS_STATUS_OK)
        status = ldns_rdf2buffer_wire(bytes, ldns_rr_rdf(key, 3));
    if (status == LDNS_STATUS_OK)
        status = ldns_verify_rrsig_buffers(made, said, bytes, (uint8_t)rrset_number(sig, 1));
    ldns_buffer_free(bytes);
    ldns_buffer_free(made);
    ldns_buffer_free(said);
    return status;
}

/* One key against one signature; NULL when it holds. */
static const char *try_key(struct signatures *s, const ldns_rr_list *set, const ldns_rr *sig, const ldns_rr *key)
{
    if (s->at < s->tried)
        return s->held[s->at++] ? NULL : "signature_wrong";
    if (s->tried == SIGNATURES_MAX || s->failed == SIGNATURES_FAILURES_MAX)
        return "too_many_signatures";
    if (!work_take(&s->work, WORK_VERIFY))
        return "";
    bool held = verify(set, sig, key) == LDNS_STATUS_OK;
    s->held[s->tried++] = held;
    s->at = s->tried;
    s->failed += !held;
    return held ? NULL : "signature_wrong";
}

static const char *try_keys(struct signatures *s, const ldns_rr_list *set, const ldns_rr *sig, const ldns_rr_list *keys)
{
    const char *why = "key_missing";
    unsigned tried = 0;
    for (size_t i = 0; i < ldns_rr_list_rr_count(keys); i++) {
        const ldns_rr *key = ldns_rr_list_rr(keys, i);
        if (rrset_number(key, 2) != rrset_number(sig, 1) || ldns_calc_keytag(key) != rrset_number(sig, 6))
            continue;
        if (key_too_costly(key)) {
            why = "key_too_costly";
            continue;
        }
        if (tried++ == SIGNATURES_KEYS_A_TAG)
            return "key_tag_collisions";
        why = try_key(s, set, sig, key);
        if (!why || s->work.paused || strcmp(why, "too_many_signatures") == 0)
            break;
    }
    return why;
}

/* NULL when the signature holds. Its labels cannot be fewer than the zone's
 * own, nor more than the name's (RFC 4035 section 5.3.1). */
static const char *try_signature(struct signatures *s, const ldns_rdf *zone, const ldns_rr_list *set,
                                 const ldns_rr *sig, const ldns_rr_list *keys)
{
    unsigned labels = rrset_number(sig, 2);
    if (!rrset_same_name(ldns_rr_rrsig_signame(sig), zone))
        return "signer_wrong";
    if (labels < ldns_dname_label_count(zone) || labels > owner_labels(ldns_rr_list_rr(set, 0)))
        return "labels_wrong";
    const char *why = check_time(s, sig);
    return why ? why : try_keys(s, set, sig, keys);
}

static void note(struct signatures *s, const ldns_rr *sig)
{
    int64_t left = signatures_left_s(s, sig);
    if (s->lifetime_s < 0 || left < s->lifetime_s)
        s->lifetime_s = left;
    s->algorithms[rrset_number(sig, 1) & 0xff] = true;
}

const char *signatures_verify(struct signatures *s, const ldns_rdf *zone, const ldns_rr_list *set,
                              const ldns_rr_list *section, const ldns_rr_list *keys, const ldns_rr **ret_sig)
{
    const ldns_rr *first = ldns_rr_list_rr(set, 0);
    const char *why = "rrsig_missing";
    unsigned count = 0;
    for (size_t i = 0; i < ldns_rr_list_rr_count(section) && !s->work.paused; i++) {
        const ldns_rr *sig = ldns_rr_list_rr(section, i);
        if (ldns_rr_get_type(sig) != LDNS_RR_TYPE_RRSIG || !rrset_whole(sig) ||
            rrset_number(sig, 0) != ldns_rr_get_type(first) ||
            !rrset_same_name(ldns_rr_owner(sig), ldns_rr_owner(first)))
            continue;
        if (++count > SIGNATURES_A_SET)
            return "too_many_signatures";
        const char *fails = try_signature(s, zone, set, sig, keys);
        if (!fails) {
            note(s, sig);
            *ret_sig = sig;
            return NULL;
        }
        if (strcmp(fails, "too_many_signatures") == 0)
            return fails;
        why = worse(why, fails);
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
