#include "collector/disclosure/slack.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define NOTHING 1e-9 /* rows are of zeros and ones, and stay of few halves and thirds */
#define NOWHERE SIZE_MAX

/* ---- rows ---- */

struct slack {
    double *rows; /* each has a pivot, where it is 1 and the others 0 */
    size_t *pivots;
    size_t count, width;
};

struct slack *slack_new(size_t width)
{
    struct slack *s = alloc_zero(1, sizeof *s);
    s->width = width;
    return s;
}

struct slack *slack_copy(const struct slack *s)
{
    struct slack *copy = slack_new(s->width);
    copy->count = s->count;
    copy->rows = alloc_zero(s->count * s->width + 1, sizeof *s->rows);
    copy->pivots = alloc_zero(s->count + 1, sizeof *s->pivots);
    for (size_t r = 0; r < s->count; r++) {
        memcpy(copy->rows + r * s->width, s->rows + r * s->width, s->width * sizeof *s->rows);
        copy->pivots[r] = s->pivots[r];
    }
    return copy;
}

void slack_free(struct slack *s)
{
    if (!s)
        return;
    free(s->rows);
    free(s->pivots);
    free(s);
}

/* Leaves of a row what is not the other's, `times` over. */
static void subtract(double *row, const double *other, double times, size_t width)
{
    for (size_t i = 0; times != 0 && i < width; i++) {
        row[i] -= times * other[i];
        if (fabs(row[i]) < NOTHING)
            row[i] = 0;
    }
}

bool slack_add(struct slack *s, double *row)
{
    size_t pivot = 0;
    for (size_t r = 0; r < s->count; r++)
        subtract(row, s->rows + r * s->width, row[s->pivots[r]], s->width);
    for (size_t i = 1; i < s->width; i++)
        pivot = fabs(row[i]) > fabs(row[pivot]) + NOTHING ? i : pivot;
    if (s->width == 0 || row[pivot] == 0)
        return false;
    double by = row[pivot];
    for (size_t i = 0; i < s->width; i++)
        row[i] /= by;
    for (size_t r = 0; r < s->count; r++)
        subtract(s->rows + r * s->width, row, s->rows[r * s->width + pivot], s->width);
    s->rows = alloc_resize(s->rows, (s->count + 1) * s->width, sizeof *s->rows);
    s->pivots = alloc_resize(s->pivots, s->count + 1, sizeof *s->pivots);
    memcpy(s->rows + s->count * s->width, row, s->width * sizeof *row);
    s->pivots[s->count++] = pivot;
    return true;
}

/* ---- the program ---- */

/* The last variable is how much of the move is made, from 0 to 1, which is to be 1; the others are the atoms, from
 * -most to most. Those that are no row's basis are free, and give what the basis is. */
struct program {
    double *rows;
    size_t *basis; /* of each row */
    size_t *where; /* of each variable, its row or NOWHERE */
    double *at, *most;
    size_t count, width;
};

static struct program program_of(const struct slack *s, const double *move, const double *most, double scale)
{
    struct program p = {.count = s->count, .width = s->width + 1};
    p.rows = alloc_zero(p.count * p.width + 1, sizeof *p.rows);
    p.basis = alloc_zero(p.count + 1, sizeof *p.basis);
    p.where = alloc_zero(p.width, sizeof *p.where);
    p.at = alloc_zero(p.width, sizeof *p.at);
    p.most = alloc_zero(p.width, sizeof *p.most);
    for (size_t v = 0; v < p.width; v++) {
        p.where[v] = NOWHERE;
        p.most[v] = v < s->width ? most[v] / scale : 1;
    }
    for (size_t r = 0; r < p.count; r++) {
        const double *from = s->rows + r * s->width;
        double *row = p.rows + r * p.width, *made = &row[s->width];
        memcpy(row, from, s->width * sizeof *row);
        for (size_t a = 0; a < s->width; a++)
            *made += from[a] * move[a] / scale;
        *made = fabs(*made) < NOTHING ? 0 : *made;
        p.basis[r] = s->pivots[r];
        p.where[s->pivots[r]] = r;
    }
    return p;
}

static void program_free(struct program *p)
{
    free(p->rows);
    free(p->basis);
    free(p->where);
    free(p->at);
    free(p->most);
}

/* How far it can go in a direction. */
static double room(const struct program *p, size_t variable, double direction)
{
    return fmax(0, p->most[variable] - (direction > 0 ? 1 : -1) * p->at[variable]);
}

/* A free variable that makes more of the move, and in which direction. */
static bool enters(const struct program *p, size_t *ret, double *ret_direction)
{
    size_t made = p->width - 1;
    *ret = made;
    *ret_direction = 1;
    if (p->where[made] == NOWHERE)
        return true;
    const double *row = p->rows + p->where[made] * p->width;
    for (size_t v = 0; v < made; v++) {
        double direction = row[v] < 0 ? 1 : -1;
        if (p->where[v] != NOWHERE || row[v] == 0 || room(p, v, direction) <= NOTHING * p->most[v])
            continue;
        *ret = v;
        *ret_direction = direction;
        return true;
    }
    return false;
}

/* Moves it as far as all that depends on it lets it. The row that held it back, or NOWHERE. */
static size_t moved(struct program *p, size_t entering, double direction)
{
    double step = room(p, entering, direction);
    size_t held = NOWHERE;
    for (size_t r = 0; r < p->count; r++) {
        double rate = -p->rows[r * p->width + entering] * direction;
        if (rate == 0)
            continue;
        double most = room(p, p->basis[r], rate) / fabs(rate);
        if (most < step || (held != NOWHERE && most <= step && p->basis[r] < p->basis[held])) {
            step = most;
            held = r;
        }
    }
    p->at[entering] += direction * step;
    for (size_t r = 0; r < p->count; r++)
        p->at[p->basis[r]] -= p->rows[r * p->width + entering] * direction * step;
    return held;
}

static void exchange(struct program *p, size_t row, size_t entering)
{
    double *pivot = p->rows + row * p->width, by = pivot[entering];
    for (size_t v = 0; v < p->width; v++)
        pivot[v] /= by;
    pivot[entering] = 1;
    for (size_t r = 0; r < p->count; r++)
        if (r != row)
            subtract(p->rows + r * p->width, pivot, p->rows[r * p->width + entering], p->width);
    p->where[p->basis[row]] = NOWHERE;
    p->where[entering] = row;
    p->basis[row] = entering;
}

bool slack_covers(const struct slack *s, const double *move, const double *most, double *ret, int64_t *work)
{
    double scale = 0, direction;
    for (size_t a = 0; a < s->width; a++)
        scale = fmax(scale, fabs(move[a]));
    struct program p = program_of(s, move, most, scale > 0 ? scale : 1);
    const double *made = &p.at[p.width - 1];
    size_t entering;
    *work -= (int64_t)(p.count * p.width);
    while (*work > 0 && *made < 1 - NOTHING && enters(&p, &entering, &direction)) {
        size_t held = moved(&p, entering, direction);
        if (held != NOWHERE && *made < 1 - NOTHING)
            exchange(&p, held, entering);
        *work -= (int64_t)((p.count + 1) * p.width);
    }
    bool covered = *made >= 1 - NOTHING;
    for (size_t a = 0; a < s->width; a++)
        ret[a] = p.at[a] * scale;
    program_free(&p);
    return covered;
}
