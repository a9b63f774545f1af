/* A year of a probe's life on a disk that forgets (tests/power), with a clock
 * of the test's own and a collector that is a few tables here: results every
 * minute, sealed, sent and acknowledged under real signatures, through power
 * cuts at any operation, boots in 1970 and in 2038, steps of the clock, a full
 * disk, a week a month without a line, a collector put back from yesterday's
 * backup, a new key each quarter.
 *
 * YEAR_DAYS in the environment is how long it lasts: without it twelve days,
 * which then have a year's troubles. */
#include "tests/unit/check.h"

#include <errno.h>
#include <malloc.h>
#include <unistd.h>

#include "agent/uplink/push.h"
#include "agent/uplink/timekeeper.h"
#include "common/file.h"
#include "common/json.h"
#include "common/limits.h"
#include "common/statement.h"
#include "tests/power/powercut.h"

#define MINUTE        (60 * INT64_C(1000000))
#define HOUR          (60 * MINUTE)
#define DAY           (24 * HOUR)
#define START_US      (INT64_C(1767225600) * 1000000) /* 2026-01-01 */
#define YEAR_2038     (INT64_C(2147483648) * 1000000)
#define SPOOL_MAX     (INT64_C(1) << 20)
#define RESULTS_A_DAY 1440
#define FILE_COST     320

/* ---- time ---- */

static int64_t true_us, boot_us, wrong_us; /* what it is, since when the box is on, what its clock adds */
static bool ntp;
static unsigned boots;

static int64_t fake_wall(void *ctx)
{
    return true_us + wrong_us;
}

static int64_t fake_mono(void *ctx)
{
    return true_us - boot_us;
}

static bool fake_synced(void *ctx)
{
    return ntp;
}

static const char *fake_boot(void *ctx)
{
    static char id[BOOT_ID_SIZE];
    snprintf(id, sizeof id, "boot-%u", boots);
    return id;
}

static const struct clock fake = {
    .wall_us = fake_wall, .mono_us = fake_mono, .synced = fake_synced, .boot_id = fake_boot};

/* ---- chance, the same each time ---- */

static uint64_t chance_state = 88172645463325252u;

static uint64_t chance(uint64_t n)
{
    chance_state ^= chance_state << 13;
    chance_state ^= chance_state >> 7;
    chance_state ^= chance_state << 17;
    return chance_state % n;
}

/* ---- the collector ---- */

#define BATCHES_MAX 45000

static struct {
    struct sign_key key;
    uint8_t public[SIGN_PUBLIC_SIZE]; /* of the probe, now */
    char chain[CHAIN_ID_SIZE];
    struct held {
        bool held, explained;
        uint8_t hash[HASH_SIZE];
        int64_t at_us;
    } held[BATCHES_MAX]; /* by seq */
    int64_t head, rotations, again;
} collector;

static unsigned char *counts;             /* of each result at the collector */
static unsigned char *accepted, *durable; /* did the journal take it, was it synced then? */
static int64_t results, results_max, explained;

static void explain(const json_t *gap)
{
    const json_t *range;
    size_t i;
    json_array_foreach(json_object_get(gap, "batches"), i, range)
    {
        int64_t from = json_integer_value(json_object_get(range, "from"));
        int64_t to = json_integer_value(json_object_get(range, "to"));
        assert_string_equal(json_string_value(json_object_get(range, "chain")), collector.chain);
        explained += json_integer_value(json_object_get(range, "results"));
        for (int64_t seq = from; seq <= to; seq++)
            collector.held[seq].explained = true;
    }
}

static void count_results(const struct batch *b)
{
    size_t cursor = 0, len;
    const char *line;
    while (batch_next(b, &cursor, &line, &len)) {
        struct result_line r;
        struct fault f;
        if (result_line_read(line, len, &r, &f) < 0)
            fail_msg("%s", f.text);
        int64_t n = strtoll(r.task.at + 1, NULL, 10);
        assert_in_range(n, 0, results - 1);
        counts[n]++;
    }
}

