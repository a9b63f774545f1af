/* The charts of the front page: a line over the days, bars by operator. */
#pragma once

#include "collector/web/page/overview_part.h"

/* Appended to page.details. */
int overview_chart_add(struct overview *o, const struct national *g, struct fault *f) CHECKED;
