/* What a request selects: the statement that an endpoint makes of its
 * parameters. No value of a parameter ever stands in its text, the digits of
 * `limit` apart: values are bound. */
#pragma once

#include "collector/api/page.h"
#include "collector/api/param.h"
#include "common/buf.h"
#include "common/clock.h"

#define SELECTION_VALUES_MAX 24 /* as many as there are parameters, and more */

struct selection {
    const struct params *params;
    bool everybody; /* whoever asks showed no key */
    struct buf sql;
    const char *values[SELECTION_VALUES_MAX]; /* borrowed from params and from here */
    int count;
    char from[TIME_TEXT_SIZE], to[TIME_TEXT_SIZE], check[8];
    struct page page;              /* what limit and a counted `after` say */
    char after[3][TIME_TEXT_SIZE]; /* what a place says (page_place): moment, batch, line */
};

/* Begins one. The params must have passed params_read, and outlive it.
 * -EINVAL when from and to leave nothing between them, or `after` is of another answer; f says which, and the cure. */
int selection_open(struct selection *s, const struct params *params, bool has_places, struct fault *f) CHECKED;
void selection_free(struct selection *s);

/* ---- for endpoints ---- */

/* Gives the value the next number and returns it. */
int selection_bind(struct selection *s, const char *value);
/* " AND condition $n" when the parameter is there. */
void selection_narrow(struct selection *s, enum param p, const char *condition);
/* The last: as many rows as the page has to see. */
void selection_limit(struct selection *s);
