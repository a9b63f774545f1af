/* Is a batch what it says: read, from a known probe that is not revoked,
 * signed by that probe's key? The same for HTTP and for files. */
#pragma once

#include <stdint.h>

#include "collector/probe/roster.h"
#include "common/batch.h"

enum verdict {
    VERDICT_FINE,
    VERDICT_COMPRESSED_SIZE,
    VERDICT_DECOMPRESSED_SIZE,
    VERDICT_COMPRESSION, /* not a whole zstd frame */
    VERDICT_FRAMING,
    VERDICT_TOO_LARGE,
    VERDICT_UTF8,
    VERDICT_DEPTH,
    VERDICT_HEADER,
    VERDICT_SIGNATURE,
    VERDICT_UNKNOWN_PROBE,
    VERDICT_REVOKED_PROBE,
    VERDICT_FORGOTTEN_PROBE,
    VERDICT_COUNT,
};

struct verdict_text {
    const char *slug;  /* of the problem type, of metrics */
    unsigned status;   /* HTTP */
    const char *title; /* through gettext (N_) */
};
extern const struct verdict_text verdict_texts[VERDICT_COUNT];

/* A batch as it came, taken apart. */
struct incoming {
    struct buf plain;  /* uncompressed bytes */
    struct buf packed; /* zstd, when it came uncompressed */
    const void *body;  /* what goes into the ledger: packed, or as it came */
    size_t body_len;
    struct batch batch;
};
void incoming_free(struct incoming *in);

/* Unpacks and reads the bytes, which must outlive *ret. */
enum verdict verify_envelope(const void *bytes, size_t len, bool packed, struct incoming *ret, struct fault *f) CHECKED;

/* Finds the probe and checks the signature. < 0 when the database cannot be
 * asked (-EBUSY, -ENOTCONN, -EIO), else 0 with *ret_verdict. */
int verify_batch(struct roster *roster, const struct batch *b, enum verdict *ret_verdict, int32_t *ret_probe_no,
                 struct fault *f) CHECKED;

/* Why verify_batch refuses this probe's batch, once more, in the language of the
 * thread. */
void verify_say(enum verdict verdict, const char *probe, struct fault *f);
