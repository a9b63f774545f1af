#include "collector/figure/dominance.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "collector/figure/bits.h"
#include "collector/figure/slack.h"
#include "collector/figure/weight.h"

#define WORK_MAX 1000000000 /* numbers touched: about a second */
#define ROUNDING 1e-3       /* weights are kept in parts of a million, and what is cut lies at the bound itself */
#define NOBODY   SIZE_MAX

static_assert(DOMINANCE_TIMES == WEIGHT_MEAN_TIMES, "what is cut lies at the bound, and is not dominated");

/* Days of a line that lie in the same cells: as they are added, then all of them in an atom. */
struct piece {
    uint32_t line;
    uint64_t *cells; /* a bit a cell; as long as they are added */
    size_t atom;
    double amount, told; /* told: the part of it that nobody may learn */
};

/* By how much the atoms can move for a line's amount. */
struct move {
    size_t atom;
    double by;
};
struct cover {
    struct move *moves;
    size_t count;
};

struct line {
    const struct piece *pieces;
    size_t count;
    double amount;
    bool watched; /* its own atoms do not cover it */
    struct cover *covers;
    size_t cover_count;
};

struct atom {
    uint64_t *cells;
    double whole, largest, second;
    size_t first, next; /* lines that give the two */
};

struct dominance {
    size_t cell_count;
    struct piece *pieces;
    size_t piece_count, piece_cap;
    bool ready, settled;
    struct line *lines;
    struct atom *atoms;
    size_t *seconds; /* lines that may be second, those that give most first */
    size_t line_count, atom_count, second_count;
    struct slack *shown;
    uint64_t *past; /* a bit a cell */
    int64_t work;
};

struct dominance *dominance_new(size_t cells)
{
    struct dominance *d = alloc_zero(1, sizeof *d);
    d->cell_count = cells;
    d->past = alloc_zero(BITS_WORDS(cells) + 1, sizeof *d->past);
    d->work = WORK_MAX;
    return d;
}

static void covers_free(struct cover *covers, size_t count)
{
    for (size_t c = 0; c < count; c++)
        free(covers[c].moves);
    free(covers);
}

void dominance_free(struct dominance *d)
{
    if (!d)
        return;
    for (size_t p = 0; !d->ready && p < d->piece_count; p++)
        free(d->pieces[p].cells);
    for (size_t l = 0; l < d->line_count; l++)
        covers_free(d->lines[l].covers, d->lines[l].cover_count);
    for (size_t a = 0; a < d->atom_count; a++)
        free(d->atoms[a].cells);
    free(d->pieces);
    free(d->lines);
    free(d->atoms);
    free(d->seconds);
    free(d->past);
    slack_free(d->shown);
    free(d);
}

/* ---- what is given ---- */

void dominance_add(struct dominance *d, uint32_t line, double amount, bool tells, const size_t *cells, size_t count)
{
    if (d->piece_count == d->piece_cap) {
        d->piece_cap = d->piece_cap ? d->piece_cap * 2 : 256;
        d->pieces = alloc_resize(d->pieces, d->piece_cap, sizeof *d->pieces);
    }
    struct piece *piece = &d->pieces[d->piece_count++];
    *piece = (struct piece){.line = line, .amount = amount, .told = tells ? amount : 0};
    piece->cells = alloc_zero(BITS_WORDS(d->cell_count) + 1, sizeof *piece->cells);
    for (size_t c = 0; c < count; c++)
        bits_set(piece->cells, cells[c]);
}

static int by_cells(const void *a, const void *b, void *words)
{
    return memcmp(((const struct piece *)a)->cells, ((const struct piece *)b)->cells,
                  *(size_t *)words * sizeof(uint64_t));
}

static int by_line(const void *a, const void *b)
{
    const struct piece *x = a, *y = b;
    if (x->line != y->line)
        return x->line < y->line ? -1 : 1;
    return (x->atom > y->atom) - (x->atom < y->atom);
}

