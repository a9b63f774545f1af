#include "collector/disclosure/dominance.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "collector/disclosure/bits.h"
#include "collector/disclosure/slack.h"

#define WORK_MAX 1000000000 /* numbers touched: about a second */
#define ROUNDING 1e-3       /* weights are kept in parts of a million, and what is cut lies at the bound itself */
#define NOBODY   SIZE_MAX

/* Days of a line that lie in the same cells: as they are added, then all of them in an atom. */
struct piece {
    uint32_t line;
    uint64_t *cells; /* a bit a cell; as long as they are added */
    size_t part, atom;
    double amount, told; /* told: the part of it that nobody may learn */
    double free;         /* the part that may be more or less: what is cut is what others make it */
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
    struct piece *pieces;
    size_t count, part;
    double free;
    bool watched;         /* its own atoms do not cover it */
    struct cover *covers; /* none: it is not known yet what figures before tell of it */
    size_t cover_count;
};

struct atom {
    uint64_t *cells;
    double whole, largest, second;
    size_t first, next; /* lines that give the two */
};

/* Cells that have lines in common, and the atoms in them: what is shown of one part says nothing of another. */
struct part {
    size_t from, to; /* atoms */
    size_t *seconds; /* lines that may be second, those that give most first; as long as d */
    size_t second_count;
    struct slack *shown;
    bool past, settled; /* past: figures of before are out; settled: it is known of all lines what those tell */
};

struct dominance {
    size_t cell_count;
    struct piece *pieces;
    size_t piece_count, piece_cap;
    bool ready;
    struct line *lines;
    struct atom *atoms;
    size_t *seconds; /* of each part */
    size_t line_count, atom_count;
    size_t *parts_of; /* cells */
    struct part *parts;
    size_t part_count;
    uint64_t *past; /* a bit a cell */
    int64_t work_max, work;
};

struct dominance *dominance_new(size_t cells)
{
    struct dominance *d = alloc_zero(1, sizeof *d);
    d->cell_count = cells;
    d->past = alloc_zero(BITS_WORDS(cells) + 1, sizeof *d->past);
    d->work_max = WORK_MAX;
    return d;
}

void dominance_limit(struct dominance *d, int64_t work)
{
    d->work_max = work;
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
    for (size_t p = 0; p < d->part_count; p++)
        slack_free(d->parts[p].shown);
    free(d->parts);
    free(d->parts_of);
    free(d->seconds);
    free(d->past);
    free(d);
}

/* ---- what is given ---- */

void dominance_add(struct dominance *d, uint32_t line, double amount, enum dominance_left left, const size_t *cells,
                   size_t count)
{
    if (d->piece_count == d->piece_cap) {
        d->piece_cap = d->piece_cap ? d->piece_cap * 2 : 256;
        d->pieces = alloc_resize(d->pieces, d->piece_cap, sizeof *d->pieces);
    }
    struct piece *piece = &d->pieces[d->piece_count++];
    *piece = (struct piece){.line = line, .amount = amount};
    piece->told = left == DOMINANCE_FAR ? 0 : amount;
    piece->free = left == DOMINANCE_WHOLE ? amount : 0;
    piece->cells = alloc_zero(BITS_WORDS(d->cell_count) + 1, sizeof *piece->cells);
    for (size_t c = 0; c < count; c++)
        bits_set(piece->cells, cells[c]);
}

static int by_line(const void *a, const void *b)
{
    const struct piece *x = a, *y = b;
    if (x->line != y->line)
        return x->line < y->line ? -1 : 1;
    return (x->atom > y->atom) - (x->atom < y->atom);
}

/* ---- parts, atoms, lines ---- */

static size_t first_cell(const struct dominance *d, const struct piece *piece)
{
    size_t cell = 0;
    while (cell < d->cell_count && !bits_has(piece->cells, cell))
        cell++;
    return cell < d->cell_count ? cell : 0;
}

/* The cell that its part is known by as long as parts are joined. */
static size_t root(const struct dominance *d, size_t cell)
{
    while (d->parts_of[cell] != cell)
        cell = d->parts_of[cell];
    return cell;
}

static void join(struct dominance *d, size_t cell, size_t other)
{
    size_t x = root(d, cell), y = root(d, other);
    d->parts_of[x > y ? x : y] = x > y ? y : x;
}

/* Each is known by its lowest cell, which comes before all others and has a number when they ask for it. */
static void number_parts(struct dominance *d)
{
    d->parts = alloc_zero(d->cell_count + 1, sizeof *d->parts);
    for (size_t c = 0; c < d->cell_count; c++)
        d->parts_of[c] = d->parts_of[c] == c ? d->part_count++ : d->parts_of[d->parts_of[c]];
}

