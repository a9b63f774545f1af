/* What the files that make the front page share (overview*.c). */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include <jansson.h>

#include "collector/indicator.h"
#include "collector/pg.h"
#include "common/fault.h"
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

const char *group_text(const struct group *g, int column);
ssize_t group_row(const struct group *g, const char *statistic);   /* -1: none */
bool group_below(const struct group *g);                           /* below the publication floor? */
const char *group_mark(struct overview *o, const struct group *g); /* "provisional", "simulated" or "" */

/* ---- words (phrase.c) ---- */

const char *phrase(const struct overview *o, const char *name); /* "" when there is none */
/* The pattern with each {name} replaced by that member of values, which is
 * consumed. A name without a value stays. The caller frees. */
char *phrase_fill(const char *pattern, json_t *values) CHECKED;
void phrase_set(json_t *object, const char *name, const char *pattern, json_t *values);
void phrase_number(const struct overview *o, json_t *object, const char *name, double value, int decimals);
char *phrase_statistic(const struct overview *o, const struct statistic *s) CHECKED; /* "median"; the caller frees */
/* "1 probe", "2 probes": one and many name the words. The caller frees. */
char *phrase_count(const struct overview *o, int64_t n, const char *one, const char *many) CHECKED;

/* ---- parts of the page ---- */

/* The charts of an indicator, appended to page.details. */
int add_detail(struct overview *o, const struct group *g, struct fault *f) CHECKED;
/* The table of departments, when a cell of it is published. */
int add_departments(struct overview *o, const struct group *groups, size_t count, struct fault *f) CHECKED;
