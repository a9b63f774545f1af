/* The names of servers as a resolver tells them: each comes into the form in
 * which names are compared, and the way up from it ends at the root. */
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "agent/dns/record.h"
#include "agent/dns/zone.h"

/* A name has 127 labels at most (RFC 1035 section 2.3.4); with what is cut at
 * RECORD_NAME_MAX or typed, no more than it has octets. */
static void check_name(const char *text)
{
    char name[RECORD_NAME_MAX], again[RECORD_NAME_MAX];
    size_t len = strlen(text), steps = 0;
    zone_name(text, name);
    zone_name(name, again);
    if (strcmp(name, again) != 0)
        abort();
    while (zone_go_up(name)) {
        if (strlen(name) >= sizeof name || ++steps > len + 1 || !*name)
            abort();
    }
    if (strcmp(name, ".") != 0)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    _cleanup_(packet_freep) struct packet *packet = NULL;
    struct record record;
    size_t at = 0;
    char text[RECORD_NAME_MAX];
    if (len > 0 && len < sizeof text && !memchr(bytes, 0, len)) {
        memcpy(text, bytes, len);
        text[len] = '\0';
        check_name(text);
    }
    if (packet_read(bytes, len, &packet) < 0)
        return 0;
    while (record_next(packet, RECORD_ANSWER, "NS", &at, &record)) {
        check_name(record.name);
        if (!record.cut)
            check_name(record.data);
    }
    return 0;
}
