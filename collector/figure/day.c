#include "collector/figure/day.h"

#include <math.h>
#include <stdlib.h>

#include "collector/disclosure/crowd.h"
#include "collector/disclosure/dominance.h"
#include "collector/disclosure/residue.h"
#include "collector/figure/rounding.h"
#include "collector/disclosure/transport.h"
#include "collector/figure/weight.h"
#include "common/clock.h"

struct day {
    struct tally_day *rows;
    size_t count, late_count; /* those that have a point together, and behind them who is in none */
    struct crowd crowd, late;
    bool shown, barred;
};

static int by_day(const void *a, const void *b)
{
    const struct tally_day *x = a, *y = b;
    if (x->day != y->day)
        return x->day < y->day ? -1 : 1;
    if (x->late != y->late)
        return x->late ? 1 : -1;
    return (x->line > y->line) - (x->line < y->line);
}

/* ---- what lines count in figures, and in points ---- */

/* What each row of those counts in the day's point. A mean that cuts lines' values down says what others do instead;
 * cut: which of them; NULL: nobody asks. The caller frees. */
static double *pointed(const struct day *day, const struct stat_what *what, bool *cut)
{
    double *counts = alloc_zero(day->count + 1, sizeof *counts);
    if (day->count == 0)
        return counts;
    _cleanup_tally_ struct tally t = tally_days(day->rows, day->count);
    uint32_t *rows = alloc_zero(t.lines, sizeof *rows);
    double *parts = alloc_zero(t.lines, sizeof *parts);
    if (what->kind == STAT_MEAN)
        tally_cut(&t, parts);
    for (size_t i = 0; i < t.count; i++)
        rows[t.days[i].cluster]++;
    for (size_t i = 0; i < t.count; i++) {
        uint32_t line = t.days[i].cluster;
        double part = what->kind == STAT_MEAN ? parts[line] : 1;
        if (cut)
            cut[i] = part < 1;
        counts[i] = dominance_left(part, 1) == DOMINANCE_FAR ? 0 : part * t.weights[line] / rows[line];
    }
    free(parts);
    free(rows);
    return counts;
}

/* What is left by who takes days off their country's figure, all of a day at once, and by who takes them off the
 * figures of its parts, each in its measure; what lines weigh, and of means what they give.
 *
 * A quantile is no sum: what lines say of the year is not reckoned from what they say of its days, and one taken off
 * the other, as often as may be, is no number of anybody's. Figures and points of it can be compared in who is in the
 * one and not in the other, and those who are hidden have to be a crowd, as they have for sums. A line that weighs
 * otherwise in the one shifts it towards or away from what it says, by no more than to the next line: that tells on
 * which side of a published figure it lies, which half of all do, and not what it says. */
enum { WHOLE, PARTS, SUMS };
struct left {
    struct residue *weights[SUMS], *amounts[SUMS]; /* NULL: of none */
};

static struct left left_new(const struct stat_what *what)
{
    struct left l = {{NULL}, {NULL}};
    for (int s = 0; s < SUMS; s++) {
        l.weights[s] = what->kind != STAT_QUANTILE ? residue_new() : NULL;
        l.amounts[s] = what->kind == STAT_MEAN ? residue_of_amounts() : NULL;
    }
    return l;
}

static void left_free(struct left *l)
{
    for (int s = 0; s < SUMS; s++) {
        residue_free(l->weights[s]);
        residue_free(l->amounts[s]);
    }
}

static enum residue_verdict verdict(const struct left *l)
{
    enum residue_verdict least = RESIDUE_MANY;
    if (!l->weights[WHOLE])
        return RESIDUE_NOTHING;
    for (int s = 0; s < SUMS; s++) {
        enum residue_verdict weights = residue_verdict(l->weights[s]);
        if (weights == RESIDUE_FEW || (l->amounts[s] && residue_verdict(l->amounts[s]) == RESIDUE_FEW))
            return RESIDUE_FEW;
        least = weights < least ? weights : least;
    }
    return least;
}

/* Rows of which so much is taken off the figure; taken NULL: nothing is. r NULL: it is not asked for. */
static void put_rows(struct residue *r, const struct tally_day *rows, size_t count, const double *taken, bool parts,
                     bool remove)
{
    if (!r)
        return;
    struct residue_unit *units = alloc_zero(count, sizeof *units);
    bool amounts = residue_is_of_amounts(r);
    for (size_t i = 0; i < count; i++) {
        double of = amounts ? rows[i].value : 1;
        units[i] = (struct residue_unit){.block = parts ? rows[i].place : 0,
                                         .line = rows[i].line,
                                         .network = rows[i].network,
                                         .days = 1,
                                         .added = of * rows[i].counts,
                                         .taken = taken ? of * taken[i] : 0};
    }
    (remove ? residue_remove : residue_add)(r, units, count);
    free(units);
}

