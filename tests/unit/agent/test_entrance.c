#include "tests/unit/check.h"

#include <errno.h>

#include "agent/dns/entrance.h"
#include "agent/dns/rrset.h"
#include "common/file.h"

/* 64 octets in base64: a public key of ECDSA P-256 as far as anybody here looks at it. */
#define POINT  "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLS4vMDEyMzQ1Njc4OTo7PD0+Pw=="
#define OTHER  "AQECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLS4vMDEyMzQ1Njc4OTo7PD0+Pw=="
#define DIGEST "E06D44B80B8F1D39A95C0B0D7C65D08458E880409BBC683457104237C7F8EC8D"
#define DS     ". IN DS 20326 8 2 " DIGEST "\n"
#define DNSKEY "bj. 3600 IN DNSKEY 257 3 13 "

static ldns_rr_list *records(const char *text)
{
    ldns_rr_list *list = NULL;
    if (entrance_read(text, &list) < 0)
        fail_msg("%s is not read", text);
    return list;
}

static void the_root_can_be_entered(void **state)
{
    _cleanup_(buf_free) struct buf text = {0};
    struct fault f;
    assert_int_equal(file_read(SCHEMA "/anchors/root.ds", 65536, &text, &f), 0);
    ldns_rr_list *list = records(text.data);
    assert_int_equal(ldns_rr_list_rr_count(list), 2);
    assert_true(entrance_usable(list));
    ldns_rr_list_deep_free(list);
}

static void reads_anchors_and_nothing_else(void **state)
{
    static const struct {
        const char *text;
        size_t count; /* 0: refused */
    } rows[] = {
        {DS, 1},
        {"; a comment\n\n \t\r\n" DS "  ; another\n" DS, 2},
        {DNSKEY POINT, 1},
        {DNSKEY POINT " ; with words behind it\n" DNSKEY OTHER "\n", 2},
        {"", 0},
        {"; nothing\n", 0},
        {"hello\n", 0},
        {"bj. IN A 192.0.2.1\n", 0},
        {DS "bj. IN A 192.0.2.1\n", 0},
        {DS "bj. IN DS 20326 8 2 " DIGEST "\n", 0}, /* of another owner */
        {". IN DS 20326 8 2\n", 0},
        {". IN DS 20326 8 2 XYZ\n", 0},
        {"bj. IN DNSKEY 257 3 13\n", 0},
        {DS DS DS DS DS DS DS DS DS DS DS DS DS DS DS DS, 16},
        {DS DS DS DS DS DS DS DS DS DS DS DS DS DS DS DS DS, 0}, /* more than are looked at */
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        ldns_rr_list *list = NULL;
        int rc = entrance_read(rows[i].text, &list);
        if (rc != (rows[i].count ? 0 : -EINVAL) || (list ? ldns_rr_list_rr_count(list) : 0) != rows[i].count)
            fail_msg("row %zu: %d, %zu records", i, rc, list ? ldns_rr_list_rr_count(list) : 0);
        ldns_rr_list_deep_free(list);
    }
}

/* What cannot be followed is unsigned, not bogus: a zone may use what comes after us. */
static void is_usable_by_algorithm_and_digest(void **state)
{
    static const struct {
        const char *text;
        bool usable;
    } rows[] = {
        {DS, true},
        {". IN DS 1 13 2 " DIGEST "\n", true},
        {". IN DS 1 15 1 E06D44B80B8F1D39A95C0B0D7C65D08458E88040\n", true},
        {". IN DS 1 1 2 " DIGEST "\n", false},   /* RSA/MD5 */
        {". IN DS 1 12 2 " DIGEST "\n", false},  /* GOST */
        {". IN DS 1 250 2 " DIGEST "\n", false}, /* somebody's own */
        {". IN DS 1 8 3 " DIGEST "\n", false},   /* GOST's digest */
        {". IN DS 1 8 200 " DIGEST "\n", false},
        {". IN DS 1 250 2 " DIGEST "\n" DS, true},
        {DNSKEY POINT, true},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        ldns_rr_list *list = records(rows[i].text);
        if (entrance_usable(list) != rows[i].usable)
            fail_msg("row %zu", i);
        ldns_rr_list_deep_free(list);
    }
    assert_false(entrance_usable(NULL));
}

