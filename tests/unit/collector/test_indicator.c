#include "tests/unit/check.h"

#include <errno.h>

#include "collector/figure/indicator.h"
#include "tests/unit/collector/catalogue.h"

#define WHOLE                                                                                                          \
    "-- id: TST1\n-- name.fr: Essai\n-- name.en: Test\n-- unit: % of x\n-- unit.fr: % de x\n-- better: low\n"          \
    "-- status: proposed\n-- nature: quantitative\n-- method: 3\n-- key: 2\n-- headline.fr: {p50} {where}\n"           \
    "-- headline.en: {p50} {where}\n-- definition.fr: d : e\n-- definition.en: d\n"

static void reads_a_file(void **state)
{
    struct indicator i;
    struct fault f = {0};
    assert_int_equal(indicator_read(WHOLE "-- kind: measured\n-- dimensions: operator, family\n-- decimals: 2\n"
                                          "-- targets: abroad\n-- days: p20\n"
                                          "-- aggregate: p10, p50,p95, mean, share\nSELECT 1\n",
                                    &i, &f),
                     0);
    assert_string_equal(i.id, "TST1");
    assert_string_equal(i.unit[LANG_FR], "% de x");
    assert_string_equal(i.unit[LANG_EN], "% of x");
    assert_string_equal(i.definition[LANG_FR], "d : e");
    assert_string_equal(i.sql, "SELECT 1\n");
    assert_true(i.measured && i.kinds == KIND_MEASURED);
    assert_true(indicator_made(&i) && !indicator_importable(&i));
    assert_string_equal(i.targets, "abroad");
    assert_int_equal(i.method, 3);
    assert_int_equal(i.key, 2);
    assert_int_equal(i.decimals, 2);
    assert_int_equal(i.dimensions, DIM_OPERATOR | DIM_FAMILY);
    assert_int_equal(i.statistic_count, 5);
    assert_true(i.statistics[0].what.kind == STAT_QUANTILE && i.statistics[0].what.q == 0.10);
    assert_true(i.statistics[3].what.kind == STAT_MEAN && i.statistics[4].what.kind == STAT_SHARE);
    for (size_t s = 0; s < i.statistic_count; s++)
        assert_int_equal(i.statistics[s].what.decimals, 2);
    for (size_t s = 0; s < i.statistic_count; s++)
        assert_true(i.statistics[s].what.days == (i.statistics[s].what.kind == STAT_QUANTILE ? 0.20 : 0));
    assert_string_equal(indicator_main(&i)->name, "p50");
    indicator_free(&i);
}

/* Names have blanks of their own, and words may begin alike. */
static void a_figure_may_be_of_an_item(void **state)
{
#define OF_ITEMS                                                                                                       \
    WHOLE "-- kind: imported\n-- aggregate: value\n-- headline.en: {value} {item}\n-- items: price, price-of-data, "   \
          "skills\n"                                                                                                   \
          "-- items.fr: le prix, celui des données, les compétences\n-- items.en: price, that of data, skills\n"
    struct indicator i;
    struct fault f = {0};
    size_t len = 0;
    if (indicator_read(OF_ITEMS "-- headline.fr: {value} {item}\n", &i, &f) < 0)
        fail_msg("%s", f.text);
    assert_true(indicator_by_item(&i));
    assert_memory_equal(indicator_item(&i, "price", LANG_FR, &len), "le prix", len);
    assert_int_equal(len, strlen("le prix"));
    assert_memory_equal(indicator_item(&i, "price-of-data", LANG_EN, &len), "that of data", len);
    assert_string_equal(indicator_item(&i, "skills", LANG_FR, &len), "les compétences");
    assert_null(indicator_item(&i, "pric", LANG_FR, &len));
    assert_null(indicator_item(&i, "", LANG_FR, &len));
    indicator_free(&i);
    assert_int_equal(indicator_read(OF_ITEMS "-- headline.fr: {value}\n", &i, &f), 0);
    assert_false(indicator_by_item(&i));
    indicator_free(&i);
    assert_int_equal(indicator_read(OF_ITEMS "-- headline.fr: {value}\n-- items.fr: a, b\n", &i, &f), -EBADMSG);
    assert_non_null(strstr(f.text, "TST1: items, items.fr and items.en are of what is imported"));
}

