#include "tests/unit/folder.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "collector/probe/identity.h"
#include "common/clock.h"
#include "common/file.h"
#include "common/json.h"
#include "common/statement.h"

#define DAY_US INT64_C(86400000000)

static char *path_of(const char *name)
{
    return alloc_format("%s/%s", dir, name);
}

static void write_file(const char *name, const char *text, mode_t mode)
{
    _cleanup_text_ char *path = path_of(name);
    struct fault f;
    assert_int_equal(file_write_atomic(path, text, strlen(text), mode, &f), 0);
}

static struct buf read_whole(const char *name)
{
    _cleanup_text_ char *path = path_of(name);
    struct buf text = {0};
    struct fault f;
    assert_int_equal(file_read(path, 65536, &text, &f), 0);
    return text;
}

static int mode_of(const char *name)
{
    _cleanup_text_ char *path = path_of(name);
    struct stat st;
    return stat(path, &st) < 0 ? -errno : (int)(st.st_mode & 07777);
}

static struct identity opened(bool fresh)
{
    struct identity i = {0};
    struct fault f = {0};
    bool made;
    if (identity_open(dir, &i, &made, &f) < 0)
        fail_msg("%s", f.text);
    assert_int_equal(made, fresh);
    return i;
}

static struct sign_key key_of(const char *name)
{
    _cleanup_text_ char *path = path_of(name);
    struct sign_key key;
    struct fault f = {0};
    if (sign_key_read(path, &key, &f) < 0)
        fail_msg("%s", f.text);
    return key;
}

/* What GET /api/v1/keys says, read by who trusts this key alone; NULL when it
 * does not believe it. */
static json_t *believed(const struct identity *i, const uint8_t public[static SIGN_PUBLIC_SIZE])
{
    uint8_t trusted[1][SIGN_PUBLIC_SIZE];
    _cleanup_(buf_free) struct buf out = {0};
    json_t *list = NULL;
    struct fault f;
    memcpy(trusted[0], public, SIGN_PUBLIC_SIZE);
    identity_keys(i, &out);
    return statement_read((const uint8_t(*)[SIGN_PUBLIC_SIZE])trusted, 1, DOMAIN_KEYS, out.data, out.len, &list, &f) < 0
               ? NULL
               : list;
}

static void lists(const json_t *list, const struct sign_key *first, const struct sign_key *second)
{
    const struct sign_key *const keys[] = {first, second};
    const json_t *texts = json_object_get(list, "keys");
    char text[64];
    assert_int_equal(json_array_size(texts), second ? 2 : 1);
    for (size_t i = 0; i < json_array_size(texts); i++) {
        base64_write(keys[i]->public, SIGN_PUBLIC_SIZE, text);
        assert_string_equal(json_string_value(json_array_get(texts, i)), text);
    }
}

static int64_t serial_of(const json_t *list)
{
    return json_integer_value(json_object_get(list, "serial"));
}

static void makes_its_keys_once(void **state)
{
    struct identity first = opened(true), again = opened(false);
    assert_int_equal(mode_of("collector.key"), 0600);
    assert_int_equal(mode_of("recovery.key"), 0600);
    assert_int_equal(mode_of("recovery.pub"), 0644);
    assert_memory_equal(first.key.public, again.key.public, SIGN_PUBLIC_SIZE);
    assert_memory_equal(first.recovery, again.recovery, SIGN_PUBLIC_SIZE);
    _cleanup_json_ json_t *list = believed(&again, first.key.public);
    lists(list, &first.key, NULL);
    assert_int_equal(serial_of(list), 0);
    /* The recovery key lies elsewhere, as it should: nothing is made anew. */
    _cleanup_text_ char *recovery = path_of("recovery.key");
    assert_int_equal(unlink(recovery), 0);
    struct identity without = opened(false);
    assert_memory_equal(without.recovery, first.recovery, SIGN_PUBLIC_SIZE);
    assert_int_equal(mode_of("recovery.key"), -ENOENT);
    identity_close(&first);
    identity_close(&again);
    identity_close(&without);
}

/* Another key in the place of one that cannot be read would cut off every probe. */
static void what_is_broken_is_told_and_left_alone(void **state)
{
    static const struct {
        const char *name, *text;
        mode_t mode;
        int rc;
    } rows[] = {
        {"collector.key", "", 0600, -EBADMSG},
        {"collector.key", "AAAA\n", 0600, -EBADMSG},
        {"collector.key", NULL, 0640, -EPERM},
        {"recovery.pub", "", 0644, -EBADMSG},
        {"recovery.pub", "none\n", 0644, -EBADMSG},
        {"keys.json", "{", 0644, -EBADMSG},
        {"keys.json", "{\"serial\":-1}", 0644, -EBADMSG},
        {"keys.json", "{\"serial\":1,\"old_until\":\"soon\"}", 0644, -EBADMSG},
        {"collector-old.key", "x\n", 0600, -EBADMSG},
    };
    for (size_t r = 0; r < COUNT(rows); r++) {
        struct identity i = opened(r == 0);
        identity_close(&i);
        _cleanup_text_ char *path = path_of(rows[r].name), *backup = path_of("backup");
        bool was_there = link(path, backup) == 0;
        _cleanup_(buf_free) struct buf text = {0};
        if (rows[r].text)
            buf_add_text(&text, rows[r].text);
        else
            text = read_whole(rows[r].name);
        write_file(rows[r].name, text.data ? text.data : "", rows[r].mode);
        struct fault f = {0};
        bool fresh;
        struct identity broken = {0};
        int rc = identity_open(dir, &broken, &fresh, &f);
        if (rc != rows[r].rc || !strstr(f.text, rows[r].name))
            fail_msg("row %zu: %d, %s", r, rc, f.text);
        _cleanup_(buf_free) struct buf after = read_whole(rows[r].name);
        assert_string_equal(after.data, text.data ? text.data : "");
        identity_close(&broken);
        if (was_there)
            assert_int_equal(rename(backup, path), 0);
        else
            assert_int_equal(unlink(path), 0);
    }
}