static size_t keys_of(const ldns_rr_list *entrance, const ldns_rr_list *set)
{
    ldns_rr_list *keys = entrance_keys(entrance, set);
    size_t count = ldns_rr_list_rr_count(keys);
    ldns_rr_list_free(keys);
    return count;
}

static void only_zone_keys_count(void **state)
{
    static const struct {
        const char *key;
        size_t count;
    } rows[] = {
        {"bj. IN DNSKEY 256 3 13 " POINT, 1}, {"bj. IN DNSKEY 257 3 13 " POINT, 1},
        {"bj. IN DNSKEY 0 3 13 " POINT, 0},   /* of no zone */
        {"bj. IN DNSKEY 385 3 13 " POINT, 0}, /* revoked: RFC 5011 section 2.1 */
        {"bj. IN DNSKEY 257 2 13 " POINT, 0}, /* protocol: RFC 4034 section 2.1.2 */
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        ldns_rr_list *set = records(rows[i].key);
        if (keys_of(NULL, set) != rows[i].count)
            fail_msg("row %zu", i);
        ldns_rr_list_deep_free(set);
    }
}

static void with_an_entrance_only_those_that_it_names(void **state)
{
    ldns_rr_list *set = records(DNSKEY POINT "\n" DNSKEY OTHER "\n"), *named = records(DNSKEY OTHER);
    assert_int_equal(keys_of(NULL, set), 2);
    assert_int_equal(keys_of(named, set), 1);
    /* The same by the digest of one of them; and one octet off. */
    for (int wrong = 0; wrong < 2; wrong++) {
        ldns_rr *ds = ldns_key_rr2ds(ldns_rr_list_rr(set, 0), LDNS_SHA256);
        ldns_rdf_data(ldns_rr_rdf(ds, 3))[0] ^= (uint8_t)wrong;
        ldns_rr_list *entrance = ldns_rr_list_new();
        ldns_rr_list_push_rr(entrance, ds);
        assert_int_equal(keys_of(entrance, set), !wrong);
        ldns_rr_list_deep_free(entrance);
    }
    ldns_rr_list_deep_free(set);
    ldns_rr_list_deep_free(named);
}

static void picks_whole_records_of_a_name(void **state)
{
    ldns_rr_list *set = records(DNSKEY POINT "\n" DNSKEY OTHER "\n");
    ldns_rdf *name = ldns_dname_new_frm_str("BJ."), *none = ldns_dname_new_frm_str("tg.");
    ldns_rr_list *found = rrset_pick(set, name, LDNS_RR_TYPE_DNSKEY);
    assert_int_equal(ldns_rr_list_rr_count(found), 2);
    assert_int_equal(rrset_number(ldns_rr_list_rr(found, 0), 0), 257);
    assert_int_equal(rrset_number(ldns_rr_list_rr(found, 0), 2), 13);
    assert_null(rrset_pick(set, none, LDNS_RR_TYPE_DNSKEY));
    assert_null(rrset_pick(set, name, LDNS_RR_TYPE_DS));
    assert_null(rrset_pick(NULL, name, LDNS_RR_TYPE_DS));
    ldns_rr *bare = ldns_rr_new();
    ldns_rr_set_type(bare, LDNS_RR_TYPE_DNSKEY);
    assert_false(rrset_whole(bare)); /* no RDATA at all, which the wire allows */
    ldns_rr_free(bare);
    ldns_rdf_deep_free(name);
    ldns_rdf_deep_free(none);
    ldns_rr_list_deep_free(found);
    ldns_rr_list_deep_free(set);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_root_can_be_entered),
        cmocka_unit_test(reads_anchors_and_nothing_else),
        cmocka_unit_test(is_usable_by_algorithm_and_digest),
        cmocka_unit_test(only_zone_keys_count),
        cmocka_unit_test(with_an_entrance_only_those_that_it_names),
        cmocka_unit_test(picks_whole_records_of_a_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
