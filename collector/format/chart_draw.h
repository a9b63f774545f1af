/* What the kinds of chart have in common: the picture's edges, its texts, the
 * steps of its axes. Only they include it; who wants a chart includes chart.h.
 * Lengths are units of the drawing: about a pixel on a phone, where text must be
 * read without zooming, and 0.25 mm on A4. */
#pragma once

#include "collector/format/chart.h"

#define CHART_FONT 12 /* height of its texts */

int chart_width(const struct chart *c);
/* How high a drawing is that can be of any height: `height`, or what a square leaves. */
int chart_room(const struct chart *c, int height);
/* How high is one of its rows: `row`, or a bit less or more to fill a square. */
double chart_row(const struct chart *c, size_t count, double row);

/* The picture with its title and description, and what else its form has; what is
 * drawn until chart_close is `height` high. One that is too high for a square
 * becomes smaller. */
void chart_open(const struct chart *c, int height, struct buf *out);
void chart_close(const struct chart *c, struct buf *out);

/* anchor: "start", "middle" or "end"; class: NULL for none. */
void chart_text(double x, double y, const char *anchor, const char *class, const char *text, struct buf *out);

/* How wide a text is at most, in letters of that height. */
double chart_text_width(const char *text, double size, bool bold);
/* The text, or as much of its beginning as has room, and "…". The caller frees. */
char *chart_fit(const char *text, double size, bool bold, double width) CHECKED;
/* The text in lines that end at blanks, at most `most`, each of which the caller frees. */
size_t chart_wrap(const char *text, double size, bool bold, double width, size_t most, char **ret_lines);

/* Decimals that the step of an axis needs, at most 6. */
int chart_step_decimals(double step);
