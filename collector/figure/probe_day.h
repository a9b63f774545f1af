/* A probe's UTC day made of its results, in whatever order they come: results by
 * outcome, and of each metric the number, the sum, the range and the sketch. Sums
 * run over sorted values, so that the same results give equal rows. What a day's
 * results take in memory is bounded by what a probe measures in a day: 24 octets
 * a value, some 300 kB of the standard schedule. */
#pragma once

#include "collector/db/copy.h"

struct probe_day_result {
    int64_t at_us;     /* since 2000-01-01 */
    int32_t target_no; /* 0: none */
    int32_t bytes;
    int16_t check_no, af, outcome; /* af 0: no address */
    size_t length;                 /* of the metrics, at most 64 */
    uint64_t present, exact_present;
    const float *metrics;
    const double *exact;
};

struct probe_day_who {
    int32_t day; /* since 2000-01-01 */
    int32_t probe_no;
    const char *source;
    bool simulated;
    bool hours; /* are written as well */
};

struct probe_day;
struct probe_day *probe_day_new(void);
void probe_day_free(struct probe_day *d);
static inline void probe_day_freep(struct probe_day **d)
{
    probe_day_free(*d);
}

void probe_day_add(struct probe_day *d, const struct probe_day_result *r);

/* Rows for the tables, by the statements below. */
struct probe_day_rows {
    struct copy_rows days, sketches, hours;
};
#define PROBE_DAY_COPY(table)                                                                                          \
    "COPY " table                                                                                                      \
    " (day, probe_no, check_no, target_no, af, source, simulated, ok, partial, timeout, refused, unreachable, reset, " \
    "dns_error, tls_error, protocol_error, blocked, denied, skipped, error, bytes, n, sum, min, max) FROM STDIN "      \
    "(FORMAT binary)"
#define PROBE_DAY_SKETCH_COPY(table)                                                                                   \
    "COPY " table " (day, probe_no, check_no, target_no, af, position, ok, buckets, counts) FROM STDIN (FORMAT "       \
    "binary)"
#define PROBE_DAY_SQL              PROBE_DAY_COPY("rollup_day")
#define PROBE_DAY_SKETCH_SQL       PROBE_DAY_SKETCH_COPY("rollup_day_sketch")
#define PROBE_DAY_OTHER_SQL        PROBE_DAY_COPY("rollup_other") /* of other lines than the probe's own */
#define PROBE_DAY_OTHER_SKETCH_SQL PROBE_DAY_SKETCH_COPY("rollup_other_sketch")
#define PROBE_DAY_HOUR_SQL                                                                                             \
    "COPY rollup_hour (day, probe_no, check_no, target_no, af, position, ok, hours, buckets, counts, sums) FROM "      \
    "STDIN "                                                                                                           \
    "(FORMAT binary)"

/* Appends the day's rows, and is empty after. */
void probe_day_write(struct probe_day *d, const struct probe_day_who *who, struct probe_day_rows *rows);
void probe_day_rows_free(struct probe_day_rows *rows);
