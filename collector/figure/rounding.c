#include "collector/figure/rounding.h"

#include <math.h>

#define HAIR 1e-6 /* of the last decimal */

/* How many of the last decimal one is. */
static double scale_of(int decimals)
{
    return pow(10, decimals);
}

double rounding_nearest(double value, int decimals)
{
    /* Nothing is told as minus zero: adding zero takes the sign away. */
    return round(value * scale_of(decimals)) / scale_of(decimals) + 0.0;
}

struct stat_interval rounding_outwards(double low, double high, int decimals)
{
    double scale = scale_of(decimals);
    return (struct stat_interval){floor(low * scale + HAIR) / scale + 0.0, ceil(high * scale - HAIR) / scale + 0.0};
}
