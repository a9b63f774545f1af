#include <math.h>
#include <string.h>

#include "collector/format/chart_map.h"

#define HEIGHT       380
#define PRINT_HEIGHT 520
#define KEY_HEIGHT   50 /* of what the classes are */
#define SWATCH       11
#define KEY_GAP      16
#define KEY_TEXT     34 /* from a swatch to what it says */
#define SWATCH_WIDE  28
#define WORDS_HEIGHT 18   /* below the map */
#define SMALL        0.03 /* of the country: drawn again, larger, beside it */
#define MAIN_PART    0.55 /* of the width, at most, where there is such a one */
#define LARGER       1.25 /* at least: else they stay where they are */

/* ---- where things are ---- */

static struct box find_small(struct sheet *s, struct box *ret_close)
{
    struct box all = box_of(&s->map->areas[0]), close = {180, 90, -180, -90};
    double sum = 0;
    for (size_t i = 0; i < s->map->count; i++) {
        all = box_around(all, box_of(&s->map->areas[i]));
        sum += view_surface(&s->map->areas[i]);
    }
    for (size_t i = 0; i < s->map->count; i++) {
        s->small[i] = view_surface(&s->map->areas[i]) < SMALL * sum;
        if (s->small[i])
            close = box_around(close, box_of(&s->map->areas[i]));
    }
    *ret_close = close;
    return all;
}

static const char *edge_text(const struct sheet *s, size_t edge, char text[static NUMBER_TEXT_SIZE])
{
    return lang_number(s->c->words->lang, s->scale.edges[edge], s->scale.decimals, text);
}

/* Of the widest number at an edge of the classes. */
static double edge_width(const struct sheet *s)
{
    char text[NUMBER_TEXT_SIZE];
    double wide = 0;
    for (size_t i = 0; i <= s->scale.count; i++)
        wide = fmax(wide, chart_text_width(edge_text(s, i, text), CHART_FONT, false));
    return wide;
}

/* How wide a class is where what the colours say begins at key_left. */
static double class_width(const struct sheet *s)
{
    double wide = edge_width(s), room = chart_width(s->c) - s->key_left - wide;
    return fmin(fmax(wide + 10, SWATCH_WIDE), room / (double)(s->scale.count + !s->scale.count));
}

/* The country; right of it the small ones, larger. */
static void lay_maps(struct sheet *s, struct box all, struct box close, double top, double high)
{
    int width = chart_width(s->c);
    s->whole = view_of(all, 1, top, width * MAIN_PART, high);
    double left = s->whole.width + 2 * SHEET_GAP, room = width - left - SHEET_GAP / 2.0;
    double above = s->key_left > 0 ? KEY_HEIGHT : SHEET_GAP / 2.0;
    s->close = view_of(close, left, top + above, room, high - above - s->rows * SHEET_ROW + 4);
    s->close.left += (room - s->close.width) / 2;
    if (s->close.per_x > s->whole.per_x * LARGER)
        return;
    memset(s->small, 0, sizeof s->small);
    s->close = (struct view){0};
    s->whole = view_of(all, 1, top, width - 2, high);
}

/* A high country has what its colours say beside it where that has room, a wide one above. Returns the drawing's
 * height. */
static double lay_out(struct sheet *s)
{
    struct box close, all = find_small(s, &close);
    int width = chart_width(s->c);
    double height = chart_room(s->c, width > 500 ? PRINT_HEIGHT : HEIGHT);
    struct view alone = view_of(all, 1, 2, width * MAIN_PART, height - WORDS_HEIGHT - 2);
    bool high = alone.height > alone.width * 1.2;
    s->key_left = high ? alone.width + SHEET_GAP : 0;
    if (class_width(s) < edge_width(s)) {
        high = false;
        s->key_left = 0;
    }
    double top = high ? 2 : KEY_HEIGHT;
    if (close.west < close.east)
        lay_maps(s, all, close, top, height - top - WORDS_HEIGHT);
    else
        s->whole = view_of(all, 1, top, high ? alone.width : width - 2, height - top - WORDS_HEIGHT);
    return fmax(s->whole.height, s->close.height ? s->close.top - top + s->close.height + s->rows * SHEET_ROW + 4 : 0) +
           top + WORDS_HEIGHT;
}

/* ---- shapes ---- */

static void draw_shape(struct sheet *s, const struct view *v, const struct map_area *area)
{
    const struct chart_area *a = chart_area_find(s, area->iso);
    if (chart_area_known(a))
        buf_addf(s->out, "<path class=\"edge c%zu\" fill-rule=\"evenodd\" d=\"",
                 chart_scale_class(&s->scale, a->value));
    else
        buf_addf(s->out, "<path class=\"edge\" fill-rule=\"evenodd\" fill=\"url(#%s-none)\" d=\"", s->c->id);
    view_path(v, area, s->out);
    buf_add_text(s->out, "\"/>");
}

