#include "collector/simulate/draw.h"

#include <stddef.h>

/* a0 + a1 x + … by Horner, the highest first. */
static double polynomial(const double *a, size_t count, double x)
{
    double sum = a[0];
    for (size_t i = 1; i < count; i++)
        sum = sum * x + a[i];
    return sum;
}

#define TAIL 0.02425

static double tail(double probability)
{
    static const double c[] = {-7.784894002430293e-03, -3.223964580411365e-01, -2.400758277161838e+00,
                               -2.549732539343734e+00, 4.374664141464968e+00,  2.938163982698783e+00};
    static const double d[] = {7.784695709041462e-03, 3.224671290700398e-01, 2.445134137142996e+00,
                               3.754408661907416e+00, 1};
    double q = sqrt(-2 * log(probability));
    return polynomial(c, 6, q) / polynomial(d, 5, q);
}

double normal_quantile(double probability)
{
    static const double a[] = {-3.969683028665376e+01, 2.209460984245205e+02,  -2.759285104469687e+02,
                               1.383577518672690e+02,  -3.066479806614716e+01, 2.506628277459239e+00};
    static const double b[] = {-5.447609879822406e+01, 1.615858368580409e+02,  -1.556989798598866e+02,
                               6.680131188771972e+01,  -1.328068155288572e+01, 1};
    if (probability < TAIL)
        return tail(probability);
    if (probability > 1 - TAIL)
        return -tail(1 - probability);
    double q = probability - 0.5, r = q * q;
    return polynomial(a, 6, r) * q / polynomial(b, 6, r);
}
