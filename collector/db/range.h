/* schema/ranges.tsv in SQL: what metric_judge says of a result, of rows that were
 * stored when it said something else. */
#pragma once

#include "common/buf.h"
#include "common/metric.h"

/* Appends the condition that is true of a row r of `result`, of this check, which
 * breaks a range or a rule. Reals are compared with one digit less than they were
 * sent with: a row at the very edge of a rule may be found or not. */
void range_broken_sql(const struct metric_set *set, struct buf *out);
