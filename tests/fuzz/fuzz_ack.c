/* What a collector says of batches, as a stranger writes it and as one whose key
 * is pinned does: whoever signed it, only what it names is let go of. */
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "agent/spool/ack.h"
#include "common/batch.h"
#include "common/buf.h"

static struct sign_key key; /* the collector's */
static struct identity id = {.probe = "aaaaaaaaaaaaaaaaaaaa"};

static void pin(void)
{
    if (id.key_count == 0 && sign_key_new(&key) < 0)
        abort();
    memcpy(id.keys[0], key.public, SIGN_PUBLIC_SIZE);
    id.key_count = 1;
}

/* The octets up to their first newline, as a statement of the collector's. */
static void sign(const uint8_t *bytes, size_t len, struct buf *out)
{
    const uint8_t *newline = len ? memchr(bytes, '\n', len) : NULL;
    uint8_t sig[SIGN_SIZE];
    char text[SIGN_TEXT_SIZE];
    buf_add(out, bytes, newline ? (size_t)(newline - bytes) : len);
    buf_add_char(out, '\n');
    sign_make(&key, DOMAIN_ACK, out->data, out->len, sig);
    base64_write(sig, sizeof sig, text);
    buf_addf(out, "{\"sig\":\"%s\"}\n", text);
}

static void check_lists(const struct ack *a)
{
    struct ack_head head;
    struct ack_range range;
    size_t cursor = 0, count = 0;
    for (; ack_head(a, &cursor, &head); count++)
        if (head.seq < 1 || strlen(head.chain) >= CHAIN_ID_SIZE)
            abort();
    for (cursor = 0; ack_missing(a, &cursor, &range); count++)
        if (range.from < 1 || range.to < range.from || strlen(range.chain) >= CHAIN_ID_SIZE)
            abort();
    if (count > 2 * ACK_ITEMS_MAX || !ack_seen(a))
        abort();
    (void)ack_forked(a, "0123456789abcdef");
}

/* A hash counts as stored where the list has its text, and nowhere else. */
static void check_stored(const struct ack *a, const char *text, size_t len)
{
    uint8_t hash[HASH_SIZE];
    char hex[HASH_TEXT_SIZE];
    const json_t *first = json_array_get(json_object_get(a->json, "stored"), 0);
    const char *listed = json_string_value(first);
    if (listed && hash_parse(listed, strlen(listed), hash) == 0) {
        if (!ack_stored(a, hash))
            abort();
        hash[0] ^= 1;
        hash_text(hash, hex);
        if (ack_stored(a, hash) && !memmem(text, len, hex, strlen(hex)))
            abort();
    }
    hash_make("", text, len, hash);
    if (ack_stored(a, hash))
        abort();
}

static void read_one(const char *text, size_t len)
{
    struct ack a = {0};
    struct fault f = {0};
    if (ack_read(&id, text, len, &a, &f) < 0) {
        if (!f.text[0] || a.json)
            abort();
        return;
    }
    check_lists(&a);
    check_stored(&a, text, len);
    ack_free(&a);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    _cleanup_(buf_free) struct buf statement = {0};
    pin();
    read_one((const char *)bytes, len);
    sign(bytes, len, &statement);
    read_one(statement.data, statement.len);
    return 0;
}