/* Pieces in the same cells are in one atom, which takes their cells over. */
static void make_atoms(struct dominance *d)
{
    size_t words = BITS_WORDS(d->cell_count);
    d->atoms = alloc_zero(d->piece_count, sizeof *d->atoms);
    qsort_r(d->pieces, d->piece_count, sizeof *d->pieces, by_cells, &words);
    for (size_t p = 0; p < d->piece_count; p++) {
        struct piece *piece = &d->pieces[p];
        if (p > 0 && !memcmp(piece->cells, d->atoms[d->atom_count - 1].cells, words * sizeof *piece->cells))
            free(piece->cells);
        else
            d->atoms[d->atom_count++] = (struct atom){.cells = piece->cells, .first = NOBODY, .next = NOBODY};
        piece->cells = NULL;
        piece->atom = d->atom_count - 1;
        d->atoms[piece->atom].whole += piece->amount;
    }
}

/* Pieces of one line in one atom are one piece. */
static void make_lines(struct dominance *d)
{
    size_t kept = 0;
    qsort(d->pieces, d->piece_count, sizeof *d->pieces, by_line);
    for (size_t p = 0; p < d->piece_count; p++)
        if (kept > 0 && by_line(&d->pieces[kept - 1], &d->pieces[p]) == 0) {
            d->pieces[kept - 1].amount += d->pieces[p].amount;
            d->pieces[kept - 1].told += d->pieces[p].told;
        } else {
            d->pieces[kept++] = d->pieces[p];
        }
    d->piece_count = kept;
    d->lines = alloc_zero(kept, sizeof *d->lines);
    for (size_t p = 0; p < kept; p++) {
        if (p == 0 || d->pieces[p].line != d->pieces[p - 1].line)
            d->lines[d->line_count++].pieces = &d->pieces[p];
        d->lines[d->line_count - 1].count++;
        d->lines[d->line_count - 1].amount += d->pieces[p].amount;
    }
}

static void find_largest(struct dominance *d)
{
    for (size_t l = 0; l < d->line_count; l++)
        for (size_t p = 0; p < d->lines[l].count; p++) {
            double amount = d->lines[l].pieces[p].amount;
            struct atom *atom = &d->atoms[d->lines[l].pieces[p].atom];
            if (atom->first == NOBODY || amount > atom->largest) {
                atom->second = atom->largest;
                atom->next = atom->first;
                atom->largest = amount;
                atom->first = l;
            } else if (atom->next == NOBODY || amount > atom->second) {
                atom->second = amount;
                atom->next = l;
            }
        }
}

static int largest_first(const void *a, const void *b, void *of)
{
    const struct line *lines = of, *x = &lines[*(const size_t *)a], *y = &lines[*(const size_t *)b];
    if (x->amount != y->amount)
        return x->amount > y->amount ? -1 : 1;
    return (x > y) - (x < y);
}

/* One that lies in a single atom can be second only where it is of the two largest there. */
static void find_seconds(struct dominance *d)
{
    bool *may = alloc_zero(d->line_count, sizeof *may);
    for (size_t a = 0; a < d->atom_count; a++) {
        may[d->atoms[a].first] = true;
        if (d->atoms[a].next != NOBODY)
            may[d->atoms[a].next] = true;
    }
    d->seconds = alloc_zero(d->line_count, sizeof *d->seconds);
    for (size_t l = 0; l < d->line_count; l++)
        if (d->lines[l].amount > 0 && (may[l] || d->lines[l].count > 1))
            d->seconds[d->second_count++] = l;
    qsort_r(d->seconds, d->second_count, sizeof *d->seconds, largest_first, d->lines);
    free(may);
}

/* How far a piece could move: so much less that the line gives a DOMINANCE_TIMES-th less. */
static double share(const struct piece *piece)
{
    return piece->told / DOMINANCE_TIMES * (1 - ROUNDING);
}

