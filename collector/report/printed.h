/* The numbers of a printed report, as report_number wrote them into its HTML. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "collector/figure/figure.h"
#include "collector/figure/indicator.h"
#include "common/lang.h"

/* How a number of a figure reads: counts have no decimals, all else those of its indicator; i NULL: it is not known. */
const char *printed_text(enum lang lang, const struct indicator *i, enum figure_column column, double value,
                         char ret_text[static NUMBER_TEXT_SIZE]);

struct printed {
    const char *text, *value; /* as people read it, "7,5"; and as indicators.csv has it, "7.5" */
    size_t line;              /* of indicators.csv */
    const char *column;       /* of it, "value" unless another is said */
};

/* Tells each number of the document, in its order; what it hands out is valid during the call. html: a text that is
 * not changed for longer than it takes. False where a number is not written as report_number does: *ret_at is how far
 * from the start it stands. */
bool printed_each(const char *html, void (*tell)(void *ctx, const struct printed *p), void *ctx, size_t *ret_at);
