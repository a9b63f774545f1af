/* What zones made to keep a validator busy can make it do (CVE-2023-50387,
 * CVE-2023-50868): counted in tries, not in time. */
#include "tests/unit/agent/signed_zone.h"

#include "agent/dns/signatures.h"

#define TRAP_KEYS       30
#define TRAP_SIGNATURES 140

/* A key of no use with a given tag. */
static ldns_rr *colliding(unsigned tag, uint8_t seed)
{
    uint8_t point[64];
    for (size_t i = 0; i < sizeof point; i++)
        point[i] = (uint8_t)(seed * 7 + i * 31);
    for (int turn = 0; turn < 4; turn++) {
        ldns_rr *rr = ldns_rr_new_frm_type(LDNS_RR_TYPE_DNSKEY);
        ldns_rr_set_owner(rr, ldns_dname_new_frm_str("z."));
        ldns_rr_set_ttl(rr, 300);
        ldns_rr_set_rdf(rr, ldns_native2rdf_int16(LDNS_RDF_TYPE_INT16, 256), 0);
        ldns_rr_set_rdf(rr, ldns_native2rdf_int8(LDNS_RDF_TYPE_INT8, 3), 1);
        ldns_rr_set_rdf(rr, ldns_native2rdf_int8(LDNS_RDF_TYPE_ALG, LDNS_ECDSAP256SHA256), 2);
        ldns_rr_set_rdf(rr, ldns_rdf_new_frm_data(LDNS_RDF_TYPE_B64, sizeof point, point), 3);
        unsigned off = (tag - ldns_calc_keytag(rr)) & 0xffff;
        if (off == 0)
            return rr;
        unsigned last = ((unsigned)(point[62] << 8 | point[63]) + off) & 0xffff;
        point[62] = (uint8_t)(last >> 8);
        point[63] = (uint8_t)last;
        ldns_rr_free(rr);
    }
    fail_msg("no key of tag %u", tag);
    return NULL;
}

/* Copies of the first signature of a section, each wrong in another way. */
static void add_wrong(ldns_rr_list *list, unsigned tag, size_t count)
{
    const ldns_rr *sig = NULL;
    for (size_t i = 0; i < ldns_rr_list_rr_count(list); i++) {
        if (ldns_rr_get_type(ldns_rr_list_rr(list, i)) == LDNS_RR_TYPE_RRSIG)
            sig = ldns_rr_list_rr(list, i);
    }
    ldns_rr_list *wrong = ldns_rr_list_new();
    for (size_t i = 0; i < count; i++) {
        ldns_rr *copy = ldns_rr_clone(sig);
        ldns_rdf_data(ldns_rr_rdf(copy, 8))[i % 60] ^= (uint8_t)(1 + i / 60);
        ldns_rdf_deep_free(ldns_rr_set_rdf(copy, ldns_native2rdf_int16(LDNS_RDF_TYPE_INT16, (uint16_t)tag), 6));
        ldns_rr_list_push_rr(wrong, copy);
    }
    for (size_t i = 0; i < ldns_rr_list_rr_count(list); i++)
        ldns_rr_list_push_rr(wrong, ldns_rr_clone(ldns_rr_list_rr(list, i)));
    while (ldns_rr_list_rr_count(list) > 0)
        ldns_rr_free(ldns_rr_list_pop_rr(list));
    ldns_rr_list_push_rr_list(list, wrong);
    ldns_rr_list_free(wrong);
}

/* z. with keys of one tag, and an address whose wrong signatures stand in front
 * of a good one. The tag is the real key's when `hidden`. */
static struct trust *walk_trap(size_t keys, size_t signatures, bool hidden, unsigned *ret_slices)
{
    struct world w = {0};
    struct key key = key_made("z.", LDNS_SIGN_ECDSAP256SHA256);
    char *anchor = ds_text(&key, LDNS_SHA256);
    unsigned tag = ldns_calc_keytag(key.rr), trap = hidden ? tag : (tag + 1) & 0xffff;
    ldns_rr_list *set = ldns_rr_list_new(), *answer = records_read("a.z. A 192.0.2.1\n");
    for (size_t i = 0; i < keys; i++)
        ldns_rr_list_push_rr(set, colliding(trap, (uint8_t)(i + 1)));
    ldns_rr_list_push_rr(set, ldns_rr_clone(key.rr));
    records_sign(set, &key);
    world_put(&w, "z.", "DNSKEY", 0, set, ldns_rr_list_new());
    records_sign(answer, &key);
    add_wrong(answer, trap, signatures);
    world_put(&w, "a.z.", "A", 0, answer, ldns_rr_list_new());
    struct trust *t = world_walk(&w, anchor, "a.z", "A", ret_slices);
    world_free(&w);
    key_free(&key);
    free(anchor);
    return t;
}

