#include "tests/unit/check.h"

#include "collector/command/command.h"

static const struct command *const commands[] = {&command_simulate, NULL};
static const struct program program = {
    .name = "internetmetre-collector", .commands = commands, .state_dir = "/nonexistent"};

/* Refused before a database is touched: there is none. */
static void what_does_not_go_together(void **state)
{
    static const char *const lines[][12] = {
        {"x", "simulate"},
        {"x", "simulate", "--probes", "1", "--days", "1"},
        {"x", "simulate", "--remove", "--seed", "1"},
        {"x", "simulate", "--probes", "1", "--days", "1", "--seed", "1", "--batches", "--rollups"},
    };
    for (size_t i = 0; i < COUNT(lines); i++) {
        char *argv[12] = {0};
        int argc = 0;
        struct invocation in;
        struct fault f = {0};
        for (; lines[i][argc]; argc++)
            argv[argc] = (char *)(uintptr_t)lines[i][argc];
        if (invocation_read(&program, argc, argv, &in, &f) < 0)
            fail_msg("row %zu: %s", i, f.text);
        assert_int_equal(command_simulate.run(&in), EXIT_USAGE);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(what_does_not_go_together)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
