/* What packet.c, record.c and trust.c share: the message as ldns holds it. */
#pragma once

#include <ldns/ldns.h>

#include "agent/dns/packet.h"

struct packet {
    ldns_pkt *pkt;
    bool reserved; /* the header's Z, which ldns drops */
    size_t opts;   /* OPT records, which ldns takes for one */
};
