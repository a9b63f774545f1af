/* What the layers below a measurement cost on the wire, in octets, and the port
 * that several share: the data budget is the volunteer's money. */
#pragma once

#define IP4_HEADER_SIZE  20
#define IP6_HEADER_SIZE  40
#define IP_HEADER_MAX    IP6_HEADER_SIZE /* where the family is not known yet: the dearer one */
#define UDP_HEADER_SIZE  8
#define TCP_HEADER_SIZE  32 /* with time stamps (RFC 7323), as Linux sends them */
#define ICMP_HEADER_SIZE 8

#define DNS_PORT 53