static void ends_key_traps(void **state)
{
    static const struct {
        size_t keys, signatures;
        bool hidden;
        enum trust_verdict verdict;
        const char *reason;
        unsigned failed; /* at most */
    } rows[] = {
        {TRAP_KEYS, TRAP_SIGNATURES, false, TRUST_BOGUS, "too_many_signatures", 16},
        {TRAP_KEYS, TRAP_SIGNATURES, true, TRUST_BOGUS, "anchor_mismatch", 0}, /* after 16 digests */
        {10, TRAP_SIGNATURES, true, TRUST_BOGUS, "too_many_signatures", 16},
        {TRAP_KEYS, 1, false, TRUST_SECURE, "", 4}, /* the good one comes next */
        {10, 0, true, TRUST_BOGUS, "key_tag_collisions", 4},
        {1, 1, true, TRUST_SECURE, "", 3}, /* a collision by chance, during a rollover */
        {1, TRAP_SIGNATURES, false, TRUST_BOGUS, "too_many_signatures", 8},
        {0, 0, true, TRUST_SECURE, "", 0},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct trust_report report;
        unsigned slices = 0;
        struct trust *t = walk_trap(rows[i].keys, rows[i].signatures, rows[i].hidden, &slices);
        print_message("row %zu: %u tried in %u slices\n", i, t->signatures.tried, slices);
        trust_result(t, &report);
        assert_int_equal(report.verdict, rows[i].verdict);
        assert_string_equal(report.reason, rows[i].reason);
        assert_true(t->signatures.failed <= rows[i].failed);
        assert_true(t->signatures.tried <= t->signatures.failed + 2);
        trust_free(t);
    }
}

/* However much there is to do, a slice has four verifications at most. */
static void gives_the_loop_back(void **state)
{
    struct key key = key_made("z.", LDNS_SIGN_ECDSAP256SHA256);
    ldns_rr_list *keys = ldns_rr_list_new(), *list = records_read("a.z. A 192.0.2.1\n");
    ldns_rdf *zone = ldns_dname_new_frm_str("z.");
    struct signatures s = {.now_s = SIGNED_NOW, .lifetime_s = -1};
    const ldns_rr *sig = NULL;
    records_sign(list, &key);
    ldns_rr_list *set = rrset_pick(list, NULL, LDNS_RR_TYPE_A);
    add_wrong(list, ldns_calc_keytag(key.rr), 7);
    ldns_rr_list_push_rr(keys, key.rr);
    unsigned before = 0, slices = 0;
    const char *why = "";
    signatures_begin(&s);
    for (bool more = true; more; slices++) {
        signatures_again(&s);
        why = signatures_verify(&s, zone, set, list, keys, &sig);
        more = s.work.paused;
        assert_in_range(s.tried - before, 1, 4);
        before = s.tried;
    }
    assert_null(why);
    assert_int_equal(s.tried, 8);
    assert_int_equal(slices, 2);
    assert_int_equal(s.lifetime_s, 86400);
    /* the same answer once more costs nothing, the next one does */
    signatures_again(&s);
    assert_null(signatures_verify(&s, zone, set, list, keys, &sig));
    assert_int_equal(s.tried, 8);
    signatures_begin(&s);
    signatures_verify(&s, zone, set, list, keys, &sig);
    assert_int_equal(s.tried, 12);
    ldns_rr_list_free(keys);
    ldns_rr_list_deep_free(set);
    ldns_rr_list_deep_free(list);
    ldns_rdf_deep_free(zone);
    key_free(&key);
}

