#include "tests/unit/check.h"

#include "agent/dns/panel.h"
#include "agent/dns/trust.h"
#include "agent/io/address.h"
#include "agent/io/policy.h"
#include "common/clock.h"

static uv_loop_t loop;
static unsigned over;

static void on_done(void *user)
{
    over++;
}

/* Nobody tells who serves the zone: there is an end, nobody was asked, and nothing is held against anybody. */
static void without_servers_nobody_is_judged(void **state)
{
    struct env env = {.loop = &loop, .clock = &clock_system};
    struct policy policy = {0};
    struct answers *known = answers_new();
    struct panel_wish wish = {.policy = &policy,
                              .anchor = trust_root_anchor(),
                              .name = "www.essai",
                              .type = "A",
                              .known = known,
                              .timeout_ms = 50};
    struct panel_report report;
    assert_int_equal(uv_loop_init(&loop), 0);
    uv_ip4_addr("127.0.0.1", 1, (struct sockaddr_in *)&wish.resolver);
    struct panel *p = panel_new(&env, &wish, on_done, NULL);
    while (!over)
        uv_run(&loop, UV_RUN_ONCE);
    json_t *list = panel_json(p);
    panel_result(p, &report);
    assert_int_equal(json_array_size(list), 0);
    assert_int_equal(report.tested + report.bogus, 0);
    assert_false(report.signed_);
    assert_null(report.first);
    assert_int_equal(panel_count(p), 0);
    assert_true(panel_wire_bytes(p) > 0);
    json_decref(list);
    panel_free(p);
    panel_free(NULL);
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&loop), 0);
    assert_int_equal(over, 1);
    answers_free(known);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(without_servers_nobody_is_judged)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
