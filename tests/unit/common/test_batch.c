#include "tests/unit/check.h"

#include "common/batch.h"

static struct sign_key key;

#define LINE "{\"task\":\"t\"}"

/* A sealed batch of two lines; header can be NULL for a good one. */
static struct buf make(const char *header, const char *lines, int64_t count)
{
    struct batch_header h = {
        .chain = "00112233445566778899aabbccddeeff",
        .seq = 2,
        .has_prev = true,
        .sealed_at_us = 1795341600000000,
        .mono_us = 7,
        .boot = "b0b0",
        .sync = true,
        .agent = "0.1.0",
    };
    struct buf out = {0};
    probe_id_make(key.public, h.probe);
    if (header)
        buf_addf(&out, "%s\n", header);
    else
        batch_header_write(&h, NULL, &out);
    buf_add_text(&out, lines);
    batch_seal(&out, count, &key);
    return out;
}

static void written_and_read_back(void **state)
{
    struct buf bytes = make(NULL, LINE "\n" LINE "\n", 2);
    struct batch b;
    struct fault f = {0};
    assert_int_equal(batch_read(bytes.data, bytes.len, &b, &f), BATCH_FINE);
    assert_int_equal(batch_verify(&b, key.public, &f), BATCH_FINE);
    assert_int_equal(b.count, 2);
    assert_int_equal(b.header.seq, 2);
    assert_string_equal(b.header.agent, "0.1.0");
    assert_null(b.gap);
    size_t cursor = 0, len, n = 0;
    const char *line;
    while (batch_next(&b, &cursor, &line, &len)) {
        assert_int_equal(len, strlen(LINE));
        assert_memory_equal(line, LINE, len);
        n++;
    }
    assert_int_equal(n, 2);
    uint8_t hash[HASH_SIZE];
    hash_make(DOMAIN_BATCH_HASH, bytes.data, bytes.len, hash);
    assert_memory_equal(hash, b.hash, HASH_SIZE);
    batch_free(&b);

    struct sign_key other;
    assert_int_equal(sign_key_new(&other), 0);
    assert_int_equal(batch_read(bytes.data, bytes.len, &b, &f), BATCH_FINE);
    assert_int_equal(batch_verify(&b, other.public, &f), BATCH_SIGNATURE);
    batch_free(&b);
    buf_free(&bytes);
    batch_free(NULL);
}

static void every_cut_and_every_bit(void **state)
{
    struct buf bytes = make(NULL, LINE "\n" LINE "\n", 2);
    struct batch b;
    struct fault f;
    for (size_t cut = 0; cut < bytes.len; cut++)
        assert_int_not_equal(batch_read(bytes.data, cut, &b, &f), BATCH_FINE);
    for (size_t at = 0; at < bytes.len; at++) {
        bytes.data[at] ^= 4;
        if (batch_read(bytes.data, bytes.len, &b, &f) == BATCH_FINE) {
            assert_int_equal(batch_verify(&b, key.public, &f), BATCH_SIGNATURE);
            batch_free(&b);
        }
        bytes.data[at] ^= 4;
    }
    buf_free(&bytes);
}

