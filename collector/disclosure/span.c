#include "collector/disclosure/span.h"

#include <stdlib.h>
#include <string.h>

#include "collector/disclosure/bits.h"
#include "collector/disclosure/modular.h"
#include "common/alloc.h"

#define STEPS_MAX 50000

/* ---- echelon form ---- */

struct span {
    const struct crowd *atoms;
    size_t atom_count;
    uint32_t **rows; /* in echelon form: each has a pivot where the others are zero */
    uint64_t **hits; /* a bit an atom: where the row is not zero */
    size_t *pivots;
    size_t count;
    size_t steps; /* taken by the search */
};

struct place {
    size_t atom;
    uint32_t weight;
};

static int heaviest_first(const void *a, const void *b)
{
    const struct place *x = a, *y = b;
    if (x->weight != y->weight)
        return x->weight > y->weight ? -1 : 1;
    return (x->atom > y->atom) - (x->atom < y->atom);
}

static struct place *order_of(const struct span *s)
{
    struct place *order = alloc_zero(s->atom_count, sizeof *order);
    for (size_t a = 0; a < s->atom_count; a++)
        order[a] = (struct place){a, crowd_enough(&s->atoms[a]) ? UINT32_MAX : s->atoms[a].network_count};
    qsort(order, s->atom_count, sizeof *order, heaviest_first);
    return order;
}

/* Gauss and Jordan; rows whose pivot is an atom that is enough are put away. */
static void reduce(struct span *s)
{
    struct place *order = order_of(s);
    size_t done = 0, kept = 0;
    for (size_t o = 0; o < s->atom_count && done < s->count; o++) {
        size_t atom = order[o].atom, r = done;
        while (r < s->count && !s->rows[r][atom])
            r++;
        if (r == s->count)
            continue;
        uint32_t *row = s->rows[r];
        s->rows[r] = s->rows[done];
        s->rows[done] = row;
        s->pivots[done] = atom;
        modular_scale(row, modular_inverse(row[atom]), s->atom_count);
        for (size_t other = 0; other < s->count; other++)
            if (other != done && s->rows[other][atom])
                modular_subtract(s->rows[other], row, s->rows[other][atom], s->atom_count);
        done++;
    }
    for (size_t r = 0; r < done; r++)
        if (!crowd_enough(&s->atoms[s->pivots[r]])) {
            s->rows[kept] = s->rows[r];
            s->pivots[kept++] = s->pivots[r];
        }
    s->count = kept;
    free(order);
}

static void note_hits(struct span *s)
{
    for (size_t r = 0; r < s->count; r++) {
        s->hits[r] = alloc_zero(BITS_WORDS(s->atom_count), sizeof *s->hits[r]);
        for (size_t a = 0; a < s->atom_count; a++)
            if (s->rows[r][a])
                bits_set(s->hits[r], a);
    }
}

/* ---- the search ---- */

static bool exhausted(struct span *s)
{
    return ++s->steps > STEPS_MAX;
}

/* The first atom outside `held` that a row touches, and the row. */
static bool touched(const uint32_t *rows, size_t count, size_t atoms, const uint64_t *held, size_t *ret_atom,
                    size_t *ret_row)
{
    for (size_t a = 0; a < atoms; a++)
        for (size_t r = 0; !bits_has(held, a) && r < count; r++)
            if (rows[r * atoms + a]) {
                *ret_atom = a;
                *ret_row = r;
                return true;
            }
    return false;
}

/* Leaves the sums of these rows in which the atom is zero: one row less. */
static void cancel(uint32_t *rows, size_t count, size_t atoms, size_t atom, size_t row)
{
    uint32_t *last = rows + (count - 1) * atoms, *pivot = rows + row * atoms;
    for (size_t a = 0; pivot != last && a < atoms; a++) {
        uint32_t number = last[a];
        last[a] = pivot[a];
        pivot[a] = number;
    }
    uint32_t by = modular_inverse(last[atom]);
    for (size_t r = 0; r + 1 < count; r++)
        if (rows[r * atoms + atom])
            modular_subtract(rows + r * atoms, last, modular_times(rows[r * atoms + atom], by), atoms);
}

/* Is there, among the sums of these rows, one that is not zero and touches but
 * the atoms of `held` (whose crowd is given) and others so few that the crowd is
 * still too small? The rows are independent of each other, and overwritten. */