static void make_parts(struct dominance *d)
{
    d->parts_of = alloc_zero(d->cell_count + 1, sizeof *d->parts_of);
    for (size_t c = 0; c < d->cell_count; c++)
        d->parts_of[c] = c;
    qsort(d->pieces, d->piece_count, sizeof *d->pieces, by_line);
    for (size_t p = 0; p < d->piece_count; p++) {
        const struct piece *piece = &d->pieces[p];
        size_t first = first_cell(d, piece);
        for (size_t c = first + 1; c < d->cell_count; c++)
            if (bits_has(piece->cells, c))
                join(d, first, c);
        if (p > 0 && piece[-1].line == piece->line)
            join(d, first, first_cell(d, &piece[-1]));
    }
    number_parts(d);
    for (size_t p = 0; p < d->piece_count; p++)
        d->pieces[p].part = d->parts_of[first_cell(d, &d->pieces[p])];
}

static int by_cells(const void *a, const void *b, void *words)
{
    const struct piece *x = a, *y = b;
    if (x->part != y->part)
        return x->part < y->part ? -1 : 1;
    return memcmp(x->cells, y->cells, *(size_t *)words * sizeof(uint64_t));
}

/* Pieces in the same cells are in one atom, which takes their cells over. */
static void make_atoms(struct dominance *d)
{
    size_t words = BITS_WORDS(d->cell_count);
    d->atoms = alloc_zero(d->piece_count, sizeof *d->atoms);
    qsort_r(d->pieces, d->piece_count, sizeof *d->pieces, by_cells, &words);
    for (size_t p = 0; p < d->piece_count; p++) {
        struct piece *piece = &d->pieces[p];
        struct part *part = &d->parts[piece->part];
        if (p > 0 && !memcmp(piece->cells, d->atoms[d->atom_count - 1].cells, words * sizeof *piece->cells)) {
            free(piece->cells);
        } else {
            part->from = part->to > 0 ? part->from : d->atom_count;
            d->atoms[d->atom_count++] = (struct atom){.cells = piece->cells, .first = NOBODY, .next = NOBODY};
            part->to = d->atom_count;
        }
        piece->cells = NULL;
        piece->atom = d->atom_count - 1;
        d->atoms[piece->atom].whole += piece->free;
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
            d->pieces[kept - 1].free += d->pieces[p].free;
        } else {
            d->pieces[kept++] = d->pieces[p];
        }
    d->piece_count = kept;
    d->lines = alloc_zero(kept, sizeof *d->lines);
    for (size_t p = 0; p < kept; p++) {
        if (p == 0 || d->pieces[p].line != d->pieces[p - 1].line)
            d->lines[d->line_count++] = (struct line){.pieces = &d->pieces[p], .part = d->pieces[p].part};
        d->lines[d->line_count - 1].count++;
        d->lines[d->line_count - 1].free += d->pieces[p].free;
    }
}

static void find_largest(struct dominance *d)
{
    for (size_t l = 0; l < d->line_count; l++)
        for (size_t p = 0; p < d->lines[l].count; p++) {
            double gives = d->lines[l].pieces[p].free;
            struct atom *atom = &d->atoms[d->lines[l].pieces[p].atom];
            if (atom->first == NOBODY || gives > atom->largest) {
                atom->second = atom->largest;
                atom->next = atom->first;
                atom->largest = gives;
                atom->first = l;
            } else if (atom->next == NOBODY || gives > atom->second) {
                atom->second = gives;
                atom->next = l;
            }
        }
}

static int largest_first(const void *a, const void *b, void *of)
{
    const struct line *lines = of, *x = &lines[*(const size_t *)a], *y = &lines[*(const size_t *)b];
    if (x->part != y->part)
        return x->part < y->part ? -1 : 1;
    if (x->free != y->free)
        return x->free > y->free ? -1 : 1;
    return (x > y) - (x < y);
}

/* One that lies in a single atom can be second only where it is of the two largest there. */
static void find_seconds(struct dominance *d)
{
    bool *may = alloc_zero(d->line_count, sizeof *may);
    size_t count = 0;
    for (size_t a = 0; a < d->atom_count; a++) {
        may[d->atoms[a].first] = true;
        if (d->atoms[a].next != NOBODY)
            may[d->atoms[a].next] = true;
    }
    d->seconds = alloc_zero(d->line_count, sizeof *d->seconds);
    for (size_t l = 0; l < d->line_count; l++)
        if (d->lines[l].free > 0 && (may[l] || d->lines[l].count > 1))
            d->seconds[count++] = l;
    qsort_r(d->seconds, count, sizeof *d->seconds, largest_first, d->lines);
    for (size_t s = 0; s < count; s++) {
        struct part *part = &d->parts[d->lines[d->seconds[s]].part];
        part->seconds = part->second_count++ ? part->seconds : &d->seconds[s];
    }
    free(may);
}

