/* The format stands in batch.h. Reading it trusts nothing, and costs memory and
 * time in proportion to what came:
 *
 *   1. all of it is UTF-8; the first line is the header, the last the trailer,
 *      and nothing follows it;
 *   2. header and trailer are strict JSON, without a member twice, each member
 *      of its type and form; what is unknown is left for a newer reader; a new
 *      key has signed for its place in this chain;
 *   3. no result line is empty, too long, or nested deeper than a reader may be
 *      asked to go, and there are as many as the trailer counts;
 *   4. the hash is taken. The signature of the batch is checked apart
 *      (batch_verify), since only the collector knows the probe's keys.
 *
 * What the result lines mean is result.c's business: a bad one does not make
 * the batch bad. */
#include "common/batch.h"

#include <errno.h>
#include <string.h>

#include "common/clock.h"
#include "common/json.h"
#include "common/lang.h"
#include "common/scan.h"

/* A header or trailer is small: a gap record lists at most 24 ranges, epochs
 * at most 16 intervals. */
#define HEADER_BYTES_MAX 8192

/* ---- writing ---- */

/* What the new key signs. */
static void rotate_text(const char *probe, const char *chain, int64_t seq, struct buf *out)
{
    buf_addf(out, "%s\n%s\n%lld\n", probe, chain, (long long)seq);
}

static void rotate_write(const struct batch_header *h, const struct sign_key *key, struct buf *out)
{
    _cleanup_(buf_free) struct buf text = {0};
    uint8_t sig[SIGN_SIZE];
    char sig_text[SIGN_TEXT_SIZE], public[SIGN_TEXT_SIZE];
    rotate_text(h->probe, h->chain, h->seq, &text);
    sign_make(key, DOMAIN_ROTATE, text.data, text.len, sig);
    base64_write(sig, sizeof sig, sig_text);
    base64_write(key->public, SIGN_PUBLIC_SIZE, public);
    buf_addf(out, ",\"rotate\":{\"public\":\"%s\",\"sig\":\"%s\"}", public, sig_text);
}

static void member_write(const char *name, const json_t *value, struct buf *out)
{
    _cleanup_text_ char *text = json_text(value);
    buf_addf(out, ",\"%s\":%s", name, text);
}

void batch_header_write(const struct batch_header *h, const struct batch_extra *extra, struct buf *out)
{
    char time[TIME_TEXT_SIZE], prev[HASH_TEXT_SIZE];
    buf_addf(out, "{\"batch\":1,\"probe\":\"%s\",\"chain\":\"%s\",\"seq\":%lld,\"prev\":", h->probe, h->chain,
             (long long)h->seq);
    if (h->has_prev)
        buf_addf(out, "\"%s\"", hash_text(h->prev, prev));
    else
        buf_add_text(out, "null");
    buf_addf(out, ",\"sealed_at\":\"%s\",\"mono_us\":%lld,\"boot\":\"%s\",\"sync\":%s,\"agent\":\"%s\"",
             time_format(h->sealed_at_us, time), (long long)h->mono_us, h->boot, h->sync ? "true" : "false", h->agent);
    if (extra && extra->gap)
        member_write("gap", extra->gap, out);
    else
        buf_add_text(out, ",\"gap\":null");
    if (extra && extra->epochs)
        member_write("epochs", extra->epochs, out);
    if (extra && extra->rotate)
        rotate_write(h, extra->rotate, out);
    buf_add_text(out, "}\n");
}

void batch_seal(struct buf *out, int64_t count, const struct sign_key *key)
{
    uint8_t sig[SIGN_SIZE];
    char text[SIGN_TEXT_SIZE];
    sign_make(key, DOMAIN_BATCH, out->data, out->len, sig);
    base64_write(sig, sizeof sig, text);
    buf_addf(out, "{\"count\":%lld,\"sig\":\"%s\"}\n", (long long)count, text);
}

/* ---- reading ---- */

const char *batch_fault_word(enum batch_fault fault)
{
    static const char *const words[] = {
        [BATCH_FINE] = "fine",   [BATCH_FRAMING] = "framing", [BATCH_TOO_LARGE] = "too-large", [BATCH_UTF8] = "utf-8",
        [BATCH_DEPTH] = "depth", [BATCH_HEADER] = "header",   [BATCH_SIGNATURE] = "signature",
    };
    return words[fault];
}

