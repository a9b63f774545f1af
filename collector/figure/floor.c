#include "collector/figure/floor.h"

#include <stdlib.h>
#include <string.h>

#include "collector/figure/span.h"
#include "common/alloc.h"

#define WORD_BITS   64
#define WORDS(bits) (((bits) + WORD_BITS - 1) / WORD_BITS)

struct cell {
    unsigned rank;
    size_t number, larger;
    bool past;
    struct crowd crowd;
    enum floor_verdict verdict;
};

/* Days that lie in the same cells: of one probe as they are added, of all of
 * them once they are gathered. */
struct atom {
    uint64_t *cells; /* a bit a cell */
    struct crowd crowd;
};

struct floor {
    struct cell *cells;
    size_t cell_count, cell_cap;
    struct atom *atoms;
    size_t atom_count, atom_cap;
    uint64_t *shown; /* a bit a cell */
};

struct floor *floor_new(void)
{
    return alloc_zero(1, sizeof(struct floor));
}

void floor_free(struct floor *f)
{
    if (!f)
        return;
    for (size_t a = 0; a < f->atom_count; a++)
        free(f->atoms[a].cells);
    free(f->atoms);
    free(f->cells);
    free(f->shown);
    free(f);
}

/* ---- what is given ---- */

static size_t add_cell(struct floor *f, const struct cell *cell)
{
    if (f->cell_count == f->cell_cap) {
        f->cell_cap = f->cell_cap ? f->cell_cap * 2 : 64;
        f->cells = alloc_resize(f->cells, f->cell_cap, sizeof *f->cells);
    }
    f->cells[f->cell_count] = *cell;
    f->cells[f->cell_count].number = f->cell_count;
    return f->cell_count++;
}

size_t floor_cell(struct floor *f, unsigned rank, size_t larger)
{
    return add_cell(f, &(struct cell){.rank = rank, .larger = larger});
}

size_t floor_past(struct floor *f)
{
    return add_cell(f, &(struct cell){.past = true, .larger = FLOOR_NONE});
}

static bool has(const uint64_t *bits, size_t number)
{
    return bits[number / WORD_BITS] >> number % WORD_BITS & 1;
}

static void set(uint64_t *bits, size_t number)
{
    bits[number / WORD_BITS] |= (uint64_t)1 << number % WORD_BITS;
}

static void unset(uint64_t *bits, size_t number)
{
    bits[number / WORD_BITS] &= ~((uint64_t)1 << number % WORD_BITS);
}

void floor_add(struct floor *f, uint32_t probe, uint32_t network, uint32_t days, const size_t *cells, size_t count)
{
    if (f->atom_count == f->atom_cap) {
        f->atom_cap = f->atom_cap ? f->atom_cap * 2 : 256;
        f->atoms = alloc_resize(f->atoms, f->atom_cap, sizeof *f->atoms);
    }
    struct atom *atom = &f->atoms[f->atom_count++];
    *atom = (struct atom){.cells = alloc_zero(WORDS(f->cell_count), sizeof *atom->cells)};
    crowd_add(&atom->crowd, probe, network, days);
    for (size_t c = 0; c < count; c++) {
        set(atom->cells, cells[c]);
        crowd_add(&f->cells[cells[c]].crowd, probe, network, days);
    }
}

/* ---- atoms ---- */

/* An atom as it is seen through the cells of a mask. */
struct view {
    const struct atom *atom;
    const uint64_t *mask;
    size_t words;
};

static int by_cells(const void *a, const void *b)
{
    const struct view *x = a, *y = b;
    for (size_t w = 0; w < x->words; w++) {
        uint64_t p = x->atom->cells[w] & x->mask[w], q = y->atom->cells[w] & x->mask[w];
        if (p != q)
            return p < q ? -1 : 1;
    }
    return 0;
}

/* The atoms that lie in a cell of the mask, those that it does not tell apart
 * side by side. The caller frees. */
static struct view *look(const struct floor *f, const uint64_t *mask, size_t *ret_count)
{
    size_t count = 0, words = WORDS(f->cell_count);
    struct view *views = alloc_zero(f->atom_count, sizeof *views);
    for (size_t a = 0; a < f->atom_count; a++) {
        uint64_t any = 0;
        for (size_t w = 0; w < words; w++)
            any |= f->atoms[a].cells[w] & mask[w];
        if (any)
            views[count++] = (struct view){&f->atoms[a], mask, words};
    }
    qsort(views, count, sizeof *views, by_cells);
    *ret_count = count;
    return views;
}

