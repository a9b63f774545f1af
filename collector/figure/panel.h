/* The lines of one country and source in a year, as figures count them: what each
 * says, and whether a figure over some of them tells of anybody. */
#pragma once

#include <jansson.h>

#include "collector/figure/cell.h"

struct panel {
    json_t *numbers;  /* a line's name -> its number */
    json_t *vouchers; /* a line's name -> who confirmed it or let it in, where somebody did */
    double *values;   /* by number: what it says (line.h) */
    size_t count;
};

/* Lines in the order of their names; c is of the year. */
void panel_read(struct cells *c, const char *country, const char *source, const struct stat_what *what,
                struct panel *ret);
void panel_free(struct panel *p); /* the members */
#define _cleanup_panel_ _cleanup_(panel_free)

/* May a figure over these lines (an object whose keys are their names) be shown
 * beside all figures that are, and beside itself as it was shown of the lines of
 * `before` (NULL: it never was)? c was made with the floor lifted: it may. */
bool panel_bears(struct cells *c, const char *country, const char *source, const json_t *lines,
                 const json_t *before) CHECKED;
