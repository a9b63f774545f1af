#include "collector/web/page/overview_department.h"

#include <stdlib.h>
#include <string.h>

#include "collector/format/phrase.h"
#include "common/json.h"

/* A column of the table of departments for one indicator's main statistic.
 * lines: iso -> {name, cells}. */
static int add_department_column(struct overview *o, const struct national *g, json_t *lines, size_t column,
                                 bool *ret_published, struct fault *f)
{
    _cleanup_rows_ struct pg_rows *rows = NULL;
    int rc = pg_query(o->pg,
                      "SELECT iso, name, value, floor FROM public_department WHERE indicator = $1 AND country = $2 AND "
                      "source = $3 AND "
                      "period = $4 AND statistic = $5",
                      5,
                      (const char *const[]){g->indicator->id, o->country, national_text(g, SOURCE),
                                            national_text(g, PERIOD), indicator_main(g->indicator)->name},
                      &rows, f);
    if (rc < 0)
        return rc;
    char number[NUMBER_TEXT_SIZE];
    for (size_t r = 0; r < pg_rows_count(rows); r++) {
        json_t *line = json_object_get(lines, pg_text(rows, r, 0));
        if (!line) {
            line = json_pack("{s:s, s:[]}", "name", pg_text(rows, r, 1), "cells");
            json_object_set_new(lines, pg_text(rows, r, 0), line);
        }
        json_t *cells = json_object_get(line, "cells");
        while (json_array_size(cells) < column)
            json_array_append_new(cells, json_string(phrase(&o->words, "none")));
        bool published = pg_text(rows, r, 2) != NULL;
        *ret_published |= published;
        json_array_append_new(cells, json_string(published ? lang_number(o->words.lang, pg_double(rows, r, 2),
                                                                         g->indicator->decimals, number)
                                                           : overview_instead(o, pg_text(rows, r, 3))));
    }
    return 0;
}

static int by_name(const void *a, const void *b)
{
    const json_t *x = *(json_t *const *)a, *y = *(json_t *const *)b;
    return strcmp(json_string_value(json_object_get(x, "name")), json_string_value(json_object_get(y, "name")));
}

/* The lines as an array sorted by name, each filled up to `columns` cells. */
static json_t *sorted_lines(const struct overview *o, json_t *lines, size_t columns)
{
    json_t **list = alloc_zero(json_object_size(lines) + 1, sizeof *list), *line, *sorted = json_array();
    const char *iso;
    size_t count = 0;
    json_object_foreach(lines, iso, line)
    {
        json_t *cells = json_object_get(line, "cells");
        while (json_array_size(cells) < columns)
            json_array_append_new(cells, json_string(phrase(&o->words, "none")));
        list[count++] = line;
    }
    qsort(list, count, sizeof *list, by_name);
    for (size_t i = 0; i < count; i++)
        json_array_append(sorted, list[i]);
    free(list);
    return sorted;
}

int overview_department_add(struct overview *o, const struct national *groups, size_t count, struct fault *f)
{
    _cleanup_json_ json_t *lines = json_object(), *heads = json_array();
    bool published = false;
    int rc = 0;
    for (size_t g = 0; rc == 0 && g < count; g++) {
        const struct indicator *i = groups[g].indicator;
        if (!(i->dimensions & DIM_DEPARTMENT))
            continue;
        rc = add_department_column(o, &groups[g], lines, json_array_size(heads), &published, f);
        json_array_append_new(heads, json_pack("{s:s, s:s, s:s}", "name", i->name[o->words.lang], "unit",
                                               i->unit[o->words.lang], "mark", overview_mark(o, &groups[g])));
    }
    if (rc == 0 && published)
        json_object_set_new(
            o->page, "departments",
            json_pack("{s:O, s:o}", "heads", heads, "lines", sorted_lines(o, lines, json_array_size(heads))));
    return rc;
}
