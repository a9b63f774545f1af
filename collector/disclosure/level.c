#include "collector/disclosure/level.h"

#include <stdlib.h>
#include <string.h>

#include "collector/disclosure/crowd.h"
#include "collector/disclosure/modular.h"
#include "common/alloc.h"

#define TRIED_CLASSES 48        /* of more nothing is tried but what follows */
#define WORK_MAX      400000000 /* numbers looked at */

struct levels {
    size_t days, width, count; /* of classes */
    uint32_t *lines;           /* a row a day, a number a class */
    uint32_t *parts;           /* a row a class, less what is known of the levels */
    uint32_t *apart;           /* rows that are not zero: differences of classes that are of two levels */
    size_t apart_count;
};

static struct levels *levels_new(const struct levels *of)
{
    struct levels *l = alloc_zero(1, sizeof *l);
    *l = *of;
    l->lines = alloc_zero(l->days * l->count, sizeof *l->lines);
    l->parts = alloc_zero(l->count * l->width, sizeof *l->parts);
    l->apart = alloc_zero((l->apart_count + 1) * l->width, sizeof *l->apart);
    memcpy(l->lines, of->lines, l->days * l->count * sizeof *l->lines);
    memcpy(l->parts, of->parts, l->count * l->width * sizeof *l->parts);
    if (l->apart_count > 0)
        memcpy(l->apart, of->apart, l->apart_count * l->width * sizeof *l->apart);
    return l;
}

static void levels_free(struct levels *l)
{
    free(l->lines);
    free(l->parts);
    free(l->apart);
    free(l);
}

static size_t first_of(const uint32_t *row, size_t width)
{
    size_t at = 0;
    while (at < width && !row[at])
        at++;
    return at;
}

/* So that its first number is 1; false: it is zero. */
static bool normalize(uint32_t *row, size_t width)
{
    size_t at = first_of(row, width);
    if (at < width && row[at] != 1)
        modular_scale(row, modular_inverse(row[at]), width);
    return at < width;
}

/* By how much two classes differ, normalized. */
static void direction(const struct levels *l, size_t p, size_t q, uint32_t *ret)
{
    for (size_t w = 0; w < l->width; w++)
        ret[w] = (l->parts[p * l->width + w] + (PRIME - l->parts[q * l->width + w])) % PRIME;
    normalize(ret, l->width);
}

static void take_off(uint32_t *rows, size_t count, size_t width, const uint32_t *direction)
{
    size_t at = first_of(direction, width);
    for (size_t r = 0; r < count; r++)
        if (rows[r * width + at])
            modular_subtract(rows + r * width, direction, rows[r * width + at], width);
}

/* ---- what follows ---- */

/* The number of the first of each that is equal to it. */
static void equals(const uint32_t *rows, size_t count, size_t width, size_t *firsts)
{
    for (size_t r = 0; r < count; r++) {
        size_t first = 0;
        while (memcmp(rows + first * width, rows + r * width, width * sizeof *rows) != 0)
            first++;
        firsts[r] = first;
    }
}

/* Joins classes that are the same by what is known. */
static void join(struct levels *l)
{
    size_t *firsts = alloc_zero(l->count, sizeof *firsts), *places = alloc_zero(l->count, sizeof *places), kept = 0;
    equals(l->parts, l->count, l->width, firsts);
    for (size_t c = 0; c < l->count; c++)
        places[c] = firsts[c] == c ? kept++ : places[firsts[c]];
    for (size_t d = 0; d < l->days; d++)
        for (size_t c = 0; c < l->count; c++) {
            uint32_t lines = l->lines[d * l->count + c], *to = &l->lines[d * kept + places[c]];
            *to = firsts[c] == c ? lines : *to + lines;
        }
    for (size_t c = 0; c < l->count; c++)
        memmove(l->parts + places[c] * l->width, l->parts + c * l->width, l->width * sizeof *l->parts);
    l->count = kept;
    free(firsts);
    free(places);
}

/* Classes that differ in this direction are of one level; false: of two of them something else is known. */
static bool equate(struct levels *l, const uint32_t *direction)
{
    bool holds = true;
    take_off(l->parts, l->count, l->width, direction);
    join(l);
    take_off(l->apart, l->apart_count, l->width, direction);
    for (size_t a = 0; a < l->apart_count; a++)
        holds &= normalize(l->apart + a * l->width, l->width);
    return holds;
}

