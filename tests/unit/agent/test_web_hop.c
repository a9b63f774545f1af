/* Where a hop may go, and what a hop was that we cut ourselves. How curl ends one by itself is
 * tests/unit/both/test_web.c's. */
#include "tests/unit/check.h"

#include "agent/io/web_hop.h"
#include "common/limits.h"

static struct sockaddr_storage address(const char *text)
{
    struct sockaddr_storage sa = {0};
    if (uv_ip4_addr(text, 0, (struct sockaddr_in *)&sa) < 0 && uv_ip6_addr(text, 0, (struct sockaddr_in6 *)&sa) < 0)
        fail_msg("%s", text);
    return sa;
}

static void what_was_typed_and_where_it_leads(void **state)
{
    static const struct policy strict = {0}, typed = {.typed = true}, any = {.allow_private = true};
    static const struct {
        const struct policy *policy;
        const char *from; /* NULL: the first hop */
        const char *to;
        bool open, reach;
    } rows[] = {
        {NULL, NULL, "10.0.0.1", true, true},
        {&any, "192.0.2.1", "10.0.0.1", true, true},
        {&strict, NULL, "9.9.9.9", true, true},
        {&strict, NULL, "10.0.0.1", false, false},
        {&strict, "10.0.0.1", "10.0.0.1", false, false},
        {&typed, NULL, "10.0.0.1", false, true},
        {&typed, "10.0.0.1", "10.0.0.1", false, true}, /* back to where it came from */
        {&typed, "10.0.0.1", "10.0.0.2", false, false},
        {&typed, "10.0.0.1", "::1", false, false},
        {&typed, "9.9.9.9", "2620:fe::fe", true, true},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct web_transfer t = {.request.policy = rows[i].policy, .reply.redirects = rows[i].from != NULL};
        struct sockaddr_storage sa = address(rows[i].to);
        if (rows[i].from)
            strcpy(t.from, rows[i].from);
        if (web_hop_open(&t, (struct sockaddr *)&sa) != rows[i].open ||
            web_hop_may_reach(&t, (struct sockaddr *)&sa) != rows[i].reach)
            fail_msg("row %zu", i);
        assert_int_equal(*t.denied.text != '\0', !rows[i].open);
    }
}

static void why_we_cut_it(void **state)
{
    static const struct {
        int cut;
        enum outcome outcome;
        const char *says;
    } rows[] = {
        {CUT_ENOUGH, OUTCOME_OK, ""},
        {CUT_REDIRECT, OUTCOME_OK, ""},
        {CUT_BODY_MAX, OUTCOME_PROTOCOL_ERROR, "larger than 77 octets"},
        {CUT_HEADERS, OUTCOME_PROTOCOL_ERROR, "headers are larger"},
        {CUT_POLICY, OUTCOME_DENIED, "not there"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        char reason[64] = "of before";
        struct web_transfer t = {.request.body_max = 77, .denied.text = "not there"};
        t.cut = rows[i].cut;
        enum outcome outcome = web_hop_judge(&t, CURLE_WRITE_ERROR, reason, sizeof reason);
        if (outcome != rows[i].outcome || !strstr(reason, rows[i].says) || (!*rows[i].says && *reason))
            fail_msg("row %zu: %s, %s", i, outcome_word(outcome), reason);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_typed_and_where_it_leads),
        cmocka_unit_test(why_we_cut_it),
    };
    return cmocka_run_group_tests_name("web_hop", tests, NULL, NULL);
}
