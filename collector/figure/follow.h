/* Which published figures of a year still follow from the ledger. All that the
 * figures are made of but the batches (probes, their surroundings, what was told
 * before) is copied into a database of its own; there the batches' hashes and
 * signatures are checked, what they say is projected, rolled up and made into
 * figures by the same code as ever, and each published figure is held against
 * the one that comes out, also one that is gone since. Charts and changes are not. */
#pragma once

#include <stddef.h>

#include "collector/db/database.h"
#include "collector/figure/indicator.h"

struct follow_batch {                /* borrowed during the call */
    const char *probe, *chain, *seq; /* seq: "7", or "7-9" of some that are gone */
    const char *received;            /* NULL: when it came went with it */
    const char *wrong;               /* what, in the language of the thread */
};

struct follow_figure {
    const char *id, *statistic, *country, *source, *cell; /* cell: "BJ-BO MTN ipv4", or "" for all lines */
    const char *column;                                   /* what is another: value, low, n_samples, … */
    const char *published, *made;                         /* NULL: none */
    const char *as_of; /* it was told before, and stands: not what batches say that came since. Or NULL */
};

struct follow_count {
    size_t batches, figures;         /* looked at */
    size_t unsound, other, standing; /* batches that are not what was signed; figures that are another; that stand */
    char since[12];                  /* "2026-03-01": of the days until then those stand; "" where none does */
    size_t unzoned;   /* figures besides by zone, where none was published: nothing to hold them against */
    size_t absent;    /* figures besides, of indicators that this command does not make */
    size_t forgotten; /* probe-days of the year that no batch tells of any more, taken as they stand */
};

/* What is wrong with a body of the ledger, as a text for gettext, or NULL: its
 * name (the SHA-256 that its key in the ledger has, in hex; NULL: it has none)
 * and its signature, by one of the keys that the probe has or had, all of them in
 * hex one behind the other. keys NULL: it had none, as no simulated probe keeps
 * one; the name alone is looked at. */
const char *follow_wrong(const char *body, size_t len, const char *name, const char *keys);

struct follow_teller {
    void (*batch)(void *ctx, const struct follow_batch *b);
    void (*figure)(void *ctx, const struct follow_figure *f);
    void *ctx;
};

/* Looks at the figures of a year ("2026") of one indicator, or of all (NULL). pg:
 * the owner's connection, up to date (refresh.h). -ENODATA where retention took
 * batches that may belong to the year, or there is none; -EAGAIN while results
 * wait to be in figures. */
int follow_year(const struct database *d, struct pg *pg, const char *year, const struct indicator *i,
                const struct follow_teller *tell, struct follow_count *ret, struct fault *f) CHECKED;
