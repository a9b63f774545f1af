#include "tests/unit/check.h"

#include "collector/db/copy_out.h"
#include "collector/figure/probe_day.h"
#include "collector/figure/sketch.h"
#include "common/outcome.h"

#define DNS  2 /* rt_ms, size: values; rcode: a category */
#define PING 1

static const struct probe_day_who who = {.day = 11391, .probe_no = 17, .source = "agent"};

struct result {
    int16_t check_no, af, outcome;
    int32_t target_no;
    float metrics[8];
    uint64_t present;
    double exact; /* of the first metric, when it is not 0 */
};

static void add(struct probe_day *d, const struct result *r)
{
    probe_day_add(d, &(struct probe_day_result){.target_no = r->target_no,
                                                .bytes = 100,
                                                .check_no = r->check_no,
                                                .af = r->af,
                                                .outcome = r->outcome,
                                                .length = 8,
                                                .present = r->present,
                                                .metrics = r->metrics,
                                                .exact = &r->exact,
                                                .exact_present = r->exact != 0});
}

static const struct result results[] = {
    {DNS, 4, OUTCOME_OK, 5, {10, 64, 0}, 7, 0},
    {DNS, 4, OUTCOME_OK, 5, {30, 64, 0}, 7, 0},
    {DNS, 4, OUTCOME_DNS_ERROR, 5, {0.1f, 32, 2}, 7, 0},
    {DNS, 4, OUTCOME_TIMEOUT, 5, {0}, 0, 0},
    {DNS, 4, OUTCOME_ERROR, 5, {99, 99, 9}, 7, 0}, /* says something of the box alone */
    {DNS, 0, OUTCOME_OK, 0, {1e8f, 1, 70000}, 7, 123456789},
    {PING, 4, OUTCOME_OK, 5, {[6] = 5}, 64, 0},
};

static struct copy_out row_of(const struct copy_rows *rows, size_t n)
{
    const uint32_t *offsets = (const void *)rows->offsets.data;
    return (struct copy_out){.at = (const unsigned char *)rows->bytes.data + offsets[n] + 2,
                             .end = (const unsigned char *)rows->bytes.data + rows->bytes.len};
}

/* The next fields are these numbers; -1 stands for NULL. */
static void expect(struct copy_out *o, size_t count, const int64_t *numbers)
{
    for (size_t i = 0; i < count; i++)
        assert_int_equal(copy_out_int(o, -1), numbers[i]);
}
#define EXPECT(o, ...)                                                                                                 \
    expect(o, sizeof((const int64_t[]){__VA_ARGS__}) / sizeof(int64_t), (const int64_t[]){__VA_ARGS__})

static void days(void **state)
{
    struct probe_day *d = probe_day_new();
    struct probe_day_rows rows = {0};
    for (size_t i = 0; i < COUNT(results); i++)
        add(d, &results[i]);
    probe_day_write(d, &who, &rows);
    assert_int_equal(rows.days.count, 3); /* sorted: ping, dns without a target, dns */
    struct copy_out o = row_of(&rows.days, 2);
    size_t len;
    double sums[8];
    float least[8];
    int32_t n[8];
    uint64_t present;
    EXPECT(&o, 11391, 17, DNS, 5, 4);
    assert_memory_equal(copy_out_bytes(&o, &len), "agent", 5);
    EXPECT(&o, 0, /* simulated */ 2, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 500);
    assert_int_equal(copy_out_ints(&o, n, 8), 8);
    assert_int_equal(copy_out_doubles(&o, sums, &present, 8), 8);
    assert_int_equal(present, 7);
    assert_int_equal(copy_out_reals(&o, least, &present, 8), 8);
    assert_true(n[0] == 3 && n[2] == 3 && n[3] == 0);
    assert_true(sums[0] == (double)0.1f + 10 + 30 && least[0] == 0.1f && sums[2] == 2);
    o = row_of(&rows.days, 1);
    EXPECT(&o, 11391, 17, DNS, -1, -1);
    for (int i = 0; i < 17; i++)
        copy_out_bytes(&o, &len);
    assert_int_equal(copy_out_doubles(&o, sums, &present, 8), 8);
    assert_true(sums[0] == 123456789); /* which no real holds */
    probe_day_rows_free(&rows);
    probe_day_free(d);
}

