#include "tests/unit/agent/spools.h"

#include <errno.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/file.h"
#include "common/json.h"

/* Reads every batch of a state directory: signatures, chain and order hold;
 * counts[n] is how often result tN is there. Returns the number of batches. */
static int check_all(const char *dir, unsigned *counts, size_t max, json_t **ret_gap)
{
    struct spool_list lists[SPOOL_PLACES];
    struct fault f = {0};
    int batches = 0;
    int64_t last_seq = 0;
    uint8_t last_hash[HASH_SIZE] = {0};
    char chain[CHAIN_ID_SIZE] = "";
    memset(counts, 0, max * sizeof *counts);
    for (int p = SPOOL_PLACES - 1; p >= 0; p--)
        assert_int_equal(spool_list_read(dir, (enum spool_place)p, &lists[p], &f), 0);
    for (int64_t number = 1; number < 2000; number++) {
        for (int p = 0; p < SPOOL_PLACES; p++) {
            for (size_t i = 0; i < lists[p].count; i++) {
                if (lists[p].entries[i].number != number)
                    continue;
                char *path = spool_path(dir, (enum spool_place)p, number);
                struct buf bytes = {0};
                struct batch b;
                if (spool_read(path, &bytes, &b, &f) < 0 || batch_verify(&b, identity.key.public, &f) != BATCH_FINE)
                    fail_msg("%s", f.text);
                assert_true(b.header.seq > last_seq);
                if (*chain)
                    assert_string_equal(chain, b.header.chain);
                strcpy(chain, b.header.chain);
                if (b.header.seq == last_seq + 1 && last_seq > 0)
                    assert_memory_equal(last_hash, b.header.prev, HASH_SIZE);
                last_seq = b.header.seq;
                memcpy(last_hash, b.envelope.hash, HASH_SIZE);
                size_t cursor = 0, len;
                const char *line;
                while (batch_next(&b, &cursor, &line, &len)) {
                    struct result_line r;
                    assert_int_equal(result_line_read(line, len, &r, &f), 0);
                    size_t n = strtoul(r.task.at + 1, NULL, 10);
                    assert_true(n < max);
                    counts[n]++;
                }
                if (ret_gap && b.gap) {
                    json_decref(*ret_gap);
                    *ret_gap = json_incref(b.gap);
                }
                batch_free(&b);
                buf_free(&bytes);
                free(path);
                batches++;
            }
        }
    }
    for (int p = 0; p < SPOOL_PLACES; p++)
        spool_list_free(&lists[p]);
    return batches;
}

/* ---- sealing ---- */

static void seals_a_chain(void **state)
{
    const char *dir = state_dir("chain");
    struct spool *s = open_at(dir, 1 << 30);
    unsigned counts[16];
    assert_int_equal(spool_age_us(s), -1);
    seal(s); /* nothing is open: no batch */
    assert_int_equal(spool_waiting(s)->count, 0);
    for (int i = 0; i < 10; i++) {
        append(s, i, 0);
        if (i % 4 == 3)
            seal(s);
    }
    assert_true(spool_age_us(s) >= 0);
    assert_true(spool_dirty(s));
    spool_free(s); /* two open results stay in the journal */
    s = open_at(dir, 1 << 30);
    assert_int_equal(spool_waiting(s)->count, 2);
    seal(s);
    assert_int_equal(check_all(dir, counts, 16, NULL), 3);
    for (int i = 0; i < 10; i++)
        assert_int_equal(counts[i], 1);
    spool_free(s);
}

/* Every state that a crash can leave while batch 2 is sealed. */
static void crash_between_steps(void **state)
{
    enum { TMP_LEFT, CUT_BATCH, BATCH_MADE, HEAD_MOVED, JOURNAL_GONE, STEPS };
    for (int step = 0; step < STEPS; step++) {
        const char *dir = state_dir("crash");
        unsigned counts[16];
        struct spool *s = open_at(dir, 1 << 30);
        append(s, 0, 0);
        seal(s);
        append(s, 1, 0);
        append(s, 2, 0);
        spool_free(s);
        shell("rm -rf %s.before && cp -a %s %s.before", dir, dir, dir);
        s = open_at(dir, 1 << 30);
        seal(s);
        spool_free(s);
        if (step == TMP_LEFT)
            shell("cp -a %s %s.after && rm -r %s && cp -a %s.before %s && "
                  "head -c 40 %s.after/spool/00000002.batch > %s/spool/00000002.batch.tmp && rm -r %s.after",
                  dir, dir, dir, dir, dir, dir, dir, dir);
        else if (step == CUT_BATCH)
            shell("cp %s.before/chain.json %s && cp %s.before/journal/* %s/journal && truncate -s 60 "
                  "%s/spool/00000002.batch",
                  dir, dir, dir, dir, dir);
        else if (step == BATCH_MADE)
            shell("cp %s.before/chain.json %s && cp %s.before/journal/* %s/journal", dir, dir, dir, dir);
        else if (step == HEAD_MOVED)
            shell("cp %s.before/journal/* %s/journal", dir, dir);

        s = open_at(dir, 1 << 30);
        append(s, 3, 0);
        seal(s);
        spool_free(s);
        check_all(dir, counts, 16, NULL);
        for (int i = 0; i < 4; i++)
            if (counts[i] != 1)
                fail_msg("step %d: result %d is there %u times", step, i, counts[i]);
    }
}

