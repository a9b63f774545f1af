#include "agent/chain.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "common/file.h"
#include "common/json.h"
#include "common/limits.h"

#define CHAIN_FILE_MAX 8192

static char *path_of(const char *state_dir)
{
    return alloc_format("%s/chain.json", state_dir);
}

static int parse(const json_t *object, struct chain *c, struct fault *f)
{
    const char *id, *hash;
    if (!json_is_object(object))
        return fault_set(f, -EBADMSG, "no object");
    int r;
    if ((r = json_get_text(object, "chain", CHAIN_ID_SIZE - 1, &id, f)) < 0 ||
        (r = json_get_int(object, "seq", 0, INT64_MAX - 1, &c->seq, f)) < 0 ||
        (r = json_get_text(object, "hash", HASH_TEXT_SIZE - 1, &hash, f)) < 0 ||
        (r = json_get_int(object, "number", 0, INT64_MAX - 1, &c->number, f)) < 0 ||
        (r = json_get_int(object, "dropping", 0, INT64_MAX, &c->dropping, f)) < 0)
        return r;
    if (hash_parse(hash, strlen(hash), c->hash) < 0)
        return fault_set(f, -EBADMSG, "\"hash\" is not 64 hex digits");
    strcpy(c->id, id);
    json_t *gap = json_object_get(object, "gap");
    c->gap = json_is_object(gap) ? json_incref(gap) : NULL;
    return 0;
}

int chain_read(const char *state_dir, struct chain *ret, struct fault *f)
{
    _cleanup_text_ char *path = path_of(state_dir);
    _cleanup_(buf_free) struct buf text = {0};
    _cleanup_json_ json_t *object = NULL;
    struct chain c = {0};
    int r = file_read(path, CHAIN_FILE_MAX, &text, f);
    if (r == -EFBIG)
        return -EBADMSG;
    if (r < 0)
        return r;
    if (json_read(text.data, text.len, CHAIN_FILE_MAX, JSON_DEPTH_MAX, &object, f) < 0 || parse(object, &c, f) < 0) {
        fault_prefix(f, "%s: ", path);
        return -EBADMSG;
    }
    *ret = c;
    return 0;
}

int chain_write(const char *state_dir, const struct chain *c, struct fault *f)
{
    char hash[HASH_TEXT_SIZE];
    _cleanup_text_ char *path = path_of(state_dir);
    _cleanup_json_ json_t *object = json_pack(
        "{s:s, s:I, s:s, s:I, s:I, s:O?}", "chain", c->id, "seq", (json_int_t)c->seq, "hash", hash_text(c->hash, hash),
        "number", (json_int_t)c->number, "dropping", (json_int_t)c->dropping, "gap", c->gap);
    _cleanup_text_ char *line = json_text(object);
    _cleanup_text_ char *content = alloc_format("%s\n", line);
    return file_write_atomic(path, content, strlen(content), 0600, f);
}

void chain_free(struct chain *c)
{
    json_decref(c->gap);
    *c = (struct chain){0};
}

struct chain chain_new(int64_t number)
{
    struct chain c = {.number = number};
    uint8_t id[(CHAIN_ID_SIZE - 1) / 2];
    random_bytes(id, sizeof id);
    for (size_t i = 0; i < sizeof id; i++)
        snprintf(c.id + 2 * i, 3, "%02x", id[i]);
    return c;
}

struct chain chain_copy(const struct chain *c)
{
    struct chain copy = *c;
    copy.gap = c->gap ? json_deep_copy(c->gap) : NULL;
    return copy;
}

/* ---- the gap ---- */

static int64_t member(const json_t *object, const char *name)
{
    return json_integer_value(json_object_get(object, name));
}

bool chain_gap_full(const struct chain *c)
{
    return json_array_size(json_object_get(c->gap, "batches")) >= CHAIN_GAP_RANGES_MAX;
}

void chain_gap_add(struct chain *c, const char *chain, int64_t seq, int64_t results)
{
    if (!c->gap)
        c->gap = json_pack("{s:s, s:[]}", "reason", "spool_max", "batches");
    json_t *ranges = json_object_get(c->gap, "batches");
    json_t *last = json_array_size(ranges) ? json_array_get(ranges, json_array_size(ranges) - 1) : NULL;
    const char *last_chain = json_string_value(json_object_get(last, "chain"));
    if (last_chain && strcmp(last_chain, chain) == 0 && member(last, "to") + 1 == seq) {
        json_object_set_new(last, "to", json_integer(seq));
        json_object_set_new(last, "results", json_integer(member(last, "results") + results));
        return;
    }
    json_array_append_new(ranges, json_pack("{s:s, s:I, s:I, s:I}", "chain", chain, "from", (json_int_t)seq, "to",
                                            (json_int_t)seq, "results", (json_int_t)results));
}
