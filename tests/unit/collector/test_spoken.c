#include "tests/unit/check.h"

#include <math.h>

#include "collector/format/spoken.h"

static struct spoken *voices[2];

static int setup(void **state)
{
    struct fault f = {0};
    return spoken_open(LANG_FR, &voices[LANG_FR], &f) < 0 || spoken_open(LANG_EN, &voices[LANG_EN], &f) < 0;
}

static int teardown(void **state)
{
    spoken_close(voices[LANG_FR]);
    spoken_close(voices[LANG_EN]);
    spoken_close(NULL);
    return 0;
}

static void numbers_are_words(void **state)
{
    static const struct {
        double value;
        const char *fr, *en;
    } rows[] = {
        {0, "zéro", "zero"},
        {1, "un", "one"},
        {16, "seize", "sixteen"},
        {17, "dix-sept", "seventeen"},
        {21, "vingt-et-un", "twenty-one"},
        {70, "soixante-dix", "seventy"},
        {71, "soixante-et-onze", "seventy-one"},
        {77, "soixante-dix-sept", "seventy-seven"},
        {80, "quatre-vingts", "eighty"},
        {81, "quatre-vingt-un", "eighty-one"},
        {91, "quatre-vingt-onze", "ninety-one"},
        {99, "quatre-vingt-dix-neuf", "ninety-nine"},
        {100, "cent", "one hundred"},
        {101, "cent un", "one hundred and one"},
        {200, "deux cents", "two hundred"},
        {201, "deux cent un", "two hundred and one"},
        {1000, "mille", "one thousand"},
        {1001, "mille un", "one thousand and one"},
        {1980, "mille neuf cent quatre-vingts", "one thousand nine hundred and eighty"},
        {2000, "deux mille", "two thousand"},
        {80000, "quatre-vingt mille", "eighty thousand"},
        {200000, "deux cent mille", "two hundred thousand"},
        {1e6, "un million", "one million"},
        {2e6, "deux millions", "two million"},
        {8e7, "quatre-vingts millions", "eighty million"},
        {2e8, "deux cents millions", "two hundred million"},
        {2e8 + 1, "deux cents millions un", "two hundred million and one"},
        {4.2, "quatre virgule deux", "four point two"},
        {0.1, "zéro virgule un", "zero point one"},
        {0.04, "zéro", "zero"},
        {35.27, "trente-cinq virgule trois", "thirty-five point three"},
        {80.5, "quatre-vingts virgule cinq", "eighty point five"},
        {9.96, "dix", "ten"},
        {SPOKEN_MAX,
         "neuf cent quatre-vingt-dix-neuf millions neuf cent quatre-vingt-dix-neuf mille neuf cent "
         "quatre-vingt-dix-neuf "
         "virgule neuf",
         "nine hundred and ninety-nine million, nine hundred and ninety-nine thousand, nine hundred and ninety-nine "
         "point nine"},
        {-1, NULL, NULL},
        {1e9, NULL, NULL},
        {NAN, NULL, NULL},
        {INFINITY, NULL, NULL},
    };
    for (size_t r = 0; r < COUNT(rows); r++)
        for (int lang = LANG_FR; lang <= LANG_EN; lang++) {
            const char *wanted = lang == LANG_FR ? rows[r].fr : rows[r].en;
            _cleanup_text_ char *said = spoken_number(voices[lang], rows[r].value, false);
            if (wanted)
                assert_string_equal(said, wanted);
            else
                assert_null(said);
        }
}

