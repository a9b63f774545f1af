/* National figures: what one source says of an indicator over a whole country,
 * a row a statistic. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "collector/figure/indicator.h"
#include "collector/web/overview_part.h"
#include "collector/db/pg.h"
#include "common/fault.h"

/* Columns of a national figure's row. */
enum {
    STATISTIC,
    VALUE,
    LOW,
    HIGH,
    INTERVAL,
    SAMPLES,
    DAYS,
    PROBES,
    FLOOR,
    SOURCE,
    SIMULATED,
    URL,
    RETRIEVED,
    METHOD,
    PERIOD
};

/* One source's national figures of an indicator: rows first to last - 1. */
struct group {
    const struct indicator *indicator;
    const struct pg_rows *rows;
    size_t first, last;
};

/* The latest figures of an indicator, source by source; group_next walks over
 * them, from a zero group on. False after the last. */
int group_read(const struct overview *o, const struct indicator *i, struct pg_rows **ret, struct fault *f) CHECKED;
bool group_next(const struct pg_rows *rows, const struct indicator *i, struct group *g);

const char *group_text(const struct group *g, int column);
ssize_t group_row(const struct group *g, const char *statistic);   /* -1: none */
bool group_below(const struct group *g);                           /* below the publication floor? */
const char *group_mark(struct overview *o, const struct group *g); /* "provisional", "simulated" or "" */
