#include "tests/unit/check.h"

#include "common/batch.h"
#include "common/stranger.h"
#include "common/zst.h"

static struct sign_key key;

#define LINE "{\"task\":\"t\"}"

static struct batch_header head_of(int64_t seq)
{
    struct batch_header h = {
        .chain = "00112233445566778899aabbccddeeff",
        .seq = seq,
        .has_prev = seq > 1,
        .sealed_at_us = 1795341600000000,
        .mono_us = 7,
        .boot = "b0b0",
        .sync = true,
        .agent = "0.1.0",
    };
    probe_id_make(key.public, h.probe);
    return h;
}

static struct buf make(const char *lines, int64_t count)
{
    struct batch_header h = head_of(2);
    struct buf out = {0}, text = {0};
    uint8_t hash[HASH_SIZE];
    h.count = count;
    buf_add_text(&text, lines);
    batch_write(&h, NULL, &text, &key, &out, hash);
    buf_free(&text);
    return out;
}

static void written_and_read_back(void **state)
{
    struct buf bytes = make(LINE "\n" LINE "\n", 2);
    struct batch b;
    struct fault f = {0};
    assert_int_equal(batch_read(bytes.data, bytes.len, &b, &f), BATCH_FINE);
    assert_int_equal(batch_verify(&b, key.public, &f), BATCH_FINE);
    assert_int_equal(batch_unpack(&b, &f), BATCH_FINE);
    assert_int_equal(b.header.count, 2);
    assert_int_equal(b.header.seq, 2);
    assert_int_equal(b.header.length, 2 * strlen(LINE) + 2);
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
    hash_make(DOMAIN_BATCH_HASH, bytes.data, bytes.len - ENVELOPE_SIGNATURE_SIZE, hash);
    assert_memory_equal(hash, b.envelope.hash, HASH_SIZE);
    batch_free(&b);

    struct sign_key other;
    assert_int_equal(sign_key_new(&other), 0);
    assert_int_equal(batch_read(bytes.data, bytes.len, &b, &f), BATCH_FINE);
    assert_int_equal(batch_verify(&b, other.public, &f), BATCH_SIGNATURE);
    batch_free(&b);
    buf_free(&bytes);
    batch_free(NULL);
}

/* The octets before a signature was good go to the header's reader, and there only. */
static enum batch_fault judge(const struct buf *bytes, struct fault *f)
{
    struct batch b;
    unsigned long long json = stranger_octets(STRANGER_JSON), zstd = stranger_octets(STRANGER_ZSTD);
    stranger_begins();
    enum batch_fault fault = batch_read(bytes->data, bytes->len, &b, f);
    if (fault == BATCH_FINE) {
        fault = batch_verify(&b, key.public, f);
        stranger_ends();
        if (fault == BATCH_FINE)
            fault = batch_unpack(&b, f);
        batch_free(&b);
    }
    stranger_ends();
    assert_in_range(stranger_octets(STRANGER_JSON) - json, 0, ENVELOPE_HEADER_MAX);
    assert_int_equal(stranger_octets(STRANGER_ZSTD), zstd);
    return fault;
}

static void every_cut_and_every_bit(void **state)
{
    struct buf bytes = make(LINE "\n" LINE "\n", 2), cut = {0};
    struct fault f;
    assert_int_equal(judge(&bytes, &f), BATCH_FINE);
    for (size_t len = 0; len < bytes.len; len++) {
        buf_clear(&cut);
        buf_add(&cut, bytes.data, len);
        assert_int_equal(judge(&cut, &f), BATCH_FRAMING);
    }
    buf_free(&cut);
    for (size_t at = 0; at < bytes.len; at++)
        for (int bit = 0; bit < 8; bit++) {
            bytes.data[at] ^= (char)(1 << bit);
            enum batch_fault fault = judge(&bytes, &f);
            if (fault == BATCH_FINE || fault == BATCH_BODY)
                fail_msg("octet %zu, bit %d: taken", at, bit);
            bytes.data[at] ^= (char)(1 << bit);
        }
    buf_free(&bytes);
}

/* ---- files made by hand ---- */

#define LITTLE(n) (char)(n), (char)((n) >> 8), (char)((n) >> 16), (char)((n) >> 24)

static void add_frame(struct buf *out, uint32_t magic, const char *bytes, size_t len)
{
    const char head[] = {LITTLE(magic), LITTLE((uint32_t)len)};
    buf_add(out, head, sizeof head);
    buf_add(out, bytes, len);
}

