#include "tests/unit/agent/spools.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/file.h"
#include "common/json.h"

/* ---- what the collector says ---- */

static struct ack ack_of(const char *text)
{
    struct ack ack = {.json = json_loads(text, 0, NULL)};
    assert_non_null(ack.json);
    return ack;
}

/* What {"heads":…} says of the newest batch of a spool. */
static void newest(const struct spool *s, const char *dir, struct batch *ret)
{
    struct buf bytes = {0};
    struct fault f;
    int64_t number = spool_waiting(s)->entries[spool_waiting(s)->count - 1].number;
    char *path = spool_path(dir, SPOOL_WAITING, number);
    assert_int_equal(spool_read(path, &bytes, ret, &f), 0);
    buf_free(&bytes);
    free(path);
}

static void a_restored_collector_is_filled(void **state)
{
    const char *dir = state_dir("refill");
    struct spool *s = open_at(dir, 1 << 30);
    struct fault f = {0};
    struct batch b;
    char text[400];
    for (int i = 0; i < 10; i++) {
        append(s, i, 0);
        seal(s);
    }
    newest(s, dir, &b);
    batch_free(&b);
    for (int i = 1; i <= 9; i++)
        acknowledge(s, dir, i);
    assert_int_equal(spool_waiting(s)->count, 1);

    /* A hole in the middle; somebody else's hole; a head that is behind. */
    snprintf(text, sizeof text,
             "{\"heads\":[{\"chain\":\"%s\",\"seq\":9,\"hash\":\"%064d\"}],"
             "\"missing\":[{\"chain\":\"%s\",\"from\":3,\"to\":4},{\"chain\":\"00ff\",\"from\":1,\"to\":99},7,{}]}",
             b.header.chain, 0, b.header.chain);
    struct ack ack = ack_of(text);
    assert_false(spool_behind(s, &ack));
    assert_int_equal(spool_places_refill(spool_places(s), &ack, &f), 2);
    assert_int_equal(spool_waiting(s)->count, 3);
    assert_int_equal(spool_waiting(s)->entries[0].number, 3); /* the oldest goes first */
    ack_free(&ack);
    snprintf(text, sizeof text, "{\"heads\":[{\"chain\":\"%s\",\"seq\":6,\"hash\":\"%064d\"}]}", b.header.chain, 0);
    ack = ack_of(text);
    assert_true(spool_behind(s, &ack));
    assert_int_equal(spool_places_refill(spool_places(s), &ack, &f), 3); /* 7, 8, 9 */
    ack_free(&ack);
    ack = ack_of("{}"); /* a collector that holds nothing of it */
    assert_true(spool_behind(s, &ack));
    assert_int_equal(spool_places_refill(spool_places(s), &ack, &f), 4); /* 1, 2, 5, 6 */
    assert_int_equal(spool_waiting(s)->count, 10);
    for (size_t i = 0; i < 10; i++)
        assert_int_equal(spool_waiting(s)->entries[i].number, i + 1);
    ack_free(&ack);
    spool_free(s);
}