/* What there is of each kind, who may bring it, and whether a year's figures are made. */
static void knows_where_figures_come_from(void **state)
{
#define VALUE   "-- aggregate: value\n-- headline.fr: {value}\n-- headline.en: {value}\n"
#define LINES   "-- aggregate: p50\n"
#define WAITS   "-- waits.fr: pas encore\n-- waits.en: not yet\n"
#define RETIRED "-- status: retired\n"
    static const struct {
        const char *text, *kinds;
        bool importable, made, retired;
    } rows[] = {
        {WHOLE LINES "-- kind: measured\nSELECT 1", "measured", false, true, false},
        {WHOLE LINES RETIRED "-- kind: measured\nSELECT 1", "measured", false, false, true},
        {WHOLE LINES WAITS "-- kind: measured\n", "measured", false, false, false},
        {WHOLE LINES "-- kind: imported, measured\nSELECT 1", "measured, imported", true, true, false},
        {WHOLE VALUE WAITS "-- kind: measured, declared\n", "measured, declared", true, false, false},
        {WHOLE VALUE "-- kind: imported\n", "imported", true, false, false},
        {WHOLE VALUE RETIRED "-- kind: imported\n", "imported", false, false, true},
        {WHOLE VALUE "-- kind: declared\n", "declared", true, false, false},
        {WHOLE VALUE "-- kind: qualitative\n", "qualitative", false, false, false},
        {WHOLE VALUE "-- kind: measured\n-- over: figures\nSELECT 1\n", "measured", false, false, false},
        {WHOLE LINES "-- kind: measured\n-- over: objects\nSELECT 1\n", "measured", false, false, false},
    };
    for (size_t r = 0; r < COUNT(rows); r++) {
        struct indicator i;
        struct fault f = {0};
        if (indicator_read(rows[r].text, &i, &f) < 0)
            fail_msg("row %zu: %s", r, f.text);
        _cleanup_text_ char *kinds = indicator_kinds(&i);
        assert_string_equal(kinds, rows[r].kinds);
        assert_int_equal(indicator_importable(&i), rows[r].importable);
        assert_int_equal(indicator_made(&i), rows[r].made);
        assert_int_equal(indicator_retired(&i), rows[r].retired);
        indicator_free(&i);
    }
}

static void a_country_has_its_own_domain(void **state)
{
    static const struct {
        const char *text, *cctld, *in;
    } rows[] = {
        {"Noms de domaine {cctld}", "bj", "Noms de domaine .bj"},
        {"{cctld}, {cctld} et {cct}", "sn", ".sn, .sn et {cct}"},
        {"Gigue", "bj", "Gigue"},
        {"{cctld} domains", NULL, ".cctld domains"},
    };
    for (size_t r = 0; r < COUNT(rows); r++) {
        _cleanup_text_ char *in = indicator_in(rows[r].text, rows[r].cctld);
        assert_string_equal(in, rows[r].in);
    }
}

/* What is published beside a figure is explained where it is defined; beside one of objects nothing is silent. */
static void definitions_say_what_stands_beside(void **state)
{
    static const char *const said[2][2] = {{"muette", "(n_silent)"}, {"silent", "(n_silent)"}};
    size_t count, measured = 0;
    const struct indicator *all = indicator_all(&count);
    for (size_t i = 0; i < count; i++) {
        measured += all[i].measured;
        for (int l = 0; l < 2; l++)
            for (int w = 0; w < 2; w++)
                assert_true((strstr(all[i].definition[l], said[l][w]) != NULL) == (all[i].measured && !all[i].objects));
    }
    assert_true(measured > 0);
}

