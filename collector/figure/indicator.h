/* What each published figure means and how it is made. One file an indicator
 * under schema/indicators/: "-- key: value" lines, then (when it is measured)
 * one SELECT over rollups with $1 the first day and $2 the day after the last,
 * giving day, probe_no, family (NULL for both together), value, samples, and
 * failed: tests that gave no number and are not in the value, which is NULL where
 * all did; in the place of value and samples, buckets and counts of sketches whose
 * median is the value. Adding an indicator is adding its file.
 *
 * One that is made of other figures (over: figures) has a SELECT with $1 the year, giving country, geo, operator,
 * technology, zone, source, simulated, value, floor, note, and as_of, the day to which the oldest of them was told: of
 * what is published, so that it tells nothing that this does not, and of a lifted floor where that is of one.
 *
 * One that others publish and that is calculated as well, from what was imported (over: inputs: functions/tariff.sql
 * and its neighbours), has such a SELECT too: country, geo, operator, technology, value, n_samples, retrieved, note. No
 * floor is asked of it: it tells of no line.
 *
 * One that is measured by lines and is of something else (over: objects: name servers, prefixes) has a SELECT with $1
 * the first day and $2 the day after the last, giving country, object (its name), day, probe_no, and good: whether it
 * was found to be as it should, NULL where it could not be asked. Each line that counts has a voice of each object in
 * its country, and the figure is the percent of objects that are good by most of the voices (functions/object.sql), of
 * those that as many lines spoke of as a figure needs. It tells of no line: nothing is hidden beside it.
 *
 * What is measured in percent is a part: no line says more than 100.
 *
 * Keys: id, name.fr, name.en, unit (and unit.fr, unit.en where they differ),
 * decimals, check (what measures it), better (low, high, -), status (proposed, adopted, retired: no new figures,
 * those that were published stay), nature (quantitative, qualitative), kind (where figures come from, one or more of
 * measured, imported, declared, qualitative), over (what its SELECT reads: lines, which is what is meant when it is not
 * said, figures, inputs, or objects), method (its version, raised when figures would change), key (1 to 9: its place
 * among those of its area that matter most, which a summary tells; without one it is told where all are), targets
 * (domestic, abroad: the set of the country's pack to which it is measured), dimensions, aggregate (p10 to p99, mean,
 * share; value when nothing is measured), days (p1 to p99: what a line says of its days where that is not their median,
 * of an indicator of percentiles), headline.fr, headline.en (not of what is derived; with {statistic} in them,
 * and {where} in those of what is measured: in the country, or on so many measured lines), definition.fr,
 * definition.en; items, items.fr, items.en (of imported figures: words for what each may be of, a barrier or a speed
 * tier, and their names in the same order; with {item} in its headline each is of one of them, and none of all); of
 * what should be measured and is not yet, waits.fr, waits.en in the place of a SELECT: why, in a reader's words.
 *
 * {cctld} in a name or a definition is the country's own domain, with its dot (indicator_in). */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "collector/figure/stat.h"
#include "common/fault.h"
#include "common/lang.h"

enum dimension {
    DIM_DEPARTMENT = 1 << 0,
    DIM_OPERATOR = 1 << 1,
    DIM_TECHNOLOGY = 1 << 2,
    DIM_FAMILY = 1 << 3,
    /* of imported figures only */
    DIM_ZONE = 1 << 4,
    DIM_SEX = 1 << 5,
    DIM_AGE_GROUP = 1 << 6,
    DIM_PLAN = 1 << 7,
    DIM_EDUCATION = 1 << 8,
    DIM_DISABILITY = 1 << 9,
    DIM_SITE = 1 << 10, /* home, school, health centre… */
};

/* Where its figures come from. */
enum kind {
    KIND_MEASURED = 1 << 0,
    KIND_IMPORTED = 1 << 1,    /* somebody published them: a survey, a regulator */
    KIND_DECLARED = 1 << 2,    /* what an operator says of itself: a tariff, an advertised rate */
    KIND_QUALITATIVE = 1 << 3, /* two raters, on a scale */
};

