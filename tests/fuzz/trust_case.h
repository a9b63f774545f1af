/* A walk of trust.h as bytes: anchor NUL name NUL type NUL, then the answers in
 * the order of the questions, each with its length in two octets in front. */
#pragma once

#include <string.h>

#include "agent/dns/trust.h"

/* Between the times of the seeds' signatures: 21 November 2026. */
#define TRUST_CASE_NOW 1795260000

/* Walks to the verdict; 0, or -EINVAL when the bytes do not begin a walk. */
static int trust_case_walk(const uint8_t *bytes, size_t len, struct trust **ret)
{
    char text[3][2048];
    for (size_t i = 0; i < 3; i++) {
        const uint8_t *end = len ? memchr(bytes, 0, len) : NULL;
        if (!end || (size_t)(end - bytes) >= sizeof text[i])
            return -1;
        memcpy(text[i], bytes, (size_t)(end - bytes) + 1);
        len -= (size_t)(end - bytes) + 1;
        bytes = end + 1;
    }
    struct fault f;
    const char *name, *type;
    if (trust_new(text[0], text[1], text[2], TRUST_CASE_NOW, ret, &f) < 0)
        return -1;
    while (trust_next(*ret, &name, &type)) {
        size_t size = len >= 2 ? (size_t)(bytes[0] << 8 | bytes[1]) : 0;
        _cleanup_(packet_freep) struct packet *packet = NULL;
        if (len < 2 || size > len - 2 || packet_read(bytes + 2, size, &packet) < 0) {
            trust_answer(*ret, NULL, "timeout");
            continue;
        }
        bytes += 2 + size;
        len -= 2 + size;
        trust_answer(*ret, packet, NULL);
    }
    return 0;
}
