/* A map on the plane of a drawing: equirectangular, degrees of longitude as long
 * as they are in the middle of what is shown. */
#pragma once

#include "collector/format/chart_draw.h"
#include "collector/format/map.h"

struct box {
    double west, south, east, north; /* degrees; or edges in the drawing */
};

struct box box_of(const struct map_area *area); /* of at least one ring */
struct box box_around(struct box a, struct box b);

struct view {
    double west, north, per_x, per_y; /* units of the drawing a degree */
    double left, top;                 /* where west and north are */
    double width, height;             /* of what is shown */
};

/* The box as large as it fits into width × height, at its upper left corner. */
struct view view_of(struct box box, double left, double top, double width, double height);

double view_x(const struct view *v, double longitude);
double view_y(const struct view *v, double latitude);

/* Squared degrees, of longitude as short as they are there. */
double view_surface(const struct map_area *area);

/* The area's outline as the path of an SVG, "M… Z". */
void view_path(const struct view *v, const struct map_area *area, struct buf *out);

/* Where in an area a text of this size lies best. */
struct spot {
    double x, y; /* the text's middle */
    double room; /* from 1 on the ellipse that the text is as wide and high as lies inside */
};
struct spot view_spot(const struct view *v, const struct map_area *area, double width, double height);
