#include "collector/disclosure/flow.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/alloc.h"

#define STEPS    60
#define HALVES   30
#define TURNS    100   /* on the way to the price of a day: each at least halves what is left of it */
#define RISE     1e-4  /* of what a step would rise if the dual were straight (Armijo 1966) */
#define PROVEN   1e-9  /* of what is due: what more is due of than is borne, and not by rounding */
#define STRIDE   2.0   /* by which the price of a place moves at most, at first: edges turn within 1 */
#define ROUNDING 1e-7  /* of what is due */
#define EXACT    1e-13 /* of what is borne: days are level */
#define RIDGE    1e-10 /* parts that are sums of others leave prices open */

/* Where the search stands. */
struct stand {
    double *parts, *places; /* prices */
    double *days;
    double *left; /* of each part: what is due and does not move */
    double most;  /* the largest price of a place, up or down */
    double bears; /* all edges together, of the day that bears most */
    double value; /* of the dual */
    double stride;
    bool none; /* these prices prove that there is no flow */
    int64_t *work;
};

static struct stand stand_new(const struct flow *f, int64_t *work)
{
    struct stand s = {.parts = alloc_zero(f->parts + 1, sizeof *s.parts), .work = work, .stride = STRIDE};
    s.places = alloc_zero(f->places + 1, sizeof *s.places);
    s.days = alloc_zero(f->days + 1, sizeof *s.days);
    s.left = alloc_zero(f->parts + 1, sizeof *s.left);
    return s;
}

static void stand_free(struct stand *s)
{
    free(s->parts);
    free(s->places);
    free(s->days);
    free(s->left);
}

static double clipped(double price)
{
    return price > 1 ? 1 : price < -1 ? -1 : price;
}

/* ---- one day ---- */

/* What moves where the day has that price; *slope: by how much more, with the price. */
static double moves(const struct flow *f, const struct stand *s, size_t day, double price, double *slope)
{
    const double *bears = f->bears + day * f->places;
    double sum = 0;
    *slope = 0;
    for (size_t p = 0; p < f->places; p++) {
        double at = price + s->places[p];
        sum += bears[p] * clipped(at);
        *slope += at > -1 && at < 1 ? bears[p] : 0;
    }
    return sum;
}

/* The price at which as much moves as is due. It turns where edges are whole: between, it is met at once. */
static double level(const struct flow *f, const struct stand *s, size_t day)
{
    double low = -1 - s->most, high = 1 + s->most, due = f->due_of_days[day], price = s->days[day], slope;
    for (int turn = 0; turn < TURNS; turn++) {
        price = price > low && price < high ? price : (low + high) / 2;
        double over = moves(f, s, day, price, &slope) - due;
        if (fabs(over) <= EXACT * s->bears)
            return price;
        *(over > 0 ? &high : &low) = price;
        price = slope > 0 ? price - over / slope : (low + high) / 2;
    }
    return price;
}

/* ---- all days ---- */

static void price_places(const struct flow *f, struct stand *s)
{
    s->most = 0;
    for (size_t p = 0; p < f->places; p++) {
        s->places[p] = 0;
        for (size_t k = 0; k < f->parts_of[p].count; k++)
            s->places[p] += s->parts[f->parts_of[p].cells[k]];
        s->places[p] *= f->weights[p];
        s->most = fmax(s->most, fabs(s->places[p]));
    }
}

/* Days' prices, and what they and those of parts come to. */
static void look(const struct flow *f, struct stand *s)
{
    double sure = 0, due = 0;
    s->value = 0;
    *s->work -= (int64_t)(f->days * f->places);
    price_places(f, s);
    for (size_t k = 0; k < f->parts; k++) {
        s->left[k] = f->due_of_parts[k];
        sure += s->parts[k] * f->due_of_parts[k];
        due += fabs(f->due_of_parts[k]);
    }
    for (size_t d = 0; d < f->days; d++) {
        s->days[d] = f->shown[d] ? level(f, s, d) : 0;
        sure += s->days[d] * f->due_of_days[d];
        due += fabs(f->due_of_days[d]);
        for (size_t p = 0; p < f->places; p++) {
            double price = s->days[d] + s->places[p], bears = f->bears[d * f->places + p];
            double used = clipped(price);
            if (bears == 0)
                continue;
            for (size_t k = 0; k < f->parts_of[p].count; k++)
                s->left[f->parts_of[p].cells[k]] -= f->weights[p] * bears * used;
            s->value -= bears * used * (price - used / 2);
            sure -= bears * fabs(price);
        }
    }
    for (size_t d = 0; d < f->days; d++)
        s->value += s->days[d] * f->due_of_days[d];
    for (size_t k = 0; k < f->parts; k++)
        s->value += s->parts[k] * f->due_of_parts[k];
    s->none = sure > PROVEN * due;
}

/* What edges still bear more of, at each place on all days, in ret; and each day's part of it, squared by parts, off
 * rows: where it is shown, its price follows. */
