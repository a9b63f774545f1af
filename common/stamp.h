/* STAMP test packets (RFC 8762, unauthenticated mode; RFC 8972 session
 * identifier and TLVs): the sender's packet, which the agent writes, and the
 * reflector's, which the target writes. Those of TWAMP light (RFC 5357
 * appendix I) are the same up to the octets that they leave out or pad. Every
 * reader takes bytes that a stranger may have written. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/alloc.h"

#define STAMP_PORT            862 /* RFC 8762 section 4.1 */
#define STAMP_PACKET_SIZE     44  /* both kinds, without TLVs */
#define STAMP_TWAMP_REPLY     41  /* TWAMP's reflector's packet without padding (RFC 5357 section 4.2.1) */
#define STAMP_TWAMP_REQUEST   14  /* TWAMP's sender's packet without padding (RFC 5357 section 4.1.2) */
#define STAMP_TLV_HEADER_SIZE 4

/* ---- time ---- */

/* Time as the packets carry it: the 64-bit NTP format (RFC 5905 section 6),
 * seconds since 1900 and 2^-32 fractions, modulo 2^32 seconds. */
typedef uint64_t stamp_time;

/* From nanoseconds since the Unix epoch. */
stamp_time stamp_time_make(int64_t unix_ns);
/* Nanoseconds from one to the other, negative when `to` is earlier; right over
 * the era's end (2036), for spans below 68 years. */
int64_t stamp_time_between(stamp_time from, stamp_time to);

/* The error estimate (RFC 4656 section 4.1.2): how far the clock may be off,
 * and whether something outside (GPS, NTP) disciplines it. */
struct stamp_clock {
    bool synced;  /* S */
    bool ptp;     /* Z: the packet carried PTPv2's truncated format, on the TAI scale as a rule */
    double error; /* seconds */
};
uint16_t stamp_clock_write(const struct stamp_clock *c);
/* -EBADMSG when the multiplier is 0: such a packet is corrupt. */
int stamp_clock_read(uint16_t field, struct stamp_clock *ret) CHECKED;
/* This host's clock as the kernel knows it (adjtimex). */
void stamp_clock_system(struct stamp_clock *ret);

/* ---- packets ---- */

struct stamp_request {
    uint32_t seq;
    stamp_time sent; /* T1 */
    struct stamp_clock clock;
    uint16_t ssid; /* RFC 8972 section 3; 0: none, as where TWAMP's padding stands */
};

struct stamp_reply {
    uint32_t seq;    /* the reflector's own count, or a copy of the sender's */
    stamp_time sent; /* T3 */
    struct stamp_clock clock;
    uint16_t ssid;
    stamp_time received; /* T2 */
    uint32_t sender_seq;
    stamp_time sender_sent; /* T1 */
    struct stamp_clock sender_clock;
    uint8_t sender_ttl; /* as the request arrived; 0: not given */
};

/* Writes `size` octets: STAMP_PACKET_SIZE, or from STAMP_PACKET_SIZE +
 * STAMP_TLV_HEADER_SIZE on, where an Extra Padding TLV fills the rest. */
void stamp_request_write(const struct stamp_request *q, size_t size, uint8_t *packet);
/* From STAMP_TWAMP_REQUEST octets on. -EBADMSG: too short, or corrupt. */
int stamp_request_read(const uint8_t *packet, size_t len, struct stamp_request *ret) CHECKED;

/* Does it look like what a reflector sent? A time of receipt stands where a
 * sender writes zeros (a TWAMP sender's padding may be random, but hardly has
 * zeros just where a reflector's has). */
bool stamp_is_reply(const uint8_t *packet, size_t len);

/* Turns a request that was read well into the reply, in place: its length and
 * the values of its TLVs stay, their flags become the reflector's; padding that
 * is no TLV comes back as it is. Of a shorter request it makes the base packet
 * (RFC 8762 section 4.6), for which there is room. The reply's length. */
size_t stamp_reply_write(const struct stamp_reply *p, uint8_t *packet, size_t len);
/* T3 anew, the last thing before the reply leaves. */
void stamp_reply_time(uint8_t *packet, stamp_time sent);
/* From STAMP_TWAMP_REPLY octets on. -EBADMSG: too short, corrupt, or a time that
 * cannot be. */
int stamp_reply_read(const uint8_t *packet, size_t len, struct stamp_reply *ret) CHECKED;
