/* Figures by name, so that a text that its authors wrote survives when they are
 * made again: {{PER5.p50.2025}}. Behind the indicator stand, after a dot each and
 * in any order,
 *   p50, mean, share…     a statistic; without one the indicator's main one
 *   2025                  a year; without one the report's where it is measured, else the latest that others published
 *   MTN, Littoral, BJ-LI, fibre, rural, women…
 *                         a part: an operator, a department, a technology, a zone, whom it is about. A name is written
 *                         without dots, in any case and with any blanks, and may end after any of its words
 *   ITU, TG               a source; a neighbour, by its code
 *   low, high             an end of the interval, in the place of the value
 * A figure of several sources, none of them measured, is not chosen among them. */
#pragma once

#include "collector/report/report.h"

#define REFERENCE_PIECES_MAX 8

enum reference_found {
    REFERENCE_FIGURE,
    REFERENCE_NO_DATA, /* it is understood, and not published, or there is none */
    REFERENCE_BROKEN
};

struct reference {
    size_t row; /* of the evidence */
    enum figure_column column;
};

/* Looks figures up; the report must last. The caller frees. */
struct references *references_new(const struct report *r) CHECKED;
void references_free(struct references *l);

/* text: what stands between the brackets; NULL: they are not closed. why: of a broken one what is wrong and what comes
 * nearest, for its author; NULL: nobody asks. *ret is a figure's. */
enum reference_found references_find(struct references *l, const char *text, struct reference *ret, struct buf *why);
