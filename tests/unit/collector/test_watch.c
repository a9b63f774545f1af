#include "tests/unit/check.h"

#include "collector/db/copy_out.h"
#include "collector/figure/watch.h"
#include "common/outcome.h"

#define SECOND INT64_C(1000000)
#define MINUTE (60 * SECOND)

/* A test in a character, at a minute each: 'u' answered, 'x', 'y' lost towards two targets, '.' none. A space: the box
 * has no power from here to the next one. */
static struct watch_day of(const char *minutes)
{
    _cleanup_(watch_freep) struct watch *w = watch_new();
    static const unsigned char far[] = {2, 32, 0, 4, 192, 0, 2, 1};
    int64_t at = 0, since = 0;
    bool power = true;
    for (const char *c = minutes; *c; c++) {
        if (*c == ' ') {
            if (power)
                watch_spell(w, since, at);
            since = at;
            power = !power;
            continue;
        }
        if (*c == 'u')
            watch_add(w, at, 1, OUTCOME_OK, far, sizeof far);
        else if (*c == 'x')
            watch_add(w, at, 2, OUTCOME_TIMEOUT, far, sizeof far);
        else if (*c == 'y')
            watch_add(w, at, 3, OUTCOME_DNS_ERROR, NULL, 0);
        at += MINUTE;
    }
    watch_spell(w, since, at);
    return watch_close(w, 0);
}

static void days(void **state)
{
    static const struct {
        const char *minutes;
        int watched, down, cuts;
        int opens, closes; /* how many tests are in the runs at its ends */
    } rows[] = {
        {"", 0, 0, 0, 0, 0},
        {"u", 0, 0, 0, 0, 0},
        {"uuuuuuuuuu", 9, 0, 0, 0, 0},
        {"uxyxyxyuu", 8, 6, 1, 0, 0},     /* from the first that is lost to the next answer */
        {"uxyxyxuu", 7, 0, 0, 0, 0},      /* five minutes are momentary */
        {"uxxxxxxxxuu", 10, 0, 0, 0, 0},  /* one target is down, and not the line */
        {"ux.......yuu", 11, 0, 0, 0, 0}, /* two are too few */
        {"ux...x...yuu", 11, 9, 1, 0, 0},
        {"uxyxyxyuxyxyxyxuu", 16, 13, 2, 0, 0},
        {"xyxyxyxuuu", 9, 7, 1, 7, 0}, /* may have begun the day before */
        {"xyuuu", 4, 0, 0, 2, 0},
        {"uuuxyxyxyx", 9, 6, 1, 0, 7}, /* to the last that is lost: what follows is not of this day */
        {"uuuxyx", 5, 0, 0, 0, 3},
        {"xyxyxyxy", 7, 7, 1, 8, 8},
        {"uu ...... uu", 2, 0, 0, 0, 0},    /* without power nothing is watched */
        {"uxy ...... xyuu", 5, 0, 0, 0, 0}, /* and no cut lasts over it */
        {"uuxyxyxyx ... uu", 9, 6, 1, 0, 0},
    };
    for (size_t r = 0; r < COUNT(rows); r++) {
        struct watch_day d = of(rows[r].minutes);
        if (d.watched_us != rows[r].watched * MINUTE || d.down_us != rows[r].down * MINUTE || d.cuts != rows[r].cuts ||
            d.opens.tests != rows[r].opens || d.closes.tests != rows[r].closes)
            fail_msg("\"%s\": watched %d s, down %d s, %d cuts, %d %d", rows[r].minutes, (int)(d.watched_us / SECOND),
                     (int)(d.down_us / SECOND), d.cuts, d.opens.tests, d.closes.tests);
    }
}

/* What a run at an end of the day comes to, and how far it is from midnight. */
static void ends_are_kept(void **state)
{
    static const unsigned char far[] = {2, 32, 0, 4, 192, 0, 2, 1};
    const int64_t begin = 3 * WATCH_DAY_US, end = 4 * WATCH_DAY_US;
    for (int power = 0; power < 2; power++) {
        _cleanup_(watch_freep) struct watch *w = watch_new();
        watch_spell(w, begin + (power ? 0 : 1), end - (power ? 0 : 1));
        watch_add(w, begin + 2 * MINUTE, 2, OUTCOME_TIMEOUT, far, sizeof far);
        watch_add(w, begin + 4 * MINUTE, 2, OUTCOME_TIMEOUT, far, sizeof far);
        watch_add(w, begin + 5 * MINUTE, 1, OUTCOME_OK, far, sizeof far);
        watch_add(w, end - 9 * MINUTE, 1, OUTCOME_OK, far, sizeof far);
        watch_add(w, end - 5 * MINUTE, 2, OUTCOME_TIMEOUT, far, sizeof far);
        watch_add(w, end - MINUTE, 3, OUTCOME_TIMEOUT, far, sizeof far);
        struct watch_day d = watch_close(w, 3);
        assert_int_equal(d.first_us, begin + 2 * MINUTE);
        assert_int_equal(d.last_us, end - MINUTE);
        assert_int_equal(d.cuts, 0);
        assert_int_equal(d.opens.lasted_us, 3 * MINUTE);
        assert_int_equal(d.opens.target_no, 2);
        assert_int_equal(d.closes.lasted_us, 4 * MINUTE);
        assert_int_equal(d.closes.tests, 2);
        assert_int_equal(d.closes.target_no, 0); /* several */
        assert_int_equal(d.from_midnight, power);
        assert_int_equal(d.to_midnight, power);
    }
}

