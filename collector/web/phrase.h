/* The words of the pages, with values put in. */
#pragma once

#include <stdint.h>

#include <jansson.h>

#include "collector/figure/indicator.h"
#include "collector/web/overview_part.h"
#include "common/alloc.h"

const char *phrase(const struct overview *o, const char *name); /* "" when there is none */
/* The pattern with each {name} replaced by that member of values, which is
 * consumed. A name without a value stays. The caller frees. */
char *phrase_fill(const char *pattern, json_t *values) CHECKED;
void phrase_set(json_t *object, const char *name, const char *pattern, json_t *values);
void phrase_number(const struct overview *o, json_t *object, const char *name, double value, int decimals);
char *phrase_statistic(const struct overview *o, const struct statistic *s) CHECKED; /* "median"; the caller frees */
/* "1 probe", "2 probes": one and many name the words. The caller frees. */
char *phrase_count(const struct overview *o, int64_t n, const char *one, const char *many) CHECKED;
