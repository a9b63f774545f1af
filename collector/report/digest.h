/* The lines of bulletin.csv: each number of a bulletin stands on one of them and
 * says on which, <data value="7.5" data-line="12">7,5</data>. A line is of what
 * follows from published days (`what` is "period", "change", "operator"), a day
 * itself, or a figure of others. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "common/buf.h"
#include "common/lang.h"

#define DIGEST_COLUMNS(X)                                                                                              \
    X(what)                                                                                                            \
    X(period)  /* "2026-11", "2026-Q3", "2026-11-05" */                                                                \
    X(against) /* of a change, the period before it */                                                                 \
    X(indicator)                                                                                                       \
    X(check)                                                                                                           \
    X(metric)                                                                                                          \
    X(operator)                                                                                                        \
    X(statistic) /* of lines, on a day */                                                                              \
    X(of_days)   /* "median", "mean" */                                                                                \
    X(value)                                                                                                           \
    X(low)                                                                                                             \
    X(high)                                                                                                            \
    X(unit)                                                                                                            \
    X(n_days)                                                                                                          \
    X(n_probes_least) /* of a day, in steps */                                                                         \
    X(n_probes_most)                                                                                                   \
    X(verdict)                                                                                                         \
    X(source)                                                                                                          \
    X(simulated)                                                                                                       \
    X(retrieved)                                                                                                       \
    X(source_url)

#define DIGEST_PLACE(name) DIGEST_##name,
enum digest_column { DIGEST_COLUMNS(DIGEST_PLACE) DIGEST_COUNT };

struct digest_line {
    char *cells[DIGEST_COUNT]; /* NULL: nothing stands there */
    int decimals;              /* of its value and interval */
};

struct digest {
    struct digest_line *lines;
    size_t count;
};

void digest_free(struct digest *d);

/* Begins a line, without a cell; its place, from 0 on. */
size_t digest_begin(struct digest *d, int decimals);
void digest_text(struct digest *d, enum digest_column column, const char *text); /* of the last line; NULL: nothing */
void digest_value(struct digest *d, enum digest_column column, double value);    /* of the last line; NaN: nothing */
void digest_count(struct digest *d, enum digest_column column, int64_t count);

/* A number as HTML, in the language; false where there is none, which writes nothing. */
bool digest_number(const struct digest *d, enum lang lang, size_t line, enum digest_column column, struct buf *out);

void digest_csv(const struct digest *d, struct buf *out);
