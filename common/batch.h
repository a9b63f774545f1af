/* A batch: the sealed unit that a probe signs and the collector keeps for ever.
 * NDJSON: a header line, the result lines, a trailer line; schema/batch.json says it formally.
 *
 *   {"batch":1,"probe":"…","chain":"…","seq":42,"prev":"<hex>",…}
 *   {"task":…}                                       one line a result
 *   {"count":118,"sig":"<base64>"}
 *
 * The signature covers DOMAIN_BATCH and every byte before the trailer. The
 * batch's hash is SHA-256 over DOMAIN_BATCH_HASH and all bytes, trailer
 * included; it is the batch's name, and `prev` of the next. Both are over the
 * uncompressed bytes.
 *
 * The header may also say:
 *   "gap"     what the size cap dropped since the last batch:
 *             {"reason":"spool_max","batches":[{"chain","from","to","results"}]}
 *   "epochs"  while the agent ran, on which network:
 *             [{"boot","from_mono_us","to_mono_us","link","net","net6","since"}]
 *             link is ethernet, wifi, mobile, ppp or other; net and net6 are the
 *             public prefixes as the collector saw them, cut to /24 and /48;
 *             since is from_mono_us on the wall clock, when that was known
 *   "rotate"  {"public":"<base64>","sig":"<base64>"}: the key of the batches after
 *             this one. The new key signs DOMAIN_ROTATE + probe + "\n" + chain +
 *             "\n" + seq + "\n" to show that its owner wants it here; the old key
 *             signs the batch. */
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
/* Epochs of one header: a journal has one; a few more may be joined one day. */
#define BATCH_EPOCHS_MAX 16

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

struct batch_extra { /* all borrowed, NULL for none */
    const json_t *gap, *epochs;
    const struct sign_key *rotate; /* the new key, when it changes */
};

/* Appends the header line; extra may be NULL. */
void batch_header_write(const struct batch_header *h, const struct batch_extra *extra, struct buf *out);

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
    json_t *gap;     /* owned, NULL when none */
    json_t *epochs;  /* owned, checked for its form; NULL when none */
    bool has_rotate; /* then rotate is the new key, whose own signature was checked */
    uint8_t rotate[SIGN_PUBLIC_SIZE];
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
