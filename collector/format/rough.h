/* A figure as a person would say it: "un peu plus d’un tiers", "environ douze
 * millisecondes". What is said never claims more than this:
 *
 * - A fraction a (a tenth, a fifth, a quarter, a third, half…) is at most 2 points, and at most a tenth of a and of
 *   100 - a, from the value. Within half a point it is "about"; farther, "a little more" or "less" than a only where
 *   the whole interval is on that side too, else "about" again.
 * - A percentage is rounded to a whole one from 10 to 90, and to a tenth of one below and above. None is said to be
 *   nothing or all that is not.
 * - A quantity is rounded to two digits, and below 10 to one decimal: by at most 5 %, or 0.05.
 * - Where the interval is wide (of a share, more than 10 points or half of the share or of what it leaves; of a
 *   quantity, more than half of it) its ends are said in the place of the value, rounded outwards. */
#pragma once

#include "collector/format/phrase.h"
#include "collector/format/spoken.h"

#define ROUGH_FRACTIONS(X)                                                                                             \
    X(tenth, 10)                                                                                                       \
    X(fifth, 20)                                                                                                       \
    X(quarter, 25)                                                                                                     \
    X(third, 100.0 / 3)                                                                                                \
    X(half, 50)                                                                                                        \
    X(two_thirds, 200.0 / 3)                                                                                           \
    X(three_quarters, 75)                                                                                              \
    X(four_fifths, 80)                                                                                                 \
    X(nine_tenths, 90)

struct rough {
    enum rough_kind {
        ROUGH_EXACTLY,
        ROUGH_ABOUT,
        ROUGH_MORE,    /* of a fraction a little more, of a number more: low alone is said */
        ROUGH_LESS,    /* than low, likewise */
        ROUGH_BETWEEN, /* low and high */
    } kind;
    const char *fraction; /* its name; NULL: a number is said */
    double low, high;     /* what is said; of a fraction, its percent */
};

/* low and high: its interval, NaN where there is none. False where there is nothing that could be said: NaN, below 0,
 * above 100 or SPOKEN_MAX. */
bool rough_share(double value, double low, double high, struct rough *ret); /* in percent */
bool rough_quantity(double value, double low, double high, struct rough *ret);

/* In words, with the noun of what it counts; NULL: percent. w: of the texts "spoken". NULL: it cannot be said. The
 * caller frees. */
char *rough_say(const struct words *w, const struct spoken *s, const struct rough *r,
                const struct spoken_noun *noun) CHECKED;
