#include "tests/unit/check.h"

#include "collector/probe/surroundings.h"

static void a_key_and_a_value_that_it_may_have(void **state)
{
    static const struct {
        const char *word, *says; /* NULL: taken */
    } rows[] = {
        {"commune=Kandi", NULL},
        {"commune=", NULL},
        {"commune=a=b", NULL},
        {"zone=rural", NULL},
        {"zone=Campagne", NULL},
        {"zone=", NULL},
        {"site=école", NULL},
        {"site=", NULL},
        {"site=bateau", "home, school, health-centre, town-hall, company, cybercafe, community, other"},
        {"technology=wi-fi", NULL},
        {"metered=oui", NULL},
        {"department=anywhere", NULL}, /* the database knows better */
        {"focal-point=", NULL},
        {"commune", "department, commune, zone, site, operator, technology, tariff, metered, focal-point"},
        {"town=Kandi", "KEY=VALUE is wanted"},
        {"commun=Kandi", "KEY=VALUE is wanted"},
        {"=Kandi", "KEY=VALUE is wanted"},
        {"country=TG", "KEY=VALUE is wanted"},
        {"zone=sea", "urban, rural"},
        {"technology=6g", "fibre, adsl"},
        {"metered=", "yes, no"},
        {"metered=1", "yes, no"},
        {"tariff=\x07", "a text of at most 200"},
        {"tariff=\xff", "a text of at most 200"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct fault f = {0};
        int rc = surroundings_check(rows[i].word, &f);
        if ((rc < 0) != (rows[i].says != NULL) || (rc < 0 && !strstr(f.text, rows[i].says)))
            fail_msg("%s: %d %s", rows[i].word, rc, f.text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_key_and_a_value_that_it_may_have)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
