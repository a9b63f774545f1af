#include "tests/unit/check.h"

#include "collector/report/reference.h"
#include "common/json.h"

/* Figures as they are published, in the order of indicators.csv. */
static const struct {
    const char *indicator, *period, *source, *country, *operator_, *geo, *sex, *statistic, *value, *low;
} figures[] = {
    {"ACC1", "2021", "ITU", "BJ", NULL, NULL, NULL, "value", "33.5", NULL},
    {"ACC1", "2023", "ITU", "BJ", NULL, NULL, NULL, "value", "34.25", NULL},
    {"ACC1", "2023", "ITU", "BJ", NULL, NULL, "female", "value", "28", NULL},
    {"ACC1", "2023", "World Bank", "BJ", NULL, NULL, NULL, "value", "35", NULL},
    {"ACC1", "2023", "ITU", "TG", NULL, NULL, NULL, "value", "41.1", NULL},
    {"PER1", "2024", "measured", "BJ", NULL, NULL, NULL, "p50", "20", NULL},
    {"PER1", "2025", "measured", "BJ", NULL, NULL, NULL, "p50", "18.5", "17"},
    {"PER1", "2025", "measured", "BJ", NULL, NULL, NULL, "p95", "60", NULL},
    {"PER1", "2025", "measured", "BJ", NULL, "BJ-LI", NULL, "p50", "17", NULL},
    {"PER1", "2025", "measured", "BJ", "MTN Bénin (Spacetel)", NULL, NULL, "p50", "15", NULL},
    {"PER1", "2025", "measured", "BJ", "Moov A. Bénin", NULL, NULL, "p50", "25", NULL},
    {"PER1", "2025", "measured", "BJ", "Moov B", NULL, NULL, "p50", NULL, NULL},
    {"PER1", "2025", "measured", "BJ", "MTN Bénin (Spacetel)", "BJ-LI", NULL, "p50", "14", NULL},
    {"PER1", "2025", "simulated", "BJ", NULL, NULL, NULL, "p50", "99", NULL},
    {"PER2", "2024", "measured", "BJ", NULL, NULL, NULL, "p50", "7", NULL},
};

static struct report report;
static struct references *references;

static int start(void **state)
{
    const char *values[COUNT(figures)][FIGURE_COLUMNS] = {0};
    for (size_t r = 0; r < COUNT(figures); r++) {
        values[r][FIGURE_INDICATOR] = figures[r].indicator;
        values[r][FIGURE_PERIOD] = figures[r].period;
        values[r][FIGURE_SOURCE] = figures[r].source;
        values[r][FIGURE_COUNTRY] = figures[r].country;
        values[r][FIGURE_OPERATOR] = figures[r].operator_;
        values[r][FIGURE_GEO] = figures[r].geo;
        values[r][FIGURE_SEX] = figures[r].sex;
        values[r][FIGURE_STATISTIC] = figures[r].statistic;
        values[r][FIGURE_VALUE] = figures[r].value;
        values[r][FIGURE_LOW] = figures[r].low;
        values[r][FIGURE_KIND] = figures[r].indicator[0] == 'P' ? "measured" : "imported";
        values[r][FIGURE_ADMITTED] = "t";
    }
    report = (struct report){.country = "BJ", .year = "2025"};
    report.pack = json_loads("{\"departments\": [{\"iso\": \"BJ-LI\", \"name\": \"Littoral\"}, {\"iso\": \"BJ-OU\", "
                             "\"name\": \"Ouémé\"}], \"operators\": [{\"name\": \"Celtiis (SBIN)\"}], "
                             "\"neighbours\": [{\"iso\": \"NE\"}]}",
                             0, NULL);
    report.evidence.rows = pg_rows_of(&values[0][0], COUNT(figures), FIGURE_COLUMNS);
    language_words(language_find("fr"), "report", &report.words);
    references = references_new(&report);
    return 0;
}

static int stop(void **state)
{
    references_free(references);
    evidence_free(&report.evidence);
    words_free(&report.words);
    json_decref((json_t *)report.pack);
    return 0;
}

