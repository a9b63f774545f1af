#include "tests/unit/check.h"

#include <math.h>

#include "agent/measure/oneway.h"

#define MS INT64_C(1000000)

struct answer {
    size_t index;
    uint32_t number; /* the reflector's */
};

static void feed(struct oneway *o, const struct answer *a, size_t count)
{
    const struct stamp_clock synced = {.synced = true, .error = 0.001};
    oneway_init(o, 10);
    for (size_t i = 0; i < count; i++) {
        int64_t left = (int64_t)a[i].index * 20 * MS;
        struct stamp_reply p = {
            .seq = a[i].number,
            .sender_seq = (uint32_t)a[i].index + ONEWAY_FIRST_SEQ,
            .received = stamp_time_make(left + 7 * MS),
            .sent = stamp_time_make(left + 8 * MS),
            .clock = synced,
            .sender_clock = synced,
        };
        oneway_answer(o, a[i].index, &p, stamp_time_make(left), stamp_time_make(left + 11 * MS));
    }
}

static void loss_each_way(void **state)
{
    static const struct {
        const char *what;
        struct answer answers[8];
        size_t count;
        bool told;
        size_t forward, back, unknown, dup_forward, dup_back;
    } rows[] = {
        {"nothing came back", {{0, 0}}, 0, false},
        {"stateless", {{0, 1}, {1, 2}, {3, 4}}, 3, false},
        {"all of five", {{0, 0}, {1, 1}, {2, 2}, {3, 3}, {4, 4}}, 5, true},
        {"one there", {{0, 0}, {2, 1}, {3, 2}, {4, 3}}, 4, true, .forward = 1},
        {"one back", {{0, 0}, {2, 2}, {3, 3}, {4, 4}}, 4, true, .back = 1},
        {"one each way", {{0, 0}, {3, 2}, {4, 3}}, 3, true, .forward = 1, .back = 1},
        {"the first there", {{1, 0}, {2, 1}, {4, 3}}, 3, true, .forward = 1, .back = 1},
        {"the last somewhere", {{0, 0}, {1, 1}, {2, 2}}, 3, true, .unknown = 2},
        {"only the first", {{0, 0}}, 1, true, .unknown = 4},
        {"reordered there", {{0, 0}, {2, 1}, {1, 2}, {4, 3}, {3, 4}}, 5, true},
        {"reordered back", {{1, 1}, {0, 0}, {2, 2}, {4, 4}, {3, 3}}, 5, true},
        {"twice there", {{0, 0}, {1, 1}, {1, 2}, {2, 3}, {3, 4}, {4, 5}}, 6, true, .dup_forward = 1},
        {"twice back", {{0, 0}, {1, 1}, {1, 1}, {2, 2}, {3, 3}, {4, 4}}, 6, true, .dup_back = 1},
        {"more answers than questions", {{0, 0}, {1, 77}}, 2, false, .unknown = 0},
        {"a number that wraps", {{0, UINT32_MAX}}, 1, false},
        {"the reflector began anew", {{0, 0}, {1, 1}, {2, 0}, {3, 1}, {4, 2}}, 5, false},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct oneway o;
        struct oneway_loss loss = {0};
        feed(&o, rows[i].answers, rows[i].count);
        bool told = oneway_loss(&o, 5, &loss);
        if (told != rows[i].told || loss.forward != rows[i].forward || loss.back != rows[i].back ||
            loss.unknown != rows[i].unknown || o.dup_forward != rows[i].dup_forward || o.dup_back != rows[i].dup_back)
            fail_msg("%s: told %d, forward %zu, back %zu, unknown %zu, dup %zu %zu", rows[i].what, told, loss.forward,
                     loss.back, loss.unknown, o.dup_forward, o.dup_back);
        oneway_free(&o);
        oneway_free(&o);
    }
}

static double metric(const struct result *r, const char *name)
{
    int position = metric_position(r->set, name, strlen(name));
    assert_in_range(position, 0, METRICS_MAX);
    return r->present >> position & 1 ? r->metrics[position] : NAN;
}

static void delay_wants_synchronised_clocks(void **state)
{
    static const struct answer answers[] = {{0, 0}, {1, 1}, {3, 2}};
    static const struct {
        bool unsynced, stepped, owd, pdv;
    } rows[] = {{false, false, true, true}, {true, false, false, true}, {false, true, false, false}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct oneway o;
        struct result *r = result_new("stamp", "t", "x");
        feed(&o, answers, COUNT(answers));
        assert_false(o.unsynced);
        o.unsynced = rows[i].unsynced;
        o.stepped = rows[i].stepped;
        oneway_report(&o, 4, r);
        assert_int_equal(!isnan(metric(r, "owd_forward_p50_ms")), rows[i].owd);
        assert_int_equal(!isnan(metric(r, "pdv_return_p95_ms")), rows[i].pdv);
        if (rows[i].owd) {
            assert_true(fabs(metric(r, "owd_forward_p50_ms") - 7) < 1e-6);
            assert_true(fabs(metric(r, "owd_return_p50_ms") - 3) < 1e-6);
        }
        assert_true(fabs(metric(r, "loss_forward") - 0.25) < 1e-9);
        assert_true(metric(r, "loss_return") == 0);
        result_free(r);
        oneway_free(&o);
    }
}

