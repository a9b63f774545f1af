/* The month or the quarter that a bulletin is of. */
#pragma once

#include <stdint.h>

#include "collector/format/phrase.h"
#include "common/fault.h"

#define PERIOD_TEXT_SIZE 16

struct period {
    int year, month, months; /* the first month, from 1 on; 1 or 3 of them */
};

/* "2026-11" of one month, "2026-Q3" of three. -EINVAL with what is wanted. */
int period_read(const char *text, int months, struct period *ret, struct fault *f) CHECKED;
const char *period_text(struct period p, char ret_text[static PERIOD_TEXT_SIZE]);

struct period period_before(struct period p);       /* as long, and ends where p begins */
struct period period_year_before(struct period p);  /* the same of the year before */
struct period period_month(struct period p, int n); /* its nth month, from 0 on */

/* Days since 1970-01-01; both lie within. */
int32_t period_first(struct period p);
int32_t period_last(struct period p);

/* "novembre 2026", "3e trimestre 2026"; and in a sentence "en novembre 2026", "au 3e trimestre 2026", by the texts
 * `month_name`, `month_in`, `quarter_name` and `quarter_in`. The caller frees. */
char *period_name(struct period p, const struct words *w) CHECKED;
char *period_in(struct period p, const struct words *w) CHECKED;
