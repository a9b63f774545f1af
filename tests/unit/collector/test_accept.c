#include "tests/unit/check.h"

#include <errno.h>

#include "collector/http/accept.h"

static void takes_what_the_client_likes_best(void **state)
{
    enum { JSON, LINES, CSV };
    static const char *const types[] = {"application/json", "application/x-ndjson", "text/csv"};
    static const struct {
        const char *header;
        int chosen;
    } rows[] = {
        {NULL, JSON},
        {"", JSON},
        {"*/*", JSON},
        {"text/csv", CSV},
        {"TEXT/CSV", CSV},
        {"text/csv; charset=utf-8; header=present", CSV},
        {"text/*", CSV},
        {"text/csv, */*;q=0.1", CSV},
        {"application/*", JSON},
        {"application/x-ndjson , application/json;q=0.9", LINES},
        /* weights, RFC 9110 section 12.4.2 */
        {"text/csv;q=0.1, application/json", JSON},
        {"application/json;q=0.2,text/csv;q=0.21", CSV},
        {"text/csv;header=present ; Q=0.999, application/json;q=1.000", JSON},
        /* of equals the first */
        {"application/json, text/csv", JSON},
        {"text/csv, application/json", CSV},
        /* the closest range counts, wherever it stands: RFC 9110 section 12.5.1 */
        {"*/*;q=0.5, text/csv;q=0.1", JSON},
        {"text/*;q=0.9, text/csv;q=0, application/json;q=0.1", JSON},
        {"text/csv;q=0.3, */*;q=0.2", CSV},
        /* refused is not sent */
        {"text/csv;q=0, application/json", JSON},
        {"text/csv;q=0, */*;q=0.1", JSON},
        {"application/json;q=0", LINES},
        {"application/json;q=0.0, application/x-ndjson;q=0.000", CSV},
        {"application/json;q=0, */*", LINES},
        {"*/*;q=0, text/csv", CSV},
        {"*/*;q=0", -ENOENT},
        {"application/*;q=0, text/*;q=0", -ENOENT},
        /* who names nothing that is here, as a browser may, is served */
        {"text/html", JSON},
        {"text/html,application/xhtml+xml,application/xml;q=0.9,image/webp,*/*;q=0.8", JSON},
        /* what cannot be read refuses nothing */
        {"text/csv;q=zero", CSV},
        {"text/csv;q=2", CSV},
        {"text/csv;q=0.0000", CSV},
        {";;,;q=0,,text/csv;", CSV},
        {"text/csvx, xtext/csv, text/", JSON},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        int chosen = accept_choose(rows[i].header, types, COUNT(types));
        if (chosen != rows[i].chosen)
            fail_msg("\"%s\": %d, wanted %d", rows[i].header, chosen, rows[i].chosen);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_what_the_client_likes_best),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
