/* What a month's or a quarter's bulletin says. One who fills a part of it is a
 * file here, and adds to `out` what document/bulletin.html, the mail and its text
 * show of it, and to the digest the lines of its numbers. Of what everybody may
 * read, and nothing that does not follow from it (daily.h). */
#pragma once

#include <jansson.h>

#include "collector/report/daily.h"
#include "collector/report/digest.h"
#include "collector/report/period.h"
#include "collector/report/report.h"

#define BULLETIN_FIGURES 6 /* that matter most, of those of which days are told */

struct bulletin_figure {
    const struct indicator *i;
    struct daily now, before, year; /* of the period, of the one before, and of that of last year */
    size_t line;                    /* of now in the digest */
};

struct bulletin {
    struct report *r;
    struct period period;
    char *source; /* of its days: "measured", "simulated"; NULL: none is told */
    struct bulletin_figure figures[BULLETIN_FIGURES];
    size_t count;
    struct digest digest;
    json_t *out;
};

/* Which figures there are: read before all else. */
int bulletin_choose(struct bulletin *b, struct fault *f) CHECKED;

/* "figures", "summary", "scope"; of a quarter "months". */
int bulletin_figures(struct bulletin *b, struct fault *f) CHECKED;
/* "charts". */
int bulletin_days(struct bulletin *b, struct fault *f) CHECKED;
/* "operators", and the heads of their table in "metrics". */
int bulletin_operators(struct bulletin *b, struct fault *f) CHECKED;
/* "events", "published". */
int bulletin_around(struct bulletin *b, struct fault *f) CHECKED;
/* "unknown". */
int bulletin_unknown(struct bulletin *b, struct fault *f) CHECKED;

/* ---- what they are made with ---- */

const char *bulletin_says(const struct bulletin *b, const char *group, const char *name);
/* A line of the digest with what all lines of the period's days have. */
size_t bulletin_line(struct bulletin *b, const char *what, const struct indicator *i, const char *period);
/* A number of it as JSON; null where there is none. */
json_t *bulletin_number(const struct bulletin *b, size_t line, enum digest_column column) CHECKED;
/* "29 days" of it, with the number. */
json_t *bulletin_days_of(const struct bulletin *b, size_t line) CHECKED;
/* "50–99", or "20–49 to 50–99" of several steps; the caller frees. */
char *bulletin_lines(const struct bulletin *b, int64_t least, int64_t most) CHECKED;
