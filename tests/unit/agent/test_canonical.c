#include "agent/dns/canonical.h"
#include "tests/unit/agent/signed_zone.h"

/* What ldns signs is what is written here: the order of records, letters' case,
 * names in the data, the TTL, wildcards. */
static void is_what_was_signed(void **state)
{
    static const struct {
        const char *records, *wildcard, *name;
    } rows[] = {
        {"a.z. A 192.0.2.1\n", NULL, NULL},
        {"a.z. A 192.0.2.9\na.z. A 192.0.2.1\na.z. A 10.0.0.1\n", NULL, NULL},
        {"a.z. TXT bb\na.z. TXT b\na.z. TXT b b\na.z. TXT \"\"\n", NULL, NULL},
        {"A.Z. MX 10 Mail.Z.\nA.z. MX 5 B.z.\n", NULL, NULL},
        {"a.z. NSEC B.z. A RRSIG NSEC\n", NULL, NULL},
        {"*.z. A 192.0.2.3\n*.z. A 192.0.2.2\n", "*.z.", "q.r.z."},
        {"*.z. A 192.0.2.3\n", NULL, NULL},
        {"a.z. A 192.0.2.1\na.z. A 192.0.2.1\n", NULL, NULL},
    };
    static const ldns_signing_algorithm algorithms[] = {LDNS_SIGN_ECDSAP256SHA256, LDNS_SIGN_ECDSAP384SHA384,
                                                        LDNS_SIGN_RSASHA256, LDNS_SIGN_ED25519};
    for (size_t k = 0; k < COUNT(algorithms); k++) {
        struct key key = key_made("Z.", algorithms[k]);
        ldns_rr_list *keys = ldns_rr_list_new();
        ldns_rdf *zone = ldns_dname_new_frm_str("z.");
        ldns_rr_list_push_rr(keys, key.rr);
        for (size_t i = 0; i < COUNT(rows); i++) {
            ldns_rr_list *list = records_read(rows[i].records);
            size_t last = ldns_rr_list_rr_count(list) - 1;
            if (last == 1 && ldns_rr_compare(ldns_rr_list_rr(list, 0), ldns_rr_list_rr(list, 1)) == 0) {
                ldns_rr *twice = ldns_rr_list_pop_rr(list);
                records_sign(list, &key);
                ldns_rr_list_push_rr(list, twice);
            } else {
                records_sign(list, &key);
            }
            if (rows[i].wildcard)
                records_expand(list, rows[i].wildcard, rows[i].name);
            ldns_rr_list *set = rrset_pick(list, NULL, ldns_rr_get_type(ldns_rr_list_rr(list, 0)));
            for (size_t n = 0; n < ldns_rr_list_rr_count(set); n++)
                ldns_rr_set_ttl(ldns_rr_list_rr(set, n), 7); /* as a cache has it */
            struct signatures s = {.now_s = SIGNED_NOW, .lifetime_s = -1};
            const ldns_rr *sig = NULL;
            signatures_begin(&s);
            const char *why = signatures_verify(&s, zone, set, list, keys, &sig);
            if (why)
                fail_msg("algorithm %d, row %zu: %s", algorithms[k], i, why);
            ldns_rr_list_deep_free(set);
            ldns_rr_list_deep_free(list);
        }
        ldns_rr_list_free(keys);
        ldns_rdf_deep_free(zone);
        key_free(&key);
    }
}

/* RFC 4034 section 3.1.8.1, by hand. */
static void is_the_rfcs_octets(void **state)
{
    static const uint8_t octets[] = "\0\1\x0d\2\0\0\1\x2c"      /* A, algorithm 13, 2 labels, TTL 300 */
                                    "\0\0\0\2\0\0\0\1\0\7\1z\0" /* times, tag, signer */
                                    "\1a\1z\0\0\1\0\1\0\0\1\x2c\0\4\x0a\0\0\1"
                                    "\1a\1z\0\0\1\0\1\0\0\1\x2c\0\4\xc0\0\2\1";
    ldns_rr_list *set = records_read("A.z. 5 A 192.0.2.1\na.Z. 5 A 10.0.0.1\n");
    ldns_rr_list *sig = records_read("a.z. RRSIG A 13 2 300 19700101000002 19700101000001 7 Z. AAAA\n");
    ldns_buffer *made = ldns_buffer_new(16);
    assert_int_equal(canonical_write(set, ldns_rr_list_rr(sig, 0), made), LDNS_STATUS_OK);
    assert_int_equal(ldns_buffer_position(made), sizeof octets - 1);
    assert_memory_equal(ldns_buffer_begin(made), octets, sizeof octets - 1);
    ldns_buffer_free(made);
    ldns_rr_list_deep_free(set);
    ldns_rr_list_deep_free(sig);
}

/* Names of 127 labels in a set that a message holds compressed. */
static void has_an_end(void **state)
{
    char line[300], name[260] = "z.";
    for (int i = 0; i < 120; i++) {
        memmove(name + 2, name, strlen(name) + 1);
        memcpy(name, "a.", 2);
    }
    ldns_rr_list *set = ldns_rr_list_new();
    ldns_rr_list *sig = records_read("a.z. RRSIG A 13 122 300 19700101000002 19700101000001 7 z. AAAA\n");
    for (int i = 0; i < 255; i++) {
        snprintf(line, sizeof line, "%s A 10.0.0.%d\n", name, i);
        ldns_rr_list *one = records_read(line);
        ldns_rr_list_push_rr_list(set, one);
        ldns_rr_list_free(one);
    }
    ldns_buffer *made = ldns_buffer_new(16);
    assert_int_equal(canonical_write(set, ldns_rr_list_rr(sig, 0), made), LDNS_STATUS_OK);
    ldns_rr_list_push_rr(set, ldns_rr_clone(ldns_rr_list_rr(set, 0)));
    assert_int_equal(canonical_write(set, ldns_rr_list_rr(sig, 0), made), LDNS_STATUS_PACKET_OVERFLOW);
    ldns_buffer_free(made);
    ldns_rr_list_deep_free(set);
    ldns_rr_list_deep_free(sig);
}

int main(void)
{
    const struct CMUnitTest list[] = {
        cmocka_unit_test(is_what_was_signed),
        cmocka_unit_test(is_the_rfcs_octets),
        cmocka_unit_test(has_an_end),
    };
    return cmocka_run_group_tests(list, NULL, NULL);
}