static void weigh_rows(struct left *l, const struct tally_day *rows, size_t count, const double *taken, bool remove)
{
    for (int s = 0; s < SUMS; s++) {
        put_rows(l->weights[s], rows, count, taken, s == PARTS, remove);
        put_rows(l->amounts[s], rows, count, taken, s == PARTS, remove);
    }
}

static int by_line(const void *a, const void *b)
{
    const struct tally_day *x = *(const struct tally_day *const *)a, *y = *(const struct tally_day *const *)b;
    if (x->line != y->line)
        return x->line < y->line ? -1 : 1;
    return (x->place > y->place) - (x->place < y->place);
}

/* Told days of a line, or in parts of it in a place, together; those that the last figure has, or those that it has
 * not. */
static void add_told(struct residue *r, const struct tally_day *const *told, size_t count, bool parts, bool had)
{
    if (!r)
        return;
    struct residue_unit *units = alloc_zero(count, sizeof *units);
    size_t found = 0;
    for (size_t i = 0; i < count; i++) {
        uint32_t block = parts ? told[i]->place : 0;
        if ((told[i]->before > 0) != had)
            continue;
        if (found == 0 || units[found - 1].line != told[i]->line || units[found - 1].block != block)
            units[found++] = (struct residue_unit){.block = block, .line = told[i]->line, .network = told[i]->network};
        double of = residue_is_of_amounts(r) ? told[i]->value : 1;
        units[found - 1].days++;
        units[found - 1].added += of * told[i]->counts;
        units[found - 1].taken += of * told[i]->before;
    }
    residue_add(r, units, found);
    free(units);
}

/* Who takes the last figure off the new one, as many times as it may be, is left with what days that both have come to
 * weigh since, if not all have alike, and with those that the last had not, which stay whole. */
static void weigh_told(struct left *l, const struct day *days, size_t count, int32_t after)
{
    size_t found = 0, rows = 0;
    for (size_t d = 0; d < count; d++)
        rows += days[d].rows->day <= after ? days[d].count + days[d].late_count : 0;
    const struct tally_day **told = alloc_zero(rows, sizeof(struct tally_day *));
    for (size_t d = 0; d < count; d++)
        for (size_t i = 0; days[d].rows->day <= after && i < days[d].count + days[d].late_count; i++)
            told[found++] = &days[d].rows[i];
    if (found > 1)
        qsort(told, found, sizeof(struct tally_day *), by_line);
    for (int had = 0; had < 2; had++)
        for (int s = 0; s < SUMS; s++) {
            add_told(l->weights[s], told, found, s == PARTS, had);
            add_told(l->amounts[s], told, found, s == PARTS, had);
        }
    free(told);
}

/* A day that is hidden stays whole; who came late is in no point. */
static void weigh(struct left *l, const struct day *day, const struct stat_what *what)
{
    double *taken = pointed(day, what, NULL);
    weigh_rows(l, day->rows, day->count, day->shown ? taken : NULL, false);
    weigh_rows(l, day->rows + day->count, day->late_count, NULL, false);
    free(taken);
}

static void turn(struct left *l, struct day *day, const struct stat_what *what, bool shown)
{
    double *taken = pointed(day, what, NULL);
    weigh_rows(l, day->rows, day->count, shown ? NULL : taken, true);
    weigh_rows(l, day->rows, day->count, shown ? taken : NULL, false);
    day->shown = shown;
    free(taken);
}

/* ---- which days are shown ---- */

struct chart {
    struct day *days;
    size_t count;
    const struct stat_what *what;
    struct crowd hidden;
    struct left left;
    struct transport *transport; /* NULL: no sums, or no parts */
    const struct calendar *places;
    bool cover;        /* must there be any, to cover what was told? */
    struct day **last; /* those that were hidden since days were last found to tell, in that order */
    size_t last_count;
    struct crowd before; /* who was hidden by then */
};

static struct day *with_fewest_lines(const struct chart *c)
{
    struct day *least = NULL;
    for (size_t d = 0; d < c->count; d++)
        if (c->days[d].shown && (!least || c->days[d].count <= least->count))
            least = &c->days[d];
    return least;
}

/* The first of those on which lines that are told of give most. */
static struct day *with_most_told(const struct chart *c)
{
    struct day *most = NULL;
    for (size_t d = 0; d < c->count; d++)
        if (c->days[d].shown &&
            (!most || transport_told(c->transport, d) > transport_told(c->transport, (size_t)(most - c->days))))
            most = &c->days[d];
    return most;
}

