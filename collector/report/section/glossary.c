/* What the words mean, how the pictures are read, and each indicator's definition, once. */
#include "collector/report/report.h"

#include <stdlib.h>

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

static int read_glossary(struct report *r, json_t *out, struct fault *f)
{
    json_t *list = json_array();
    size_t count;
    const struct indicator *all = indicator_all(&count);
    for (size_t i = 0; i < count; i++) {
        if (!report_shows(r, &all[i]))
            continue;
        _cleanup_text_ char *name = report_name(r, &all[i]),
                            *definition = indicator_in(all[i].definition[r->words.lang], r->cctld);
        json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:s}", "id", all[i].id, "name", name, "unit",
                                              all[i].unit[r->words.lang], "definition", definition));
    }
    json_object_set_new(out, "any", json_boolean(json_array_size(list) > 0));
    json_object_set_new(out, "definitions", list);
    add_readings(r, out);
    return 0;
}

const struct section section_glossary = {"glossary", read_glossary};
