#include "tests/unit/check.h"

#include <errno.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "agent/spool/spool.h"
#include "common/file.h"
#include "common/json.h"

static char base[96];
static struct identity identity;

/* ---- helpers ---- */

static char *state_dir(const char *name)
{
    static char path[160];
    snprintf(path, sizeof path, "%s/%s", base, name);
    shell("rm -rf %s && mkdir -p %s", path, path);
    return path;
}

static struct spool *open_at(const char *dir, int64_t max)
{
    struct spool *s = NULL;
    struct fault f = {0};
    if (spool_open(dir, &identity, &clock_system, max, &s, &f) < 0)
        fail_msg("%s", f.text);
    return s;
}

static void append(struct spool *s, int n, size_t bulk)
{
    struct fault f = {0};
    char task[16];
    snprintf(task, sizeof task, "t%d", n);
    struct result *r = result_new("ping", task, "192.0.2.1");
    r->at_us = clock_wall_us(&clock_system);
    r->mono_us = clock_mono_us(&clock_system);
    if (bulk > 0) { /* that does not compress */
        uint8_t *bytes = malloc(bulk);
        char *text = malloc(bulk * 4 / 3 + 8);
        random_bytes(bytes, bulk);
        base64_write(bytes, bulk, text);
        json_object_set_new(r->detail, "bulk", json_string(text));
        free(bytes);
        free(text);
    }
    if (spool_append(s, r, &f) < 0)
        fail_msg("%s", f.text);
    result_free(r);
}

static void seal(struct spool *s)
{
    struct fault f = {0};
    if (spool_seal(s, &f) < 0)
        fail_msg("%s", f.text);
}

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

static void acknowledge(struct spool *s, const char *dir, int64_t number)
{
    struct buf bytes = {0};
    struct batch b;
    struct fault f = {0};
    char *path = spool_path(dir, SPOOL_WAITING, number);
    assert_int_equal(spool_read(path, &bytes, &b, &f), 0);
    assert_int_equal(spool_acked(s, number, &b.header, &f), 0);
    batch_free(&b);
    buf_free(&bytes);
    free(path);
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
        cmocka_unit_test(a_restored_collector_is_filled),
        cmocka_unit_test(a_fork_starts_a_chain),
        cmocka_unit_test(the_key_changes_once),
        cmocka_unit_test(rejected_ones_are_kept_with_the_reason),
    };
    snprintf(base, sizeof base, "%s", scratch_dir());
    if (sign_key_new(&identity.key) < 0)
        return 1;
    probe_id_make(identity.key.public, identity.probe);
    strcpy(identity.collector, "http://127.0.0.1:1");
    memcpy(identity.keys[identity.key_count++], identity.key.public, SIGN_PUBLIC_SIZE);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    shell("rm -rf %s", base);
    return failed;
}
