#include "tests/unit/check.h"

#include <math.h>

#include "collector/format/language.h"
#include "collector/format/rough.h"

#define SLACK 1e-9

static struct words words[2];
static struct spoken *voices[2];

static int setup(void **state)
{
    static const char *const codes[] = {[LANG_FR] = "fr", [LANG_EN] = "en"};
    struct fault f = {0};
    for (size_t l = 0; l < COUNT(codes); l++) {
        language_words(language_find(codes[l]), "spoken", &words[l]);
        if (words[l].lacking || spoken_open((enum lang)l, &voices[l], &f) < 0)
            return -1;
    }
    return 0;
}

static int teardown(void **state)
{
    for (size_t l = 0; l < COUNT(voices); l++) {
        words_free(&words[l]);
        spoken_close(voices[l]);
    }
    return 0;
}

static const struct {
    double value, low, high;
    bool quantity;
    const char *fr, *en;
} rows[] = {
    {35.27, NAN, NAN, false, "un peu plus d’un tiers", "a little more than a third"},
    {35.27, 34, 36.5, false, "un peu plus d’un tiers", "a little more than a third"},
    {35.27, 32, 38, false, "environ un tiers", "about a third"}, /* it may be less than a third */
    {35.27, 20, 50, false, "entre vingt et cinquante pour cent", "between twenty and fifty per cent"},
    {51.2, 49.5, 53, false, "environ la moitié", "about half"}, /* not more than half */
    {51.2, 50.2, 53, false, "un peu plus de la moitié", "a little more than half"},
    {50, NAN, NAN, false, "la moitié", "half"},
    {48.9, NAN, NAN, false, "un peu moins de la moitié", "a little less than half"},
    {14, NAN, NAN, false, "quatorze pour cent", "fourteen per cent"},
    {14.29, NAN, NAN, false, "environ quatorze pour cent", "about fourteen per cent"},
    {66, NAN, NAN, false, "un peu moins de deux tiers", "a little less than two thirds"},
    {79.6, NAN, NAN, false, "environ quatre cinquièmes", "about four fifths"},
    {3.14, NAN, NAN, false, "environ trois virgule un pour cent", "about three point one per cent"},
    {3, 1, 8, false, "entre un et huit pour cent", "between one and eight per cent"},
    {0.5, 0.41, 0.72, false, "entre zéro virgule quatre et zéro virgule huit pour cent",
     "between zero point four and zero point eight per cent"},
    {0, NAN, NAN, false, "zéro pour cent", "zero per cent"},
    {0.01, NAN, NAN, false, "moins de zéro virgule un pour cent", "less than zero point one per cent"},
    {99.99, NAN, NAN, false, "plus de quatre-vingt-dix-neuf virgule neuf pour cent",
     "more than ninety-nine point nine per cent"},
    {100, NAN, NAN, false, "cent pour cent", "one hundred per cent"},
    {12, NAN, NAN, true, "douze millisecondes", "twelve milliseconds"},
    {12, 11, 13, true, "environ douze millisecondes", "about twelve milliseconds"},
    {123.4, NAN, NAN, true, "environ cent vingt millisecondes", "about one hundred and twenty milliseconds"},
    {21, NAN, NAN, true, "vingt-et-une millisecondes", "twenty-one milliseconds"},
    {1.26, NAN, NAN, true, "environ un virgule trois milliseconde", "about one point three milliseconds"},
    {0.02, NAN, NAN, true, "moins de zéro virgule un milliseconde", "less than zero point one milliseconds"},
    {40, 21.4, 77.7, true, "entre vingt-et-une et soixante-dix-huit millisecondes",
     "between twenty-one and seventy-eight milliseconds"},
    {2030000, NAN, NAN, true, "environ deux millions de millisecondes", "about two million milliseconds"},
    {NAN, NAN, NAN, false, NULL, NULL},
    {-0.1, NAN, NAN, false, NULL, NULL},
    {100.1, NAN, NAN, false, NULL, NULL},
    {-3, NAN, NAN, true, NULL, NULL},
    {999999999.9, NAN, NAN, true, NULL, NULL}, /* rounded it is a thousand million */
};

static void is_said_as_a_person_would(void **state)
{
    static const struct spoken_noun ms[] = {{"milliseconde", "millisecondes", true},
                                            {"millisecond", "milliseconds", false}};
    for (size_t r = 0; r < COUNT(rows); r++)
        for (int lang = LANG_FR; lang <= LANG_EN; lang++) {
            const char *wanted = lang == LANG_FR ? rows[r].fr : rows[r].en;
            struct rough rough;
            const bool any = (rows[r].quantity ? rough_quantity : rough_share)(rows[r].value, rows[r].low, rows[r].high,
                                                                               &rough);
            assert_int_equal(any, wanted != NULL);
            if (!any)
                continue;
            _cleanup_text_ char *said = rough_say(&words[lang], voices[lang], &rough,
                                                  rows[r].quantity ? &ms[lang] : NULL);
            assert_string_equal(said, wanted);
        }
}

