/* Percentile sketches: fixed logarithmic buckets with integer counts, so that
 * merging two is adding counts, in whatever order. schema/functions/sketch.sql
 * reads them; both have the same buckets. */
#pragma once

#include <stdint.h>
#include <stddef.h>

/* Bucket b holds [1.02^(b-10000), 1.02^(b-9999)): 2 % wide, and every positive
 * real has one (4783 to 14480). 0 is zero; negative values mirror the positive
 * ones, so that buckets sort as their values do. */
int16_t sketch_bucket(float value);

/* The value that stands for a bucket: its geometric middle, at most 1 % from any
 * value in it. */
double sketch_value(int16_t bucket);

struct sketch_part {
    int32_t bucket, count;
};

/* The value at a rank, 0 for the smallest sample, or between two ranks, as percentile_cont has it. The parts are
 * sorted, and have that many samples. */
double sketch_at(const struct sketch_part *parts, double rank);

/* Quantile q (0 to 1) of sketches one after the other, as the function of that name in
 * schema/functions/sketch.sql has it; sorts the parts. *ret_samples: of all of them; 0: there is none, and what comes
 * back is 0. */
double sketch_quantile(struct sketch_part *parts, size_t count, double q, int64_t *ret_samples);
