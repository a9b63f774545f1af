/* What a request selects: the statement that an endpoint makes of its
 * parameters. No value of a parameter ever stands in its text, the digits of
 * `limit` apart: values are bound. */
#pragma once

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
};

/* Begins one. The params must have passed params_read, and outlive it.
 * -EINVAL when the span of from and to is empty. */
int selection_open(struct selection *s, const struct params *params) CHECKED;
void selection_free(struct selection *s);

/* ---- for endpoints ---- */

/* Gives the value the next number and returns it. */
int selection_bind(struct selection *s, const char *value);
/* " AND condition $n" when the parameter is there. */
void selection_narrow(struct selection *s, enum param p, const char *condition);
void selection_limit(struct selection *s);