/* A real kill -9 at a random moment, again and again on the same folder. */
static void killed_at_any_moment(void **state)
{
    enum { ROUNDS = 25, MAX = 100000 };
    const char *dir = state_dir("kill");
    unsigned *counts = calloc(MAX, sizeof *counts);
    int next = 0;
    for (int round = 0; round < ROUNDS; round++) {
        int ends[2]; /* a busy machine lets the child wait: the time begins with its first result */
        char byte = 0;
        assert_int_equal(pipe(ends), 0);
        pid_t child = fork();
        if (child == 0) {
            struct spool *s = open_at(dir, 1 << 30);
            for (int n = next; n < MAX; n++) {
                append(s, n, 0);
                if (n == next && write(ends[1], &byte, 1) != 1)
                    _exit(1);
                if (n % 5 == 4)
                    seal(s);
            }
            _exit(0);
        }
        uint16_t random;
        random_bytes(&random, sizeof random);
        assert_int_equal(read(ends[0], &byte, 1), 1);
        usleep(random % 20000);
        kill(child, SIGKILL);
        waitpid(child, NULL, 0);
        close(ends[0]);
        close(ends[1]);
        struct spool *s = open_at(dir, 1 << 30);
        seal(s);
        spool_free(s);
        check_all(dir, counts, MAX, NULL);
        int last = MAX - 1;
        while (last >= 0 && counts[last] == 0)
            last--;
        for (int n = 0; n <= last; n++)
            if (counts[n] != 1)
                fail_msg("round %d: result %d is there %u times", round, n, counts[n]);
        next = last + 1;
    }
    assert_true(next > ROUNDS); /* something was written in most rounds */
    free(counts);
}

static void an_earlier_boot_is_sealed_as_such(void **state)
{
    const char *dir = state_dir("boot");
    struct spool *s = open_at(dir, 1 << 30);
    struct fault f;
    append(s, 0, 0);
    spool_free(s);
    shell("sed -i '1s/\"boot\":\"[^\"]*\"/\"boot\":\"0-0\"/; s/\"at\":\"[^\"]*\"/\"at\":\"2001-02-03T04:05:06Z\"/; "
          "s/\"mono_us\":[0-9]*,\"sync\"/\"mono_us\":77,\"sync\"/' %s/journal/00000001.ndjson",
          dir);
    s = open_at(dir, 1 << 30);
    assert_int_equal(spool_waiting(s)->count, 1);
    assert_int_equal(spool_age_us(s), -1);
    char *path = spool_entry_path(s, 1), time[TIME_TEXT_SIZE];
    struct buf bytes = {0};
    struct batch b;
    assert_int_equal(spool_read(path, &bytes, &b, &f), 0);
    assert_string_equal(b.header.boot, "0-0");
    assert_int_equal(b.header.mono_us, 77);
    assert_string_equal(time_format(b.header.sealed_at_us, time), "2001-02-03T04:05:06.000000Z");
    batch_free(&b);
    buf_free(&bytes);
    free(path);
    spool_free(s);
}

static void a_damaged_head_starts_a_chain(void **state)
{
    const char *dir = state_dir("head");
    struct spool *s = open_at(dir, 1 << 30);
    char notice[FAULT_TEXT_MAX];
    struct spool_list list;
    struct fault f;
    append(s, 0, 0);
    seal(s);
    spool_free(s);
    shell("printf '{\"chain\":' > %s/chain.json", dir);
    s = open_at(dir, 1 << 30);
    assert_true(spool_notice(s, notice));
    assert_non_null(strstr(notice, "new chain"));
    assert_false(spool_notice(s, notice));
    append(s, 1, 0);
    seal(s);
    spool_free(s);
    assert_int_equal(spool_list_read(dir, SPOOL_WAITING, &list, &f), 0);
    assert_int_equal(list.count, 2); /* the old batch was not overwritten */
    spool_list_free(&list);
}

