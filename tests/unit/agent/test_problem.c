#include "tests/unit/check.h"

#include "agent/uplink/problem.h"

static struct web_reply reply_of(const char *type, const char *body)
{
    struct web_reply reply = {.outcome = OUTCOME_OK, .status = 403};
    snprintf(reply.content_type, sizeof reply.content_type, "%s", type);
    if (body)
        buf_add_text(&reply.body, body);
    return reply;
}

/* A captive portal answers everything: it is no word of the collector's. */
static void what_is_no_problem_is_not_read(void **state)
{
    static const struct {
        const char *type, *body;
        bool is;
    } rows[] = {
        {"application/problem+json", "{}", true},
        {"Application/Problem+JSON", "{}", true},
        {"application/problem+json; charset=utf-8", "{}", true},
        {"application/problem+json\t", "{}", true},
        {"application/problem+json-seq", "{}", false},
        {"application/json", "{}", false},
        {"text/html", "<html>", false},
        {"", "{}", false},
        {"application/problem+json", NULL, false},
        {"application/problem+json", "", false},
        {"application/problem+json", "[]", false},
        {"application/problem+json", "\"no\"", false},
        {"application/problem+json", "{\"title\":7}", false},
        {"application/problem+json", "{\"detail\":[]}", false},
        {"application/problem+json", "{\"title\":\"a\"", false},
        {"application/problem+json", "{\"title\":\"a\",\"title\":\"b\"}", false},
        {"application/problem+json", "{\"title\":null}", true},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct web_reply reply = reply_of(rows[i].type, rows[i].body);
        char title[16] = "as before", detail[16] = "as before";
        if (problem_read(&reply, title, sizeof title, detail, sizeof detail) != rows[i].is)
            fail_msg("row %zu", i);
        assert_string_equal(title, rows[i].is ? "" : "as before");
        assert_string_equal(detail, rows[i].is ? "" : "as before");
        buf_free(&reply.body);
    }
}

static void texts_are_cut_to_their_room(void **state)
{
    struct web_reply reply = reply_of("application/problem+json", "{\"title\":\"0123456789\",\"detail\":\"abc\"}");
    char title[8], detail[8];
    assert_true(problem_read(&reply, title, sizeof title, detail, sizeof detail));
    assert_string_equal(title, "0123456");
    assert_string_equal(detail, "abc");
    buf_free(&reply.body);
}

static void is_of_its_type_alone(void **state)
{
    static const struct {
        const char *body;
        bool is;
    } rows[] = {
        {"{\"type\":\"urn:internetmetre:problem:forgotten-probe\"}", true},
        {"{\"type\":\"urn:internetmetre:problem:forgotten-probe2\"}", false},
        {"{\"type\":\"urn:internetmetre:problem:forgotten\"}", false},
        {"{\"type\":\"urn:other:problem:forgotten-probe\"}", false},
        {"{\"type\":\"forgotten-probe\"}", false},
        {"{\"type\":7}", false},
        {"{}", false},
        {"[\"urn:internetmetre:problem:forgotten-probe\"]", false},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct web_reply reply = reply_of("application/problem+json", rows[i].body);
        if (problem_is(&reply, "forgotten-probe") != rows[i].is)
            fail_msg("row %zu", i);
        strcpy(reply.content_type, "text/html");
        assert_false(problem_is(&reply, "forgotten-probe"));
        buf_free(&reply.body);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_no_problem_is_not_read),
        cmocka_unit_test(texts_are_cut_to_their_room),
        cmocka_unit_test(is_of_its_type_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
