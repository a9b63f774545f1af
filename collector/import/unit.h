/* What a value can be in its unit, as units of indicators are written: a share
 * ends at 100, but not one of an income, and "1-5" says itself from where to
 * where. */
#pragma once

#include "common/alloc.h"
#include "common/fault.h"

/* unit in English; -EBADMSG says between what a value lies. */
int unit_check(const char *unit, double value, struct fault *f) CHECKED;
