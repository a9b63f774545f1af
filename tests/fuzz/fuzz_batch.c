/* A batch as the collector reads it: envelope, lines, results. What is
 * accepted must be consistent with itself. */
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>

#include "common/batch.h"
#include "common/result.h"
#include "common/scan.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct batch b;
    struct fault f;
    if (batch_read((const char *)bytes, len, &b, &f) != BATCH_FINE)
        return 0;
    size_t cursor = 0, line_len;
    const char *line;
    int64_t count = 0;
    while (batch_next(&b, &cursor, &line, &line_len)) {
        struct result_line result;
        count++;
        if (result_line_read(line, line_len, &result, &f) < 0)
            continue;
        if (result.set && result.present >> result.set->count != 0)
            abort(); /* a metric at a position that the check does not have */
        if (result.detail.len > 0 && result.detail.at[0] != '{')
            abort();
    }
    if (count != b.count)
        abort();
    if (batch_verify(&b, (const uint8_t[SIGN_PUBLIC_SIZE]){0}, &f) == BATCH_FINE)
        abort(); /* nobody holds the key of the zero point's encoding here */
    batch_free(&b);
    return 0;
}
