#include "collector/figure/source.h"

#include <pthread.h>
#include <string.h>

#include "collector/db/schema.h"
#include "common/alloc.h"
#include "common/json.h"

static json_t *known; /* by the name in data; never freed: what is handed out is borrowed of it */
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void add(const json_t *bodies)
{
    const json_t *body;
    size_t b;
    json_array_foreach((json_t *)bodies, b, body)
    {
        const char *source = json_string_value(json_object_get(body, "source"));
        if (source)
            json_object_set(known, source, (json_t *)body);
    }
}

static void read_packs(void)
{
    _cleanup_json_ json_t *packs = json_loads(schema_file("countries/countries.json")->text, 0, NULL);
    const char *iso;
    json_t *pack;
    known = json_object();
    add(json_object_get(packs, "sources"));
    json_object_foreach(packs, iso, pack)
    {
        add(json_object_get(pack, "sources"));
    }
}

static const char *called(const char *source, const char *member, const char *other)
{
    pthread_once(&once, read_packs);
    const char *text = json_string_value(json_object_get(json_object_get(known, source), member));
    return text ? text : other;
}

const char *source_name(const char *source, enum lang lang)
{
    static const char *const members[] = {[LANG_FR] = "name_fr", [LANG_EN] = "name_en"};
    return called(source, members[lang], source);
}

const char *source_after(const char *source, enum lang lang)
{
    static const char *const members[] = {[LANG_FR] = "after_fr", [LANG_EN] = "after_en"};
    return called(source, members[lang], source_name(source, lang));
}

const char *source_how(const char *source, enum lang lang)
{
    static const char *const members[] = {[LANG_FR] = "how_fr", [LANG_EN] = "how_en"};
    return called(source, members[lang], NULL);
}

char source_first(const char *sentence)
{
    static const char *const names[] = {"Internet", "IPv"};
    for (size_t n = 0; n < COUNT(names); n++)
        if (!strncmp(sentence, names[n], strlen(names[n])))
            return *sentence;
    return *sentence >= 'A' && *sentence <= 'Z' ? (char)(*sentence + 'a' - 'A') : *sentence;
}
