/* One result line: whatever our reader accepts, jansson must accept too, with
 * the same numbers. */
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>

#include <jansson.h>

#include "common/json.h"
#include "common/result.h"
#include "common/scan.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    const char *text = (const char *)bytes;
    struct result_line line;
    struct fault f;
    if (scan_utf8(text, len) != len || result_line_read(text, len, &line, &f) < 0)
        return 0;
    json_error_t error;
    _cleanup_json_ json_t *value = json_loadb(text, len, JSON_DECODE_INT_AS_REAL, &error);
    if (!value)
        abort();
    const json_t *metrics = json_object_get(value, "metrics");
    for (size_t i = 0; line.set && i < line.set->count; i++) {
        const json_t *metric = json_object_get(metrics, line.set->metrics[i].name);
        if ((metric != NULL) != (line.present >> i & 1))
            abort();
        if (metric && (float)json_number_value(metric) != line.metrics[i])
            abort();
    }
    return 0;
}
