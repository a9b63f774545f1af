/* What a year's figures say that is more than chance, a sentence each: what
 * changed since the year before, a part that differs from all its like, and a
 * figure of each area that its interval bounds or a source published. */
#pragma once

#include "collector/report/report.h"

#define FINDINGS_MAX 5

struct finding {
    enum finding_kind {
        FINDING_CHANGE, /* the whole interval of the change is on one side of zero */
        FINDING_APART,  /* an operator or a department has a place of its own (collector/figure/rank.h) */
        FINDING_FIGURE,
    } kind;
    const struct indicator *i;
    size_t row; /* of the country, or of the part */
};

/* The most telling first, no indicator twice; at most FINDINGS_MAX. */
size_t finding_choose(const struct report *r, struct finding ret[static FINDINGS_MAX]);

/* As HTML, with its interval and sample; the caller frees. */
char *finding_sentence(const struct report *r, const struct finding *finding) CHECKED;