/* Ten thousand probes lie in some hundred places: they are counted once. */
static void gather(struct floor *f)
{
    size_t count, kept = 0, words = WORDS(f->cell_count);
    uint64_t *all = alloc_zero(words, sizeof *all);
    memset(all, 0xff, words * sizeof *all);
    struct view *views = look(f, all, &count);
    struct atom *atoms = alloc_zero(count, sizeof *atoms);
    for (size_t v = 0; v < count; v++) {
        if (v == 0 || by_cells(&views[v - 1], &views[v]) != 0) {
            atoms[kept].cells = alloc_zero(words, sizeof *all);
            memcpy(atoms[kept++].cells, views[v].atom->cells, words * sizeof *all);
        }
        crowd_join(&atoms[kept - 1].crowd, &views[v].atom->crowd);
    }
    for (size_t a = 0; a < f->atom_count; a++)
        free(f->atoms[a].cells);
    free(f->atoms);
    f->atoms = atoms;
    f->atom_count = kept;
    free(views);
    free(all);
}

/* ---- the decision ---- */

/* Do the cells of the mask together tell of too small a crowd? */
static bool isolates(const struct floor *f, const uint64_t *mask)
{
    size_t count, atoms = 0, rows = 0;
    struct view *views = look(f, mask, &count);
    struct crowd *crowds = alloc_zero(count, sizeof *crowds);
    const struct atom **first = alloc_zero(count, sizeof(struct atom *));
    for (size_t v = 0; v < count; v++) {
        if (v == 0 || by_cells(&views[v - 1], &views[v]) != 0)
            first[atoms++] = views[v].atom;
        crowd_join(&crowds[atoms - 1], &views[v].atom->crowd);
    }
    uint32_t *matrix = alloc_zero(f->cell_count * atoms, sizeof *matrix);
    for (size_t c = 0; c < f->cell_count; c++)
        if (has(mask, c)) {
            for (size_t a = 0; a < atoms; a++)
                matrix[rows * atoms + a] = has(first[a]->cells, c);
            rows++;
        }
    bool found = span_isolates(matrix, rows, crowds, atoms);
    free(matrix);
    free(first);
    free(crowds);
    free(views);
    return found;
}

static int by_rank(const void *a, const void *b)
{
    const struct cell *x = *(const struct cell *const *)a, *y = *(const struct cell *const *)b;
    if (x->past != y->past)
        return x->past ? -1 : 1;
    if (x->rank != y->rank)
        return x->rank < y->rank ? -1 : 1;
    if (x->crowd.days != y->crowd.days)
        return x->crowd.days > y->crowd.days ? -1 : 1;
    return (x->number > y->number) - (x->number < y->number);
}

static enum floor_verdict judge(struct floor *f, const struct cell *c)
{
    if (!crowd_enough(&c->crowd))
        return FLOOR_SMALL;
    set(f->shown, c->number);
    if (!isolates(f, f->shown))
        return FLOOR_SHOWN;
    unset(f->shown, c->number);
    return FLOOR_DIFFERENCE;
}

void floor_decide(struct floor *f)
{
    if (f->cell_count == 0 || f->atom_count == 0) {
        for (size_t c = 0; c < f->cell_count; c++)
            f->cells[c].verdict = FLOOR_SMALL;
        return;
    }
    f->shown = alloc_zero(WORDS(f->cell_count), sizeof *f->shown);
    gather(f);
    struct cell **order = alloc_zero(f->cell_count, sizeof(struct cell *));
    for (size_t c = 0; c < f->cell_count; c++)
        order[c] = &f->cells[c];
    qsort(order, f->cell_count, sizeof(struct cell *), by_rank);
    /* What was shown wrongly in the past is no reason to hide all that comes. */
    for (size_t c = 0; c < f->cell_count; c++)
        order[c]->verdict = judge(f, order[c]);
    free(order);
}

enum floor_verdict floor_verdict(const struct floor *f, size_t cell)
{
    return f->cells[cell].verdict;
}

size_t floor_larger(const struct floor *f, size_t cell)
{
    do
        cell = f->cells[cell].larger;
    while (cell != FLOOR_NONE && f->cells[cell].verdict != FLOOR_SHOWN);
    return cell;
}

const struct crowd *floor_crowd(const struct floor *f, size_t cell)
{
    return &f->cells[cell].crowd;
}