/* An hour is watched, a moment more is not, and ends a cut. */
static void a_quiet_hour_says_nothing(void **state)
{
    static const unsigned char far[] = {2, 32, 0, 4, 192, 0, 2, 1};
    for (int64_t more = 0; more < 2; more++) {
        _cleanup_(watch_freep) struct watch *w = watch_new();
        watch_spell(w, 0, 3 * WATCH_GAP_US);
        /* In any order. */
        watch_add(w, WATCH_GAP_US + 6 * MINUTE + more, 1, OUTCOME_OK, far, sizeof far);
        watch_add(w, 0, 2, OUTCOME_TIMEOUT, far, sizeof far);
        watch_add(w, 6 * MINUTE, 3, OUTCOME_TIMEOUT, far, sizeof far);
        watch_add(w, 3 * MINUTE, 2, OUTCOME_UNREACHABLE, far, sizeof far);
        struct watch_day d = watch_close(w, 0);
        assert_int_equal(d.tests, 4);
        assert_int_equal(d.watched_us, more ? 6 * MINUTE : WATCH_GAP_US + 6 * MINUTE);
        assert_int_equal(d.down_us, d.watched_us);
        assert_int_equal(d.cuts, 1);
        assert_int_equal(d.opens.tests, 3);
        assert_int_equal(d.closes.tests, 0);
        assert_int_equal(watch_close(w, 0).tests, 0); /* empty after */
    }
}

static void what_says_something(void **state)
{
    static const struct {
        int32_t target_no;
        int16_t outcome;
        unsigned char family, octets[2];
        int tests;
    } rows[] = {
        {1, OUTCOME_OK, 2, {192, 0}, 1},
        {1, OUTCOME_PARTIAL, 2, {192, 0}, 1},
        {1, OUTCOME_TIMEOUT, 2, {172, 32}, 1},
        {1, OUTCOME_UNREACHABLE, 3, {0x20, 1}, 1},
        {1, OUTCOME_DNS_ERROR, 0, {0}, 1},
        {1, OUTCOME_DNS_ERROR, 2, {192, 0}, 0},
        {1, OUTCOME_OK, 0, {0}, 0},
        {1, OUTCOME_TIMEOUT, 0, {0}, 0},
        {0, OUTCOME_OK, 2, {192, 0}, 0},
        {1, OUTCOME_REFUSED, 2, {192, 0}, 0},
        {1, OUTCOME_RESET, 2, {192, 0}, 0},
        {1, OUTCOME_TLS_ERROR, 2, {192, 0}, 0},
        {1, OUTCOME_PROTOCOL_ERROR, 2, {9, 9}, 0},
        {1, OUTCOME_BLOCKED, 2, {192, 0}, 0},
        {1, OUTCOME_DENIED, 2, {192, 0}, 0},
        {1, OUTCOME_SKIPPED, 2, {192, 0}, 0},
        {1, OUTCOME_ERROR, 2, {192, 0}, 0},
        {1, OUTCOME_OK, 2, {10, 7}, 0},
        {1, OUTCOME_OK, 2, {172, 31}, 0},
        {1, OUTCOME_OK, 2, {192, 168}, 0},
        {1, OUTCOME_OK, 2, {169, 254}, 0},
        {1, OUTCOME_OK, 2, {100, 127}, 0},
        {1, OUTCOME_OK, 2, {127, 0}, 0},
        {1, OUTCOME_OK, 3, {0xfd, 0}, 0},
        {1, OUTCOME_OK, 3, {0xfe, 0xbf}, 0},
        {1, OUTCOME_OK, 2, {100, 128}, 1},
    };
    for (size_t r = 0; r < COUNT(rows); r++) {
        _cleanup_(watch_freep) struct watch *w = watch_new();
        unsigned char addr[20] = {rows[r].family, 0, 0, 0, rows[r].octets[0], rows[r].octets[1]};
        watch_add(w, 0, rows[r].target_no, rows[r].outcome, rows[r].family ? addr : NULL, rows[r].family == 2 ? 8 : 20);
        if (watch_close(w, 0).tests != rows[r].tests)
            fail_msg("row %zu", r);
    }
    static const unsigned char loopback[20] = {3, 128, 0, 16, [19] = 1};
    _cleanup_(watch_freep) struct watch *w = watch_new();
    watch_add(w, 0, 1, OUTCOME_OK, loopback, sizeof loopback);
    assert_int_equal(watch_close(w, 0).tests, 0);
    watch_free(NULL);
}

static void rows_are_of_days_that_were_watched(void **state)
{
    _cleanup_(copy_rows_free) struct copy_rows rows = {0};
    struct watch_day d = of("xuxyxyxyuux");
    watch_write(&(struct watch_day){.tests = 1}, 100, 17, &rows);
    assert_int_equal(rows.count, 0);
    watch_write(&d, 100, 17, &rows);
    assert_int_equal(rows.count, 1);
    struct copy_out o = {.at = (const unsigned char *)rows.bytes.data + 2,
                         .end = (const unsigned char *)rows.bytes.data + rows.bytes.len};
    const int64_t wanted[] = {17, 100, 11, 10 * MINUTE, 6 * MINUTE, 1, 0, 10 * MINUTE, 1, 0, MINUTE, 1, 2, 0, 1, 2};
    for (size_t i = 0; i < COUNT(wanted); i++)
        assert_int_equal(copy_out_int(&o, -1), wanted[i]);
    assert_ptr_equal(o.at, o.end);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(days),
        cmocka_unit_test(ends_are_kept),
        cmocka_unit_test(a_quiet_hour_says_nothing),
        cmocka_unit_test(what_says_something),
        cmocka_unit_test(rows_are_of_days_that_were_watched),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