struct parts {
    struct buf header, packed;
    const char *before, *after;           /* the signature in its frame; NULL: as it should be */
    int digits;                           /* of it; 0: all */
    const char *front, *between, *behind; /* octets added */
    size_t front_len, between_len, behind_len;
};

/* Sealed, whatever it is. */
static struct buf join(const struct parts *p)
{
    struct buf out = {0}, sig_frame = {0};
    uint8_t hash[HASH_SIZE], sig[SIGN_SIZE];
    char text[SIGN_TEXT_SIZE];
    buf_add(&out, p->front, p->front_len);
    add_frame(&out, 0x184D2A50, p->header.data, p->header.len);
    buf_add(&out, p->between, p->between_len);
    buf_add(&out, p->packed.data, p->packed.len);
    hash_make(DOMAIN_BATCH_HASH, out.data, out.len, hash);
    sign_make(&key, DOMAIN_BATCH, hash, sizeof hash, sig);
    base64_write(sig, sizeof sig, text);
    buf_addf(&sig_frame, "%s%.*s%s", p->before ? p->before : "{\"sig\":\"", p->digits ? p->digits : SIGN_TEXT_SIZE,
             text, p->after ? p->after : "\"}");
    add_frame(&out, 0x184D2A51, sig_frame.data, sig_frame.len);
    buf_add(&out, p->behind, p->behind_len);
    buf_free(&sig_frame);
    return out;
}

static struct parts parts_of(const char *lines, int64_t count)
{
    struct parts p = {0};
    struct batch_header h = head_of(2);
    zst_pack(lines, strlen(lines), &p.packed);
    h.count = count;
    h.packed = p.packed.len;
    h.length = strlen(lines);
    batch_header_write(&h, NULL, &p.header);
    return p;
}

static void judge_parts(struct parts *p, enum batch_fault wanted, const char *says)
{
    struct fault f = {0};
    struct buf bytes = join(p);
    enum batch_fault fault = judge(&bytes, &f);
    if (fault != wanted || (says && !strstr(f.text, says)))
        fail_msg("%s: %s, %s", says ? says : "?", batch_fault_word(fault), f.text);
    buf_free(&bytes);
    buf_free(&p->header);
    buf_free(&p->packed);
}

static void replace(struct buf *b, const char *from, const char *to)
{
    struct buf out = {0};
    const char *at = strstr(b->data, from);
    assert_non_null(at);
    buf_add(&out, b->data, (size_t)(at - b->data));
    buf_add_text(&out, to);
    buf_add_text(&out, at + strlen(from));
    buf_free(b);
    *b = out;
}

static void frames_added(void **state)
{
    static const char skippable[] = "\x5f\x2a\x4d\x18\2\0\0\0hi", empty[] = "\x28\xb5\x2f\xfd\x20\0\1\0\0";
    const struct {
        const char *bytes;
        size_t len;
    } rows[] = {{skippable, 10}, {empty, 9}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct parts p = parts_of(LINE "\n", 1);
        p.front = rows[i].bytes;
        p.front_len = rows[i].len;
        judge_parts(&p, BATCH_FRAMING, "does not begin");
        p = parts_of(LINE "\n", 1);
        p.between = rows[i].bytes;
        p.between_len = rows[i].len;
        judge_parts(&p, BATCH_FRAMING, "something was added");
        p = parts_of(LINE "\n", 1);
        p.behind = rows[i].bytes;
        p.behind_len = rows[i].len;
        judge_parts(&p, BATCH_FRAMING, "something was added");
        /* Behind the data, and "packed" owns up to it: signed, and not one frame. */
        p = parts_of(LINE "\n", 1);
        struct batch_header h = head_of(2);
        h.count = 1;
        h.length = strlen(LINE) + 1;
        buf_add(&p.packed, rows[i].bytes, rows[i].len);
        h.packed = p.packed.len;
        buf_clear(&p.header);
        batch_header_write(&h, NULL, &p.header);
        judge_parts(&p, BATCH_BODY, "follow the zstd frame");
    }
    struct parts p = parts_of(LINE "\n", 1);
    buf_clear(&p.packed); /* no data frame at all */
    judge_parts(&p, BATCH_FRAMING, "it was cut");
    p = parts_of("", 0);
    judge_parts(&p, BATCH_FINE, NULL);
}

