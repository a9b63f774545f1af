/* DNS messages: whatever reads can also be told. */
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>

#include "agent/dns/record.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    static const struct packet_query query = {.name = "nic.bj", .type = "A"};
    _cleanup_(packet_freep) struct packet *packet = NULL;
    if (packet_read(bytes, len, &packet) < 0)
        return 0;
    json_t *detail = json_object();
    packet_matches(packet, &query);
    record_report(packet, detail);
    char *text = json_dumps(detail, JSON_COMPACT);
    if (!text || packet_rcode(packet) < 0 || packet_rcode(packet) > 4095)
        abort();
    free(text);
    json_decref(detail);
    return 0;
}
