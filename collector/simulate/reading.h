/* What a household's probe measures on a UTC day: the same readings, whether they
 * are signed and sent or summed at once. */
#pragma once

#include "collector/simulate/event.h"
#include "collector/simulate/household.h"
#include "common/metric.h"
#include "common/outcome.h"

enum reading_check { READING_DNS, READING_PING, READING_THROUGHPUT, READING_CHECKS };
extern const char *const reading_words[READING_CHECKS];

/* What a target answers from, octet by octet; RFC 5737: addresses of documentation. */
#define READING_ADDR(target) 192, 0, 2, (unsigned char)((target) % 254 + 1)

#define READING_PING_S 1800 /* between two pings to a target: all of a line's are of one moment */

#define READING_METRICS 9 /* the positions of those that are measured here lie below */

struct reading {
    enum reading_check check;
    int target;     /* of the nation's; -1: none, or the measurement target's */
    int32_t second; /* of the day */
    enum outcome outcome;
    int bytes;
    uint64_t present; /* bit i: metrics[i], by the registry's position */
    double metrics[READING_METRICS];
};

/* Where each number stands. */
struct reading_form {
    const struct metric_set *sets[READING_CHECKS];
    int rt_ms, rcode, rtt_p50_ms, sent, rcvd, down_mbps, up_mbps;
};
void reading_form_make(struct reading_form *ret);

#define READING_NEVER 86400

struct reading_day {
    struct reading *list;
    size_t count, size;
    /* From this second on the box knows the time: 0 from the beginning, READING_NEVER not on this day. What it
     * measured before is placed by what it tells later; what it never can place counts on no day. */
    int32_t clock_s;
};

/* What all days need to know. */
struct reading_world {
    const struct nation *nation;
    const struct events *events;
    struct reading_form form;
    int32_t first; /* day of the simulation */
    /* By how much the country's clocks are ahead of UTC at the beginning of each day, from `first` on: it changes
     * where there is summer time. None: they are UTC's. */
    const int32_t *ahead_s;
    size_t ahead_count;
};

/* Hours since 1970-01-01T00:00 in the country's time, at the first second of a UTC day. */
int64_t reading_hour(const struct reading_world *w, int32_t day);

/* The readings of a day, check by check; ret's memory is used again. */
void reading_day_make(const struct reading_world *w, const struct household *h, int32_t day, struct reading_day *ret);
void reading_day_free(struct reading_day *d);