/* Copies a member's text, checked by the caller for its form. */
static int copy_text(const json_t *object, const char *name, char *ret, size_t size, struct fault *f)
{
    const char *text;
    int r = json_get_text(object, name, size - 1, &text, f);
    if (r == 0)
        strcpy(ret, text);
    return r;
}

static bool is_plain(const char *text, const char *allowed)
{
    return *text && text[strspn(text, allowed)] == '\0';
}

#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS  "0123456789"

static int read_epoch(const json_t *epoch, struct fault *f)
{
    const char *boot, *text;
    int64_t from, to, since;
    int r;
    if (!json_is_object(epoch))
        return fault_set(f, -EBADMSG, _("one of \"epochs\" is no object"));
    if ((r = json_get_text(epoch, "boot", 36, &boot, f)) < 0 ||
        (r = json_get_int(epoch, "from_mono_us", 0, INT64_MAX, &from, f)) < 0 ||
        (r = json_get_int(epoch, "to_mono_us", from, INT64_MAX, &to, f)) < 0 ||
        (r = json_get_text_or(epoch, "link", 16, NULL, &text, f)) < 0 ||
        (r = json_get_text_or(epoch, "net", 18, NULL, &text, f)) < 0 ||
        (r = json_get_text_or(epoch, "net6", 49, NULL, &text, f)) < 0 ||
        (r = json_get_text_or(epoch, "since", 40, NULL, &text, f)) < 0)
        return r;
    if (text && time_parse(text, strlen(text), &since) < 0)
        return fault_set(f, -EBADMSG, _("\"since\" is not an RFC 3339 time"));
    return 0;
}

static int read_epochs(const json_t *object, struct batch *b, struct fault *f)
{
    json_t *epochs = json_object_get(object, "epochs");
    if (!epochs || json_is_null(epochs))
        return 0;
    if (!json_is_array(epochs) || json_array_size(epochs) > BATCH_EPOCHS_MAX)
        return fault_set(f, -EBADMSG, _("\"epochs\" is no array of at most %d"), BATCH_EPOCHS_MAX);
    for (size_t i = 0; i < json_array_size(epochs); i++) {
        int r = read_epoch(json_array_get(epochs, i), f);
        if (r < 0)
            return r;
    }
    b->epochs = json_incref(epochs);
    return 0;
}

static int read_rotate(const json_t *object, struct batch *b, struct fault *f)
{
    const json_t *rotate = json_object_get(object, "rotate");
    const char *public, *sig_text;
    uint8_t sig[SIGN_SIZE];
    int r;
    if (!rotate || json_is_null(rotate))
        return 0;
    if (!json_is_object(rotate))
        return fault_set(f, -EBADMSG, _("\"rotate\" is neither null nor an object"));
    if ((r = json_get_text(rotate, "public", SIGN_TEXT_SIZE - 1, &public, f)) < 0 ||
        (r = json_get_text(rotate, "sig", SIGN_TEXT_SIZE - 1, &sig_text, f)) < 0)
        return r;
    if (base64_read(public, strlen(public), b->rotate, SIGN_PUBLIC_SIZE) < 0 ||
        base64_read(sig_text, strlen(sig_text), sig, sizeof sig) < 0)
        return fault_set(f, -EBADMSG, _("\"rotate\" does not hold a key and a signature in base64"));
    _cleanup_(buf_free) struct buf text = {0};
    rotate_text(b->header.probe, b->header.chain, b->header.seq, &text);
    if (!sign_check(b->rotate, DOMAIN_ROTATE, text.data, text.len, sig))
        return fault_set(f, -EBADMSG, _("\"rotate\": the new key has not signed for this batch"));
    b->has_rotate = true;
    return 0;
}

