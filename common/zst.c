#include "common/zst.h"

#include <errno.h>

#include <zstd.h>

#include "common/lang.h"

/* Level 6: within 3 % of level 19 on result lines, and 1 MB of memory. */
#define LEVEL 6

static void free_stream(ZSTD_DStream **s)
{
    ZSTD_freeDStream(*s);
}

void zst_pack(const void *bytes, size_t len, struct buf *out)
{
    size_t bound = ZSTD_compressBound(len);
    buf_reserve(out, bound);
    size_t n = ZSTD_compress(out->data + out->len, bound, bytes, len, LEVEL);
    if (ZSTD_isError(n))
        abort(); /* the bound makes room for any input: only memory can fail */
    out->len += n;
    out->data[out->len] = '\0';
}

int zst_unpack(const void *bytes, size_t len, size_t max, struct buf *out, struct fault *f)
{
    _cleanup_(free_stream) ZSTD_DStream *s = ZSTD_createDStream();
    if (!s)
        abort();
    /* The window is what a frame may make us allocate whatever comes out. */
    ZSTD_DCtx_setParameter(s, ZSTD_d_windowLogMax, 23);
    size_t start = out->len;
    ZSTD_inBuffer in = {bytes, len, 0};
    size_t left = 1;
    while (left != 0) {
        size_t step = ZSTD_DStreamOutSize();
        buf_reserve(out, step);
        ZSTD_outBuffer to = {out->data + out->len, step, 0};
        size_t before = in.pos;
        left = ZSTD_decompressStream(s, &to, &in);
        if (ZSTD_isError(left))
            return fault_set(f, -EBADMSG, _("not a zstd frame: %s"), ZSTD_getErrorName(left));
        out->len += to.pos;
        out->data[out->len] = '\0';
        if (out->len - start > max)
            return fault_set(f, -EFBIG, _("more than %zu bytes after decompression"), max);
        if (left != 0 && to.pos == 0 && in.pos == before)
            return fault_set(f, -EBADMSG, _("the zstd frame ends early, after %zu bytes"), len);
    }
    if (in.pos != len)
        return fault_set(f, -EBADMSG, _("%zu bytes follow the zstd frame"), len - in.pos);
    return 0;
}
