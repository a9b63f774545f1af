#include "tests/unit/check.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include "agent/check/delegation/finding.h"
#include "common/lang.h"

extern const struct finding_case finding_aaaa, finding_alias, finding_answer, finding_enough, finding_glue,
    finding_host_name, finding_lists, finding_mname, finding_reach, finding_recursion, finding_reverse,
    finding_soa_limits, finding_soa_same, finding_transfer;

static const struct finding_case *const cases[] = {
    &finding_aaaa,      &finding_alias,      &finding_answer,   &finding_enough,   &finding_glue,
    &finding_host_name, &finding_lists,      &finding_mname,    &finding_reach,    &finding_recursion,
    &finding_reverse,   &finding_soa_limits, &finding_soa_same, &finding_transfer,
};

static struct sockaddr_storage address_of(const char *text)
{
    struct sockaddr_storage addr = {.ss_family = strchr(text, ':') ? AF_INET6 : AF_INET};
    void *to = addr.ss_family == AF_INET ? (void *)&((struct sockaddr_in *)&addr)->sin_addr
                                         : (void *)&((struct sockaddr_in6 *)&addr)->sin6_addr;
    assert_int_equal(inet_pton(addr.ss_family, text, to), 1);
    return addr;
}

/* A zone of two servers in which nothing is wrong, for a test to spoil. */
struct world {
    struct facts facts;
    struct zone *servers;
};

static void add(struct world *w, const char *name, const char *text)
{
    struct zone_server *server = &w->servers->servers[w->servers->count++];
    struct place *p = &w->facts.places[w->facts.place_count++];
    snprintf(server->name, sizeof server->name, "%s", name);
    server->addrs[server->count++] = address_of(text);
    server->known = 2;
    snprintf(p->name, sizeof p->name, "%s", name);
    p->addr = address_of(text);
    for (int i = 0; i < ASKED_COUNT; i++)
        strcpy(p->words[i], "ok");
    p->udp = p->tcp = true;
    p->soa = (struct soa){.serial = 1, .refresh_s = 14400, .retry_s = 3600, .expire_s = 604800, .minimum_s = 300};
    strcpy(p->soa.mname, "ns1.zone.bj.");
    strcpy(p->soa.rname, "root.zone.bj.");
    p->soa_records = 1;
    snprintf(p->ptr, sizeof p->ptr, "%s", name);
    p->list = alloc_zero(1, sizeof *p->list);
    roster_add(p->list, "ns1.zone.bj.");
    roster_add(p->list, "ns2.zone.bj.");
}

static int set_up(void **state)
{
    struct world *w = alloc_zero(1, sizeof *w);
    w->servers = alloc_zero(1, sizeof *w->servers);
    facts_init(&w->facts, "zone.bj");
    w->facts.servers = w->servers;
    add(w, "ns1.zone.bj.", "41.74.1.1");
    add(w, "ns2.zone.bj.", "196.216.2.1");
    add(w, "ns1.zone.bj.", "2001:43f8::1");
    /* the third is another address of the first server */
    w->servers->servers[0].addrs[1] = w->servers->servers[2].addrs[0];
    w->servers->servers[0].count = 2;
    w->servers->servers[2] = (struct zone_server){0};
    w->servers->count = 2;
    w->facts.referral = *w->facts.places[0].list;
    strcpy(w->facts.mname, "ns1.zone.bj.");
    *state = w;
    return 0;
}

static int tear_down(void **state)
{
    struct world *w = *state;
    facts_free(&w->facts);
    free(w->servers);
    free(w);
    return 0;
}

/* The tags found, in the order of the list, with blanks between. */
static void expect(const struct world *w, const char *tags)
{
    char seen[1024] = "";
    json_t *list = findings_judge(&w->facts);
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *tag = json_string_value(json_object_get(json_array_get(list, i), "tag"));
        snprintf(seen + strlen(seen), sizeof seen - strlen(seen), "%s%s", i ? " " : "", tag);
    }
    assert_string_equal(seen, tags);
    json_decref(list);
}

static void nothing_is_wrong(void **state)
{
    expect(*state, "");
}

