/* The ICMP errors that a measurement's packets drew, counted by who sent them
 * and what they say. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "agent/io/datagram.h"
#include "agent/io/icmp.h"
#include "agent/measure/rtt.h"
#include "common/result.h"

#define REFUSALS_MAX     8 /* distinct ones that are told apart */
#define REFUSAL_TEXT_MAX 96

struct refusals {
    struct refusal {
        char from[46];
        uint8_t type, code;
        int count;
    } list[REFUSALS_MAX];
    size_t count;
};

/* An event of kind DATAGRAM_ERROR that is not local and says who sent it. */
void refusals_add(struct refusals *r, const struct datagram_event *event);

/* Sets detail.errors: [{from, type, code, count, error}]; nothing when there
 * are none. */
void refusals_report(const struct refusals *r, int af, json_t *detail);

/* Did the packet only not fit a link, which this host's kernel now knows? */
bool refusal_too_big(int af, const struct datagram_event *event);

/* Of a series some of which was answered: ok, or partial and why: an ICMP error,
 * a failure of this host's that was noted, or packets_lost. */
void refusals_decide(const struct refusals *r, int af, const struct rtt_series *series, struct result *ret);

/* The first one ("host_unreachable from 192.0.2.1"), too_big only when there is
 * no other; only when there is one. */
const char *refusals_text(const struct refusals *r, int af, char ret_text[static REFUSAL_TEXT_MAX]);
enum icmp_class refusals_class(const struct refusals *r, int af);
