#include "collector/disclosure/residue.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "collector/disclosure/crowd.h"
#include "collector/disclosure/dominance.h"

#define ROUNDING 1e-9 /* of numbers that should be equal */

/* Parts of the whole, and of its halves: of amounts. */
#define AMOUNT_PARTS ((2 * DOMINANCE_TIMES + 1) / (double)DOMINANCE_TIMES)
#define LARGEST      (2 * (DOMINANCE_TIMES + 1) / (double)DOMINANCE_TIMES)
#define SECOND       2.0

/* A line, or a network. */
struct party {
    double gain;            /* the most that so many PARTS of its own less all can be, above the least of all */
    double largest, second; /* the same, of amounts */
    uint64_t group, home;   /* the units that were added last, and the first block of them that it is in */
    uint64_t block;         /* the last block that it is in */
    uint32_t units, kind;   /* in that block */
    bool several, counted;
};

struct side {
    struct party *parties;
    uint32_t size;
    double whole;   /* the least that can stay, block by block */
    int64_t crowds; /* groups of which as many stay as the floor asks, whatever goes */
};

struct residue {
    struct side lines, networks;
    bool amounts;
    double scale; /* of all numbers that were added up */
    int64_t mixed, days;
    uint64_t groups, blocks;
};

struct residue *residue_new(void)
{
    return alloc_zero(1, sizeof(struct residue));
}

struct residue *residue_of_amounts(void)
{
    struct residue *r = alloc_zero(1, sizeof *r);
    r->amounts = true;
    return r;
}

void residue_free(struct residue *r)
{
    if (!r)
        return;
    free(r->lines.parties);
    free(r->networks.parties);
    free(r);
}

static struct party *party_of(struct side *s, uint32_t number)
{
    if (number >= s->size) {
        uint32_t size = number + number / 2 + 64;
        s->parties = alloc_resize(s->parties, size, sizeof *s->parties);
        memset(s->parties + s->size, 0, (size - s->size) * sizeof *s->parties);
        s->size = size;
    }
    return &s->parties[number];
}

/* ---- one block ---- */

/* Those with a ratio come first, in its order; `taken` and `added` are what the first so many have together. */
struct block {
    const struct residue_unit *units;
    size_t count, rated;
    double *taken, *added, constant; /* constant: what others stay with */
    struct {
        double slope;
        size_t at[3];
    } turns; /* of the units before, which mostly are alike */
};

static double ratio(const struct residue_unit *u)
{
    return u->taken > 0 ? u->added / u->taken : INFINITY;
}

static bool goes_with(const struct residue_unit *x, const struct residue_unit *y)
{
    return fabs(x->added * y->taken - y->added * x->taken) <= ROUNDING * fmax(x->added * y->taken, y->added * x->taken);
}

static int by_ratio(const void *a, const void *b)
{
    const struct residue_unit *x = a, *y = b;
    double p = ratio(x), q = ratio(y);
    if (x->block != y->block)
        return x->block < y->block ? -1 : 1;
    return (p > q) - (p < q);
}

static struct block block_of(const struct residue_unit *units, size_t count)
{
    struct block b = {units, count, 0, alloc_zero(count + 1, sizeof *b.taken), alloc_zero(count + 1, sizeof *b.added),
                      0};
    while (b.rated < count && units[b.rated].taken > 0) {
        b.taken[b.rated + 1] = b.taken[b.rated] + units[b.rated].taken;
        b.added[b.rated + 1] = b.added[b.rated] + units[b.rated].added;
        b.rated++;
    }
    for (size_t u = b.rated; u < count; u++)
        b.constant += units[u].added;
    return b;
}

static void block_free(struct block *b)
{
    free(b->taken);
    free(b->added);
}

