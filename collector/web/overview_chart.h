/* The charts of the front page: a line over the days, bars by operator. */
#pragma once

#include "collector/web/group.h"

/* Appended to page.details. */
int overview_chart_add(struct overview *o, const struct group *g, struct fault *f) CHECKED;
