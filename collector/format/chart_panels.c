#include <math.h>

#include "collector/format/chart_draw.h"
#include "collector/format/date.h"

#define PANEL_WIDTH 100 /* at least */
#define PRINT_WIDTH 130
#define PANEL_GAP   14
#define ROW         90
#define SQUARE_ROW  78
#define NAME        20 /* above a panel, for a name of one line */
#define SECOND      12 /* and for a second one */
#define NAME_SIZE   10 /* of letters in two lines: class "small" */
#define NAME_UP     8  /* of the last line, from the panel */
#define LOWER       6  /* below a panel */
#define FOOT        20 /* for the days */
#define HEAD        16 /* for the unit */
#define TICKS       4

struct panels {
    const struct chart *c;
    int32_t first, last;
    double max;  /* of all: they are compared by eye */
    double left; /* room for the numbers of the first column */
    size_t columns;
    double width, row, names; /* of one panel; height of the names above it */
    struct buf *out;
};

/* Where one is, and how high its lines are. */
struct place {
    double left, top, bottom;
};

static bool find_spans(struct panels *p, const struct chart_panel *panels, size_t count)
{
    bool any = false;
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < panels[i].count; j++) {
            const struct chart_point *point = &panels[i].points[j];
            p->first = any && p->first < point->day ? p->first : point->day;
            p->last = any && p->last > point->day ? p->last : point->day;
            p->max = fmax(p->max, point->value);
            any = true;
        }
    p->max = p->max > 0 ? ceil(p->max / chart_step(p->max, TICKS) - 1e-9) * chart_step(p->max, TICKS) : 1;
    return any;
}

/* The value beside the name: the width that it leaves. */
static double beside(const struct panels *p, const struct chart_panel *panel, char number[static NUMBER_TEXT_SIZE])
{
    *number = '\0';
    if (panel->count > 0 && !panel->instead)
        lang_number(p->c->words->lang, panel->points[panel->count - 1].value, p->c->decimals, number);
    return p->width - chart_text_width(number, CHART_FONT, true) - 6;
}

static bool is_long(const struct panels *p, const struct chart_panel *panel)
{
    char number[NUMBER_TEXT_SIZE];
    return chart_text_width(panel->name, CHART_FONT, false) > beside(p, panel, number);
}

static void lay_out(struct panels *p, const struct chart_panel *panels, size_t count)
{
    char text[NUMBER_TEXT_SIZE];
    int decimals = chart_step_decimals(chart_step(p->max, TICKS));
    p->left = chart_text_width(lang_number(p->c->words->lang, p->max, decimals, text), CHART_FONT, false) + 6;
    double room = chart_width(p->c) - p->left;
    double least = chart_width(p->c) > 500 ? PRINT_WIDTH : PANEL_WIDTH;
    p->columns = (size_t)fmax(floor((room + PANEL_GAP) / (least + PANEL_GAP)), 1);
    p->width = (room - (double)(p->columns - 1) * PANEL_GAP) / (double)p->columns;
    p->names = NAME;
    for (size_t i = 0; i < count; i++)
        if (is_long(p, &panels[i]))
            p->names = NAME + SECOND;
    double row = p->c->form == CHART_SQUARE ? SQUARE_ROW : ROW;
    p->row = chart_row(p->c, (count + p->columns - 1) / p->columns, row, HEAD + FOOT);
}

static struct place place_of(const struct panels *p, size_t i)
{
    double top = HEAD + (double)(i / p->columns) * p->row;
    return (struct place){p->left + (double)(i % p->columns) * (p->width + PANEL_GAP), top + p->names,
                          top + p->row - LOWER};
}

static double x_of(const struct panels *p, const struct place *at, int32_t day)
{
    return p->last > p->first ? at->left + (double)(day - p->first) / (p->last - p->first) * p->width
                              : at->left + p->width / 2;
}

static double y_of(const struct panels *p, const struct place *at, double value)
{
    return at->bottom - value / p->max * (at->bottom - at->top);
}

/* The scale, with its ends' numbers in the first column alone: it is everybody's. */
static void draw_scale(const struct panels *p, const struct place *at, bool numbers)
{
    char text[NUMBER_TEXT_SIZE];
    double step = chart_step(p->max, TICKS);
    for (int i = 0; i * step <= p->max * (1 + 1e-9); i++) {
        double y = y_of(p, at, i * step);
        buf_addf(p->out, "<path class=\"%s\" d=\"M%.1f %.1fh%.1f\"/>", i ? "grid" : "axis", at->left, y, p->width);
        if (numbers && (i == 0 || (i + 1) * step > p->max * (1 + 1e-9)))
            chart_text(at->left - 6, y + 4, "end", NULL,
                       lang_number(p->c->words->lang, i * step, chart_step_decimals(step), text), p->out);
    }
}

