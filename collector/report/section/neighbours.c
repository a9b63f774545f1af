/* The country and its neighbours: one source and one year a table, as different ones cannot be compared. */
#include "collector/report/document.h"

#include <string.h>

#include "collector/figure/source.h"
#include "collector/report/neighbour.h"

/* Of each source the latest period in which our country stands beside another one. */
static void add_tables(const struct report *r, const struct indicator *i, json_t *tables)
{
    const struct evidence *s = &r->evidence;
    const struct evidence_wanted w = {.indicator = i->id, .country = r->country, .told = true};
    json_t *by_source = json_object();
    for (ssize_t row = evidence_next(s, &w, 0); row >= 0; row = evidence_next(s, &w, (size_t)row + 1)) {
        const char *source = evidence_text(s, (size_t)row, FIGURE_SOURCE);
        const char *period = evidence_text(s, (size_t)row, FIGURE_PERIOD);
        json_t *rows = neighbour_rows(r, i, source, period);
        _cleanup_text_ char *name = report_name(r, i);
        if (json_array_size(rows) > 1)
            json_object_set_new(by_source, source,
                                json_pack("{s:s, s:s, s:s?, s:s, s:s, s:O}", "name", name, "source",
                                          source_name(source, r->words.lang), "how", source_how(source, r->words.lang),
                                          "period", period, "unit", i->unit[r->words.lang], "rows", rows));
        json_decref(rows);
    }
    const char *source;
    json_t *table;
    json_object_foreach(by_source, source, table) json_array_append(tables, table);
    json_decref(by_source);
}

static int read_neighbours(struct report *r, json_t *out, struct fault *f)
{
    json_t *tables = json_array();
    size_t count;
    const struct indicator *all = indicator_all(&count);
    for (size_t i = 0; i < count; i++)
        add_tables(r, &all[i], tables);
    json_object_set_new(out, "any", json_boolean(json_array_size(tables) > 0));
    json_object_set_new(out, "tables", tables);
    return 0;
}

const struct section section_neighbours = {"neighbours", read_neighbours};
