/* An indicator of nothing, and days of lines that it is made of. */
#pragma once

#include <string.h>

#include "collector/figure/cell.h"
#include "collector/figure/indicator.h"
#include "common/alloc.h"
#include "common/fault.h"

/* A measured one; statistics: "p50, p10", of which the first is its headline's; dimensions: "operator, family". */
static inline int trial_indicator(const char *statistics, const char *dimensions, struct indicator *ret)
{
    struct fault f;
    int first = (int)strcspn(statistics, ",");
    _cleanup_text_ char *text = alloc_format(
        "-- id: TST1\n-- name.fr: n\n-- name.en: n\n-- unit: ms\n-- better: low\n-- status: proposed\n"
        "-- kind: measured\n-- nature: quantitative\n-- method: 1\n-- headline.fr: {%.*s} {where}\n"
        "-- headline.en: {%.*s} {where}\n-- definition.fr: d\n-- definition.en: d\n-- aggregate: %s\n"
        "-- dimensions: %s\nSELECT 1",
        first, statistics, first, statistics, statistics, dimensions);
    return indicator_read(text, ret, &f);
}

#define TRIAL_FIRST 20000 /* the day 0 of lines */

/* What a probe that is a line of its own measured on a day, in its own network of Benin. */
static inline struct probe_day trial_day(const char *probe, int day, double value)
{
    return (struct probe_day){.probe = probe,
                              .line = probe,
                              .network = probe,
                              .day = TRIAL_FIRST + day,
                              .source = "measured",
                              .country = "BJ",
                              .value = value,
                              .samples = 1};
}