static int read_header(const json_t *object, struct batch *b, struct fault *f)
{
    struct batch_header *h = &b->header;
    int64_t version;
    const char *sealed_at, *prev;
    int r;
    if ((r = json_get_int(object, "batch", 1, 1, &version, f)) < 0 ||
        (r = copy_text(object, "probe", h->probe, sizeof h->probe, f)) < 0 ||
        (r = copy_text(object, "chain", h->chain, sizeof h->chain, f)) < 0 ||
        (r = json_get_int(object, "seq", 1, INT64_MAX, &h->seq, f)) < 0 ||
        (r = json_get_text_or(object, "prev", HASH_TEXT_SIZE - 1, NULL, &prev, f)) < 0 ||
        (r = json_get_text(object, "sealed_at", 40, &sealed_at, f)) < 0 ||
        (r = json_get_int(object, "mono_us", 0, INT64_MAX, &h->mono_us, f)) < 0 ||
        (r = copy_text(object, "boot", h->boot, sizeof h->boot, f)) < 0 ||
        (r = json_get_bool(object, "sync", &h->sync, f)) < 0 ||
        (r = copy_text(object, "agent", h->agent, sizeof h->agent, f)) < 0)
        return r;
    if (!probe_id_valid(h->probe, strlen(h->probe)))
        return fault_set(f, -EBADMSG, _("\"probe\" is not 20 characters of base32"));
    if (!is_plain(h->chain, "0123456789abcdef"))
        return fault_set(f, -EBADMSG, _("\"chain\" is not hex digits"));
    if (!is_plain(h->boot, LETTERS DIGITS "-") || !is_plain(h->agent, LETTERS DIGITS ".+~-"))
        return fault_set(f, -EBADMSG, _("\"boot\" or \"agent\" holds other characters than letters, digits and -.+~"));
    if (time_parse(sealed_at, strlen(sealed_at), &h->sealed_at_us) < 0)
        return fault_set(f, -EBADMSG, _("\"sealed_at\" is not an RFC 3339 time"));
    h->has_prev = prev != NULL;
    if (h->has_prev != (h->seq > 1) || (prev && hash_parse(prev, strlen(prev), h->prev) < 0))
        return fault_set(f, -EBADMSG, _("\"prev\" must be 64 hex digits, and null just for seq 1"));
    const json_t *gap = json_object_get(object, "gap");
    if (gap && !json_is_null(gap) && !json_is_object(gap))
        return fault_set(f, -EBADMSG, _("\"gap\" is neither null nor an object"));
    b->gap = json_is_object(gap) ? json_incref((json_t *)gap) : NULL;
    r = read_epochs(object, b, f);
    return r < 0 ? r : read_rotate(object, b, f);
}

static int read_trailer(const json_t *object, struct batch *b, struct fault *f)
{
    const char *sig;
    int r;
    if ((r = json_get_int(object, "count", 0, INT32_MAX, &b->count, f)) < 0 ||
        (r = json_get_text(object, "sig", SIGN_TEXT_SIZE - 1, &sig, f)) < 0)
        return r;
    if (base64_read(sig, strlen(sig), b->sig, sizeof b->sig) < 0)
        return fault_set(f, -EBADMSG, _("\"sig\" is not 64 octets in base64"));
    return 0;
}

/* A line of the envelope (header or trailer) as an object. */
static enum batch_fault read_envelope(const char *line, size_t len, const char *what, struct batch *b,
                                      int (*read)(const json_t *, struct batch *, struct fault *), struct fault *f)
{
    _cleanup_json_ json_t *object = NULL;
    int r = json_read(line, len, HEADER_BYTES_MAX, JSON_DEPTH_MAX, &object, f);
    if (r == 0 && !json_is_object(object))
        r = fault_set(f, -EBADMSG, _("not a JSON object"));
    if (r == 0)
        r = read(object, b, f);
    if (r == 0)
        return BATCH_FINE;
    fault_prefix(f, "%s: ", _(what));
    return r == -ELOOP ? BATCH_DEPTH : BATCH_HEADER;
}

/* Nesting without parsing: brackets outside strings. Grammar is the result
 * reader's business; this bounds what any later reader can be made to do. */
static bool too_deep(const char *line, size_t len)
{
    unsigned depth = 0;
    bool in_string = false;
    for (size_t i = 0; i < len; i++) {
        char c = line[i];
        if (in_string) {
            if (c == '\\')
                i++;
            else if (c == '"')
                in_string = false;
            continue;
        }
        if (c == '"')
            in_string = true;
        else if ((c == '{' || c == '[') && ++depth > JSON_DEPTH_MAX)
            return true;
        else if ((c == '}' || c == ']') && depth > 0)
            depth--;
    }
    return false;
}

