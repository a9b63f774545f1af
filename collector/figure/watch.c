#include "collector/figure/watch.h"

#include <stdlib.h>
#include <string.h>

#include "common/alloc.h"
#include "common/outcome.h"

#define HEAD 4 /* family, bits, is_cidr, length: of an inet, and then the octets */

struct spell {
    int64_t from_us, to_us;
};

struct test {
    int64_t at_us;
    int32_t target_no;
    bool answered;
};

struct watch {
    struct buf spells, tests; /* of struct spell, struct test */
};

struct watch *watch_new(void)
{
    return alloc_zero(1, sizeof(struct watch));
}

void watch_free(struct watch *w)
{
    if (!w)
        return;
    buf_free(&w->spells);
    buf_free(&w->tests);
    free(w);
}

void watch_spell(struct watch *w, int64_t from_us, int64_t to_us)
{
    const struct spell s = {from_us, to_us};
    buf_add(&w->spells, &s, sizeof s);
}

/* ---- what a test says ---- */

/* RFC 1918, 3927, 6598, loopback; RFC 4193, link-local, ::1: such an address is in the house, or in the operator's. */
static bool is_near(const unsigned char *octets, size_t len)
{
    static const struct {
        size_t len;
        unsigned char octets[2], mask[2];
    } near[] = {
        {4, {10, 0}, {255, 0}},      {4, {172, 16}, {255, 240}},     {4, {192, 168}, {255, 255}},
        {4, {169, 254}, {255, 255}}, {4, {100, 64}, {255, 192}},     {4, {127, 0}, {255, 0}},
        {16, {0xfc, 0}, {0xfe, 0}},  {16, {0xfe, 0x80}, {255, 192}},
    };
    static const unsigned char loopback[16] = {[15] = 1};
    for (size_t i = 0; i < COUNT(near); i++)
        if (len == near[i].len && (octets[0] & near[i].mask[0]) == near[i].octets[0] &&
            (octets[1] & near[i].mask[1]) == near[i].octets[1])
            return true;
    return len == sizeof loopback && !memcmp(octets, loopback, sizeof loopback);
}

void watch_add(struct watch *w, int64_t at_us, int32_t target_no, int16_t outcome, const unsigned char *addr,
               size_t len)
{
    bool answered = outcome == OUTCOME_OK || outcome == OUTCOME_PARTIAL;
    bool lost = outcome == OUTCOME_TIMEOUT || outcome == OUTCOME_UNREACHABLE;
    bool far = addr && (len == HEAD + 4 || len == HEAD + 16) && !is_near(addr + HEAD, len - HEAD);
    /* A failure that came with an address was somebody's answer. */
    if (target_no == 0 || !((answered || lost) ? far : outcome == OUTCOME_DNS_ERROR && !addr))
        return;
    struct test t;
    memset(&t, 0, sizeof t);
    t.at_us = at_us;
    t.target_no = target_no;
    t.answered = answered;
    buf_add(&w->tests, &t, sizeof t);
}

/* ---- what the day comes to ---- */

static int in_order(const void *a, const void *b)
{
    const struct test *x = a, *y = b;
    if (x->at_us != y->at_us)
        return x->at_us < y->at_us ? -1 : 1;
    return x->answered != y->answered ? y->answered - x->answered
                                      : (x->target_no > y->target_no) - (x->target_no < y->target_no);
}

/* Had the box power, on its own line, all that time? */
static bool is_home(const struct watch *w, int64_t from_us, int64_t to_us)
{
    const struct spell *spells = (const void *)w->spells.data;
    for (size_t s = 0; s < w->spells.len / sizeof *spells; s++)
        if (spells[s].from_us <= from_us && to_us <= spells[s].to_us)
            return true;
    return false;
}

/* Is the time between two tests that follow one another watched? */
static bool is_joined(const struct watch *w, const struct test *a, const struct test *b)
{
    return b->at_us - a->at_us <= WATCH_GAP_US && is_home(w, a->at_us, b->at_us);
}

/* joined: the last of them is to what comes next. */
static struct watch_run run_of(const struct test *tests, size_t count, bool joined)
{
    struct watch_run run = {tests[joined ? count : count - 1].at_us - tests[0].at_us, (int32_t)count,
                            tests[0].target_no};
    for (size_t i = 1; i < count; i++)
        if (tests[i].target_no != tests[0].target_no)
            run.target_no = 0;
    return run;
}

static bool is_cut(const struct watch_run *run)
{
    return run->tests >= WATCH_TESTS_MIN && run->target_no == 0 && run->lasted_us > WATCH_CUT_US;
}

static void add_tests(const struct watch *w, const struct test *tests, size_t count, struct watch_day *d)
{
    for (size_t i = 0, from = 0; i < count; i++) {
        bool joined = i + 1 < count && is_joined(w, &tests[i], &tests[i + 1]);
        if (joined)
            d->watched_us += tests[i + 1].at_us - tests[i].at_us;
        if (tests[i].answered || (joined && !tests[i + 1].answered)) {
            from = tests[i].answered ? i + 1 : from;
            continue;
        }
        const struct watch_run run = run_of(tests + from, i + 1 - from, joined);
        if (is_cut(&run)) {
            d->down_us += run.lasted_us;
            d->cuts++;
        }
        if (from == 0)
            d->opens = run;
        if (i + 1 == count)
            d->closes = run;
        from = i + 1;
    }
}

struct watch_day watch_close(struct watch *w, int32_t day)
{
    struct test *tests = (void *)w->tests.data;
    size_t count = w->tests.len / sizeof *tests;
    struct watch_day d = {.tests = (int32_t)count};
    if (count > 1)
        qsort(tests, count, sizeof *tests, in_order);
    if (count > 0) {
        d.first_us = tests[0].at_us;
        d.last_us = tests[count - 1].at_us;
        d.from_midnight = is_home(w, day * WATCH_DAY_US, d.first_us);
        d.to_midnight = is_home(w, d.last_us, (day + 1) * WATCH_DAY_US);
        add_tests(w, tests, count, &d);
    }
    buf_clear(&w->tests);
    buf_clear(&w->spells);
    return d;
}

static char *write_run(char *to, const struct watch_run *run)
{
    to = copy_int8(to, run->lasted_us);
    to = copy_int4(to, run->tests);
    return copy_int4(to, run->target_no);
}

void watch_write(const struct watch_day *d, int32_t day, int32_t probe_no, struct copy_rows *rows)
{
    if (d->watched_us == 0)
        return;
    char *to = copy_row_begin(rows, 256, 16);
    to = copy_int4(to, probe_no);
    to = copy_int4(to, day);
    to = copy_int4(to, d->tests);
    to = copy_int8(to, d->watched_us);
    to = copy_int8(to, d->down_us);
    to = copy_int4(to, d->cuts);
    to = copy_int8(to, d->first_us);
    to = copy_int8(to, d->last_us);
    to = copy_bytes(to, d->from_midnight ? "\1" : "\0", 1);
    to = copy_bytes(to, d->to_midnight ? "\1" : "\0", 1);
    to = write_run(to, &d->opens);
    copy_row_end(rows, write_run(to, &d->closes));
}
