/* What the API answers: an endpoint is a list of columns, the parameters it takes
 * and a SELECT that they narrow. One is its place in its file, and its row in
 * the table of endpoint.c. */
#pragma once

#include "collector/api/answer.h"
#include "collector/api/selection.h"

struct endpoint {
    unsigned params;
    const struct encode_column *columns;
    size_t column_count; /* 0: of the figures, FIGURE_COLUMNS */
    enum { KEY_NONE, KEY_HELPS, KEY_NEEDED } key;
    void (*select)(struct selection *s); /* fills sql and values */
    /* Answers who showed a key, with what no statement gives as it is, and takes the answer over as answer_start does;
     * networks: of series_made.h. NULL: as everybody. */
    int (*make)(struct answer *a, const struct selection *s, struct pg_pool *networks, struct http_reply *reply,
                struct fault *f);
    /* The place of a row, for `after`, where each keeps its own for ever (page.h); NULL: rows are counted. */
    void (*place)(const struct pg_rows *row, char ret_after[static PAGE_AFTER_SIZE]);
    /* How a row is written; NULL: its columns as they are. */
    void (*row)(struct answer *a, const struct pg_rows *row, struct buf *out);
    /* The columns of a table, where they depend on what is asked for: the caller frees. NULL: `columns`. */
    struct encode_column *(*table)(const struct params *params, size_t *ret_count);
    /* Why everybody may not ask this, as a text for gettext, or NULL. */
    const char *(*wants_key)(const struct params *params);
    /* Whether the database, or one parameter beside another, lets it be asked: 1 when not, and f says why in the
     * client's language. NULL: always. */
    int (*check)(const struct selection *s, struct pg *pg, struct fault *f);
    const struct endpoint_instead *instead; /* up to one without an endpoint; NULL: none */
};

/* Answers in an endpoint's place where that parameter is given. */
struct endpoint_instead {
    enum param param;
    const char *value; /* as this; NULL: whatever it is */
    const struct endpoint *endpoint;
};

#define PARAMS_COMMON (PARAM(FORMAT) | PARAM(LIMIT) | PARAM(AFTER))
#define PARAMS_CELL   (PARAM(OPERATOR) | PARAM(DEPARTMENT) | PARAM(TECHNOLOGY))

extern const struct endpoint endpoint_results; /* single measurements, in result.c */
extern const struct endpoint endpoint_series;  /* days and hours, in series.c */

/* The one of a route that answers what is asked. */
const struct endpoint *endpoint_of(struct http_request *request);
