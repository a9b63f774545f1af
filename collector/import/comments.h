/* What stakeholders say of an edition of the framework: the comment form of
 * `indicators export --consultation`, filled in by a spreadsheet. Columns are named in
 * French or English, in any order, parted by commas or semicolons; lines that begin
 * with # are the form's instructions. A line without a comment is passed over. One
 * respondent fills in who they are once: a line that leaves all of it empty is of
 * the respondent of the line above. */
#pragma once

#include <stddef.h>

#include <jansson.h>

#include "collector/format/phrase.h"
#include "common/fault.h"

/* What a form has of each indicator, and what is filled in. */
enum comment_column {
    COMMENT_EDITION, /* "BJ-2027" */
    COMMENT_INDICATOR,
    COMMENT_NAME, /* for who reads the form */
    COMMENT_UNIT,
    COMMENT_GROUP,
    COMMENT_ORGANISATION,
    COMMENT_PERSON,
    COMMENT_NAMED, /* may the person's name be printed? */
    COMMENT_DATE,
    COMMENT_TEXT,
    COMMENT_COLUMNS,
};
/* As a form in that language has it. */
const char *comment_column(enum comment_column column, enum lang lang);
/* What stands in the place of an indicator in a comment on all of the framework. */
const char *comment_whole(enum lang lang);
/* With which the columns of a form in that language are parted. */
char comment_separator(enum lang lang);

struct comment_list {
    char *edition;    /* "BJ-2027"; NULL where no line says it */
    json_t *comments; /* objects with line, indicator (absent: the whole), group (as written), organisation, person,
                         said_on, comment */
};

/* -EBADMSG with the line, the column and the cure in f. The caller frees. */
int comments_read(const char *text, size_t len, struct comment_list *ret, struct fault *f) CHECKED;
void comments_free(struct comment_list *list); /* the members */
