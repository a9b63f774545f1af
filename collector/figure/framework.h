/* The framework of indicators of a country, edition by edition: what is published,
 * and what each of it means. An edition is opened with what the program has; it is
 * consulted on, answered and adopted, and frozen from then on: the text stands as it
 * was consulted on, whatever the files say later (schema/functions/framework.sql).
 *
 * What is refused is -EPERM, -ENOENT or -EINVAL, with the cure in f. */
#pragma once

#include <stdbool.h>

#include <jansson.h>

#include "collector/db/pg.h"
#include "collector/figure/indicator.h"
#include "common/buf.h"
#include "common/fault.h"

#define FRAMEWORK_EDITION_SIZE 24

struct framework {
    char number[16]; /* framework_no */
    char country[4];
    char edition[FRAMEWORK_EDITION_SIZE];
    bool adopted;
};

/* Letters, digits, points and dashes, such as 2027; what "edition" stands for in commands and forms. */
bool framework_edition(const char *text);

/* An edition by its name; without one (NULL) the open one, or else the last adopted. */
int framework_find(struct pg *pg, const char *country, const char *edition, struct framework *ret,
                   struct fault *f) CHECKED;
/* The same where something is to be changed. */
int framework_find_open(struct pg *pg, const char *country, const char *edition, struct framework *ret,
                        struct fault *f) CHECKED;

/* until: the last day for comments, or NULL. */
int framework_open(struct pg *pg, const char *country, const char *edition, const char *by, const char *until,
                   struct fault *f) CHECKED;

/* Puts an indicator to the consultation; one that is there, anew. */
int framework_propose(struct pg *pg, const struct framework *w, const struct indicator *i, const char *by,
                      bool *ret_again, struct fault *f) CHECKED;
int framework_retire(struct pg *pg, const struct framework *w, const char *indicator, const char *why,
                     struct fault *f) CHECKED;

struct framework_rating {
    const char *indicator, *rater, *score, *why, *source, *day;
};
int framework_rate(struct pg *pg, const struct framework *w, const struct framework_rating *r, struct fault *f) CHECKED;

/* verdict: "taken", "partly", "not-taken". */
int framework_answer(struct pg *pg, const struct framework *w, const char *number, const char *verdict,
                     const char *text, const char *by, struct fault *f) CHECKED;

/* Takes the person out of a comment, `whole`: and the organisation. Of an adopted
 * edition as well; by whom is kept. One that names nobody is as it is wanted. */
int framework_unname(struct pg *pg, const struct framework *w, const char *number, bool whole, const char *by,
                     struct fault *f) CHECKED;

/* What is missing before it can be adopted, for people: appended to out, with `between` in between; nothing when all is
 * there. */
int framework_lacking(struct pg *pg, const struct framework *w, const char *between, struct buf *out,
                      struct fault *f) CHECKED;
/* reason: why, although something is missing; or NULL. */
int framework_adopt(struct pg *pg, const struct framework *w, const char *by, const char *reason,
                    struct fault *f) CHECKED;

/* Where the files of this program say something else than the edition does: rows of
 * an indicator and what differs, between blanks; "file" where there is none. */
int framework_differs(struct pg *pg, const struct framework *w, struct pg_rows **ret, struct fault *f) CHECKED;

/* An indicator as an edition keeps it; cctld: the country's domain, as indicator_in takes it. The caller owns it. */
json_t *framework_indicator(const struct indicator *i, const char *cctld) CHECKED;
