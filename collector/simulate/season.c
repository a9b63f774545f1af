#include "collector/simulate/season.h"

#include <math.h>

#define DAYS_A_YEAR 365.2425
#define WETTEST_DAY 195 /* mid-July, where the packs' countries are */
#define RAIN        0.05
#define BETTER      0.06 /* a year */

struct season season_of_day(int32_t day, int32_t age)
{
    double rain = RAIN * cos(2 * M_PI * (day - WETTEST_DAY) / DAYS_A_YEAR), better = exp(BETTER * age / DAYS_A_YEAR);
    return (struct season){.latency = (1 + rain) / better, .speed = better / (1 + rain)};
}

/* From the quietest hour to the busiest. */
static const double busy[24] = {-0.3, -0.5, -0.6, -0.7, -0.7, -0.6, -0.4, -0.2, 0,   0.1, 0.2, 0.2,
                                0.1,  0,    0,    0.1,  0.1,  0.2,  0.4,  0.7,  0.9, 1,   0.7, 0.1};

struct season season_of_hour(unsigned hour)
{
    return (struct season){.latency = exp(0.3 * busy[hour]), .speed = exp(-0.4 * busy[hour])};
}
