/* What the target's name server answers (RFC 1035, RFC 6891), without sockets:
 * the authoritative server of one small zone that tells resolvers about
 * themselves. Below the zone Z:
 *
 *   whoami, *.whoami    A or AAAA: the address that asks, by the version it asks
 *                       with; TXT, one record a fact: addr=, port=, transport=,
 *                       and where there is EDNS bufsize=, do=, ecs=
 *   *.wild              A 192.0.2.53, AAAA 2001:db8::53, TXT "wild"
 *   *.nx                does not exist
 *   padN, *.padN        TXT that makes an answer of about N octets (128..4096)
 *   PROBE.beacon        A 192.0.2.53, counted: the probe lives and can do DNS,
 *                       even where HTTPS does not pass
 *   ns                  A or AAAA: the address of this server that was asked
 *
 * Names are asked with a random label in front, so that caches do not answer.
 *
 * A source address may be made up. Over UDP an answer is therefore at most
 * WHOAMI_RATIO times as long as the query, or truncated, unless the query bears
 * the server cookie that only the true owner of the address can have got
 * (RFC 7873, RFC 9018). */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sys/socket.h>

#include "common/alloc.h"
#include "common/fault.h"

#define WHOAMI_RATIO      6
#define WHOAMI_UDP_MAX    4096 /* whatever buffer the asker offers */
#define WHOAMI_ANSWER_MAX 8192

struct whoami;

/* -EINVAL when zone is no domain name. */
int whoami_new(const char *zone, struct whoami **ret, struct fault *f) CHECKED;
void whoami_free(struct whoami *w); /* accepts NULL */

struct whoami_query {
    const uint8_t *bytes;
    size_t len;
    const struct sockaddr *from, *local; /* local may be NULL: not known */
    bool tcp;
    int64_t now_s; /* wall clock, for the age of cookies */
};

/* Writes the answer; its length, or 0 when there is none to give: bytes that
 * are no query get none, so that two servers never talk to each other. */
size_t whoami_answer(struct whoami *w, const struct whoami_query *q, uint8_t ret[static WHOAMI_ANSWER_MAX]);

/* How many beacons came, and the label of the last one ("" when none). */
uint64_t whoami_beacons(const struct whoami *w, char ret_label[static 64]);
