#include "tests/unit/check.h"

#include <math.h>

#include "agent/io/moment.h"
#include "agent/measure/rtt.h"

static void assert_near(double a, double b)
{
    if (!(fabs(a - b) < 1e-9) && !(isnan(a) && isnan(b)))
        fail_msg("%.12g is not %.12g", a, b);
}

static void percentiles(void **state)
{
    static const double ten[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
    static const struct {
        const double *values;
        size_t n;
        double p, expected;
    } rows[] = {
        {ten, 0, 0.5, NAN}, {ten, 1, 0.5, 1},    {ten, 1, 0.95, 1},     {ten, 2, 0.5, 1.5}, {ten, 3, 0.5, 2},
        {ten, 10, 0, 1},    {ten, 10, 0.5, 5.5}, {ten, 10, 0.95, 9.55}, {ten, 10, 1, 10},   {ten, 4, 0.95, 3.85},
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        assert_near(rtt_percentile(rows[i].values, rows[i].n, rows[i].p), rows[i].expected);
}

static void statistics(void **state)
{
    static const struct {
        double ms[5];
        size_t count;
        struct rtt_stats expected;
    } rows[] = {
        {{0}, 0, {0, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN}},
        {{NAN, NAN}, 2, {0, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN}},
        {{7}, 1, {1, 7, 7, 7, 7, 7, NAN, NAN, 0}},
        {{10, 14, 12}, 3, {3, 10, 12, 12, 13.8, 14, 3, 2, 3.8}},
        /* a lost probe breaks its two pairs and leaves the others */
        {{10, NAN, 30, 31, 28}, 5, {4, 10, 24.75, 29, 30.85, 31, 2, 9.9121138007995, 20.85}},
        {{NAN, 5, NAN, 9, NAN}, 5, {2, 5, 7, 7, 8.8, 9, NAN, 2.8284271247462, 3.8}},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct rtt_stats stats;
        rtt_stats(rows[i].ms, rows[i].count, &stats);
        assert_int_equal(stats.count, rows[i].expected.count);
        assert_near(stats.min, rows[i].expected.min);
        assert_near(stats.mean, rows[i].expected.mean);
        assert_near(stats.p50, rows[i].expected.p50);
        assert_near(stats.p95, rows[i].expected.p95);
        assert_near(stats.max, rows[i].expected.max);
        assert_near(stats.jitter, rows[i].expected.jitter);
        assert_near(stats.stddev, rows[i].expected.stddev);
        assert_near(stats.pdv_p95, rows[i].expected.pdv_p95);
    }
}

static void duplicates_and_reordering(void **state)
{
    static const struct {
        int arrivals[8]; /* sequence numbers, -1 ends */
        size_t rcvd, dup, reorder;
    } rows[] = {
        {{0, 1, 2, 3, -1}, 4, 0, 0},
        {{0, 2, 1, 3, -1}, 4, 0, 1},
        {{3, 2, 1, 0, -1}, 4, 0, 3},
        {{0, 0, 1, 0, 1, -1}, 2, 3, 0}, /* a late duplicate is no reordering */
        {{1, 3, -1}, 2, 0, 0},          /* loss is no reordering */
        {{2, 4, 1000, -1}, 1, 0, 0},    /* numbers that were never sent */
        {{-1}, 0, 0, 0},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct rtt_series s;
        rtt_series_init(&s, 4);
        s.sent = 4;
        for (const int *seq = rows[i].arrivals; *seq >= 0; seq++)
            rtt_series_answer(&s, (size_t)*seq, 1.5);
        assert_int_equal(s.rcvd, rows[i].rcvd);
        assert_int_equal(s.dup, rows[i].dup);
        assert_int_equal(s.reorder, rows[i].reorder);
        rtt_series_free(&s);
        rtt_series_free(&s);
    }
}

static double metric(const struct result *r, const char *name)
{
    int position = metric_position(r->set, name, strlen(name));
    assert_in_range(position, 0, METRICS_MAX);
    return r->present >> position & 1 ? r->metrics[position] : NAN;
}

static void report(void **state)
{
    struct rtt_series s;
    struct result *r = result_new("ping", "t", "x");
    rtt_series_init(&s, 4);
    s.sent = 4;
    rtt_series_answer(&s, 0, 1.00049);
    rtt_series_answer(&s, 3, 3);
    rtt_series_report(&s, r);
    assert_near(metric(r, "sent"), 4);
    assert_near(metric(r, "rcvd"), 2);
    assert_near(metric(r, "loss"), 0.5);
    assert_near(metric(r, "rtt_max_ms"), 3);
    assert_near(metric(r, "jitter_ms"), NAN); /* absent: no neighbours were answered */
    char *text = json_dumps(json_object_get(r->detail, "rtts_ms"), JSON_COMPACT | JSON_REAL_PRECISION(15));
    assert_string_equal(text, "[1.0,null,null,3.0]");
    free(text);
    result_free(r);

    r = result_new("ping", "t", "x");
    s.sent = 0;
    rtt_series_report(&s, r);
    assert_near(metric(r, "loss"), NAN); /* nothing was sent */
    assert_int_equal(r->present, 0);
    result_free(r);
    rtt_series_free(&s);
}

static void moments(void **state)
{
    const int64_t ms = 1000000;
    static const int64_t base = INT64_C(1790000000000000000);
    const struct {
        const char *what;
        struct moment from, to;
        double expected;
    } rows[] = {
        {"kernel stamps", {0, base, base + ms / 10}, {20 * ms, base + 20 * ms, base + 19 * ms}, 18.9},
        {"no send stamp", {0, base, 0}, {20 * ms, base + 20 * ms, base + 19 * ms}, 19},
        {"no stamps", {0, base, 0}, {20 * ms, base + 20 * ms, 0}, 20},
        {"clock set forward", {0, base, base}, {20 * ms, base + 520 * ms, base + 519 * ms}, 20},
        {"clock set back", {0, base, base}, {20 * ms, base - 480 * ms, base - 481 * ms}, 20},
        {"answer before question", {0, base, base + 5 * ms}, {3 * ms, base + 3 * ms, base + 2 * ms}, 3},
        {"longer than seen", {0, base, base}, {3 * ms, base + 3 * ms, base + 9 * ms}, 3},
        {"never negative", {5 * ms, base, 0}, {4 * ms, base - ms, 0}, 0},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        double got = moment_ms(&rows[i].from, &rows[i].to);
        if (fabs(got - rows[i].expected) > 1e-6)
            fail_msg("%s: %.9g is not %.9g", rows[i].what, got, rows[i].expected);
    }
    struct moment a, b;
    moment_now(&a);
    moment_now(&b);
    assert_true(moment_ms(&a, &b) < 1000);
}

static void what_was_withdrawn_counts_in_nothing(void **state)
{
    struct rtt_series s;
    struct result *r = result_new("ping", "t", "x");
    rtt_series_init(&s, 6);
    s.sent = 5;
    rtt_series_answer(&s, 1, 7);
    rtt_series_answer(&s, 4, 9);
    assert_true(rtt_series_withdraw(&s, 0));
    assert_false(rtt_series_withdraw(&s, 0));
    assert_false(rtt_series_withdraw(&s, 1)); /* answered */
    assert_false(rtt_series_withdraw(&s, 5)); /* not sent */
    rtt_series_answer(&s, 0, 8);
    assert_int_equal(rtt_series_sent(&s), 4);
    rtt_series_report(&s, r);
    assert_near(r->metrics[metric_position(r->set, "sent", 4)], 4);
    assert_near(r->metrics[metric_position(r->set, "loss", 4)], 0.5);
    assert_int_equal(json_array_size(json_object_get(r->detail, "rtts_ms")), 4);
    result_free(r);
    rtt_series_free(&s);
}

/* ! too big, - lost, + answered; what is left of `sent`. */
static void what_the_far_end_had_to_find_out_is_excused(void **state)
{
    static const struct {
        const char *probes;
        size_t sent;
    } rows[] = {
        {"+-+-", 4}, {"!+++", 3}, {"!-++", 2}, {"!!-+-+", 3}, {"!---", 3}, {"+!-+!-+-", 4}, {"-!+", 2}, {"!!", 0},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct rtt_series s;
        size_t n = strlen(rows[i].probes);
        rtt_series_init(&s, n);
        s.sent = n;
        for (size_t k = 0; k < n; k++) {
            if (rows[i].probes[k] == '!')
                assert_true(rtt_series_withdraw(&s, k));
            else if (rows[i].probes[k] == '+')
                rtt_series_answer(&s, k, 1);
        }
        rtt_series_excuse(&s);
        if (rtt_series_sent(&s) != rows[i].sent)
            fail_msg("%s: %zu", rows[i].probes, rtt_series_sent(&s));
        rtt_series_free(&s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_the_far_end_had_to_find_out_is_excused),
        cmocka_unit_test(what_was_withdrawn_counts_in_nothing),
        cmocka_unit_test(percentiles),
        cmocka_unit_test(statistics),
        cmocka_unit_test(duplicates_and_reordering),
        cmocka_unit_test(report),
        cmocka_unit_test(moments),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
