/* The agent's clock. While the kernel says that its clock is synchronised
 * (an NTP daemon steers it), that clock is used as it is. Otherwise the
 * collector is asked: GET /api/v1/time answers under its pinned key, so that a
 * box that booted in 1970, and to whom every TLS certificate is from the
 * future, can still find out. What is learned is the wall time at one moment
 * of CLOCK_BOOTTIME; from there the agent counts on by itself, untouched by
 * whoever sets the kernel's clock. The kernel's clock is never set.
 *
 * A sample's error is at most half its round trip (the answer was made
 * somewhere between question and answer, RFC 5905 section 8), and grows with
 * age by what an undisciplined crystal drifts. Synchronised means: the error
 * is below TIMEKEEPER_ERROR_MAX_US. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "agent/uplink/call.h"
#include "common/clock.h"

#define TIMEKEEPER_ERROR_MAX_US (1 * INT64_C(1000000))
/* 100 ppm: twice what a common crystal drifts over its temperature range. */
#define TIMEKEEPER_DRIFT_PPM 100

struct timekeeper {
    struct clock clock;        /* what the rest of the agent uses */
    const struct clock *below; /* the kernel's, or a test's */
    char boot[BOOT_ID_SIZE];
    bool learned;
    int64_t wall_us, mono_us; /* the moment learned, on both clocks */
    int64_t error_us;         /* of wall_us, then */
};

/* Until something is learned the clock is that below. Lives where it is. */
void timekeeper_init(struct timekeeper *t, const struct clock *below);

/* A sample: asked and answered (CLOCK_BOOTTIME), and what the collector said.
 * Kept when it is better than what is known by now. Returns whether it was. */
bool timekeeper_learn(struct timekeeper *t, int64_t asked_mono_us, int64_t answered_mono_us, int64_t server_us);

/* Is the collector's word wanted: the kernel does not know, and what was
 * learned has aged past a quarter of what is allowed? */
bool timekeeper_wants(const struct timekeeper *t);

/* Reads an answer: a statement under DOMAIN_TIME with this nonce. */
int timekeeper_read(const struct identity *identity, const char *nonce, const char *text, size_t len, int64_t *ret_us,
                    struct fault *f) CHECKED;

struct timekeeper_ask;

/* Called once, from the loop; r is 0, or why nothing was learned. */
typedef void (*timekeeper_done_fn)(void *user, int r, const struct fault *f);

/* Asks the collector once and learns from its answer. */
int timekeeper_ask_start(struct timekeeper *t, const struct uplink *uplink, timekeeper_done_fn done, void *user,
                         struct timekeeper_ask **ret, struct fault *f) CHECKED;
void timekeeper_ask_cancel(struct timekeeper_ask *ask); /* done is not called; accepts NULL */
