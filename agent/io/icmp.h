/* ICMP messages, versions 4 (RFC 792) and 6 (RFC 4443): echoes built and read,
 * errors named. Nothing here touches a socket; every reader takes bytes that a
 * stranger may have written. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "agent/io/headers.h"

/* The payload of our echoes and of traceroute's probes begins with a cookie
 * that is random in each run, then the 32-bit sequence number, so that answers
 * and quotes are told from anybody else's. */
#define TAG_COOKIE_SIZE 8
#define TAG_SIZE        (TAG_COOKIE_SIZE + 4)

struct tag {
    uint8_t cookie[TAG_COOKIE_SIZE];
};

/* A cookie from the kernel's generator. */
void tag_make(struct tag *ret);
/* Writes the tag into the first TAG_SIZE octets. */
void tag_write(const struct tag *tag, uint32_t seq, uint8_t *at);
/* Is there a tag of ours at the start of bytes? */
bool tag_read(const struct tag *tag, const uint8_t *bytes, size_t len, uint32_t *ret_seq);
/* The same anywhere in bytes: the kernel hands back a packet it sent with a
 * link header whose length depends on the interface. */
bool tag_find(const struct tag *tag, const uint8_t *bytes, size_t len, uint32_t *ret_seq);

/* An echo request for `af` (4 or 6): header, tag, then zeros up to `size`
 * octets of payload (at least TAG_SIZE). bytes holds ICMP_HEADER_SIZE + size.
 * Version 6's checksum covers addresses and is the kernel's work. */
void icmp_echo_write(int af, uint16_t id, uint32_t seq, const struct tag *tag, size_t size, uint8_t *bytes);

/* Is it the echo reply to one of ours? `id` is compared unless it is negative
 * (datagram sockets: the kernel did). */
bool icmp_echo_read(int af, const uint8_t *bytes, size_t len, int id, const struct tag *tag, uint32_t *ret_seq);

/* The sequence number in an echo request of ours that an ICMP error quotes,
 * from the quoted ICMP header on. Routers may quote that header only (RFC 792:
 * the first 64 bits), so that only the low 16 bits can be had. */
bool icmp_quote_read(int af, const uint8_t *bytes, size_t len, int id, uint16_t *ret_seq);

/* Octets of the IPv4 header that a raw socket puts before an ICMP message, or
 * -EBADMSG when there is no whole one. */
int icmp_skip_ip4(const uint8_t *bytes, size_t len);

enum icmp_class {
    ICMP_CLASS_UNREACHABLE, /* the packet will not get there */
    ICMP_CLASS_EXPIRED,     /* TTL or hop limit reached 0 on the way */
    ICMP_CLASS_PORT,        /* it got there, nothing listens */
    ICMP_CLASS_TOO_BIG,
    ICMP_CLASS_OTHER,
};

enum icmp_class icmp_error_class(int af, uint8_t type, uint8_t code);

/* One word for results ("host_unreachable", "admin_prohibited"…); "type_T_code_C"
 * has no word and gives NULL. Through gettext (N_) for people. */
const char *icmp_error_word(int af, uint8_t type, uint8_t code);

/* RIPE Atlas's `err` of a hop: 'N' 'H' 'P' 'p' 'A' 'h', or 0 for none of them. */
char icmp_error_atlas(int af, uint8_t type, uint8_t code);
