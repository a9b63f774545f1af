/* DNS messages (RFC 1035, EDNS RFC 6891) through ldns, whose headers stay in
 * packet.c. Reading takes bytes that a stranger may have written. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/alloc.h"
#include "common/buf.h"
#include "common/fault.h"

struct packet_query {
    const char *name; /* presentation form; a missing last dot is added */
    const char *type; /* "A", "TXT", "TYPE65"… */
    uint16_t id;
    bool rd;        /* recursion desired */
    bool cd, ad;    /* checking disabled, authentic data understood (RFC 4035, RFC 6840 section 5.7) */
    bool chaos;     /* class CH instead of IN: server identity (RFC 4892) */
    bool transfer;  /* type AXFR, over TCP: the answer is the first message of it (RFC 5936); type is not read */
    bool dnssec_ok; /* EDNS DO */
    int bufsize;    /* EDNS buffer size, 0: no EDNS (unless DO or what follows asks for it) */
    int edns_version;
    uint16_t edns_flags;       /* beside DO, for tests of what must be zero */
    const struct buf *options; /* EDNS options in wire form (packet_option_add), borrowed; NULL for none */
};

/* EDNS option codes (IANA, "DNS EDNS0 Option Codes"). */
enum packet_option {
    PACKET_NSID = 3,
    PACKET_SUBNET = 8,
    PACKET_EXPIRE = 9,
    PACKET_COOKIE = 10,
    PACKET_EDE = 15, /* extended error, RFC 8914 */
};

/* Appends one option, code and length in front (RFC 6891 section 6.1.2). */
void packet_option_add(struct buf *options, uint16_t code, const void *bytes, size_t len);

/* Can a query have this type? One that no single answer can have
 * (transfers, meta types) cannot be asked for. */
bool packet_type_valid(const char *type);
/* Can a zone hold and sign a set of this type? Neither a question's type (128 to
 * 255: ANY, transfers; RFC 6895 section 3.1), nor OPT, nor signatures. */
bool packet_type_signed(const char *type);

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
bool packet_authoritative(const struct packet *p);
bool packet_authentic(const struct packet *p); /* AD */

/* Header bits that an answer has no reason to bear unless the query asked: RD,
 * CD, and Z, which is always zero (RFC 1035 section 4.1.1); RA is the server's
 * offer. */
bool packet_recursion_desired(const struct packet *p);
bool packet_recursion_available(const struct packet *p);
bool packet_checking_disabled(const struct packet *p);
bool packet_reserved(const struct packet *p);
int packet_rcode(const struct packet *p); /* with EDNS's upper bits, 0..4095 */

/* Does it answer this question? An empty question section is taken for one of
 * ours in a failure: servers that do not understand a query leave it out. */
bool packet_matches(const struct packet *p, const struct packet_query *q);

/* Does the question come back with the very letters, large and small, of q
 * (0x20, draft-vixie-dnsext-dns0x20)? */
bool packet_same_spelling(const struct packet *p, const struct packet_query *q);

/* What the answer's OPT record says. */
struct packet_edns {
    bool present;
    int version, bufsize;
    uint16_t flags; /* DO is 0x8000 */
};
void packet_edns(const struct packet *p, struct packet_edns *ret);

/* How many OPT records it bears: more than one is malformed (RFC 6891 section 6.1.1). */
size_t packet_opts(const struct packet *p);

/* The first option of this code: its octets, the packet's; NULL when absent. */
const uint8_t *packet_option(const struct packet *p, uint16_t code, size_t *ret_len);

/* Response codes that decide what happens next. */
enum packet_rcode {
    PACKET_NOERROR = 0,
    PACKET_FORMERR = 1,
    PACKET_SERVFAIL = 2,
    PACKET_NXDOMAIN = 3,
    PACKET_REFUSED = 5,
    PACKET_BADVERS = 16,
    PACKET_BADCOOKIE = 23,
};

/* "NOERROR", "NXDOMAIN"…; NULL when the code has no word. */
const char *packet_rcode_word(int rcode);
