/* The columns of imported figures, and what a cell of each must look like. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "common/alloc.h"
#include "common/fault.h"

enum cell_of {
    CELL_INDICATOR,
    CELL_COUNTRY,
    CELL_GEO,
    CELL_OPERATOR,
    CELL_TECHNOLOGY,
    CELL_ZONE,
    CELL_SEX,
    CELL_AGE_GROUP,
    CELL_PLAN,
    CELL_ITEM,
    CELL_PERIOD,
    CELL_VALUE,
    CELL_UNIT,
    CELL_SAMPLE_SIZE,
    CELL_MARGIN,
    CELL_VISA,
    CELL_METHOD,
    CELL_SOURCE,
    CELL_SOURCE_URL,
    CELL_RETRIEVED,
    CELL_NOTE,
    CELL_COLUMNS
};

struct cell_column {
    const char *name;
    bool required;
    /* -EBADMSG with what is wrong and the cure; NULL: any text. */
    int (*check)(const char *text, struct fault *f);
    bool decimal; /* a number that may have decimals: where no comma parts columns, one may stand before them */
};
extern const struct cell_column cell_columns[CELL_COLUMNS];

/* What stands in the note of the template's line. */
#define CELL_EXAMPLE "an example: replace this line"

/* 1 234,5 as French writes it, with a point and no spaces: the caller frees; NULL when it is something else. */
char *cell_with_point(const char *text);

/* Has a good day come, here or by UTC? */
bool cell_has_come(const char *day);

/* Checks of cells that other files have as well. */
int cell_text(const char *text, struct fault *f) CHECKED;    /* seen as it is, on one line (form_unseen): any cell */
int cell_country(const char *text, struct fault *f) CHECKED; /* one with a pack */
int cell_period(const char *text, struct fault *f) CHECKED;  /* that has begun */
int cell_value(const char *text, struct fault *f) CHECKED;   /* a number, or what it should have been */
int cell_source(const char *text, struct fault *f) CHECKED;  /* not one of ours */
int cell_url(const char *text, struct fault *f) CHECKED;
int cell_retrieved(const char *text, struct fault *f) CHECKED; /* a day that has come */
int cell_note(const char *text, struct fault *f) CHECKED;      /* not the template's */
