#include "tests/unit/folder.h"

#include <errno.h>
#include <unistd.h>

#include "agent/uplink/keyring.h"
#include "common/file.h"
#include "common/json.h"
#include "common/statement.h"

static struct sign_key first, second, recovery, stranger;
static struct identity identity;

/* A probe that has pinned `first`, with list 7, and the recovery key. */
static int enrolled(void **state)
{
    struct fault f;
    in_a_fresh_folder(state);
    identity = (struct identity){.key_count = 1, .has_recovery = true, .serial = 7, .collector = "https://c.example"};
    assert_int_equal(identity_key(dir, &identity.key, &f), 0);
    probe_id_make(identity.key.public, identity.probe);
    memcpy(identity.keys[0], first.public, SIGN_PUBLIC_SIZE);
    memcpy(identity.recovery, recovery.public, SIGN_PUBLIC_SIZE);
    return identity_write(dir, &identity, &f);
}

static char *text_of(const struct sign_key *key)
{
    static char texts[4][64];
    static int next;
    return base64_write(key->public, SIGN_PUBLIC_SIZE, texts[next = (next + 1) % 4]), texts[next];
}

/* What the probe makes of a list that this key signed. */
static int offer(const struct sign_key *signer, const char *domain, const char *list, struct fault *f)
{
    _cleanup_(buf_free) struct buf out = {0};
    _cleanup_json_ json_t *object = NULL;
    assert_int_equal(json_read(list, strlen(list), 65536, 8, &object, f), 0);
    statement_write(signer, domain, object, &out);
    *f = (struct fault){0};
    return keyring_accept(dir, &identity, out.data, out.len, f);
}

/* Neither in memory nor on disk has anything changed. */
static void is_as_before(const struct identity *before)
{
    struct identity kept = {0};
    struct fault f;
    assert_memory_equal(&identity, before, sizeof identity);
    assert_int_equal(identity_read(dir, &kept, &f), 0);
    assert_int_equal(kept.serial, before->serial);
    assert_int_equal(kept.key_count, before->key_count);
    assert_memory_equal(kept.keys, before->keys, sizeof kept.keys);
}

static void a_newer_list_replaces_what_is_pinned(void **state)
{
    const struct sign_key *const signers[] = {&first, &recovery};
    for (size_t i = 0; i < COUNT(signers); i++) {
        struct fault f;
        struct identity kept = {0};
        if (i > 0)
            assert_int_equal(enrolled(NULL), 0);
        _cleanup_text_ char *list = alloc_format("{\"keys\":[\"%s\"],\"serial\":8,\"at\":\"x\"}", text_of(&second));
        assert_int_equal(offer(signers[i], DOMAIN_KEYS, list, &f), 1);
        assert_int_equal(identity_read(dir, &kept, &f), 0);
        assert_int_equal(kept.serial, 8);
        assert_int_equal(kept.key_count, 1);
        assert_memory_equal(kept.keys[0], second.public, SIGN_PUBLIC_SIZE);
        assert_memory_equal(kept.recovery, recovery.public, SIGN_PUBLIC_SIZE);
        assert_memory_equal(kept.key.secret, identity.key.secret, SIGN_SECRET_SIZE);

        /* The first key counts no more, whatever it signs; the list again is no news. */
        assert_int_equal(offer(&second, DOMAIN_KEYS, list, &f), 0);
        _cleanup_text_ char *back = alloc_format("{\"keys\":[\"%s\"],\"serial\":9}", text_of(&first));
        assert_int_equal(offer(&first, DOMAIN_KEYS, back, &f), -EKEYREJECTED);
        if (i == 0)
            remove_folder(NULL);
    }
}

static void what_is_not_newer_changes_nothing(void **state)
{
    static const struct {
        int serial, rc;
    } rows[] = {{7, 0}, {6, -ESTALE}, {0, -ESTALE}};
    struct identity before = identity;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct fault f;
        _cleanup_text_ char *list = alloc_format("{\"keys\":[\"%s\"],\"serial\":%d}", text_of(&second), rows[i].serial);
        assert_int_equal(offer(&first, DOMAIN_KEYS, list, &f), rows[i].rc);
        /* The recovery key cannot bring back an old list either: who copied one has it still. */
        assert_int_equal(offer(&recovery, DOMAIN_KEYS, list, &f), rows[i].rc);
        is_as_before(&before);
    }
}

