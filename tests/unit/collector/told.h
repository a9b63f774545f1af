/* Reports of a few figures, for tests of what is said of them. */
#pragma once

#include "collector/report/report.h"

struct told {
    const char *indicator, *period, *source, *country, *statistic, *value; /* value NULL: it is not told */
    const char *change_from, *change, *change_low, *change_high, *change_why, *retrieved, *method, *targets;
};

static inline struct report told_report(const struct told *rows, size_t count, const char *lang)
{
    const char **values = alloc_zero(count * FIGURE_COLUMNS + 1, sizeof *values);
    for (size_t r = 0; r < count; r++) {
        const char **v = values + r * FIGURE_COLUMNS;
        v[FIGURE_INDICATOR] = rows[r].indicator;
        v[FIGURE_PERIOD] = rows[r].period;
        v[FIGURE_SOURCE] = rows[r].source;
        v[FIGURE_COUNTRY] = rows[r].country;
        v[FIGURE_STATISTIC] = rows[r].statistic;
        v[FIGURE_VALUE] = rows[r].value;
        v[FIGURE_CHANGE_FROM] = rows[r].change_from;
        v[FIGURE_CHANGE] = rows[r].change;
        v[FIGURE_CHANGE_LOW] = rows[r].change_low;
        v[FIGURE_CHANGE_HIGH] = rows[r].change_high;
        v[FIGURE_CHANGE_WHY] = rows[r].change_why;
        v[FIGURE_RETRIEVED] = rows[r].retrieved;
        v[FIGURE_METHOD_VERSION] = rows[r].method;
        v[FIGURE_TARGET_SET] = rows[r].targets;
        v[FIGURE_KIND] = !strcmp(rows[r].source, "measured") ? "measured" : "imported";
        v[FIGURE_ADMITTED] = "t";
    }
    struct report r = {.country = "BJ", .year = "2026", .in = lang[0] == 'f' ? "au Bénin" : "in Benin"};
    r.pack = json_loads(
        "{\"name_fr\": \"Bénin\", \"name_en\": \"Benin\", \"neighbours\": [{\"iso\": \"TG\", \"name_fr\": "
        "\"Togo\", \"name_en\": \"Togo\"}, {\"iso\": \"NE\", \"name_fr\": \"Niger\", \"name_en\": "
        "\"Niger\"}]}",
        0, NULL);
    r.evidence.rows = pg_rows_of(values, count, FIGURE_COLUMNS);
    r.evidence.cuts = alloc_zero(count + 1, sizeof *r.evidence.cuts);
    language_words(language_find(lang), "report", &r.words);
    free(values);
    return r;
}

static inline void told_free(struct report *r)
{
    evidence_free(&r->evidence);
    words_free(&r->words);
    json_decref((json_t *)r->pack);
}
