#include "tests/unit/check.h"

#include "collector/command/session.h"

/* A verb without a deed would be run without one. */
static void each_verb_has_its_deed(void **state)
{
    static const struct command *const commands[] = {&command_token, &command_key, &command_probe, &command_operator};
    for (size_t c = 0; c < COUNT(commands); c++) {
        assert_ptr_equal(commands[c]->run, session_run);
        for (const struct verb *v = commands[c]->verbs; v->name; v++) {
            const struct deed *deed = v->data;
            if (!deed || !deed->work)
                fail_msg("%s %s does nothing", commands[c]->name, v->name);
        }
    }
}

static int tell(const struct session *s, struct fault *f)
{
    assert_null(s->pg);
    assert_null(s->database);
    assert_string_equal(s->in->args[0], "word");
    return s->in->arg_count == 1 ? 0 : fault_set(f, -1, "one word too many");
}

static void what_a_deed_returns_is_the_status(void **state)
{
    static const struct deed alone = {.work = tell, .alone = true};
    static const struct verb verb = {"tell", .data = &alone};
    static const struct {
        size_t words;
        int status;
    } rows[] = {{1, EXIT_OK}, {2, EXIT_NOT_OK}};
    for (size_t i = 0; i < COUNT(rows); i++)
        assert_int_equal(session_run(&(const struct invocation){
                             .verb = &verb, .args = (const char *const[]){"word", "word"}, .arg_count = rows[i].words}),
                         rows[i].status);
}

static void without_its_database_nothing_is_done(void **state)
{
    struct context context = {.database = {.address = "host=/nonexistent", .state_dir = "/nonexistent"}};
    const struct invocation in = {.context = &context};
    assert_int_equal(session_do(&in, tell, NULL), EXIT_NOT_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_verb_has_its_deed),
        cmocka_unit_test(what_a_deed_returns_is_the_status),
        cmocka_unit_test(without_its_database_nothing_is_done),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
