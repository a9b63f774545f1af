#include "common/envelope.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "common/lang.h"

#define MAGIC_HEADER    0x184D2A50u
#define MAGIC_SIGNATURE 0x184D2A51u
#define SIG_BEFORE      "{\"sig\":\""
#define SIG_AFTER       "\"}"

static void add_little(struct buf *out, uint32_t n)
{
    for (int i = 0; i < 4; i++)
        buf_add_char(out, (char)(n >> 8 * i));
}

static uint32_t little(const uint8_t *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

/* ---- writing ---- */

static void add_frame(struct buf *out, uint32_t magic, const char *bytes, size_t len)
{
    add_little(out, magic);
    add_little(out, (uint32_t)len);
    buf_add(out, bytes, len);
}

void envelope_write(const struct buf *header, const struct buf *packed, const struct sign_key *key, struct buf *out,
                    uint8_t ret_hash[static HASH_SIZE])
{
    size_t start = out->len;
    uint8_t sig[SIGN_SIZE];
    char text[SIGN_TEXT_SIZE], last[ENVELOPE_SIGNATURE_SIZE];
    add_frame(out, MAGIC_HEADER, header->data, header->len);
    buf_add(out, packed->data, packed->len);
    hash_make(DOMAIN_BATCH_HASH, out->data + start, out->len - start, ret_hash);
    sign_make(key, DOMAIN_BATCH, ret_hash, HASH_SIZE, sig);
    base64_write(sig, sizeof sig, text);
    int len = snprintf(last, sizeof last, SIG_BEFORE "%s" SIG_AFTER, text);
    add_frame(out, MAGIC_SIGNATURE, last, (size_t)len);
}

/* ---- reading ---- */

int envelope_front(const void *bytes, size_t len, struct envelope *ret, struct fault *f)
{
    const uint8_t *p = bytes;
    if (len >= 4 && little(p) != MAGIC_HEADER)
        return fault_set(f, -EBADMSG, _("the file does not begin as a batch does"));
    if (len < ENVELOPE_FRAME)
        return fault_set(f, -EAGAIN, _("%zu bytes: the header was cut"), len);
    uint32_t header = little(p + 4);
    if (header > ENVELOPE_HEADER_MAX)
        return fault_set(f, -EFBIG, _("a header of %u bytes; at most %d are allowed"), header, ENVELOPE_HEADER_MAX);
    if (len - ENVELOPE_FRAME < header)
        return fault_set(f, -EAGAIN, _("the header was cut: %u bytes are announced, %zu are there"), header,
                         len - ENVELOPE_FRAME);
    ret->header = (const char *)p + ENVELOPE_FRAME;
    ret->header_len = header;
    return 0;
}

/* One text only: without white space, without another member. */
static int read_signature(const uint8_t *p, struct envelope *e, struct fault *f)
{
    const char *text = (const char *)p + ENVELOPE_FRAME, *sig = text + strlen(SIG_BEFORE);
    size_t sig_len = SIGN_TEXT_SIZE - 1;
    if (little(p) != MAGIC_SIGNATURE || little(p + 4) != ENVELOPE_SIGNATURE_SIZE - ENVELOPE_FRAME)
        return fault_set(f, -EBADMSG,
                         _("the file does not end in a signature's frame: it was cut, or something follows"));
    if (memcmp(text, SIG_BEFORE, strlen(SIG_BEFORE)) != 0 || memcmp(sig + sig_len, SIG_AFTER, strlen(SIG_AFTER)) != 0 ||
        base64_read(sig, sig_len, e->sig, sizeof e->sig) < 0)
        return fault_set(f, -EBADMSG,
                         _("the signature's frame is not {\"sig\":\"…\"} with 64 octets in canonical base64"));
    return 0;
}

int envelope_read(const void *bytes, size_t len, struct envelope *ret, struct fault *f)
{
    struct envelope e = {0};
    int r = envelope_front(bytes, len, &e, f);
    if (r < 0)
        return r == -EAGAIN ? -EBADMSG : r;
    size_t before = ENVELOPE_FRAME + e.header_len;
    if (len - before < ENVELOPE_SIGNATURE_SIZE)
        return fault_set(f, -EBADMSG, _("%zu bytes: the batch was cut before its signature"), len);
    size_t signed_len = len - ENVELOPE_SIGNATURE_SIZE;
    r = read_signature((const uint8_t *)bytes + signed_len, &e, f);
    if (r < 0)
        return r;
    e.packed = (const char *)bytes + before;
    e.packed_len = signed_len - before;
    hash_make(DOMAIN_BATCH_HASH, bytes, signed_len, e.hash);
    *ret = e;
    return 0;
}