/* The first ratio from which on all that stays grows by so much with r, or the last one. */
static size_t turn(const struct block *b, double slope)
{
    size_t low = 0, high = b->rated - 1;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (2 * b->taken[middle + 1] - b->taken[b->rated] >= slope)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

/* All that stays where the ratio of one goes. */
static double stays(const struct block *b, size_t at)
{
    double r = ratio(&b->units[at]);
    return b->constant + r * (2 * b->taken[at + 1] - b->taken[b->rated]) - 2 * b->added[at + 1] + b->added[b->rated];
}

static double least(const struct block *b)
{
    return b->rated > 0 ? stays(b, turn(b, 0)) : b->constant;
}

/* Where that of a unit, so many times, turns as fast as all that stays does, before and behind its own ratio. */
static const size_t *turns(struct block *b, double slope)
{
    if (slope != b->turns.slope) {
        b->turns.slope = slope;
        b->turns.at[0] = turn(b, -slope);
        b->turns.at[1] = turn(b, 0);
        b->turns.at[2] = turn(b, slope);
    }
    return b->turns.at;
}

/* The most that so many times a unit, less all, can be; all: the least that they can be. */
static double most(struct block *b, const struct residue_unit *unit, double times, double all)
{
    double found = -INFINITY;
    if (b->rated == 0 || unit->taken <= 0)
        return times * unit->added - all;
    const size_t *at = turns(b, times * unit->taken);
    for (size_t i = 0; i < COUNT(b->turns.at); i++)
        found = fmax(found, times * fabs(unit->added - ratio(&b->units[at[i]]) * unit->taken) - stays(b, at[i]));
    return found;
}

/* ---- who is in it ---- */

static uint32_t number_of(const struct residue *r, const struct side *s, const struct residue_unit *u)
{
    return s == &r->lines ? u->line : u->network;
}

/* Notes who is in the block, in units of which ratios; kinds: the number of each unit's. */
static uint32_t meet(const struct residue *r, struct side *s, const struct block *b, const uint32_t *kinds)
{
    uint32_t homed = 0;
    for (size_t u = 0; u < b->count; u++) {
        struct party *p = party_of(s, number_of(r, s, &b->units[u]));
        if (p->block != r->blocks) {
            p->block = r->blocks;
            p->kind = kinds[u];
            p->units = 0;
            p->several = p->counted = false;
        }
        p->units++;
        p->several |= p->kind != kinds[u] || u >= b->rated;
        if (p->group != r->groups) {
            p->group = r->groups;
            p->home = r->blocks;
            homed++;
        }
    }
    return homed;
}

/* Of those that no block before had: how many stay at least, when one ratio goes. */
static uint32_t remain(const struct residue *r, struct side *s, const struct block *b, const uint32_t *kinds)
{
    uint32_t homed = meet(r, s, b, kinds), gone = 0;
    for (size_t from = 0, to; from < b->rated; from = to) {
        uint32_t alone = 0;
        for (to = from; to < b->rated && kinds[to] == kinds[from]; to++) {
            struct party *p = party_of(s, number_of(r, s, &b->units[to]));
            alone += p->home == r->blocks && !p->several && !p->counted;
            p->counted = true;
        }
        gone = alone > gone ? alone : gone;
    }
    return homed - gone;
}

/* Behind remain, which says how many units each has. */
static void gain(const struct residue *r, struct side *s, struct block *b, double sign)
{
    double all = least(b);
    s->whole += sign * all;
    for (size_t u = 0; u < b->count; u++) {
        struct party *p = party_of(s, number_of(r, s, &b->units[u]));
        double own = sign / p->units, units = p->units;
        p->gain += own * (most(b, &b->units[u], (r->amounts ? AMOUNT_PARTS : RESIDUE_PARTS) * units, all) + all);
        if (!r->amounts)
            continue;
        p->largest += own * (most(b, &b->units[u], LARGEST * units, all) + all);
        p->second += own * (most(b, &b->units[u], SECOND * units, all) + all);
    }
}

/* ---- all blocks ---- */

/* Numbers the ratios of a block, and counts the days that stay of it. Returns how many kinds of units it has of which
 * not all can go together: none where nothing is taken off it. */
static uint32_t sort_out(const struct block *b, uint32_t *kinds, int64_t *days)
{
    int64_t same = 0, gone = 0;
    uint32_t kind = 0;
    for (size_t u = 0; u < b->count; u++) {
        if (u > 0 && u < b->rated && !goes_with(&b->units[u - 1], &b->units[u])) {
            kind++;
            same = 0;
        }
        kinds[u] = kind;
        *days += b->units[u].days;
        same += b->units[u].days;
        if (u < b->rated && same > gone)
            gone = same;
    }
    *days -= gone;
    return b->rated > 0 ? kind + 1 + (b->rated < b->count) : 0;
}

/* One side of all blocks. Of lines it is noted what the units are as well. */
static void weigh_side(struct residue *r, struct side *s, const struct residue_unit *units, size_t count, int sign)
{
    uint32_t remaining = 0, *kinds = alloc_zero(count, sizeof *kinds);
    bool lines = s == &r->lines;
    int64_t days = 0;
    r->groups++;
    for (size_t from = 0, to; from < count; from = to) {
        for (to = from + 1; to < count && units[to].block == units[from].block; to++)
            ;
        struct block b = block_of(units + from, to - from);
        r->blocks++;
        r->mixed += sort_out(&b, kinds, &days) > 1 && lines ? sign : 0;
        r->scale += b.constant + b.added[b.rated];
        remaining += remain(r, s, &b, kinds);
        gain(r, s, &b, sign);
        block_free(&b);
    }
    r->days += lines ? sign * days : 0;
    s->crowds += remaining >= (lines ? FLOOR_PROBES : FLOOR_NETWORKS) ? sign : 0;
    free(kinds);
}

/* Lines whose network was not seen are no cover for networks. */
static void weigh(struct residue *r, struct residue_unit *units, size_t count, int sign)
{
    struct residue_unit *seen = alloc_zero(count, sizeof *seen);
    size_t seen_count = 0;
    if (count > 1)
        qsort(units, count, sizeof *units, by_ratio);
    for (size_t u = 0; u < count; u++)
        if (units[u].network)
            seen[seen_count++] = units[u];
    weigh_side(r, &r->lines, units, count, sign);
    weigh_side(r, &r->networks, seen, seen_count, sign);
    free(seen);
}

void residue_add(struct residue *r, struct residue_unit *units, size_t count)
{
    weigh(r, units, count, 1);
}

void residue_remove(struct residue *r, struct residue_unit *units, size_t count)
{
    weigh(r, units, count, -1);
}

bool residue_is_of_amounts(const struct residue *r)
{
    return r->amounts;
}

/* The most that one can be as the second, and the most that any other can. */
struct seconds {
    double most, next;
    uint32_t of; /* most */
};

static struct seconds seconds_of(const struct side *s)
{
    struct seconds found = {.of = UINT32_MAX};
    for (uint32_t p = 0; p < s->size; p++) {
        double second = s->parties[p].second;
        if (second > found.most)
            found = (struct seconds){second, found.most, p};
        else
            found.next = fmax(found.next, second);
    }
    return found;
}

static bool is_too_much(const struct residue *r, const struct side *s)
{
    const struct seconds seconds = seconds_of(s);
    for (uint32_t p = 0; p < s->size; p++) {
        double beside = p == seconds.of ? seconds.next : seconds.most;
        if (s->parties[p].gain > s->whole + ROUNDING * r->scale &&
            (!r->amounts || s->parties[p].largest + beside > 2 * s->whole + ROUNDING * r->scale))
            return true;
    }
    return false;
}

static bool is_small(const struct residue *r)
{
    return r->days < FLOOR_DAYS || r->lines.crowds <= 0 || r->networks.crowds <= 0;
}

enum residue_verdict residue_verdict(const struct residue *r)
{
    if (r->mixed == 0 && !r->amounts)
        return RESIDUE_NOTHING;
    if ((!r->amounts && is_small(r)) || is_too_much(r, &r->lines) || is_too_much(r, &r->networks))
        return RESIDUE_FEW;
    return r->mixed ? RESIDUE_MANY : RESIDUE_NOTHING;
}
