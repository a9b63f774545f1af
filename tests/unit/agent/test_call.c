/* What is sent goes through tests/unit/both/test_web.c's server and the end-to-end
 * tests; here is what is decided about it. */
#include "tests/unit/check.h"

#include <errno.h>

#include "agent/uplink/call.h"
#include "common/lang.h"

static bool synced;

static bool fake_synced(void *ctx)
{
    return synced;
}

static const struct clock fake = {.synced = fake_synced};

/* Only a question may go out before anybody can judge a certificate. */
static void a_letter_waits_for_a_certificate(void **state)
{
    const struct buf body = {.data = (char *)"x", .len = 1};
    const struct {
        struct call call;
        bool synced, needs;
    } rows[] = {
        {{.path = "/api/v1/time"}, false, false},
        {{.path = "/api/v1/time"}, true, true},
        {{.path = "/api/v1/plans", .is_unsigned = true}, false, true},
        {{.path = "/api/v1/leave", .body = &body}, false, true},
        {{.path = "/api/v1/leave", .body = &body}, true, true},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        synced = rows[i].synced;
        if (call_needs_certificate(&rows[i].call, &fake) != rows[i].needs)
            fail_msg("row %zu", i);
    }
}

static void what_an_answer_means(void **state)
{
#define PROBLEM(slug) "{\"type\":\"urn:internetmetre:problem:" slug "\",\"title\":\"No\",\"detail\":\"why not\"}"
    static const struct {
        enum outcome outcome;
        long status;
        const char *type, *body;
        int code;
        const char *says;
    } rows[] = {
        {OUTCOME_OK, 200, "application/x-ndjson", "{}\n{}\n", 0, ""},
        {OUTCOME_OK, 201, "text/html", "{}\n{}\n", 0, ""}, /* the signature will tell */
        {OUTCOME_OK, 204, "", NULL, -ENODATA, "empty"},
        {OUTCOME_OK, 200, "text/html", NULL, -EIO, "200"},
        {OUTCOME_OK, 302, "text/html", "moved", -EIO, "302"},
        {OUTCOME_OK, 401, "application/problem+json", PROBLEM("signature"), -EKEYREJECTED, "why not"},
        {OUTCOME_OK, 403, "application/problem+json", PROBLEM("unknown-probe"), -EACCES, "why not"},
        {OUTCOME_OK, 401, "text/html", PROBLEM("signature"), -EIO, "401"}, /* a portal's */
        {OUTCOME_TIMEOUT, 0, "", NULL, -EIO, "answer in time"},
        {OUTCOME_TIMEOUT, 204, "", NULL, -EIO, "answer in time"}, /* the headers came, and no more */
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct web_reply reply = {.outcome = rows[i].outcome, .status = rows[i].status};
        struct fault f = {0};
        snprintf(reply.content_type, sizeof reply.content_type, "%s", rows[i].type);
        if (rows[i].body)
            buf_add_text(&reply.body, rows[i].body);
        int code = call_judge(&reply, false, &f);
        if (code != rows[i].code || !strstr(f.text, rows[i].says))
            fail_msg("row %zu: %d %s", i, code, f.text);
        buf_free(&reply.body);
    }
}

static void only_a_person_hears_that_it_may_be_tried_again(void **state)
{
    const struct web_reply reply = {.outcome = OUTCOME_TIMEOUT};
    struct fault f = {0};
    assert_int_equal(call_judge(&reply, true, &f), -EIO);
    assert_non_null(strstr(f.text, "Try again later"));
    assert_int_equal(call_judge(&reply, false, &f), -EIO);
    assert_null(strstr(f.text, "Try again later"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_letter_waits_for_a_certificate),
        cmocka_unit_test(what_an_answer_means),
        cmocka_unit_test(only_a_person_hears_that_it_may_be_tried_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