static void bend_days(const struct flow *f, const struct stand *s, double *rows, double *ret)
{
    double *day = alloc_zero(f->parts + 1, sizeof *day);
    for (size_t d = 0; d < f->days; d++) {
        double slope = 0;
        memset(day, 0, f->parts * sizeof *day);
        for (size_t p = 0; p < f->places; p++) {
            double bears = f->bears[d * f->places + p];
            if (bears == 0 || fabs(s->days[d] + s->places[p]) >= 1)
                continue;
            slope += bears;
            ret[p] += bears;
            for (size_t k = 0; k < f->parts_of[p].count; k++)
                day[f->parts_of[p].cells[k]] += f->weights[p] * bears;
        }
        for (size_t i = 0; f->shown[d] && slope > 0 && i < f->parts; i++)
            for (size_t k = 0; day[i] != 0 && k <= i; k++)
                rows[i * f->parts + k] -= day[i] * day[k] / slope;
    }
    free(day);
}

/* How what is left changes with prices of parts, up to the diagonal; *ret_scale: of its numbers, before days take most
 * of it off again. The caller frees. */
static double *bend(const struct flow *f, const struct stand *s, double *ret_scale)
{
    double *rows = alloc_zero(f->parts * f->parts + 1, sizeof *rows),
           *places = alloc_zero(f->places + 1, sizeof *places);
    *ret_scale = 0;
    bend_days(f, s, rows, places);
    for (size_t p = 0; p < f->places; p++) {
        const struct cellset *of = &f->parts_of[p];
        double square = f->weights[p] * f->weights[p] * places[p];
        *ret_scale += square;
        for (size_t i = 0; i < of->count; i++)
            for (size_t k = 0; k < of->count; k++)
                if (of->cells[k] <= of->cells[i])
                    rows[of->cells[i] * f->parts + of->cells[k]] += square;
    }
    free(places);
    return rows;
}

/* Solves rows · step = left, by Cholesky's method; rows are overwritten. least: of what is on the diagonal. */
static void solve(double *rows, const double *left, size_t n, double least, double *step)
{
    for (size_t i = 0; i < n; i++) {
        rows[i * n + i] += least;
        for (size_t k = 0; k <= i; k++) {
            double sum = rows[i * n + k];
            for (size_t j = 0; j < k; j++)
                sum -= rows[i * n + j] * rows[k * n + j];
            rows[i * n + k] = k < i ? sum / rows[k * n + k] : sqrt(fmax(sum, least));
        }
        step[i] = left[i];
        for (size_t j = 0; j < i; j++)
            step[i] -= rows[i * n + j] * step[j];
        step[i] /= rows[i * n + i];
    }
    for (size_t i = n; i-- > 0;) {
        for (size_t j = i + 1; j < n; j++)
            step[i] -= rows[j * n + i] * step[j];
        step[i] /= rows[i * n + i];
    }
}

/* ---- the search ---- */

static bool is_level(const struct flow *f, const struct stand *s)
{
    double due = 0;
    bool level = true;
    for (size_t d = 0; d < f->days; d++)
        due += fabs(f->due_of_days[d]);
    for (size_t k = 0; k < f->parts; k++)
        due = fmax(due, fabs(f->due_of_parts[k]));
    for (size_t k = 0; k < f->parts; k++)
        level &= fabs(s->left[k]) <= ROUNDING * due;
    return level;
}

/* How much of the step is made at first. Where prices grow without end, they do so faster each time. */
static double stride(const struct flow *f, struct stand *s, const double *step)
{
    double most = 0;
    for (size_t p = 0; p < f->places; p++) {
        double by = 0;
        for (size_t k = 0; k < f->parts_of[p].count; k++)
            by += step[f->parts_of[p].cells[k]];
        most = fmax(most, fabs(by * f->weights[p]));
    }
    if (most <= s->stride)
        return 1;
    s->stride *= 2;
    return s->stride / 2 / most;
}

/* False: there is no way up. */
static bool climb(const struct flow *f, struct stand *s)
{
    double scale, *rows = bend(f, s, &scale), *step = alloc_zero(f->parts + 1, sizeof *step);
    double rise = 0, before = s->value, made = 0;
    bool risen = false;
    solve(rows, s->left, f->parts, scale > 0 ? RIDGE * scale : 1, step);
    for (size_t k = 0; k < f->parts; k++)
        rise += step[k] * s->left[k];
    double by = stride(f, s, step);
    for (int half = 0; !risen && half < HALVES; half++, by /= 2) {
        for (size_t k = 0; k < f->parts; k++)
            s->parts[k] += (by - made) * step[k];
        made = by;
        look(f, s);
        risen = s->value >= before + RISE * by * rise || s->none || is_level(f, s);
    }
    free(rows);
    free(step);
    return risen;
}

/* *ret_most: what the day bears that bears most. False: of one more is due. */
static bool days_bear(const struct flow *f, double *ret_most)
{
    bool enough = true;
    *ret_most = 0;
    for (size_t d = 0; d < f->days; d++) {
        double bears = 0;
        for (size_t p = 0; p < f->places; p++)
            bears += f->bears[d * f->places + p];
        *ret_most = fmax(*ret_most, bears);
        enough &= !f->shown[d] || f->due_of_days[d] <= bears * (1 + ROUNDING);
    }
    return enough;
}

enum flow_answer flow_ask(const struct flow *f, int64_t *work)
{
    struct stand s = stand_new(f, work);
    bool going = days_bear(f, &s.bears), found = false, none = !going;
    if (going)
        look(f, &s);
    for (int step = 0; going && !found && step < STEPS; step++) {
        found = is_level(f, &s);
        going = !found && !s.none && *work > 0 && climb(f, &s);
    }
    none |= s.none;
    stand_free(&s);
    return found ? FLOW_FOUND : none ? FLOW_NONE : FLOW_UNKNOWN;
}
