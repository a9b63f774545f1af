#include <math.h>
#include <string.h>

#include "collector/format/chart_draw.h"
#include "collector/format/template.h"
#include "common/alloc.h"

#define PAGE_WIDTH   400
#define PRINT_WIDTH  640
#define MARGIN       16 /* around a chart that stands by itself */
#define PRINT_MM     170
#define SQUARE       (PAGE_WIDTH + 2 * MARGIN)
#define SQUARE_PIXEL 1080
#define TITLE_SIZE   17
#define FOOT_SIZE    10
#define LINE_STEP    1.3 /* from line to line, in heights of a letter */
#define LINES_MAX    4
#define ROW_LEAST    0.85 /* of a row, where a square wants it lower or higher */
#define ROW_MOST     1.7

/* Safe for who does not tell colours apart, and in grey: what matters differs in
 * lightness or shape as well. Each selector starts at the chart, since in an HTML
 * page this style is everybody's. */
static const char style[] =
    "<style>"
    /* WeasyPrint 57 does not know the shorthand font. */
    ".chart text{font-family:\"Liberation Sans\",Arial,Helvetica,\"DejaVu "
    "Sans\",sans-serif;font-size:12px;fill:#4a5158}"
    ".chart .label{fill:#1b1f23}"
    ".chart .strong,.chart .value{fill:#1b1f23;font-weight:700}"
    ".chart .title{font-size:17px;font-weight:700;fill:#1b1f23}"
    ".chart .foot{font-size:10px}"
    ".chart .mark{font-size:10px;font-weight:700;fill:#8a4b00}"
    ".chart .ground{fill:#fff}"
    ".chart .axis,.chart .whisker{stroke:#1b1f23;fill:none}"
    ".chart .break{stroke:#8a4b00;stroke-dasharray:4 3;fill:none}"
    ".chart .grid{stroke:#d9dcdf;fill:none}"
    ".chart .line{stroke:#0b6b4f;stroke-width:2;fill:none;stroke-linejoin:round}"
    ".chart .band{fill:#cfe5dc}"
    ".chart .dot{fill:#0b6b4f}"
    ".chart .bar{fill:#4a9a80}" /* the whisker is seen on it */
    ".chart .ref{fill:#8a939b}"
    ".chart .hatch{stroke:#8a939b;fill:none}"
    ".chart .edge{stroke:#5b646c;stroke-width:.7;stroke-linejoin:round}"
    ".chart .c1{fill:#e4f1ec}.chart .c2{fill:#b5d9cb}.chart .c3{fill:#7fbfa6}.chart .c4{fill:#2f7d62}.chart "
    ".c5{fill:#0b4a37}"
    ".chart .look,.chart .lead{stroke:#4a5158;stroke-width:.8;fill:none}"
    ".chart .other{stroke:#7d868e;stroke-width:1.3;fill:none;stroke-linejoin:round}"
    ".chart .mark-own{fill:#0b6b4f}"
    ".chart .mark-other{fill:#fff;stroke:#565e66}"
    ".chart .track{stroke:#8a939b;stroke-width:.7}"
    ".chart .goal{stroke:#1b1f23;stroke-width:2.5;fill:none}"
    ".chart .sign,.chart .bar-reached{fill:#0b4a37}"
    ".chart .bar-way{fill:#7fbfa6}"
    ".chart .sign-late{fill:#fff;stroke:#a04a00;stroke-width:1.5}"
    ".chart .bar-late{fill:#f3cfa3;stroke:#a04a00}"
    ".chart .sign-untold{fill:#fff;stroke:#4a5158;stroke-dasharray:2 2}"
    ".chart .bar-untold{fill:#d9dcdf}"
    ".chart .tick{stroke:#fff;stroke-width:1.8;fill:none}"
    ".chart .dash{stroke:#a04a00;stroke-width:1.8;fill:none}"
    ".chart .peak{fill:#eceef0}"
    ".chart .peak-edge{stroke:#565e66;stroke-dasharray:2 3;fill:none}"
    ".chart .range{stroke:#1b1f23;stroke-width:1.2;fill:none}"
    ".chart .box{fill:#7fbfa6;stroke:#1b1f23}"
    ".chart .box-ref{fill:#c3c9ce;stroke:#1b1f23}"
    ".chart .median{stroke:#1b1f23;stroke-width:3;fill:none}"
    ".chart .end{fill:#1b1f23}"
    ".chart .small{font-size:10px}"
    ".chart .light{fill:#fff}"
    ".chart .halo{fill:#fff;stroke:#fff;stroke-width:3;stroke-linejoin:round}"
    "</style>";

struct lines {
    char *text[LINES_MAX];
    size_t count;
    double size;
    const char *class;
};

/* What is written around a chart, and where it leaves room for it. */
struct edges {
    struct lines title, subtitle, mark, source, rest;
    double top;  /* of the drawing */
    double foot; /* height of what stands below */
};

static bool is_framed(const struct chart *c)
{
    return c->form == CHART_A4 || c->form == CHART_SQUARE;
}

int chart_width(const struct chart *c)
{
    if (c->width)
        return c->width;
    return c->form == CHART_REPORT || c->form == CHART_A4 ? PRINT_WIDTH : PAGE_WIDTH;
}

