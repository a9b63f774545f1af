#include "collector/figure/sketch.h"

#include <math.h>
#include <stdlib.h>

#define BASE 1.02

int16_t sketch_bucket(float value)
{
    double steps = floor(log(fabs((double)value)) / log(BASE));
    if (value > 0)
        return (int16_t)(10000 + steps);
    return value < 0 ? (int16_t)(-10000 - steps) : 0;
}

double sketch_value(int16_t bucket)
{
    if (bucket > 0)
        return pow(BASE, bucket - 9999.5);
    return bucket < 0 ? -pow(BASE, -bucket - 9999.5) : 0;
}

static int part_order(const void *a, const void *b)
{
    const struct sketch_part *x = a, *y = b;
    return (x->bucket > y->bucket) - (x->bucket < y->bucket);
}

/* The bucket in which the sample of that rank lies. */
static int16_t bucket_at(const struct sketch_part *parts, int64_t rank)
{
    int64_t upto = parts->count;
    while (upto <= rank)
        upto += (++parts)->count;
    return (int16_t)parts->bucket;
}

double sketch_at(const struct sketch_part *parts, double rank)
{
    double first = floor(rank), below = sketch_value(bucket_at(parts, (int64_t)first));
    double above = sketch_value(bucket_at(parts, (int64_t)ceil(rank)));
    return below + (rank - first) * (above - below);
}

double sketch_quantile(struct sketch_part *parts, size_t count, double q, int64_t *ret_samples)
{
    *ret_samples = 0;
    for (size_t i = 0; i < count; i++)
        *ret_samples += parts[i].count;
    if (*ret_samples == 0)
        return 0;
    for (size_t i = 1; i < count; i++)
        if (parts[i].bucket < parts[i - 1].bucket) { /* one alone is sorted */
            qsort(parts, count, sizeof *parts, part_order);
            break;
        }
    return sketch_at(parts, q * (double)(*ret_samples - 1));
}
