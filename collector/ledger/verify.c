#include "collector/ledger/verify.h"

#include <errno.h>
#include <string.h>

#include "common/lang.h"
#include "common/limits.h"
#include "common/zst.h"

const struct verdict_text verdict_texts[VERDICT_COUNT] = {
    [VERDICT_FINE] = {"fine", 200, N_("Stored")},
    [VERDICT_COMPRESSED_SIZE] = {"compressed-size", 413, N_("The batch as sent is too large")},
    [VERDICT_DECOMPRESSED_SIZE] = {"decompressed-size", 413, N_("The batch is too large once decompressed")},
    [VERDICT_COMPRESSION] = {"compression", 400, N_("The batch is not what its Content-Encoding says")},
    [VERDICT_FRAMING] = {"framing", 400, N_("The batch is not a header, results and a trailer")},
    [VERDICT_TOO_LARGE] = {"too-large", 413, N_("The batch holds too much")},
    [VERDICT_UTF8] = {"utf-8", 400, N_("The batch is not valid UTF-8")},
    [VERDICT_DEPTH] = {"depth", 400, N_("The batch is nested too deep")},
    [VERDICT_HEADER] = {"header", 400, N_("The batch's header or trailer is wrong")},
    [VERDICT_SIGNATURE] = {"signature", 403, N_("The signature does not match")},
    [VERDICT_UNKNOWN_PROBE] = {"unknown-probe", 403, N_("This probe is not enrolled here")},
    [VERDICT_REVOKED_PROBE] = {"revoked-probe", 403, N_("This probe was revoked")},
    [VERDICT_FORGOTTEN_PROBE] = {"forgotten-probe", 410, N_("This probe was forgotten")},
};

/* ---- the envelope ---- */

void incoming_free(struct incoming *in)
{
    batch_free(&in->batch);
    buf_free(&in->plain);
    buf_free(&in->packed);
}

static enum verdict from_fault(enum batch_fault fault)
{
    switch (fault) {
    case BATCH_FINE:
        return VERDICT_FINE;
    case BATCH_FRAMING:
        return VERDICT_FRAMING;
    case BATCH_TOO_LARGE:
        return VERDICT_TOO_LARGE;
    case BATCH_UTF8:
        return VERDICT_UTF8;
    case BATCH_DEPTH:
        return VERDICT_DEPTH;
    case BATCH_HEADER:
        return VERDICT_HEADER;
    case BATCH_SIGNATURE:
        break;
    }
    return VERDICT_SIGNATURE;
}

enum verdict verify_envelope(const void *bytes, size_t len, bool packed, struct incoming *ret, struct fault *f)
{
    const char *plain = bytes;
    size_t plain_len = len;
    ret->body = bytes;
    ret->body_len = len;
    if (packed && len > BATCH_WIRE_MAX) {
        fault_set(f, -EFBIG, _("%zu bytes as sent; at most %u are allowed"), len, BATCH_WIRE_MAX);
        return VERDICT_COMPRESSED_SIZE;
    }
    if (packed) {
        int rc = zst_unpack(bytes, len, BATCH_BYTES_MAX, &ret->plain, f);
        if (rc < 0)
            return rc == -EFBIG ? VERDICT_DECOMPRESSED_SIZE : VERDICT_COMPRESSION;
        plain = ret->plain.data ? ret->plain.data : "";
        plain_len = ret->plain.len;
    } else if (len > BATCH_BYTES_MAX) {
        fault_set(f, -EFBIG, _("%zu bytes; at most %u are allowed"), len, BATCH_BYTES_MAX);
        return VERDICT_DECOMPRESSED_SIZE;
    }
    enum batch_fault fault = batch_read(plain, plain_len, &ret->batch, f);
    if (fault == BATCH_FINE && !packed) {
        zst_pack(bytes, len, &ret->packed);
        ret->body = ret->packed.data;
        ret->body_len = ret->packed.len;
    }
    return from_fault(fault);
}

/* ---- the probe ---- */

/* A key of the past still speaks for its probe: batches come late, and from
 * clocks that were wrong. */
static bool signed_by(const struct roster_probe *k, const struct batch *b)
{
    for (size_t i = 0; i < k->key_count; i++)
        if (batch_verify(b, k->keys[i], NULL) == BATCH_FINE)
            return true;
    return false;
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
    default:
        fault_set(f, -EKEYREJECTED, _("the signature does not match the key of probe %s"), probe);
        break;
    }
}

int verify_batch(struct roster *roster, const struct batch *b, enum verdict *ret_verdict, int32_t *ret_probe_no,
                 struct fault *f)
{
    const char *id = b->header.probe;
    struct roster_probe k;
    bool from_memory = roster_remembers(roster, id, &k), good = from_memory && signed_by(&k, b);
    /* A key that is not remembered may have come meanwhile, over another collector. */
    if (!good && !(from_memory && k.revoked)) {
        int rc = roster_ask(roster, id, &k, f);
        if (rc < 0)
            return rc;
        good = k.no != 0 && signed_by(&k, b);
    }
    *ret_verdict = k.no == 0     ? VERDICT_UNKNOWN_PROBE
                   : k.forgotten ? VERDICT_FORGOTTEN_PROBE
                   : k.revoked   ? VERDICT_REVOKED_PROBE
                   : !good       ? VERDICT_SIGNATURE
                                 : VERDICT_FINE;
    if (*ret_verdict != VERDICT_FINE)
        verify_say(*ret_verdict, id, f);
    *ret_probe_no = k.no;
    return 0;
}
