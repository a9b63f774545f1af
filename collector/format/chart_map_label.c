#include "collector/format/chart_map.h"

#include <math.h>
#include <string.h>

#define PAD       4    /* around a text */
#define GAP       10   /* between two that stand side by side */
#define FITS      1.15 /* a text's room: some more than the ellipse in it */
#define JUST_FITS 0.85 /* of a large one, whose edges its letters may touch */
#define DARK_FROM 4    /* the class from which on letters are white */

const struct chart_area *chart_area_find(const struct sheet *s, const char *iso)
{
    for (size_t i = 0; i < s->count; i++)
        if (!strcmp(s->areas[i].iso, iso))
            return &s->areas[i];
    return NULL;
}

bool chart_area_known(const struct chart_area *a)
{
    return a && !a->instead && !isnan(a->value);
}

const char *chart_area_text(const struct sheet *s, const struct chart_area *a, char number[static NUMBER_TEXT_SIZE])
{
    if (chart_area_known(a))
        return lang_number(s->c->words->lang, a->value, s->c->decimals, number);
    return a && a->instead ? a->instead : phrase(s->c->words, "none");
}

/* The text of the label below. The caller frees. */
static char *whole_text(const struct sheet *s, size_t area)
{
    char number[NUMBER_TEXT_SIZE];
    const char *iso = s->map->areas[area].iso;
    const struct chart_area *a = chart_area_find(s, iso);
    return alloc_format("%s %s", a ? a->name : iso, chart_area_text(s, a, number));
}

static double whole_width(const struct sheet *s, size_t area)
{
    _cleanup_text_ char *text = whole_text(s, area);
    return chart_text_width(text, CHART_FONT, true) + GAP;
}

/* ---- where they are ---- */

static struct label place_in(const struct sheet *s, size_t area)
{
    char number[NUMBER_TEXT_SIZE];
    const struct view *v = s->small[area] ? &s->close : &s->whole;
    const struct map_area *shape = &s->map->areas[area];
    const struct chart_area *a = chart_area_find(s, shape->iso);
    double value = chart_text_width(chart_area_text(s, a, number), CHART_FONT, true) + PAD;
    double name = chart_text_width(a ? a->name : shape->iso, CHART_SMALL, false) + PAD;
    struct spot spot = view_spot(v, shape, fmax(value, name), CHART_FONT + CHART_SMALL + 2);
    if (spot.room >= (s->small[area] ? FITS : JUST_FITS))
        return (struct label){LABEL_NAMED, spot};
    spot = view_spot(v, shape, value, CHART_FONT);
    if (!s->small[area]) /* of which nothing else says whose it is */
        return (struct label){LABEL_ALONE, spot};
    return (struct label){LABEL_BELOW, view_spot(v, shape, 1, 1)};
}

/* Those below, from west to east. Returns how many. */
static size_t below(const struct sheet *s, size_t *ret_areas)
{
    size_t count = 0;
    for (size_t i = 0; i < s->map->count; i++) {
        if (s->labels[i].place != LABEL_BELOW)
            continue;
        size_t at = count++;
        for (; at > 0 && s->labels[ret_areas[at - 1]].spot.x > s->labels[i].spot.x; at--)
            ret_areas[at] = ret_areas[at - 1];
        ret_areas[at] = i;
    }
    return count;
}

static double left_of(const struct sheet *s)
{
    return s->whole.width + SHEET_GAP + 2;
}

bool chart_map_place(struct sheet *s)
{
    size_t areas[MAP_AREAS_MAX];
    for (size_t i = 0; i < s->map->count; i++)
        s->labels[i] = place_in(s, i);
    size_t count = below(s, areas);
    for (size_t row = 0; row < (size_t)s->rows && row < count; row++) {
        double room = chart_width(s->c) - 2 - left_of(s);
        for (size_t i = row; i < count; i += (size_t)s->rows)
            room -= whole_width(s, areas[i]);
        if (room < 0 && row + (size_t)s->rows < count) /* one alone in its row has no more room in another */
            return false;
    }
    return true;
}

/* ---- writing ---- */

/* On hatching the letters have a white edge. Where there is room for one word alone, a department that has no value is
 * told by its name: that it has none the hatching says. */
static void write_inside(const struct sheet *s, size_t area)
{
    char number[NUMBER_TEXT_SIZE];
    const struct label *l = &s->labels[area];
    const struct chart_area *a = chart_area_find(s, s->map->areas[area].iso);
    const char *name = a ? a->name : s->map->areas[area].iso, *value = chart_area_text(s, a, number);
    bool named = l->place == LABEL_NAMED, known = chart_area_known(a);
    bool light = known && chart_scale_class(&s->scale, a->value) >= DARK_FROM;
    double high = named ? CHART_FONT + CHART_SMALL + 2 : CHART_FONT, x = l->spot.x, y = l->spot.y;
    for (int pass = known; pass < 2; pass++) {
        const char *name_class = pass == 0 ? "small halo" : light ? "small light" : "small label";
        const char *value_class = pass == 0 ? "value halo" : light ? "value light" : "value";
        if (named)
            chart_text(x, y - high / 2 + CHART_SMALL - 1, "middle", name_class, name, s->out);
        chart_text(x, y + high / 2 - 1.5, "middle", value_class, named || known ? value : name, s->out);
    }
}

/* Each of a row has a line to where it belongs. */
static void write_row(const struct sheet *s, const size_t *areas, size_t count, double y)
{
    double middles[MAP_AREAS_MAX], widths[MAP_AREAS_MAX];
    for (size_t i = 0; i < count; i++) {
        middles[i] = s->labels[areas[i]].spot.x;
        widths[i] = whole_width(s, areas[i]);
    }
    chart_part(middles, widths, count, left_of(s), chart_width(s->c) - 2);
    for (size_t i = 0; i < count; i++) {
        const struct spot *spot = &s->labels[areas[i]].spot;
        _cleanup_text_ char *text = whole_text(s, areas[i]);
        buf_addf(s->out, "<path class=\"lead\" d=\"M%.1f %.1fL%.1f %.1f\"/>", spot->x, spot->y, middles[i],
                 y - CHART_FONT);
        buf_addf(s->out, "<circle class=\"end\" cx=\"%.1f\" cy=\"%.1f\" r=\"2\"/>", spot->x, spot->y);
        chart_text(middles[i], y, "middle", "value", text, s->out);
    }
}

void chart_map_labels(struct sheet *s)
{
    size_t areas[MAP_AREAS_MAX], row_areas[MAP_AREAS_MAX], count = below(s, areas);
    for (size_t i = 0; i < s->map->count; i++)
        if (s->labels[i].place != LABEL_BELOW)
            write_inside(s, i);
    for (size_t row = 0; row < (size_t)s->rows; row++) {
        size_t n = 0;
        for (size_t i = row; i < count; i += (size_t)s->rows)
            row_areas[n++] = areas[i];
        write_row(s, row_areas, n, s->close.top + s->close.height + (double)(row + 1) * SHEET_ROW);
    }
}
