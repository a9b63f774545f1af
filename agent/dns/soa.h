/* What a zone's SOA record says of it (RFC 1035 section 3.3.13). */
#pragma once

#include "agent/dns/record.h"

struct soa {
    char mname[RECORD_NAME_MAX], rname[RECORD_NAME_MAX];      /* as zone_name writes them */
    uint32_t serial, refresh_s, retry_s, expire_s, minimum_s; /* minimum: the TTL of what is not there, RFC 2308 */
};

/* False for a record of another type, or one that does not read; ret is then untouched. */
bool soa_read(const struct record *r, struct soa *ret);

/* Is serial a newer than b (RFC 1982)? False where the arithmetic does not say. */
bool soa_newer(uint32_t a, uint32_t b);
