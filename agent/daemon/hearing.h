/* What the agent hears of its collector: its schedule, the time while the kernel
 * does not know it, and its list of keys. Each is asked for at its own moment,
 * and anew when something calls for it. */
#pragma once

#include <stdbool.h>

#include "agent/daemon/settings.h"
#include "agent/schedule/schedule.h"
#include "agent/uplink/call.h"
#include "agent/uplink/timekeeper.h"

struct hearing;

/* After the answer to a question for the schedule or the time, also when there
 * was none; fresh: there is a newer schedule. From the loop. */
typedef void (*hearing_fn)(void *user, bool fresh);

/* Everything is borrowed; settings may change under its feet. The schedule that
 * is kept is there at once. */
struct hearing *hearing_new(const struct uplink *uplink, struct timekeeper *timekeeper, const struct settings *settings,
                            hearing_fn fn, void *user) CHECKED;
void hearing_start(struct hearing *h); /* asks now, and from now on each in its interval */
void hearing_once(struct hearing *h);  /* the schedule and the time, now */
void hearing_schedule_now(struct hearing *h);
/* Something is signed by a key that is not known. Not more often than KEYRING_PAUSE_US: anybody can sign. */
void hearing_keys(struct hearing *h);

const struct schedule *hearing_schedule(const struct hearing *h); /* the collector's; version 0: none */
bool hearing_waits(const struct hearing *h);                      /* for the schedule or the time */

void hearing_stop(struct hearing *h); /* nothing is written into the state directory any more */
void hearing_free(struct hearing *h); /* accepts NULL; the loop has to turn once more */