/* How many lines' days are left at least, where classes that differ in this direction are of two levels. */
static uint64_t price(const struct levels *l, const uint32_t *direction)
{
    uint64_t left = 0;
    uint32_t *rows = alloc_zero(l->count * l->width, sizeof *rows), *most = alloc_zero(l->count, sizeof *most);
    size_t *firsts = alloc_zero(l->count, sizeof *firsts);
    memcpy(rows, l->parts, l->count * l->width * sizeof *rows);
    take_off(rows, l->count, l->width, direction);
    equals(rows, l->count, l->width, firsts);
    for (size_t d = 0; d < l->days && left < FLOOR_DAYS; d++) {
        const uint32_t *lines = l->lines + d * l->count;
        memset(most, 0, l->count * sizeof *most);
        for (size_t c = 0; c < l->count; c++) {
            uint32_t *of = &most[firsts[c]];
            left += lines[c] < *of ? lines[c] : *of;
            *of = lines[c] > *of ? lines[c] : *of;
        }
    }
    free(firsts);
    free(most);
    free(rows);
    return left;
}

/* Joins classes that differ in some direction that is too dear; false: there is none. */
static bool follow(struct levels *l, uint64_t *work)
{
    uint32_t *by = alloc_zero(l->width, sizeof *by);
    bool found = false;
    for (size_t p = 0; p < l->count && !found; p++)
        for (size_t q = p + 1; q < l->count && !found && *work < WORK_MAX; q++) {
            direction(l, p, q, by);
            *work += l->count * (l->days + l->width + l->count);
            found = price(l, by) >= FLOOR_DAYS;
        }
    bool joined = found && equate(l, by);
    free(by);
    return joined;
}

/* ---- what is tried ---- */

/* Which pairs of classes are known to be of two levels, and a direction of one that is not; false: all are. */
static bool conflicts(const struct levels *l, bool *pairs, uint32_t *ret_open)
{
    uint32_t *by = alloc_zero(l->width, sizeof *by);
    bool open = false;
    for (size_t p = 0; p < l->count; p++)
        for (size_t q = 0; q < p; q++) {
            bool known = false;
            direction(l, p, q, by);
            for (size_t a = 0; a < l->apart_count && !known; a++)
                known = !memcmp(by, l->apart + a * l->width, l->width * sizeof *by);
            pairs[p * l->count + q] = pairs[q * l->count + p] = known;
            if (!known && !open) {
                memcpy(ret_open, by, l->width * sizeof *by);
                open = true;
            }
        }
    free(by);
    return open;
}

/* How many lines' days are left at least: of classes of which any two are of two levels, all but the largest. */
static uint64_t left_of(const struct levels *l, const bool *pairs)
{
    uint64_t left = 0;
    for (size_t d = 0; d < l->days && left < FLOOR_DAYS; d++) {
        const uint32_t *lines = l->lines + d * l->count;
        bool done[TRIED_CLASSES] = {false};
        for (size_t c = 0; c < l->count; c++) {
            size_t members[TRIED_CLASSES], count = 0;
            uint32_t most = 0;
            for (size_t m = c; m < l->count; m++) {
                bool all = !done[m];
                for (size_t i = 0; i < count && all; i++)
                    all = pairs[members[i] * l->count + m];
                if (!all)
                    continue;
                done[m] = true;
                members[count++] = m;
                left += lines[m] < most ? lines[m] : most;
                most = lines[m] > most ? lines[m] : most;
            }
        }
    }
    return left;
}

/* Frees l. */
static bool search(struct levels *l, uint64_t *work)
{
    uint32_t *open = alloc_zero(l->width, sizeof *open);
    bool pairs[TRIED_CLASSES * TRIED_CLASSES], few = false, more = true;
    while (more && l->count > 1) {
        if (follow(l, work))
            continue;
        if (l->count > TRIED_CLASSES || *work >= WORK_MAX) {
            few = true;
            break;
        }
        bool any = conflicts(l, pairs, open);
        uint64_t left = left_of(l, pairs);
        *work += l->count * l->count * (l->days + l->apart_count * l->width);
        few = !any && left > 0 && left < FLOOR_DAYS;
        more = any && left < FLOOR_DAYS;
        if (more) {
            struct levels *apart = levels_new(l);
            memcpy(apart->apart + apart->apart_count++ * l->width, open, l->width * sizeof *open);
            few = search(apart, work);
            more = !few && equate(l, open);
        }
    }
    free(open);
    levels_free(l);
    return few;
}

bool level_leaves_few(uint32_t *lines, size_t days, uint32_t *parts, size_t places, size_t width)
{
    struct levels of = {.days = days, .width = width, .count = places, .lines = lines, .parts = parts};
    uint64_t work = 0;
    if (width == 0 || places == 0)
        return false;
    struct levels *l = levels_new(&of);
    join(l);
    return search(l, &work);
}
