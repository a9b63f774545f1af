#include "collector/report/aim.h"

#include <string.h>

#include "collector/figure/goal.h"

int aim_read(const struct report *r, struct pg_rows **ret, struct fault *f)
{
    _cleanup_text_ char *select = goal_select();
    _cleanup_text_ char *sql = alloc_format("%s$1::int) WHERE country = $2", select);
    return pg_query(r->pg, sql, 2, (const char *const[]){r->year, r->country}, ret, f);
}

ssize_t aim_row(const struct report *r, const struct pg_rows *aims, size_t a)
{
    static const unsigned cuts[] = {0, DIM_TECHNOLOGY, DIM_AGE_GROUP, DIM_TECHNOLOGY | DIM_AGE_GROUP};
    const char *value = pg_text(aims, a, AIM_VALUE);
    for (size_t c = 0; value && c < COUNT(cuts); c++)
        for (int measured = 0; measured < 2; measured++) {
            const struct evidence_wanted w = {.indicator = pg_text(aims, a, AIM_INDICATOR),
                                              .country = r->country,
                                              .source = pg_text(aims, a, AIM_SOURCE),
                                              .period = pg_text(aims, a, AIM_PERIOD),
                                              .statistic = pg_text(aims, a, AIM_STATISTIC),
                                              .cut = cuts[c],
                                              .measured = measured,
                                              .told = true};
            for (ssize_t row = evidence_next(&r->evidence, &w, 0); row >= 0;
                 row = evidence_next(&r->evidence, &w, (size_t)row + 1))
                if (!strcmp(evidence_text(&r->evidence, (size_t)row, FIGURE_VALUE), value))
                    return row;
        }
    return -1;
}

const char *aim_word(const struct report *r, const char *table, const char *word)
{
    const json_t *goals = json_object_get(r->words.texts, "goals");
    const char *text = json_string_value(json_object_get(json_object_get(goals, table), word));
    return text ? text : word;
}

char *aim_say(const struct report *r, const struct pg_rows *aims, size_t row)
{
    const struct indicator *i = indicator_find(evidence_text(&r->evidence, row, FIGURE_INDICATOR));
    const char *pattern = json_string_value(json_object_get(json_object_get(r->words.texts, "goals"), "said"));
    char wanted[NUMBER_TEXT_SIZE];
    for (size_t a = 0; a < pg_rows_count(aims); a++)
        if (i && aim_row(r, aims, a) == (ssize_t)row)
            return phrase_fill(
                pattern, json_pack("{s:s, s:s, s:s, s:s, s:s}", "year", pg_text(aims, a, AIM_BY_YEAR), "compared",
                                   aim_word(r, "compared", pg_text(aims, a, AIM_COMPARED)), "wanted",
                                   lang_number(r->words.lang, pg_double(aims, a, AIM_WANTED), 0, wanted), "unit",
                                   strcmp(pg_text(aims, a, AIM_COMPARED), "parity") != 0 ? i->unit[r->words.lang] : "",
                                   "standing", aim_word(r, "stood", pg_text(aims, a, AIM_STANDING))));
    return NULL;
}
