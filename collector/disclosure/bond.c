#include "collector/disclosure/bond.h"

#include <stdlib.h>
#include <string.h>

#include "collector/disclosure/crowd.h"

#define NO_GROUP SIZE_MAX
#define NO_ROW   SIZE_MAX

/* Places in a list of units, those of one row, or of one stay, side by side. */
struct index {
    size_t *begins, *places; /* begins: one more than there are keys */
};

struct bonds {
    const struct bond_unit *units;
    size_t count, rows, stays;
    struct index by_row, by_stay;
    size_t *groups;       /* by row */
    size_t *met;          /* by stay: the last group that it was met in */
    struct crowd *common; /* by row: who it has in common with the group at hand */
};

static size_t key_of(const struct bond_unit *unit, bool by_row)
{
    return by_row ? unit->row : unit->stay;
}

static struct index index_of(const struct bonds *b, size_t keys, bool by_row)
{
    struct index index = {alloc_zero(keys + 2, sizeof(size_t)), alloc_zero(b->count, sizeof(size_t))};
    for (size_t u = 0; u < b->count; u++)
        index.begins[key_of(&b->units[u], by_row) + 2]++;
    for (size_t k = 2; k < keys + 2; k++)
        index.begins[k] += index.begins[k - 1];
    for (size_t u = 0; u < b->count; u++)
        index.places[index.begins[key_of(&b->units[u], by_row) + 1]++] = u;
    return index;
}

/* The row of most units that is in no group. */
static size_t largest(const struct bonds *b)
{
    size_t best = NO_ROW, most = 0;
    for (size_t r = 0; r < b->rows; r++) {
        size_t units = b->by_row.begins[r + 1] - b->by_row.begins[r];
        if (b->groups[r] == NO_GROUP && units > most) {
            best = r;
            most = units;
        }
    }
    return best;
}

/* All rows of a stay have it in common with the group; those that have enough by now come to it, and wait. */
static void meet(struct bonds *b, uint32_t stay, size_t group, size_t *waiting, size_t *wait_count)
{
    b->met[stay] = group;
    for (size_t i = b->by_stay.begins[stay]; i < b->by_stay.begins[stay + 1]; i++) {
        const struct bond_unit *unit = &b->units[b->by_stay.places[i]];
        if (b->groups[unit->row] != NO_GROUP)
            continue;
        crowd_add(&b->common[unit->row], unit->probe, unit->network, 1);
        if (crowd_is_many(&b->common[unit->row])) {
            b->groups[unit->row] = group;
            waiting[(*wait_count)++] = unit->row;
        }
    }
}

static void grow(struct bonds *b, size_t from, size_t group)
{
    size_t *waiting = alloc_zero(b->rows, sizeof *waiting), count = 0;
    memset(b->common, 0, b->rows * sizeof *b->common);
    b->groups[from] = group;
    waiting[count++] = from;
    while (count > 0) {
        size_t row = waiting[--count];
        for (size_t i = b->by_row.begins[row]; i < b->by_row.begins[row + 1]; i++) {
            uint32_t stay = b->units[b->by_row.places[i]].stay;
            if (b->met[stay] != group)
                meet(b, stay, group, waiting, &count);
        }
    }
    free(waiting);
}

/* Who two groups have in common, of all of their days; a row of `groups` crowds for each. The caller frees. */
static struct crowd *shared(const struct bonds *b, size_t groups)
{
    struct crowd *crowds = alloc_zero(groups * groups, sizeof *crowds);
    for (size_t s = 0; s < b->stays; s++) {
        uint32_t in = 0;
        const struct bond_unit *unit = NULL;
        for (size_t i = b->by_stay.begins[s]; i < b->by_stay.begins[s + 1]; i++) {
            unit = &b->units[b->by_stay.places[i]];
            in |= 1u << b->groups[unit->row];
        }
        for (size_t g = 0; g < groups; g++)
            for (size_t other = 0; other < groups && (in & 1u << g); other++)
                if (other != g && (in & 1u << other))
                    crowd_add(&crowds[g * groups + other], unit->probe, unit->network, 1);
    }
    return crowds;
}

/* Puts two groups together that have enough in common. */
static bool join(struct bonds *b, size_t *groups)
{
    struct crowd *crowds = shared(b, *groups);
    size_t pair = 0;
    while (pair < *groups * *groups && !crowd_is_many(&crowds[pair]))
        pair++;
    bool found = pair < *groups * *groups;
    size_t into = found ? pair / *groups : 0, gone = found ? pair % *groups : 0;
    free(crowds);
    if (!found)
        return false;
    --*groups;
    for (size_t r = 0; r < b->rows; r++)
        if (b->groups[r] == gone)
            b->groups[r] = into;
        else if (b->groups[r] == *groups)
            b->groups[r] = gone;
    return true;
}

size_t bond_group(const struct bond_unit *units, size_t count, size_t rows, size_t stays, size_t *groups)
{
    struct bonds b = {.units = units, .count = count, .rows = rows, .stays = stays, .groups = groups};
    b.by_row = index_of(&b, rows, true);
    b.by_stay = index_of(&b, stays, false);
    b.met = alloc_zero(stays, sizeof *b.met);
    b.common = alloc_zero(rows, sizeof *b.common);
    memset(b.met, 0xff, stays * sizeof *b.met);
    for (size_t r = 0; r < rows; r++)
        groups[r] = NO_GROUP;
    size_t made = 0, from;
    for (; made <= BOND_GROUPS && (from = largest(&b)) != NO_ROW; made++)
        grow(&b, from, made);
    while (made <= BOND_GROUPS && made > 1 && join(&b, &made))
        ;
    free(b.by_row.begins);
    free(b.by_row.places);
    free(b.by_stay.begins);
    free(b.by_stay.places);
    free(b.met);
    free(b.common);
    return made;
}