static void frame_close(struct sheet *s, double pad)
{
    const struct view *v = &s->close, *w = &s->whole;
    double south = v->north - v->height / v->per_y, east = v->west + v->width / v->per_x;
    buf_addf(s->out, "<rect class=\"look\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"/>",
             view_x(w, v->west) - 1, view_y(w, v->north) - 1, (east - v->west) * w->per_x + 2,
             (v->north - south) * w->per_y + 2);
    buf_addf(s->out, "<rect class=\"look\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"/>",
             s->whole.width + SHEET_GAP, v->top - pad, chart_width(s->c) - s->whole.width - SHEET_GAP - 1.0,
             v->height + pad + s->rows * SHEET_ROW + 6);
}

/* ---- what the colours say ---- */

/* unit_room: that its name has beside the key of what is not known. */
static void write_classes(struct sheet *s, double unit_room)
{
    char text[NUMBER_TEXT_SIZE];
    double wide = edge_width(s), step = class_width(s), left = s->key_left + wide / 2, y = CHART_FONT + 6;
    size_t every = step < wide + 2 ? 2 : 1; /* numbers that have no room beside each other */
    const bool fits = chart_text_width(s->c->unit, CHART_FONT, false) <= unit_room;
    _cleanup_text_ char *unit = chart_fit(s->c->unit, fits ? CHART_FONT : CHART_SMALL, false, unit_room);
    chart_text(s->key_left, CHART_FONT, "start", fits ? "unit" : "small", unit, s->out);
    for (size_t i = 1; i <= s->scale.count; i++)
        buf_addf(s->out, "<rect class=\"edge c%zu\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%d\"/>", i,
                 left + (double)(i - 1) * step, y, step, SWATCH);
    for (size_t i = 0; i <= s->scale.count; i += every)
        chart_text(left + (double)i * step, y + SWATCH + CHART_FONT + 1, "middle", NULL, edge_text(s, i, text), s->out);
}

/* What is not known stands behind the unit, whose name is cut off where both have no room. */
static void write_key(struct sheet *s)
{
    const char *none = phrase(s->c->words, "no_data");
    bool lacking = false;
    for (size_t i = 0; i < s->map->count; i++)
        lacking = lacking || !chart_area_known(chart_area_find(s, s->map->areas[i].iso));
    const double right = chart_width(s->c) - KEY_TEXT - chart_text_width(none, CHART_FONT, false) - 1,
                 room = lacking ? right - s->key_left - KEY_GAP : chart_width(s->c) - s->key_left,
                 unit = s->scale.count ? fmin(chart_text_width(s->c->unit, CHART_FONT, false), room) + KEY_GAP : 1,
                 x = s->key_left + unit;
    if (s->scale.count > 0)
        write_classes(s, room);
    if (!lacking)
        return;
    buf_addf(s->out, "<rect class=\"edge\" fill=\"url(#%s-none)\" x=\"%.1f\" y=\"1\" width=\"%d\" height=\"%d\"/>",
             s->c->id, x, SWATCH_WIDE, SWATCH + 1);
    chart_text(x + KEY_TEXT, CHART_FONT, "start", NULL, none, s->out);
}

static void draw(struct sheet *s)
{
    chart_hatch(s->c, s->out);
    write_key(s);
    for (size_t i = 0; i < s->map->count; i++)
        draw_shape(s, &s->whole, &s->map->areas[i]);
    if (s->close.per_x > 0)
        frame_close(s, 6);
    for (size_t i = 0; i < s->map->count; i++)
        if (s->small[i])
            draw_shape(s, &s->close, &s->map->areas[i]);
    chart_map_labels(s);
}

/* Below all: what kind of boundaries these are, and whom the map has not. */
static void write_foot(struct sheet *s, double y)
{
    char number[NUMBER_TEXT_SIZE];
    _cleanup_(buf_free) struct buf line = {0};
    buf_add_text(&line, phrase(s->c->words, "map_indicative"));
    for (size_t i = 0; i < s->count; i++)
        if (!map_find(s->map, s->areas[i].iso))
            buf_addf(&line, " · %s %s", s->areas[i].name, chart_area_text(s, &s->areas[i], number));
    _cleanup_text_ char *text = chart_fit(line.data, CHART_SMALL, false, chart_width(s->c));
    chart_text(0, y, "start", "small", text, s->out);
}

void chart_map(const struct chart *c, const struct map *map, enum chart_classes classes, const struct chart_area *areas,
               size_t count, struct buf *out)
{
    struct sheet s = {.c = c, .map = map, .areas = areas, .count = count, .rows = 1, .out = out};
    double *values = alloc_zero(count + 1, sizeof *values);
    for (size_t i = 0; i < count; i++)
        values[i] = chart_area_known(&areas[i]) ? areas[i].value : NAN;
    s.scale = chart_scale_of(classes, values, count, c->decimals);
    free(values);
    int height = (int)ceil(lay_out(&s));
    for (; !chart_map_place(&s); height = (int)ceil(lay_out(&s)))
        s.rows++;
    chart_open(c, height, out);
    draw(&s);
    write_foot(&s, height - 4);
    chart_close(c, out);
}
