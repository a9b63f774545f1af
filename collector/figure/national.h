/* National figures: what one source says of an indicator over a whole country,
 * a row a statistic. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "collector/db/pg.h"
#include "collector/figure/indicator.h"
#include "common/fault.h"

/* Columns of a national figure's row. */
enum {
    STATISTIC,
    VALUE,
    LOW,
    HIGH,
    INTERVAL,
    SAMPLES,
    DAYS,
    PROBES,
    FLOOR,
    SOURCE,
    SIMULATED,
    URL,
    RETRIEVED,
    METHOD,
    PERIOD,
    SPEAKS_OF,
    FAILED,
    SILENT,
    TARGET_SET,
    INTERVAL_WHY,
    INTERVAL_LEAST,
    INDICATOR
};

/* One source's national figures of an indicator: rows first to last - 1. */
struct national {
    const struct indicator *indicator;
    const struct pg_rows *rows;
    size_t first, last;
};

/* The latest figures of a country, of all indicators. */
int national_read(struct pg *pg, const char *country, struct pg_rows **ret, struct fault *f) CHECKED;
/* Walks over those of an indicator, source by source, from a zero group on. False after the last. */
bool national_next(const struct pg_rows *rows, const struct indicator *i, struct national *g);

const char *national_text(const struct national *g, int column);
ssize_t national_row(const struct national *g, const char *statistic); /* -1: none */
bool national_simulated(const struct national *g);
bool national_measured(const struct national *g);   /* by lines, real or simulated; else a source published it */
bool national_of_country(const struct national *g); /* not only of the lines that were measured */

/* What others say of parts alone (a technology, a sex), and is calculated of them: rows of an indicator's id. */
int national_in_parts(struct pg *pg, const char *country, struct pg_rows **ret, struct fault *f) CHECKED;

/* How many lines a country has whose latest measured figures are all below the
 * publication floor: 0, 1 (or 2), 3 (or 4), 5 (and too few days); -1: some are
 * shown, or nothing was measured. */
int national_lines(struct pg *pg, const char *country, int *ret, struct fault *f) CHECKED;

#define YEAR_TEXT_SIZE 5
/* The year that figures of several periods ("2026", "2026-Q1") are of, as far as
 * they were noted: the latest. year is "" at first. */
void national_note_year(char year[static YEAR_TEXT_SIZE], const char *period);
