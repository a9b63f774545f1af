#include "collector/simulate/parcel.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "collector/ledger/again.h"
#include "collector/ledger/ledger.h"
#include "collector/ledger/verify.h"
#include "collector/simulate/draw.h"
#include "common/clock.h"
#include "common/lang.h"
#include "common/progress.h"
#include "common/result.h"

#define QUARTERS  4 /* a batch each, of a day */
#define QUARTER_S 21600
#define SECOND_US INT64_C(1000000)
#define BOOT_US   (60 * SECOND_US) /* the box is up for that long when its day begins */
#define GROUP_MAX 64               /* batches in a transaction */

/* A batch on its way; what the ledger borrows. */
struct letter {
    struct buf file;
    struct batch batch;
    struct verified by;
    struct projection projection;
    struct ledger_entry entry;
};

struct parcel {
    const struct simulation_state *state;
    struct pg_pool *pool;
    struct pg *pg;
    struct roster *roster;
    struct project_names names;
    struct ledger *ledger;
    struct reading_day day;
    struct buf lines;
    /* Of the probe at hand. */
    struct household home;
    int32_t probe_no;
    char chain[CHAIN_ID_SIZE];
    int64_t seq;
    uint8_t prev[HASH_SIZE];
    struct letter letters[GROUP_MAX];
    size_t letter_count;
};

int parcel_open(const struct database *d, const struct simulation_state *state, struct parcel **ret, struct fault *f)
{
    struct parcel *p = alloc_zero(1, sizeof *p);
    struct pg *pg = NULL;
    p->state = state;
    int rc = pg_pool_new(database_conninfo(d), NULL, 1, 0, &p->pool, f);
    if (rc == 0)
        rc = database_connect(d, &p->pg, f);
    if (rc == 0)
        rc = database_connect(d, &pg, f);
    if (rc < 0) {
        parcel_free(p);
        return rc;
    }
    p->ledger = ledger_new(pg);
    p->roster = roster_new(p->pool);
    p->names = (struct project_names){dictionary_new(p->pool, "target"), dictionary_new(p->pool, "task")};
    *ret = p;
    return 0;
}

static void letters_clear(struct parcel *p)
{
    for (size_t i = 0; i < p->letter_count; i++) {
        batch_free(&p->letters[i].batch);
        project_free(&p->letters[i].projection);
        buf_free(&p->letters[i].file);
        p->letters[i] = (struct letter){0};
    }
    p->letter_count = 0;
}

void parcel_free(struct parcel *p)
{
    if (!p)
        return;
    letters_clear(p);
    ledger_free(p->ledger);
    roster_free(p->roster);
    dictionary_free(p->names.targets);
    dictionary_free(p->names.tasks);
    pg_close(p->pg);
    pg_pool_free(p->pool);
    reading_day_free(&p->day);
    buf_free(&p->lines);
    sign_key_wipe(&p->home.key);
    free(p);
}

/* ---- a result ---- */

/* When something was, as the box's clock said: in 1970 while it does not know the time. */
struct clock_of {
    int64_t day_us;
    bool sync;
};

static void stamp(const struct clock_of *c, int32_t second, int64_t *ret_at_us, int64_t *ret_mono_us)
{
    *ret_mono_us = BOOT_US + second * SECOND_US;
    *ret_at_us = c->sync ? c->day_us + second * SECOND_US : *ret_mono_us;
}

static void write_reading(const struct parcel *p, const struct reading *r, const struct clock_of *c, struct buf *out)
{
    const struct nation_target *to = r->target < 0 ? NULL : &p->state->nation.targets[r->target];
    _cleanup_text_ char *task = to ? alloc_format("%s-%s", reading_words[r->check], to->name)
                                   : alloc_text(reading_words[r->check]);
    _cleanup_(result_freep) struct result *result = result_new(reading_words[r->check], task, to ? to->name : NULL);
    stamp(c, r->second, &result->at_us, &result->mono_us);
    result->sync = c->sync;
    result->outcome = r->outcome;
    result->bytes = r->bytes;
    result->present = r->present;
    memcpy(result->metrics, r->metrics, sizeof r->metrics);
    if (to) {
        const unsigned char addr[] = {READING_ADDR(r->target)};
        snprintf(result->addr, sizeof result->addr, "%u.%u.%u.%u", addr[0], addr[1], addr[2], addr[3]);
        result->af = 4;
    }
    result_write(result, out);
}

/* ---- a batch ---- */

static int flush(struct parcel *p, struct fault *f)
{
    struct ledger_entry *entries[GROUP_MAX];
    for (size_t i = 0; i < p->letter_count; i++)
        entries[i] = &p->letters[i].entry;
    int rc = p->letter_count ? ledger_write(p->ledger, entries, p->letter_count, f) : 0;
    letters_clear(p);
    return rc;
}