static enum batch_fault check_lines(const struct batch *b, struct fault *f)
{
    size_t cursor = 0, len;
    const char *line;
    int64_t count = 0;
    while (batch_next(b, &cursor, &line, &len)) {
        count++;
        if (len == 0) {
            fault_set(f, -EBADMSG, _("result line %lld is empty"), (long long)count);
            return BATCH_FRAMING;
        }
        if (len > RESULT_LINE_MAX || count > BATCH_RESULTS_MAX) {
            fault_set(f, -EBADMSG, _("result line %lld: %zu bytes; at most %u bytes a line and %d lines are allowed"),
                      (long long)count, len, RESULT_LINE_MAX, BATCH_RESULTS_MAX);
            return BATCH_TOO_LARGE;
        }
        if (too_deep(line, len)) {
            fault_set(f, -EBADMSG, _("result line %lld is nested deeper than %d"), (long long)count, JSON_DEPTH_MAX);
            return BATCH_DEPTH;
        }
    }
    if (count != b->count) {
        fault_set(f, -EBADMSG, _("the trailer counts %lld results, the batch holds %lld"), (long long)b->count,
                  (long long)count);
        return BATCH_FRAMING;
    }
    return BATCH_FINE;
}

static enum batch_fault read_parts(const char *bytes, size_t len, struct batch *b, struct fault *f)
{
    size_t bad = scan_utf8(bytes, len);
    if (bad < len) {
        fault_set(f, -EBADMSG, _("byte %zu is not valid UTF-8"), bad + 1);
        return BATCH_UTF8;
    }
    const char *header_end = memchr(bytes, '\n', len);
    if (!header_end || bytes[len - 1] != '\n') {
        fault_set(f, -EBADMSG, _("the batch does not end in a whole line: it was cut"));
        return BATCH_FRAMING;
    }
    const char *before = memrchr(bytes, '\n', len - 1);
    if (!before) {
        fault_set(f, -EBADMSG, _("one line; a header and a trailer are wanted"));
        return BATCH_FRAMING;
    }
    const char *trailer = before + 1;
    b->signed_len = (size_t)(trailer - bytes);
    b->results = header_end + 1;
    b->results_len = (size_t)(trailer - b->results);

    enum batch_fault fault = read_envelope(bytes, (size_t)(header_end - bytes), N_("the header"), b, read_header, f);
    if (fault == BATCH_FINE)
        fault = read_envelope(trailer, len - b->signed_len - 1, N_("the trailer"), b, read_trailer, f);
    return fault == BATCH_FINE ? check_lines(b, f) : fault;
}

enum batch_fault batch_read(const char *bytes, size_t len, struct batch *ret, struct fault *f)
{
    if (len == 0 || len > BATCH_BYTES_MAX) {
        fault_set(f, -EBADMSG, _("%zu bytes; 1 to %u are allowed"), len, BATCH_BYTES_MAX);
        return len == 0 ? BATCH_FRAMING : BATCH_TOO_LARGE;
    }
    struct batch b = {.bytes = bytes, .len = len};
    enum batch_fault fault = read_parts(bytes, len, &b, f);
    if (fault != BATCH_FINE) {
        batch_free(&b);
        return fault;
    }
    hash_make(DOMAIN_BATCH_HASH, bytes, len, b.hash);
    *ret = b;
    return BATCH_FINE;
}

void batch_free(struct batch *b)
{
    if (!b)
        return;
    json_decref(b->gap);
    json_decref(b->epochs);
    b->gap = b->epochs = NULL;
}

enum batch_fault batch_verify(const struct batch *b, const uint8_t public[static SIGN_PUBLIC_SIZE], struct fault *f)
{
    if (sign_check(public, DOMAIN_BATCH, b->bytes, b->signed_len, b->sig))
        return BATCH_FINE;
    fault_set(f, -EKEYREJECTED, _("the signature does not match the key of probe %s"), b->header.probe);
    return BATCH_SIGNATURE;
}

bool batch_next(const struct batch *b, size_t *cursor, const char **ret_line, size_t *ret_len)
{
    if (*cursor >= b->results_len)
        return false;
    const char *line = b->results + *cursor;
    const char *end = memchr(line, '\n', b->results_len - *cursor);
    *ret_line = line;
    *ret_len = (size_t)(end - line);
    *cursor += *ret_len + 1;
    return true;
}
