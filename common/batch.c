/* The format stands in batch.h and envelope.h. A stranger's octets cost memory
 * and time in proportion to what came, and reach no unpacker:
 *
 *   1. the first frame is a header of at most 8192 octets: strict JSON, without
 *      a member twice, each member of its type and form; what is unknown is left
 *      for a newer reader; a new key has signed for its place in this chain;
 *   2. the file is as long as the header's `packed` makes it, and ends in a
 *      signature's frame; the hash is taken;
 *   3. the signature is checked apart (batch_verify), since only the collector
 *      knows the probe's keys;
 *   4. only then the results are unpacked (batch_unpack). */
#include "common/batch.h"

#include <errno.h>
#include <string.h>

#include "common/clock.h"
#include "common/json.h"
#include "common/lang.h"
#include "common/zst.h"

/* ---- writing ---- */

/* What the new key signs. */
static void rotate_text(const struct batch_header *h, int64_t turn, struct buf *out)
{
    buf_addf(out, "%s\n%s\n%lld\n%lld\n", h->probe, h->chain, (long long)h->seq, (long long)turn);
}

static void rotate_write(const struct batch_header *h, const struct sign_key *key, int64_t turn, struct buf *out)
{
    _cleanup_(buf_free) struct buf text = {0};
    uint8_t sig[SIGN_SIZE];
    char sig_text[SIGN_TEXT_SIZE], public[SIGN_TEXT_SIZE];
    rotate_text(h, turn, &text);
    sign_make(key, DOMAIN_ROTATE, text.data, text.len, sig);
    base64_write(sig, sizeof sig, sig_text);
    base64_write(key->public, SIGN_PUBLIC_SIZE, public);
    buf_addf(out, ",\"rotate\":{\"public\":\"%s\",\"turn\":%lld,\"sig\":\"%s\"}", public, (long long)turn, sig_text);
}

static void member_write(const char *name, const json_t *value, struct buf *out)
{
    _cleanup_text_ char *text = json_text(value);
    buf_addf(out, ",\"%s\":%s", name, text);
}

void batch_header_write(const struct batch_header *h, const struct batch_extra *extra, struct buf *out)
{
    char time[TIME_TEXT_SIZE], prev[HASH_TEXT_SIZE];
    buf_addf(out, "{\"batch\":2,\"probe\":\"%s\",\"chain\":\"%s\",\"seq\":%lld,\"prev\":", h->probe, h->chain,
             (long long)h->seq);
    if (h->has_prev)
        buf_addf(out, "\"%s\"", hash_text(h->prev, prev));
    else
        buf_add_text(out, "null");
    buf_addf(out, ",\"count\":%lld,\"packed\":%zu,\"length\":%zu", (long long)h->count, h->packed, h->length);
    buf_addf(out, ",\"sealed_at\":\"%s\",\"mono_us\":%lld,\"boot\":\"%s\",\"sync\":%s,\"agent\":\"%s\"",
             time_format(h->sealed_at_us, time), (long long)h->mono_us, h->boot, h->sync ? "true" : "false", h->agent);
    if (extra && extra->gap)
        member_write("gap", extra->gap, out);
    if (extra && extra->epochs)
        member_write("epochs", extra->epochs, out);
    if (extra && extra->rotate)
        rotate_write(h, extra->rotate, extra->turn, out);
    buf_add_text(out, "}\n");
}

void batch_write(struct batch_header *h, const struct batch_extra *extra, const struct buf *lines,
                 const struct sign_key *key, struct buf *out, uint8_t ret_hash[static HASH_SIZE])
{
    _cleanup_(buf_free) struct buf header = {0}, packed = {0};
    zst_pack(lines->data, lines->len, &packed);
    h->packed = packed.len;
    h->length = lines->len;
    batch_header_write(h, extra, &header);
    envelope_write(&header, &packed, key, out, ret_hash);
}

/* ---- reading ---- */

