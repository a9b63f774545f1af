#include "tests/unit/check.h"

#include "common/cause.h"
#include "common/result.h"

static void words_have_sentences(void **state)
{
    assert_true(cause_known("no_tls"));
    assert_false(cause_known("no tls"));
    assert_false(cause_known(""));
    assert_string_equal(cause_text("no_tls"), "what the server answers is not TLS");
    assert_string_equal(cause_text("nobody said that"), "nobody said that");
}

static const char *detail(const struct result *r, const char *name)
{
    return json_string_value(json_object_get(r->detail, name));
}

static void results_carry_both(void **state)
{
    struct result *r = result_new("http", "t", "http://nic.bj/");
    result_fail(r, OUTCOME_PROTOCOL_ERROR, "no_tls", NULL);
    assert_int_equal(r->outcome, OUTCOME_PROTOCOL_ERROR);
    assert_string_equal(detail(r, "cause"), "no_tls");
    assert_string_equal(detail(r, "reason"), "what the server answers is not TLS");
    result_fail(r, OUTCOME_REFUSED, "http_status", "HTTP status 404");
    assert_string_equal(detail(r, "cause"), "http_status");
    assert_string_equal(detail(r, "reason"), "HTTP status 404");
    result_free(r);
}

/* 15241820 octets are no 15241820.0. */
static void whole_numbers_have_no_point(void **state)
{
    struct result *r = result_new("http", "t", "http://nic.bj/");
    result_metric(r, "body_bytes", 15241820);
    result_metric(r, "total_ms", 12);
    for (size_t i = 0; i < r->set->count; i++) {
        if (!(r->present >> i & 1))
            continue;
        json_t *value = result_metric_json(r, i);
        bool octets = strcmp(r->set->metrics[i].name, "body_bytes") == 0;
        assert_int_equal(json_is_integer(value), octets);
        assert_true(json_number_value(value) == r->metrics[i]);
        json_decref(value);
    }
    result_free(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_have_sentences),
        cmocka_unit_test(results_carry_both),
        cmocka_unit_test(whole_numbers_have_no_point),
    };
    return cmocka_run_group_tests_name("cause", tests, NULL, NULL);
}