static void signature_frames(void **state)
{
    static const struct parts rows[] = {
        {.before = "{\"sig\": \""},
        {.before = " {\"sig\":\""},
        {.before = "{\"SIG\":\""},
        {.before = "{\"a\":1,\"sig\":\""},
        {.after = "\"} "},
        {.after = "\"}\n"},
        {.after = "\",\"a\":1}"},
        {.digits = 87},
        {.digits = 87, .after = "\" }"},
        {.digits = 87, .after = "\n\"}"},
        {.digits = 86, .after = "-=\"}"},
        {.digits = 86, .after = "A=\"}"},
        {.digits = 86, .after = "\\u\"}"},
        {.before = "{\"sig\":\"-", .digits = 87},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct parts p = parts_of(LINE "\n", 1);
        p.before = rows[i].before;
        p.after = rows[i].after;
        p.digits = rows[i].digits;
        judge_parts(&p, BATCH_FRAMING, NULL);
    }
    /* Bits behind the last octet: four texts of one value, of which one counts. */
    struct buf bytes = make(LINE "\n", 1);
    struct fault f;
    char *last = bytes.data + bytes.len - 5; /* of the 86 digits, before =="} */
    assert_memory_equal(last + 1, "==\"}", 4);
    assert_non_null(strchr("AQgw", *last));
    (*last)++;
    assert_int_equal(judge(&bytes, &f), BATCH_FRAMING);
    assert_non_null(strstr(f.text, "canonical"));
    buf_free(&bytes);
}

static void headers(void **state)
{
    struct buf deep = {0}, wide = {0};
    buf_add_text(&deep, "{\"x\":");
    for (int i = 0; i < 40; i++)
        buf_add_char(&deep, '[');
    for (int i = 0; i < 40; i++)
        buf_add_char(&deep, ']');
    buf_add_text(&deep, ",\"batch\"");
    buf_addf(&wide, "{\"x\":\"%08000d\",\"batch\"", 0);
    const struct {
        const char *from, *to;
        enum batch_fault fault;
        const char *says;
    } rows[] = {
        {"{", "[", BATCH_HEADER, "not a JSON object"},
        {"{", " {", BATCH_HEADER, "not a JSON object"},
        {"}\n", "} \n", BATCH_HEADER, "not a JSON object"},
        {"}\n", "}\n\n", BATCH_HEADER, "not a JSON object"},
        {"}\n", ",\n\"x\":1}\n", BATCH_HEADER, "not a JSON object"},
        {"}\n", "}{}\n", BATCH_HEADER, "something follows"},
        {"}\n", "}", BATCH_FINE, NULL},
        {"\"seq\":2", "\"seq\":2,\"seq\":2", BATCH_HEADER, "duplicate"},
        {"b0b0", "\xff", BATCH_HEADER, "unable to decode"},
        {"\"batch\":2", "\"batch\":1", BATCH_HEADER, "\"batch\" is 1"},
        {"\"count\":1", "\"count\":2", BATCH_BODY, "counts 2 results, 1 lines"},
        {"\"count\":1", "\"count\":0", BATCH_BODY, "counts 0 results"},
        {"\"count\":1", "\"count\":10001", BATCH_HEADER, "10001"},
        {"\"count\":1", "\"count\":1.0", BATCH_HEADER, "\"count\""},
        {"\"count\":1,", "", BATCH_HEADER, "\"count\" is missing"},
        {"\"length\":13", "\"length\":12", BATCH_BODY, "12 are wanted"},
        {"\"length\":13", "\"length\":8388609", BATCH_HEADER, "\"length\""},
        {"\"packed\":", "\"packed\":1", BATCH_FRAMING, "it was cut"},
        {"\"packed\":", "\"packed\":0,\"x\":", BATCH_HEADER, "\"packed\""},
        {"{\"batch\"", deep.data, BATCH_HEADER, "nested"},
        {"{\"batch\"", wide.data, BATCH_FRAMING, "at most 8192"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct parts p = parts_of(LINE "\n", 1);
        replace(&p.header, rows[i].from, rows[i].to);
        judge_parts(&p, rows[i].fault, rows[i].says);
    }
    buf_free(&deep);
    buf_free(&wide);
}

/* 8192 octets are a header, 8193 are none. */
static void header_at_its_limit(void **state)
{
    for (size_t more = 0; more <= 1; more++) {
        struct parts p = parts_of(LINE "\n", 1);
        struct buf x = {0};
        int fill = (int)(ENVELOPE_HEADER_MAX + more - p.header.len - strlen("\"x\":\"\","));
        buf_addf(&x, "{\"x\":\"%0*d\",\"batch\"", fill, 0);
        replace(&p.header, "{\"batch\"", x.data);
        assert_int_equal(p.header.len, ENVELOPE_HEADER_MAX + more);
        judge_parts(&p, more ? BATCH_FRAMING : BATCH_FINE, more ? "8193" : NULL);
        buf_free(&x);
    }
}

/* A signature is no promise: what is packed may be anything. */
static void bodies(void **state)
{
    static const char *const rows[] = {LINE, "\n" LINE "\n", LINE "\n\n"};
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct parts p = parts_of(rows[i], 1);
        judge_parts(&p, BATCH_BODY, i == 0 ? "no whole line" : "2 lines");
    }
    struct parts p = parts_of(LINE "\n", 1);
    p.packed.data[6] ^= 1; /* the only block is not the last one */
    judge_parts(&p, BATCH_BODY, NULL);
}