/* Days without a point break the line; a lone one is a dot. */
static void draw_line(const struct panels *p, const struct place *at, const struct chart_panel *panel)
{
    buf_add_text(p->out, "<path class=\"line\" d=\"");
    for (size_t i = 0; i < panel->count; i++) {
        bool on = i > 0 && panel->points[i].day == panel->points[i - 1].day + 1;
        buf_addf(p->out, "%c%.1f %.1f", on ? 'L' : 'M', x_of(p, at, panel->points[i].day),
                 y_of(p, at, panel->points[i].value));
    }
    buf_add_text(p->out, "\"/>");
    for (size_t i = 0; i < panel->count; i++) {
        const struct chart_point *point = &panel->points[i];
        bool alone = (i == 0 || point[-1].day + 1 != point->day) &&
                     (i + 1 == panel->count || point[1].day != point->day + 1);
        if (alone)
            buf_addf(p->out, "<circle class=\"dot\" cx=\"%.1f\" cy=\"%.1f\" r=\"2.5\"/>", x_of(p, at, point->day),
                     y_of(p, at, point->value));
    }
}

static void draw_nothing(const struct panels *p, const struct place *at, const struct chart_panel *panel)
{
    const char *words = panel->instead ? panel->instead : phrase(p->c->words, "no_data");
    double middle = (at->top + at->bottom) / 2, wide = chart_text_width(words, CHART_FONT, false) + 8;
    buf_addf(p->out, "<rect fill=\"url(#%s-none)\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"/>", p->c->id,
             at->left, at->top, p->width, at->bottom - at->top);
    buf_addf(p->out, "<rect class=\"ground\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"18\"/>",
             at->left + (p->width - wide) / 2, middle - 10, wide);
    chart_text(at->left + p->width / 2, middle + 4, "middle", NULL, words, p->out);
}

/* What is too long beside the value stands in two lines of small letters, the first as wide as the panel. */
static void write_name(const struct panels *p, const struct place *at, const struct chart_panel *panel)
{
    char number[NUMBER_TEXT_SIZE], *lines[2] = {NULL};
    double room = beside(p, panel, number), y = at->top - NAME_UP;
    chart_text(at->left + p->width, y, "end", "value", number, p->out);
    if (!is_long(p, panel)) {
        chart_text(at->left, y, "start", "label", panel->name, p->out);
        return;
    }
    size_t count = chart_wrap(panel->name, NAME_SIZE, false, p->width, COUNT(lines), lines);
    for (size_t l = 0; l < count; l++) {
        bool last = l + 1 == count;
        _cleanup_text_ char *line = chart_fit(lines[l], NAME_SIZE, false, last ? room : p->width);
        chart_text(at->left, last ? y : y - SECOND, "start", "small label", line, p->out);
        free(lines[l]);
    }
}

static void draw_panel(const struct panels *p, const struct chart_panel *panel, size_t i)
{
    struct place at = place_of(p, i);
    write_name(p, &at, panel);
    if (panel->count == 0 || panel->instead) {
        draw_nothing(p, &at, panel);
        return;
    }
    draw_scale(p, &at, i % p->columns == 0);
    draw_line(p, &at, panel);
}

/* Below the first column, of all. */
static void write_days(const struct panels *p, double y)
{
    char first[DATE_TEXT_SIZE], last[DATE_TEXT_SIZE];
    date_short(p->c->words, p->first, first);
    date_short(p->c->words, p->last, last);
    _cleanup_text_ char *span = p->last > p->first ? alloc_format("%s – %s", first, last) : alloc_text(first);
    chart_text(p->left, y, "start", NULL, span, p->out);
}

void chart_panels(const struct chart *c, const struct chart_panel *panels, size_t count, struct buf *out)
{
    struct panels p = {.c = c, .out = out};
    if (count == 0)
        return;
    bool any = find_spans(&p, panels, count);
    lay_out(&p, panels, count);
    double height = HEAD + (double)((count + p.columns - 1) / p.columns) * p.row + FOOT;
    chart_open(c, (int)ceil(height), out);
    chart_hatch(c, out);
    chart_text(0, CHART_FONT, "start", "unit", c->unit, out);
    for (size_t i = 0; i < count; i++)
        draw_panel(&p, &panels[i], i);
    if (any)
        write_days(&p, height - 6);
    chart_close(c, out);
}
