#include "collector/disclosure/floor.h"

#include <stdlib.h>
#include <string.h>

#include "collector/disclosure/bits.h"
#include "collector/disclosure/dominance.h"
#include "collector/disclosure/echelon.h"
#include "collector/disclosure/span.h"
#include "common/alloc.h"

struct cell {
    unsigned rank;
    size_t number, larger;
    bool past, out, refused, renewed;
    bool apart;   /* out, and by itself, or with others that are, of too few */
    size_t other; /* of a cell the figure that it follows, of that the cell; FLOOR_NONE: none */
    struct crowd crowd, fresh;
    struct {
        uint64_t days;        /* that came or went */
        uint64_t whole, most; /* those, and what weights have changed by: of all probes, of one */
        bool weights;         /* did any? */
    } change;                 /* since the figure that it follows */
    enum floor_verdict verdict;
};

/* Days that lie in the same cells: of one probe as they are added, of all of
 * them once they are gathered. */
struct atom {
    uint64_t *cells; /* a bit a cell */
    bool fresh;
    struct crowd crowd;
};

/* What one probe's days did to a cell. */
struct change {
    size_t cell;
    uint32_t probe;
    uint64_t worth; /* in days */
};

struct floor {
    struct cell *cells;
    size_t cell_count, cell_cap;
    struct atom *atoms;
    size_t atom_count, atom_cap;
    struct change *changes;
    size_t change_count, change_cap;
    uint64_t *shown; /* a bit a cell */
    struct echelon *known;
    struct dominance *amounts; /* NULL: none were given */
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
    free(f->changes);
    free(f->cells);
    free(f->shown);
    echelon_free(f->known);
    dominance_free(f->amounts);
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
    return add_cell(f, &(struct cell){.rank = rank, .larger = larger, .other = FLOOR_NONE});
}

size_t floor_past(struct floor *f)
{
    return add_cell(f, &(struct cell){.past = true, .larger = FLOOR_NONE, .other = FLOOR_NONE});
}

void floor_out(struct floor *f, size_t cell)
{
    f->cells[cell].out = true;
}

void floor_follow(struct floor *f, size_t cell, size_t past)
{
    f->cells[cell].other = past;
    f->cells[past].other = cell;
}

void floor_refuse(struct floor *f, size_t cell)
{
    f->cells[cell].refused = true;
}

void floor_renew(struct floor *f, size_t cell)
{
    f->cells[cell].renewed = true;
}

static void note_change(struct floor *f, struct cell *cell, uint32_t probe, uint64_t days, uint64_t weighed)
{
    if (f->change_count == f->change_cap) {
        f->change_cap = f->change_cap ? f->change_cap * 2 : 256;
        f->changes = alloc_resize(f->changes, f->change_cap, sizeof *f->changes);
    }
    f->changes[f->change_count++] = (struct change){cell->number, probe, days + weighed};
    cell->change.days += days;
    cell->change.whole += days + weighed;
}

/* Days of one probe, as they are added. */
struct unit {
    const struct crowd *crowd;
    bool fresh;
    const size_t *cells;
    const uint32_t *weights; /* NULL: the same in all */
    size_t count;
};

static size_t place_of(const struct unit *u, size_t cell)
{
    size_t c = 0;
    while (c < u->count && u->cells[c] != cell)
        c++;
    return c;
}

/* Days in a cell and not in the figure that it follows, or the other way round, or in both with another weight. */
static void compare(struct floor *f, const struct unit *u, size_t c)
{
    struct cell *cell = &f->cells[u->cells[c]];
    if (cell->other == FLOOR_NONE)
        return;
    size_t other = place_of(u, cell->other);
    if (other == u->count)
        note_change(f, cell->past ? &f->cells[cell->other] : cell, u->crowd->probes[0], u->crowd->days, 0);
    else if (!cell->past && u->weights) {
        uint32_t x = u->weights[c], y = u->weights[other];
        cell->change.weights |= x != y;
        note_change(f, cell, u->crowd->probes[0], 0, u->crowd->days * (x > y ? x - y : y - x) / FLOOR_WEIGHT_ONE);
    }
}

