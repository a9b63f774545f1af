/* A datagram from a stranger: read as a request and answered, and read as a
 * reply. The first octet chooses the sender's port and the reflector's mode. */
#include "tests/fuzz/fuzz.h"

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "collector/target/reflector.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    static struct reflector *reflectors[2];
    if (!reflectors[0])
        for (int i = 0; i < 2; i++)
            reflectors[i] = reflector_new(i, 862, STAMP_TWAMP_REQUEST, 1e9, 1e9);
    if (len < 1 || len > 1500)
        return 0;
    uint16_t port = bytes[0] & 2 ? 40000 : 862;
    struct sockaddr_in from = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr = {htonl(0xc0000201)}};
    struct reflector_packet p = {.from = (struct sockaddr *)&from, .clock = {.error = 1}, .mono_us = 1000000};
    /* Of the exact size, so that a sanitizer sees one octet too many. */
    uint8_t *packet = malloc(len - 1 < STAMP_PACKET_SIZE ? STAMP_PACKET_SIZE : len - 1);
    if (!packet)
        abort();
    memcpy(packet, bytes + 1, len - 1);
    struct stamp_reply reply;
    if (stamp_reply_read(packet, len - 1, &reply) == 0 && len - 1 < STAMP_TWAMP_REPLY)
        abort();
    size_t answer = reflector_answer(reflectors[bytes[0] & 1], &p, packet, len - 1);
    if (answer > 0) {
        if (port < 1024 || len - 1 < STAMP_TWAMP_REQUEST || answer < len - 1 || answer < STAMP_PACKET_SIZE)
            abort();
        stamp_reply_time(packet, stamp_time_make(0));
        /* What we answer, a sender of ours can read, unless its own time was in
         * a format that it never writes. */
        if (stamp_reply_read(packet, answer, &reply) < 0)
            abort();
        if (memcmp(packet + 24, bytes + 1, 4) != 0 || memcmp(packet + 28, bytes + 1 + 4, 8) != 0)
            abort();
    }
    free(packet);
    return 0;
}
