/* How long of a UTC day a line was watched, and how long of that it was cut: of
 * what its tests to targets came to, in the order in which they began.
 *
 * A test whose target answered from the Internet shows the line up; one that got no
 * answer from there within its time, had no way there, or could not find the target's
 * address for want of a resolver, shows nothing of it. All others say neither: who
 * refuses, resets or blocks may stand in the box's own house, and so does a target with
 * a private address. What lies between two that say something is watched where they
 * began at most an hour apart, and the box had power and hung on its own line all the
 * while (functions/line.sql); the line is then as the first showed it.
 *
 * A cut is a run of tests without an answer, at least three towards at least two
 * targets, that lasts more than five minutes (IEEE 1366 calls shorter ones momentary):
 * to the next answer, else to the last of them. A lost packet, or one target that is
 * down, is none. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "collector/db/copy.h"

#define WATCH_GAP_US    INT64_C(3600000000) /* a quiet hour says nothing of the line */
#define WATCH_CUT_US    INT64_C(300000000)
#define WATCH_TESTS_MIN 3

struct watch;
struct watch *watch_new(void);
void watch_free(struct watch *w);
static inline void watch_freep(struct watch **w)
{
    watch_free(*w);
}

/* From when to when the box had power and hung on its own line, in order. */
void watch_spell(struct watch *w, int64_t from_us, int64_t to_us);

/* A result, in any order. target_no 0: it had none. `addr`: the octets of an inet on the wire (copy.h), NULL: none. */
void watch_add(struct watch *w, int64_t at_us, int32_t target_no, int16_t outcome, const unsigned char *addr,
               size_t len);

struct watch_day {
    int32_t tests; /* that say something of the line */
    int64_t watched_us, down_us;
    int32_t cuts;
    bool opens, closes; /* in a cut: with the first test, with the last */
};

/* What the day comes to; *w is empty after. */
struct watch_day watch_close(struct watch *w);

/* Appends its row, for WATCH_SQL, where something was watched. */
void watch_write(const struct watch_day *d, int32_t day, int32_t probe_no, struct copy_rows *rows);
#define WATCH_SQL                                                                                                      \
    "COPY rollup_watch (probe_no, day, tests, watched_us, down_us, cuts, opens, closes) FROM STDIN (FORMAT binary)"
