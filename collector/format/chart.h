/* Charts as SVG without script or external resource. In a page colours come from
 * its style by class; elsewhere a chart has a style of its own (chart_form). Text
 * is real text; a title and a description say the same to who cannot see it.
 * What a chart is given stays the caller's, all of it UTF-8; the drawing is added
 * to `out`. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "collector/format/phrase.h"
#include "common/buf.h"

enum chart_form {
    CHART_PAGE,   /* in a page, as wide as a phone; that style (web/style.css) knows lines and bars alone */
    CHART_REPORT, /* in a document of A4: WeasyPrint keeps a document's style from the SVG in it */
    CHART_A4,     /* a file by itself, framed: 170 mm wide, as high as it needs */
    CHART_SQUARE, /* such a file of 1080 × 1080 pixels, with the letters of a phone */
};

/* What stands in the picture around a chart that goes its own way: the title
 * above, and below it where it comes from. NULL or "": not said. */
struct chart_frame {
    const char *subtitle; /* what is measured, and its unit */
    const char *mark;     /* before all else below, in bold: that the figures are simulated */
    const char *source, *date;
    const char *base; /* what it rests on: "n = 120 lignes" */
};

struct chart {
    const char *id; /* unique in the page; of letters, digits, '_' and '-' */
    const char *title, *description;
    const struct words *words;
    int decimals;
    const char *unit;
    int32_t break_day; /* the first that is measured in another way: a line is not drawn across; 0: none */
    const char *break_label;
    enum chart_form form;
    int width; /* of a drawing in a document that is to be narrower than the column, in units of 0.25 mm; 0: its form's
                */
    const struct chart_frame *frame; /* of a chart by itself; NULL: the title alone */
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

struct chart_panel {
    const char *name;
    const struct chart_point *points; /* as of a line; their intervals are not drawn */
    size_t count;                     /* 0: no data, which is said in its place */
    const char *instead;              /* as of a bar: in place of the line */
};

/* A small line for each department, all with the same days and the same scale,
 * and the last value of each beside its name. */
void chart_panels(const struct chart *c, const struct chart_panel *panels, size_t count, struct buf *out);

#define CHART_HOURS 24
struct chart_hour {
    double value;     /* NaN: no data */
    double low, high; /* NaN without interval */
};

/* A day's curve, hour 0 first, with the band of its intervals. Bit h of `peak`
 * says that hour h is one of the peak. Nothing is written for no value at all. */
void chart_hours(const struct chart *c, const struct chart_hour hours[static CHART_HOURS], uint32_t peak,
                 struct buf *out);

struct chart_spread {
    const char *label;
    double p10, p25, p50, p75, p90; /* of its lines */
    const char *instead;            /* as of a bar */
    bool reference;                 /* as of a bar */
};

/* How lines lie apart: a box for each operator, with its median's value. */
void chart_spreads(const struct chart *c, const struct chart_spread *spreads, size_t count, struct buf *out);

enum chart_standing {
    CHART_REACHED,
    CHART_ON_THE_WAY, /* at the pace that the goal asks for, or faster */
    CHART_LATE,
    CHART_UNTOLD, /* no value, or none that tells of a pace */
};
enum chart_compared { CHART_AT_LEAST, CHART_AT_MOST, CHART_PARITY };

struct chart_goal {
    const char *label, *unit; /* of the indicator; "" where it has no unit */
    int decimals;
    double value;       /* where we are; NaN: no data */
    const char *period; /* that the value is of, "2024"; NULL: not said */
    double wanted;
    enum chart_compared compared;
    int by_year;
    enum chart_standing standing;
    const char *says; /* how it stands, where the texts say it more precisely; NULL: the standing's own words */
};

/* Where the country is on the way to its goals. Each bar has a scale of its own,
 * from 0 to the greater of value and goal; the chart's unit is not used. */
void chart_goals(const struct chart *c, const struct chart_goal *goals, size_t count, struct buf *out);

struct chart_year {
    int year;
    double value;
};

struct chart_series {
    const char *label;
    const struct chart_year *points; /* by year */
    size_t count;                    /* one without points is left out */
    bool reference;                  /* drawn in bold: the country that is spoken of */
};

/* Lines over years with their names and last values at the right end. Years
 * without a point break a line; nothing is written for no points at all. */
void chart_years(const struct chart *c, const struct chart_series *series, size_t count, struct buf *out);

struct chart_area {
    const char *iso, *name; /* a department; iso as the map has it */
    double value;           /* NaN: no data */
    const char *instead;    /* as of a bar */
};

enum chart_classes {
    CHART_EVEN,      /* as wide as each other: 1, 2 or 5 times a power of ten */
    CHART_QUANTILES, /* with as many departments in each, where values lie far apart */
};

/* Departments in at most five classes, darker the more, hatched where nothing is
 * known; the small ones are drawn again, larger. One that the map has not is named
 * below it; one that `areas` has not is hatched. The map is of at least one. */
struct map;
void chart_map(const struct chart *c, const struct map *map, enum chart_classes classes, const struct chart_area *areas,
               size_t count, struct buf *out);

/* The step of an axis that reaches from 0 to at least max: 1, 2 or 5 times a
 * power of ten, at most `most` of them. max > 0. */
double chart_step(double max, int most);