static void a_folder_that_is_not_there_is_no_home(void **state)
{
    struct identity i = {0};
    struct fault f = {0};
    bool fresh;
    _cleanup_text_ char *missing = path_of("missing");
    assert_true(identity_open(missing, &i, &fresh, &f) < 0);
    assert_non_null(strstr(f.text, "missing"));
}

/* The next key is told by the one before, which every probe trusts. */
static void a_key_succeeds_another(void **state)
{
    int64_t now = clock_wall_us(&clock_system);
    struct fault f = {0};
    struct identity first = opened(true);
    assert_int_equal(identity_succeed(dir, NULL, now + DAY_US, &f), 0);
    struct identity second = opened(false);
    assert_memory_not_equal(second.key.public, first.key.public, SIGN_PUBLIC_SIZE);
    _cleanup_json_ json_t *list = believed(&second, first.key.public);
    lists(list, &second.key, &first.key);
    assert_int_equal(serial_of(list), 1);
    assert_null(believed(&second, second.key.public));
    assert_int_equal(mode_of("collector-old.key"), 0600);

    /* While a probe may trust the first alone, no third comes. */
    assert_int_equal(identity_succeed(dir, NULL, now + DAY_US, &f), -EBUSY);
    assert_memory_equal(key_of("collector.key").public, second.key.public, SIGN_PUBLIC_SIZE);

    /* Its end has come. */
    write_file("keys.json", "{\"serial\":1,\"old_until\":\"2026-01-01T00:00:00Z\"}\n", 0644);
    struct identity later = opened(false);
    assert_false(later.has_old);
    assert_int_equal(mode_of("collector-old.key"), -ENOENT);
    _cleanup_json_ json_t *alone = believed(&later, second.key.public);
    lists(alone, &second.key, NULL);
    assert_int_equal(identity_succeed(dir, NULL, now + DAY_US, &f), 0);
    identity_close(&first);
    identity_close(&second);
    identity_close(&later);
}

/* Cut off before the new key was written: the old one is listed as its own
 * predecessor, and the next try goes through. */
static void an_interrupted_succession_goes_on(void **state)
{
    struct fault f = {0};
    struct identity first = opened(true);
    _cleanup_(buf_free) struct buf key = read_whole("collector.key");
    assert_int_equal(identity_succeed(dir, NULL, clock_wall_us(&clock_system) + DAY_US, &f), 0);
    write_file("collector.key", key.data, 0600);
    struct identity cut = opened(false);
    _cleanup_json_ json_t *list = believed(&cut, first.key.public);
    lists(list, &first.key, &first.key);
    assert_int_equal(identity_succeed(dir, NULL, clock_wall_us(&clock_system) + DAY_US, &f), 0);
    struct identity second = opened(false);
    _cleanup_json_ json_t *after = believed(&second, first.key.public);
    lists(after, &second.key, &first.key);
    assert_true(serial_of(after) > serial_of(list));
    identity_close(&first);
    identity_close(&cut);
    identity_close(&second);
}

/* A thief has the keys: the list that the recovery key signs has none of them. */
static void the_recovery_key_ends_all_others(void **state)
{
    int64_t now = clock_wall_us(&clock_system);
    struct sign_key stranger;
    struct fault f = {0};
    struct identity first = opened(true);
    struct sign_key recovery = key_of("recovery.key");
    assert_int_equal(identity_succeed(dir, NULL, now + DAY_US, &f), 0);
    struct identity second = opened(false);
    assert_int_equal(sign_key_new(&stranger), 0);
    assert_int_equal(identity_succeed(dir, &stranger, now + DAY_US, &f), -EKEYREJECTED);
    assert_memory_equal(key_of("collector.key").public, second.key.public, SIGN_PUBLIC_SIZE);
    assert_int_equal(identity_succeed(dir, &recovery, now + DAY_US, &f), 0);
    struct identity third = opened(false);
    assert_false(third.has_old);
    _cleanup_json_ json_t *list = believed(&third, recovery.public);
    lists(list, &third.key, NULL);
    assert_int_equal(serial_of(list), 2);
    assert_null(believed(&third, first.key.public));
    assert_null(believed(&third, second.key.public));

    /* From then on the keys speak for themselves again. */
    assert_int_equal(identity_succeed(dir, NULL, now + DAY_US, &f), 0);
    struct identity fourth = opened(false);
    _cleanup_json_ json_t *next = believed(&fourth, third.key.public);
    lists(next, &fourth.key, &third.key);
    assert_int_equal(serial_of(next), 3);
    identity_close(&first);
    identity_close(&second);
    identity_close(&third);
    identity_close(&fourth);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, in_a_fresh_folder, remove_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(makes_its_keys_once),
        TEST(what_is_broken_is_told_and_left_alone),
        TEST(a_folder_that_is_not_there_is_no_home),
        TEST(a_key_succeeds_another),
        TEST(an_interrupted_succession_goes_on),
        TEST(the_recovery_key_ends_all_others),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