static void a_fork_starts_a_chain(void **state)
{
    static const struct {
        const char *heads; /* %s is the chain, %s the hash of its batch 2 */
        bool forked;
    } rows[] = {
        {"{\"heads\":[{\"chain\":\"%s\",\"seq\":2,\"hash\":\"%s\"}]}", false},
        {"{\"heads\":[{\"chain\":\"%s\",\"seq\":1,\"hash\":\"%s\"}]}", false},
        {"{\"heads\":[{\"chain\":\"%s\",\"seq\":3,\"hash\":\"%s\"}]}", true},
        {"{\"heads\":[{\"chain\":\"%s\",\"seq\":2,\"hash\":\"00%.62s\"}]}", true},
        {"{\"forks\":[\"%s\",\"%s\"]}", true},
        {"{\"forks\":[\"%.31s\",\"%s\"]}", false},
        {"{\"forks\":\"%s\",\"x\":\"%s\"}", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *dir = state_dir("fork");
        struct spool *s = open_at(dir, 1 << 30);
        struct fault f = {0};
        struct batch b, next;
        char text[400], hash[HASH_TEXT_SIZE];
        append(s, 0, 0);
        seal(s);
        append(s, 1, 0);
        seal(s);
        newest(s, dir, &b);
        batch_free(&b);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
        snprintf(text, sizeof text, rows[i].heads, b.header.chain, hash_text(b.envelope.hash, hash));
#pragma GCC diagnostic pop
        struct ack ack = ack_of(text);
        assert_int_equal(spool_forked(s, &ack), rows[i].forked);
        if (rows[i].forked) {
            assert_int_equal(spool_new_chain(s, &f), 0);
            assert_int_equal(spool_forks(s), 1);
            append(s, 2, 0);
            seal(s);
            newest(s, dir, &next);
            assert_string_not_equal(next.header.chain, b.header.chain);
            assert_int_equal(next.header.seq, 1);
            assert_false(next.header.has_prev);
            assert_int_equal(spool_waiting(s)->count, 3); /* the old ones still go out */
            assert_false(spool_forked(s, &ack));
            batch_free(&next);
        }
        ack_free(&ack);
        spool_free(s);
    }
}

/* ---- the key ---- */

/* Every state that a crash can leave while the key changes. */
static void the_key_changes_once(void **state)
{
    enum { WISHED, SEALED, HEAD_MOVED, DONE, STEPS };
    struct identity before = identity;
    for (int step = 0; step < STEPS; step++) {
        const char *dir = state_dir("rotate");
        char path[200];
        struct fault f = {0};
        struct sign_key next;
        struct batch b;
        identity = before;
        snprintf(path, sizeof path, "%s/key", dir);
        assert_int_equal(sign_key_write(path, &identity.key, &f), 0);
        assert_int_equal(identity_write(dir, &identity, &f), 0);
        struct spool *s = open_at(dir, 1 << 30);
        append(s, 0, 0);
        seal(s);
        append(s, 1, 0);
        spool_free(s);
        assert_int_equal(sign_key_new(&next), 0);
        snprintf(path, sizeof path, "%s/key.next", dir);
        assert_int_equal(sign_key_write(path, &next, &f), 0);
        shell("rm -rf %s.before && cp -a %s %s.before", dir, dir, dir);
        if (step != WISHED) {
            s = open_at(dir, 1 << 30);
            seal(s);
            spool_free(s);
        }
        if (step == SEALED)
            shell("cp %s.before/chain.json %s.before/key %s.before/key.next %s.before/identity.json %s && "
                  "cp %s.before/journal/* %s/journal",
                  dir, dir, dir, dir, dir, dir, dir);
        if (step == HEAD_MOVED)
            shell("cp %s.before/key %s.before/key.next %s && cp %s.before/journal/* %s/journal", dir, dir, dir, dir,
                  dir);
        assert_int_equal(identity_read(dir, &identity, &f), 0);
        if (step == HEAD_MOVED) { /* what cannot be read is not taken for absent */
            assert_int_equal(chmod(path, 0644), 0);
            assert_int_equal(spool_open(dir, &identity, &clock_system, 1 << 30, &s, &f), -EPERM);
            assert_int_equal(chmod(path, 0600), 0);
        }
        s = open_at(dir, 1 << 30);
        append(s, 2, 0);
        seal(s);
        append(s, 3, 0);
        seal(s);
        assert_memory_equal(identity.key.public, next.public, SIGN_PUBLIC_SIZE);
        assert_int_equal(identity.was_count, 1);
        assert_int_equal(access(path, F_OK), -1);
        newest(s, dir, &b);
        assert_false(b.has_rotate);
        int rotations = 0;
        for (size_t i = 0; i < spool_waiting(s)->count; i++) {
            char *file = spool_entry_path(s, spool_waiting(s)->entries[i].number);
            struct buf bytes = {0};
            struct batch one;
            assert_int_equal(spool_read(file, &bytes, &one, &f), 0);
            const uint8_t *by = rotations ? next.public : before.key.public;
            assert_int_equal(batch_verify(&one, by, &f), BATCH_FINE);
            assert_int_equal(one.header.seq, i + 1);
            if (one.has_rotate) {
                rotations++;
                assert_memory_equal(one.rotate, next.public, SIGN_PUBLIC_SIZE);
            }
            batch_free(&one);
            buf_free(&bytes);
            free(file);
        }
        assert_int_equal(rotations, 1);
        assert_int_equal(spool_waiting(s)->count, step == WISHED ? 3 : 4);
        struct identity kept;
        assert_int_equal(identity_read(dir, &kept, &f), 0);
        assert_memory_equal(&kept.key, &next, sizeof next);
        assert_string_equal(kept.probe, before.probe);
        batch_free(&b);
        spool_free(s);
    }
    identity = before;
}

static void rejected_ones_are_kept_with_the_reason(void **state)
{
    const char *dir = state_dir("reject");
    struct spool *s = open_at(dir, 1 << 30);
    struct fault f = {0};
    struct buf reason = {0};
    char path[256];
    for (int i = 0; i < 2; i++) {
        append(s, i, 0);
        seal(s);
    }
    assert_int_equal(spool_places_reject(spool_places(s), 1, "403 Unknown probe: abc", &f), 0);
    assert_int_equal(spool_waiting(s)->count, 1);
    snprintf(path, sizeof path, "%s/spool/rejected/00000001.reason", dir);
    assert_int_equal(file_read(path, 4096, &reason, &f), 0);
    assert_string_equal(reason.data, "403 Unknown probe: abc\n");
    buf_free(&reason);
    assert_int_equal(spool_places_unreject(spool_places(s), &f), 0);
    assert_int_equal(spool_waiting(s)->count, 2);
    assert_int_equal(spool_waiting(s)->entries[0].number, 1);
    assert_int_equal(access(path, F_OK), -1);
    spool_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_restored_collector_is_filled),
        cmocka_unit_test(a_fork_starts_a_chain),
        cmocka_unit_test(the_key_changes_once),
        cmocka_unit_test(rejected_ones_are_kept_with_the_reason),
    };
    return SPOOL_TESTS_RUN(tests);
}