static void names_the_fault(void **state)
{
    struct buf deep = {0}, wide = {0}, many = {0};
    for (int i = 0; i < 40; i++)
        buf_add_char(&deep, '[');
    buf_add_char(&deep, '\n');
    buf_reserve(&wide, RESULT_LINE_MAX + 2);
    memset(wide.data, 'x', RESULT_LINE_MAX + 1);
    wide.len = RESULT_LINE_MAX + 1;
    buf_add_char(&wide, '\n');
    for (int i = 0; i <= BATCH_RESULTS_MAX; i++)
        buf_add_text(&many, "{}\n");
    const struct {
        const char *header, *lines;
        int64_t count;
        enum batch_fault fault;
        const char *says;
    } rows[] = {
        {NULL, LINE "\n", 2, BATCH_FRAMING, "counts 2 results, the batch holds 1"},
        {NULL, "\n", 1, BATCH_FRAMING, "line 1 is empty"},
        {NULL, "\"\xff\"\n", 1, BATCH_UTF8, "UTF-8"},
        {NULL, deep.data, 1, BATCH_DEPTH, "line 1 is nested"},
        {NULL, wide.data, 1, BATCH_TOO_LARGE, "line 1"},
        {NULL, many.data, BATCH_RESULTS_MAX, BATCH_TOO_LARGE, "10000 lines"},
        {"[]", "", 0, BATCH_HEADER, "the header: not a JSON object"},
        {"{\"batch\":2}", "", 0, BATCH_HEADER, "\"batch\" is 2"},
        {"{\"batch\":1,\"probe\":\"short\"}", "", 0, BATCH_HEADER, "\"chain\" is missing"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct buf bytes = make(rows[i].header, rows[i].lines, rows[i].count);
        struct batch b;
        struct fault f = {0};
        assert_int_equal(batch_read(bytes.data, bytes.len, &b, &f), rows[i].fault);
        if (!strstr(f.text, rows[i].says))
            fail_msg("row %zu says: %s", i, f.text);
        buf_free(&bytes);
    }
    buf_free(&deep);
    buf_free(&wide);
    buf_free(&many);
}

/* ---- what a header may also say ---- */

static struct buf make_extra(const struct batch_extra *extra, int64_t seq)
{
    struct batch_header h = {
        .chain = "0011", .seq = seq, .has_prev = seq > 1, .boot = "b0b0", .agent = "0.1.0", .sealed_at_us = 5};
    struct buf out = {0};
    probe_id_make(key.public, h.probe);
    batch_header_write(&h, extra, &out);
    batch_seal(&out, 0, &key);
    return out;
}

static void a_new_key_signs_too(void **state)
{
    struct sign_key next;
    struct batch b;
    struct fault f = {0};
    assert_int_equal(sign_key_new(&next), 0);
    struct buf bytes = make_extra(&(struct batch_extra){.rotate = &next}, 7);
    assert_int_equal(batch_read(bytes.data, bytes.len, &b, &f), BATCH_FINE);
    assert_true(b.has_rotate);
    assert_memory_equal(b.rotate, next.public, SIGN_PUBLIC_SIZE);
    assert_int_equal(batch_verify(&b, key.public, &f), BATCH_FINE); /* by the old key, still */
    assert_int_equal(batch_verify(&b, next.public, &f), BATCH_SIGNATURE);
    batch_free(&b);

    /* The same record in another batch is nobody's wish. */
    struct buf other = {0};
    const char *seq = strstr(bytes.data, "\"seq\":7");
    buf_add(&other, bytes.data, (size_t)(seq - bytes.data));
    buf_add_text(&other, "\"seq\":8");
    const char *end = memchr(seq, '\n', bytes.len);
    buf_add(&other, seq + 7, (size_t)(end - seq) - 6);
    batch_seal(&other, 0, &key);
    assert_int_equal(batch_read(other.data, other.len, &b, &f), BATCH_HEADER);
    assert_non_null(strstr(f.text, "has not signed"));
    buf_free(&other);
    buf_free(&bytes);
}

static void epochs_are_checked(void **state)
{
    static const struct {
        const char *epochs;
        enum batch_fault fault;
    } rows[] = {
        {"[]", BATCH_FINE},
        {"[{\"boot\":\"b\",\"from_mono_us\":1,\"to_mono_us\":1}]", BATCH_FINE},
        {"[{\"boot\":\"b\",\"from_mono_us\":1,\"to_mono_us\":9,\"link\":\"wifi\",\"net\":\"192.0.2.0/24\","
         "\"net6\":null,\"since\":\"2026-01-01T00:00:00Z\"}]",
         BATCH_FINE},
        {"[{\"boot\":\"b\",\"from_mono_us\":2,\"to_mono_us\":1}]", BATCH_HEADER},
        {"[{\"boot\":\"b\",\"from_mono_us\":-1,\"to_mono_us\":1}]", BATCH_HEADER},
        {"[{\"from_mono_us\":1,\"to_mono_us\":1}]", BATCH_HEADER},
        {"[{\"boot\":\"b\",\"from_mono_us\":1,\"to_mono_us\":1,\"since\":\"soon\"}]", BATCH_HEADER},
        {"[{\"boot\":\"b\",\"from_mono_us\":1,\"to_mono_us\":1,\"net\":\"a name that is far too long\"}]",
         BATCH_HEADER},
        {"[1]", BATCH_HEADER},
        {"{}", BATCH_HEADER},
        {"[[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[]]", BATCH_HEADER},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        json_t *epochs = json_loads(rows[i].epochs, 0, NULL);
        assert_non_null(epochs);
        struct buf bytes = make_extra(&(struct batch_extra){.epochs = epochs}, 1);
        struct batch b;
        struct fault f = {0};
        if (batch_read(bytes.data, bytes.len, &b, &f) != rows[i].fault)
            fail_msg("row %zu: %s", i, f.text);
        if (rows[i].fault == BATCH_FINE) {
            assert_true(json_equal(b.epochs, epochs));
            batch_free(&b);
        }
        json_decref(epochs);
        buf_free(&bytes);
    }
}

static int make_key(void **state)
{
    return sign_key_new(&key);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(written_and_read_back), cmocka_unit_test(every_cut_and_every_bit),
        cmocka_unit_test(names_the_fault),       cmocka_unit_test(a_new_key_signs_too),
        cmocka_unit_test(epochs_are_checked),
    };
    return cmocka_run_group_tests(tests, make_key, NULL);
}
