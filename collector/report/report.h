/* The yearly report: one HTML document that asks nobody for anything, and the
 * files beside it. A section is section/NAME.c, which fills what the template
 * section/NAME.html shows, and its word in the list below.
 *
 * Every number that stands in the document is a figure of indicators.csv and says
 * of which line: <data value="7.5" data-line="123">7,5</data>. */
#pragma once

#include <stdbool.h>

#include <jansson.h>

#include "collector/db/pg.h"
#include "collector/format/language.h"
#include "collector/format/map.h"
#include "collector/report/evidence.h"
#include "common/buf.h"
#include "common/fault.h"

/* In the order of the document. */
#define REPORT_SECTIONS(X)                                                                                             \
    X(summary)                                                                                                         \
    X(goals)                                                                                                           \
    X(areas)                                                                                                           \
    X(departments)                                                                                                     \
    X(operators)                                                                                                       \
    X(women)                                                                                                           \
    X(countryside)                                                                                                     \
    X(community)                                                                                                       \
    X(neighbours)                                                                                                      \
    X(missing)                                                                                                         \
    X(method)                                                                                                          \
    X(quality)                                                                                                         \
    X(glossary)                                                                                                        \
    X(credits)

struct report {
    struct pg *pg; /* one snapshot for the whole report */
    const char *country, *year, *in;
    const json_t *pack;
    const char *cctld; /* without a dot; NULL: the pack has none */
    struct words words;
    struct evidence evidence;
    struct map *map; /* of its departments; NULL: the pack has none */
};

struct section {
    const char *name;
    int (*read)(struct report *r, json_t *out, struct fault *f);
};
#define REPORT_DECLARE(section_name) extern const struct section section_##section_name;
REPORT_SECTIONS(REPORT_DECLARE)

/* What is asked for. */
struct report_order {
    const char *country; /* ISO 3166-1, with a pack */
    const char *year;    /* of four digits */
    const struct language *language;
    const char *map;      /* a chapter's own, a file; where there is none, the pack's */
    const char *chapters; /* a folder of Markdown (manuscript.h); NULL: none */
    const char *scratch;  /* a folder for what is written in passing */
};

/* Gives a file of the report a place; name: "report.html", or "figures/PER1-days.svg". */
typedef int (*report_keep)(void *of, const char *name, const struct buf *bytes, struct fault *f);

/* Writes all of it, the document first. -ENOENT: the country has no pack. */
int report_write(struct pg *pg, const struct report_order *order, report_keep keep, void *of, struct fault *f) CHECKED;

/* ---- what sections are made with ---- */

/* A figure's number with the line it stands on; false where the row is -1, which writes nothing. */
bool report_number(const struct report *r, ssize_t row, struct buf *out);
/* The same of another of its columns: an interval's end, a change. */
bool report_number_of(const struct report *r, ssize_t row, enum figure_column column, struct buf *out);
/* A department's name, as the pack has it; its code where it has none. */
const char *report_department(const struct report *r, const char *iso);
/* An indicator's name as it reads in the country; the caller frees. */
char *report_name(const struct report *r, const struct indicator *i) CHECKED;
/* Where a figure comes from, as a reader knows it. */
const char *report_source(const struct report *r, size_t row);

/* Is the year closed, and in what version is it told? A sentence; the caller frees. */
char *report_state(const struct report *r) CHECKED;
/* Does a figure of an imaginary country stand in the year? */
bool report_simulated(const struct report *r);

/* Does a figure of it stand in the document, or that it is not told? */
bool report_shows(const struct report *r, const struct indicator *i);

/* The latest period of a source's own figures, of the whole country or of its lines: the row of the indicator's main
 * statistic; measured first. -1: none. */
ssize_t report_main(const struct report *r, const struct indicator *i);
/* Its period, where that is not the report's year: what was said long ago is not passed off as of today. Or NULL. */
const char *report_older(const struct report *r, size_t row);
/* What the headline says of that row. */
void report_sentence(const struct report *r, const struct indicator *i, size_t row, struct buf *out);
