/* Charts as inline SVG without script or external resource. Colours come from
 * the page's style by class; text is real text; a title and a description say
 * the same to who cannot see it. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "collector/format/phrase.h"
#include "common/buf.h"

struct chart {
    const char *id; /* unique in the page; of letters, digits, '_' and '-' */
    const char *title, *description;
    const struct words *words;
    int decimals;
    const char *unit;
    int32_t break_day; /* the first that is measured in another way: a line is not drawn across; 0: none */
    const char *break_label;
};

struct chart_point {
    int32_t day; /* since 1970-01-01 */
    double value;
    double low, high; /* NaN when there is no interval */
};

/* A line over days with the band of its intervals. Days without a point break
 * the line. Points sorted by day; nothing is written for none. */
void chart_line(const struct chart *c, const struct chart_point *points, size_t count, struct buf *out);

struct chart_bar {
    const char *label;
    double value, low, high; /* low and high NaN without interval */
    const char *instead;     /* shown in place of a value that is not published; NULL */
    bool reference;          /* drawn apart: the whole country */
};

/* Horizontal bars from zero with whiskers. */
void chart_bars(const struct chart *c, const struct chart_bar *bars, size_t count, struct buf *out);

/* The step of an axis that reaches from 0 to at least max: 1, 2 or 5 times a
 * power of ten, at most `most` of them. max > 0. */
double chart_step(double max, int most);
