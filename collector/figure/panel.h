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

/* Lines in the order of their names, of the days that the country's figure counts; c is of the year. */
void panel_read(struct cells *c, const char *country, const char *source, const struct stat_what *what,
                struct panel *ret);
void panel_free(struct panel *p); /* the members */
#define _cleanup_panel_ _cleanup_(panel_free)

/* What a line said, in a number from 1 on: the same where it says the same. */
json_int_t panel_mark(double value);

/* Lines of a new figure: an object of their names and places; and by place what each counts in it. NULL: all alike. */
struct panel_lines {
    const json_t *places;
    const double *weights;
    bool sums;  /* it adds up what they say; a median does not, and nothing can be taken off it */
    bool means; /* and what they say is the mean of their days */
};

/* May a figure over these lines be shown beside all figures that are, of the days that those were made of, and beside
 * those of `told`? Of figures over lines of the year that are out, that has an object each: of the lines' names and
 * marks; mark 0: it is not known what the line said. A line that is gone since, or says something else, is in those as
 * it was: what became of it shows under cover of others only. Nor may lines that count otherwise in the country's
 * figure, or in those of its parts, be few (residue.h), nor give most of what stays; what is cut down in those is in
 * none. p: of c, which was made with the floor lifted: it may. */
bool panel_bears(struct cells *c, const char *country, const char *source, const struct panel *p,
                 const struct panel_lines *lines, const json_t *told) CHECKED;