/* As anybody's batch is taken. */
static int take(struct parcel *p, struct letter *l, struct fault *f)
{
    const struct project_time time = {.now_us = clock_wall_us(&clock_system)};
    enum verdict verdict = verify_read(l->file.data, l->file.len, &l->batch, f);
    int rc = verdict == VERDICT_FINE ? verify_anew(p->roster, &l->batch, &verdict, &l->by, f) : 0;
    if (rc == 0 && verdict != VERDICT_FINE)
        rc = fault_set(f, -EIO, _("a simulated batch was refused (%s)"), verdict_texts[verdict].slug);
    if (rc == 0)
        rc = project_batch(&l->batch, l->by.probe_no, &p->names, &time, &l->projection, f);
    l->entry = (struct ledger_entry){.batch = &l->batch,
                                     .probe_no = l->by.probe_no,
                                     .signer = l->by.signer,
                                     .in_force = l->by.in_force,
                                     .body = l->file.data,
                                     .body_len = l->file.len,
                                     .projection = &l->projection};
    return rc;
}

static int seal(struct parcel *p, int32_t day, int quarter, int64_t count, const struct clock_of *c, struct fault *f)
{
    struct batch_header h = {
        .seq = p->seq + 1, .has_prev = p->seq > 0, .sync = c->sync, .count = count, .agent = "simulated"};
    uint64_t boot = draw_stream(p->state->nation.seed, DRAW_BATCH, p->home.n, (uint64_t)day);
    struct letter *l = &p->letters[p->letter_count++];
    stamp(c, (quarter + 1) * QUARTER_S, &h.sealed_at_us, &h.mono_us);
    snprintf(h.chain, sizeof h.chain, "%s", p->chain);
    snprintf(h.probe, sizeof h.probe, "%s", p->home.probe);
    snprintf(h.boot, sizeof h.boot, "%08" PRIx64 "-5a5a-4a5a-8a5a-%012" PRIx64, boot & 0xffffffff, boot >> 16);
    memcpy(h.prev, p->prev, HASH_SIZE);
    batch_write(&h, NULL, &p->lines, &p->home.key, &l->file, p->prev);
    p->seq++;
    int rc = take(p, l, f);
    return rc == 0 && p->letter_count == GROUP_MAX ? flush(p, f) : rc;
}

static int by_time(const void *a, const void *b)
{
    const struct reading *x = a, *y = b;
    return x->second != y->second ? x->second - y->second
           : x->check != y->check ? (int)x->check - (int)y->check
                                  : x->target - y->target;
}

static int send_day(struct parcel *p, int32_t day, struct fault *f)
{
    struct reading_day *d = &p->day;
    int rc = 0;
    size_t at = 0;
    reading_day_make(&p->state->world, &p->home, day, d);
    if (d->count > 0)
        qsort(d->list, d->count, sizeof *d->list, by_time);
    for (int quarter = 0; rc == 0 && quarter < QUARTERS; quarter++) {
        const struct clock_of c = {day * DAY_US, quarter * QUARTER_S >= d->clock_s};
        size_t from = at;
        buf_clear(&p->lines);
        for (; at < d->count && d->list[at].second < (quarter + 1) * QUARTER_S; at++)
            write_reading(p, &d->list[at], &c, &p->lines);
        if (at > from)
            rc = seal(p, day, quarter, (int64_t)(at - from), &c, f);
    }
    return rc;
}

/* ---- a probe ---- */

/* Its row may be there from before, when the power went. */
static int find_probe(struct parcel *p, struct fault *f)
{
    const char *probe = p->home.probe;
    _cleanup_rows_ struct pg_rows *rows = NULL;
    int rc = pg_query(p->pg, "SELECT probe_no FROM probe WHERE probe = $1", 1, &probe, &rows, f);
    if (rc == 0 && pg_rows_count(rows) == 0)
        return simulation_probe(p->pg, p->state, &p->home, &p->probe_no, f);
    if (rc == 0)
        p->probe_no = (int32_t)pg_int(rows, 0, 0);
    return rc;
}

static int set_key(struct parcel *p, bool in_force, struct fault *f)
{
    char public[4 * ((SIGN_PUBLIC_SIZE + 2) / 3) + 1], number[16];
    base64_write(p->home.key.public, SIGN_PUBLIC_SIZE, public);
    snprintf(number, sizeof number, "%" PRId32, p->probe_no);
    const char *const params[] = {number, public};
    return in_force ? pg_query(p->pg,
                               "INSERT INTO probe_key (probe_no, public) VALUES ($1::int, decode($2, 'base64')) ON "
                               "CONFLICT DO NOTHING",
                               2, params, NULL, f)
                    : pg_query(p->pg, "DELETE FROM probe_key WHERE probe_no = $1::int", 1, params, NULL, f);
}

int parcel_probe(struct parcel *p, uint64_t n, struct fault *f)
{
    household_draw(&p->state->nation, n, p->state->world.first, p->state->last, &p->home);
    p->seq = 0;
    snprintf(p->chain, sizeof p->chain, "%016" PRIx64 "%016" PRIx64, p->state->nation.seed, n);
    int rc = find_probe(p, f);
    if (rc == 0)
        rc = set_key(p, true, f);
    for (int32_t day = p->home.joined; rc == 0 && day < p->home.left; day++)
        rc = send_day(p, day, f);
    if (rc == 0)
        rc = flush(p, f);
    if (rc == 0)
        rc = set_key(p, false, f);
    letters_clear(p);
    return rc < 0 ? rc : simulation_finish(p->pg, &p->home, p->probe_no, f);
}

int parcel_end(struct parcel *p, struct fault *f)
{
    return again_run(p->pg, &p->names, progress_seen(), f);
}
