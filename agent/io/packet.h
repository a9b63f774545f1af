/* DNS messages (RFC 1035, EDNS RFC 6891) through ldns, whose headers stay in
 * packet.c. Reading takes bytes that a stranger may have written. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "common/alloc.h"
#include "common/buf.h"
#include "common/fault.h"

struct packet_query {
    const char *name; /* presentation form; a missing last dot is added */
    const char *type; /* "A", "TXT", "TYPE65"… */
    uint16_t id;
    bool rd;        /* recursion desired */
    bool dnssec_ok; /* EDNS DO */
    int bufsize;    /* EDNS buffer size, 0: no EDNS (unless DO asks for it) */
};

/* Appends the query's bytes. -EINVAL when name or type is none, or when the
 * type is a transfer or a meta type that no single answer can have. */
int packet_write(const struct packet_query *q, struct buf *ret, struct fault *f) CHECKED;

struct packet;

/* -EBADMSG when it is no whole DNS message. The caller frees. */
int packet_read(const uint8_t *bytes, size_t len, struct packet **ret) CHECKED;
void packet_free(struct packet *p); /* accepts NULL */
static inline void packet_freep(struct packet **p)
{
    packet_free(*p);
}

/* The id in the first two octets, or -1 when there are fewer. */
int packet_peek_id(const uint8_t *bytes, size_t len);

bool packet_is_answer(const struct packet *p); /* QR, opcode QUERY */
bool packet_truncated(const struct packet *p);
int packet_rcode(const struct packet *p); /* with EDNS's upper bits, 0..4095 */

/* Does it answer this question? An empty question section is taken for one of
 * ours in a failure: servers that do not understand a query leave it out. */
bool packet_matches(const struct packet *p, const struct packet_query *q);

/* Adds to detail: flags ["qr","rd",…], counts of each section, and answers
 * [{"name","type","ttl","data"}] in presentation form, at most
 * PACKET_ANSWERS_MAX of them with at most PACKET_DATA_MAX octets of data. */
#define PACKET_ANSWERS_MAX 32
#define PACKET_DATA_MAX    1024
void packet_report(const struct packet *p, json_t *detail);

/* "NOERROR", "NXDOMAIN"…; NULL when the code has no word. */
const char *packet_rcode_word(int rcode);