const char *batch_fault_word(enum batch_fault fault)
{
    static const char *const words[] = {
        [BATCH_FINE] = "fine",     [BATCH_FRAMING] = "framing",     [BATCH_TOO_LARGE] = "too-large",
        [BATCH_HEADER] = "header", [BATCH_SIGNATURE] = "signature", [BATCH_BODY] = "body",
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
        (r = json_get_int(rotate, "turn", 1, INT64_MAX, &b->turn, f)) < 0 ||
        (r = json_get_text(rotate, "sig", SIGN_TEXT_SIZE - 1, &sig_text, f)) < 0)
        return r;
    if (base64_read(public, strlen(public), b->rotate, SIGN_PUBLIC_SIZE) < 0 ||
        base64_read(sig_text, strlen(sig_text), sig, sizeof sig) < 0)
        return fault_set(f, -EBADMSG, _("\"rotate\" does not hold a key and a signature in base64"));
    _cleanup_(buf_free) struct buf text = {0};
    rotate_text(&b->header, b->turn, &text);
    if (!sign_check(b->rotate, DOMAIN_ROTATE, text.data, text.len, sig))
        return fault_set(f, -EBADMSG, _("\"rotate\": the new key has not signed for this batch"));
    b->has_rotate = true;
    return 0;
}

static int read_sizes(const json_t *object, struct batch_header *h, struct fault *f)
{
    int64_t packed, length;
    int r;
    if ((r = json_get_int(object, "count", 0, BATCH_RESULTS_MAX, &h->count, f)) < 0 ||
        (r = json_get_int(object, "packed", 1, BATCH_WIRE_MAX, &packed, f)) < 0 ||
        (r = json_get_int(object, "length", 0, BATCH_BYTES_MAX, &length, f)) < 0)
        return r;
    h->packed = (size_t)packed;
    h->length = (size_t)length;
    return 0;
}