static void nouns_agree(void **state)
{
    static const struct spoken_noun probe[] = {{"sonde", "sondes", true}, {"probe", "probes", false}},
                                    person[] = {{"habitant", "habitants", false}, {"inhabitant", "inhabitants", false}},
                                    hour[] = {{"heure", "heures", true}, {"hour", "hours", false}};
    static const struct {
        double value;
        const struct spoken_noun *noun;
        const char *fr, *en;
    } rows[] = {
        {0, probe, "zéro sonde", "zero probes"},
        {1, probe, "une sonde", "one probe"},
        {21, probe, "vingt-et-une sondes", "twenty-one probes"},
        {21, person, "vingt-et-un habitants", "twenty-one inhabitants"},
        {101, hour, "cent une heures", "one hundred and one hours"},
        {1.9, hour, "un virgule neuf heure", "one point nine hours"},
        {1.96, hour, "deux heures", "two hours"},
        {1e6, probe, "un million de sondes", "one million probes"},
        {2e6, person, "deux millions d’habitants", "two million inhabitants"},
        {2000500, person, "deux millions cinq cents habitants", "two million, five hundred inhabitants"},
        {1000.5, hour, "mille virgule cinq heures", "one thousand point five hours"},
    };
    for (size_t r = 0; r < COUNT(rows); r++) {
        _cleanup_text_ char *fr = spoken_count(voices[LANG_FR], rows[r].value, &rows[r].noun[LANG_FR]),
                            *en = spoken_count(voices[LANG_EN], rows[r].value, &rows[r].noun[LANG_EN]);
        assert_string_equal(fr, rows[r].fr);
        assert_string_equal(en, rows[r].en);
    }
    assert_null(spoken_count(voices[LANG_FR], -1, probe));
}

/* ---- read back ---- */

static const struct {
    const char *word;
    int64_t value;
} words[2][40] = {
    {{"zéro", 0},   {"un", 1},      {"une", 1},      {"deux", 2},          {"trois", 3},         {"quatre", 4},
     {"cinq", 5},   {"six", 6},     {"sept", 7},     {"huit", 8},          {"neuf", 9},          {"dix", 10},
     {"onze", 11},  {"douze", 12},  {"treize", 13},  {"quatorze", 14},     {"quinze", 15},       {"seize", 16},
     {"vingt", 20}, {"vingts", 20}, {"trente", 30},  {"quarante", 40},     {"cinquante", 50},    {"soixante", 60},
     {"cent", 100}, {"cents", 100}, {"mille", 1000}, {"million", 1000000}, {"millions", 1000000}},
    {{"zero", 0},         {"one", 1},       {"two", 2},       {"three", 3},    {"four", 4},      {"five", 5},
     {"six", 6},          {"seven", 7},     {"eight", 8},     {"nine", 9},     {"ten", 10},      {"eleven", 11},
     {"twelve", 12},      {"thirteen", 13}, {"fourteen", 14}, {"fifteen", 15}, {"sixteen", 16},  {"seventeen", 17},
     {"eighteen", 18},    {"nineteen", 19}, {"twenty", 20},   {"thirty", 30},  {"forty", 40},    {"fifty", 50},
     {"sixty", 60},       {"seventy", 70},  {"eighty", 80},   {"ninety", 90},  {"hundred", 100}, {"thousand", 1000},
     {"million", 1000000}},
};

static int64_t value_of(enum lang lang, const char *word)
{
    for (size_t w = 0; w < COUNT(words[0]) && words[lang][w].word; w++)
        if (!strcmp(words[lang][w].word, word))
            return words[lang][w].value;
    return -1;
}

/* As a person adds it up: four score, times a hundred, times a thousand. -1: a word is not known. */
static int64_t read_back(enum lang lang, const char *text)
{
    _cleanup_text_ char *copy = alloc_text(text);
    int64_t whole = 0, part = 0;
    char *rest = NULL;
    for (char *word = strtok_r(copy, " -,", &rest); word; word = strtok_r(NULL, " -,", &rest)) {
        const int64_t value = value_of(lang, word);
        if (!strcmp(word, lang == LANG_FR ? "et" : "and"))
            continue;
        if (value < 0)
            return -1;
        if (value >= 1000) {
            whole += value * (part ? part : 1);
            part = 0;
        } else if (value == 100) {
            part = part ? part * 100 : 100;
        } else if (value == 20 && part % 100 == 4) {
            part += 76; /* quatre-vingts */
        } else {
            part += value;
        }
    }
    return whole + part;
}

static void words_are_read_back(void **state)
{
    for (int lang = LANG_FR; lang <= LANG_EN; lang++)
        for (int64_t n = 0, step = 1; n <= 999999999; n += step) {
            step = n < 2200 ? 1 : 1 + n / 97 + n % 7;
            _cleanup_text_ char *said = spoken_number(voices[lang], (double)n, n % 2);
            if (read_back(lang, said) != n)
                fail_msg("%lld is said %s", (long long)n, said);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_words),
        cmocka_unit_test(nouns_agree),
        cmocka_unit_test(words_are_read_back),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
