/* What a start makes of what lies there. That no result is lost or doubled on the
 * way is test_spool.c's, which kills the spool at each step. */
#include "tests/unit/folder.h"

#include <unistd.h>

#include "agent/spool/recovery.h"
#include "common/file.h"

static struct identity identity;

static void put(const char *name, const char *text)
{
    struct fault f;
    _cleanup_text_ char *path = alloc_format("%s/%s", dir, name);
    if (file_write_atomic(path, text, strlen(text), 0600, &f) < 0)
        fail_msg("%s", f.text);
}

static bool is_there(const char *name)
{
    _cleanup_text_ char *path = alloc_format("%s/%s", dir, name);
    return access(path, F_OK) == 0;
}

static int open_dir(void **state)
{
    if (in_a_fresh_folder(state) < 0 || sign_key_new(&identity.key) < 0)
        return -1;
    probe_id_make(identity.key.public, identity.probe);
    shell("mkdir -p %s/spool/acked %s/spool/rejected %s/journal", dir, dir, dir);
    return 0;
}

static void run(struct spool *s)
{
    struct fault f = {0};
    *s = (struct spool){.dir = dir, .identity = &identity, .clock = &clock_system, .journal.fd = -1};
    epoch_init(&s->epoch, &clock_system);
    if (recovery_run(s, &f) < 0)
        fail_msg("%s", f.text);
}

static void done(struct spool *s)
{
    journal_free(&s->journal);
    spool_places_free(&s->places);
    chain_free(&s->chain);
}

static void an_empty_folder_begins_a_chain(void **state)
{
    struct spool s, again;
    run(&s);
    assert_int_equal(s.chain.number, 0);
    assert_int_equal(strlen(s.chain.id), CHAIN_ID_SIZE - 1);
    assert_string_equal(s.notice, "");
    run(&again); /* the same one, from then on */
    assert_string_equal(again.chain.id, s.chain.id);
    done(&s);
    done(&again);
}

/* A head that the card has lost or damaged must not make a new batch overwrite an old one. */
static void numbers_go_on_after_what_is_there(void **state)
{
    static const char *const heads[] = {NULL, "half a he"};
    for (size_t i = 0; i < COUNT(heads); i++) {
        struct spool s;
        put("spool/acked/00000007.batch", "not one of ours");
        if (heads[i])
            put("chain.json", heads[i]);
        else
            shell("rm -f %s/chain.json", dir);
        run(&s);
        assert_int_equal(s.chain.number, 7);
        assert_int_equal(strstr(s.notice, "chain.json is damaged") != NULL, heads[i] != NULL);
        done(&s);
    }
}

/* The head says that a batch is being dropped: it goes, wherever it was. */
static void what_was_being_dropped_goes(void **state)
{
    static const char *const places[] = {"spool/00000003.batch", "spool/rejected/00000003.batch"};
    for (size_t i = 0; i < COUNT(places); i++) {
        struct spool s;
        struct chain head = {0};
        struct fault f;
        assert_int_equal(chain_start(dir, &head, 4, false, &f), 0);
        assert_int_equal(chain_drop(dir, &head, 3, NULL, &f), 0);
        chain_free(&head);
        put(places[i], "damaged");
        run(&s);
        assert_false(is_there(places[i]));
        assert_int_equal(spool_places_bytes(&s.places), 0);
        done(&s);
    }
}

/* Past the head, and no journal to make it again from: set aside, with the reason. */
static void a_damaged_batch_is_set_aside(void **state)
{
    struct spool s;
    put("spool/00000001.batch", "damaged");
    struct chain head = {0};
    struct fault f;
    assert_int_equal(chain_start(dir, &head, 0, false, &f), 0);
    chain_free(&head);
    run(&s);
    assert_int_equal(s.chain.number, 1);
    assert_false(is_there("spool/00000001.batch"));
    assert_true(is_there("spool/rejected/00000001.batch"));
    assert_true(is_there("spool/rejected/00000001.reason"));
    done(&s);
}

/* A journal that the head has left behind was sealed; one without a whole result has nothing to seal. */
static void journals_of_before_go(void **state)
{
    struct spool s;
    struct chain head = {0};
    struct fault f;
    assert_int_equal(chain_start(dir, &head, 5, false, &f), 0);
    chain_free(&head);
    put("journal/00000005.ndjson", "sealed before\n");
    put("journal/00000006.ndjson", "no jour");
    run(&s);
    assert_false(is_there("journal/00000005.ndjson"));
    assert_false(is_there("journal/00000006.ndjson"));
    assert_int_equal(s.chain.number, 5); /* used again */
    assert_int_equal(s.places.of[SPOOL_WAITING].count, 0);
    done(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(an_empty_folder_begins_a_chain, open_dir, remove_folder),
        cmocka_unit_test_setup_teardown(numbers_go_on_after_what_is_there, open_dir, remove_folder),
        cmocka_unit_test_setup_teardown(what_was_being_dropped_goes, open_dir, remove_folder),
        cmocka_unit_test_setup_teardown(a_damaged_batch_is_set_aside, open_dir, remove_folder),
        cmocka_unit_test_setup_teardown(journals_of_before_go, open_dir, remove_folder),
    };
    return cmocka_run_group_tests_name("recovery", tests, NULL, NULL);
}
