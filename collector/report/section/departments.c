/* A sheet a department: what is told of it, beside the whole. */
#include "collector/report/document.h"
#include "collector/report/portrait.h"

static int read_departments(struct report *r, json_t *out, struct fault *f)
{
    const json_t *department;
    size_t d;
    json_array_foreach(json_object_get(r->pack, "departments"), d, department)
    {
        const char *iso = json_string_value(json_object_get(department, "iso"));
        const struct portrait portrait = {DIM_DEPARTMENT, FIGURE_GEO, iso, NULL};
        portrait_add(r, &portrait, iso, report_department(r, iso), out);
    }
    return 0;
}

const struct section section_departments = {"departments", read_departments, "sheets"};
