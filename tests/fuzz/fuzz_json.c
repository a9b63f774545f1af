/* The scanner against jansson: the same verdict on every text. */
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "common/json.h"
#include "common/limits.h"
#include "common/scan.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    const char *text = (const char *)bytes;
    if (len > 0 && memchr(bytes, 0, len))
        return 0; /* jansson takes a NUL behind a number for the end */
    struct scan s;
    struct fault f;
    enum scan_token token;
    scan_start(&s, text, len, JSON_DEPTH_MAX);
    do
        token = scan_next(&s);
    while (token != SCAN_END && token != SCAN_BAD);
    bool accepted = token == SCAN_END && scan_utf8(text, len) == len;
    bool deep = token == SCAN_BAD && s.depth >= JSON_DEPTH_MAX;

    json_error_t error;
    json_t *value = json_loadb(text, len, JSON_DECODE_ANY | JSON_DECODE_INT_AS_REAL, &error);
    if (!deep && accepted != (value != NULL))
        abort();
    json_decref(value);

    json_t *strict = NULL;
    if (json_read(text, len, len, JSON_DEPTH_MAX, &strict, &f) == 0 && !accepted)
        abort();
    json_decref(strict);
    return 0;
}
