#include "collector/import/place.h"

#include <pthread.h>
#include <string.h>

#include "collector/db/schema.h"
#include "common/alloc.h"
#include "common/buf.h"
#include "common/json.h"

static struct place_country *countries;
static size_t country_count;
static char *packs, *neighbours; /* for messages */
static pthread_once_t once = PTHREAD_ONCE_INIT;

static const struct place_country *find(const char *code)
{
    for (size_t c = 0; c < country_count; c++)
        if (!strcmp(countries[c].iso, code) || !strcmp(countries[c].iso3, code))
            return &countries[c];
    return NULL;
}

static void add(const char *iso, const json_t *facts, bool neighbour)
{
    struct place_country c = {.neighbour = neighbour, .visa = json_object_get(facts, "survey_visa") != NULL};
    const char *iso3 = json_string_value(json_object_get(facts, "iso3"));
    const char *currency = json_string_value(json_object_get(facts, "currency"));
    if (find(iso))
        return;
    snprintf(c.iso, sizeof c.iso, "%s", iso);
    snprintf(c.iso3, sizeof c.iso3, "%s", iso3 ? iso3 : "");
    if (!neighbour) {
        const char *chapter = json_string_value(json_object_get(facts, "chapter"));
        c.chapter = alloc_text(chapter ? chapter : iso);
    }
    snprintf(c.currency, sizeof c.currency, "%s", currency ? currency : "");
    countries = alloc_resize(countries, country_count + 1, sizeof *countries);
    countries[country_count++] = c;
}

static char *list(bool neighbour)
{
    struct buf out = {0};
    buf_add_text(&out, "");
    for (size_t c = 0; c < country_count; c++)
        if (countries[c].neighbour == neighbour)
            buf_addf(&out, "%s%s", out.len ? ", " : "", countries[c].iso);
    return buf_take(&out);
}

/* A neighbour that has a pack is none. */
static void read_packs(void)
{
    _cleanup_json_ json_t *all = json_loads(schema_file("countries/countries.json")->text, 0, NULL);
    const char *iso;
    json_t *pack, *other;
    size_t n;
    json_object_foreach(all, iso, pack)
    {
        if (json_is_object(pack))
            add(iso, pack, false);
    }
    json_object_foreach(all, iso, pack)
    {
        json_array_foreach(json_object_get(pack, "neighbours"), n, other)
            add(json_string_value(json_object_get(other, "iso")), other, true);
    }
    packs = list(false);
    neighbours = list(true);
}

const struct place_country *place_country(const char *code)
{
    pthread_once(&once, read_packs);
    return *code ? find(code) : NULL;
}

const char *place_packs(void)
{
    pthread_once(&once, read_packs);
    return packs;
}

const char *place_neighbours(void)
{
    pthread_once(&once, read_packs);
    return neighbours;
}
