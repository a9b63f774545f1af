#include "agent/dns/soa.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "agent/dns/zone.h"

bool soa_read(const struct record *r, struct soa *ret)
{
    char mname[RECORD_NAME_MAX], rname[RECORD_NAME_MAX];
    struct soa read;
    static_assert(RECORD_NAME_MAX == 1024, "the widths below");
    if (strcmp(r->type, "SOA") != 0 || r->cut ||
        sscanf(r->data, "%1023s %1023s %" SCNu32 " %" SCNu32 " %" SCNu32 " %" SCNu32 " %" SCNu32, mname, rname,
               &read.serial, &read.refresh_s, &read.retry_s, &read.expire_s, &read.minimum_s) != 7)
        return false;
    zone_name(mname, read.mname);
    zone_name(rname, read.rname);
    *ret = read;
    return true;
}

bool soa_newer(uint32_t a, uint32_t b)
{
    return (int32_t)(a - b) > 0;
}
