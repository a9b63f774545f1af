/* Populations of lines with known figures, and draws of a few lines from them. */
#pragma once

#include "collector/figure/tally.h"

#define DESIGN_LINES_MAX 72
#define DESIGN_DAYS      12

struct design {
    const char *name;
    enum { SHAPE_NORMAL, SHAPE_LOGNORMAL, SHAPE_TWO_KINDS, SHAPE_LOSSES, SHAPE_YES } shape;
    double between; /* how far lines are from each other, as the shape takes it */
    double within;  /* of the days of a line, in parts of that */
    bool uneven;    /* half of the lines came late: they have fewer days, and weigh less */
    double atom;    /* the part of the lines that say the very same; 0: none do */
};

extern const struct design designs[];
extern const size_t design_count;

double design_uniform(uint64_t *state);
double design_normal(uint64_t *state);

/* What one line says on its days; the middle of its days is what it is. Returns how many. */
size_t design_line(const struct design *d, uint64_t *state, double days[DESIGN_DAYS]);

/* The figure of the population: of very many lines, each seen on all days. */
double design_truth(const struct design *d, const struct stat_what *what);

/* The figure of `lines` lines drawn with this seed; tally_free. */
struct tally design_draw(const struct design *d, size_t lines, uint64_t seed);
