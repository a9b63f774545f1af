#include "agent/dns/alias.h"
#include "tests/unit/agent/signed_zone.h"

static void says_where_a_name_leads(void **state)
{
#define LONG "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa."
    static const struct {
        const char *records, *name, *target; /* NULL: nowhere */
    } rows[] = {
        {"a.z. A 192.0.2.1\n", "a.z.", NULL},
        {"a.z. CNAME b.z.\n", "a.z.", "b.z."},
        {"a.z. CNAME b.z.\n", "A.Z.", "b.z."},
        {"a.z. CNAME b.z.\n", "c.a.z.", NULL},
        {"z. DNAME y.\n", "a.b.z.", "a.b.y."},
        {"z. DNAME y.\n", "z.", NULL}, /* nothing of the owner itself */
        {"z. DNAME .\n", "a.z.", "a."},
        {"z. DNAME y.\na.z. CNAME b.y.\n", "a.z.", "b.y."},
        {"z. DNAME " LONG LONG LONG "\n", LONG "z.", NULL}, /* RFC 6672 section 2.2: too long */
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        ldns_rr_list *list = records_read(rows[i].records);
        ldns_rdf *name = ldns_dname_new_frm_str(rows[i].name), *target = alias_target(list, name);
        char *text = target ? ldns_rdf2str(target) : NULL;
        if (!text != !rows[i].target || (text && strcmp(text, rows[i].target) != 0))
            fail_msg("row %zu: %s", i, text ? text : "nowhere");
        free(text);
        ldns_rdf_deep_free(target);
        ldns_rdf_deep_free(name);
        ldns_rr_list_deep_free(list);
    }
}

int main(void)
{
    const struct CMUnitTest list[] = {cmocka_unit_test(says_where_a_name_leads)};
    return cmocka_run_group_tests(list, NULL, NULL);
}
