#include <math.h>
#include <stdio.h>

#include "collector/format/chart_draw.h"

#define ROW        64
#define NAME_Y     12 /* of a row, as the following */
#define NAME_STEP  14 /* to a second line of the name: of every row, where one has it */
#define BAR_Y      22
#define BAR        10
#define NAME_LINES 2
#define TEXT_Y     48
#define SIGN       16 /* width of the sign before what it says */
#define MARK_OVER  5  /* by which the mark of the goal is longer than the bar, at either end */

/* How each is told apart without its colour: a disc with a tick, an arrow onwards,
 * an empty diamond with a dash, a dotted ring; and how its bar is filled. */
static const struct {
    const char *outline, *outline_class, *inside, *bar, *words;
} standings[] = {
    [CHART_REACHED] = {"M0 -5.5a5.5 5.5 0 1 0 .1 0Z", "sign", "M-2.8 .2l2 2.2l3.6 -4.4", "bar-reached", "goal_reached"},
    [CHART_ON_THE_WAY] = {"M-4.5 -5l9 5l-9 5Z", "sign", "", "bar-way", "goal_on_the_way"},
    [CHART_LATE] = {"M0 -6l6 6l-6 6l-6 -6Z", "sign-late", "M-2.5 0h5", "bar-late", "goal_late"},
    [CHART_UNTOLD] = {"M0 -5.5a5.5 5.5 0 1 0 .1 0Z", "sign-untold", "", "bar-untold", "goal_untold"},
};

static const char *const compared[] = {
    [CHART_AT_LEAST] = "goal_at_least", [CHART_AT_MOST] = "goal_at_most", [CHART_PARITY] = "goal_parity"};

/* "57,3 %", "1 640": the unit stands behind the number. The caller frees. */
static char *with_unit(const struct chart *c, const struct chart_goal *g, double value)
{
    char number[NUMBER_TEXT_SIZE];
    lang_number(c->words->lang, value, g->decimals, number);
    return alloc_format("%s%s%s", number, *g->unit ? "\u00A0" : "", g->unit);
}

static const char *says(const struct chart *c, const struct chart_goal *g)
{
    return g->says ? g->says : phrase(c->words, standings[g->standing].words);
}

/* The standings stand in a column, as wide as the longest. */
static double standing_left(const struct chart *c, const struct chart_goal *goals, size_t count)
{
    double widest = 0;
    for (size_t i = 0; i < count; i++)
        widest = fmax(widest, chart_text_width(says(c, &goals[i]), CHART_FONT, true));
    return chart_width(c) - widest;
}

static double name_room(double left)
{
    return left - SIGN - 8;
}

/* How much further down in its row all stands because a name has two lines. */
static double names_more(double left, const struct chart_goal *goals, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (chart_text_width(goals[i].label, CHART_FONT, false) > name_room(left))
            return NAME_STEP;
    return 0;
}

/* Its last line is that of the standing. */
static void write_name(const struct chart_goal *g, double left, double y, struct buf *out)
{
    char *lines[NAME_LINES];
    size_t count = chart_wrap(g->label, CHART_FONT, false, name_room(left), NAME_LINES, lines);
    for (size_t i = 0; i < count; i++) {
        chart_text(0, y - (double)(count - 1 - i) * NAME_STEP, "start", "label", lines[i], out);
        free(lines[i]);
    }
}

static void write_standing(const struct chart *c, const struct chart_goal *g, double left, double top, struct buf *out)
{
    double y = top + NAME_Y;
    write_name(g, left, y, out);
    chart_text(left, y, "start", "value", says(c, g), out);
    buf_addf(out, "<path class=\"%s\" transform=\"translate(%.1f %.1f)\" d=\"%s\"/>",
             standings[g->standing].outline_class, left - SIGN / 2.0 - 2, y - 4, standings[g->standing].outline);
    if (*standings[g->standing].inside)
        buf_addf(out, "<path class=\"%s\" transform=\"translate(%.1f %.1f)\" d=\"%s\"/>",
                 g->standing == CHART_REACHED ? "tick" : "dash", left - SIGN / 2.0 - 2, y - 4,
                 standings[g->standing].inside);
}

/* From 0 to the greater of both, so that the goal of "at most" lies inside. */
static void draw_bar(const struct chart *c, const struct chart_goal *g, double top, struct buf *out)
{
    double width = chart_width(c) - 2, y = top + BAR_Y;
    double max = fmax(fmax(isnan(g->value) ? 0 : g->value, g->wanted), 1e-9);
    double mark = g->wanted / max * width + 1;
    if (isnan(g->value))
        buf_addf(out, "<rect class=\"track\" fill=\"url(#%s-none)\" x=\"1\" y=\"%.1f\" width=\"%.1f\" height=\"%d\"/>",
                 c->id, y, width, BAR);
    else {
        buf_addf(out, "<rect class=\"track\" fill=\"#fff\" x=\"1\" y=\"%.1f\" width=\"%.1f\" height=\"%d\"/>", y, width,
                 BAR);
        buf_addf(out, "<rect class=\"%s\" x=\"1\" y=\"%.1f\" width=\"%.1f\" height=\"%d\"/>",
                 standings[g->standing].bar, y, fmax(g->value / max * width, 0), BAR);
    }
    buf_addf(out, "<path class=\"goal\" d=\"M%.1f %.1fv%d\"/>", mark, y - MARK_OVER, BAR + 2 * MARK_OVER);
}

static void write_values(const struct chart *c, const struct chart_goal *g, double top, struct buf *out)
{
    char year[12];
    snprintf(year, sizeof year, "%d", g->by_year);
    _cleanup_text_ char *number = isnan(g->value) ? NULL : with_unit(c, g, g->value);
    _cleanup_text_ char *wanted = with_unit(c, g, g->wanted);
    _cleanup_text_ char *value = !number     ? alloc_text(phrase(c->words, "no_data"))
                                 : g->period ? alloc_format("%s (%s)", number, g->period)
                                             : alloc_text(number);
    _cleanup_text_ char *goal = phrase_fill(phrase(c->words, compared[g->compared]),
                                            json_pack("{s:s, s:s}", "year", year, "wanted", wanted));
    double room = chart_width(c) - chart_text_width(value, CHART_FONT, true) - 12;
    _cleanup_text_ char *fits = chart_fit(goal, CHART_FONT, false, room);
    chart_text(0, top + TEXT_Y, "start", number ? "value" : NULL, value, out);
    chart_text(chart_width(c), top + TEXT_Y, "end", NULL, fits, out);
}

void chart_goals(const struct chart *c, const struct chart_goal *goals, size_t count, struct buf *out)
{
    if (count == 0)
        return;
    const double left = standing_left(c, goals, count);
    double more = names_more(left, goals, count), row = chart_row(c, count, ROW + more, 0);
    chart_open(c, (int)ceil((double)count * row), out);
    chart_hatch(c, out);
    for (size_t i = 0; i < count; i++) {
        write_standing(c, &goals[i], left, (double)i * row + more, out);
        draw_bar(c, &goals[i], (double)i * row + more, out);
        write_values(c, &goals[i], (double)i * row + more, out);
    }
    chart_close(c, out);
}
