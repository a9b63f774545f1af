/* The registry of checks and metrics, compiled in from schema/metrics.tsv.
 * A metric's position among its check's metrics is its place in the
 * database's `metrics real[]`; the file is append-only, so a position never
 * changes its meaning. */
#pragma once

#include <stddef.h>
#include <stdint.h>

enum metric_kind {
    METRIC_VALUE,    /* a quantity: min, max, mean and percentiles make sense */
    METRIC_COUNT,    /* a number of things: sums make sense */
    METRIC_CATEGORY, /* a code: only frequencies make sense */
};

struct metric {
    uint16_t id; /* for ever */
    const char *name;
    const char *unit;
    const char *better; /* "low", "high" or "-" */
    enum metric_kind kind;
};

struct metric_set { /* what one check declares */
    uint16_t check_id;
    const char *check;
    const struct metric *metrics; /* by position */
    size_t count;
};

extern const struct metric_set metric_sets[];
extern const size_t metric_set_count;

/* NULL when the check is not in the registry. */
const struct metric_set *metric_set_find(const char *check, size_t len);

/* Position of a metric in the set, or -ENOENT. */
int metric_position(const struct metric_set *set, const char *name, size_t len);