/* Those whose atoms give enough beside it, whoever is second, are covered whatever is shown. */
static void watch(struct dominance *d)
{
    for (size_t l = 0; l < d->line_count; l++) {
        struct line *line = &d->lines[l];
        line->watched = false;
        for (size_t p = 0; p < line->count; p++) {
            const struct atom *atom = &d->atoms[line->pieces[p].atom];
            double second = atom->first == l ? atom->second : atom->largest;
            line->watched |= share(&line->pieces[p]) > fmax(0, atom->whole - line->pieces[p].amount - second);
        }
    }
}

static void get_ready(struct dominance *d)
{
    if (d->ready)
        return;
    d->ready = true;
    make_atoms(d);
    make_lines(d);
    find_largest(d);
    find_seconds(d);
    watch(d);
    d->shown = slack_new(d->atom_count);
}

/* ---- one cell ---- */

bool dominance_of(struct dominance *d, size_t cell)
{
    double whole = 0, largest = 0, second = 0;
    get_ready(d);
    for (size_t l = 0; l < d->line_count; l++) {
        double own = 0;
        for (size_t p = 0; p < d->lines[l].count; p++)
            if (bits_has(d->atoms[d->lines[l].pieces[p].atom].cells, cell))
                own += d->lines[l].pieces[p].amount;
        whole += own;
        second = fmax(second, fmin(own, largest));
        largest = fmax(largest, own);
    }
    return largest * (1 - ROUNDING) > DOMINANCE_TIMES * fmax(0, whole - largest - second);
}

/* ---- covers ---- */

static double moved(const struct cover *c, size_t atom)
{
    for (size_t m = 0; m < c->count; m++)
        if (c->moves[m].atom == atom)
            return c->moves[m].by;
    return 0;
}

static double given(const struct line *line, size_t atom)
{
    for (size_t p = 0; p < line->count; p++)
        if (line->pieces[p].atom == atom)
            return line->pieces[p].amount;
    return 0;
}

/* Does it move no more than others give, where that line is second? */
static bool serves(const struct dominance *d, const struct line *line, const struct line *second, const struct cover *c)
{
    for (size_t p = 0; p < second->count; p++) {
        size_t atom = second->pieces[p].atom;
        double most = d->atoms[atom].whole - given(line, atom) - second->pieces[p].amount;
        if (fabs(moved(c, atom)) > fmax(0, most) * (1 + ROUNDING))
            return false;
    }
    return true;
}

/* Does the cell stay as it is? */
static bool holds(const struct dominance *d, const struct line *line, const struct cover *c, size_t cell)
{
    double sum = 0, sizes = 0;
    for (size_t p = 0; p < line->count; p++)
        if (bits_has(d->atoms[line->pieces[p].atom].cells, cell)) {
            sum += share(&line->pieces[p]);
            sizes += share(&line->pieces[p]);
        }
    for (size_t m = 0; m < c->count; m++)
        if (bits_has(d->atoms[c->moves[m].atom].cells, cell)) {
            sum += c->moves[m].by;
            sizes += fabs(c->moves[m].by);
        }
    return fabs(sum) <= 1e-6 * sizes;
}

static struct cover cover_of(const double *moves, size_t count)
{
    struct cover c = {.moves = alloc_zero(count, sizeof *c.moves)};
    for (size_t a = 0; a < count; a++)
        if (moves[a] != 0)
            c.moves[c.count++] = (struct move){a, moves[a]};
    c.moves = alloc_resize(c.moves, c.count + 1, sizeof *c.moves);
    return c;
}

/* What the line gives, and what others do without the second (NULL: with all). */
static bool find_cover(struct dominance *d, const struct slack *shown, const struct line *line,
                       const struct line *second, struct cover *ret)
{
    double *numbers = alloc_zero(3 * d->atom_count, sizeof *numbers), *most = numbers + d->atom_count,
           *moves = most + d->atom_count;
    for (size_t a = 0; a < d->atom_count; a++)
        most[a] = d->atoms[a].whole;
    for (size_t p = 0; p < line->count; p++) {
        numbers[line->pieces[p].atom] = share(&line->pieces[p]);
        most[line->pieces[p].atom] -= line->pieces[p].amount;
    }
    for (size_t p = 0; second && p < second->count; p++)
        most[second->pieces[p].atom] -= second->pieces[p].amount;
    for (size_t a = 0; a < d->atom_count; a++)
        most[a] = fmax(0, most[a]);
    bool found = slack_covers(shown, numbers, most, moves, &d->work);
    if (found)
        *ret = cover_of(moves, d->atom_count);
    free(numbers);
    return found;
}

