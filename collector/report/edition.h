/* What no database knows of an edition of the report, as its authors give it in
 * edition.conf beside their chapters: who published it, who paid, what was wrong,
 * what was asked for and not received, what is recommended and what became of it.
 *
 *   [edition]           issn, doi, publisher, contact, published, embargo, volunteers
 *   [funder NAME]       gave
 *   [conflict NAME]     text
 *   [erratum NAME]      date, wrong, right
 *   [request NAME]      of, asked, answer
 *   [questionnaire NAME] link, or file
 *   [recommendation NAME] to, text, figures
 *   [outcome NAME]      became, why: of the recommendation of that name in the edition of the year before
 *
 * A text that is longer than a line goes on in another line of the same key. */
#pragma once

#include <jansson.h>

#include "collector/format/date.h"
#include "common/alloc.h"
#include "common/fault.h"

#define EDITION_NAME           "edition.conf"
#define EDITION_QUESTIONNAIRES "questionnaires" /* the folder beside the report */
#define EDITION_ENTRIES_MAX    500
#define EDITION_TEXT_MAX       4000 /* bytes of one text */
#define EDITION_FILE_MAX       (16u << 20)

struct edition {
    char *path;    /* of its file; NULL: there is none */
    json_t *kinds; /* of each kind an array of its sections: {name, line, and its keys} */
};

/* folder: of the chapters; NULL, or one without the file, has an empty edition. -EINVAL with file, line and cure in f.
 */
int edition_read(const char *folder, struct edition *ret, struct fault *f) CHECKED;
/* The folder of the year before beside one, "chapters/2026/fr"; the caller frees. NULL: it is of no year. */
char *edition_before(const char *folder) CHECKED;
/* Is each outcome of one that was recommended the year before? */
int edition_check(const struct edition *e, const struct edition *before, struct fault *f) CHECKED;
void edition_free(struct edition *e);

/* Of a kind, in the order of the file; borrowed. NULL, which jansson takes for an empty array: there are none. */
const json_t *edition_list(const struct edition *e, const char *kind);
/* A key of [edition]; NULL: it is not given. */
const char *edition_text(const struct edition *e, const char *key);
/* The one of that kind and name; NULL: there is none. */
const json_t *edition_find(const struct edition *e, const char *kind, const char *name);
/* A day that a section gives, as people write it; "" where it gives none. */
const char *edition_day(const json_t *section, const char *key, const struct words *w,
                        char ret_text[static DATE_TEXT_SIZE]);
