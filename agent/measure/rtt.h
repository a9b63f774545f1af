/* A series of round trips to one target and what is published of it: the
 * metrics that ping, and every later check of latency, have in common. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include <jansson.h>

#include "common/result.h"

struct rtt_series {
    double *ms;      /* by sequence number; NaN while there is no answer */
    size_t capacity; /* probes planned */
    bool *gone;      /* by sequence number: withdrawn */
    size_t sent;     /* the withdrawn among them */
    size_t withdrawn;
    size_t rcvd;    /* probes answered in time, duplicates not counted */
    size_t dup;     /* further answers to a probe already answered */
    size_t reorder; /* answers that came after one of a later probe (RFC 4737 section 3) */
    size_t next;    /* RFC 4737's NextExp: one more than the highest sequence number that came */
};

void rtt_series_init(struct rtt_series *s, size_t capacity);
void rtt_series_free(struct rtt_series *s); /* accepts NULL and an empty series */

/* An answer to probe `seq` (below capacity; others are ignored) after ms
 * milliseconds. A second answer only counts as a duplicate. */
void rtt_series_answer(struct rtt_series *s, size_t seq, double ms);

/* Takes back probe `seq`, of which it is known that the line did not lose it:
 * it counts in nothing. False when it was answered, or taken back before. */
bool rtt_series_withdraw(struct rtt_series *s, size_t seq);
/* Takes back what got no answer between a probe that was taken back for its size
 * and the first one answered after it: an answer as large has to find out the
 * same narrow link, at the far end. How many. */
size_t rtt_series_excuse(struct rtt_series *s);
/* Probes sent and not taken back. */
size_t rtt_series_sent(const struct rtt_series *s);

/* Milliseconds, over the probes that were answered (RFC 2681). */
struct rtt_stats {
    size_t count;
    double min, mean, p50, p95, max; /* NaN when count is 0 */
    double jitter;                   /* mean |RTT(i+1) - RTT(i)| over neighbours that were both
                                        answered; NaN when there are none (RFC 3393 section 4.5) */
    double stddev;                   /* of the sample (n - 1); NaN when count is below 2 */
    double pdv_p95;                  /* p95 - min: delay variation against the minimum (RFC 5481 section 4.2) */
};

void rtt_stats(const double *ms, size_t count, struct rtt_stats *ret);

/* The p-quantile (p in 0..1) of n sorted values by linear interpolation between
 * order statistics: h = (n-1)p, type 7 of Hyndman and Fan, "Sample Quantiles in
 * Statistical Packages", 1996. It is what PostgreSQL's percentile_cont does, so
 * that agent and collector agree. NaN when n is 0. */
double rtt_percentile(const double *sorted, size_t n, double p);

/* Sets rtt_min_ms … reorder, rtt_stddev_ms, pdv_p95_ms and detail.rtts_ms (null for a lost probe, to the
 * microsecond, without what was withdrawn). Loss is (sent - rcvd) / sent (RFC 6673), absent when nothing
 * was sent. */
void rtt_series_report(const struct rtt_series *s, struct result *r);