/* What the real one does with a batch: exactly once by its hash. */
static void store(const struct batch *b)
{
    struct fault f = {0};
    if (!*collector.chain)
        strcpy(collector.chain, b->header.chain);
    assert_string_equal(b->header.chain, collector.chain);
    assert_in_range(b->header.seq, 1, BATCHES_MAX - 1);
    struct held *h = &collector.held[b->header.seq];
    if (h->held) {
        assert_memory_equal(h->hash, b->envelope.hash, HASH_SIZE); /* no fork, ever */
        collector.again++;
        return;
    }
    if (h->at_us == 0) { /* not one of those that a backup had lost */
        if (batch_verify(b, collector.public, &f) != BATCH_FINE)
            fail_msg("seq %lld: %s", (long long)b->header.seq, f.text);
        if (b->has_rotate) {
            memcpy(collector.public, b->rotate, SIGN_PUBLIC_SIZE);
            collector.rotations++;
        }
        count_results(b);
        explain(b->gap);
    }
    const struct held *before = h - 1;
    if (b->header.seq > 1 && before->held)
        assert_memory_equal(before->hash, b->header.prev, HASH_SIZE);
    h->held = true;
    h->at_us = true_us;
    memcpy(h->hash, b->envelope.hash, HASH_SIZE);
    if (b->header.seq > collector.head)
        collector.head = b->header.seq;
}

/* The signed word of the collector about a batch. */
static void answer(const struct batch *b, const char *probe, struct web_reply *reply)
{
    char hash[HASH_TEXT_SIZE], head[HASH_TEXT_SIZE];
    _cleanup_json_ json_t *missing = json_array();
    for (int64_t seq = 1; seq <= collector.head && json_array_size(missing) < 32; seq++) {
        int64_t from = seq;
        while (seq <= collector.head && !collector.held[seq].held && !collector.held[seq].explained)
            seq++;
        if (seq > from)
            json_array_append_new(missing, json_pack("{s:s, s:I, s:I}", "chain", collector.chain, "from",
                                                     (json_int_t)from, "to", (json_int_t)seq - 1));
    }
    _cleanup_json_ json_t *ack = json_pack(
        "{s:i, s:s, s:[s], s:[{s:s, s:I, s:s}], s:O, s:[], s:s}", "ack", 1, "probe", probe, "stored",
        hash_text(b->envelope.hash, hash), "heads", "chain", collector.chain, "seq", (json_int_t)collector.head, "hash",
        hash_text(collector.held[collector.head].hash, head), "missing", missing, "forks", "seen", "192.0.2.0/24");
    *reply = (struct web_reply){.outcome = OUTCOME_OK, .status = 200, .retry_after_us = -1};
    statement_write(&collector.key, DOMAIN_ACK, ack, &reply->body);
}

/* Back to what it was a day ago. */
static void restore_collector(void)
{
    collector.head = 0;
    for (int64_t seq = 1; seq < BATCHES_MAX; seq++) {
        struct held *h = &collector.held[seq];
        if (h->held && h->at_us > true_us - DAY)
            h->held = false;
        if (h->held)
            collector.head = seq;
    }
}

/* ---- the box ---- */

static char dir[128];
static struct identity identity;
static struct timekeeper keeper;
static struct spool *spool;
static int64_t open_from; /* the first result that may not be durable */
static int64_t refused, boot_failures, spool_most, disk_fulls;
static bool dropped;

static void box_on(void)
{
    struct fault f = {0};
    boots++;
    boot_us = true_us - 5 * 1000000;
    ntp = false;
    wrong_us = chance(4) == 0 ? YEAR_2038 + (int64_t)chance(1000) * DAY - true_us : MINUTE - true_us;
    timekeeper_init(&keeper, &fake);
    if (identity_read(dir, &identity, &f) < 0)
        fail_msg("%s", f.text);
    int r = spool_open(dir, &identity, &keeper.clock, SPOOL_MAX, &spool, &f);
    for (; r < 0; boot_failures++) { /* the power went again, or the disk is full */
        if (boot_failures > 1000)
            fail_msg("%s", f.text);
        powercut_room(-1);
        powercut_apply();
        r = spool_open(dir, &identity, &keeper.clock, SPOOL_MAX, &spool, &f);
    }
    open_from = results;
}

static void power_cut(void)
{
    spool_free(spool);
    spool = NULL;
    powercut_apply();
    powercut_room(-1);
    true_us += (int64_t)chance(180) * MINUTE; /* the box is off meanwhile */
    box_on();
}

static void measure(void)
{
    struct fault f;
    char task[32], text[1500];
    uint8_t bytes[900];
    size_t bulk = 100 + chance(800);
    if (results == results_max)
        return;
    snprintf(task, sizeof task, "t%lld", (long long)results);
    struct result *r = result_new("ping", task, "192.0.2.1");
    r->at_us = clock_wall_us(&keeper.clock);
    r->mono_us = clock_mono_us(&keeper.clock);
    r->sync = clock_synced(&keeper.clock);
    for (size_t i = 0; i < bulk; i++)
        bytes[i] = (uint8_t)chance(256);
    base64_write(bytes, bulk, text);
    json_object_set_new(r->detail, "bulk", json_string(text));
    if (spool_append(spool, r, &f) < 0)
        refused++;
    else
        accepted[results] = 1;
    results++;
    result_free(r);
}

