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
/* How high is one of its rows: `row`, or a bit less or more to fill a square in
 * which the rest of the drawing is `rest` high. */
double chart_row(const struct chart *c, size_t count, double row, double rest);

/* The picture with its title and description, and what else its form has; what is
 * drawn until chart_close is `height` high. One that is too high for a square
 * becomes smaller. */
void chart_open(const struct chart *c, int height, struct buf *out);
void chart_close(const struct chart *c, struct buf *out);

/* Defines the pattern of what nothing is known of: fill="url(#ID-none)". */
void chart_hatch(const struct chart *c, struct buf *out);

/* anchor: "start", "middle" or "end"; class: NULL for none. */
void chart_text(double x, double y, const char *anchor, const char *class, const char *text, struct buf *out);

/* How wide a text is at most, in letters of that height. */
double chart_text_width(const char *text, double size, bool bold);
/* The text, or as much of its beginning as has room, and "…". The caller frees. */
char *chart_fit(const char *text, double size, bool bold, double width) CHECKED;
/* The text in lines that end at blanks, at most `most`, each of which the caller frees. */
size_t chart_wrap(const char *text, double size, bool bold, double width, size_t most, char **ret_lines);

/* Moves the middles of texts in a row (or a column), sorted, as little as keeps them
 * from each other and from `low` and `high`; where there is no room for all, they
 * begin at low and go past high. */
void chart_part(double *middles, const double *sizes, size_t count, double low, double high);

/* Where values are drawn, from 0 at the bottom to `max` at the top. */
struct chart_plane {
    int left, right, top, bottom;
    double max; /* the end of the axis: a round number from the greatest value on */
};
/* In a picture of this height; left of it is room for the numbers. right_edge and
 * lower_edge: what is left beside and below it. */
struct chart_plane chart_plane_of(const struct chart *c, double greatest, int top, int height, int right_edge,
                                  int lower_edge);
double chart_plane_y(const struct chart_plane *p, double value);
void chart_plane_values(const struct chart *c, const struct chart_plane *p,
                        struct buf *out); /* the axis with its unit */

/* Decimals that the step of an axis needs, at most 6. */
int chart_step_decimals(double step);

#define CHART_CLASSES 5 /* more shades are not told apart, least of all in grey */

/* Classes 1 to `count`: class k from edges[k - 1] up to below edges[k], the last one with its end. */
struct chart_scale {
    double edges[CHART_CLASSES + 1];
    size_t count; /* 0 without a value */
    int decimals; /* of the edges */
};
struct chart_scale chart_scale_of(enum chart_classes classes, const double *values, size_t count, int decimals);
size_t chart_scale_class(const struct chart_scale *s, double value); /* of a value that the scale was made of */
