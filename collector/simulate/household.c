#include "collector/simulate/household.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collector/simulate/draw.h"

#define JOINS_LATER 0.3  /* of all, during the first half */
#define LEAVES      0.08 /* during the second half */
#define MOVES       0.03
#define SHARED      0.5 /* of mobile lines */

/* Anybody can make these keys, who knows the seed: they are in force only while
 * the simulation's own batches come in (simulation.h). */
static void make_key(const struct nation *n, struct household *h)
{
    char text[48];
    int len = snprintf(text, sizeof text, "%016" PRIx64 "%016" PRIx64, n->seed, h->n);
    uint8_t secret[SIGN_SECRET_SIZE];
    hash_make("internetmetre simulate 1\n", text, (size_t)len, secret);
    if (sign_key_from(secret, &h->key) < 0)
        abort(); /* any 32 octets are a key */
    probe_id_make(h->key.public, h->probe);
}

static size_t draw_department(const struct nation *n, uint64_t *stream)
{
    double at = draw_unit(stream);
    size_t d = 0;
    while (d + 1 < n->department_count && at >= n->departments[d].share)
        at -= n->departments[d++].share;
    return d;
}

static void draw_place(const struct nation *n, struct household *h, uint64_t *stream)
{
    double at = draw_unit(stream);
    while (h->operator+ 1<n->operator_count && at >= n->operators[h->operator].share)
        at -= n->operators[h->operator++].share;
    h->department = draw_department(n, stream);
    h->moves_to = draw_department(n, stream);
    h->technology = (enum technology)draw_part(stream, n->operators[h->operator].mix, TECH_COUNT);
    h->urban = draw_chance(stream, n->departments[h->department].urban);
}

/* Some come later, some leave, some move house. */
static void draw_stay(struct household *h, int32_t first, int32_t last, uint64_t *stream)
{
    const double half = (last + 1 - first) / 2.0;
    bool later = draw_chance(stream, JOINS_LATER), leaves = draw_chance(stream, LEAVES),
         moves = draw_chance(stream, MOVES);
    int32_t after = (int32_t)(draw_unit(stream) * half), before = (int32_t)(draw_unit(stream) * half);
    h->joined = first + (later ? after : 0);
    h->left = last + 1 - (leaves ? before : 0);
    h->leaves = leaves && h->left <= last;
    h->moves = h->joined + 1 + (int32_t)(draw_unit(stream) * (h->left - h->joined));
    if (!moves || h->moves > h->left)
        h->moves = h->left;
}

/* 2001:db8::/32 is for documentation (RFC 3849): nobody's batches come from there. */
static void draw_network(struct household *h, uint64_t *stream)
{
    h->shared = (h->technology == TECH_4G || h->technology == TECH_3G) && draw_chance(stream, SHARED);
    if (h->shared)
        snprintf(h->prefix, sizeof h->prefix, "2001:db8:ff%02zx::", h->operator& 0xff);
    else
        snprintf(h->prefix, sizeof h->prefix, "2001:db8:%x::", (unsigned)(h->n % 0xff00));
}

void household_draw(const struct nation *n, uint64_t number, int32_t first, int32_t last, struct household *ret)
{
    uint64_t stream = draw_stream(n->seed, DRAW_HOUSEHOLD, number, 0);
    *ret = (struct household){.n = number};
    make_key(n, ret);
    draw_place(n, ret, &stream);
    for (int q = 0; q < QUANTITY_COUNT; q++)
        ret->own[q] = draw_lognormal(&stream, nation_median(n, ret->operator, ret->technology, (enum quantity)q),
                                     nation_sigma((enum quantity)q));
    draw_stay(ret, first, last, &stream);
    draw_network(ret, &stream);
}

size_t household_department(const struct household *h, int32_t day)
{
    return day >= h->moves ? h->moves_to : h->department;
}
