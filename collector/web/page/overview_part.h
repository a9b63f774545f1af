/* The front page that is being made: what its parts (overview_change.c,
 * overview_chart.c, overview_department.c, overview_reach.c) are given. */
#pragma once

#include <stdbool.h>

#include <jansson.h>

#include "collector/db/pg.h"
#include "collector/figure/national.h"
#include "collector/format/phrase.h"

struct overview {
    struct pg *pg;
    const char *country, *in; /* "in Benin" */
    const char *cctld;        /* without a dot; NULL: the pack has none */
    struct words words;
    json_t *page;
    char year[YEAR_TEXT_SIZE];     /* the latest that a measured figure is of; "": none is there */
    bool simulated;                /* is all of it of a simulated country? */
    bool lifted, lifted_simulated; /* does a figure say so? */
};

/* In the place of a number that is not shown: is the cell itself too small, or do others tell too much with it? */
const char *overview_instead(const struct overview *o, const char *floor);
const char *overview_mark(struct overview *o, const struct national *g); /* "simulated" or "" */
