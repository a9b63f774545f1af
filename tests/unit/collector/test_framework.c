#include "tests/unit/check.h"

#include "collector/command/session.h"
#include "collector/figure/framework.h"
#include "common/json.h"

static void names_of_editions(void **state)
{
    static const struct {
        const char *text;
        bool good;
    } rows[] = {
        {"2027", true},   {"2027-2", true},  {"v1.0", true}, {"", false},       {"-", false},
        {"20 27", false}, {"2027/2", false}, {"é", false},   {"2027\n", false}, {"123456789012345678901", false},
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        if (framework_edition(rows[i].text) != rows[i].good)
            fail_msg("\"%s\"", rows[i].text);
}

/* Each column of framework_indicator that the database does not give has its member. */
static void keeps_all_that_is_consulted_on(void **state)
{
    static const char text[] =
        "-- id: ZED1\n-- name.fr: Nom\n-- name.en: Name\n-- unit: % of people\n-- unit.fr: % des gens\n"
        "-- decimals: 0\n-- better: high\n-- status: proposed\n-- nature: qualitative\n-- kind: imported\n"
        "-- method: 3\n-- dimensions: zone, operator\n-- aggregate: value\n-- headline.fr: f\n"
        "-- headline.en: e\n-- definition.fr: Noms en {cctld}.\n-- definition.en: Definition.\n";
    struct indicator i;
    struct fault f = {0};
    if (indicator_read(text, &i, &f) < 0)
        fail_msg("%s", f.text);
    _cleanup_json_ json_t
        *kept = framework_indicator(&i, "bj"),
        *wanted = json_loads(
            "{\"indicator\": \"ZED1\", \"status\": \"proposed\", \"nature\": \"qualitative\", \"kind\": \"imported\", "
            "\"measured_by\": null, \"dimensions\": [\"operator\", \"zone\"], \"method_version\": 3, \"name_fr\": "
            "\"Nom\", "
            "\"name_en\": \"Name\", \"unit_fr\": \"% des gens\", \"unit_en\": \"% of people\", \"definition_fr\": "
            "\"Noms en .bj.\", \"definition_en\": \"Definition.\", \"waits_fr\": null, \"waits_en\": null}",
            0, NULL);
    assert_non_null(wanted);
    assert_true(json_equal(kept, wanted));
    indicator_free(&i);
}

static void of_this_program_all_can_be_kept(void **state)
{
    size_t count;
    const struct indicator *list = indicator_all(&count);
    assert_true(count > 0);
    for (size_t n = 0; n < count; n++) {
        _cleanup_json_ json_t *kept = framework_indicator(&list[n], NULL);
        if (!kept || json_object_size(kept) != 15)
            fail_msg("%s", list[n].id);
    }
}

static void a_verb_is_not_begun_without_what_it_needs(void **state)
{
    static const struct program program = {.name = "internetmetre-collector"};
    static const char *const wanting[] = {"answer", "retire", "rate"};
    for (const struct verb *v = command_framework.verbs; v->name; v++) {
        const struct deed *deed = v->data;
        assert_non_null(deed->work);
        bool wants = false;
        for (size_t w = 0; w < COUNT(wanting); w++)
            wants |= !strcmp(wanting[w], v->name);
        const struct invocation in = {.program = &program, .command = &command_framework, .verb = v};
        if (wants)
            assert_int_equal(command_framework.run(&in), EXIT_USAGE);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_of_editions),
        cmocka_unit_test(keeps_all_that_is_consulted_on),
        cmocka_unit_test(of_this_program_all_can_be_kept),
        cmocka_unit_test(a_verb_is_not_begun_without_what_it_needs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