static bool sum_is_light(struct span *s, uint32_t *rows, size_t count, uint64_t *held, const struct crowd *crowd)
{
    size_t n = s->atom_count, atom, row;
    if (exhausted(s) || !touched(rows, count, n, held, &atom, &row))
        return true;
    /* Either the atom is one of the few… */
    struct crowd more = *crowd;
    crowd_join(&more, &s->atoms[atom]);
    if (!crowd_enough(&more)) {
        uint32_t *copy = alloc_zero(count * n, sizeof *copy);
        memcpy(copy, rows, count * n * sizeof *copy);
        bits_flip(held, atom);
        bool light = sum_is_light(s, copy, count, held, &more);
        bits_flip(held, atom);
        free(copy);
        if (light)
            return true;
    }
    /* …or it cancels out, at the price of a row. */
    if (count == 1)
        return false;
    cancel(rows, count, n, atom, row);
    return sum_is_light(s, rows, count - 1, held, crowd);
}

/* The rows chosen so far. */
struct choice {
    const struct choice *before;
    size_t row, count;
    struct crowd pivots;          /* who stands behind their pivots */
    uint64_t *held, *once, *more; /* their pivots; atoms that one of them touches, and several */
};
#define CHOICE_SETS 3

/* With every chosen row in it, a sum touches what one of them alone does. */
static bool hopeless(const struct span *s, const struct choice *c)
{
    struct crowd crowd = c->pivots;
    for (size_t w = 0; w < BITS_WORDS(s->atom_count); w++)
        for (uint64_t left = c->once[w] & ~c->more[w] & ~c->held[w]; left; left &= left - 1) {
            crowd_join(&crowd, &s->atoms[w * BITS_WORD + (size_t)__builtin_ctzll(left)]);
            if (crowd_enough(&crowd))
                return true;
        }
    return false;
}

static bool choice_is_light(struct span *s, const struct choice *c)
{
    size_t n = s->atom_count;
    uint32_t *rows = alloc_zero(c->count * n, sizeof *rows);
    for (const struct choice *at = c; at; at = at->before)
        memcpy(rows + (at->count - 1) * n, s->rows[at->row], n * sizeof *rows);
    bool light = sum_is_light(s, rows, c->count, c->held, &c->pivots);
    free(rows);
    return light;
}

static void choose(const struct span *s, struct choice *c)
{
    const struct choice *before = c->before;
    if (before)
        c->pivots = before->pivots;
    crowd_join(&c->pivots, &s->atoms[s->pivots[c->row]]);
    for (size_t w = 0; w < BITS_WORDS(s->atom_count); w++) {
        uint64_t once = before ? before->once[w] : 0, hits = s->hits[c->row][w];
        c->held[w] = before ? before->held[w] : 0;
        c->more[w] = (before ? before->more[w] : 0) | (once & hits);
        c->once[w] = once | hits;
    }
    bits_flip(c->held, s->pivots[c->row]);
}

/* Tries the choices that are `before` and further rows. */
static bool search(struct span *s, const struct choice *before, size_t from)
{
    size_t words = BITS_WORDS(s->atom_count);
    uint64_t *sets = alloc_zero(CHOICE_SETS * words, sizeof *sets);
    bool light = false;
    for (size_t r = from; !light && r < s->count; r++) {
        struct choice c = {before, r, before ? before->count + 1 : 1, {{0}}, sets, sets + words, sets + 2 * words};
        choose(s, &c);
        if (!crowd_enough(&c.pivots))
            light = exhausted(s) || (!hopeless(s, &c) && choice_is_light(s, &c)) || search(s, &c, r + 1);
    }
    free(sets);
    return light;
}

bool span_isolates(uint32_t *rows, size_t row_count, const struct crowd *atoms, size_t atom_count)
{
    struct span s = {.atoms = atoms, .atom_count = atom_count, .count = row_count};
    s.rows = alloc_zero(row_count, sizeof *s.rows);
    s.hits = alloc_zero(row_count, sizeof *s.hits);
    s.pivots = alloc_zero(row_count, sizeof *s.pivots);
    for (size_t r = 0; r < row_count; r++)
        s.rows[r] = rows + r * atom_count;
    reduce(&s);
    note_hits(&s);
    bool isolates = search(&s, NULL, 0);
    for (size_t r = 0; r < s.count; r++)
        free(s.hits[r]);
    free(s.rows);
    free(s.hits);
    free(s.pivots);
    return isolates;
}
