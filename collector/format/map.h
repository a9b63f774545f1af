/* The shapes of a country's departments, for charts. They are GeoJSON (RFC 7946):
 * a FeatureCollection of polygons in degrees of WGS 84, each with the property
 * `iso`, the code that the country's pack has for the department (ISO 3166-2).
 * A pack has its map beside it (schema/countries/BJ.geo.json), or none; a chapter
 * can lay its own beside the configuration. */
#pragma once

#include "common/alloc.h"
#include "common/fault.h"
#include "schema/embedded.h"

/* A person makes the file: what is beyond these was not simplified for a picture of a page's width. */
#define MAP_BYTES_MAX  (2 << 20)
#define MAP_AREAS_MAX  64
#define MAP_POINTS_MAX 50000

struct map_point {
    double x, y; /* degrees of longitude and latitude, east and north positive */
};

struct map_ring {
    struct map_point *points; /* closed: the last is the first */
    size_t count;             /* at least 4 */
};

/* Its rings, holes among them, are filled by the rule of even and odd. */
struct map_area {
    char *iso;
    struct map_ring *rings;
    size_t count;
};

struct map {
    struct map_area *areas; /* in the order of the file */
    size_t count, points;
};

/* -EBADMSG when the text is no such map, with where and the cure in f. `name` is
 * the file's, for messages; country "BJ": each iso begins with it. The caller
 * frees *ret (map_free). */
int map_read(const char *name, const char *text, size_t len, const char *country, struct map **ret,
             struct fault *f) CHECKED;

/* The map at `path`, else the built-in one, which may be NULL; *ret is NULL, and 0
 * is returned, where there is neither. A file that is there and cannot be used is
 * a failure. */
int map_load(const char *path, const struct embedded *built_in, const char *country, struct map **ret,
             struct fault *f) CHECKED;

void map_free(struct map *m); /* accepts NULL */

static inline void map_freep(struct map **m)
{
    map_free(*m);
}
#define _cleanup_map_ _cleanup_(map_freep)

const struct map_area *map_find(const struct map *m, const char *iso); /* NULL when it is not there */