static struct lines lines_of(const struct chart *c, const char *text, double size, bool bold, const char *class)
{
    struct lines l = {.size = size, .class = class};
    l.count = chart_wrap(text ? text : "", size, bold, chart_width(c), LINES_MAX, l.text);
    return l;
}

static double height_of(const struct lines *l)
{
    return (double)l->count * l->size * LINE_STEP;
}

static void edges_free(struct edges *e)
{
    struct lines *all[] = {&e->title, &e->subtitle, &e->mark, &e->source, &e->rest};
    for (size_t i = 0; i < COUNT(all); i++)
        while (all[i]->count > 0)
            free(all[i]->text[--all[i]->count]);
}
#define _cleanup_edges_ _cleanup_(edges_free)

static struct edges edges_of(const struct chart *c)
{
    static const struct chart_frame none = {0};
    const struct chart_frame *f = c->frame ? c->frame : &none;
    const char *date = f->date ? f->date : "", *base = f->base ? f->base : "";
    _cleanup_text_ char *rest = alloc_format("%s%s%s", date, *date && *base ? " · " : "", base);
    struct edges e = {
        .title = lines_of(c, c->title, TITLE_SIZE, true, "title"),
        .subtitle = lines_of(c, f->subtitle, CHART_FONT, false, "label"),
        .mark = lines_of(c, f->mark, FOOT_SIZE, true, "mark"),
        .source = lines_of(c, f->source, FOOT_SIZE, false, "foot"),
        .rest = lines_of(c, rest, FOOT_SIZE, false, "foot"),
    };
    e.top = MARGIN + height_of(&e.title) + height_of(&e.subtitle) + MARGIN / 2.0;
    e.foot = MARGIN / 2.0 + height_of(&e.mark) + height_of(&e.source) + height_of(&e.rest) + MARGIN;
    return e;
}

int chart_room(const struct chart *c, int height)
{
    if (c->form != CHART_SQUARE)
        return height;
    _cleanup_edges_ struct edges e = edges_of(c);
    return (int)(SQUARE - e.top - e.foot);
}

double chart_row(const struct chart *c, size_t count, double row, double rest)
{
    if (c->form != CHART_SQUARE)
        return row;
    return fmin(fmax((chart_room(c, 0) - rest) / (double)count, row * ROW_LEAST), row * ROW_MOST);
}

/* ---- writing ---- */

static double write_lines(const struct lines *l, double y, struct buf *out)
{
    for (size_t i = 0; i < l->count; i++) {
        y += l->size * LINE_STEP;
        chart_text(MARGIN, y - l->size * (LINE_STEP - 1), "start", l->class, l->text[i], out);
    }
    return y;
}

static void write_names(const struct chart *c, struct buf *out)
{
    buf_addf(out, " role=\"img\" aria-labelledby=\"%s-t %s-d\"><title id=\"%s-t\">", c->id, c->id, c->id);
    template_escape(c->title, strlen(c->title), out);
    buf_addf(out, "</title><desc id=\"%s-d\">", c->id);
    template_escape(c->description, strlen(c->description), out);
    buf_add_text(out, "</desc>");
    if (c->form != CHART_PAGE)
        buf_add_text(out, style);
}

static void open_framed(const struct chart *c, int height, struct buf *out)
{
    _cleanup_edges_ struct edges e = edges_of(c);
    double width = chart_width(c) + 2 * MARGIN, whole = ceil(e.top + height + e.foot), scale = 1;
    buf_addf(out, "<svg class=\"chart\" xmlns=\"http://www.w3.org/2000/svg\" lang=\"%s\"", lang_code(c->words->lang));
    if (c->form == CHART_SQUARE) {
        scale = fmin(1, (SQUARE - e.top - e.foot) / height);
        whole = SQUARE;
        buf_addf(out, " width=\"%d\" height=\"%d\"", SQUARE_PIXEL, SQUARE_PIXEL);
    } else
        buf_addf(out, " width=\"%dmm\" height=\"%.4gmm\"", PRINT_MM, PRINT_MM * whole / width);
    buf_addf(out, " viewBox=\"0 0 %.4g %.4g\"", width, whole);
    write_names(c, out);
    buf_addf(out, "<rect class=\"ground\" width=\"%.4g\" height=\"%.4g\"/>", width, whole);
    write_lines(&e.subtitle, write_lines(&e.title, MARGIN, out), out);
    write_lines(&e.rest, write_lines(&e.source, write_lines(&e.mark, whole - e.foot + MARGIN / 2.0, out), out), out);
    buf_addf(out, "<g transform=\"translate(%d %.4g)", MARGIN, e.top);
    if (scale < 1)
        buf_addf(out, " scale(%.3g)", scale);
    buf_add_text(out, "\">");
}

void chart_open(const struct chart *c, int height, struct buf *out)
{
    if (is_framed(c)) {
        open_framed(c, height, out);
        return;
    }
    buf_addf(out, "<svg class=\"chart\" viewBox=\"0 0 %d %d\"", chart_width(c), height);
    write_names(c, out);
}

void chart_close(const struct chart *c, struct buf *out)
{
    buf_add_text(out, is_framed(c) ? "</g></svg>" : "</svg>");
}