static void refuses_with_the_reason(void **state)
{
    static const struct {
        const char *text, *says;
    } rows[] = {
        {"", "id is missing"},
        {"SELECT 1", "id is missing"},
        {"-- id TST1\n", "line 1: not of the form"},
        {"--\n", "line 1: not of the form"},
        {"-- id: TST1\n-- name.fr: D\u00e9bit \u202eo\n", "line 2: name.fr: U+202E is in it"},
        {"-- id: TST1\n-- colour: red\n", "line 2: colour: unknown key \"colour\""},
        {"-- better: cheap\n", "line 1: better: \"cheap\" is not one of: low high -"},
        {"-- better: \n", "line 1: better: \"\" is not one of"},
        {"-- status: adopt\n", "line 1: status: \"adopt\" is not one of"},
        {"-- targets: home\n", "line 1: targets: \"home\" is not one of: domestic abroad"},
        {"-- decimals: 7\n", "line 1: decimals: \"7\" is not a number from 0 to 6"},
        {"-- decimals: -1\n", "line 1: decimals: \"-1\" is not a number"},
        {"-- method: 1x\n", "line 1: method: \"1x\" is not a number"},
        {"-- dimensions: operator, colour\n", "line 1: dimensions: \"colour\" is no dimension"},
        {"-- aggregate: p50, p100\n", "line 1: aggregate: \"p100\" is no statistic"},
        {"-- aggregate: p50, p10, p50\n", "line 1: aggregate: \"p50\" stands twice"},
        {"-- aggregate: median\n", "line 1: aggregate: \"median\" is no statistic"},
        {"-- aggregate: p1,p2,p3,p4,p5,p6,p7\n", "line 1: aggregate: more than 6 statistics"},
        {"-- kind: measured, guessed\n",
         "line 1: kind: \"guessed\" is not one of: measured imported declared qualitative"},
        {WHOLE "-- aggregate: p50\nSELECT 1\n", "TST1: kind is missing"},
        {WHOLE "-- aggregate: p50\n-- kind: measured\n",
         "TST1: what is measured ends in its SELECT, or says in waits.fr"},
        {WHOLE "-- aggregate: p50\n-- kind: measured\n-- waits.fr: x\n-- waits.en: x\nSELECT 1\n",
         "TST1: what is measured ends in its SELECT, or says in waits.fr"},
        {WHOLE "-- aggregate: p50\n-- kind: measured\n-- waits.fr: x\n", "TST1: waits.en is missing"},
        {WHOLE "-- aggregate: p50\n-- kind: measured\n-- waits.en: x\n", "TST1: waits.fr is missing"},
        {"-- over: lakes\n", "line 1: over: \"lakes\" is not one of: lines figures inputs"},
        {WHOLE "-- aggregate: value\n-- kind: measured\n-- over: figures\n",
         "TST1: what is made of figures or inputs ends in its"},
        {WHOLE "-- aggregate: value\n-- kind: measured\n-- over: figures\n-- waits.fr: x\n-- waits.en: x\nSELECT 1\n",
         "TST1: what is made of figures or inputs ends in its"},
        {WHOLE "-- aggregate: p50\n-- kind: measured\n-- over: figures\n-- headline.fr: {p50}\n-- headline.en: "
               "{p50}\nSELECT 1\n",
         "TST1: aggregate: \"value\" is of what is not"},
        {WHOLE "-- aggregate: value\n-- kind: imported\nSELECT 1\n", "TST1: only what is measured has a SELECT"},
        {WHOLE "-- aggregate: value\n-- kind: imported\n-- waits.fr: x\n-- waits.en: x\n",
         "TST1: only what is measured has a SELECT"},
        {WHOLE "-- aggregate: p50, value\n-- kind: measured\nSELECT 1\n",
         "TST1: aggregate: \"value\" is of what is not"},
        {WHOLE "-- aggregate: p50\n-- kind: declared\n-- headline.fr: {p50}\n-- headline.en: {p50}\n",
         "TST1: aggregate: \"value\" is of what is not"},
        {WHOLE "-- kind: imported\n", "TST1: aggregate is missing"},
        {WHOLE "-- aggregate: value\n-- kind: imported\n", "TST1: the headline of a measured indicator has {where}"},
        {WHOLE "-- aggregate: p50\n-- kind: measured\n-- headline.en: {p50}\nSELECT 1\n",
         "TST1: the headline of a measured indicator has {where}"},
    };
    for (size_t r = 0; r < COUNT(rows); r++) {
        struct indicator i;
        struct fault f = {0};
        assert_int_equal(indicator_read(rows[r].text, &i, &f), -EBADMSG);
        if (strncmp(f.text, rows[r].says, strlen(rows[r].says)) != 0)
            fail_msg("\"%s\", wanted \"%s…\"", f.text, rows[r].says);
    }
}

