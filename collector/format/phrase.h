/* The words of what people read, with values put in. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "common/alloc.h"
#include "common/lang.h"

struct words {
    enum lang lang; /* how numbers are written, and in what the figures are named: English, or French */
    json_t *texts;  /* name: text */
    size_t lacking; /* how many of these are French for want of a translation */
};

static inline void words_free(struct words *w)
{
    json_decref(w->texts);
}

const char *phrase(const struct words *w, const char *name); /* "" when there is none */
/* The pattern with each {name} replaced by that member of values, which is
 * consumed. A name without a value stays. The caller frees. */
char *phrase_fill(const char *pattern, json_t *values) CHECKED;
void phrase_set(json_t *object, const char *name, const char *pattern, json_t *values);
void phrase_number(const struct words *w, json_t *object, const char *name, double value, int decimals);
char *phrase_statistic(const struct words *w, const char *statistic) CHECKED; /* of p50: "median"; the caller frees */
/* "1 probe", "2 probes": one and many name the words. The caller frees. */
char *phrase_count(const struct words *w, int64_t n, const char *one, const char *many) CHECKED;
/* "10–19" of 10, "10 000–19 999" of 10000 as the language groups digits: a step that everybody is told the lower end of
 * (count_step). One is one: only where the floor is lifted. The caller frees. */
char *phrase_step(enum lang lang, int64_t low) CHECKED;
