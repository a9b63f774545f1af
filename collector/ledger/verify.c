#include "collector/ledger/verify.h"

#include <errno.h>
#include <string.h>

#include "common/lang.h"
#include "common/limits.h"
#include "common/stranger.h"

const struct verdict_text verdict_texts[VERDICT_COUNT] = {
    [VERDICT_FINE] = {"fine", 200, N_("Stored")},
    [VERDICT_FRAMING] = {"framing", 400, N_("The batch is not a header, results and a signature")},
    [VERDICT_TOO_LARGE] = {"too-large", 413, N_("The batch is too large")},
    [VERDICT_HEADER] = {"header", 400, N_("The batch's header is wrong")},
    [VERDICT_SIGNATURE] = {"signature", 403, N_("The signature does not match")},
    [VERDICT_RETIRED_KEY] = {"retired-key", 403, N_("A key that was replaced signed it")},
    [VERDICT_UNKNOWN_PROBE] = {"unknown-probe", 403, N_("This probe is not enrolled here")},
    [VERDICT_REVOKED_PROBE] = {"revoked-probe", 403, N_("This probe was revoked")},
    [VERDICT_FORGOTTEN_PROBE] = {"forgotten-probe", 410, N_("This probe was forgotten")},
};

/* ---- the file ---- */

static enum verdict from_fault(enum batch_fault fault)
{
    switch (fault) {
    case BATCH_FINE:
        return VERDICT_FINE;
    case BATCH_TOO_LARGE:
        return VERDICT_TOO_LARGE;
    case BATCH_HEADER:
        return VERDICT_HEADER;
    case BATCH_SIGNATURE:
        return VERDICT_SIGNATURE;
    case BATCH_FRAMING:
    case BATCH_BODY: /* nobody has unpacked anything here */
        break;
    }
    return VERDICT_FRAMING;
}

enum verdict verify_front(const char *bytes, size_t len, size_t total, struct batch *ret, struct fault *f)
{
    return from_fault(batch_front(bytes, len, total, ret, f));
}

enum verdict verify_rest(struct batch *b, const char *bytes, size_t len, struct fault *f)
{
    return from_fault(batch_rest(b, bytes, len, f));
}

enum verdict verify_read(const char *bytes, size_t len, struct batch *ret, struct fault *f)
{
    return from_fault(batch_read(bytes, len, ret, f));
}

/* ---- the probe ---- */

/* The index of the key that signed it, or key_count. */
static size_t signer_of(const struct roster_probe *k, const struct batch *b)
{
    size_t i = 0;
    while (i < k->key_count && batch_verify(b, k->keys[i], NULL) != BATCH_FINE)
        i++;
    return i;
}

void verify_say(enum verdict verdict, const char *probe, struct fault *f)
{
    switch (verdict) {
    case VERDICT_UNKNOWN_PROBE:
        fault_set(f, -ENOENT, _("probe %s is not known here; enrol it with a token"), probe);
        break;
    case VERDICT_FORGOTTEN_PROBE:
        fault_set(f, -ENOENT, _("probe %s was forgotten at its owner's wish; nothing of it comes in again"), probe);
        break;
    case VERDICT_REVOKED_PROBE:
        fault_set(f, -EACCES, _("probe %s was revoked; ask the team that gave the token"), probe);
        break;
    case VERDICT_RETIRED_KEY:
        fault_set(f, -EKEYREJECTED,
                  _("a key signed it that probe %s has replaced since; such a key speaks only for what came before"),
                  probe);
        break;
    default:
        fault_set(f, -EKEYREJECTED, _("the signature does not match the key of probe %s"), probe);
        break;
    }
}

static enum verdict standing(const struct roster_probe *k)
{
    return k->no == 0     ? VERDICT_UNKNOWN_PROBE
           : k->forgotten ? VERDICT_FORGOTTEN_PROBE
           : k->revoked   ? VERDICT_REVOKED_PROBE
                          : VERDICT_FINE;
}

int verify_probe(struct roster *roster, const struct batch *b, enum verdict *ret_verdict, int32_t *ret_probe_no,
                 struct fault *f)
{
    struct roster_probe k;
    const char *id = b->header.probe;
    int rc = roster_remembers(roster, id, &k) && k.no != 0 ? 0 : roster_ask(roster, id, &k, f);
    if (rc < 0)
        return rc;
    *ret_verdict = standing(&k);
    *ret_probe_no = k.no;
    if (*ret_verdict != VERDICT_FINE)
        verify_say(*ret_verdict, id, f);
    return 0;
}

/* Whoever finds an old key must not write with it. Batches come late all the
 * same: such a key still speaks for what lies before the record that replaced it,
 * on that record's chain, and for what a batch that is held calls its `prev`.
 * When it was sealed proves nothing: the probe says so, and a thief can. */
static int check_place(struct roster *roster, const struct roster_probe *k, size_t signer, const struct batch *b,
                       enum verdict *ret_verdict, struct fault *f)
{
    enum roster_place place;
    const struct batch_header *h = &b->header;
    const struct roster_until *until = &k->until[signer];
    *ret_verdict = VERDICT_FINE;
    if (signer < k->current_count)
        return 0;
    int rc = roster_place(roster, k->no, h->chain, h->seq, b->envelope.hash, &place, f);
    if (rc == 0 && place != ROSTER_PLACE_PROVEN &&
        (place == ROSTER_PLACE_OTHER || strcmp(until->chain, h->chain) != 0 || h->seq > until->seq))
        *ret_verdict = VERDICT_RETIRED_KEY;
    return rc;
}

int verify_batch(struct roster *roster, const struct batch *b, enum verdict *ret_verdict, struct verified *ret,
                 struct fault *f)
{
    const char *id = b->header.probe;
    struct roster_probe k = {0};
    bool from_memory = roster_remembers(roster, id, &k);
    size_t signer = from_memory ? signer_of(&k, b) : 0;
    /* A key that is not remembered may have come meanwhile, over another collector. One that is current here may have
     * been replaced there: the ledger looks when it stores. */
    if (!from_memory || (signer == k.key_count && !k.revoked)) {
        int rc = roster_ask(roster, id, &k, f);
        if (rc < 0)
            return rc;
        signer = signer_of(&k, b);
    }
    *ret_verdict = standing(&k);
    if (*ret_verdict == VERDICT_FINE && signer == k.key_count)
        *ret_verdict = VERDICT_SIGNATURE;
    int rc = *ret_verdict == VERDICT_FINE ? check_place(roster, &k, signer, b, ret_verdict, f) : 0;
    if (rc < 0)
        return rc;
    if (*ret_verdict != VERDICT_FINE) {
        verify_say(*ret_verdict, id, f);
        return 0;
    }
    ret->probe_no = k.no;
    memcpy(ret->signer, k.keys[signer], sizeof ret->signer);
    ret->in_force = signer < k.current_count;
    stranger_ends();
    return 0;
}

int verify_anew(struct roster *roster, const struct batch *b, enum verdict *ret_verdict, struct verified *ret,
                struct fault *f)
{
    roster_forget(roster, b->header.probe);
    return verify_batch(roster, b, ret_verdict, ret, f);
}
