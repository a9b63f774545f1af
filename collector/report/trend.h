/* What a figure says beside that of before: which way, how far, whether that is
 * more than chance, and whether it is for the better. */
#pragma once

#include "collector/report/report.h"

/* A sentence as HTML, of a row of the evidence; NULL: there is nothing to say. The caller frees. */
char *trend_say(const struct report *r, const struct indicator *i, size_t row) CHECKED;
