/* What a walk says where validators once disagreed; the zones are made here. */
#include "tests/unit/agent/signed_zone.h"

#include "agent/dns/proofs.h"
#include "agent/dns/target.h"

#define A_RECORD "A 192.0.2.1\n"

/* One zone, z., whose key is the anchor. */
struct zone_world {
    struct world w;
    struct key key;
    char *anchor;
};

static struct zone_world zone_begin(void)
{
    struct zone_world z = {.key = key_made("z.", LDNS_SIGN_ECDSAP256SHA256)};
    z.anchor = ds_text(&z.key, LDNS_SHA256);
    world_keys(&z.w, &z.key, "z.");
    return z;
}

static void zone_end(struct zone_world *z)
{
    world_free(&z->w);
    key_free(&z->key);
    free(z->anchor);
}

static void expect(const struct zone_world *z, const char *name, const char *type, enum trust_verdict verdict,
                   const char *link, const char *reason)
{
    struct trust_report report;
    struct trust *t = world_walk(&z->w, z->anchor, name, type, NULL);
    trust_result(t, &report);
    assert_string_equal(report.reason, reason);
    assert_string_equal(report.link, link);
    assert_int_equal(report.verdict, verdict);
    trust_free(t);
}

/* The proofs of an answer about x.z., by parts. */
enum { ENCLOSER = 1, COVERS = 2, NO_WILDCARD = 4, WILDCARD = 8, WILDCARD_HAS = 16 };

static void proofs_write(char *text, size_t size, int parts, int flags, int iterations)
{
    snprintf(text, size, "z. SOA ns.z. root.z. 1 2 3 4 5\n"); /* its signature names the zone */
    if (parts & ENCLOSER)
        nsec3_add(text, size, "z.", "z.", false, flags, iterations, "NS SOA DNSKEY NSEC3PARAM RRSIG");
    if (parts & COVERS)
        nsec3_add(text, size, "z.", "x.z.", true, flags, iterations, "A RRSIG");
    if (parts & NO_WILDCARD)
        nsec3_add(text, size, "z.", "*.z.", true, flags, iterations, "A RRSIG");
    if (parts & WILDCARD)
        nsec3_add(text, size, "z.", "*.z.", false, flags, iterations, "TXT RRSIG");
    if (parts & WILDCARD_HAS)
        nsec3_add(text, size, "z.", "*.z.", false, flags, iterations, "A RRSIG");
}