/* How far a piece could move: so much less that the line gives a DOMINANCE_TIMES-th less. */
static double share(const struct piece *piece)
{
    return piece->told / DOMINANCE_TIMES * (1 - ROUNDING);
}

/* What others than the line give to the atom, but for the one of them that gives most. */
static double rest(const struct dominance *d, const struct line *line, const struct piece *piece)
{
    const struct atom *atom = &d->atoms[piece->atom];
    double second = &d->lines[atom->first] == line ? atom->second : atom->largest;
    return fmax(0, atom->whole - piece->free - second);
}

/* Those whose atoms give enough beside it, whoever is second, are covered whatever is shown. */
static void watch(struct dominance *d, struct line *line)
{
    line->watched = false;
    for (size_t p = 0; p < line->count; p++)
        line->watched |= share(&line->pieces[p]) > rest(d, line, &line->pieces[p]);
}

static void get_ready(struct dominance *d)
{
    if (d->ready)
        return;
    d->ready = true;
    make_parts(d);
    make_atoms(d);
    make_lines(d);
    find_largest(d);
    find_seconds(d);
    for (size_t l = 0; l < d->line_count; l++)
        watch(d, &d->lines[l]);
    for (size_t p = 0; p < d->part_count; p++)
        d->parts[p].shown = slack_new(d->parts[p].to - d->parts[p].from);
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

/* ---- a line's covers ---- */

/* One line's are looked for; the numbers are of its part's atoms. */
struct search {
    struct dominance *d;
    const struct part *part;
    const struct slack *shown;
    struct line *line;
    double *shares, *given, *most, *moves; /* what is not to be known; of what; what others can move by; and do */
    bool *served;                          /* of those that may be second: is there a cover? */
    struct cover *covers;
    size_t count;
};

static struct search search_new(struct dominance *d, const struct slack *shown, struct line *line)
{
    struct search s = {.d = d, .part = &d->parts[line->part], .shown = shown, .line = line};
    size_t width = s.part->to - s.part->from;
    s.shares = alloc_zero(4 * width, sizeof *s.shares);
    s.given = s.shares + width;
    s.most = s.given + width;
    s.moves = s.most + width;
    s.served = alloc_zero(s.part->second_count + 1, sizeof *s.served);
    for (size_t p = 0; p < line->count; p++) {
        s.shares[line->pieces[p].atom - s.part->from] = share(&line->pieces[p]);
        s.given[line->pieces[p].atom - s.part->from] = line->pieces[p].free;
    }
    return s;
}

static void search_free(struct search *s)
{
    covers_free(s->covers, s->count);
    free(s->shares);
    free(s->served);
}

/* What others give to an atom where that much of it is a second's. */
static double others(const struct search *s, size_t atom, double seconds)
{
    return fmax(0, s->d->atoms[s->part->from + atom].whole - s->given[atom] - seconds);
}

/* Does what moves serve where that line is second: is it no more than others give? */
static bool serves(struct search *s, const struct line *second)
{
    s->d->work -= (int64_t)second->count;
    for (size_t p = 0; p < second->count; p++) {
        size_t atom = second->pieces[p].atom - s->part->from;
        if (fabs(s->moves[atom]) > others(s, atom, second->pieces[p].free) * (1 + ROUNDING))
            return false;
    }
    return true;
}

static void keep_cover(struct search *s)
{
    size_t width = s->part->to - s->part->from;
    struct cover c = {.moves = alloc_zero(width + 1, sizeof *c.moves)};
    for (size_t a = 0; a < width; a++)
        if (s->moves[a] != 0)
            c.moves[c.count++] = (struct move){s->part->from + a, s->moves[a]};
    c.moves = alloc_resize(c.moves, c.count + 1, sizeof *c.moves);
    s->covers = alloc_resize(s->covers, s->count + 1, sizeof *s->covers);
    s->covers[s->count++] = c;
    for (size_t i = 0; i < s->part->second_count; i++)
        s->served[i] = s->served[i] || serves(s, &s->d->lines[s->part->seconds[i]]);
}

static bool find_cover(struct search *s)
{
    bool found = slack_covers(s->shown, s->shares, s->most, s->moves, &s->d->work);
    if (found)
        keep_cover(s);
    return found;
}

/* One that takes of no atom what any of the others gives to it. */
static bool find_for_all(struct search *s)
{
    for (size_t a = s->part->from; a < s->part->to; a++) {
        const struct atom *atom = &s->d->atoms[a];
        bool own = &s->d->lines[atom->first] == s->line;
        s->most[a - s->part->from] = others(s, a - s->part->from, own ? atom->second : atom->largest);
    }
    return find_cover(s);
}

/* What others do without the second; NULL: with all. */
static bool find_for(struct search *s, const struct line *second)
{
    for (size_t a = 0; a < s->part->to - s->part->from; a++)
        s->most[a] = others(s, a, 0);
    for (size_t p = 0; second && p < second->count; p++) {
        size_t atom = second->pieces[p].atom - s->part->from;
        s->most[atom] = others(s, atom, second->pieces[p].free);
    }
    return find_cover(s);
}

static bool find_for_each(struct search *s)
{
    bool found = find_for(s, NULL);
    for (size_t i = 0; found && i < s->part->second_count; i++) {
        const struct line *second = &s->d->lines[s->part->seconds[i]];
        if (second != s->line && !s->served[i])
            found = find_for(s, second);
    }
    return found;
}

/* Finds covers of a line beside what is shown, for each that may be second. */
static bool cover(struct dominance *d, const struct slack *shown, struct line *line)
{
    _cleanup_(search_free) struct search s = search_new(d, shown, line);
    if (!find_for_all(&s) && !find_for_each(&s))
        return false;
    covers_free(line->covers, line->cover_count);
    line->cover_count = s.count;
    line->covers = TAKE(s.covers);
    s.count = 0;
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

/* One that the cell breaks has to be found anew. */
static bool broken(const struct dominance *d, const struct line *line, size_t cell)
{
    for (size_t c = 0; c < line->cover_count; c++)
        if (!holds(d, line, &line->covers[c], cell))
            return true;
    return false;
}

/* ---- what is shown ---- */

/* Shows it in these rows of its part. False: it is a sum of others. */
static bool add_row(const struct dominance *d, const struct part *part, struct slack *shown, size_t cell)
{
    double *row = alloc_zero(part->to - part->from + 1, sizeof *row);
    for (size_t a = part->from; a < part->to; a++)
        row[a - part->from] = bits_has(d->atoms[a].cells, cell);
    bool added = slack_add(shown, row);
    free(row);
    return added;
}

void dominance_past(struct dominance *d, size_t cell)
{
    get_ready(d);
    struct part *part = &d->parts[d->parts_of[cell]];
    add_row(d, part, part->shown, cell);
    bits_set(d->past, cell);
    part->past = true;
}

/* What figures before have told of a line is out. */
static void forget(struct dominance *d, struct line *line)
{
    for (size_t p = 0; p < line->count; p++)
        for (size_t w = 0; w < BITS_WORDS(d->cell_count); w++)
            if (d->atoms[line->pieces[p].atom].cells[w] & d->past[w])
                line->pieces[p].told = 0;
    watch(d, line);
}

/* Nothing has to move for what no figure says. */
static void cover_with_nothing(struct line *line)
{
    line->covers = alloc_zero(1, sizeof *line->covers);
    line->cover_count = 1;
}

/* Finds out what figures before tell of lines. False: there was not enough work left for all. Those that are watched
 * and have no cover yet are as if they had never been looked at. */
static bool settle(struct dominance *d, struct part *part)
{
    for (size_t l = 0; !part->settled && l < d->line_count; l++) {
        struct line *line = &d->lines[l];
        if (&d->parts[line->part] != part || !line->watched || line->cover_count > 0)
            continue;
        if (part->past && cover(d, part->shown, line))
            continue;
        if (part->past && d->work <= 0)
            return false;
        if (part->past)
            forget(d, line);
        cover_with_nothing(line);
    }
    part->settled = true;
    return true;
}

enum dominance_verdict dominance_show(struct dominance *d, size_t cell)
{
    get_ready(d);
    struct part *part = &d->parts[d->parts_of[cell]];
    d->work = d->work_max;
    if (!settle(d, part))
        return DOMINANCE_UNKNOWN;
    d->work = d->work_max;
    _cleanup_(slack_freep) struct slack *next = slack_copy(part->shown);
    if (!add_row(d, part, next, cell))
        return DOMINANCE_NOT;
    for (size_t l = 0; l < d->line_count; l++) {
        struct line *line = &d->lines[l];
        if (&d->parts[line->part] == part && line->watched && broken(d, line, cell) && !cover(d, next, line))
            return d->work > 0 ? DOMINANCE_TELLS : DOMINANCE_UNKNOWN;
    }
    struct slack *before = part->shown;
    part->shown = TAKE(next);
    slack_free(before);
    return DOMINANCE_NOT;
}