/* The unit as it is in all cells that give it the weight of that one. */
static void add_atom(struct floor *f, const struct unit *u, size_t first)
{
    if (f->atom_count == f->atom_cap) {
        f->atom_cap = f->atom_cap ? f->atom_cap * 2 : 256;
        f->atoms = alloc_resize(f->atoms, f->atom_cap, sizeof *f->atoms);
    }
    struct atom *atom = &f->atoms[f->atom_count++];
    *atom = (struct atom){.cells = alloc_zero(BITS_WORDS(f->cell_count), sizeof *atom->cells), .fresh = u->fresh};
    atom->crowd = *u->crowd;
    for (size_t c = first; c < u->count; c++)
        if (!u->weights || u->weights[c] == u->weights[first])
            bits_set(atom->cells, u->cells[c]);
}

static void add(struct floor *f, const struct unit *u)
{
    for (size_t c = 0; c < u->count; c++) {
        size_t first = 0;
        crowd_join(&f->cells[u->cells[c]].crowd, u->crowd);
        if (u->fresh)
            crowd_join(&f->cells[u->cells[c]].fresh, u->crowd);
        compare(f, u, c);
        while (first < c && u->weights && u->weights[first] != u->weights[c])
            first++;
        if (first == c)
            add_atom(f, u, c);
    }
}

void floor_add(struct floor *f, uint32_t probe, uint32_t network, uint32_t days, const size_t *cells, size_t count)
{
    struct crowd crowd = {0};
    bool fresh = true;
    for (size_t c = 0; c < count; c++)
        fresh = fresh && !f->cells[cells[c]].past;
    crowd_add(&crowd, probe, network, days);
    add(f, &(struct unit){&crowd, fresh, cells, NULL, count});
}

void floor_add_told(struct floor *f, uint32_t probe, uint32_t network, uint32_t days, const size_t *cells,
                    const uint32_t *weights, size_t count)
{
    struct crowd crowd = {0};
    crowd_add(&crowd, probe, network, days);
    add(f, &(struct unit){&crowd, false, cells, weights, count});
}

void floor_give(struct floor *f, uint32_t probe, double amount, enum dominance_left left, const size_t *cells,
                size_t count)
{
    if (!f->amounts)
        f->amounts = dominance_new(f->cell_count);
    dominance_add(f->amounts, probe, amount, left, cells, count);
}

/* ---- what one probe did ---- */

static int by_probe(const void *a, const void *b)
{
    const struct change *x = a, *y = b;
    if (x->cell != y->cell)
        return x->cell < y->cell ? -1 : 1;
    return (x->probe > y->probe) - (x->probe < y->probe);
}