static void sync_journal(void)
{
    struct fault f;
    if (!spool_dirty(spool) || spool_sync(spool, &f) < 0)
        return;
    for (; open_from < results; open_from++)
        durable[open_from] = accepted[open_from];
}

static int64_t kept_bytes(void)
{
    struct spool_list rejected;
    struct fault f;
    assert_int_equal(spool_list_read(dir, SPOOL_REJECTED, &rejected, &f), 0);
    assert_int_equal(rejected.count, 0);
    spool_list_free(&rejected);
    return spool_waiting(spool)->bytes;
}

/* One batch to the collector and its word back. False when there is none. */
static bool push_one(void)
{
    const struct spool_list *waiting = spool_waiting(spool);
    struct fault f = {0};
    struct buf bytes = {0};
    struct batch b;
    struct web_reply reply;
    struct ack ack = {0};
    struct trouble why;
    if (waiting->count == 0)
        return false;
    int64_t number = waiting->entries[0].number;
    char *path = spool_entry_path(spool, number);
    if (spool_read(path, &bytes, &b, &f) < 0)
        fail_msg("%s", f.text); /* nothing sealed is ever damaged */
    free(path);
    store(&b);
    answer(&b, identity.probe, &reply);
    assert_int_equal(push_judge(&reply, &identity, b.envelope.hash, &ack, &why), PUSH_STORED);
    assert_false(spool_forked(spool, &ack));
    bool fine = spool_acked(spool, number, &b.header, &f) == 0 &&
                spool_places_refill(spool_places(spool), &ack, &f) >= 0;
    ack_free(&ack);
    buf_free(&reply.body);
    batch_free(&b);
    buf_free(&bytes);
    return fine;
}

static void learn_time(void)
{
    int64_t mono = fake_mono(NULL);
    if (timekeeper_wants(&keeper))
        timekeeper_learn(&keeper, mono - 40000, mono, true_us - 20000);
}

/* ---- the year ---- */

struct day {
    uint64_t syncs, bytes;
    unsigned boots;
};

static int64_t month = 12; /* days */

static bool online(int64_t day)
{
    return day % month >= month * 7 / 30;
}

static void quarter_hour(int64_t day)
{
    struct fault f;
    if (spool_seal(spool, &f) == 0) {
        int64_t kept = kept_bytes();
        if (kept > spool_most)
            spool_most = kept;
    }
    char notice[FAULT_TEXT_MAX];
    if (spool_notice(spool, notice) && strstr(notice, "dropped"))
        dropped = true;
    if (!online(day))
        return;
    learn_time();
    while (push_one())
        ;
}

static void disturb(int64_t day, int minute)
{
    if (chance(2 * 1440) == 0)
        powercut_after(1 + chance(400));
    if (chance(1440) == 0)
        wrong_us += (int64_t)chance(7200) * 1000000 - HOUR; /* a step */
    if (minute == 300) {
        ntp = chance(2);
        if (ntp)
            wrong_us = 0;
    }
    if (day % month == month / 2 && minute >= 60 && minute < 420) { /* the disk is full, now and then not quite */
        if (minute % 7 == 0)
            powercut_room((int64_t)chance(minute % 2 ? 700 : 9000));
        disk_fulls += minute == 60;
    }
    if (day % month == month / 2 && minute == 420)
        powercut_room(-1);
    if (day % (3 * month) == month * 2 / 3 && minute == 700)
        restore_collector();
    if (day % (3 * month) == month / 3 && minute == 30) {
        char path[160];
        struct sign_key next;
        struct fault f;
        snprintf(path, sizeof path, "%s/key.next", dir);
        assert_int_equal(sign_key_new(&next), 0);
        if (access(path, F_OK) < 0)
            (void)!sign_key_write(path, &next, &f);
    }
}

static struct day one_day(int64_t day)
{
    struct powercut_count before = powercut_count;
    unsigned boots_before = boots;
    for (int minute = 0; minute < 1440; minute++) {
        true_us += MINUTE;
        disturb(day, minute);
        measure();
        sync_journal();
        if (minute % 15 == 14)
            quarter_hour(day);
        if (powercut_dead())
            power_cut();
    }
    return (struct day){powercut_count.syncs - before.syncs, powercut_count.bytes - before.bytes, boots - boots_before};
}

/* What is allocated, less what each file of the ring costs: its entry in the
 * spool and, above all, in the interposer's tables. Zero under a sanitizer,
 * whose allocator does not say. */
