/* Departments on the map. */
#include "collector/report/picture.h"

#define AREAS_MIN 2 /* departments with a figure: of a lone one a map tells nothing */

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
    if (told >= AREAS_MIN)
        chart_map(&v->chart, v->r->map, CHART_QUANTILES, areas, count, v->out);
    return 0;
}

const struct picture_kind picture_departments = {DIM_DEPARTMENT, picture_measured, draw_departments};