/* ---- no claim beyond the rounding ---- */

static double percent_of(const char *fraction)
{
    static const struct {
        const char *name;
        double of, parts;
    } known[] = {{"tenth", 1, 10},         {"fifth", 1, 5},       {"quarter", 1, 4},
                 {"third", 1, 3},          {"half", 1, 2},        {"two_thirds", 2, 3},
                 {"three_quarters", 3, 4}, {"four_fifths", 4, 5}, {"nine_tenths", 9, 10}};
    for (size_t k = 0; k < COUNT(known); k++)
        if (!strcmp(known[k].name, fraction))
            return 100 * known[k].of / known[k].parts;
    fail_msg("%s is no fraction", fraction);
    return NAN;
}

static void check(double value, double low, double high, const struct rough *r, double bound)
{
    const bool interval = high > low;
    const double left = fmin(value, 100 - value);
    bool right = false;
    if (r->fraction) {
        const double a = percent_of(r->fraction), far = value - a;
        right = fabs(far) <= 2 + SLACK && fabs(far) <= fmin(a, 100 - a) / 10 + SLACK && fabs(r->low - a) < SLACK;
        if (r->kind == ROUGH_MORE)
            right &= far > 0 && (!interval || low > a);
        else if (r->kind == ROUGH_LESS)
            right &= far < 0 && (!interval || high < a);
        else
            right &= r->kind == ROUGH_ABOUT || (r->kind == ROUGH_EXACTLY && fabs(far) < SLACK && !interval);
        right &= !interval || high - low <= fmin(10, left / 2) + SLACK;
    } else if (r->kind == ROUGH_BETWEEN) {
        right = interval && r->low <= low + SLACK && r->high >= high - SLACK && low - r->low < 2 * bound &&
                r->high - high < 2 * bound;
    } else if (r->kind == ROUGH_MORE) {
        right = value > r->low;
    } else if (r->kind == ROUGH_LESS) {
        right = value < r->low && value > 0;
    } else {
        right = fabs(r->low - value) <= bound + SLACK && r->low == r->high;
        right &= r->kind == ROUGH_ABOUT || (fabs(r->low - value) < SLACK && !interval);
    }
    if (!right)
        fail_msg("%g [%g, %g]: kind %d, %s, %g to %g", value, low, high, r->kind, r->fraction ? r->fraction : "-",
                 r->low, r->high);
}

/* Ends of intervals below and above a value. */
static const double ends[][2] = {{NAN, NAN}, {0.2, 0.2}, {0.2, 1.5}, {1.5, 0.2}, {1.9, 1.9}, {4, 4},
                                 {0.1, 9.9}, {6, 6},     {30, 2},    {0, 45},    {0.04, 0}};

static void no_share_claims_more(void **state)
{
    for (int hundredths = 0; hundredths <= 10000; hundredths++)
        for (size_t e = 0; e < COUNT(ends); e++) {
            const double value = hundredths / 100.0, low = fmax(value - ends[e][0], isnan(ends[e][0]) ? NAN : 0),
                         high = isnan(ends[e][1]) ? NAN : fmin(value + ends[e][1], 100);
            struct rough r;
            assert_true(rough_share(value, isnan(ends[e][0]) ? NAN : low, high, &r));
            const bool fine = r.kind == ROUGH_BETWEEN ? r.high <= 10 + SLACK || r.low >= 90 - SLACK
                                                      : value < 10 || value > 90;
            check(value, isnan(ends[e][0]) ? NAN : low, high, &r, fine ? 0.05 : 0.5);
            if (!r.fraction && r.kind <= ROUGH_ABOUT) {
                assert_true(r.low > 0 || value == 0);
                assert_true(r.low < 100 || value == 100);
            }
        }
}

static void no_quantity_claims_more(void **state)
{
    for (double value = 0; value < 9e8; value += value < 200 ? 0.01 : value / 997)
        for (size_t e = 0; e < COUNT(ends); e++) {
            const bool interval = !isnan(ends[e][0]);
            const double low = interval ? fmax(value * (1 - ends[e][0] / 10), 0) : NAN,
                         high = interval ? value * (1 + ends[e][1] / 10) : NAN;
            struct rough r;
            if (high > 9e8)
                continue;
            assert_true(rough_quantity(value, low, high, &r));
            /* Two digits: half a step is a twentieth at most, of an end as of a value. */
            check(value, low, high, &r, fmax(0.05, (r.kind == ROUGH_BETWEEN ? r.high : value) / 20) + SLACK);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_said_as_a_person_would),
        cmocka_unit_test(no_share_claims_more),
        cmocka_unit_test(no_quantity_claims_more),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
