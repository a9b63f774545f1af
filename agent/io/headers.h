/* What the layers below a measurement cost on the wire, in octets, because the
 * data budget is the volunteer's money; and the ports that several share. */
#pragma once

#define IP4_HEADER_SIZE  20
#define IP6_HEADER_SIZE  40
#define IP_HEADER_MAX    IP6_HEADER_SIZE /* where the family is not known yet: the dearer one */
#define UDP_HEADER_SIZE  8
#define TCP_HEADER_SIZE  32 /* with time stamps (RFC 7323), as Linux sends them */
#define ICMP_HEADER_SIZE 8
#define DNS_HEADER_SIZE  12

/* A connection is three segments to open and four to close. */
#define TCP_SEGMENTS 7

#define DNS_PORT     53
#define DNS_TLS_PORT 853
#define HTTPS_PORT   443
