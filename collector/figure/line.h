/* What each line says of a period: one value, so that who measured on more days
 * has no more voices. A line is a household: boxes that replaced one another are
 * the same. */
#pragma once

#include "collector/figure/stat.h"

struct line {
    uint32_t number;
    double value;
};

/* days: a value a probe-day, whose cluster is the line's number; they are sorted
 * anew. A line's value is the mean of its own days where the statistic is a mean, else
 * their median, or the percentile of them that the statistic names (of a share 100 where
 * the median is one half or more, else 0). In the order of the numbers; the caller frees. */
struct line *line_values(const struct stat_what *what, struct stat_sample *days, size_t count,
                         size_t *ret_count) CHECKED;
