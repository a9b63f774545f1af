/* What a STAMP session-reflector (RFC 8762 section 4.3) does with a packet:
 * answer it, or not. Sockets are collector/target/stamp.h's business. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sys/socket.h>

#include "collector/http/limiter.h"
#include "common/stamp.h"

struct reflector;

/* stateful: numbers its answers itself in each session, so that a sender can
 * tell loss on the way there from loss on the way back. port: its own. least:
 * octets of the shortest request that is answered, STAMP_TWAMP_REPLY, or from
 * STAMP_TWAMP_REQUEST on where it may amplify. The limits are packets a second,
 * of one prefix and of all. */
struct reflector *reflector_new(bool stateful, uint16_t port, size_t least, double rate, double total);
void reflector_free(struct reflector *r);

struct reflector_packet {
    const struct sockaddr *from;
    int ttl; /* as it arrived */
    stamp_time received;
    struct stamp_clock clock; /* this host's */
    int64_t mono_us;
};

/* Turns the request in `packet`, which has room for STAMP_PACKET_SIZE at least,
 * into the answer and returns its length; only the time of sending
 * (stamp_reply_time) is still to come. 0: not to be answered. */
size_t reflector_answer(struct reflector *r, const struct reflector_packet *p, uint8_t *packet, size_t len);
