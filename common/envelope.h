/* The framing of a batch's file: exactly three zstd frames (RFC 8878), of which
 * zstd itself skips the first and the last, so that `zstd -dc` prints the
 * results of any batch.
 *
 *   0x184D2A50, size  the header: one JSON line of at most 8192 octets
 *   a zstd frame      the results
 *   0x184D2A51, 98    {"sig":"<88 characters of canonical base64>"}
 *
 * Magic numbers and sizes are four octets each, the lowest first. What lies
 * between the first and the last frame is taken as it is: nothing here unpacks
 * or parses. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "common/alloc.h"
#include "common/buf.h"
#include "common/fault.h"
#include "common/sign.h"

#define ENVELOPE_FRAME          8 /* magic number and size of a skippable frame */
#define ENVELOPE_HEADER_MAX     8192
#define ENVELOPE_FRONT_MAX      (ENVELOPE_FRAME + ENVELOPE_HEADER_MAX)
#define ENVELOPE_SIGNATURE_SIZE 106 /* the whole last frame */

struct envelope {
    const char *header; /* borrowed, as the others */
    size_t header_len;
    const char *packed;
    size_t packed_len;
    uint8_t hash[HASH_SIZE]; /* SHA-256 over DOMAIN_BATCH_HASH and the first two frames */
    uint8_t sig[SIGN_SIZE];  /* Ed25519 over DOMAIN_BATCH and the hash */
};

/* Appends the three frames; ret_hash is the batch's name. header has at most
 * ENVELOPE_HEADER_MAX octets, packed is one zstd frame. */
void envelope_write(const struct buf *header, const struct buf *packed, const struct sign_key *key, struct buf *out,
                    uint8_t ret_hash[static HASH_SIZE]);

/* The header among the first octets of a file: -EAGAIN when it has not come
 * whole, -EFBIG when it is longer than it may be, -EBADMSG when no header comes. */
int envelope_front(const void *bytes, size_t len, struct envelope *ret, struct fault *f) CHECKED;

/* The whole file, with its hash; -EBADMSG, -EFBIG. */
int envelope_read(const void *bytes, size_t len, struct envelope *ret, struct fault *f) CHECKED;
