/* What a figure says beside that of before: which way, how far, whether that is
 * more than chance, and whether it is for the better. */
#pragma once

#include "collector/report/report.h"

/* Of a change with that interval: "steady", "rose_good", "fell_bad"…; where an indicator has no better end, more is
 * only more: "rose". */
const char *trend_word(const struct indicator *i, double low, double high);
/* A sentence as HTML, of a row of the evidence; NULL: there is nothing to say. The caller frees. */
char *trend_say(const struct report *r, const struct indicator *i, size_t row) CHECKED;