static void words_that_are_no_answer(void **state)
{
    struct world *w = *state;
    static const struct {
        const char *udp, *tcp, *aaaa, *tags;
    } rows[] = {
        {"timeout", "timeout", "", "B02_NS_NO_RESPONSE"},
        {"timeout", "", "", "B02_NS_NO_RESPONSE"},
        {"not_authoritative", "ok", "ok", "B02_NS_NOT_AUTH"},
        {"REFUSED", "ok", "ok", "B02_UNEXPECTED_RCODE"},
        {"no_soa", "ok", "ok", "B02_NS_BROKEN"},
        {"ok", "eof", "ok", "CN02_NO_RESPONSE_TCP"},
        {"ok", "not_authoritative", "ok", "CN02_SOA_RECORD_NOT_AA_TCP"},
        {"ok", "SERVFAIL", "ok", "CN02_UNEXPECTED_RCODE_SOA_QUERY_TCP"},
        {"ok", "no_soa", "ok", "CN02_MISSING_SOA_RECORD_TCP"},
        {"ok", "", "ok", ""}, /* nobody came to it */
        {"ok", "ok", "timeout", "AAAA_QUERY_DROPPED"},
        {"ok", "ok", "SERVFAIL", "AAAA_UNEXPECTED_RCODE"},
    };
    struct place *p = &w->facts.places[1];
    for (size_t i = 0; i < COUNT(rows); i++) {
        strcpy(p->words[ASKED_UDP], rows[i].udp);
        strcpy(p->words[ASKED_TCP], rows[i].tcp);
        strcpy(p->words[ASKED_AAAA], rows[i].aaaa);
        p->udp = strcmp(rows[i].udp, "ok") == 0;
        p->tcp = strcmp(rows[i].tcp, "ok") == 0;
        expect(w, rows[i].tags);
    }
    strcpy(p->words[ASKED_UDP], "unreachable");
    p->udp = p->tcp = false;
    p->unsent = true;
    expect(w, ""); /* no road there is no fault of theirs */
}

static void names_of_hosts(void **state)
{
    struct world *w = *state;
    static const struct {
        const char *name;
        bool good, numeric;
    } rows[] = {
        {"ns1.zone.bj.", true, false},     {"3com.bj.", true, false}, {"a-b.bj.", true, false},
        {"xn--bnin-bpa.bj.", true, false}, {"a_b.bj.", false, false}, {"-a.bj.", false, false},
        {"a-.bj.", false, false},          {"a..bj.", false, false},  {"41.74.1.1.", true, true},
        {"\\195\\169.bj.", false, false},  {".", false, false},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct findings found = {.list = json_array()};
        strcpy(w->servers->servers[1].name, rows[i].name);
        finding_host_name.judge(&w->facts, &found);
        const char *tag = json_string_value(json_object_get(json_array_get(found.list, 0), "tag"));
        if (rows[i].good && !rows[i].numeric)
            assert_null(tag);
        else
            assert_string_equal(tag, rows[i].numeric ? "NAMESERVER_NUMERIC_TLD" : "NAMESERVER_NON_ALLOWED_CHARS");
        json_decref(found.list);
    }
}

static void addresses_of_nobody(void **state)
{
    struct world *w = *state;
    static const struct {
        const char *addr, *tag;
    } rows[] = {
        {"192.0.2.1", "A01_DOCUMENTATION_ADDR"},
        {"2001:db8::1", "A01_DOCUMENTATION_ADDR"},
        {"3fff:fff::1", "A01_DOCUMENTATION_ADDR"},
        {"10.255.255.255", "A01_LOCAL_USE_ADDR"},
        {"100.127.0.1", "A01_LOCAL_USE_ADDR"},
        {"172.31.255.1", "A01_LOCAL_USE_ADDR"},
        {"fd00::1", "A01_LOCAL_USE_ADDR"},
        {"febf::1", "A01_LOCAL_USE_ADDR"},
        {"::1", "A01_LOCAL_USE_ADDR"},
        {"240.0.0.1", "A01_ADDR_NOT_GLOBALLY_REACHABLE"},
        {"198.18.0.1", "A01_ADDR_NOT_GLOBALLY_REACHABLE"},
        {"172.32.0.1", NULL},
        {"100.128.0.1", NULL},
        {"2001:43f8::2", NULL},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct findings found = {.list = json_array()};
        w->servers->servers[1].denied[0] = address_of(rows[i].addr);
        w->servers->servers[1].denied_count = 1;
        finding_reach.judge(&w->facts, &found);
        assert_int_equal(json_array_size(found.list), rows[i].tag ? 1 : 0);
        if (rows[i].tag)
            assert_string_equal(json_string_value(json_object_get(json_array_get(found.list, 0), "tag")), rows[i].tag);
        json_decref(found.list);
    }
}