/* The head cannot be written for a while, as on a full disk. */
static void a_seal_that_stops_half_way_is_finished(void **state)
{
    for (int restart = 0; restart < 2; restart++) {
        const char *dir = state_dir("half");
        struct spool *s = open_at(dir, 1 << 30);
        struct fault f = {0};
        unsigned counts[16];
        append(s, 0, 0);
        append(s, 1, 0);
        shell("mkdir %s/chain.json.tmp", dir);
        assert_true(spool_seal(s, &f) < 0);
        assert_true(spool_seal(s, &f) < 0);
        assert_int_equal(spool_waiting(s)->count, 0); /* not to be sent yet */
        struct result *r = result_new("ping", "t9", "192.0.2.1");
        assert_int_equal(spool_append(s, r, &f), 0); /* the journal goes on */
        result_free(r);
        shell("rmdir %s/chain.json.tmp", dir);
        if (restart) {
            spool_free(s);
            s = open_at(dir, 1 << 30);
        }
        append(s, 2, 0);
        seal(s);
        spool_free(s);
        assert_int_equal(check_all(dir, counts, 16, NULL), 1);
        for (int i = 0; i < 3; i++)
            assert_int_equal(counts[i], 1);
        assert_int_equal(counts[9], 1);
    }
}

/* A card restored to last week's head, with this week's files. */
static void an_old_head_goes_after_what_is_there(void **state)
{
    const char *dir = state_dir("old");
    struct spool *s = open_at(dir, 1 << 30);
    unsigned counts[16];
    for (int i = 0; i < 6; i++) {
        append(s, i, 0);
        seal(s);
        if (i == 1)
            shell("cp %s/chain.json %s/old", dir, dir);
    }
    acknowledge(s, dir, 1);
    acknowledge(s, dir, 2);
    acknowledge(s, dir, 3);
    spool_free(s);
    s = open_at(dir, 1 << 30);
    append(s, 6, 0); /* open in journal 7 */
    spool_free(s);
    shell("mv %s/old %s/chain.json && echo garbage > %s/spool/00000009.batch", dir, dir, dir);
    s = open_at(dir, 1 << 30);
    assert_int_equal(spool_waiting(s)->count, 3);
    seal(s);
    assert_int_equal(spool_waiting(s)->entries[3].number, 10); /* the damaged one keeps its number, set aside */
    spool_free(s);
    shell("test -f %s/spool/rejected/00000009.reason && rm %s/spool/rejected/*", dir, dir);
    assert_int_equal(check_all(dir, counts, 16, NULL), 7);
    for (int i = 0; i < 7; i++)
        assert_int_equal(counts[i], 1);
}

/* ---- room ---- */

static void full_journals_seal_themselves_and_the_ring_is_bounded(void **state)
{
    const char *dir = state_dir("ring");
    struct identity before = identity;
    struct sign_key next;
    struct fault f = {0};
    struct spool_list acked;
    char path[200];
    int n = 0;
    snprintf(path, sizeof path, "%s/key.next", dir);
    assert_int_equal(sign_key_new(&next), 0);
    assert_int_equal(sign_key_write(path, &next, &f), 0);
    struct spool *s = open_at(dir, 1 << 30);
    append(s, n++, 0);
    seal(s); /* batch 1 brings the new key */
    while (spool_waiting(s)->count < 24)
        append(s, n++, 150000);
    for (size_t i = 1; i < spool_waiting(s)->count; i++)
        assert_in_range(spool_waiting(s)->entries[i].size, 1000000, BATCH_WIRE_MAX);
    assert_true(spool_waiting(s)->bytes > SPOOL_ACKED_MAX + BATCH_WIRE_MAX);
    while (spool_waiting(s)->count > 0)
        assert_int_equal(spool_acked(s, spool_waiting(s)->entries[0].number, &(struct batch_header){0}, &f), 0);
    spool_free(s);
    assert_int_equal(spool_list_read(dir, SPOOL_ACKED, &acked, &f), 0);
    assert_in_range(acked.bytes, SPOOL_ACKED_MAX - BATCH_WIRE_MAX, SPOOL_ACKED_MAX);
    assert_int_equal(acked.entries[acked.count - 1].number, 24); /* the newest are kept */
    assert_int_equal(acked.entries[0].number, 1);                /* and what brings a key */
    assert_true(acked.entries[1].number > 2);
    spool_list_free(&acked);
    identity = before;
}

static void too_long_a_detail_is_left_out(void **state)
{
    const char *dir = state_dir("long");
    struct spool *s = open_at(dir, 1 << 30);
    unsigned counts[4];
    append(s, 1, 300000);
    seal(s);
    assert_int_equal(check_all(dir, counts, 4, NULL), 1);
    assert_int_equal(counts[1], 1);
    spool_free(s);
}

