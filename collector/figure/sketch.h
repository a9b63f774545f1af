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
