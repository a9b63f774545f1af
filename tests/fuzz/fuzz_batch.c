/* A batch's results as the collector reads them once a signature was good: what
 * was packed, a line after the other. What is accepted must be consistent with
 * itself. The input is the header's frame and the packed results, as a fuzzer
 * likes them: sizes and signature are made to fit. */
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "common/batch.h"
#include "common/result.h"
#include "common/zst.h"

static void read_lines(const struct batch *b)
{
    size_t cursor = 0, line_len;
    const char *line;
    int64_t count = 0;
    while (batch_next(b, &cursor, &line, &line_len)) {
        struct result_line result;
        struct fault f;
        count++;
        if (result_line_read(line, line_len, &result, &f) < 0)
            continue;
        if (result.set && result.present >> result.set->count != 0)
            abort(); /* a metric at a position that the check does not have */
        if (result.detail.len > 0 && result.detail.at[0] != '{')
            abort();
    }
    if (count != b->header.count)
        abort();
}

/* Whatever is packed, in an envelope that promises it. */
static void read_packed(const char *packed, size_t len, int64_t count, size_t length)
{
    struct batch b = {.header = {.count = count, .packed = len, .length = length},
                      .envelope = {.packed = packed, .packed_len = len}};
    struct fault f;
    if (batch_unpack(&b, &f) == BATCH_FINE)
        read_lines(&b);
    batch_free(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    const char *text = (const char *)bytes;
    struct buf packed = {0};
    int64_t count = 0;
    for (size_t i = 0; i < len; i++)
        count += bytes[i] == '\n';
    /* As lines that somebody packed honestly, and as a packed frame. */
    zst_pack(bytes, len, &packed);
    read_packed(packed.data, packed.len, count, len);
    buf_free(&packed);
    for (size_t length = 0; length < 64; length++)
        read_packed(text, len, count, length);
    return 0;
}