static int read_header(const json_t *object, struct batch *b, struct fault *f)
{
    struct batch_header *h = &b->header;
    int64_t version;
    const char *sealed_at, *prev;
    int r;
    if ((r = json_get_int(object, "batch", 2, 2, &version, f)) < 0 ||
        (r = copy_text(object, "probe", h->probe, sizeof h->probe, f)) < 0 ||
        (r = copy_text(object, "chain", h->chain, sizeof h->chain, f)) < 0 ||
        (r = json_get_int(object, "seq", 1, INT64_MAX, &h->seq, f)) < 0 ||
        (r = json_get_text_or(object, "prev", HASH_TEXT_SIZE - 1, NULL, &prev, f)) < 0 ||
        (r = read_sizes(object, h, f)) < 0 || (r = json_get_text(object, "sealed_at", 40, &sealed_at, f)) < 0 ||
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

/* One line: neither a second value nor white space in front or behind. */
static int read_line(const struct envelope *e, struct batch *b, struct fault *f)
{
    _cleanup_json_ json_t *object = NULL;
    size_t len = e->header_len;
    if (len > 0 && e->header[len - 1] == '\n')
        len--;
    if (len < 2 || e->header[0] != '{' || e->header[len - 1] != '}' || memchr(e->header, '\n', len))
        return fault_set(f, -EBADMSG, _("not a JSON object on one line"));
    int r = json_read(e->header, len, ENVELOPE_HEADER_MAX, JSON_DEPTH_MAX, &object, f);
    return r < 0 ? r : read_header(object, b, f);
}

/* The file's size follows from the header alone. */
static enum batch_fault check_size(const struct batch *b, size_t total, struct fault *f)
{
    size_t wanted = ENVELOPE_FRAME + b->envelope.header_len + b->header.packed + ENVELOPE_SIGNATURE_SIZE;
    if (total == wanted)
        return BATCH_FINE;
    fault_set(f, -EBADMSG, _("%zu bytes, where header and \"packed\" make %zu: it was cut, or something was added"),
              total, wanted);
    return BATCH_FRAMING;
}

static enum batch_fault read_front(const char *bytes, size_t len, size_t total, struct batch *b, struct fault *f)
{
    if (total > BATCH_WIRE_MAX) {
        fault_set(f, -EFBIG, _("%zu bytes; at most %u are allowed"), total, BATCH_WIRE_MAX);
        return BATCH_TOO_LARGE;
    }
    int r = envelope_front(bytes, len, &b->envelope, f);
    if (r < 0)
        return BATCH_FRAMING;
    r = read_line(&b->envelope, b, f);
    if (r < 0) {
        fault_prefix(f, "%s: ", _("the header"));
        return BATCH_HEADER;
    }
    return total == 0 ? BATCH_FINE : check_size(b, total, f);
}

enum batch_fault batch_front(const char *bytes, size_t len, size_t total, struct batch *ret, struct fault *f)
{
    struct batch b = {0};
    enum batch_fault fault = read_front(bytes, len, total, &b, f);
    if (fault == BATCH_FINE)
        *ret = b;
    else
        batch_free(&b);
    return fault;
}

enum batch_fault batch_rest(struct batch *b, const char *bytes, size_t len, struct fault *f)
{
    enum batch_fault fault = check_size(b, len, f);
    if (fault != BATCH_FINE)
        return fault;
    return envelope_read(bytes, len, &b->envelope, f) < 0 ? BATCH_FRAMING : BATCH_FINE;
}

enum batch_fault batch_read(const char *bytes, size_t len, struct batch *ret, struct fault *f)
{
    struct batch b;
    if (len == 0) {
        fault_set(f, -EBADMSG, _("the batch is empty"));
        return BATCH_FRAMING;
    }
    enum batch_fault fault = batch_front(bytes, len, len, &b, f);
    if (fault != BATCH_FINE)
        return fault;
    fault = batch_rest(&b, bytes, len, f);
    if (fault == BATCH_FINE)
        *ret = b;
    else
        batch_free(&b);
    return fault;
}

void batch_free(struct batch *b)
{
    if (!b)
        return;
    json_decref(b->gap);
    json_decref(b->epochs);
    buf_free(&b->results);
    b->gap = b->epochs = NULL;
}

enum batch_fault batch_verify(const struct batch *b, const uint8_t public[static SIGN_PUBLIC_SIZE], struct fault *f)
{
    if (sign_check(public, DOMAIN_BATCH, b->envelope.hash, HASH_SIZE, b->envelope.sig))
        return BATCH_FINE;
    fault_set(f, -EKEYREJECTED, _("the signature does not match the key of probe %s"), b->header.probe);
    return BATCH_SIGNATURE;
}

/* ---- the results ---- */

static int64_t count_lines(const struct buf *results)
{
    int64_t count = 0;
    const char *at = results->data, *end = at + results->len;
    for (; at < end && (at = memchr(at, '\n', (size_t)(end - at))); at++)
        count++;
    return count;
}

enum batch_fault batch_unpack(struct batch *b, struct fault *f)
{
    const struct batch_header *h = &b->header;
    buf_clear(&b->results);
    int r = zst_unpack(b->envelope.packed, b->envelope.packed_len, h->length, &b->results, f);
    int64_t count = r == 0 ? count_lines(&b->results) : 0;
    if (r == 0 && h->length > 0 && b->results.data[h->length - 1] != '\n')
        r = fault_set(f, -EBADMSG, _("the last result is no whole line"));
    if (r == 0 && count != h->count)
        r = fault_set(f, -EBADMSG, _("the header counts %lld results, %lld lines came"), (long long)h->count,
                      (long long)count);
    if (r == 0)
        return BATCH_FINE;
    buf_clear(&b->results);
    return BATCH_BODY;
}

bool batch_next(const struct batch *b, size_t *cursor, const char **ret_line, size_t *ret_len)
{
    if (*cursor >= b->results.len)
        return false;
    const char *line = b->results.data + *cursor;
    const char *end = memchr(line, '\n', b->results.len - *cursor);
    *ret_line = line;
    *ret_len = (size_t)(end - line);
    *cursor += *ret_len + 1;
    return true;
}
