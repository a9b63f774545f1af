#include "collector/figure/sketch.h"

#include <math.h>

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
