/* Days beside parts, in amounts. Points of days are sums over a day, figures of a country and its parts sums over all
 * days: lines enough stand behind each of them, and still a day of some and the rest of others, added up, may leave
 * what one line gives. What others stand for there is nothing.
 *
 * As for figures alone (dominance.h) the question is put from its other side: all that a line gives could be less by a
 * DOMINANCE_TIMES-th, with the others making up for it, each by no more than it gives itself, so that each day that is
 * shown, each part and the country stay as they are. Lines of one place (in the same parts, with the same weight) are
 * alike in all that is published of a day, so that what moves is a flow between places and days (flow.h), of which each
 * edge bears what others give there. A second line, which knows itself, makes up for nothing: those that give most are
 * left out in turn. Where a line has enough beside it in its own place, on each of its days, that is seen at once. What
 * takes too much work to find out counts as telling. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "collector/disclosure/cellset.h"
#include "common/alloc.h"

struct transport;

/* parts: by places' numbers, which figures they lie in. Days are 0, 1, … */
struct transport *transport_new(const struct cellsets *parts, size_t days) CHECKED;
void transport_free(struct transport *t);
static inline void transport_freep(struct transport **t)
{
    transport_free(*t);
}

/* What a line gives to the point of a day, which is not below zero, and how many times that to figures, within a
 * hundredth. covers: it is not cut in any (dominance.h). All come before what follows. */
void transport_add(struct transport *t, uint32_t line, size_t day, uint32_t place, double amount, double weight,
                   bool covers);

/* Lines that others tell of are passed over: what was out was asked for, in `out`, with the same lines. Where that took
 * too much work, lines of which it is proved are. */
void transport_pass_over(struct transport *t, const struct transport *out);

/* Do these days, each by itself, tell of a line beside the parts? Each time it is asked, fewer are shown than when they
 * last did. */
bool transport_tells(struct transport *t, const bool *shown);

/* What those that were told of then give on a day. */
double transport_told(const struct transport *t, size_t day);