static void who_is_not_trusted_is_not_believed(void **state)
{
    struct identity before = identity;
    struct fault f;
    _cleanup_text_ char *list = alloc_format("{\"keys\":[\"%s\"],\"serial\":8}", text_of(&stranger));
    assert_int_equal(offer(&stranger, DOMAIN_KEYS, list, &f), -EKEYREJECTED);
    assert_int_equal(offer(&identity.key, DOMAIN_KEYS, list, &f), -EKEYREJECTED);
    /* A statement of another kind, however good, is no list of keys. */
    assert_int_equal(offer(&first, DOMAIN_ACK, list, &f), -EKEYREJECTED);
    assert_int_equal(offer(&first, DOMAIN_TIME, list, &f), -EKEYREJECTED);
    identity.has_recovery = before.has_recovery = false;
    assert_int_equal(offer(&recovery, DOMAIN_KEYS, list, &f), -EKEYREJECTED);
    is_as_before(&before);
    assert_int_equal(keyring_accept(dir, &identity, "", 0, &f), -EBADMSG);
    assert_int_equal(keyring_accept(dir, &identity, "<html>", 6, &f), -EBADMSG);
}

static void a_list_that_is_none_changes_nothing(void **state)
{
    static const char *const rows[] = {
        "[]",
        "{}",
        "{\"keys\":[\"K\"]}",
        "{\"serial\":8}",
        "{\"serial\":8,\"keys\":[]}",
        "{\"serial\":8,\"keys\":\"K\"}",
        "{\"serial\":8,\"keys\":[7]}",
        "{\"serial\":8,\"keys\":[\"\"]}",
        "{\"serial\":8,\"keys\":[\"AAAA\"]}",
        "{\"serial\":-1,\"keys\":[\"K\"]}",
        "{\"serial\":8.5,\"keys\":[\"K\"]}",
        "{\"serial\":\"8\",\"keys\":[\"K\"]}",
        "{\"serial\":8,\"keys\":[\"K\",\"K\",\"K\",\"K\",\"K\",\"K\",\"K\",\"K\",\"K\"]}", /* one more than there is
                                                                                              room for */
    };
    struct identity before = identity;
    for (size_t i = 0; i < COUNT(rows); i++) {
        _cleanup_(buf_free) struct buf list = {0};
        struct fault f;
        for (const char *c = rows[i]; *c; c++) {
            if (*c == 'K')
                buf_add_text(&list, text_of(&second));
            else
                buf_add_char(&list, *c);
        }
        int rc = offer(&first, DOMAIN_KEYS, list.data, &f);
        if (rc != -EBADMSG || !f.text[0])
            fail_msg("row %zu: %d, %s", i, rc, f.text);
        is_as_before(&before);
    }
}

/* What is not on disk would be lost with the next start: it does not count. */
static void what_cannot_be_kept_does_not_count(void **state)
{
    struct identity before = identity;
    struct fault f = {0};
    _cleanup_text_ char *list = alloc_format("{\"keys\":[\"%s\"],\"serial\":8}", text_of(&second));
    _cleanup_text_ char *path = alloc_format("%s/identity.json", dir), *tmp = alloc_format("%s.tmp", path);
    assert_int_equal(file_make_dir(tmp, 0700, &f), 0); /* in the way of who writes it, root as well */
    assert_true(offer(&first, DOMAIN_KEYS, list, &f) < 0);
    is_as_before(&before);
    assert_int_equal(rmdir(tmp), 0);
    assert_int_equal(offer(&first, DOMAIN_KEYS, list, &f), 1);
}

static int keys(void **state)
{
    return sign_key_new(&first) | sign_key_new(&second) | sign_key_new(&recovery) | sign_key_new(&stranger);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, enrolled, remove_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_newer_list_replaces_what_is_pinned), TEST(what_is_not_newer_changes_nothing),
        TEST(who_is_not_trusted_is_not_believed),   TEST(a_list_that_is_none_changes_nothing),
        TEST(what_cannot_be_kept_does_not_count),
    };
    return cmocka_run_group_tests(tests, keys, NULL);
}
