/* What the words mean, how the pictures are read, and each indicator's definition, once. */
#include "collector/report/document.h"

#include <stdlib.h>
#include <string.h>

#include "collector/report/picture.h"

static void add_readings(const struct report *r, json_t *out)
{
    json_t *list = json_array();
    for (enum picture p = 0; p < PICTURE_COUNT; p++) {
        _cleanup_text_ char *name = alloc_format("%s_description", picture_word(p));
        json_array_append(list, json_object_get(json_object_get(r->words.texts, "pictures"), name));
    }
    json_object_set_new(out, "readings", list);
}

/* The definition, but for what one above it says in the same words, whose id is then the entry's "same". */
static char *own_words(const struct report *r, const struct indicator *i, const json_t *above, json_t *entry)
{
    const char *text = i->definition[r->words.lang];
    size_t shared = 0, n;
    const json_t *other;
    json_array_foreach(above, n, other)
    {
        const char *id = json_string_value(json_object_get(other, "id"));
        if (json_object_get(other, "same"))
            continue;
        size_t found = indicator_shared_end(text, indicator_find(id)->definition[r->words.lang]);
        if (found <= shared)
            continue;
        shared = found;
        json_object_set_new(entry, "same", json_string(id));
    }
    _cleanup_text_ char *own = alloc_text_n(text, strlen(text) - shared);
    return indicator_in(own, r->cctld);
}

static int read_glossary(struct report *r, json_t *out, struct fault *f)
{
    json_t *list = json_array();
    size_t count;
    const struct indicator *all = indicator_all(&count);
    for (size_t i = 0; i < count; i++) {
        if (!report_shows(r, &all[i]))
            continue;
        _cleanup_text_ char *name = report_name(r, &all[i]);
        json_t *entry = json_pack("{s:s, s:s, s:s}", "id", all[i].id, "name", name, "unit", all[i].unit[r->words.lang]);
        _cleanup_text_ char *definition = own_words(r, &all[i], list, entry);
        json_object_set_new(entry, "definition", json_string(definition));
        json_array_append_new(list, entry);
    }
    json_object_set_new(out, "any", json_boolean(json_array_size(list) > 0));
    json_object_set_new(out, "definitions", list);
    add_readings(r, out);
    return 0;
}

const struct section section_glossary = {"glossary", read_glossary};
