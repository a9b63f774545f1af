#include "collector/verify.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>

#include "common/clock.h"
#include "common/limits.h"
#include "common/zst.h"

/* How long what the database said about a probe is believed. */
#define CACHE_AGE_US (60 * INT64_C(1000000))
#define CACHE_SLOTS  16384
#define TAKE_WAIT_MS 5000

const struct verdict_text verdict_texts[VERDICT_COUNT] = {
    [VERDICT_FINE] = {"fine", 200, "Stored"},
    [VERDICT_COMPRESSED_SIZE] = {"compressed-size", 413, "The batch as sent is too large"},
    [VERDICT_DECOMPRESSED_SIZE] = {"decompressed-size", 413, "The batch is too large once decompressed"},
    [VERDICT_COMPRESSION] = {"compression", 400, "The batch is not what its Content-Encoding says"},
    [VERDICT_FRAMING] = {"framing", 400, "The batch is not a header, results and a trailer"},
    [VERDICT_TOO_LARGE] = {"too-large", 413, "The batch holds too much"},
    [VERDICT_UTF8] = {"utf-8", 400, "The batch is not valid UTF-8"},
    [VERDICT_DEPTH] = {"depth", 400, "The batch is nested too deep"},
    [VERDICT_HEADER] = {"header", 400, "The batch's header or trailer is wrong"},
    [VERDICT_SIGNATURE] = {"signature", 403, "The signature does not match"},
    [VERDICT_UNKNOWN_PROBE] = {"unknown-probe", 403, "This probe is not enrolled here"},
    [VERDICT_REVOKED_PROBE] = {"revoked-probe", 403, "This probe was revoked"},
    [VERDICT_FORGOTTEN_PROBE] = {"forgotten-probe", 410, "This probe was forgotten"},
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
        fault_set(f, -EFBIG, "%zu bytes as sent; at most %u are allowed", len, BATCH_WIRE_MAX);
        return VERDICT_COMPRESSED_SIZE;
    }
    if (packed) {
        int rc = zst_unpack(bytes, len, BATCH_BYTES_MAX, &ret->plain, f);
        if (rc < 0)
            return rc == -EFBIG ? VERDICT_DECOMPRESSED_SIZE : VERDICT_COMPRESSION;
        plain = ret->plain.data ? ret->plain.data : "";
        plain_len = ret->plain.len;
    } else if (len > BATCH_BYTES_MAX) {
        fault_set(f, -EFBIG, "%zu bytes; at most %u are allowed", len, BATCH_BYTES_MAX);
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

struct known_probe {
    char id[PROBE_ID_SIZE];
    int32_t no;
    bool revoked, forgotten;
    size_t key_count;
    uint8_t keys[VERIFY_KEYS_MAX][SIGN_PUBLIC_SIZE]; /* the latest first */
    int64_t asked_us;                                /* CLOCK_BOOTTIME; 0: empty */
};

struct verifier {
    struct pg_pool *pool;
    pthread_mutex_t lock;
    struct known_probe *slots; /* by hash of the id; a later probe takes the place of an earlier one */
};

struct verifier *verifier_new(struct pg_pool *pool)
{
    struct verifier *v = alloc_zero(1, sizeof *v);
    v->pool = pool;
    v->slots = alloc_zero(CACHE_SLOTS, sizeof *v->slots);
    pthread_mutex_init(&v->lock, NULL);
    return v;
}

void verifier_free(struct verifier *v)
{
    if (!v)
        return;
    pthread_mutex_destroy(&v->lock);
    free(v->slots);
    free(v);
}

/* The id is a hash already: its first letters spread well. */
static struct known_probe *slot(const struct verifier *v, const char *id)
{
    uint32_t n = 0;
    for (int i = 0; i < 6; i++)
        n = n * 37 + (unsigned char)id[i];
    return &v->slots[n % CACHE_SLOTS];
}

void verifier_forget(struct verifier *v, const char *probe)
{
    pthread_mutex_lock(&v->lock);
    slot(v, probe)->asked_us = 0;
    pthread_mutex_unlock(&v->lock);
}

static bool remembered(struct verifier *v, const char *id, struct known_probe *ret)
{
    pthread_mutex_lock(&v->lock);
    const struct known_probe *k = slot(v, id);
    bool fresh = k->asked_us && !strcmp(k->id, id) && clock_mono_us(&clock_system) - k->asked_us < CACHE_AGE_US;
    if (fresh)
        *ret = *k;
    pthread_mutex_unlock(&v->lock);
    return fresh;
}

static void fill(const struct pg_rows *rows, const char *id, struct known_probe *ret)
{
    *ret = (struct known_probe){
        .no = (int32_t)pg_int(rows, 0, 0), .revoked = pg_bool(rows, 0, 1), .forgotten = pg_bool(rows, 0, 3)};
    memcpy(ret->id, id, strnlen(id, PROBE_ID_SIZE - 1));
    for (size_t i = 0; i < pg_rows_count(rows) && ret->key_count < VERIFY_KEYS_MAX; i++) {
        const char *key = pg_text(rows, i, 2);
        if (key && base64_read(key, strlen(key), ret->keys[ret->key_count], SIGN_PUBLIC_SIZE) == 0)
            ret->key_count++;
    }
}

/* ret->no is 0 when the probe is unknown. */
static int ask(struct verifier *v, const char *id, struct known_probe *ret, struct fault *f)
{
    static const char sql[] =
        "SELECT p.probe_no, p.revoked_at IS NOT NULL, encode(k.public, 'base64'), p.forgotten_at IS NOT NULL "
        "FROM probe p LEFT JOIN probe_key k "
        "ON k.probe_no = p.probe_no AND k.revoked_at IS NULL WHERE p.probe = $1 ORDER BY k.valid_to DESC, k.valid_from "
        "DESC";
    struct pg *pg = NULL;
    int rc = pg_pool_take(v->pool, TAKE_WAIT_MS, &pg, f);
    if (rc < 0)
        return rc;
    _cleanup_rows_ struct pg_rows *rows = NULL;
    rc = pg_query_kept(pg, sql, 1, &id, &rows, f);
    pg_pool_give(v->pool, pg);
    if (rc < 0)
        return rc;
    if (pg_rows_count(rows) == 0) {
        ret->no = 0;
        return 0;
    }
    fill(rows, id, ret);
    ret->asked_us = clock_mono_us(&clock_system);
    pthread_mutex_lock(&v->lock);
    *slot(v, id) = *ret;
    pthread_mutex_unlock(&v->lock);
    return 0;
}

int verifier_keys(struct verifier *v, const char *probe, uint8_t ret_keys[static VERIFY_KEYS_MAX][SIGN_PUBLIC_SIZE],
                  size_t *ret_count, struct fault *f)
{
    struct known_probe k = {0};
    int rc = ask(v, probe, &k, f);
    if (rc < 0)
        return rc;
    *ret_count = k.no ? k.key_count : 0;
    memcpy(ret_keys, k.keys, sizeof k.keys);
    return 0;
}

/* A key of the past still speaks for its probe: batches come late, and from
 * clocks that were wrong. */
static bool signed_by(const struct known_probe *k, const struct batch *b)
{
    for (size_t i = 0; i < k->key_count; i++)
        if (batch_verify(b, k->keys[i], NULL) == BATCH_FINE)
            return true;
    return false;
}

int verify_batch(struct verifier *v, const struct batch *b, enum verdict *ret_verdict, int32_t *ret_probe_no,
                 struct fault *f)
{
    const char *id = b->header.probe;
    struct known_probe k;
    bool from_memory = remembered(v, id, &k), good = from_memory && signed_by(&k, b);
    /* A key that is not remembered may have come meanwhile, over another collector. */
    if (!good && !(from_memory && k.revoked)) {
        int rc = ask(v, id, &k, f);
        if (rc < 0)
            return rc;
        good = k.no != 0 && signed_by(&k, b);
    }
    *ret_verdict = VERDICT_FINE;
    if (k.no == 0) {
        *ret_verdict = VERDICT_UNKNOWN_PROBE;
        fault_set(f, -ENOENT, "probe %s is not known here; enrol it with a token", id);
    } else if (k.forgotten) {
        *ret_verdict = VERDICT_FORGOTTEN_PROBE;
        fault_set(f, -ENOENT, "probe %s was forgotten at its owner's wish; nothing of it comes in again", id);
    } else if (k.revoked) {
        *ret_verdict = VERDICT_REVOKED_PROBE;
        fault_set(f, -EACCES, "probe %s was revoked; ask the team that gave the token", id);
    } else if (!good) {
        *ret_verdict = VERDICT_SIGNATURE;
        fault_set(f, -EKEYREJECTED, "the signature does not match the key of probe %s", id);
    }
    *ret_probe_no = k.no;
    return 0;
}
