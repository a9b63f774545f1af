#include "collector/web/page/overview_reach.h"

#include <stdlib.h>
#include <string.h>

#include "collector/format/phrase.h"
#include "common/json.h"

/* The edition of a figure, and what it would need to speak of the country. */
static int add_missing(struct overview *o, const struct national *g, struct fault *f)
{
    _cleanup_rows_ struct pg_rows *rows = NULL;
    int rc = pg_query(o->pg,
                      "SELECT m.fr, m.en FROM public_edition e, unnest(e.missing_fr, e.missing_en) "
                      "WITH ORDINALITY AS m (fr, en, place) WHERE e.country = $1 AND e.period = $2 AND e.source = $3 "
                      "ORDER BY m.place",
                      3, (const char *const[]){o->country, national_text(g, PERIOD), national_text(g, SOURCE)}, &rows,
                      f);
    if (rc < 0 || pg_rows_count(rows) == 0)
        return rc;
    json_t *missing = json_array();
    for (size_t r = 0; r < pg_rows_count(rows); r++)
        json_array_append_new(missing, json_string(pg_text(rows, r, o->words.lang == LANG_FR ? 0 : 1)));
    json_t *reach = json_pack("{s:o}", "missing", missing);
    phrase_set(reach, "text", phrase(&o->words, "reach"), json_pack("{s:s}", "in", o->in));
    json_object_set_new(o->page, "reach", reach);
    return 0;
}

/* The title names the country alone where no figure below it speaks of less. */
int overview_reach_add(struct overview *o, const json_t *pack, const struct national *groups, size_t count,
                       struct fault *f)
{
    const char *name = json_string_value(json_object_get(pack, o->words.lang == LANG_FR ? "name_fr" : "name_en"));
    const struct national *lines = NULL;
    for (size_t g = 0; g < count; g++)
        if (!national_of_country(&groups[g]) &&
            (!lines || strcmp(national_text(&groups[g], PERIOD), national_text(lines, PERIOD)) > 0))
            lines = &groups[g];
    phrase_set(o->page, "title", phrase(&o->words, count && !lines ? "title" : "title_lines"),
               json_pack("{s:s, s:s}", "country", name ? name : o->country, "in", o->in));
    return lines ? add_missing(o, lines, f) : 0;
}