/* That in the middle of the longest row of days that are shown, the first of these: so that the hidden are of all
 * times. */
static struct day *within_most_shown(const struct chart *c)
{
    size_t longest = 0, end = 0, row = 0;
    for (size_t d = 0; d < c->count; d++) {
        row = c->days[d].shown ? row + 1 : 0;
        if (row > longest) {
            longest = row;
            end = d;
        }
    }
    return longest ? &c->days[end - longest / 2] : NULL;
}

/* Hides one more. False: none is left. */
static bool hide_one(struct chart *c, struct day *day)
{
    if (!day)
        return false;
    turn(&c->left, day, c->what, false);
    crowd_join(&c->hidden, &day->crowd);
    c->last[c->last_count++] = day;
    return true;
}

static bool is_covered(const struct chart *c)
{
    enum residue_verdict stays = verdict(&c->left);
    bool nothing = c->hidden.days == 0 && (!c->cover || stays == RESIDUE_MANY);
    return stays != RESIDUE_FEW && (nothing || crowd_enough(&c->hidden));
}

/* Do they tell of too few beside the figures of places? */
static bool tell_beside(const struct chart *c)
{
    int32_t *shown = alloc_zero(c->count, sizeof *shown);
    size_t found = 0;
    for (size_t d = 0; d < c->count; d++)
        if (c->days[d].shown)
            shown[found++] = c->days[d].rows->day;
    bool tells = c->places && calendar_tells(c->places, shown, found);
    free(shown);
    return tells;
}

/* What lines give in days that the figure has anew: others are no cover where the last figures are out as well. What is
 * in no point is behind the last day: of who came late, or is cut there; who is cut in the figure is told by nothing.
 */
static struct transport *transport_of(const struct chart *c, const struct cellsets *parts, int32_t after)
{
    if (!parts || c->what->kind != STAT_MEAN)
        return NULL;
    struct transport *t = transport_new(parts, c->count + 1);
    for (size_t d = 0; d < c->count; d++) {
        const struct day *day = &c->days[d];
        bool told = day->rows->day <= after;
        bool *cut = alloc_zero(day->count + 1, sizeof *cut);
        double *counts = pointed(day, c->what, cut);
        for (size_t i = 0; i < day->count + day->late_count; i++) {
            const struct tally_day *row = &day->rows[i];
            bool in_point = !told && !row->late && counts[i] > 0;
            double times = in_point ? counts[i] : 1;
            if (row->counts > 0 && (!told || row->before == 0))
                transport_add(t, row->line, in_point ? d : c->count, row->place, fabs(row->value) * times,
                              row->counts / times, !row->cut && !(in_point && cut[i]));
        }
        free(cut);
        free(counts);
    }
    return t;
}

static bool tell_in_amounts(const struct chart *c)
{
    if (!c->transport)
        return false;
    bool *shown = alloc_zero(c->count + 1, sizeof *shown);
    for (size_t d = 0; d < c->count; d++)
        shown[d] = c->days[d].shown;
    bool tells = transport_tells(c->transport, shown);
    free(shown);
    return tells;
}

/* ---- how many are hidden ---- */

/* Of those that were hidden last, the first so many alone are. */
static void hide_first(struct chart *c, size_t count)
{
    c->hidden = c->before;
    for (size_t d = 0; d < c->last_count; d++) {
        if (c->last[d]->shown != (d >= count))
            turn(&c->left, c->last[d], c->what, d >= count);
        if (d < count)
            crowd_join(&c->hidden, &c->last[d]->crowd);
    }
}

/* Twice as many were hidden as before, which may be more than it takes: days are shown again, the last first, for as
 * long as halves of them turn out not to be needed. Without any of them days told, with all of them they do not. */
static void show_again(struct chart *c)
{
    size_t few = 0, enough = c->last_count;
    while (few + 1 < enough) {
        size_t middle = few + (enough - few) / 2;
        hide_first(c, middle);
        if (is_covered(c) && !tell_beside(c) && !tell_in_amounts(c))
            enough = middle;
        else
            few = middle;
    }
    hide_first(c, enough);
}

/* A day is shown where it has lines enough. What its cell's figure counts anew and no day shows can be reckoned from
 * the two, and has to be enough as well; so has what days do not take off of it as they count its lines otherwise
 * (residue.h): days with the fewest lines are hidden until it is, or until nothing is left. So are told days that
 * have come to weigh something else. A day that series tell of otherwise has no point, and who came late to them is
 * in none. Where days of before are gone, say something else or weigh something else, there must be some, to cover
 * them. As long as those that are shown tell of too few beside places, more are hidden: twice as many each time, as
 * that takes its time to find out, and of the last so many no more than it takes; where they tell of a line by what it
 * gives, in turn those on which that is most, and some of all times, which others can make up on. */
