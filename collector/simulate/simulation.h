/* A simulated country in the database: what was asked for, how far it has come,
 * its probes. Each probe is there whole or not at all, and is the same whenever it
 * is made, so that what was stopped goes on to the same result. */
#pragma once

#include "collector/db/pg.h"
#include "collector/simulate/reading.h"

struct simulation { /* what is asked for */
    const char *country;
    int64_t probes, days;
    uint64_t seed;
    const char *from;         /* a day; NULL: so that the last one is yesterday */
    const char *events_path;  /* NULL: no events */
    const struct buf *events; /* what the file holds */
    bool batches;             /* sent as batches, and not summed at once */
    bool beside;              /* also where real probes are */
};

struct simulation_state {
    struct nation nation;
    struct events events;
    struct reading_world world;
    int32_t *ahead_s; /* world's */
    int32_t last;     /* day */
    int64_t done;     /* probes */
};

/* For as long as the connection lives nobody else makes a country, or takes one away. -EBUSY: somebody is at it. */
int simulation_hold(struct pg *pg, struct fault *f) CHECKED;

/* Reads what is asked for and holds it against the database: what is there already
 * goes on when it was asked for alike. Nothing is written. The caller frees *ret,
 * in any case. -EEXIST: another one is there; -EPERM: real probes are. */
int simulation_open(struct pg *pg, const struct simulation *s, struct simulation_state *ret, struct fault *f) CHECKED;
/* Notes that it begins; again and again without harm. */
int simulation_begin(struct pg *pg, const struct simulation *s, const struct simulation_state *state,
                     struct fault *f) CHECKED;
void simulation_free(struct simulation_state *state);

/* Its row and surroundings, before its days come; … */
int simulation_probe(struct pg *pg, const struct simulation_state *state, const struct household *h, int32_t *ret_no,
                     struct fault *f) CHECKED;
/* … and after: all of them are there, and whoever leaves has left. */
int simulation_finish(struct pg *pg, const struct household *h, int32_t no, struct fault *f) CHECKED;
/* All of all: days by cell, and figures of those years, have to be made again. */
int simulation_end(struct pg *pg, struct fault *f) CHECKED;

/* Takes all of it away; *ret_probes: how many there were. */
int simulation_remove(struct pg *pg, int64_t *ret_probes, struct fault *f) CHECKED;
