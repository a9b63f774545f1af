#include "tests/unit/check.h"

#include <math.h>

#include "collector/figure/indicator.h"
#include "collector/format/language.h"
#include "collector/web/page/overview_change.h"

#define BOTH     .from = "2025", .to = "2026", .value_from = 30, .value_to = 33.6, .whole_from = 30, .whole_to = 41
#define PANEL_FR " Toutes les lignes de chaque année : 30,0 puis 41,0 ms."

static void sentences(void **state)
{
    static const struct {
        const char *lang, *indicator;
        struct overview_change c;
        const char *text;
    } rows[] = {
        {"fr",
         "PER1",
         {BOTH, .kind = "lines", .change = 3.6, .low = 1.2, .high = 5, .percent = 12, .significant = true,
          .common = 20},
         "De 2025 à 2026 : +12 % sur les 20–49 lignes communes aux deux années (30,0 puis 33,6 ms ; la différence est "
         "entre 1,2 et 5,0, à 95 %)." PANEL_FR},
        {"fr",
         "PER1",
         {BOTH, .kind = "lines", .change = 3.6, .low = -1.2, .high = 5, .percent = 12, .common = 5},
         "De 2025 à 2026 : pas de changement significatif sur les 5–9 lignes communes aux deux années (30,0 puis 33,6 "
         "ms ; la différence est entre −1,2 et 5,0, à 95 %)." PANEL_FR},
        {"fr",
         "PER1",
         {BOTH, .why = "few"},
         "De 2025 à 2026 : non comparable, car trop peu de lignes sont communes aux deux années." PANEL_FR},
        {"fr", "PER1", {BOTH, .why = "method"}, "De 2025 à 2026 : non comparable, car la méthode a changé." PANEL_FR},
        {"en",
         "PER5",
         {BOTH, .kind = "cells", .change = 3.6, .low = 1.2, .high = 5, .percent = 3.21, .significant = true,
          .common = 4},
         "From 2025 to 2026: +3.2% on the 4 operators or departments published in both years (30.0, then 33.6 Mbit/s; "
         "the difference is between 1.2 and 5.0, at 95%). All lines of each year: 30.0, then 41.0 "
         "Mbit/s."},
        /* of a percentage, points; the panel of a year may be hidden */
        {"en",
         "PER8",
         {.from = "2025",
          .to = "2026",
          .value_from = 2,
          .value_to = 1,
          .whole_from = NAN,
          .whole_to = 1,
          .kind = "lines",
          .change = -1,
          .low = -1.5,
          .high = -0.5,
          .percent = -50,
          .significant = true,
          .common = 10},
         "From 2025 to 2026: −1.00 point on the 10–19 lines common to both years (2.00, then 1.00 %; the difference is "
         "between −1.50 and −0.50, at 95%). All lines of each year: –, then 1.00 %."},
        {"en",
         "PER1",
         {BOTH, .why = "unfinished"},
         "From 2025 to 2026: not comparable yet, because the second year is not over, or its last measurements are "
         "still "
         "coming. All lines of each year: 30.0, then 41.0 ms."},
    };
    for (size_t r = 0; r < COUNT(rows); r++) {
        struct words w;
        language_words(language_find(rows[r].lang), "overview", &w);
        _cleanup_text_ char *text = overview_change_text(&w, indicator_find(rows[r].indicator), &rows[r].c);
        assert_string_equal(text, rows[r].text);
        words_free(&w);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(sentences)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
