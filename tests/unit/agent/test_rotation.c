/* The wish for a new key, and the head that says it is in force. */
#include "tests/unit/folder.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/spool/rotation.h"
#include "common/file.h"

static struct identity identity;

static char *in_dir(const char *name)
{
    return alloc_format("%s/%s", dir, name);
}

static void put_key(const char *name, const struct sign_key *key)
{
    struct fault f;
    _cleanup_text_ char *path = in_dir(name);
    unlink(path);
    if (sign_key_write(path, key, &f) < 0)
        fail_msg("%s", f.text);
}

static bool is_there(const char *name)
{
    _cleanup_text_ char *path = in_dir(name);
    return access(path, F_OK) == 0;
}

static int open_dir(void **state)
{
    identity = (struct identity){.collector = "https://c.example", .key_count = 1};
    if (in_a_fresh_folder(state) < 0 || sign_key_new(&identity.key) < 0)
        return -1;
    probe_id_make(identity.key.public, identity.probe);
    put_key("key", &identity.key);
    return 0;
}

static void a_file_that_is_no_key_is_no_wish(void **state)
{
    struct sign_key next, read;
    struct fault f;
    assert_int_equal(rotation_wish(dir, &read, &f), 0);
    _cleanup_text_ char *path = in_dir("key.next");
    assert_int_equal(file_write_atomic(path, "half a k", 8, 0600, &f), 0);
    assert_int_equal(rotation_wish(dir, &read, &f), 0);
    assert_int_equal(sign_key_new(&next), 0);
    put_key("key.next", &next);
    assert_int_equal(rotation_wish(dir, &read, &f), 1);
    assert_memory_equal(read.public, next.public, SIGN_PUBLIC_SIZE);
}

/* Only the head moves a key, and only to the one that it names. */
static void the_head_says_when(void **state)
{
    struct sign_key before = identity.key, next, other;
    struct fault f = {0};
    struct chain head = {0};
    assert_int_equal(sign_key_new(&next), 0);
    assert_int_equal(sign_key_new(&other), 0);
    put_key("key.next", &next);
    assert_int_equal(rotation_finish(dir, &head, &identity, &f), 0);
    head.has_rotated = true;
    memcpy(head.rotated, other.public, sizeof head.rotated);
    assert_int_equal(rotation_finish(dir, &head, &identity, &f), 0);
    assert_memory_equal(identity.key.public, before.public, SIGN_PUBLIC_SIZE);
    assert_true(is_there("key.next"));

    memcpy(head.rotated, next.public, sizeof head.rotated);
    for (int again = 0; again < 2; again++) { /* the second time there is nothing left to do */
        if (rotation_finish(dir, &head, &identity, &f) < 0)
            fail_msg("%s", f.text);
        assert_memory_equal(identity.key.public, next.public, SIGN_PUBLIC_SIZE);
        assert_int_equal(identity.was_count, 1);
        assert_memory_equal(identity.was[0], before.public, SIGN_PUBLIC_SIZE);
        assert_false(is_there("key.next"));
    }
    struct identity kept = {0};
    if (identity_read(dir, &kept, &f) < 0)
        fail_msg("%s", f.text);
    assert_memory_equal(kept.key.public, next.public, SIGN_PUBLIC_SIZE);
    assert_int_equal(kept.was_count, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_file_that_is_no_key_is_no_wish, open_dir, remove_folder),
        cmocka_unit_test_setup_teardown(the_head_says_when, open_dir, remove_folder),
    };
    return cmocka_run_group_tests_name("rotation", tests, NULL, NULL);
}
