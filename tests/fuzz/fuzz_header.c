/* The first frame of a batch, which any stranger may write: what is accepted
 * keeps to the limits that later readers rely on. */
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "common/batch.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct buf file = {0};
    const char frame[] = {0x50, 0x2a, 0x4d, 0x18, (char)len, (char)(len >> 8), (char)(len >> 16), (char)(len >> 24)};
    struct batch b;
    struct fault f;
    buf_add(&file, frame, sizeof frame);
    buf_add(&file, bytes, len);
    if (batch_front(file.data, file.len, 0, &b, &f) == BATCH_FINE) {
        const struct batch_header *h = &b.header;
        if (len > ENVELOPE_HEADER_MAX || h->packed == 0 || h->packed > BATCH_WIRE_MAX || h->length > BATCH_BYTES_MAX ||
            h->count < 0 || h->count > BATCH_RESULTS_MAX || h->seq < 1 || h->has_prev != (h->seq > 1))
            abort();
        if (!probe_id_valid(h->probe, strlen(h->probe)) || memchr(b.envelope.header, '\n', len - 1))
            abort();
        size_t total = ENVELOPE_FRAME + len + h->packed + ENVELOPE_SIGNATURE_SIZE;
        struct batch again;
        if (batch_front(file.data, file.len, total + 1, &again, &f) == BATCH_FINE)
            abort();
        batch_free(&b);
    }
    /* The frame's own eight octets may be anything, too. */
    if (batch_front((const char *)bytes, len, len, &b, &f) == BATCH_FINE)
        batch_free(&b);
    buf_free(&file);
    return 0;
}
