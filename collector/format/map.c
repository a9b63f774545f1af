#include "collector/format/map.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "common/file.h"
#include "common/json.h"
#include "common/lang.h"

#define DEPTH_MAX 16 /* coordinates end at the eighth; properties that we do not read may be deeper */

void map_free(struct map *m)
{
    for (size_t a = 0; m && a < m->count; a++) {
        for (size_t r = 0; r < m->areas[a].count; r++)
            free(m->areas[a].rings[r].points);
        free(m->areas[a].rings);
        free(m->areas[a].iso);
    }
    if (m)
        free(m->areas);
    free(m);
}

const struct map_area *map_find(const struct map *m, const char *iso)
{
    for (size_t a = 0; a < m->count; a++)
        if (!strcmp(m->areas[a].iso, iso))
            return &m->areas[a];
    return NULL;
}

/* ---- shapes ---- */

static int read_point(const json_t *pair, struct map_point *ret, struct fault *f)
{
    const json_t *x = json_array_get(pair, 0), *y = json_array_get(pair, 1);
    if (!json_is_number(x) || !json_is_number(y))
        return fault_set(f, -EBADMSG, _("a position is no pair of numbers"));
    *ret = (struct map_point){json_number_value(x), json_number_value(y)};
    if (ret->x < -180 || ret->x > 180 || ret->y < -90 || ret->y > 90)
        return fault_set(f, -EBADMSG,
                         _("%g, %g are no degrees of longitude and latitude: export the map in WGS 84 (EPSG:4326)"),
                         ret->x, ret->y);
    return 0;
}

static int read_ring(struct map *m, struct map_area *area, const json_t *positions, struct fault *f)
{
    size_t count = json_array_size(positions);
    m->points += count;
    if (count < 4)
        return fault_set(f, -EBADMSG, _("a ring has %zu positions: at least 4, the last of which is the first again"),
                         count);
    if (m->points > MAP_POINTS_MAX)
        return fault_set(f, -EBADMSG, _("there are more than %d positions in the map: simplify it"), MAP_POINTS_MAX);
    area->rings = alloc_resize(area->rings, area->count + 1, sizeof *area->rings);
    struct map_ring *ring = &area->rings[area->count++];
    *ring = (struct map_ring){alloc_zero(count, sizeof *ring->points), count};
    for (size_t i = 0; i < count; i++) {
        int rc = read_point(json_array_get(positions, i), &ring->points[i], f);
        if (rc < 0)
            return rc;
    }
    if (ring->points[0].x != ring->points[count - 1].x || ring->points[0].y != ring->points[count - 1].y)
        return fault_set(f, -EBADMSG, _("a ring is not closed: its last position has to be its first again"));
    return 0;
}

static int read_polygon(struct map *m, struct map_area *area, const json_t *rings, struct fault *f)
{
    if (json_array_size(rings) == 0)
        return fault_set(f, -EBADMSG, _("a polygon has no ring"));
    for (size_t i = 0; i < json_array_size(rings); i++) {
        int rc = read_ring(m, area, json_array_get(rings, i), f);
        if (rc < 0)
            return rc;
    }
    return 0;
}

static int read_geometry(struct map *m, struct map_area *area, const json_t *geometry, struct fault *f)
{
    const char *type = json_string_value(json_object_get(geometry, "type"));
    const json_t *coordinates = json_object_get(geometry, "coordinates");
    if (type && !strcmp(type, "Polygon"))
        return read_polygon(m, area, coordinates, f);
    if (!type || strcmp(type, "MultiPolygon") != 0)
        return fault_set(f, -EBADMSG, _("its geometry is \"%s\": only Polygon and MultiPolygon can be filled"),
                         type ? type : "");
    if (json_array_size(coordinates) == 0)
        return fault_set(f, -EBADMSG, _("it has no polygon"));
    for (size_t i = 0; i < json_array_size(coordinates); i++) {
        int rc = read_polygon(m, area, json_array_get(coordinates, i), f);
        if (rc < 0)
            return rc;
    }
    return 0;
}

/* ---- departments ---- */

static int check_iso(const struct map *m, const char *iso, const char *country, struct fault *f)
{
    size_t len = strlen(country);
    if (!iso)
        return fault_set(f, -EBADMSG,
                         _("it has no property \"iso\": give it the code that the country's pack has for the "
                           "department (such as %s-AB)"),
                         country);
    if (strncmp(iso, country, len) != 0 || iso[len] != '-')
        return fault_set(f, -EBADMSG, _("\"%s\" is no code of %s, which begin with %s-"), iso, country, country);
    if (map_find(m, iso))
        return fault_set(f, -EBADMSG, _("%s is there twice: make one MultiPolygon of both"), iso);
    return 0;
}

static int read_feature(struct map *m, const json_t *feature, const char *country, struct fault *f)
{
    const char *iso = json_string_value(json_object_get(json_object_get(feature, "properties"), "iso"));
    int rc = check_iso(m, iso, country, f);
    if (rc < 0)
        return rc;
    m->areas = alloc_resize(m->areas, m->count + 1, sizeof *m->areas);
    struct map_area *area = &m->areas[m->count++];
    *area = (struct map_area){.iso = alloc_text(iso)};
    rc = read_geometry(m, area, json_object_get(feature, "geometry"), f);
    if (rc < 0)
        fault_prefix(f, "%s: ", iso);
    return rc;
}

static int read_features(struct map *m, const json_t *root, const char *country, struct fault *f)
{
    const char *type = json_string_value(json_object_get(root, "type"));
    const json_t *features = json_object_get(root, "features");
    if (!type || strcmp(type, "FeatureCollection") != 0)
        return fault_set(f, -EBADMSG, _("it is \"%s\" and no FeatureCollection: export the map as GeoJSON"),
                         type ? type : "");
    if (json_array_size(features) == 0)
        return fault_set(f, -EBADMSG, _("it has no features: there is nothing to draw"));
    if (json_array_size(features) > MAP_AREAS_MAX)
        return fault_set(f, -EBADMSG, _("it has %zu features, more than %d: departments are wanted, not communes"),
                         json_array_size(features), MAP_AREAS_MAX);
    for (size_t i = 0; i < json_array_size(features); i++) {
        int rc = read_feature(m, json_array_get(features, i), country, f);
        if (rc < 0) {
            fault_prefix(f, _("feature %zu: "), i + 1);
            return rc;
        }
    }
    return 0;
}

int map_read(const char *name, const char *text, size_t len, const char *country, struct map **ret, struct fault *f)
{
    _cleanup_json_ json_t *root = NULL;
    _cleanup_map_ struct map *m = alloc_zero(1, sizeof *m);
    int rc = json_read(text, len, MAP_BYTES_MAX, DEPTH_MAX, &root, f);
    if (rc == 0)
        rc = read_features(m, root, country, f);
    if (rc < 0) {
        fault_prefix(f, "%s: ", name);
        return rc;
    }
    *ret = TAKE(m);
    return 0;
}

int map_load(const char *path, const struct embedded *built_in, const char *country, struct map **ret, struct fault *f)
{
    _cleanup_(buf_free) struct buf own = {0};
    int rc = file_read(path, MAP_BYTES_MAX, &own, f);
    if (rc == 0)
        return map_read(path, own.data ? own.data : "", own.len, country, ret, f);
    if (rc != -ENOENT)
        return rc;
    if (built_in)
        return map_read(built_in->path, built_in->text, built_in->len, country, ret, f);
    *ret = NULL;
    return 0;
}