static void sketches(void **state)
{
    static const struct {
        int64_t target_no, af, position, ok;
        size_t buckets;
        int32_t bucket, count;
    } expected[] = {
        {-1, -1, 1, 1, 1, 10930, 1}, {-1, -1, 2, 1, 1, 10000, 1}, {-1, -1, 3, 1, 1, 32767, 1},
        {5, 4, 1, 0, 1, 9883, 1},    {5, 4, 1, 1, 2, 10116, 1},   {5, 4, 2, 0, 1, 10175, 1},
        {5, 4, 2, 1, 1, 10210, 2},   {5, 4, 3, 0, 1, 2, 1},       {5, 4, 3, 1, 1, 0, 2},
    };
    struct probe_day *d = probe_day_new();
    struct probe_day_rows rows = {0};
    for (size_t i = 0; i < COUNT(results); i++)
        add(d, &results[i]);
    probe_day_write(d, &who, &rows);
    assert_int_equal(rows.sketches.count, COUNT(expected)); /* none of a count, such as what ping sent */
    for (size_t i = 0; i < COUNT(expected); i++) {
        struct copy_out o = row_of(&rows.sketches, i);
        int32_t buckets[2], counts[2];
        EXPECT(&o, 11391, 17, DNS, expected[i].target_no, expected[i].af, expected[i].position, expected[i].ok);
        assert_int_equal(copy_out_ints(&o, buckets, 2), expected[i].buckets);
        assert_int_equal(copy_out_ints(&o, counts, 2), expected[i].buckets);
        assert_int_equal(buckets[0], expected[i].bucket);
        assert_int_equal(counts[0], expected[i].count);
    }
    probe_day_rows_free(&rows);
    probe_day_free(d);
}

static void hours(void **state)
{
    static const struct {
        int64_t at_us;
        int16_t outcome;
        float sent;
    } pings[] = {{3599999999, OUTCOME_OK, 5},
                 {3600000000, OUTCOME_OK, 7},
                 {3600000001, OUTCOME_OK, 9},
                 {86399999999, OUTCOME_TIMEOUT, 1}};
    static const struct {
        int64_t position, ok;
        size_t many;
        int32_t hours[3], buckets[3], counts[3];
        double sums[3];
    } expected[] = {
        {1, 0, 1, {23}, {10116}, {1}, {0}},
        {1, 1, 2, {0, 1}, {10116, 10116}, {1, 2}, {0}},
        {7, 0, 1, {23}, {0}, {1}, {1}},
        {7, 1, 2, {0, 1}, {0}, {1, 2}, {5, 16}},
        {0, 1, 3, {0, 1, 23}, {OUTCOME_OK, OUTCOME_OK, OUTCOME_TIMEOUT}, {1, 2, 1}, {0}},
    };
    struct probe_day *d = probe_day_new();
    struct probe_day_rows rows = {0};
    struct probe_day_who recent = who;
    recent.hours = true;
    for (size_t i = 0; i < COUNT(pings); i++)
        probe_day_add(d, &(struct probe_day_result){.at_us = INT64_C(86400000000) * 11391 + pings[i].at_us,
                                                    .check_no = PING,
                                                    .outcome = pings[i].outcome,
                                                    .length = 8,
                                                    .present = 1 | 64,
                                                    .metrics = (const float[8]){[0] = 10, [6] = pings[i].sent}});
    probe_day_write(d, &recent, &rows);
    assert_int_equal(rows.hours.count, COUNT(expected));
    for (size_t i = 0; i < COUNT(expected); i++) {
        struct copy_out o = row_of(&rows.hours, i);
        const size_t many = expected[i].many;
        const bool summed = expected[i].position == 7;
        int32_t numbers[3];
        double sums[3];
        uint64_t present;
        EXPECT(&o, 11391, 17, PING, -1, -1, expected[i].position, expected[i].ok);
        assert_int_equal(copy_out_ints(&o, numbers, 3), many);
        assert_memory_equal(numbers, expected[i].hours, many * sizeof *numbers);
        assert_int_equal(copy_out_ints(&o, numbers, 3), summed ? 0 : many);
        if (!summed)
            assert_memory_equal(numbers, expected[i].buckets, many * sizeof *numbers);
        assert_int_equal(copy_out_ints(&o, numbers, 3), many);
        assert_memory_equal(numbers, expected[i].counts, many * sizeof *numbers);
        assert_int_equal(copy_out_doubles(&o, sums, &present, 3), summed ? many : 0);
        for (size_t n = 0; summed && n < many; n++)
            assert_true(sums[n] == expected[i].sums[n]);
    }
    probe_day_rows_free(&rows);
    probe_day_free(d);
}

/* Values whose sum depends on the order in which they are added. */
static void order_does_not_matter(void **state)
{
    struct probe_day *d = probe_day_new();
    struct probe_day_rows rows[2] = {0};
    enum { MANY = 999 };
    for (int turn = 0; turn < 2; turn++) {
        for (int i = 0; i < MANY; i++) {
            int n = turn ? (i * 500 + 7) % MANY : i;
            struct result r = {DNS, 4, n % 5 ? OUTCOME_OK : OUTCOME_PARTIAL, n % 3, {(float)(n % 40) * 1.1f}, 1, 0};
            r.exact = n % 7 ? r.metrics[0] : 1e17 / (n + 1);
            add(d, &r);
        }
        probe_day_write(d, &who, &rows[turn]);
    }
    assert_int_equal(rows[0].days.bytes.len, rows[1].days.bytes.len);
    assert_memory_equal(rows[0].days.bytes.data, rows[1].days.bytes.data, rows[0].days.bytes.len);
    probe_day_rows_free(&rows[0]);
    probe_day_rows_free(&rows[1]);
    probe_day_free(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(days), cmocka_unit_test(sketches), cmocka_unit_test(hours),
                                       cmocka_unit_test(order_does_not_matter)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
