/* What is printed of a country: HTML documents that ask nobody for anything, and
 * the files beside them. Which there are says document.h. A section of one is
 * section/NAME.c, which fills what the template section/NAME.html shows.
 *
 * Every number that stands in a document is a figure of indicators.csv and says
 * of which line: <data value="7.5" data-line="123">7,5</data>. */
#pragma once

#include <stdbool.h>

#include <jansson.h>

#include "collector/db/pg.h"
#include "collector/format/language.h"
#include "collector/format/map.h"
#include "collector/report/edition.h"
#include "collector/report/evidence.h"
#include "common/buf.h"
#include "common/fault.h"

/* What is asked for. */
struct report_order {
    const struct document *document;
    const char *wanted;  /* of it, the option's value: "2026-11"; NULL: the option takes none */
    const char *country; /* ISO 3166-1, with a pack */
    const char *year;    /* of four digits; the last one that it tells of */
    char year_text[5];   /* for it, where an option's value holds it */
    bool mail;           /* as a mail too */
    const struct language *language;
    const char *map;      /* a chapter's own, a file; where there is none, the pack's */
    const char *chapters; /* a folder of Markdown (manuscript.h); NULL: none */
    const char *scratch;  /* a folder for what is written in passing */
    const char *embargo;  /* until which day, 2026-11-22; NULL: none */
    const char *contact;  /* whom journalists ask; NULL: not said */
    const char *until;    /* the last day for an operator's answer; NULL: 15 days after receipt */
};

struct report {
    const struct report_order *order;
    struct pg *pg; /* one snapshot for the whole report */
    const char *country, *year, *in;
    const json_t *pack;
    const char *cctld; /* without a dot; NULL: the pack has none */
    struct words words;
    struct evidence evidence;
    struct map *map;                     /* of its departments; NULL: the pack has none */
    struct edition edition, before;      /* what authors gave for it, and for that of the year before */
    const struct manuscript *manuscript; /* what others write into it; NULL: nothing, or it is not read yet */
};

/* Who takes the files. keep gives one a place; name: "report.html", or "figures/PER1-days.svg". */
struct outlet {
    int (*keep)(void *of, const char *name, const struct buf *bytes, struct fault *f);
    void *of;
};

/* Writes all files of the document that is asked for. -ENOENT: the country has no pack. */
int report_write(struct pg *pg, const struct report_order *order, const struct outlet *to, struct fault *f) CHECKED;

/* ---- what sections are made with ---- */

/* A figure's number with the line it stands on; false where the row is -1, which writes nothing. */
bool report_number(const struct report *r, ssize_t row, struct buf *out);
/* The same of another of its columns: an interval's end, a change. */
bool report_number_of(const struct report *r, ssize_t row, enum figure_column column, struct buf *out);
/* A department's name, as the pack has it; its code where it has none. */
const char *report_department(const struct report *r, const char *iso);
/* Puts rows, from that one on, into the alphabet's order of a member: Moov before MTN, whatever the letters' size. Rows
 * without it are a program error. */
void report_sort(json_t *rows, const char *member, size_t from);
/* An indicator's name as it reads in the country; the caller frees. */
char *report_name(const struct report *r, const struct indicator *i) CHECKED;
/* Its unit as it stands behind a number, and of "0-4" in words; the caller frees. */
char *report_unit(const struct report *r, const struct indicator *i) CHECKED;
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
