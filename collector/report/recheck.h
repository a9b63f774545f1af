/* Whether the numbers of a report that was printed are still what is published.
 * Its document and its indicators.csv are held against each other first: what was
 * altered by hand follows from nothing. */
#pragma once

#include "collector/db/pg.h"
#include "collector/figure/follow.h"
#include "collector/report/evidence.h"
#include "common/buf.h"
#include "common/fault.h"
#include "common/lang.h"

enum recheck_verdict {
    RECHECK_SAME,
    RECHECK_ALTERED, /* the document says another number than indicators.csv */
    RECHECK_CHANGED, /* published otherwise by now */
    RECHECK_GONE,    /* not published any more */
};

struct recheck_number {
    size_t line; /* of indicators.csv */
    const char *column;
    const char *printed, *now; /* as text; NULL: none */
    enum recheck_verdict verdict;
    const char *figure;         /* "PER5 p50 2026 BJ MTN agent" */
    const char *why, *was, *is; /* of what says why ("method_version") the name, and both texts; NULL: nothing does */
};

struct recheck_teller {
    void (*number)(void *ctx, const struct recheck_number *n); /* those that are not the same: each altered one, and of
                                                                * others each line and column once; borrowed */
    void *ctx;
};

struct recheck {
    struct evidence now;
    struct recheck_record *records; /* of indicators.csv: from line 2 on */
    struct recheck_key *keys;       /* of what is published now, sorted */
    size_t count;
    size_t verdicts[RECHECK_GONE + 1]; /* how many numbers have each */
};

/* A printed report, as its files have it. */
struct recheck_report {
    const struct buf *html, *csv; /* both end in a NUL that is not counted */
    const char *year;
    enum lang lang;
};

/* -EBADMSG, with what is wrong and where in f, when they are no report's; *r is to be freed in any case. */
int recheck_run(struct pg *pg, const struct recheck_report *report, const struct recheck_teller *tell,
                struct recheck *r, struct fault *f) CHECKED;
/* The line of indicators.csv of a figure of that year, where a number of it is printed; 0: none is. */
size_t recheck_line(const struct recheck *r, const char *year, const struct follow_figure *g);
void recheck_free(struct recheck *r);