static void decide(struct day *days, size_t count, const struct past_days *past, const struct calendar *places,
                   const struct cellsets *parts, const struct stat_what *what)
{
    struct chart c = {days, count, what, past->late, left_new(what), .places = places};
    c.last = alloc_zero(count + 1, sizeof(struct day *));
    c.transport = transport_of(&c, parts, past->after);
    c.cover = past->cover || (past->weighed && what->kind != STAT_QUANTILE);
    weigh_told(&c.left, days, count, past->after);
    for (size_t d = 0; d < count; d++) {
        const struct crowd *crowd = &days[d].crowd;
        if (days[d].rows->day <= past->after)
            continue;
        days[d].shown = days[d].rows->day < past->until && !days[d].barred && crowd_is_many(crowd);
        crowd_join(&c.hidden, &days[d].late);
        if (!days[d].shown)
            crowd_join(&c.hidden, crowd);
        weigh(&c.left, &days[d], what);
    }
    bool left = true, told = false;
    for (size_t more = 1; left; more *= 2) {
        while (left && !is_covered(&c))
            left = hide_one(&c, with_fewest_lines(&c));
        bool beside = left && tell_beside(&c);
        if (!left || (!beside && !tell_in_amounts(&c)))
            break;
        told = true;
        c.last_count = 0;
        c.before = c.hidden;
        for (size_t d = 0; d < more; d++)
            left = hide_one(&c, beside      ? with_fewest_lines(&c)
                                : d % 2 > 0 ? within_most_shown(&c)
                                            : with_most_told(&c));
    }
    if (left && told)
        show_again(&c);
    free(c.last);
    transport_free(c.transport);
    left_free(&c.left);
}

static json_t *figure_of(const struct day *day, const struct stat_what *what)
{
    _cleanup_tally_ struct tally t = tally_days(day->rows, day->count);
    if (what->kind == STAT_MEAN)
        tally_cut(&t, NULL);
    char date[TIME_TEXT_SIZE];
    time_format((int64_t)day->rows->day * 86400 * 1000000, date);
    date[10] = '\0';
    json_t *figure = json_pack("{s:s, s:f, s:I, s:I}", "day", date, "value",
                               rounding_nearest(tally_value(&t, what), what->decimals), "n_probes", (json_int_t)t.lines,
                               "n_networks", (json_int_t)t.networks);
    if (what->kind != STAT_QUANTILE)
        return figure;
    struct interval i = tally_told(&t, what, 0);
    if (i.kind)
        json_object_update_new(figure, json_pack("{s:f, s:f}", "low", i.low, "high", i.high));
    return figure;
}

/* The caller frees. */
static struct day *split(struct tally_day *rows, size_t count, size_t *ret_count)
{
    struct day *days = alloc_zero(count + 1, sizeof *days);
    size_t found = 0;
    qsort(rows, count, sizeof *rows, by_day);
    for (size_t i = 0; i < count; i++) {
        if (i == 0 || rows[i].day != rows[i - 1].day)
            days[found++].rows = &rows[i];
        struct day *day = &days[found - 1];
        day->count += !rows[i].late;
        day->late_count += rows[i].late;
        day->barred |= rows[i].barred;
        rows[i].due = 1;
        rows[i].weight = 0;
        crowd_add(rows[i].late ? &day->late : &day->crowd, rows[i].line, rows[i].network, 1);
    }
    *ret_count = found;
    return days;
}

struct transport *day_beside(struct tally_day *rows, size_t count, const struct stat_what *what,
                             const struct cellsets *parts, const struct transport *out, bool *ret_tells)
{
    struct chart c = {.days = split(rows, count, &c.count), .what = what};
    c.transport = transport_of(&c, parts, INT32_MIN);
    for (size_t d = 0; d < c.count; d++)
        c.days[d].shown = crowd_is_many(&c.days[d].crowd);
    if (out)
        transport_pass_over(c.transport, out);
    *ret_tells = tell_in_amounts(&c);
    free(c.days);
    return c.transport;
}

json_t *day_figures(struct tally_day *rows, size_t count, const struct stat_what *what, const struct past_days *past,
                    const struct calendar *places, const struct cellsets *parts)
{
    json_t *figures = json_array();
    size_t found;
    struct day *days = split(rows, count, &found);
    if (past)
        decide(days, found, past, places, parts, what);
    for (size_t d = 0; d < found; d++)
        if (!past || days[d].shown)
            json_array_append_new(figures, figure_of(&days[d], what));
    free(days);
    return figures;
}
