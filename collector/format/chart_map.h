/* The sheet that a map is drawn on: where its parts are, and its labels. */
#pragma once

#include "collector/format/chart_view.h"

#define CHART_SMALL 10 /* height of the letters of class "small" */
#define SHEET_GAP   18 /* between the country and what stands right of it */
#define SHEET_ROW   17 /* of labels below the small ones */

enum label_place {
    LABEL_NAMED, /* in the department, under its name */
    LABEL_ALONE, /* there, without it */
    LABEL_BELOW, /* with it, below the small ones: no room in the department */
};

struct label {
    enum label_place place;
    struct spot spot;
};

struct sheet {
    const struct chart *c;
    const struct map *map;
    const struct chart_area *areas;
    size_t count;
    struct chart_scale scale;
    struct view whole, close;  /* close.per_x: 0 where nothing is small */
    bool small[MAP_AREAS_MAX]; /* of the map's areas: drawn in `close` too, and labelled there */
    struct label labels[MAP_AREAS_MAX];
    double key_left; /* of what the colours say */
    int rows;        /* of labels below the small ones */
    struct buf *out;
};

const struct chart_area *chart_area_find(const struct sheet *s, const char *iso); /* NULL when nobody told of it */
bool chart_area_known(const struct chart_area *a);                                /* has it a value? */
/* What stands for the value: the value, what is said instead, or a dash. */
const char *chart_area_text(const struct sheet *s, const struct chart_area *a, char number[static NUMBER_TEXT_SIZE]);

/* Says of each label where it is; false when the rows below are too few for those that belong there. */
bool chart_map_place(struct sheet *s);
void chart_map_labels(struct sheet *s);
