#include "collector/import/unit.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "common/lang.h"

struct range {
    double min, max;
};

/* "0-4": a scale from one whole number to another. */
static bool scale(const char *unit, struct range *ret)
{
    char *end;
    ret->min = (double)strtoul(unit, &end, 10);
    if (end == unit || *end != '-' || strspn(end + 1, "0123456789") != strlen(end + 1) || !end[1])
        return false;
    ret->max = (double)strtoul(end + 1, NULL, 10);
    return true;
}

static struct range range_of(const char *unit)
{
    static const struct {
        const char *unit;
        struct range range;
    } others[] = {
        {"% of GNI per capita", {0, INFINITY}}, /* who pays more than they earn */
        {"% of monthly income", {0, INFINITY}},
        {"% year on year", {-100, INFINITY}}, /* all of it lost */
    };
    struct range range;
    for (size_t i = 0; i < COUNT(others); i++)
        if (!strcmp(unit, others[i].unit))
            return others[i].range;
    if (scale(unit, &range))
        return range;
    /* Times, rates and counts: nothing of them is below nothing. */
    return (struct range){0, unit[0] == '%' ? 100 : INFINITY};
}

int unit_check(const char *unit, double value, struct fault *f)
{
    struct range range = range_of(unit);
    if (value < range.min || value > range.max)
        return isinf(range.max)
                   ? fault_set(f, -EBADMSG, _("%g cannot be, in \"%s\": it is %g at least"), value, unit, range.min)
                   : fault_set(f, -EBADMSG, _("%g cannot be, in \"%s\": it lies between %g and %g"), value, unit,
                               range.min, range.max);
    if ((!strcmp(unit, "count") || !strcmp(unit, "operators")) && value != floor(value))
        return fault_set(f, -EBADMSG, _("%g cannot be, in \"%s\": it is a whole number"), value, unit);
    return 0;
}
