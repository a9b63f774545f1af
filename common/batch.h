/* A batch: the sealed unit that a probe signs and the collector keeps for ever,
 * in the three frames of envelope.h; schema/batch.json says its header formally.
 *
 *   {"batch":2,"probe":"…","chain":"…","seq":42,"prev":"<hex>","count":118,
 *    "packed":5783,"length":47145,…}          the header
 *   {"task":…}                                a line a result, packed by zstd
 *   {"sig":"<base64>"}                        by the probe's key
 *
 * count is how many results there are, packed what they take in the file, length
 * what they are when unpacked. The batch's hash is its name, and `prev` of the
 * next. Hash and signature are over the octets of the file, so that nothing has
 * to be unpacked to judge it.
 *
 * The header may also say:
 *   "gap"     what the size cap dropped since the last batch:
 *             {"reason":"spool_max","batches":[{"chain","from","to","results"}]}
 *   "epochs"  while the agent ran, on which network:
 *             [{"boot","from_mono_us","to_mono_us","link","net","net6","since"}]
 *             link is ethernet, wifi, mobile, ppp or other; net and net6 are the
 *             public prefixes as the collector saw them, cut to /24 and /48;
 *             since is from_mono_us on the wall clock, when that was known
 *   "rotate"  {"public":"<base64>","turn":N,"sig":"<base64>"}: the key of the
 *             batches after this one. The new key signs DOMAIN_ROTATE + probe + "\n"
 *             + chain + "\n" + seq + "\n" + turn + "\n" to show that its owner wants
 *             it here; the old key signs the batch. turn only grows, over all that
 *             the probe asks for: enrolling, leaving, another key. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

#include "common/alloc.h"
#include "common/buf.h"
#include "common/envelope.h"
#include "common/fault.h"
#include "common/limits.h"
#include "common/sign.h"

/* What the file is called over HTTP, and which one it is when it is sent again (in hex). */
#define BATCH_HASH_HEADER "Batch-Hash"
#define BATCH_MEDIA_TYPE  "application/vnd.internetmetre.batch"

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
    int64_t count;         /* results */
    size_t packed, length; /* of the results: in the file, unpacked */
};

/* ---- writing ---- */

struct batch_extra { /* all borrowed, NULL for none */
    const json_t *gap, *epochs;
    const struct sign_key *rotate; /* the new key, when it changes */
    int64_t turn;                  /* of that wish: only grows (1 …) */
};

/* Packs `lines` (whole result lines, h->count of them), seals them under h and
 * appends the file's octets. h gets its sizes; extra may be NULL. */
void batch_write(struct batch_header *h, const struct batch_extra *extra, const struct buf *lines,
                 const struct sign_key *key, struct buf *out, uint8_t ret_hash[static HASH_SIZE]);
/* The header's line alone, for who makes a file by hand. */
void batch_header_write(const struct batch_header *h, const struct batch_extra *extra, struct buf *out);

/* ---- reading ---- */

/* Why a batch as a whole is refused; each has its own problem type. */
enum batch_fault {
    BATCH_FINE,
    BATCH_FRAMING,   /* not three frames, or of other sizes than the header says */
    BATCH_TOO_LARGE, /* more octets than limits.h allows */
    BATCH_HEADER,    /* a member of the header is missing or wrong */
    BATCH_SIGNATURE,
    BATCH_BODY, /* signed, but the results are not what the header says of them */
};
const char *batch_fault_word(enum batch_fault fault); /* "framing", "too-large", "header", "signature", "body" */

struct batch {
    struct batch_header header;
    json_t *gap;     /* owned, NULL when none */
    json_t *epochs;  /* owned, checked for its form; NULL when none */
    bool has_rotate; /* then rotate is the new key, whose own signature was checked */
    uint8_t rotate[SIGN_PUBLIC_SIZE];
    int64_t turn; /* of the rotation */
    struct envelope envelope;
    struct buf results; /* owned: the lines, once unpacked */
};

/* Reads in the order that costs a stranger's lie the least: framing and header,
 * then sizes and hash. Nothing is unpacked. The bytes must outlive *ret. */
enum batch_fault batch_read(const char *bytes, size_t len, struct batch *ret, struct fault *f) CHECKED;
/* The same in two steps, for a body that is still coming: its first octets, the
 * header among them, and what the whole will have (0 when nobody has said) … */
enum batch_fault batch_front(const char *bytes, size_t len, size_t total, struct batch *ret, struct fault *f) CHECKED;
/* … and the whole, which begins with those octets. */
enum batch_fault batch_rest(struct batch *b, const char *bytes, size_t len, struct fault *f) CHECKED;
void batch_free(struct batch *b);

/* Does the signature match this public key? */
enum batch_fault batch_verify(const struct batch *b, const uint8_t public[static SIGN_PUBLIC_SIZE],
                              struct fault *f) CHECKED;

/* Only after batch_verify, or of one's own: the results. BATCH_BODY when they
 * are not one zstd frame of `packed` octets, not `length` octets, not `count`
 * whole lines. What the lines mean is result.h's business. */
enum batch_fault batch_unpack(struct batch *b, struct fault *f) CHECKED;

/* Iterates over result lines: *cursor starts at 0. False at the end. */
bool batch_next(const struct batch *b, size_t *cursor, const char **ret_line, size_t *ret_len);
