#include "tests/unit/check.h"

#include <assert.h>

#include "collector/command/follow.h"
#include "collector/db/scratch.h"
#include "common/batch.h"

/* Beside it, and never it. */
static void a_scratch_database_has_a_name_of_its_own(void **state)
{
    static const char long_name[] = "a23456789012345678901234567890123456789012345678901234567890_scratch";
    static const struct {
        const char *database, *name;
    } rows[] = {
        {"internetmetre", "internetmetre_scratch"},
        {"", "_scratch"},
        {"a2345678901234567890123456789012345678901234567890123_scratch",
         "a234567890123456789012345678901234567890123456_cde13109_scratch"},
        {"a23456789012345678901234567890123456789012345678901234é", /* é would be cut in two */
         "a234567890123456789012345678901234567890123456_4aa11318_scratch"},
        {"a2345678901234567890123456789012345678901234567890123456789", /* and alike as far as it goes */
         "a234567890123456789012345678901234567890123456_008912df_scratch"},
    };
    char name[SCRATCH_NAME_SIZE];
    for (size_t i = 0; i < COUNT(rows); i++) {
        assert_string_equal(scratch_name(rows[i].database, name), rows[i].name);
        assert_string_not_equal(name, rows[i].database);
    }
    assert_int_equal(strlen(scratch_name(long_name, name)), SCRATCH_NAME_SIZE - 1);
}

struct written {
    struct sign_key key;
    struct buf bytes;
    char name[HASH_TEXT_SIZE], keys[HASH_TEXT_SIZE]; /* a public key has as many octets as a hash */
};

static struct written write_batch(void)
{
    struct written w = {0};
    struct batch_header h = {.chain = "00112233445566778899aabbccddeeff",
                             .seq = 1,
                             .count = 1,
                             .sealed_at_us = 1795341600000000,
                             .mono_us = 7,
                             .boot = "b0b0",
                             .agent = "0.1.0"};
    _cleanup_(buf_free) struct buf lines = {0};
    uint8_t hash[HASH_SIZE];
    assert_int_equal(sign_key_new(&w.key), 0);
    probe_id_make(w.key.public, h.probe);
    buf_add_text(&lines, "{\"task\":\"t\"}\n");
    batch_write(&h, NULL, &lines, &w.key, &w.bytes, hash);
    hash_text(hash, w.name);
    static_assert(SIGN_PUBLIC_SIZE == HASH_SIZE, "both are written by hash_text");
    hash_text(w.key.public, w.keys);
    return w;
}

static void what_is_wrong_with_a_body(void **state)
{
    struct written w = write_batch(), other = write_batch();
    _cleanup_text_ char *both = alloc_format("%s%s", other.keys, w.keys);
    const char *bytes = w.bytes.data;
    assert_null(follow_wrong(bytes, w.bytes.len, w.name, w.keys));
    assert_null(follow_wrong(bytes, w.bytes.len, w.name, both));
    assert_null(follow_wrong(bytes, w.bytes.len, w.name, NULL));
    assert_non_null(strstr(follow_wrong(bytes, w.bytes.len, w.name, other.keys), "signature"));
    assert_non_null(strstr(follow_wrong(bytes, w.bytes.len, w.name, ""), "signature"));
    assert_non_null(strstr(follow_wrong(bytes, w.bytes.len, other.name, w.keys), "SHA-256"));
    assert_non_null(strstr(follow_wrong(bytes, w.bytes.len, NULL, w.keys), "SHA-256"));
    assert_non_null(strstr(follow_wrong("", 0, w.name, w.keys), "no batch"));
    /* Any octet: nothing of it goes by, with or without a key. */
    for (size_t i = 0; i < w.bytes.len; i++) {
        w.bytes.data[i] ^= 1;
        assert_non_null(follow_wrong(bytes, w.bytes.len, w.name, w.keys));
        w.bytes.data[i] ^= 1;
    }
    buf_free(&w.bytes);
    buf_free(&other.bytes);
}

static void lines_say_what_is_another(void **state)
{
    _cleanup_(buf_free) struct buf out = {0};
    struct follow_figure g = {.id = "PER1",
                              .statistic = "p50",
                              .country = "BJ",
                              .source = "measured",
                              .cell = "BJ-BO ipv4",
                              .column = "value",
                              .published = "12.5"};
    follow_say_figure(&g, &out);
    assert_string_equal(out.data,
                        "PER1 p50 BJ measured BJ-BO ipv4: value is 12.5 as published, none from the ledger\n");
    buf_clear(&out);
    g.cell = "";
    g.made = "13";
    g.as_of = "2026-03-01";
    follow_say_figure(&g, &out);
    assert_string_equal(out.data,
                        "PER1 p50 BJ measured: stands as it was told of the days to 2026-03-01; with what came "
                        "since, value is 13, and was told as 12.5\n");
    buf_clear(&out);
    follow_say_batch(&(struct follow_batch){.received = "2026-03-01 00:00:00", .wrong = "gone"}, &out);
    assert_string_equal(out.data, "batch - of the chain - of probe -, received 2026-03-01 00:00:00 UTC: gone\n");
    buf_clear(&out);
    follow_say_batch(&(struct follow_batch){.seq = "7-9", .chain = "c", .probe = "p", .wrong = "gone"}, &out);
    assert_string_equal(out.data, "batch 7-9 of the chain c of probe p: gone\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_scratch_database_has_a_name_of_its_own),
        cmocka_unit_test(what_is_wrong_with_a_body),
        cmocka_unit_test(lines_say_what_is_another),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