static void names_of_addresses(void **state)
{
    struct world *w = *state;
    struct place *p = &w->facts.places[1];
    strcpy(p->words[ASKED_PTR], "none");
    expect(w, "NAMESERVER_IP_WITHOUT_REVERSE");
    strcpy(p->words[ASKED_PTR], "SERVFAIL");
    expect(w, "NO_RESPONSE_PTR_QUERY");
    strcpy(p->words[ASKED_PTR], "ok");
    strcpy(p->ptr, "host1.isp.bj.");
    expect(w, "NAMESERVER_IP_PTR_MISMATCH");
}

static void the_first_server(void **state)
{
    struct world *w = *state;
    static const struct {
        const char *word, *tag;
        uint32_t serial;
    } rows[] = {
        {"ok", "", 1},
        {"ok", "Z01_MNAME_NOT_MASTER", 0},
        {"timeout", "Z01_MNAME_NO_RESPONSE", 0},
        {"not_authoritative", "Z01_MNAME_NOT_AUTHORITATIVE", 0},
        {"no_soa", "Z01_MNAME_MISSING_SOA_RECORD", 0},
        {"REFUSED", "Z01_MNAME_UNEXPECTED_RCODE", 0},
        {"", "", 0},
    };
    w->facts.master_count = 1;
    w->facts.masters[0].addr = address_of("41.74.1.1");
    for (size_t i = 0; i < COUNT(rows); i++) {
        strcpy(w->facts.masters[0].word, rows[i].word);
        w->facts.masters[0].serial = rows[i].serial;
        expect(w, rows[i].tag);
    }
    w->facts.master_count = 0;
    strcpy(w->facts.mname, "hidden.zone.bj.");
    expect(w, "Z01_MNAME_NOT_IN_NS_LIST");
    w->facts.mname_absent = true;
    expect(w, "Z01_MNAME_NOT_RESOLVE Z01_MNAME_NOT_IN_NS_LIST");
    strcpy(w->facts.mname, ".");
    expect(w, "Z01_MNAME_IS_DOT");
    strcpy(w->facts.mname, "localhost.");
    expect(w, "Z01_MNAME_IS_LOCALHOST");
}

static void lists_that_differ(void **state)
{
    struct world *w = *state;
    roster_add(w->facts.places[1].list, "ns3.zone.bj.");
    expect(w, "EXTRA_NAME_CHILD MULTIPLE_NS_SET MULTIPLE_NS_SET");
    w->facts.referral = (struct roster){0};
    roster_add(&w->facts.referral, "ns9.zone.bj.");
    roster_add(&w->facts.referral, "ns8.zone.bj.");
    json_t *list = findings_judge(&w->facts), *problems = findings_problems(list);
    assert_string_equal(json_string_value(json_object_get(json_array_get(list, 0), "level")), "ERROR");
    assert_int_equal(json_array_size(problems), 2); /* ns_mismatch, child_mismatch */
    json_decref(list);
    json_decref(problems);
    w->facts.referral = (struct roster){0};
    w->facts.no_referral = true;
    expect(w, "B02_NO_DELEGATION MULTIPLE_NS_SET MULTIPLE_NS_SET");
}

static void what_glue_says(void **state)
{
    struct world *w = *state;
    struct zone_server *server = &w->servers->servers[1];
    strcpy(w->facts.glue[0].name, "ns2.zone.bj.");
    w->facts.glue[0].addr = address_of("196.216.2.1");
    w->facts.glue_count = w->facts.parent_glue = 1;
    expect(w, "");
    w->facts.glue[0].addr = address_of("196.216.2.9");
    expect(w, "IN_BAILIWICK_ADDR_MISMATCH");
    w->facts.glue[0].addr = address_of("196.216.2.1");
    server->count = 0;
    expect(w, "GLUE_ONLY");
    server->known = 1; /* the resolver did not say that there is none */
    expect(w, "");
    w->facts.glue_count = 0;
    w->facts.parent_glue = 0;
    expect(w, "NOT_ENOUGH_NS_CHILD B02_NS_NO_IP_ADDR");
    strcpy(server->alias, "real.zone.bj.");
    expect(w, "NS_IS_CNAME NOT_ENOUGH_NS_CHILD B02_NS_NO_IP_ADDR");
}