static bool any_serves(const struct dominance *d, const struct line *line, const struct line *second,
                       const struct cover *covers, size_t count)
{
    for (size_t c = 0; c < count; c++)
        if (serves(d, line, second, &covers[c]))
            return true;
    return false;
}

/* Finds covers of a line, for each that may be second. */
static bool cover(struct dominance *d, const struct slack *shown, struct line *line)
{
    struct cover *covers = alloc_zero(1, sizeof *covers);
    size_t count = 0;
    bool found = find_cover(d, shown, line, NULL, covers);
    count += found;
    for (size_t s = 0; found && s < d->second_count; s++) {
        const struct line *second = &d->lines[d->seconds[s]];
        if (second == line || any_serves(d, line, second, covers, count))
            continue;
        covers = alloc_resize(covers, count + 1, sizeof *covers);
        found = find_cover(d, shown, line, second, &covers[count]);
        count += found;
    }
    if (!found) {
        covers_free(covers, count);
        return false;
    }
    covers_free(line->covers, line->cover_count);
    line->covers = covers;
    line->cover_count = count;
    return true;
}

/* Without one, or with one that the cell breaks, it has to be covered anew. */
static bool broken(const struct dominance *d, const struct line *line, size_t cell)
{
    for (size_t c = 0; c < line->cover_count; c++)
        if (!holds(d, line, &line->covers[c], cell))
            return true;
    return line->cover_count == 0;
}

/* ---- what is shown ---- */

/* Shows it in these rows. False: it is a sum of others. */
static bool add_row(const struct dominance *d, struct slack *shown, size_t cell)
{
    double *row = alloc_zero(d->atom_count, sizeof *row);
    for (size_t a = 0; a < d->atom_count; a++)
        row[a] = bits_has(d->atoms[a].cells, cell);
    bool added = slack_add(shown, row);
    free(row);
    return added;
}

void dominance_past(struct dominance *d, size_t cell)
{
    get_ready(d);
    add_row(d, d->shown, cell);
    bits_set(d->past, cell);
}

/* What figures before have told of a line is out. */
static void forget(struct dominance *d, const struct line *line)
{
    for (struct piece *piece = d->pieces; piece < d->pieces + d->piece_count; piece++)
        for (size_t w = 0; piece->line == line->pieces->line && w < BITS_WORDS(d->cell_count); w++)
            if (d->atoms[piece->atom].cells[w] & d->past[w])
                piece->told = 0;
}

static void settle(struct dominance *d)
{
    bool any = false;
    for (size_t w = 0; w < BITS_WORDS(d->cell_count); w++)
        any |= d->past[w] != 0;
    for (size_t l = 0; any && !d->settled && l < d->line_count; l++)
        if (d->lines[l].watched && !cover(d, d->shown, &d->lines[l]))
            forget(d, &d->lines[l]);
    if (any && !d->settled)
        watch(d);
    d->settled = true;
}

bool dominance_show(struct dominance *d, size_t cell)
{
    get_ready(d);
    settle(d);
    _cleanup_(slack_freep) struct slack *next = slack_copy(d->shown);
    if (!add_row(d, next, cell))
        return true;
    for (size_t l = 0; l < d->line_count; l++) {
        struct line *line = &d->lines[l];
        if (line->watched && broken(d, line, cell) && !cover(d, next, line))
            return false;
    }
    struct slack *before = d->shown;
    d->shown = TAKE(next);
    slack_free(before);
    return true;
}
