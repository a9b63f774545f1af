/* All published figures that a report is made of: of its country and its
 * neighbours, up to its year, as everybody may read them. They are in the order
 * of indicators.csv, where the nth of them, from 0 on, is line n + 2. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "collector/db/pg.h"
#include "collector/figure/figure.h"
#include "collector/figure/indicator.h"
#include "common/fault.h"

struct evidence {
    struct pg_rows *rows; /* columns as enum figure_column has them */
    unsigned *cuts;       /* of each row: in what it is a part, of enum dimension; an item counts as a plan */
};

/* countries: "{BJ,TG}", an array as PostgreSQL writes it. year: the last. peers: with what other chapters measured of
 * them, whose source is the chapter. */
int evidence_read(struct pg *pg, const char *countries, const char *year, bool peers, struct evidence *ret,
                  struct fault *f) CHECKED;
void evidence_free(struct evidence *s);

size_t evidence_count(const struct evidence *s);
const char *evidence_text(const struct evidence *s, size_t row, enum figure_column column); /* NULL: nothing */
double evidence_number(const struct evidence *s, size_t row, enum figure_column column);    /* NaN: nothing */

/* What is looked for; NULL: any. */
struct evidence_wanted {
    const char *indicator, *country, *source, *period, *statistic;
    unsigned cut;  /* exactly these dimensions */
    bool measured; /* by lines, real or simulated; else by others, or calculated */
    bool told;     /* with a value, and not kept out of reports */
};
/* The first row from `from` on that is wanted; -1: none. */
ssize_t evidence_next(const struct evidence *s, const struct evidence_wanted *w, size_t from);