/* Every {name} of a headline is one of the indicator's statistics, or says of what it speaks, or of what item it is. */
static void check_headline(const struct indicator *i, const char *headline)
{
    size_t places = 0;
    for (const char *at = headline; (at = strchr(at, '{')) != NULL; at++, places++) {
        bool known = !strncmp(at, "{where}", 7) || (i->items && !strncmp(at, "{item}", 6));
        for (size_t s = 0; s < i->statistic_count; s++) {
            size_t len = strlen(i->statistics[s].name);
            known |= !strncmp(at + 1, i->statistics[s].name, len) && at[1 + len] == '}';
        }
        if (!known)
            fail_msg("%s: %s", i->id, headline);
    }
    assert_int_not_equal(places, 0);
}

static void all_that_is_built_in(void **state)
{
    size_t count;
    const struct indicator *all = indicator_all(&count);
    assert_true(count >= 6);
    for (size_t i = 0; i < count; i++) {
        assert_ptr_equal(indicator_find(all[i].id), &all[i]);
        assert_non_null(strstr(indicator_ids(), all[i].id));
        for (int l = 0; l < 2 && all[i].headline[l]; l++)
            check_headline(&all[i], all[i].headline[l]);
    }
    assert_true(indicator_find("PER2") < indicator_find("PER10"));
    assert_true(indicator_find("PER3_OWN") == indicator_find("PER3") + 1);
    assert_true(indicator_calculated(indicator_find("AFF1")) && indicator_importable(indicator_find("AFF1")));
    assert_true(!indicator_derived(indicator_find("AFF1")) && !indicator_made(indicator_find("AFF1")));
    assert_true(indicator_derived(indicator_find("PER10")) && !indicator_calculated(indicator_find("PER10")));
    assert_true(indicator_derived(indicator_find("REL1")) && !indicator_made(indicator_find("REL1")));
    assert_true(indicator_counted(indicator_find("SEC5")) && !indicator_counted(indicator_find("PER1")));
    assert_true(indicator_find("REL2_CUTS") == indicator_find("REL2") + 1);
    assert_true(indicator_find("ACC6") + 1 == indicator_find("AFF1"));
    assert_null(indicator_find("PER0"));
    assert_true(indicator_seed(indicator_find("PER1")) != indicator_seed(indicator_find("PER2")));
}

/* The same words, in any order. */
static bool agrees(const char *says, const char *wanted)
{
    size_t words = 0, found = 0;
    for (const char *at = wanted; *at; at += strcspn(at, ", "), at += strspn(at, ", ")) {
        size_t len = strcspn(at, ", ");
        words++;
        for (const char *has = says; *has; has += strcspn(has, ", "), has += strspn(has, ", "))
            found += strcspn(has, ", ") == len && !strncmp(has, at, len);
    }
    size_t all = *says != '\0';
    for (const char *at = says; *at; at++)
        all += *at == ',';
    return words == found && words == all;
}

