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
 * down, is none.
 *
 * A day knows nothing of its neighbours, which may be made again without it. It keeps
 * the runs at its two ends and when they were, so that one that goes on over midnight
 * is put together where it is read (views/watch.sql). */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "collector/db/copy.h"

#define WATCH_GAP_US    INT64_C(3600000000) /* a quiet hour says nothing of the line */
#define WATCH_DAY_US    INT64_C(86400000000)
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

/* A result of the day, in any order. target_no 0: it had none. `addr`: the octets of an inet on the wire (copy.h),
 * NULL: none. */
void watch_add(struct watch *w, int64_t at_us, int32_t target_no, int16_t outcome, const unsigned char *addr,
               size_t len);

/* Tests without an answer, one after the other. */
struct watch_run {
    int64_t lasted_us;
    int32_t tests, target_no; /* target_no 0: towards several */
};

struct watch_day {
    int32_t tests;             /* that say something of the line */
    int64_t first_us, last_us; /* of these, since 2000-01-01 */
    int64_t watched_us, down_us;
    int32_t cuts;
    bool from_midnight, to_midnight; /* had it power, on its own line, to the first and from the last on? */
    struct watch_run opens, closes;  /* with the first test, and with the last; no tests: it answered */
};

/* What the day, since 2000-01-01, comes to; *w is empty after. */
struct watch_day watch_close(struct watch *w, int32_t day);

/* Appends its row, for WATCH_SQL, where something was watched. */
void watch_write(const struct watch_day *d, int32_t day, int32_t probe_no, struct copy_rows *rows);
#define WATCH_SQL                                                                                                      \
    "COPY rollup_watch (probe_no, day, tests, watched_us, down_us, cuts, first_at, last_at, from_midnight, "           \
    "to_midnight, opens_us, opens_tests, opens_target, closes_us, closes_tests, closes_target) FROM STDIN "            \
    "(FORMAT binary)"
