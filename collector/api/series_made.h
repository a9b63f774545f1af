/* Days of a metric as analysts read them (series.c): percentiles of lines that
 * stand alike, in any way they ask for, made of the days by cell while they are
 * sent. Names are turned into numbers first, then the days come by COPY, and a day
 * lies in memory at a time. */
#pragma once

#include "collector/api/answer.h"
#include "collector/api/selection.h"

/* What the days by cell are narrowed to. */
struct made_span {
    const char *first, *last;    /* days */
    const char *scope;           /* of rollup_cell_day */
    const char *kind;            /* scope 'kind': of targets; NULL: all. A word of the API's list */
    int64_t check_no, position;  /* 0: all */
    const char *targets, *cells; /* numbers between commas; NULL: all */
    int64_t probe_no;            /* those of the cells in which its days lie; 0: all */
};

/* The statement; nothing stands in it but numbers, days and words of lists. The caller frees. */
char *made_sql(const struct made_span *span) CHECKED;

/* What a row says, in the order of its columns. */
enum made_column {
    MADE_DAY,
    MADE_CHECK, /* then its metric and that one's unit */
    MADE_SOURCE = MADE_CHECK + 3,
    MADE_SIMULATED,
    MADE_SAMPLES, /* then lines and networks */
    MADE_P10 = MADE_SAMPLES + 3,
    MADE_COUNTRY = MADE_P10 + 3, /* then department, operator, technology and zone */
    MADE_TARGET_KIND = MADE_COUNTRY + 5,
    MADE_QUANTILE,
    MADE_COLUMNS,
};

/* For struct endpoint. alike: BLOCK_ALIKE of what the lines of a row have in common, and MADE_KIND. */
#define MADE_KIND 16u
int made_start(struct answer *a, const struct selection *s, struct pg_pool *networks, unsigned alike,
               struct http_reply *reply, struct fault *f) CHECKED;