static void every_row_of_the_catalogue_is_a_file(void **state)
{
    for (size_t r = 0; r < COUNT(catalogue); r++) {
        const struct catalogue_row *row = &catalogue[r];
        const struct indicator *i = indicator_find(row->id);
        if (!i)
            fail_msg("%s has no file", row->id);
        _cleanup_text_ char *kinds = indicator_kinds(i);
        _cleanup_text_ char *dimensions = indicator_dimensions(i);
        assert_string_equal(i->name[LANG_FR], row->name_fr);
        assert_string_equal(i->name[LANG_EN], row->name_en);
        assert_string_equal(i->unit[LANG_EN], row->unit);
        assert_string_equal(kinds, row->kind);
        if (!agrees(dimensions, row->dimensions))
            fail_msg("%s: dimensions %s, wanted %s", row->id, dimensions, row->dimensions);
        assert_int_equal(!strcmp(i->nature, "qualitative"), i->kinds == KIND_QUALITATIVE);
    }
}

/* What lines measure of performance and reliability, and what is made of it, is told of town and countryside and of
 * each technology apart: a whole says nothing of either. */
static void what_lines_measure_is_by_zone_and_technology(void **state)
{
    size_t count, looked_at = 0;
    const struct indicator *all = indicator_all(&count);
    for (size_t i = 0; i < count; i++)
        if ((!strncmp(all[i].id, "PER", 3) || !strncmp(all[i].id, "REL", 3)) &&
            (indicator_made(&all[i]) || indicator_derived(&all[i]))) {
            looked_at++;
            if (!(all[i].dimensions & DIM_ZONE) || !(all[i].dimensions & DIM_TECHNOLOGY))
                fail_msg("%s is not by zone and technology", all[i].id);
        }
    assert_true(looked_at >= 15);
}

/* A reader is told what it is, out of what, and what it is not. */
static void definitions_are_whole(void **state)
{
    size_t count;
    const struct indicator *all = indicator_all(&count);
    for (size_t i = 0; i < count; i++)
        for (int l = 0; l < 2; l++) {
            size_t len = strlen(all[i].definition[l]);
            const char *waits = all[i].waits[l];
            if (len < 150 || all[i].definition[l][len - 1] != '.')
                fail_msg("%s: %s", all[i].id, all[i].definition[l]);
            assert_true(!waits || waits[strlen(waits) - 1] == '.');
            assert_true((waits != NULL) == ((all[i].kinds & KIND_MEASURED) && !all[i].measured && !all[i].derived));
        }
}

/* One definition refers to another where both end in the same sentences. */
static void what_definitions_share_begins_with_a_sentence(void **state)
{
    _cleanup_text_ char *rest = alloc_format("A line weighs%0*d as many days.", 400, 0);
    _cleanup_text_ char *a = alloc_format("Time to a name. %s", rest), *b = alloc_format("Time of a ping. %s", rest);
    assert_int_equal(indicator_shared_end(a, b), strlen(rest));
    assert_int_equal(indicator_shared_end("A. Short.", "B. Short."), 0);
    assert_int_equal(indicator_shared_end(a, "Other."), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_a_file),
        cmocka_unit_test(a_figure_may_be_of_an_item),
        cmocka_unit_test(knows_where_figures_come_from),
        cmocka_unit_test(a_country_has_its_own_domain),
        cmocka_unit_test(definitions_say_what_stands_beside),
        cmocka_unit_test(refuses_with_the_reason),
        cmocka_unit_test(all_that_is_built_in),
        cmocka_unit_test(every_row_of_the_catalogue_is_a_file),
        cmocka_unit_test(what_lines_measure_is_by_zone_and_technology),
        cmocka_unit_test(definitions_are_whole),
        cmocka_unit_test(what_definitions_share_begins_with_a_sentence),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
