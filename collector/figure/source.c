#include "collector/figure/source.h"

#include <string.h>

#include "common/alloc.h"

static const struct {
    const char *source, *name[2], *after[2]; /* by enum lang; after: behind "according to" */
} known[] = {
    {"World Bank",
     {[LANG_FR] = "Banque mondiale", [LANG_EN] = "World Bank"},
     {[LANG_FR] = "la Banque mondiale", [LANG_EN] = "the World Bank"}},
    {"INStaD", {[LANG_FR] = "INStaD", [LANG_EN] = "INStaD"}, {[LANG_FR] = "l’INStaD", [LANG_EN] = "INStaD"}},
    {"ARCEP Bénin",
     {[LANG_FR] = "ARCEP Bénin", [LANG_EN] = "ARCEP Bénin"},
     {[LANG_FR] = "l’ARCEP Bénin", [LANG_EN] = "ARCEP Bénin"}},
    {"ARCEP", {[LANG_FR] = "ARCEP", [LANG_EN] = "ARCEP"}, {[LANG_FR] = "l’ARCEP", [LANG_EN] = "ARCEP"}},
    {"ITU", {[LANG_FR] = "ITU", [LANG_EN] = "ITU"}, {[LANG_FR] = "l’ITU", [LANG_EN] = "the ITU"}},
    {"UIT", {[LANG_FR] = "UIT", [LANG_EN] = "UIT"}, {[LANG_FR] = "l’UIT", [LANG_EN] = "UIT"}},
};

const char *source_name(const char *source, enum lang lang)
{
    for (size_t k = 0; k < COUNT(known); k++)
        if (!strcmp(known[k].source, source))
            return known[k].name[lang];
    return source;
}

char *source_opening(const char *source, enum lang lang)
{
    const char *after = source;
    for (size_t k = 0; k < COUNT(known); k++)
        if (!strcmp(known[k].source, source))
            after = known[k].after[lang];
    return alloc_format(lang == LANG_FR ? "Selon %s, " : "According to %s, ", after);
}

char source_first(const char *sentence)
{
    static const char *const names[] = {"Internet", "IPv"};
    for (size_t n = 0; n < COUNT(names); n++)
        if (!strncmp(sentence, names[n], strlen(names[n])))
            return *sentence;
    return *sentence >= 'A' && *sentence <= 'Z' ? (char)(*sentence + 'a' - 'A') : *sentence;
}
