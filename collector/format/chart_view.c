#include "collector/format/chart_view.h"

#include <math.h>

#define GRID   36 /* places a side that are tried for a text */
#define RADIAN (3.14159265358979 / 180)

struct box box_of(const struct map_area *area)
{
    struct box b = {180, 90, -180, -90};
    for (size_t r = 0; r < area->count; r++)
        for (size_t i = 0; i < area->rings[r].count; i++) {
            struct map_point p = area->rings[r].points[i];
            b = box_around(b, (struct box){p.x, p.y, p.x, p.y});
        }
    return b;
}

struct box box_around(struct box a, struct box b)
{
    return (struct box){fmin(a.west, b.west), fmin(a.south, b.south), fmax(a.east, b.east), fmax(a.north, b.north)};
}

struct view view_of(struct box box, double left, double top, double width, double height)
{
    double narrow = cos((box.south + box.north) / 2 * RADIAN);
    double wide = fmax((box.east - box.west) * narrow, 1e-6), high = fmax(box.north - box.south, 1e-6);
    double scale = fmin(width / wide, height / high);
    return (struct view){box.west, box.north, scale * narrow, scale, left, top, wide * scale, high * scale};
}

double view_x(const struct view *v, double longitude)
{
    return v->left + (longitude - v->west) * v->per_x;
}

double view_y(const struct view *v, double latitude)
{
    return v->top + (v->north - latitude) * v->per_y;
}

double view_surface(const struct map_area *area)
{
    struct box b = box_of(area);
    double sum = 0;
    for (size_t r = 0; r < area->count; r++)
        for (size_t i = 0; i + 1 < area->rings[r].count; i++) {
            struct map_point p = area->rings[r].points[i], q = area->rings[r].points[i + 1];
            sum += p.x * q.y - q.x * p.y;
        }
    return fabs(sum) / 2 * cos((b.south + b.north) / 2 * RADIAN);
}

void view_path(const struct view *v, const struct map_area *area, struct buf *out)
{
    for (size_t r = 0; r < area->count; r++) {
        const struct map_ring *ring = &area->rings[r];
        for (size_t i = 0; i + 1 < ring->count; i++)
            buf_addf(out, "%c%.1f %.1f", i ? 'L' : 'M', view_x(v, ring->points[i].x), view_y(v, ring->points[i].y));
        buf_add_char(out, 'Z');
    }
}

/* ---- where a text lies ---- */

/* From 0, 0 to the line between two points. */
static double distance(double ax, double ay, double bx, double by)
{
    double dx = bx - ax, dy = by - ay, length = dx * dx + dy * dy;
    double t = length > 0 ? fmin(fmax(-(ax * dx + ay * dy) / length, 0), 1) : 0;
    return hypot(ax + t * dx, ay + t * dy);
}

/* How far the outline is in half widths and heights of the text; negative outside. */
static double room_at(const struct view *v, const struct map_area *area, double x, double y, double width,
                      double height)
{
    double nearest = INFINITY;
    bool inside = false;
    for (size_t r = 0; r < area->count; r++)
        for (size_t i = 0; i + 1 < area->rings[r].count; i++) {
            const struct map_point *p = &area->rings[r].points[i];
            double ax = (view_x(v, p[0].x) - x) * 2 / width, ay = (view_y(v, p[0].y) - y) * 2 / height;
            double bx = (view_x(v, p[1].x) - x) * 2 / width, by = (view_y(v, p[1].y) - y) * 2 / height;
            nearest = fmin(nearest, distance(ax, ay, bx, by));
            /* A line from here eastwards crosses the outline an odd number of times. */
            if ((ay > 0) != (by > 0) && ax - ay * (bx - ax) / (by - ay) > 0)
                inside = !inside;
        }
    return inside ? nearest : -nearest;
}

struct spot view_spot(const struct view *v, const struct map_area *area, double width, double height)
{
    struct box b = box_of(area);
    struct spot best = {.room = -INFINITY};
    for (int i = 1; i < GRID; i++)
        for (int j = 1; j < GRID; j++) {
            struct spot s = {view_x(v, b.west + (b.east - b.west) * i / GRID),
                             view_y(v, b.south + (b.north - b.south) * j / GRID), 0};
            s.room = room_at(v, area, s.x, s.y, width, height);
            if (s.room > best.room)
                best = s;
        }
    return best;
}
