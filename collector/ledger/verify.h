/* Is a batch what it says: framed, from a known probe that is not revoked,
 * signed by a key that may speak for its place in the chain? The same for HTTP
 * and for files, and nothing is unpacked for it. */
#pragma once

#include <stdint.h>

#include "collector/probe/roster.h"
#include "common/batch.h"

enum verdict {
    VERDICT_FINE,
    VERDICT_FRAMING,
    VERDICT_TOO_LARGE,
    VERDICT_HEADER,
    VERDICT_SIGNATURE,
    VERDICT_RETIRED_KEY, /* by a key that was rotated out, for a place that is not its own */
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

/* batch_front, batch_rest and batch_read, as verdicts. */
enum verdict verify_front(const char *bytes, size_t len, size_t total, struct batch *ret, struct fault *f) CHECKED;
enum verdict verify_rest(struct batch *b, const char *bytes, size_t len, struct fault *f) CHECKED;
enum verdict verify_read(const char *bytes, size_t len, struct batch *ret, struct fault *f) CHECKED;

/* Who sent it, before its signature can be checked: a known probe that may speak
 * at all? < 0 when the database cannot be asked (-EBUSY, -ENOTCONN, -EIO), else 0
 * with *ret_verdict. */
int verify_probe(struct roster *roster, const struct batch *b, enum verdict *ret_verdict, int32_t *ret_probe_no,
                 struct fault *f) CHECKED;

struct verified {
    int32_t probe_no;
    uint8_t signer[SIGN_PUBLIC_SIZE]; /* the key that signed */
    bool in_force;                    /* is it the probe's own today, as far as the roster remembers? */
};

/* The probe, its place and the signature; returns as verify_probe. A batch that
 * is fine is a stranger's no more (stranger.h). */
int verify_batch(struct roster *roster, const struct batch *b, enum verdict *ret_verdict, struct verified *ret,
                 struct fault *f) CHECKED;

/* The same, but what the roster remembers of the probe does not count: the ledger
 * would not have the batch, or nobody waits for an answer. */
int verify_anew(struct roster *roster, const struct batch *b, enum verdict *ret_verdict, struct verified *ret,
                struct fault *f) CHECKED;

/* Why verify_batch refuses this probe's batch, once more, in the language of the
 * thread. */
void verify_say(enum verdict verdict, const char *probe, struct fault *f);