/* Ways of 4 and 6 ms with 1 ms in the reflector, whose clock writes what it likes. */
static void a_clock_that_cannot_be_measures_nothing(void **state)
{
    static const struct {
        const char *doubt;
        int64_t off_ns, moves_ns; /* of the reflector's clock; from one answer to the next */
        int64_t at_ns;            /* instead of its clock, when not 0 */
        bool zero, unsynced, stepped, pdv;
    } rows[] = {
        {NULL, 0, 0, .pdv = true},
        {NULL, 5 * MS, 0, .pdv = true},
        {NULL, -3 * MS, 0, .pdv = true},
        {"clock_off", -4 * MS - 1000, 0, .pdv = true}, /* less than nothing there */
        {"clock_off", 6 * MS + 1000, 0, .pdv = true},  /* longer there than the round trip, less than nothing back */
        {"clock_off", -267 * MS, 0, .pdv = true},
        {"clock_off", 3590 * 1000 * MS, 0, .pdv = true},
        {"clock_off", -INT64_C(1795341600000) * MS, 0, .pdv = true}, /* runs from 1970 on */
        {"clock_off", INT64_C(1) << 61, 0, .pdv = true},
        {"clock_moved", 0, 3700 * 1000 * MS},
        {"clock_moved", 0, -2 * MS},
        {"clock_frozen", .at_ns = INT64_C(1795341600000) * MS},
        {"clock_frozen", .at_ns = 5000 * MS},
        {"clock_zero", .zero = true},
        {"clock_unsynced", .unsynced = true, .pdv = true},
        {"clock_unsynced", 267 * MS, .unsynced = true, .pdv = true},
        {"clock_stepped", .stepped = true},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct oneway o;
        struct fault f = {0};
        struct result *r = result_new("stamp", "t", "x");
        oneway_init(&o, 10);
        for (uint32_t n = 0; n < 10; n++) {
            int64_t left = INT64_C(1795341600000) * MS + n * 20 * MS,
                    theirs = left + rows[i].off_ns + n * rows[i].moves_ns;
            struct stamp_reply p = {.seq = n,
                                    .sender_seq = n + ONEWAY_FIRST_SEQ,
                                    .received = stamp_time_make(theirs + 4 * MS),
                                    .sent = stamp_time_make(theirs + 5 * MS),
                                    .clock = {.synced = !rows[i].unsynced},
                                    .sender_clock = {.synced = true}};
            if (rows[i].at_ns)
                p.received = p.sent = stamp_time_make(rows[i].at_ns);
            if (rows[i].zero)
                p.received = 0;
            oneway_answer(&o, n, &p, stamp_time_make(left), stamp_time_make(left + 11 * MS));
        }
        o.stepped = rows[i].stepped;
        oneway_report(&o, 10, r);
        const char *doubt = json_string_value(json_object_get(r->detail, "oneway_reason"));
        if (!rows[i].doubt != !doubt || (doubt && strcmp(doubt, rows[i].doubt) != 0) ||
            !isnan(metric(r, "owd_forward_p50_ms")) != !doubt ||
            !isnan(metric(r, "pdv_return_p95_ms")) != rows[i].pdv ||
            json_is_true(json_object_get(r->detail, "synced")) != !doubt)
            fail_msg("row %zu: %s, owd %g, pdv %g", i, doubt, metric(r, "owd_forward_p50_ms"),
                     metric(r, "pdv_return_p95_ms"));
        assert_int_equal(result_judge(r, &f), 0);
        result_free(r);
        oneway_free(&o);
    }
}

/* A packet that was too big for a link is nobody's loss. */
static void what_was_withdrawn_is_not_lost(void **state)
{
    static const struct answer answers[] = {{1, 0}, {3, 1}};
    struct oneway o;
    struct oneway_loss loss;
    feed(&o, answers, COUNT(answers));
    oneway_withdraw(&o, 0);
    oneway_withdraw(&o, 4);
    assert_true(oneway_loss(&o, 6, &loss));
    assert_int_equal(loss.sent, 3);
    assert_int_equal(loss.forward, 1);
    assert_int_equal(loss.back, 0);
    assert_int_equal(loss.unknown, 1);
    oneway_free(&o);
}

/* The clock of either end, or a time on TAI's scale. */
static void whose_clock_counts(void **state)
{
    static const struct {
        bool ours, theirs, ptp, unsynced;
    } rows[] = {
        {true, true, false, false}, {false, true, false, true}, {true, false, false, true}, {true, true, true, true}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct oneway o;
        struct stamp_reply p = {.sender_seq = 1,
                                .clock = {.synced = rows[i].theirs, .ptp = rows[i].ptp},
                                .sender_clock = {.synced = rows[i].ours}};
        oneway_init(&o, 1);
        oneway_answer(&o, 0, &p, 0, 0);
        assert_int_equal(o.unsynced, rows[i].unsynced);
        oneway_answer(&o, 1, &p, 0, 0); /* beyond what was planned: ignored */
        assert_int_equal(o.answered, 1);
        oneway_free(&o);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(loss_each_way),
        cmocka_unit_test(delay_wants_synchronised_clocks),
        cmocka_unit_test(a_clock_that_cannot_be_measures_nothing),
        cmocka_unit_test(what_was_withdrawn_is_not_lost),
        cmocka_unit_test(whose_clock_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
