/* The parameters of the API's GET requests: which there are, what each may be.
 * What a request must not say is named in the answer, with what is allowed. */
#pragma once

#include "collector/http/http.h"
#include "common/fault.h"

enum param {
    PARAM_FORMAT,      /* json, csv, ndjson */
    PARAM_LIMIT,       /* rows, from 1 */
    PARAM_AFTER,       /* where the page begins, as a Link said it (page.h) */
    PARAM_FROM,        /* a day or a moment, inclusive */
    PARAM_TO,          /* a day, inclusive, or a moment, exclusive */
    PARAM_CHECK,       /* in the registry */
    PARAM_METRIC,      /* in the registry */
    PARAM_TARGET,      /* any name */
    PARAM_PROBE,       /* 20 characters */
    PARAM_OPERATOR,    /* any name; query.c asks the database */
    PARAM_DEPARTMENT,  /* ISO 3166-2; query.c asks the database */
    PARAM_TECHNOLOGY,  /* one of a list */
    PARAM_ZONE,        /* urban, rural */
    PARAM_COUNTRY,     /* ISO 3166-1 */
    PARAM_TARGET_KIND, /* one of a list */
    PARAM_GROUP,       /* words of a list, between commas */
    PARAM_GRAIN,       /* day, hour */
    PARAM_QUANTILE,    /* above 0, below 1 */
    PARAM_INDICATOR,   /* built in */
    PARAM_YEAR,
    PARAM_SOURCE,  /* any name */
    PARAM_VERSION, /* of a closed year, from 1; 0: the provisional figures of open ones; query.c asks the database */
    PARAM_KEY,     /* an owner's secret: links are for people */
    PARAM_COUNT,
};
#define PARAM(name) (1u << PARAM_##name)

struct params {
    const char *values[PARAM_COUNT]; /* NULL when absent; borrowed from the request */
};

const char *param_name(enum param p);

/* Is the word one of a list between commas? */
bool params_list_has(const char *list, const char *word);

/* Reads those that the mask allows. -EINVAL with the parameter's name, what is
 * wrong and what is allowed in f. */
int params_read(struct http_request *request, unsigned allowed, struct params *ret, struct fault *f) CHECKED;

/* The moments of from (its beginning) and to (its end, exclusive), in
 * microseconds; the whole of time when absent. The values must have passed
 * params_read. */
void params_span(const struct params *p, int64_t *ret_from_us, int64_t *ret_to_us);