/* The first octets of a body are judged before the rest has come. */
static void a_body_that_is_coming(void **state)
{
    struct buf bytes = make(LINE "\n" LINE "\n", 2);
    struct batch b;
    struct fault f = {0};
    size_t front = bytes.len - ENVELOPE_SIGNATURE_SIZE - 20;
    assert_int_equal(batch_front(bytes.data, front, bytes.len, &b, &f), BATCH_FINE);
    assert_int_equal(batch_rest(&b, bytes.data, bytes.len, &f), BATCH_FINE);
    assert_int_equal(batch_verify(&b, key.public, &f), BATCH_FINE);
    batch_free(&b);
    assert_int_equal(batch_front(bytes.data, front, 0, &b, &f), BATCH_FINE); /* nobody said how long */
    assert_int_equal(batch_rest(&b, bytes.data, bytes.len - 1, &f), BATCH_FRAMING);
    batch_free(&b);
    assert_int_equal(batch_front(bytes.data, front, bytes.len + 1, &b, &f), BATCH_FRAMING);
    assert_int_equal(batch_front(bytes.data, 40, bytes.len, &b, &f), BATCH_FRAMING);
    assert_int_equal(batch_front(bytes.data, front, BATCH_WIRE_MAX + 1, &b, &f), BATCH_TOO_LARGE);
    buf_free(&bytes);
}

/* ---- what a header may also say ---- */

static struct buf make_extra(const struct batch_extra *extra, int64_t seq)
{
    struct batch_header h = head_of(seq);
    struct buf out = {0};
    uint8_t hash[HASH_SIZE];
    batch_write(&h, extra, &(struct buf){0}, &key, &out, hash);
    return out;
}

static void a_new_key_signs_too(void **state)
{
    struct sign_key next;
    struct batch b;
    struct fault f = {0};
    assert_int_equal(sign_key_new(&next), 0);
    struct buf bytes = make_extra(&(struct batch_extra){.rotate = &next, .turn = 5}, 7);
    assert_int_equal(batch_read(bytes.data, bytes.len, &b, &f), BATCH_FINE);
    assert_true(b.has_rotate);
    assert_memory_equal(b.rotate, next.public, SIGN_PUBLIC_SIZE);
    assert_int_equal(batch_verify(&b, key.public, &f), BATCH_FINE); /* by the old key, still */
    assert_int_equal(batch_verify(&b, next.public, &f), BATCH_SIGNATURE);
    batch_free(&b);

    /* The same record in another batch is nobody's wish. */
    struct parts p = parts_of("", 0);
    buf_clear(&p.header);
    buf_add(&p.header, bytes.data + ENVELOPE_FRAME,
            (size_t)(strchr(bytes.data + ENVELOPE_FRAME, '\n') + 1 - bytes.data) - ENVELOPE_FRAME);
    replace(&p.header, "\"seq\":7", "\"seq\":8");
    judge_parts(&p, BATCH_HEADER, "has not signed");
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
        cmocka_unit_test(written_and_read_back),
        cmocka_unit_test(every_cut_and_every_bit),
        cmocka_unit_test(frames_added),
        cmocka_unit_test(signature_frames),
        cmocka_unit_test(headers),
        cmocka_unit_test(header_at_its_limit),
        cmocka_unit_test(bodies),
        cmocka_unit_test(a_body_that_is_coming),
        cmocka_unit_test(a_new_key_signs_too),
        cmocka_unit_test(epochs_are_checked),
    };
    return cmocka_run_group_tests(tests, make_key, NULL);
}