static void a_figure_is_found(void **state)
{
    static const struct {
        const char *text, *value;
    } rows[] = {
        {"PER1", "18.5"},
        {" PER1 . p95 ", "60"},
        {"PER1.2024", "20"},
        {"PER1.2025.p50", "18.5"},
        {"PER1.low", "17"},
        {"PER1.MTN", "15"},
        {"PER1.mtn benin", "15"},
        {"PER1.MTN Bénin (Spacetel).p50", "15"},
        {"PER1.Moov A Bénin", "25"},
        {"PER1.BJ-LI", "17"},
        {"PER1.littoral", "17"},
        {"PER1.Littoral.MTN", "14"},
        {"PER1.simulated", "99"},
        {"ACC1.ITU", "34.25"},
        {"ACC1.itu.2021", "33.5"},
        {"ACC1.2021", "33.5"}, /* of one source alone */
        {"ACC1.femmes", "28"},
        {"ACC1.female.2023", "28"},
        {"ACC1.Banque mondiale", "35"},
        {"ACC1.TG", "41.1"},
    };
    for (int again = 0; again < 2; again++) /* the second time of what is known */
        for (size_t r = 0; r < COUNT(rows); r++) {
            _cleanup_(buf_free) struct buf why = {0};
            struct reference found;
            if (references_find(references, rows[r].text, &found, &why) != REFERENCE_FIGURE)
                fail_msg("%s: %s", rows[r].text, why.data ? why.data : "no data");
            assert_string_equal(evidence_text(&report.evidence, found.row, found.column), rows[r].value);
        }
}

static void what_is_not_published_has_no_data(void **state)
{
    static const char *const rows[] = {
        "PER1.Moov B", /* below the floor */
        "PER1.high",   "PER1.1999", "PER1.Ouémé", "PER1.Celtiis",   "PER1.ITU",
        "PER2",        "PER3",      "ACC1.NE",    "ACC1.femmes.TG",
    };
    for (int again = 0; again < 2; again++)
        for (size_t r = 0; r < COUNT(rows); r++) {
            _cleanup_(buf_free) struct buf why = {0};
            struct reference found;
            if (references_find(references, rows[r], &found, &why) != REFERENCE_NO_DATA)
                fail_msg("%s: %s", rows[r], why.data ? why.data : "is found");
        }
}

static void what_is_broken_has_its_nearest(void **state)
{
    static const struct {
        const char *text, *says;
    } rows[] = {
        {NULL, "{{INDICATOR}}"},
        {"", "{{INDICATOR}}"},
        {"PER1..p50", "{{INDICATOR}}"},
        {"PER1.a.b.c.d.e.f.g.h", "{{INDICATOR}}"},
        {"PER01.p50", "there is no indicator PER01; nearest: {{PER1.p50}}, {{PER"},
        {"per1", "there is no indicator per1; nearest: {{PER1}}"},
        {"PER1.p51", "PER1 has nothing that is called p51; nearest: {{PER1.p50}}"},
        {"PER1.Litoral.2025", "nearest: {{PER1.Littoral.2025}}"},
        {"PER1.femmes", "PER1 has nothing that is called femmes"}, /* it is of lines */
        {"ACC1.p50", "ACC1 has nothing that is called p50; nearest: "},
        {"PER1.2205", "PER1 has nothing that is called 2205; nearest: {{PER1.2025}}"},
        {"PER1.0999", "PER1 has nothing that is called 0999"},
        {"PER1.Moov", "more than one figure may be meant; say which: {{PER1.Moov A Bénin}}, {{PER1.Moov B}}"},
        {"PER1.p50.p95", "no figure is of p50 and of p95; take one of them away"},
        {"PER1.MTN.2024.2025", "no figure is of 2024 and of 2025"},
        {"ACC1", "more than one figure may be meant; say which: {{ACC1.ITU}}, {{ACC1.World Bank}}"},
    };
    for (int again = 0; again < 2; again++)
        for (size_t r = 0; r < COUNT(rows); r++) {
            _cleanup_(buf_free) struct buf why = {0};
            struct reference found;
            assert_int_equal(references_find(references, rows[r].text, &found, &why), REFERENCE_BROKEN);
            if (!strstr(why.data, rows[r].says))
                fail_msg("\"%s\" is not in: %s", rows[r].says, why.data);
            assert_int_equal(references_find(references, rows[r].text, &found, NULL), REFERENCE_BROKEN);
        }
}

/* Each another one, of a text that is as long as any may be. */
static void many_take_no_time_to_speak_of(void **state)
{
    for (int n = 0; n < 40000; n++) {
        char text[32];
        struct reference found;
        snprintf(text, sizeof text, "PER1.%x", n + 0x10000);
        assert_int_equal(references_find(references, text, &found, NULL), REFERENCE_BROKEN);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_figure_is_found),
        cmocka_unit_test(what_is_not_published_has_no_data),
        cmocka_unit_test(what_is_broken_has_its_nearest),
        cmocka_unit_test(many_take_no_time_to_speak_of),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
