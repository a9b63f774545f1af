#include "collector/format/spoken.h"

#include <errno.h>
#include <math.h>
#include <string.h>
#include <unicode/unum.h>
#include <unicode/ustring.h>

#define WORDS_MAX 300 /* of the longest number in range, with room: 150 */
#define MILLION   1e6

struct spoken {
    enum lang lang;
    UNumberFormat *plain, *feminine;
};

static const struct {
    const char *locale, *plain, *feminine; /* sets of ICU's rules */
} rules[] = {
    [LANG_FR] = {"fr", "%spellout-cardinal-masculine", "%spellout-cardinal-feminine"},
    [LANG_EN] = {"en_GB", "%spellout-cardinal-verbose", "%spellout-cardinal-verbose"}, /* with "and" */
};

static UNumberFormat *open_rules(const char *locale, const char *set)
{
    UErrorCode code = U_ZERO_ERROR;
    UChar name[64];
    UNumberFormat *format = unum_open(UNUM_SPELLOUT, NULL, 0, locale, NULL, &code);
    u_uastrcpy(name, set);
    unum_setTextAttribute(format, UNUM_DEFAULT_RULESET, name, -1, &code);
    if (U_SUCCESS(code))
        return format;
    unum_close(format);
    return NULL;
}

int spoken_open(enum lang lang, struct spoken **ret, struct fault *f)
{
    struct spoken *s = alloc_zero(1, sizeof *s);
    *s = (struct spoken){lang, open_rules(rules[lang].locale, rules[lang].plain),
                         open_rules(rules[lang].locale, rules[lang].feminine)};
    if (!s->plain || !s->feminine) {
        spoken_close(s);
        return fault_set(f, -ENOENT, _("the library ICU has no rules for numbers in words (%s)"), rules[lang].locale);
    }
    *ret = s;
    return 0;
}

void spoken_close(struct spoken *s)
{
    if (!s)
        return;
    unum_close(s->plain);
    unum_close(s->feminine);
    free(s);
}

static double to_a_tenth(double value)
{
    return round(value * 10) / 10;
}

/* Before "million", a noun, score and hundred keep their s: "deux cents millions". ICU writes them as before "mille".
 */
static bool lacks_s(const char *text, const char *million)
{
    static const char *const plural[] = {"quatre-vingt ", " cent "};
    for (size_t p = 0; p < COUNT(plural); p++) {
        const size_t len = strlen(plural[p]);
        if ((size_t)(million - text) >= len && !strncmp(million - len, plural[p], len))
            return true;
    }
    return false;
}

static char *spell(const char *text)
{
    const char *million = strstr(text, "million");
    if (!million || !lacks_s(text, million))
        return alloc_text(text);
    return alloc_format("%.*ss %s", (int)(million - text - 1), text, million);
}

char *spoken_number(const struct spoken *s, double value, bool feminine)
{
    const double told = to_a_tenth(value);
    UErrorCode code = U_ZERO_ERROR;
    UChar words[WORDS_MAX];
    char text[3 * WORDS_MAX];
    if (!(told >= 0 && told <= SPOKEN_MAX))
        return NULL;
    /* "une heure", but "un virgule un": what follows the comma counts nothing. */
    const bool agrees = feminine && told == floor(told);
    unum_formatDouble(agrees ? s->feminine : s->plain, told, words, COUNT(words), NULL, &code);
    u_strToUTF8(text, sizeof text, NULL, words, -1, &code);
    return U_SUCCESS(code) ? spell(text) : NULL;
}

/* A million is itself a noun in French: "deux millions de sondes", "d’habitants". The h of what is counted is mute. */
static const char *link_of(enum lang lang, double told, const char *noun)
{
    static const char *const vowels[] = {"a", "e", "é", "ê", "h", "i", "o", "u", "y"};
    if (lang != LANG_FR || told < MILLION || fmod(told, MILLION) != 0)
        return " ";
    for (size_t v = 0; v < COUNT(vowels); v++)
        if (!strncmp(noun, vowels[v], strlen(vowels[v])))
            return " d’";
    return " de ";
}

char *spoken_count(const struct spoken *s, double value, const struct spoken_noun *noun)
{
    const double told = to_a_tenth(value);
    _cleanup_text_ char *number = spoken_number(s, value, noun->feminine);
    const char *word = lang_single(s->lang, told) ? noun->one : noun->many;
    return number ? alloc_format("%s%s%s", number, link_of(s->lang, told, word), word) : NULL;
}