/* RFC 3110: a length of three octets, the exponent, the modulus. */
static ldns_rr *rsa_key(size_t exponent, size_t modulus)
{
    uint8_t bytes[3 + 512 + 1024];
    memset(bytes, 0xff, sizeof bytes);
    bytes[0] = 0;
    bytes[1] = (uint8_t)(exponent >> 8);
    bytes[2] = (uint8_t)exponent;
    ldns_rr *rr = colliding(1, 1);
    ldns_rdf_deep_free(ldns_rr_set_rdf(rr, ldns_native2rdf_int8(LDNS_RDF_TYPE_ALG, LDNS_RSASHA256), 2));
    ldns_rdf_deep_free(ldns_rr_set_rdf(rr, ldns_rdf_new_frm_data(LDNS_RDF_TYPE_B64, 3 + exponent + modulus, bytes), 3));
    return rr;
}

static void leaves_costly_keys_alone(void **state)
{
    static const struct {
        size_t exponent, modulus; /* octets */
        const char *why;
        unsigned tried;
    } rows[] = {
        {3, 256, "signature_wrong", 1},  {4, 512, "signature_wrong", 1}, {5, 256, "key_too_costly", 0}, /* 40 bits */
        {256, 256, "key_too_costly", 0}, {3, 513, "key_too_costly", 0},
    };
    struct key key = key_made("z.", LDNS_SIGN_RSASHA256);
    ldns_rdf *zone = ldns_dname_new_frm_str("z.");
    for (size_t i = 0; i < COUNT(rows); i++) {
        ldns_rr_list *list = records_read("a.z. A 192.0.2.1\n"), *keys = ldns_rr_list_new();
        ldns_rr_list_push_rr(keys, rsa_key(rows[i].exponent, rows[i].modulus));
        records_sign(list, &key);
        ldns_rr_list *set = rrset_pick(list, NULL, LDNS_RR_TYPE_A);
        ldns_rr *sig = ldns_rr_list_rr(list, 1);
        ldns_rdf_deep_free(ldns_rr_set_rdf(
            sig, ldns_native2rdf_int16(LDNS_RDF_TYPE_INT16, ldns_calc_keytag(ldns_rr_list_rr(keys, 0))), 6));
        struct signatures s = {.now_s = SIGNED_NOW};
        const ldns_rr *held = NULL;
        signatures_begin(&s);
        assert_string_equal(signatures_verify(&s, zone, set, list, keys, &held), rows[i].why);
        assert_int_equal(s.tried, rows[i].tried);
        ldns_rr_list_deep_free(keys);
        ldns_rr_list_deep_free(set);
        ldns_rr_list_deep_free(list);
    }
    ldns_rdf_deep_free(zone);
    key_free(&key);
}

/* The reason is the one that tells most: time before keys. */
static void says_why(void **state)
{
    static const struct {
        int64_t now_s;
        bool key;
        const char *why;
    } rows[] = {
        {SIGNED_NOW, false, "key_missing"},
        {SIGNED_NOW + 2 * 86400, true, "rrsig_expired"},
        {SIGNED_NOW - 2 * 86400, true, "rrsig_not_yet_valid"},
        {SIGNED_NOW + 2 * 86400, false, "rrsig_expired"},
    };
    struct key key = key_made("z.", LDNS_SIGN_ECDSAP256SHA256);
    ldns_rdf *zone = ldns_dname_new_frm_str("z.");
    ldns_rr_list *list = records_read("a.z. A 192.0.2.1\n");
    records_sign(list, &key);
    ldns_rr_list *set = rrset_pick(list, NULL, LDNS_RR_TYPE_A);
    for (size_t i = 0; i < COUNT(rows); i++) {
        ldns_rr_list *keys = ldns_rr_list_new();
        if (rows[i].key)
            ldns_rr_list_push_rr(keys, key.rr);
        struct signatures s = {.now_s = rows[i].now_s, .lifetime_s = -1};
        const ldns_rr *held = NULL;
        signatures_begin(&s);
        assert_string_equal(signatures_verify(&s, zone, set, list, keys, &held), rows[i].why);
        assert_int_equal(s.tried, 0);
        ldns_rr_list_free(keys);
    }
    ldns_rr_list_deep_free(set);
    ldns_rr_list_deep_free(list);
    ldns_rdf_deep_free(zone);
    key_free(&key);
}

int main(void)
{
    const struct CMUnitTest list[] = {
        cmocka_unit_test(ends_key_traps),
        cmocka_unit_test(gives_the_loop_back),
        cmocka_unit_test(leaves_costly_keys_alone),
        cmocka_unit_test(says_why),
    };
    return cmocka_run_group_tests(list, NULL, NULL);
}
