/* The front page that is being made: what its parts (overview_chart.c,
 * overview_department.c) are given. */
#pragma once

#include <stdbool.h>

#include <jansson.h>

#include "collector/db/pg.h"
#include "common/lang.h"

struct overview {
    struct pg *pg;
    const char *country;
    enum lang lang;
    const json_t *text; /* of web/fr.json or en.json; borrowed */
    json_t *page;
    char year[8];
    bool below, simulated; /* does a figure say so? */
};