static void absences_by_nsec3(void **state)
{
    static const struct {
        int rcode, parts, flags, iterations;
        enum trust_verdict verdict;
        const char *reason;
    } rows[] = {
        /* RFC 5155 section 8.4 */
        {3, ENCLOSER | COVERS | NO_WILDCARD, 0, 0, TRUST_SECURE, ""},
        {3, ENCLOSER | COVERS | NO_WILDCARD, 0, 150, TRUST_SECURE, ""},
        {3, ENCLOSER | COVERS, 0, 0, TRUST_BOGUS, "denial_missing"},
        {3, ENCLOSER | NO_WILDCARD, 0, 0, TRUST_BOGUS, "denial_missing"},
        {3, COVERS | NO_WILDCARD, 0, 0, TRUST_BOGUS, "denial_missing"},
        {3, ENCLOSER | COVERS | WILDCARD, 0, 0, TRUST_BOGUS, "denial_missing"},
        {0, ENCLOSER | COVERS | NO_WILDCARD, 0, 0, TRUST_BOGUS, "denial_missing"},
        /* 8.7 */
        {0, ENCLOSER | COVERS | WILDCARD, 0, 0, TRUST_SECURE, ""},
        {0, ENCLOSER | COVERS | WILDCARD_HAS, 0, 0, TRUST_BOGUS, "denial_missing"},
        {0, ENCLOSER | COVERS, 0, 0, TRUST_BOGUS, "denial_missing"},
        /* 9.2: the same by opt-out, which excuses no missing proof */
        {3, ENCLOSER | COVERS | NO_WILDCARD, 1, 0, TRUST_INSECURE, "opt_out"},
        {3, ENCLOSER | COVERS, 1, 0, TRUST_BOGUS, "denial_missing"},
        {3, ENCLOSER | COVERS | WILDCARD, 1, 0, TRUST_BOGUS, "denial_missing"},
        {0, ENCLOSER | COVERS | WILDCARD, 1, 0, TRUST_INSECURE, "opt_out"},
        {0, ENCLOSER | COVERS | WILDCARD_HAS, 1, 0, TRUST_BOGUS, "denial_missing"},
        /* erratum 3441: an empty name above unsigned delegations */
        {0, ENCLOSER | COVERS, 1, 0, TRUST_INSECURE, "opt_out"},
        /* 8.2: flags that nobody knows */
        {3, ENCLOSER | COVERS | NO_WILDCARD, 2, 0, TRUST_BOGUS, "denial_missing"},
        /* RFC 9276 section 3.2 */
        {3, ENCLOSER | COVERS | NO_WILDCARD, 0, 151, TRUST_INSECURE, "nsec3_iterations"},
        {0, ENCLOSER | COVERS | WILDCARD, 0, 2500, TRUST_INSECURE, "nsec3_iterations"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct zone_world z = zone_begin();
        char text[2048];
        print_message("row %zu\n", i);
        proofs_write(text, sizeof text, rows[i].parts, rows[i].flags, rows[i].iterations);
        world_say(&z.w, &z.key, "x.z.", "A", rows[i].rcode, NULL, text, NULL);
        expect(&z, "x.z", "A", rows[i].verdict, rows[i].verdict == TRUST_SECURE ? "" : "A x.z.", rows[i].reason);
        zone_end(&z);
    }
}

/* Of the iterations only those records tell whose signatures hold (RFC 9276 section 3.2): the last one has none here.
 */
static void iterations_are_told_by_signed_records(void **state)
{
    struct zone_world z = zone_begin();
    char text[2048];
    proofs_write(text, sizeof text, ENCLOSER | COVERS | NO_WILDCARD, 0, 151);
    ldns_rr_list *proofs = records_read(text);
    records_sign(proofs, &z.key);
    ldns_rr *unsigned_one = ldns_rr_list_pop_rr(proofs);
    assert_int_equal(ldns_rr_get_type(unsigned_one), LDNS_RR_TYPE_RRSIG);
    _cleanup_text_ char *owner = ldns_rdf2str(ldns_rr_owner(unsigned_one));
    _cleanup_text_ char *link = alloc_format("NSEC %s", owner);
    ldns_rr_free(unsigned_one);
    world_put(&z.w, "x.z.", "A", 3, ldns_rr_list_new(), proofs);
    expect(&z, "x.z", "A", TRUST_BOGUS, link, "rrsig_missing");
    zone_end(&z);
}

/* RFC 5155 sections 8.8 and 9.2: an answer made from a wildcard, itself or
 * behind an alias. */
static void wildcards_by_nsec3(void **state)
{
    static const struct {
        int parts, flags, iterations;
        enum trust_verdict verdict;
        const char *link, *reason;
    } rows[] = {
        {COVERS, 0, 0, TRUST_SECURE, "", ""},
        {COVERS, 1, 0, TRUST_INSECURE, "A x.z.", "opt_out"},
        {COVERS, 0, 200, TRUST_INSECURE, "A x.z.", "nsec3_iterations"},
        {ENCLOSER, 0, 0, TRUST_BOGUS, "A x.z.", "denial_missing"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct zone_world z = zone_begin();
        char text[2048];
        proofs_write(text, sizeof text, rows[i].parts, rows[i].flags, rows[i].iterations);
        world_say(&z.w, &z.key, "x.z.", "A", 0, "*.z. " A_RECORD, text, "*.z.");
        world_say(&z.w, &z.key, "alias.z.", "A", 0, "alias.z. CNAME x.z.\n", NULL, NULL);
        expect(&z, "x.z", "A", rows[i].verdict, rows[i].link, rows[i].reason);
        expect(&z, "alias.z", "A", rows[i].verdict, rows[i].link, rows[i].reason);
        zone_end(&z);
    }
}

static void wildcards_by_nsec(void **state)
{
#define SOA_RECORD "z. SOA ns.z. root.z. 1 2 3 4 5\n"
    struct zone_world z = zone_begin();
    /* a wildcard with nothing of its own (RFC 4592 section 2.2.2): there is a.*.e.z. */
    world_say(&z.w, &z.key, "x.e.z.", "A", 0, NULL,
              SOA_RECORD "e.z. NSEC a.*.e.z. A RRSIG NSEC\na.*.e.z. NSEC z. A RRSIG NSEC\n", NULL);
    expect(&z, "x.e.z", "A", TRUST_SECURE, "", "");
    world_say(&z.w, &z.key, "y.e.z.", "A", 3, NULL,
              SOA_RECORD "e.z. NSEC a.*.e.z. A RRSIG NSEC\na.*.e.z. NSEC z. A RRSIG NSEC\n", NULL);
    expect(&z, "y.e.z", "A", TRUST_BOGUS, "A y.e.z.", "denial_missing");
    world_say(&z.w, &z.key, "x.z.", "A", 0, "*.z. " A_RECORD, "w.z. NSEC y.z. A RRSIG NSEC\n", "*.z.");
    expect(&z, "x.z", "A", TRUST_SECURE, "", "");
    /* m.n.z. is denied, but n.z. exists: its wildcard would be *.n.z. */
    world_say(&z.w, &z.key, "m.n.z.", "A", 0, "*.z. " A_RECORD, "a.n.z. NSEC p.n.z. A RRSIG NSEC\n", "*.z.");
    expect(&z, "m.n.z", "A", TRUST_BOGUS, "A m.n.z.", "denial_missing");
    zone_end(&z);
}

/* RFC 4035 section 5.3.1: as many labels as the zone has, at least. */
static void labels_are_the_zones(void **state)
{
    struct zone_world z = zone_begin();
    world_say(&z.w, &z.key, "x.z.", "A", 0, "*. " A_RECORD, NULL, "*.");
    expect(&z, "x.z", "A", TRUST_BOGUS, "A x.z.", "labels_wrong");
    zone_end(&z);
}

static void follows_aliases_made_by_dname(void **state)
{
    static const struct {
        const char *cname;
        enum trust_verdict verdict;
        const char *link, *reason;
    } rows[] = {
        {"a.d.z. CNAME a.e.z.\n", TRUST_SECURE, "", ""},
        {"a.d.z. CNAME b.e.z.\n", TRUST_BOGUS, "CNAME a.d.z.", "alias_wrong"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct zone_world z = zone_begin();
        for (int type = 0; type < 2; type++) {
            ldns_rr_list *answer = records_read("d.z. DNAME e.z.\n"), *made = records_read(rows[i].cname);
            records_sign(answer, &z.key);
            ldns_rr_list_push_rr_list(answer, made);
            ldns_rr_list_free(made);
            world_put(&z.w, "a.d.z.", type ? "A" : "CNAME", 0, answer, ldns_rr_list_new());
        }
        world_say(&z.w, &z.key, "a.e.z.", "A", 0, "a.e.z. " A_RECORD, NULL, NULL);
        expect(&z, "a.d.z", "CNAME", rows[i].verdict, rows[i].link, rows[i].reason);
        expect(&z, "a.d.z", "A", TRUST_SECURE, "", ""); /* by what the DNAME says */
        zone_end(&z);
    }
}

/* A signed zone child.ZONE.z., below an alias or not. */
static void cuts_below_aliases(void **state)
{
    struct zone_world z = zone_begin();
    struct key child = key_made("c.al.z.", LDNS_SIGN_ECDSAP256SHA256);
    char *ds = ds_text(&child, LDNS_SHA256);
    world_say(&z.w, &child, "www.c.al.z.", "A", 0, "www.c.al.z. " A_RECORD, NULL, NULL);
    world_say(&z.w, &z.key, "al.z.", "DS", 0, "al.z. CNAME elsewhere.z.\n", NULL, NULL);
    world_say(&z.w, &z.key, "c.al.z.", "DS", 0, ds, NULL, NULL);
    world_keys(&z.w, &child, "c.al.z.");
    expect(&z, "www.c.al.z", "A", TRUST_SECURE, "", "");
    zone_end(&z);
    /* and where the alias is told by its NSEC alone */
    z = zone_begin();
    world_say(&z.w, &child, "www.c.al.z.", "A", 0, "www.c.al.z. " A_RECORD, NULL, NULL);
    world_say(&z.w, &z.key, "al.z.", "DS", 0, NULL, "al.z. NSEC c.al.z. CNAME RRSIG NSEC\n", NULL);
    world_say(&z.w, &z.key, "c.al.z.", "DS", 0, ds, NULL, NULL);
    world_keys(&z.w, &child, "c.al.z.");
    expect(&z, "www.c.al.z", "A", TRUST_SECURE, "", "");
    zone_end(&z);
    key_free(&child);
    free(ds);
}

/* A server of a zone and of an unsigned one below it shows the cut with the
 * parent's signature (RFC 4035 section 5.2). */
static void cuts_shown_by_the_parent(void **state)
{
    static const struct {
        const char *name, *types;
        enum trust_verdict verdict;
    } rows[] = {
        {"x.z.", "NS", TRUST_INSECURE}, {"a.www.x.z.", "NS", TRUST_INSECURE}, {"a.www.x.z.", "NS DS", TRUST_BOGUS},
        {"x.z.", "NS DS", TRUST_BOGUS}, {"a.www.x.z.", "MX", TRUST_BOGUS},    {"a.www.x.z.", "DNAME", TRUST_BOGUS},
    };
    for (size_t i = 0; i < 2 * COUNT(rows); i++) {
        bool nsec3 = i >= COUNT(rows), holds = rows[i % COUNT(rows)].verdict == TRUST_INSECURE;
        const char *name = rows[i % COUNT(rows)].name, *types = rows[i % COUNT(rows)].types;
        char proof[512] = "z. SOA ns.z. root.z. 1 2 3 4 5\n", link[64];
        struct zone_world z = zone_begin();
        if (nsec3)
            nsec3_add(proof, sizeof proof, "z.", "x.z.", false, 0, 0, types);
        else
            snprintf(proof, sizeof proof, "z. SOA ns.z. root.z. 1 2 3 4 5\nx.z. NSEC y.z. %s\n", types);
        snprintf(link, sizeof link, "%s %s", holds ? "DS" : "A", holds ? "x.z." : name);
        world_say(&z.w, &z.key, name, "A", 0, NULL, proof, NULL);
        expect(&z, name, "A", rows[i % COUNT(rows)].verdict, link, holds ? "unsigned_delegation" : "denial_missing");
        zone_end(&z);
    }
}

/* An unsigned alias is no end: what it leads to may be bogus. */
static void unsigned_aliases_go_on(void **state)
{
    static const struct {
        bool sign;
        enum trust_verdict verdict;
        const char *link, *reason;
    } rows[] = {
        {true, TRUST_INSECURE, "DS u.z.", "unsigned_delegation"},
        {false, TRUST_BOGUS, "A t.z.", "rrsig_missing"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct zone_world z = zone_begin();
        world_say(&z.w, NULL, "a.u.z.", "A", 0, "a.u.z. CNAME t.z.\n", NULL, NULL);
        world_say(&z.w, &z.key, "u.z.", "DS", 0, NULL, "u.z. NSEC v.z. NS RRSIG NSEC\n", NULL);
        world_say(&z.w, rows[i].sign ? &z.key : NULL, "t.z.", "A", 0, "t.z. " A_RECORD, NULL, NULL);
        world_say(&z.w, &z.key, "t.z.", "DS", 0, NULL, "t.z. NSEC u.z. A RRSIG NSEC\n", NULL);
        expect(&z, "a.u.z", "A", rows[i].verdict, rows[i].link, rows[i].reason);
        zone_end(&z);
    }
}

static void unsigned_loops_end(void **state)
{
    struct zone_world z = zone_begin();
    world_say(&z.w, NULL, "a.u.z.", "A", 0, "a.u.z. CNAME b.u.z.\nb.u.z. CNAME a.u.z.\n", NULL, NULL);
    world_say(&z.w, NULL, "b.u.z.", "A", 0, "b.u.z. CNAME a.u.z.\na.u.z. CNAME b.u.z.\n", NULL, NULL);
    world_say(&z.w, &z.key, "u.z.", "DS", 0, NULL, "u.z. NSEC v.z. NS RRSIG NSEC\n", NULL);
    expect(&z, "a.u.z", "A", TRUST_INSECURE, "DS u.z.", "unsigned_delegation");
    zone_end(&z);
}

/* RFC 4509 section 3: the child's DS of SHA-1 is right, the one of SHA-256 not. */
static void sha1_gives_way(void **state)
{
#define WRONG "0000000000000000000000000000000000000000000000000000000000000000"
    static const struct {
        const char *beside; /* %u: the child's tag */
        enum trust_verdict verdict;
        const char *link, *reason;
    } rows[] = {
        {"", TRUST_SECURE, "", ""},
        {"c.z. DS %u 13 2 " WRONG "\n", TRUST_BOGUS, "DS c.z.", "ds_mismatch"},
        {"c.z. DS %u 13 4 " WRONG "00000000000000000000000000000000\n", TRUST_BOGUS, "DS c.z.", "ds_mismatch"},
        {"c.z. DS %u 250 2 " WRONG "\n", TRUST_SECURE, "", ""}, /* not usable */
        {"c.z. DS %u 13 3 " WRONG "\n", TRUST_SECURE, "", ""},
    };
    struct key child = key_made("c.z.", LDNS_SIGN_ECDSAP256SHA256);
    char *ds = ds_text(&child, LDNS_SHA1), set[1024];
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct zone_world z = zone_begin();
        size_t used = (size_t)snprintf(set, sizeof set, "%s", ds);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
        snprintf(set + used, sizeof set - used, rows[i].beside, ldns_calc_keytag(child.rr));
#pragma GCC diagnostic pop
        world_say(&z.w, &child, "www.c.z.", "A", 0, "www.c.z. " A_RECORD, NULL, NULL);
        world_say(&z.w, &z.key, "c.z.", "DS", 0, set, NULL, NULL);
        world_keys(&z.w, &child, "c.z.");
        expect(&z, "www.c.z", "A", rows[i].verdict, rows[i].link, rows[i].reason);
        zone_end(&z);
    }
    key_free(&child);
    free(ds);
}

/* An anchor that cannot be followed leaves everything unsigned, as a DS would
 * (RFC 4035 section 5.2). */
static void anchors(void **state)
{
    static const struct {
        const char *anchor, *type;
        const char *link, *reason;
    } rows[] = {
        {"z. DS 1 250 2 " WRONG "\n", "A", "DS z.", "algorithm_unsupported"},
        {"z. DS 1 3 2 " WRONG "\n", "A", "DS z.", "algorithm_unsupported"}, /* DSA */
        {"z. DS 1 13 200 " WRONG "\n", "A", "DS z.", "algorithm_unsupported"},
        {"z. DNSKEY 257 3 3 AAAA\n", "A", "DNSKEY z.", "algorithm_unsupported"},
        {"z. DNSKEY 257 3 250 AAAA\n", "A", "DNSKEY z.", "algorithm_unsupported"},
        {NULL, "DS", "DS z.", "outside_anchor"}, /* it is the parent's */
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct zone_world z = zone_begin();
        if (rows[i].anchor) {
            free(z.anchor);
            z.anchor = strdup(rows[i].anchor);
        }
        world_say(&z.w, &z.key, "z.", "A", 0, "z. " A_RECORD, NULL, NULL);
        expect(&z, "z", rows[i].type, TRUST_INSECURE, rows[i].link, rows[i].reason);
        zone_end(&z);
    }
}

/* The root has no parent: its own denial of DS counts. */
static void the_root_has_no_ds(void **state)
{
    struct world w = {0};
    struct key root = key_made(".", LDNS_SIGN_ECDSAP256SHA256);
    char *anchor = ds_text(&root, LDNS_SHA256);
    struct trust_report report;
    world_keys(&w, &root, ".");
    world_say(&w, &root, ".", "DS", 0, NULL, ". NSEC bj. NS SOA RRSIG NSEC DNSKEY\n", NULL);
    struct trust *t = world_walk(&w, anchor, ".", "DS", NULL);
    trust_result(t, &report);
    assert_int_equal(report.verdict, TRUST_SECURE);
    trust_free(t);
    world_free(&w);
    key_free(&root);
    free(anchor);
}

/* A step that was interrupted has changed nothing. */
static void a_paused_step_changes_nothing(void **state)
{
    struct zone_world z = zone_begin();
    char text[2048];
    proofs_write(text, sizeof text, ENCLOSER | COVERS | NO_WILDCARD, 0, 0);
    world_say(&z.w, &z.key, "x.z.", "A", 3, NULL, text, NULL);
    struct trust *t = world_walk(&z.w, z.anchor, "x.z", "A", NULL);
    const ldns_pkt *pkt = z.w.answers[1].pkt;
    t->step = STEP_TARGET;
    t->signatures.work = (struct work){.left = WORK_VERIFY};
    struct proofs proofs = proofs_read(t, pkt);
    assert_true(walk_paused(t));
    assert_int_equal(proofs_deny(t, &proofs, t->wanted, t->type), DENIAL_MISSING);
    proofs_free(&proofs);
    target_judge(t, pkt);
    walk_judge(t, pkt);
    walk_end(t, TRUST_BOGUS, 0, NULL, "");
    assert_int_equal(t->step, STEP_TARGET);
    assert_false(trust_work(t)); /* the whole slice is enough */
    assert_int_equal(t->step, STEP_OVER);
    assert_int_equal(t->verdict, TRUST_SECURE);
    trust_free(t);
    zone_end(&z);
}

int main(void)
{
    const struct CMUnitTest list[] = {
        cmocka_unit_test(absences_by_nsec3),      cmocka_unit_test(iterations_are_told_by_signed_records),
        cmocka_unit_test(wildcards_by_nsec3),     cmocka_unit_test(wildcards_by_nsec),
        cmocka_unit_test(labels_are_the_zones),   cmocka_unit_test(follows_aliases_made_by_dname),
        cmocka_unit_test(cuts_below_aliases),     cmocka_unit_test(cuts_shown_by_the_parent),
        cmocka_unit_test(unsigned_aliases_go_on), cmocka_unit_test(unsigned_loops_end),
        cmocka_unit_test(sha1_gives_way),         cmocka_unit_test(anchors),
        cmocka_unit_test(the_root_has_no_ds),     cmocka_unit_test(a_paused_step_changes_nothing),
    };
    return cmocka_run_group_tests(list, NULL, NULL);
}
