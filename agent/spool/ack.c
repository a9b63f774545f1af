#include "agent/spool/ack.h"

#include <errno.h>
#include <string.h>

#include "common/batch.h"
#include "common/json.h"
#include "common/lang.h"
#include "common/statement.h"

int ack_read(const struct identity *identity, const char *text, size_t len, struct ack *ret, struct fault *f)
{
    _cleanup_json_ json_t *json = NULL;
    const char *probe;
    int64_t format;
    int r = statement_read(identity->keys, identity->key_count, DOMAIN_ACK, text, len, &json, f);
    if (r < 0)
        return r;
    if (json_get_int(json, "ack", 1, 1, &format, f) < 0 ||
        json_get_text(json, "probe", PROBE_ID_SIZE - 1, &probe, f) < 0)
        return -EBADMSG;
    if (strcmp(probe, identity->probe) != 0)
        return fault_set(f, -EBADMSG, _("the statement is for another probe"));
    ret->json = json_incref(json);
    return 0;
}

void ack_free(struct ack *a)
{
    json_decref(a->json);
    a->json = NULL;
}

bool ack_stored(const struct ack *a, const uint8_t hash[static HASH_SIZE])
{
    const json_t *item;
    uint8_t listed[HASH_SIZE];
    size_t i;
    json_array_foreach(json_object_get(a->json, "stored"), i, item)
    {
        const char *text = json_string_value(item);
        if (text && hash_parse(text, strlen(text), listed) == 0 && memcmp(listed, hash, HASH_SIZE) == 0)
            return true;
    }
    return false;
}

/* The next item of a list, NULL past the last. */
static const json_t *next_item(const struct ack *a, const char *list, size_t *cursor)
{
    return *cursor < ACK_ITEMS_MAX ? json_array_get(json_object_get(a->json, list), (*cursor)++) : NULL;
}

bool ack_head(const struct ack *a, size_t *cursor, struct ack_head *ret)
{
    const json_t *item;
    while ((item = next_item(a, "heads", cursor))) {
        const char *hash;
        if (json_is_object(item) && json_get_text(item, "chain", CHAIN_ID_SIZE - 1, &ret->chain, NULL) == 0 &&
            json_get_int(item, "seq", 1, INT64_MAX, &ret->seq, NULL) == 0 &&
            json_get_text(item, "hash", HASH_TEXT_SIZE - 1, &hash, NULL) == 0 &&
            hash_parse(hash, strlen(hash), ret->hash) == 0)
            return true;
    }
    return false;
}

bool ack_missing(const struct ack *a, size_t *cursor, struct ack_range *ret)
{
    const json_t *item;
    while ((item = next_item(a, "missing", cursor))) {
        if (json_is_object(item) && json_get_text(item, "chain", CHAIN_ID_SIZE - 1, &ret->chain, NULL) == 0 &&
            json_get_int(item, "from", 1, INT64_MAX, &ret->from, NULL) == 0 &&
            json_get_int(item, "to", ret->from, INT64_MAX, &ret->to, NULL) == 0)
            return true;
    }
    return false;
}

bool ack_forked(const struct ack *a, const char *chain)
{
    const json_t *item;
    for (size_t cursor = 0; (item = next_item(a, "forks", &cursor));)
        if (json_is_string(item) && strcmp(json_string_value(item), chain) == 0)
            return true;
    return false;
}

const char *ack_seen(const struct ack *a)
{
    const char *text = json_string_value(json_object_get(a->json, "seen"));
    return text ? text : "";
}
