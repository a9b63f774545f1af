#include "agent/spool/chain.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/file.h"
#include "common/json.h"
#include "common/lang.h"
#include "common/limits.h"

#define CHAIN_FILE_MAX 8192

static int chain_write(const char *state_dir, const struct chain *c, struct fault *f)
{
    char hash[HASH_TEXT_SIZE], rotated[SIGN_TEXT_SIZE];
    base64_write(c->rotated, sizeof c->rotated, rotated);
    _cleanup_text_ char *path = alloc_format("%s/chain.json", state_dir);
    _cleanup_json_ json_t *object = json_pack(
        "{s:s, s:I, s:s, s:I, s:I, s:O?, s:s?, s:I}", "chain", c->id, "seq", (json_int_t)c->seq, "hash",
        hash_text(c->hash, hash), "number", (json_int_t)c->number, "dropping", (json_int_t)c->dropping, "gap", c->gap,
        "rotated", c->has_rotated ? rotated : NULL, "forks", (json_int_t)c->forks);
    _cleanup_text_ char *line = json_text(object);
    _cleanup_text_ char *content = alloc_format("%s\n", line);
    return file_write_atomic(path, content, strlen(content), 0600, f);
}

static int parse(const json_t *object, struct chain *c, struct fault *f)
{
    const char *id, *hash, *rotated;
    int r;
    if ((r = json_get_text(object, "chain", CHAIN_ID_SIZE - 1, &id, f)) < 0 ||
        (r = json_get_int(object, "seq", 0, INT64_MAX - 1, &c->seq, f)) < 0 ||
        (r = json_get_text(object, "hash", HASH_TEXT_SIZE - 1, &hash, f)) < 0 ||
        (r = json_get_int(object, "number", 0, INT64_MAX - 1, &c->number, f)) < 0 ||
        (r = json_get_int(object, "dropping", 0, INT64_MAX, &c->dropping, f)) < 0 ||
        (r = json_get_text_or(object, "rotated", SIGN_TEXT_SIZE - 1, NULL, &rotated, f)) < 0 ||
        (r = json_get_int_or(object, "forks", 0, INT64_MAX, 0, &c->forks, f)) < 0)
        return r;
    if (hash_parse(hash, strlen(hash), c->hash) < 0)
        return fault_set(f, -EBADMSG, _("\"hash\" is not 64 hex digits"));
    if (rotated && base64_read(rotated, strlen(rotated), c->rotated, sizeof c->rotated) < 0)
        return fault_set(f, -EBADMSG, _("\"rotated\" is not 32 octets in base64"));
    c->has_rotated = rotated != NULL;
    strcpy(c->id, id);
    json_t *gap = json_object_get(object, "gap");
    c->gap = json_is_object(gap) ? json_incref(gap) : NULL;
    return 0;
}

int chain_read(const char *state_dir, struct chain *ret, struct fault *f)
{
    _cleanup_text_ char *path = alloc_format("%s/chain.json", state_dir);
    _cleanup_(buf_free) struct buf text = {0};
    _cleanup_json_ json_t *object = NULL;
    struct chain c = {0};
    int r = file_read(path, CHAIN_FILE_MAX, &text, f);
    if (r == -ENOENT)
        return r;
    if (r == 0)
        r = json_read(text.data, text.len, CHAIN_FILE_MAX, JSON_DEPTH_MAX, &object, f);
    if (r == 0)
        r = parse(object, &c, f);
    if (r == 0)
        *ret = c;
    return r == -EFBIG || r == -E2BIG || r == -ELOOP ? -EBADMSG : r;
}

void chain_free(struct chain *c)
{
    json_decref(c->gap);
    c->gap = NULL;
}

int chain_start(const char *state_dir, struct chain *c, int64_t number, bool forked, struct fault *f)
{
    uint8_t id[16];
    struct chain next = {.number = number, .dropping = c->dropping, .gap = c->gap, .forks = c->forks + forked};
    random_bytes(id, sizeof id);
    for (size_t i = 0; i < sizeof id; i++)
        snprintf(next.id + 2 * i, 3, "%02x", id[i]);
    next.has_rotated = c->has_rotated;
    memcpy(next.rotated, c->rotated, sizeof next.rotated);
    int r = chain_write(state_dir, &next, f);
    if (r == 0)
        *c = next;
    return r;
}

int chain_advance(const char *state_dir, struct chain *c, int64_t number, int64_t seq,
                  const uint8_t hash[static HASH_SIZE], const uint8_t *rotated, struct fault *f)
{
    struct chain next = *c;
    next.seq = seq;
    next.number = number;
    next.dropping = 0;
    next.gap = NULL;
    memcpy(next.hash, hash, sizeof next.hash);
    if (rotated) {
        next.has_rotated = true;
        memcpy(next.rotated, rotated, sizeof next.rotated);
    }
    int r = chain_write(state_dir, &next, f);
    if (r < 0)
        return r;
    json_decref(c->gap);
    *c = next;
    return 0;
}

/* ---- the gap ---- */

static int64_t member(const json_t *object, const char *name)
{
    return json_integer_value(json_object_get(object, name));
}

bool chain_gap_full(const struct chain *c)
{
    return json_array_size(json_object_get(c->gap, "batches")) >= CHAIN_GAP_MAX;
}

static void gap_add(json_t *gap, const char *chain, int64_t seq, int64_t results)
{
    json_t *ranges = json_object_get(gap, "batches");
    json_t *last = json_array_size(ranges) ? json_array_get(ranges, json_array_size(ranges) - 1) : NULL;
    if (last && strcmp(json_string_value(json_object_get(last, "chain")), chain) == 0 &&
        member(last, "to") + 1 == seq) {
        json_object_set_new(last, "to", json_integer(seq));
        json_object_set_new(last, "results", json_integer(member(last, "results") + results));
        return;
    }
    json_array_append_new(ranges, json_pack("{s:s, s:I, s:I, s:I}", "chain", chain, "from", (json_int_t)seq, "to",
                                            (json_int_t)seq, "results", (json_int_t)results));
}

int chain_drop(const char *state_dir, struct chain *c, int64_t number, const struct batch *batch, struct fault *f)
{
    struct chain next = *c;
    next.dropping = number;
    next.gap = c->gap ? json_deep_copy(c->gap) : NULL;
    if (batch) {
        if (!next.gap)
            next.gap = json_pack("{s:s, s:[]}", "reason", "spool_max", "batches");
        gap_add(next.gap, batch->header.chain, batch->header.seq, batch->header.count);
    }
    int r = chain_write(state_dir, &next, f);
    json_decref(r < 0 ? next.gap : c->gap);
    if (r == 0)
        *c = next;
    return r;
}

uint64_t chain_key(const char *id)
{
    char digits[17];
    snprintf(digits, sizeof digits, "%.16s", id);
    return strtoull(digits, NULL, 16);
}
