/* The work that proofs of absence make. What they say stands in test_walk.c. */
#include "tests/unit/agent/signed_zone.h"

#include "agent/dns/denial.h"
#include "agent/dns/hashes.h"

/* Each name is hashed once, and a slice ends among the hashes of a long one. */
static void hashes_each_name_once(void **state)
{
    char text[4096] = "", name[256] = "z.";
    for (int i = 0; i < 120; i++) {
        memmove(name + 2, name, strlen(name) + 1);
        memcpy(name, "a.", 2);
    }
    nsec3_add(text, sizeof text, "z.", "z.", false, 0, 150, "NS SOA");
    nsec3_add(text, sizeof text, "z.", "a.z.", true, 0, 150, "A");
    nsec3_add(text, sizeof text, "z.", "*.z.", true, 0, 150, "A");
    ldns_rr_list *records = records_read(text);
    ldns_rdf *zone = ldns_dname_new_frm_str("z."), *wanted = ldns_dname_new_frm_str(name);
    struct hashes hashes = {0};
    struct work work;
    struct denial_proofs proofs = {records, zone, &hashes, &work};
    enum denial said;
    unsigned slices = 0;
    size_t before = 0;
    do {
        work_begin(&work);
        said = denial_read(&proofs, wanted, LDNS_RR_TYPE_A);
        /* 151 blocks of SHA-1 each */
        assert_true(hashes.count - before <= WORK_SLICE / 151 + 1);
        before = hashes.count;
        slices++;
    } while (work.paused);
    assert_int_equal(said, DENIAL_NO_NAME);
    assert_int_equal(hashes.count, 120 + 1 + 1); /* the name and those above it, the zone, the wildcard */
    assert_int_equal(slices, 5);
    work_begin(&work);
    assert_int_equal(denial_read(&proofs, wanted, LDNS_RR_TYPE_A), DENIAL_NO_NAME);
    assert_int_equal(work.left, WORK_SLICE);
    hashes_clear(&hashes);
    ldns_rr_list_deep_free(records);
    ldns_rdf_deep_free(zone);
    ldns_rdf_deep_free(wanted);
}

/* A long salt makes each round longer: 255 octets are five blocks. */
static void salt_costs(void **state)
{
    ldns_rr_list *records = records_read("0000000000000000000000000000000v.z. NSEC3 1 0 9 00 "
                                         "0000000000000000000000000000001v A\n");
    ldns_rdf *zone = ldns_dname_new_frm_str("z.");
    struct hashes hashes = {0};
    struct work work;
    ldns_rr *rr = ldns_rr_list_rr(records, 0);
    work_begin(&work);
    assert_non_null(hashes_of(&hashes, &work, rr, zone, zone));
    assert_int_equal(WORK_SLICE - work.left, 10);
    uint8_t salt[256] = {255};
    ldns_rdf_deep_free(ldns_rr_set_rdf(rr, ldns_rdf_new_frm_data(LDNS_RDF_TYPE_NSEC3_SALT, sizeof salt, salt), 3));
    hashes_clear(&hashes);
    work_begin(&work);
    assert_non_null(hashes_of(&hashes, &work, rr, zone, zone));
    assert_int_equal(WORK_SLICE - work.left, 50);
    hashes_clear(&hashes);
    work.left = 0;
    assert_null(hashes_of(&hashes, &work, rr, zone, zone));
    assert_true(work.paused);
    ldns_rr_list_deep_free(records);
    ldns_rdf_deep_free(zone);
}

/* Records by other parameters than the first's do not count. */
static void has_one_set_of_parameters(void **state)
{
    char text[1024] = "";
    nsec3_add(text, sizeof text, "z.", "z.", false, 0, 1, "NS SOA");
    nsec3_add(text, sizeof text, "z.", "x.z.", false, 0, 2, "TXT");
    ldns_rr_list *records = records_read(text);
    ldns_rdf *zone = ldns_dname_new_frm_str("z."), *name = ldns_dname_new_frm_str("x.z.");
    struct hashes hashes = {0};
    struct work work;
    struct denial_proofs proofs = {records, zone, &hashes, &work};
    work_begin(&work);
    assert_int_equal(denial_read(&proofs, name, LDNS_RR_TYPE_A), DENIAL_MISSING);
    assert_int_equal(denial_read(&proofs, zone, LDNS_RR_TYPE_A), DENIAL_NO_TYPE);
    hashes_clear(&hashes);
    ldns_rr_list_deep_free(records);
    ldns_rdf_deep_free(zone);
    ldns_rdf_deep_free(name);
}

