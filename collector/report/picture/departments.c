/* Departments on the map. */
#include "collector/report/picture.h"

#include <string.h>

#define MAP_WIDTH 500 /* in a document: letters are as large as in the other pictures there */
#define AREAS_MIN 2   /* departments with a figure: of a lone one a map tells nothing */

static bool is_among(const struct chart_area *areas, size_t count, const char *iso)
{
    for (size_t a = 0; a < count; a++)
        if (!strcmp(areas[a].iso, iso))
            return true;
    return false;
}

/* A department without a row, not even one that says why, still goes by its name. */
static void add_untold(const struct canvas *v, struct chart_area *areas, size_t *count)
{
    const json_t *department;
    size_t d;
    json_array_foreach(json_object_get(v->r->pack, "departments"), d, department)
    {
        const char *iso = json_string_value(json_object_get(department, "iso"));
        if (*count < MAP_AREAS_MAX && !is_among(areas, *count, iso))
            areas[(*count)++] = (struct chart_area){
                .iso = iso, .name = report_department(v->r, iso), .instead = phrase(&v->r->words, "none")};
    }
}

static int draw_departments(struct canvas *v, struct fault *f)
{
    const struct evidence *s = &v->r->evidence;
    const struct evidence_wanted w = picture_parts(v, DIM_DEPARTMENT);
    struct chart_area areas[MAP_AREAS_MAX];
    size_t count = 0, told = 0;
    for (ssize_t row = evidence_next(s, &w, 0); v->r->map && row >= 0 && count < MAP_AREAS_MAX;
         row = evidence_next(s, &w, (size_t)row + 1)) {
        const char *iso = evidence_text(s, (size_t)row, FIGURE_GEO);
        areas[count] = (struct chart_area){.iso = iso,
                                           .name = report_department(v->r, iso),
                                           .value = evidence_number(s, (size_t)row, FIGURE_VALUE),
                                           .instead = picture_instead(v->r, (size_t)row)};
        told += !areas[count++].instead;
    }
    add_untold(v, areas, &count);
    v->chart.width = v->chart.form == CHART_REPORT ? MAP_WIDTH : 0;
    if (told >= AREAS_MIN)
        chart_map(&v->chart, v->r->map, CHART_QUANTILES, areas, count, v->out);
    return 0;
}

const struct picture_kind picture_departments = {DIM_DEPARTMENT, picture_measured, draw_departments};