#define STATISTICS_MAX 6
struct statistic {
    char name[8]; /* "p50", "mean", "share", "value" */
    struct stat_what what;
};

struct indicator {
    char *id;
    char *name[2], *unit[2], *headline[2], *definition[2]; /* by enum lang */
    char *items, *item_names[2];                           /* "price, network"; NULL: its figures are of all */
    char *waits[2]; /* why nothing measures it yet; NULL: nothing is waited for */
    char *better, *status, *nature;
    char *check;     /* what measures it, and tells of its days in series as well; NULL: nothing */
    unsigned kinds;  /* of enum kind */
    bool measured;   /* by this collector, which has its SELECT */
    bool derived;    /* from other figures, by its SELECT */
    bool calculated; /* from imported inputs, by its SELECT, beside what others publish */
    bool objects;    /* measured, of things that are no lines */
    bool own;        /* a chapter's, of a file beside the configuration (chapter.h) */
    int method, decimals;
    int key;             /* its place in a summary of its area; 0: none */
    int days;            /* percentile of its own days that a line says, of quantiles; 0: their median */
    unsigned dimensions; /* of enum dimension */
    struct statistic statistics[STATISTICS_MAX];
    size_t statistic_count;
    char *targets;   /* to which set it is measured: "domestic", "abroad"; NULL: to none */
    const char *sql; /* borrowed from the text; empty when nothing is made */
    int sql_line;    /* of the file, where it begins */
};

/* Reads one file's text, which must outlive *ret. -EBADMSG with the line and
 * what is allowed in f. */
int indicator_read(const char *text, struct indicator *ret, struct fault *f) CHECKED;
void indicator_free(struct indicator *i); /* the members */

/* What a figure is of, in a language, up to the next comma or the end; NULL: no item of this indicator. */
const char *indicator_item(const struct indicator *i, const char *item, enum lang lang, size_t *ret_len);
bool indicator_by_item(const struct indicator *i); /* is each of its figures of an item? */

/* May a file bring figures of it? */
bool indicator_importable(const struct indicator *i);
/* Are its figures made of lines, year by year? */
bool indicator_made(const struct indicator *i);
/* Are they made of what lines say of objects? */
bool indicator_counted(const struct indicator *i);
/* Are they made of other figures, once these are there? */
bool indicator_derived(const struct indicator *i);
/* Are they made of what was imported? */
bool indicator_calculated(const struct indicator *i);
bool indicator_retired(const struct indicator *i);
/* "measured, imported", and "operator, zone", as the files have it; the caller frees. */
char *indicator_kinds(const struct indicator *i) CHECKED;
char *indicator_dimensions(const struct indicator *i) CHECKED;
/* A name or a definition as it reads in a country; cctld: its domain without a dot, NULL where no country is known. The
 * caller frees. */
char *indicator_in(const char *text, const char *cctld) CHECKED;

/* How long what two definitions end in alike is, from a sentence's beginning on; 0 where it is not worth that one
 * refers to the other. */
size_t indicator_shared_end(const char *a, const char *b);

/* All that this program carries and its chapter added (chapter.h), PER2 before PER10. */
const struct indicator *indicator_all(size_t *ret_count);
const struct indicator *indicator_find(const char *id); /* NULL when unknown */
const char *indicator_ids(void);                        /* "ACC1, PER1, …" for messages */

/* One more than this program carries, and that one away again: before there are
 * threads, and before anybody keeps what these functions give. *i is handed over,
 * but where there is such an id: -EEXIST. Its text must last. */
int indicator_add(struct indicator *i) CHECKED;
void indicator_drop(const char *id);

/* The seed of its bootstrap: fixed by id and method version. */
uint64_t indicator_seed(const struct indicator *i);

/* The word of its nth dimension, NULL past the last. */
const char *indicator_dimension(const struct indicator *i, size_t n);

/* The statistic that stands for it where there is room for one: p50 when it
 * has one, else the first. */
const struct statistic *indicator_main(const struct indicator *i);
