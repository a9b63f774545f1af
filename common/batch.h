/* A batch: the sealed unit that a probe signs and the collector keeps for ever.
 * NDJSON: a header line, the result lines, a trailer line.
 *
 *   {"batch":1,"probe":"…","chain":"…","seq":42,"prev":"<hex>",…}
 *   {"task":…}                                       one line a result
 *   {"count":118,"sig":"<base64>"}
 *
 * The signature covers DOMAIN_BATCH and every byte before the trailer. The
 * batch's hash is SHA-256 over DOMAIN_BATCH_HASH and all bytes, trailer
 * included; it is the batch's name, and `prev` of the next. Both are over the
 * uncompressed bytes. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

#include "common/alloc.h"
#include "common/buf.h"
#include "common/fault.h"
#include "common/limits.h"
#include "common/sign.h"

#define CHAIN_ID_SIZE     33 /* 32 hex digits and NUL */
#define AGENT_VERSION_MAX 32

struct batch_header {
    char probe[PROBE_ID_SIZE];
    char chain[CHAIN_ID_SIZE]; /* random id of this state directory's chain */
    int64_t seq;               /* 1, 2, 3… */
    bool has_prev;             /* false for seq 1 */
    uint8_t prev[HASH_SIZE];
    int64_t sealed_at_us, mono_us;
    char boot[37];
    bool sync;
    char agent[AGENT_VERSION_MAX + 1];
};

/* ---- writing ---- */

/* Appends the header line. `gap` is what the size cap dropped since the last
 * batch (an object, borrowed) or NULL. */
void batch_header_write(const struct batch_header *h, const json_t *gap, struct buf *out);

/* Appends the trailer: signs what out holds. */
void batch_seal(struct buf *out, int64_t count, const struct sign_key *key);

/* ---- reading ---- */

/* Why a batch as a whole is refused; each has its own problem type. */
enum batch_fault {
    BATCH_FINE,
    BATCH_FRAMING,   /* no header, no trailer, count differs, empty line, bytes after the trailer */
    BATCH_TOO_LARGE, /* more results or longer lines than limits.h allows */
    BATCH_UTF8,
    BATCH_DEPTH,
    BATCH_HEADER, /* a header or trailer member is missing or wrong */
    BATCH_SIGNATURE,
};
const char *
batch_fault_word(enum batch_fault fault); /* "framing", "too-large", "utf-8", "depth", "header", "signature" */

struct batch {
    struct batch_header header;
    json_t *gap;       /* owned, NULL when none */
    const char *bytes; /* borrowed: the whole uncompressed batch */
    size_t len;
    const char *results; /* first result line */
    size_t results_len;  /* up to the trailer */
    size_t signed_len;   /* bytes that the signature covers */
    int64_t count;
    uint8_t sig[SIGN_SIZE];
    uint8_t hash[HASH_SIZE];
};

/* Reads the envelope of an uncompressed batch, which must outlive *ret.
 * Result lines are checked for UTF-8, length and depth, not for meaning. */
enum batch_fault batch_read(const char *bytes, size_t len, struct batch *ret, struct fault *f) CHECKED;
void batch_free(struct batch *b);

/* Does the signature match this public key? */
enum batch_fault batch_verify(const struct batch *b, const uint8_t public[static SIGN_PUBLIC_SIZE],
                              struct fault *f) CHECKED;

/* Iterates over result lines: *cursor starts at 0. False at the end. */
bool batch_next(const struct batch *b, size_t *cursor, const char **ret_line, size_t *ret_len);
