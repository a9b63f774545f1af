/* The chain of trust over answers that a stranger wrote: it ends, in a verdict
 * that JSON can hold. */
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>

#include "tests/fuzz/trust_case.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct trust *t = NULL;
    struct trust_report report;
    if (trust_case_walk(bytes, len, &t) < 0)
        return 0;
    json_t *detail = json_object();
    trust_result(t, &report);
    trust_detail(t, detail);
    char *text = json_dumps(detail, JSON_COMPACT);
    if (!text || (report.verdict == TRUST_BOGUS && !report.link[0]))
        abort();
    free(text);
    json_decref(detail);
    trust_free(t);
    return 0;
}