/* An NSEC leads to a name of its zone, the last one to the apex (RFC 4034 section 4.1.1). */
static void stays_in_the_zone(void **state)
{
    static const struct {
        const char *last, *name;
        enum denial said;
    } rows[] = {
        {"x.z. NSEC z. A\n", "y.z.", DENIAL_NO_NAME},   {"x.z. NSEC z. A\n", "b.z.", DENIAL_MISSING},
        {"x.z. NSEC a.z. A\n", "y.z.", DENIAL_MISSING}, {"x.z. NSEC a.z. A\n", "b.a.z.", DENIAL_MISSING},
        {"x.z. NSEC zz. A\n", "y.z.", DENIAL_MISSING},  {"x.z. NSEC xa.z. A\n", "x0.z.", DENIAL_NO_NAME},
    };
    ldns_rdf *zone = ldns_dname_new_frm_str("z.");
    for (size_t i = 0; i < COUNT(rows); i++) {
        char text[256];
        snprintf(text, sizeof text, "z. NSEC a.z. NS SOA\n%s", rows[i].last);
        ldns_rr_list *records = records_read(text);
        ldns_rdf *name = ldns_dname_new_frm_str(rows[i].name);
        struct hashes hashes = {0};
        struct work work;
        struct denial_proofs proofs = {records, zone, &hashes, &work};
        work_begin(&work);
        if (denial_read(&proofs, name, LDNS_RR_TYPE_A) != rows[i].said)
            fail_msg("%s and %s", rows[i].last, rows[i].name);
        ldns_rr_list_deep_free(records);
        ldns_rdf_deep_free(name);
    }
    ldns_rdf_deep_free(zone);
}

/* One verification a set, however often it stands there, and 16 sets an answer. */
static void verifies_each_set_once(void **state)
{
    static const struct {
        unsigned sets, tried; /* with the key set's own */
    } rows[] = {{3, 3 + 1}, {60, 16 + 1}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct world w = {0};
        struct key key = key_made("z.", LDNS_SIGN_ECDSAP256SHA256);
        char *anchor = ds_text(&key, LDNS_SHA256), line[128];
        ldns_rr_list *authority = records_read("z. SOA ns.z. root.z. 1 2 3 4 5\n");
        for (unsigned n = 0; n < rows[i].sets; n++) {
            for (int twice = 0; twice < 4; twice++) {
                snprintf(line, sizeof line,
                         "0000000000000000000000000000%02u0v.z. NSEC3 1 0 0 - 0000000000000000000000000000%02u%dv A\n",
                         n, n, twice + 1);
                ldns_rr_list *one = records_read(line);
                ldns_rr_list_push_rr_list(authority, one);
                ldns_rr_list_free(one);
            }
        }
        records_sign(authority, &key);
        world_keys(&w, &key, "z.");
        world_put(&w, "x.z.", "A", 3, ldns_rr_list_new(), authority);
        struct trust *t = world_walk(&w, anchor, "x.z", "A", NULL);
        assert_int_equal(t->verdict, TRUST_BOGUS);
        assert_int_equal(t->signatures.tried, rows[i].tried);
        trust_free(t);
        world_free(&w);
        key_free(&key);
        free(anchor);
    }
}

/* More records than any answer has are not looked at. */
static void leaves_heaps_of_records_alone(void **state)
{
    struct world w = {0};
    struct key key = key_made("z.", LDNS_SIGN_ECDSAP256SHA256);
    char *anchor = ds_text(&key, LDNS_SHA256);
    ldns_rr_list *authority = records_read("x.z. NSEC z. A\n");
    for (int i = 0; i < 1024; i++)
        ldns_rr_list_push_rr(authority, ldns_rr_clone(ldns_rr_list_rr(authority, 0)));
    world_put(&w, "x.z.", "A", 3, ldns_rr_list_new(), authority);
    struct trust *t = world_walk(&w, anchor, "x.z", "A", NULL);
    assert_int_equal(t->verdict, TRUST_INDETERMINATE);
    assert_string_equal(t->reason, "too_many_records");
    trust_free(t);
    world_free(&w);
    key_free(&key);
    free(anchor);
}

int main(void)
{
    const struct CMUnitTest list[] = {
        cmocka_unit_test(hashes_each_name_once),     cmocka_unit_test(salt_costs),
        cmocka_unit_test(has_one_set_of_parameters), cmocka_unit_test(stays_in_the_zone),
        cmocka_unit_test(verifies_each_set_once),    cmocka_unit_test(leaves_heaps_of_records_alone),
    };
    return cmocka_run_group_tests(list, NULL, NULL);
}
