/* One result line: whatever our reader accepts, jansson must accept too, with
 * the same numbers; and what is found to be in range is in range. */
#include "tests/fuzz/fuzz.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include <jansson.h>

#include "common/json.h"
#include "common/result.h"
#include "common/scan.h"

static double number(const json_t *metrics, const char *name, double absent)
{
    const json_t *value = json_object_get(metrics, name);
    return value ? json_number_value(value) : absent;
}

/* What a figure relies on, of numbers that were judged to be in range. */
static void hold(const struct result_line *line, const json_t *metrics)
{
    const struct metric_set *set = line->set;
    for (size_t i = 0; i < set->count; i++) {
        double value = line->metrics[i];
        bool whole = set->whole >> i & 1;
        if (line->present >> i & 1 && (!(value >= set->ranges[i].min && value <= set->ranges[i].max) ||
                                       (whole && (double)(long long)value != value)))
            abort();
    }
    double sent = number(metrics, "sent", 0), rcvd = number(metrics, "rcvd", 0), loss = number(metrics, "loss", 0);
    if (!(rcvd <= sent) || !(loss >= 0 && loss <= 1) || (loss > 0 && sent < 1))
        abort();
    if (!(number(metrics, "rtt_min_ms", 0) <= number(metrics, "rtt_max_ms", INFINITY) * 1.00001))
        abort();
}

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
        if (metric && json_number_value(metric) != line.metrics[i])
            abort();
    }
    if (line.set && metric_judge(line.set, line.metrics, line.present, &f) == 0)
        hold(&line, metrics);
    return 0;
}