static int64_t number_in(const json_t *object, const char *name)
{
    return json_integer_value(json_object_get(object, name));
}

static void the_oldest_goes_and_a_gap_says_so(void **state)
{
    const char *dir = state_dir("cap");
    struct spool *s = open_at(dir, 1 << 30);
    unsigned counts[64];
    char notice[FAULT_TEXT_MAX];
    for (int i = 0; i < 8; i++) {
        append(s, i, 20000);
        seal(s);
    }
    int64_t one = spool_waiting(s)->entries[0].size;
    append(s, 8, 20000);
    spool_set_max(s, 5 * one + one / 2);
    seal(s); /* batch 9: 1 to 4 go */
    assert_true(spool_notice(s, notice));
    assert_int_equal(spool_waiting(s)->count, 5);
    assert_int_equal(spool_waiting(s)->entries[0].number, 5);
    spool_free(s);

    /* A crash between the head and the removal: the file is back. */
    shell("cp %s/spool/00000005.batch %s/spool/00000004.batch", dir, dir);
    s = open_at(dir, 5 * one + one / 2);
    assert_int_equal(spool_waiting(s)->entries[0].number, 5);
    spool_set_max(s, 1 << 30);
    append(s, 9, 20000);
    spool_set_max(s, 5 * one + one / 2);
    seal(s); /* batch 10 carries the gap; 5 goes, for the next one to say */
    json_t *gap = NULL;
    check_all(dir, counts, 64, &gap);
    assert_non_null(gap);
    json_t *ranges = json_object_get(gap, "batches");
    assert_int_equal(json_array_size(ranges), 1);
    assert_int_equal(number_in(json_array_get(ranges, 0), "from"), 1);
    assert_int_equal(number_in(json_array_get(ranges, 0), "to"), 4);
    assert_int_equal(number_in(json_array_get(ranges, 0), "results"), 4);
    json_decref(gap);
    gap = NULL;
    append(s, 10, 20000);
    seal(s);
    check_all(dir, counts, 64, &gap);
    ranges = json_object_get(gap, "batches");
    assert_int_equal(number_in(json_array_get(ranges, 0), "from"), 5);
    assert_int_equal(number_in(json_array_get(ranges, 0), "to"), 5);
    json_decref(gap);
    spool_free(s);
}

/* Past half of the room only small results come in; those that lie there whole
 * go before them. */
static void details_go_before_results(void **state)
{
    const char *dir = state_dir("priorities");
    struct spool *s = open_at(dir, 1 << 30);
    unsigned counts[200];
    for (int i = 0; i < 10; i++) {
        append(s, i, 20000);
        seal(s);
    }
    int64_t one = spool_waiting(s)->entries[0].size;
    spool_set_max(s, 12 * one);
    for (int i = 10; i < 160; i++) {
        append(s, i, 20000);
        seal(s);
    }
    assert_true(spool_waiting(s)->bytes <= 12 * one);
    check_all(dir, counts, 200, NULL);
    int whole = 0;
    for (int i = 0; i < 10; i++)
        whole += (int)counts[i];
    for (int i = 10; i < 160; i++)
        assert_int_equal(counts[i], 1); /* 150 small ones take the room of a few bulky ones */
    assert_in_range(whole, 4, 10);

    char *path = spool_entry_path(s, spool_waiting(s)->entries[spool_waiting(s)->count - 1].number);
    struct buf bytes = {0};
    struct batch b;
    struct fault f;
    assert_int_equal(spool_read(path, &bytes, &b, &f), 0);
    assert_non_null(strstr(b.results.data, "\"detail\":{\"left_out\":\"spool_max\"}"));
    assert_int_equal(json_array_size(b.epochs), 1);
    batch_free(&b);
    buf_free(&bytes);
    free(path);
    spool_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(seals_a_chain),
        cmocka_unit_test(crash_between_steps),
        cmocka_unit_test(killed_at_any_moment),
        cmocka_unit_test(an_earlier_boot_is_sealed_as_such),
        cmocka_unit_test(a_damaged_head_starts_a_chain),
        cmocka_unit_test(a_seal_that_stops_half_way_is_finished),
        cmocka_unit_test(an_old_head_goes_after_what_is_there),
        cmocka_unit_test(full_journals_seal_themselves_and_the_ring_is_bounded),
        cmocka_unit_test(too_long_a_detail_is_left_out),
        cmocka_unit_test(the_oldest_goes_and_a_gap_says_so),
        cmocka_unit_test(details_go_before_results),
    };
    return SPOOL_TESTS_RUN(tests);
}
