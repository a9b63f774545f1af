/* The front page's table of departments. */
#pragma once

#include "collector/web/page/overview_part.h"

/* page.departments, when a cell of it is published. */
int overview_department_add(struct overview *o, const struct national *groups, size_t count, struct fault *f) CHECKED;