/* A probe is a household, whose boxes need not come one after the other. */
static void weigh_changes(struct floor *f)
{
    if (f->change_count > 1)
        qsort(f->changes, f->change_count, sizeof *f->changes, by_probe);
    for (size_t from = 0, to; from < f->change_count; from = to) {
        struct cell *cell = &f->cells[f->changes[from].cell];
        uint64_t worth = 0;
        for (to = from; to < f->change_count && by_probe(&f->changes[from], &f->changes[to]) == 0; to++)
            worth += f->changes[to].worth;
        if (worth > cell->change.most)
            cell->change.most = worth;
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
    if (x->atom->fresh != y->atom->fresh)
        return x->atom->fresh ? -1 : 1;
    for (size_t w = 0; w < x->words; w++) {
        uint64_t p = x->atom->cells[w] & x->mask[w], q = y->atom->cells[w] & x->mask[w];
        if (p != q)
            return p < q ? -1 : 1;
    }
    return 0;
}

/* The atoms (or the fresh ones alone) that lie in a cell of the mask, those that
 * it does not tell apart side by side. The caller frees. */
static struct view *look(const struct floor *f, const uint64_t *mask, bool fresh_only, size_t *ret_count)
{
    size_t count = 0, words = BITS_WORDS(f->cell_count);
    struct view *views = alloc_zero(f->atom_count, sizeof *views);
    for (size_t a = 0; a < f->atom_count; a++) {
        uint64_t any = 0;
        for (size_t w = 0; w < words; w++)
            any |= f->atoms[a].cells[w] & mask[w];
        if (any && (f->atoms[a].fresh || !fresh_only))
            views[count++] = (struct view){&f->atoms[a], mask, words};
    }
    qsort(views, count, sizeof *views, by_cells);
    *ret_count = count;
    return views;
}

/* Ten thousand probes lie in some hundred places: they are counted once. */
static void gather(struct floor *f)
{
    size_t count, kept = 0, words = BITS_WORDS(f->cell_count);
    uint64_t *all = alloc_zero(words, sizeof *all);
    memset(all, 0xff, words * sizeof *all);
    struct view *views = look(f, all, false, &count);
    struct atom *atoms = alloc_zero(count, sizeof *atoms);
    for (size_t v = 0; v < count; v++) {
        if (v == 0 || by_cells(&views[v - 1], &views[v]) != 0) {
            atoms[kept].cells = alloc_zero(words, sizeof *all);
            memcpy(atoms[kept].cells, views[v].atom->cells, words * sizeof *all);
            atoms[kept++].fresh = views[v].atom->fresh;
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

/* Do the cells of the mask together tell of too small a crowd, as far as fresh days go? */
static bool isolates(const struct floor *f, const uint64_t *mask)
{
    size_t count, atoms = 0, rows = 0;
    struct view *views = look(f, mask, true, &count);
    struct crowd *crowds = alloc_zero(count, sizeof *crowds);
    const struct atom **first = alloc_zero(count, sizeof(struct atom *));
    for (size_t v = 0; v < count; v++) {
        if (v == 0 || by_cells(&views[v - 1], &views[v]) != 0)
            first[atoms++] = views[v].atom;
        crowd_join(&crowds[atoms - 1], &views[v].atom->crowd);
    }
    uint32_t *matrix = alloc_zero(f->cell_count * atoms, sizeof *matrix);
    for (size_t c = 0; c < f->cell_count; c++)
        if (bits_has(mask, c)) {
            for (size_t a = 0; a < atoms; a++)
                matrix[rows * atoms + a] = bits_has(first[a]->cells, c);
            rows++;
        }
    bool found = span_isolates(matrix, rows, crowds, atoms);
    free(matrix);
    free(first);
    free(crowds);
    free(views);
    return found;
}

/* What is out and tells of too few by itself says nothing of any other figure: those are held against it one by one. Is
 * there one that leaves too few of the cell? */
static bool bares(const struct floor *f, const struct cell *c)
{
    for (size_t o = 0; o < f->cell_count; o++) {
        struct crowd left = {0};
        for (size_t a = 0; f->cells[o].apart && a < f->atom_count; a++)
            if (bits_has(f->atoms[a].cells, c->number) && !bits_has(f->atoms[a].cells, o))
                crowd_join(&left, &f->atoms[a].crowd);
        if (left.days > 0 && !crowd_enough(&left))
            return true;
    }
    return false;
}

/* A cell as a row over all atoms, of which the fresh ones come first. The caller frees. */
static uint32_t *row_of(const struct floor *f, size_t cell)
{
    uint32_t *row = alloc_zero(f->atom_count, sizeof *row);
    for (size_t a = 0; a < f->atom_count; a++)
        row[a] = bits_has(f->atoms[a].cells, cell);
    return row;
}

static void know(struct floor *f, size_t cell)
{
    uint32_t *row = row_of(f, cell);
    echelon_add(f->known, row);
    free(row);
}

/* Is there a sum of this cell and of those that are shown which says nothing of
 * fresh days, and of told ones what no figure of the past has said? */
static bool uncovers(const struct floor *f, size_t cell)
{
    uint32_t *row = row_of(f, cell);
    size_t left = echelon_reduce(f->known, row);
    free(row);
    return left < f->atom_count && !f->atoms[left].fresh;
}

static int by_rank(const void *a, const void *b)
{
    const struct cell *x = *(const struct cell *const *)a, *y = *(const struct cell *const *)b;
    if (x->past != y->past)
        return x->past ? -1 : 1;
    if ((x->other == FLOOR_NONE) != (y->other == FLOOR_NONE))
        return x->other != FLOOR_NONE ? -1 : 1;
    if (x->rank != y->rank)
        return x->rank < y->rank ? -1 : 1;
    if (x->crowd.days != y->crowd.days)
        return x->crowd.days > y->crowd.days ? -1 : 1;
    return (x->number > y->number) - (x->number < y->number);
}

/* Without days that came or went the last figure stands, whatever its lines weigh now; or the one that is made again is
 * the same. */
static bool moves(const struct cell *c)
{
    return c->other == FLOOR_NONE || c->change.days > 0 || (c->renewed && c->change.weights);
}

/* With all that are shown, would one line be most of what is reckoned of it? */
static enum floor_verdict dominated(struct floor *f, size_t cell)
{
    static const enum floor_verdict verdicts[] = {
        [DOMINANCE_NOT] = FLOOR_SHOWN, [DOMINANCE_TELLS] = FLOOR_DOMINATED, [DOMINANCE_UNKNOWN] = FLOOR_UNKNOWN};
    if (!f->amounts)
        return FLOOR_SHOWN;
    return dominance_of(f->amounts, cell) ? FLOOR_DOMINATED : verdicts[dominance_show(f->amounts, cell)];
}

static enum floor_verdict judge(struct floor *f, const struct cell *c)
{
    if (c->past) {
        if (f->amounts)
            dominance_past(f->amounts, c->number);
        return FLOOR_SHOWN;
    }
    if (c->out) {
        bits_set(f->shown, c->number);
        f->cells[c->number].apart = isolates(f, f->shown);
        if (f->cells[c->number].apart)
            bits_unset(f->shown, c->number);
        return FLOOR_SHOWN;
    }
    if (!crowd_enough(&c->crowd))
        return FLOOR_SMALL;
    if (!moves(c))
        return FLOOR_SHOWN;
    if (c->refused)
        return FLOOR_HEAVY;
    if (c->change.most * 2 > c->change.whole || uncovers(f, c->number))
        return FLOOR_DIFFERENCE;
    bits_set(f->shown, c->number);
    if (isolates(f, f->shown) || bares(f, c)) {
        bits_unset(f->shown, c->number);
        return FLOOR_DIFFERENCE;
    }
    enum floor_verdict verdict = dominated(f, c->number);
    if (verdict != FLOOR_SHOWN)
        bits_unset(f->shown, c->number);
    return verdict;
}

void floor_decide(struct floor *f)
{
    if (f->cell_count == 0 || f->atom_count == 0) {
        for (size_t c = 0; c < f->cell_count; c++)
            f->cells[c].verdict = FLOOR_SMALL;
        return;
    }
    f->shown = alloc_zero(BITS_WORDS(f->cell_count), sizeof *f->shown);
    gather(f);
    weigh_changes(f);
    f->known = echelon_new(f->atom_count);
    struct cell **order = alloc_zero(f->cell_count, sizeof(struct cell *));
    for (size_t c = 0; c < f->cell_count; c++)
        order[c] = &f->cells[c];
    qsort(order, f->cell_count, sizeof(struct cell *), by_rank);
    for (size_t c = 0; c < f->cell_count; c++) {
        order[c]->verdict = judge(f, order[c]);
        if (order[c]->verdict == FLOOR_SHOWN && (order[c]->past || moves(order[c])))
            know(f, order[c]->number);
    }
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
    while (cell != FLOOR_NONE && f->cells[cell].verdict != FLOOR_SHOWN && f->cells[cell].other == FLOOR_NONE);
    return cell;
}

const struct crowd *floor_crowd(const struct floor *f, size_t cell)
{
    return &f->cells[cell].crowd;
}

const struct crowd *floor_fresh(const struct floor *f, size_t cell)
{
    return &f->cells[cell].fresh;
}

uint64_t floor_changed(const struct floor *f, size_t cell)
{
    return f->cells[cell].change.days;
}

bool floor_weighed(const struct floor *f, size_t cell)
{
    return f->cells[cell].change.weights;
}
