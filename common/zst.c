#include "common/zst.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include <zstd.h>

#include "common/lang.h"
#include "common/stranger.h"

/* A batch of an ordinary quarter of an hour goes over a metered line: level 9 takes
 * 5 % off it for a third of a millisecond and 1 MB of memory, level 15 would take
 * 13 % for ten times the work. What is longer would cost 13 MB with either. */
#define SHORT_MAX   (128u << 10)
#define LEVEL_SHORT 9
#define LEVEL_LONG  6

void zst_pack(const void *bytes, size_t len, struct buf *out)
{
    size_t bound = ZSTD_compressBound(len);
    buf_reserve(out, bound);
    size_t n = ZSTD_compress(out->data + out->len, bound, bytes, len, len <= SHORT_MAX ? LEVEL_SHORT : LEVEL_LONG);
    if (ZSTD_isError(n))
        abort(); /* the bound makes room for any input: only memory can fail */
    out->len += n;
    out->data[out->len] = '\0';
}

/* ---- the frame's own header, RFC 8878 section 3.1.1.1 ---- */

struct frame {
    bool dictionary, has_size;
    uint64_t window, size;
};

static uint64_t little(const uint8_t *p, size_t len)
{
    uint64_t n = 0;
    while (len-- > 0)
        n = n << 8 | p[len];
    return n;
}

static bool frame_read(const uint8_t *p, size_t len, struct frame *ret)
{
    static const uint8_t magic[] = {0x28, 0xb5, 0x2f, 0xfd}, dictionary_sizes[] = {0, 1, 2, 4},
                         size_sizes[] = {0, 2, 4, 8};
    if (len < 6 || memcmp(p, magic, sizeof magic) != 0 || p[4] & 8)
        return false;
    bool single = p[4] & 0x20;
    size_t dictionary = dictionary_sizes[p[4] & 3], size = size_sizes[p[4] >> 6];
    if (single && size == 0)
        size = 1;
    const uint8_t *at = p + 5 + !single + dictionary;
    if (len < 5u + !single + dictionary + size)
        return false;
    ret->dictionary = dictionary > 0 && little(at - dictionary, dictionary) != 0;
    ret->has_size = size > 0;
    ret->size = little(at, size) + (size == 2 ? 256 : 0);
    uint64_t base = UINT64_C(1) << (10 + (p[5] >> 3));
    ret->window = single ? ret->size : base + base / 8 * (p[5] & 7);
    return true;
}

static int check_frame(const void *bytes, size_t len, size_t length, struct fault *f)
{
    struct frame frame;
    if (!frame_read(bytes, len, &frame))
        return fault_set(f, -EBADMSG, _("not a zstd frame"));
    if (frame.dictionary)
        return fault_set(f, -EBADMSG, _("the zstd frame wants a dictionary; none is used here"));
    if (!frame.has_size)
        return fault_set(f, -EBADMSG, _("the zstd frame does not tell its content's size"));
    if (frame.size != length)
        return fault_set(f, -EBADMSG, _("the zstd frame holds %llu bytes, %zu are wanted"),
                         (unsigned long long)frame.size, length);
    if (frame.window > ZST_WINDOW_MAX)
        return fault_set(f, -EBADMSG, _("the zstd frame asks for a window of %llu bytes; at most %u are allowed"),
                         (unsigned long long)frame.window, ZST_WINDOW_MAX);
    /* A match from before the window is an error (section 3.1.1.4) that libzstd does not look for: in one call it
     * gives what the writer meant, in a stream what its buffer holds by then, and no reader complains. */
    if (frame.window < length)
        return fault_set(f, -EBADMSG, _("the zstd frame's window of %llu bytes is shorter than its content"),
                         (unsigned long long)frame.window);
    return 0;
}

/* As a stream: in one call libzstd lets blocks pass that are longer than any may be, and that others refuse. Given the
 * whole at once the stream would be that one call, so that the last octet comes alone. */
static size_t unpack_long(const void *bytes, size_t len, char *to, size_t length)
{
    ZSTD_DStream *stream = ZSTD_createDStream();
    ZSTD_inBuffer in = {bytes, len - 1, 0};
    ZSTD_outBuffer out = {to, length, 0};
    size_t more = ZSTD_decompressStream(stream, &out, &in);
    in.size = len;
    for (size_t before = SIZE_MAX; more > 0 && !ZSTD_isError(more) && before != in.pos + out.pos;) {
        before = in.pos + out.pos;
        more = ZSTD_decompressStream(stream, &out, &in);
    }
    ZSTD_freeDStream(stream);
    return ZSTD_isError(more) ? more : out.pos;
}

static size_t unpack(const void *bytes, size_t len, char *to, size_t length)
{
    return length <= ZSTD_BLOCKSIZE_MAX ? ZSTD_decompress(to, length, bytes, len) : unpack_long(bytes, len, to, length);
}

int zst_unpack(const void *bytes, size_t len, size_t length, struct buf *out, struct fault *f)
{
    int r = check_frame(bytes, len, length, f);
    if (r < 0)
        return r;
    stranger_read(STRANGER_ZSTD, len);
    size_t ends = ZSTD_findFrameCompressedSize(bytes, len);
    if (ZSTD_isError(ends))
        return fault_set(f, -EBADMSG, _("not a whole zstd frame: %s"), ZSTD_getErrorName(ends));
    if (ends != len)
        return fault_set(f, -EBADMSG, _("%zu bytes follow the zstd frame"), len - ends);
    buf_reserve(out, length);
    size_t n = unpack(bytes, len, out->data + out->len, length);
    if (ZSTD_isError(n) || n != length) {
        out->data[out->len] = '\0';
        return fault_set(f, -EBADMSG, _("the zstd frame does not unpack: %s"),
                         ZSTD_isError(n) ? ZSTD_getErrorName(n) : _("another length"));
    }
    out->len += n;
    out->data[out->len] = '\0';
    return 0;
}