static void what_a_server_should_not_do(void **state)
{
    struct world *w = *state;
    w->facts.places[1].recursor = w->facts.places[1].transfers = true;
    w->facts.places[1].soa_records = 2;
    expect(w, "IS_A_RECURSOR MULTIPLE_SOA AXFR_AVAILABLE");
}

static void records_that_differ(void **state)
{
    struct world *w = *state;
    struct soa *soa = &w->facts.places[1].soa;
    strcpy(soa->rname, "me@zone.bj.");
    expect(w, "RNAME_MISUSED_AT_SIGN MULTIPLE_SOA_RNAMES MULTIPLE_SOA_RNAMES");
    strcpy(soa->rname, "root.zone.bj.");
    soa->retry_s = 3599;
    expect(w, "RETRY_MINIMUM_VALUE_LOWER MULTIPLE_SOA_TIME_PARAMETER_SET MULTIPLE_SOA_TIME_PARAMETER_SET");
}

/* Hosts, not names nor addresses, are what fails together. */
static void hosts_are_counted(void **state)
{
    struct world *w = *state;
    assert_int_equal(facts_hosts(&w->facts, 0), 2);
    assert_int_equal(facts_hosts(&w->facts, 6), 1);
    /* a third name for the second's address */
    struct zone_server *third = &w->servers->servers[w->servers->count++];
    strcpy(third->name, "ns3.zone.bj.");
    third->addrs[third->count++] = address_of("196.216.2.1");
    assert_int_equal(facts_hosts(&w->facts, 0), 2);
    /* which is also one of the first's: all are one */
    w->servers->servers[0].addrs[w->servers->servers[0].count++] = address_of("196.216.2.1");
    assert_int_equal(facts_hosts(&w->facts, 0), 1);
    expect(w, "CHILD_NS_SAME_IP NOT_ENOUGH_NS_CHILD");
}

/* Whatever names a stranger gives its servers. */
static void findings_have_an_end(void **state)
{
    struct findings found = {.list = json_array()};
    char name[1000];
    for (int i = 0; i < 2000; i++) {
        snprintf(name, sizeof name, "%0999d", i);
        finding_add(&found, "GLUE_ONLY", name, NULL);
        finding_add(&found, "NS_IS_CNAME", NULL, json_pack("{s:s}", "alias", name));
    }
    assert_in_range(json_dumpb(found.list, NULL, 0, 0), FINDINGS_BYTES_MAX / 2, FINDINGS_BYTES_MAX + 4096);
    json_decref(found.list);
}

/* Each tag once, with words in both languages. */
static void every_kind_has_its_words(void **state)
{
    for (size_t i = 0; i < COUNT(cases); i++) {
        for (size_t k = 0; k < cases[i]->count; k++) {
            const struct finding_kind *kind = &cases[i]->kinds[k];
            assert_ptr_equal(finding_kind(kind->tag), kind);
            assert_true(kind->text[0] && kind->cure[0]);
            LANG_SCOPE(LANG_FR);
            assert_true(strcmp(_(kind->text), kind->text) != 0 && strcmp(_(kind->cure), kind->cure) != 0);
        }
    }
    assert_null(finding_kind("NO_SUCH_TAG"));
}

#define SPOILED(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SPOILED(nothing_is_wrong),
        SPOILED(words_that_are_no_answer),
        SPOILED(names_of_hosts),
        SPOILED(addresses_of_nobody),
        SPOILED(names_of_addresses),
        SPOILED(the_first_server),
        SPOILED(lists_that_differ),
        SPOILED(what_glue_says),
        SPOILED(what_a_server_should_not_do),
        SPOILED(records_that_differ),
        SPOILED(hosts_are_counted),
        cmocka_unit_test(every_kind_has_its_words),
        cmocka_unit_test(findings_have_an_end),
    };
    lang_start("en");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
