#include "tests/unit/check.h"

#include "collector/db/copy_out.h"
#include "collector/figure/cell_day.h"
#include "collector/figure/sketch.h"

static void add(struct cell_day *c, int32_t probe_no, int32_t target_no, const char *kind, int32_t bucket,
                int32_t count)
{
    const int32_t buckets[] = {bucket, bucket + 100}, counts[] = {count, 0}; /* an empty bucket is nothing */
    cell_day_add(c, &(struct cell_day_sketch){.probe_no = probe_no,
                                              .target_no = target_no,
                                              .check_no = 1,
                                              .position = 3,
                                              .kind = kind,
                                              .kind_len = strlen(kind),
                                              .count = 2,
                                              .buckets = buckets,
                                              .counts = counts});
}

/* A cell's row over all targets: lines 2, 4 and 9, of which each had as many results as its number. */
static void keep(struct cell_day *c, const char *scope, const int32_t *changed, size_t count)
{
    static const int32_t probes[] = {2, 4, 9}, samples[] = {2, 4, 9};
    static const float values[] = {0.25f, 0.5f, 1.5f};
    cell_day_keep(c,
                  &(struct cell_day_row){.check_no = 1,
                                         .position = 3,
                                         .scope = scope,
                                         .scope_len = strlen(scope),
                                         .kind = "",
                                         .count = 3,
                                         .probes = probes,
                                         .samples = samples,
                                         .medians = values},
                  changed, count);
}

static void lines_that_did_not_change_stay(void **state)
{
    static const struct {
        int32_t changed[3];
        size_t count;
        bool sketch; /* line 4 has one now, of 7 results */
        int32_t expected[4], samples[4];
    } cases[] = {
        {{0}, 0, false, {2, 4, 9}, {2, 4, 9}}, {{4}, 1, true, {2, 4, 9}, {2, 7, 9}},
        {{4}, 1, false, {2, 9}, {2, 9}}, /* it lies elsewhere now */
        {{1, 2, 9}, 3, false, {4}, {4}},       {{2, 4, 9}, 3, false, {0}, {0}},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct cell_day *c = cell_day_new();
        struct copy_rows rows = {0};
        size_t lines = 0, len;
        while (lines < 4 && cases[i].expected[lines])
            lines++;
        keep(c, "all", cases[i].changed, cases[i].count);
        if (cases[i].sketch)
            add(c, 4, 0, "", 10000, 7);
        cell_day_write(c, 11391, 7, &rows);
        assert_int_equal(rows.count, cases[i].sketch ? 3 : lines > 0); /* the line's own over kinds and targets */
        struct copy_out o = {.at = (const unsigned char *)rows.bytes.data + 2,
                             .end = (const unsigned char *)rows.bytes.data + rows.bytes.len};
        int32_t numbers[4];
        for (int field = 0; lines > 0 && field < 7; field++)
            copy_out_bytes(&o, &len);
        assert_int_equal(lines ? copy_out_ints(&o, numbers, 4) : 0, lines);
        assert_memory_equal(numbers, cases[i].expected, lines * sizeof *numbers);
        assert_int_equal(lines ? copy_out_ints(&o, numbers, 4) : 0, lines);
        assert_memory_equal(numbers, cases[i].samples, lines * sizeof *numbers);
        copy_rows_free(&rows);
        cell_day_free(c);
    }
}

static void medians(void **state)
{
    static const struct {
        const char *scope, *kind;
        int64_t target_no;
        size_t lines;
        int32_t probes[2], samples[2], middle[2]; /* the two buckets between which the first's median lies */
    } expected[] = {
        {"all", "", -1, 2, {4, 9}, {2, 6}, {10000, 10200}},      {"kind", "", -1, 1, {9}, {1}, {10050, 10050}},
        {"kind", "root", -1, 2, {4, 9}, {2, 5}, {10000, 10200}}, {"target", "", -1, 1, {9}, {1}, {10050, 10050}},
        {"target", "", 5, 2, {4, 9}, {1, 5}, {10000, 10000}},    {"target", "", 6, 1, {4}, {1}, {10200, 10200}},
    };
    struct cell_day *c = cell_day_new();
    struct copy_rows rows = {0};
    add(c, 9, 5, "root", 10300, 2); /* lines come in any order, and a bucket twice */
    add(c, 9, 5, "root", 10300, 3);
    add(c, 9, 0, "", 10050, 1);
    add(c, 4, 6, "root", 10200, 1);
    add(c, 4, 5, "root", 10000, 1);
    cell_day_write(c, 11391, 7, &rows);
    assert_int_equal(rows.count, COUNT(expected));
    for (size_t i = 0; i < COUNT(expected); i++) {
        const uint32_t *offsets = (const void *)rows.offsets.data;
        struct copy_out o = {.at = (const unsigned char *)rows.bytes.data + offsets[i] + 2,
                             .end = (const unsigned char *)rows.bytes.data + rows.bytes.len};
        size_t len;
        int32_t numbers[2];
        float value[2];
        uint64_t present;
        for (int n = 0; n < 4; n++)
            assert_int_equal(copy_out_int(&o, -1), ((const int64_t[]){11391, 7, 1, 3})[n]);
        assert_memory_equal(copy_out_bytes(&o, &len), expected[i].scope, strlen(expected[i].scope));
        const unsigned char *kind = copy_out_bytes(&o, &len);
        assert_true(kind ? len == strlen(expected[i].kind) : !*expected[i].kind);
        assert_int_equal(copy_out_int(&o, -1), expected[i].target_no);
        assert_int_equal(copy_out_ints(&o, numbers, 2), expected[i].lines);
        assert_memory_equal(numbers, expected[i].probes, expected[i].lines * sizeof *numbers);
        assert_int_equal(copy_out_ints(&o, numbers, 2), expected[i].lines);
        assert_memory_equal(numbers, expected[i].samples, expected[i].lines * sizeof *numbers);
        assert_int_equal(copy_out_reals(&o, value, &present, 2), expected[i].lines);
        double middle = (sketch_value((int16_t)expected[i].middle[0]) + sketch_value((int16_t)expected[i].middle[1])) /
                        2;
        assert_true(value[0] == (float)middle);
    }
    /* It is empty after. */
    cell_day_write(c, 11392, 7, &rows);
    assert_int_equal(rows.count, COUNT(expected));
    copy_rows_free(&rows);
    cell_day_free(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(medians), cmocka_unit_test(lines_that_did_not_change_stay)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
