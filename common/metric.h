/* The registry of checks and metrics, compiled in from schema/metrics.tsv, and
 * what their values may be, from schema/ranges.tsv.
 * A metric's position among its check's metrics is its place in the
 * database's `metrics real[]`; the file is append-only, so a position never
 * changes its meaning. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "common/alloc.h"
#include "common/fault.h"

enum metric_kind {
    METRIC_VALUE,    /* a quantity: min, max, mean and percentiles make sense */
    METRIC_COUNT,    /* a number of things: sums make sense */
    METRIC_CATEGORY, /* a code: only frequencies make sense */
};

struct metric {
    uint16_t id; /* for ever */
    uint8_t len; /* of its name */
    const char *name;
    const char *unit;
    const char *better; /* "low", "high" or "-" */
    enum metric_kind kind;
};

struct metric_range { /* both ends are allowed */
    double min, max;
};

enum metric_rule_kind {
    RULE_AT_MOST, /* the first is at most the second */
    RULE_NEEDS,   /* the first does not come without the second */
    RULE_LOSS,    /* the first is 1 - second / third */
};

struct metric_rule { /* between the metrics of one result */
    uint8_t kind;
    uint8_t at[3]; /* positions */
};

/* Of seven digits, the last may be rounded up in one value and down in the other. */
#define METRIC_LAST_DIGIT 1e-6
/* What a loss may differ from what its packets make. */
#define METRIC_LOSS_SLACK 0.001

struct metric_set { /* what one check declares */
    uint16_t check_id;
    uint8_t len; /* of its name */
    uint8_t count, rule_count;
    uint64_t whole; /* bit by position: of at most 15 digits, and none of them behind a point */
    const char *check;
    const struct metric *metrics;      /* by position */
    const struct metric_range *ranges; /* by position */
    const struct metric_rule *rules;
};

extern const struct metric_set metric_sets[];
extern const size_t metric_set_count;

/* NULL when the check is not in the registry. */
const struct metric_set *metric_set_find(const char *check, size_t len);

/* Position of a metric in the set, or -ENOENT. */
int metric_position(const struct metric_set *set, const char *name, size_t len);

/* Holds the values of one result, by position where bit of `present` is set, to
 * schema/ranges.tsv: -ERANGE when one breaks a range or a rule, and f names the
 * check, the metric, its value and what would be allowed. */
int metric_judge(const struct metric_set *set, const double *values, uint64_t present, struct fault *f) CHECKED;