static int64_t memory(void)
{
    struct spool_list acked;
    struct fault f;
    assert_int_equal(spool_list_read(dir, SPOOL_ACKED, &acked, &f), 0);
    int64_t files = (int64_t)(acked.count + spool_waiting(spool)->count);
    spool_list_free(&acked);
    return (int64_t)mallinfo2().uordblks - files * FILE_COST;
}

static void enrol(void)
{
    struct fault f = {0};
    char path[160];
    assert_int_equal(sign_key_new(&collector.key), 0);
    assert_int_equal(sign_key_new(&identity.key), 0);
    probe_id_make(identity.key.public, identity.probe);
    memcpy(collector.public, identity.key.public, SIGN_PUBLIC_SIZE);
    memcpy(identity.keys[identity.key_count++], collector.key.public, SIGN_PUBLIC_SIZE);
    strcpy(identity.collector, "http://collector.example");
    snprintf(path, sizeof path, "%s/key", dir);
    assert_int_equal(sign_key_write(path, &identity.key, &f), 0);
    assert_int_equal(identity_write(dir, &identity, &f), 0);
}

static void check_end(void)
{
    int64_t missing = 0, twice = 0, gone = 0;
    for (int64_t i = 0; i < results; i++) {
        twice += counts[i] > 1;
        gone += counts[i] == 0;
        missing += durable[i] && counts[i] == 0;
        if (durable[i] && counts[i] == 0)
            printf("# result %lld, of day %lld, was durable and is not stored\n", (long long)i,
                   (long long)i / RESULTS_A_DAY);
    }
    printf("# %lld results, %lld not stored of which %lld were durable and %lld are said dropped, %lld twice\n",
           (long long)results, (long long)gone, (long long)missing, (long long)explained, (long long)twice);
    assert_int_equal(twice, 0);
    assert_true(missing <= explained);
    assert_true(dropped || explained == 0);
    for (int64_t seq = 1; seq <= collector.head; seq++)
        if (!collector.held[seq].held && !collector.held[seq].explained)
            fail_msg("batch %lld is neither stored nor explained", (long long)seq);
}

static void a_year(void **state)
{
    const char *text = getenv("YEAR_DAYS");
    int64_t days = text ? strtoll(text, NULL, 10) : month;
    if (days > 30)
        month = 30;
    struct day most = {0};
    int64_t early = 0, late = 0;
    true_us = START_US;
    results_max = days * RESULTS_A_DAY;
    counts = calloc((size_t)results_max, 1);
    durable = calloc((size_t)results_max, 1);
    accepted = calloc((size_t)results_max, 1);
    enrol();
    powercut_start(dir, 7);
    box_on();
    for (int64_t day = 0; day < days; day++) {
        struct day d = one_day(day);
        /* A boot finishes what was half done: a few syncs more. */
        if (d.syncs > SPOOL_SYNCS_A_DAY + 40 * d.boots)
            fail_msg("day %lld: %llu syncs, %u boots", (long long)day, (unsigned long long)d.syncs, d.boots);
        most.syncs = d.syncs > most.syncs ? d.syncs : most.syncs;
        most.bytes = d.bytes > most.bytes ? d.bytes : most.bytes;
        if (day == days / 2)
            early = memory();
        if (online(day))
            late = memory();
    }
    powercut_room(-1);
    for (int i = 0; i < 3; i++) { /* the last answers name the last holes */
        true_us += 2 * HOUR;
        measure();
        sync_journal();
        quarter_hour(month - 1);
    }
    check_end();
    printf(
        "# %lld days, %u boots, %lld full disks, %lld batches (%lld sent again), %lld new keys, %lld results refused\n",
        (long long)days, boots, (long long)disk_fulls, (long long)collector.head, (long long)collector.again,
        (long long)collector.rotations, (long long)refused);
    printf("# at most %lld bytes waited, %llu syncs and %llu bytes written a day; memory %lld kB at half time, %lld kB "
           "at the end\n",
           (long long)spool_most, (unsigned long long)most.syncs, (unsigned long long)most.bytes,
           (long long)early / 1024, (long long)late / 1024);
    assert_true(spool_most <= SPOOL_MAX);
    assert_true(early == 0 || late < early + (64 << 10));
    assert_true(boots > 1 && disk_fulls > 0);
    spool_free(spool);
    powercut_stop();
    free(counts);
    free(durable);
    free(accepted);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_year)};
    char command[300];
    const char *base = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
    setenv("TMPDIR", base, 1);
    snprintf(dir, sizeof dir, "%s/state", scratch_dir());
    if (file_make_dir(dir, 0700, NULL) < 0)
        return 1;
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    snprintf(command, sizeof command, "rm -rf '%.*s'", (int)(strlen(dir) - 6), dir);
    return system(command) != 0 ? 1 : failed;
}
