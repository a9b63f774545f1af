#include "tests/unit/check.h"

#include "agent/command/command.h"
#include "common/lang.h"

static const struct command *const commands[] = {
    &command_checks, &command_enroll, &command_measure, &command_run, &command_spool, &command_status, NULL};

#define WORDS 12

static const struct program program = {
    .name = "internetmetre-agent", .commands = commands, .config = "agent.conf", .state_dir = "state"};

static int read_words(const char *const *words, struct invocation *in, struct fault *f)
{
    static char *argv[WORDS + 2]; /* what was read points into it */
    int argc = 1;
    argv[0] = "internetmetre-agent";
    for (size_t i = 0; i < WORDS && words[i]; i++)
        argv[argc++] = (char *)words[i];
    return invocation_read(&program, argc, argv, in, f);
}

static void shared_options_stand_anywhere(void **state)
{
    static const char *const rows[][WORDS] = {
        {"--config", "c", "--state-dir=s", "measure", "ping", "x", "--set", "a=1", "--json", "--set=b=2"},
        {"measure", "--config=c", "ping", "--set", "a=1", "x", "--set", "b=2", "--json", "--state-dir", "s"},
        {"measure", "ping", "--json", "--set", "a=1", "--set", "b=2", "--config", "c", "--state-dir", "s", "x"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct invocation in;
        struct fault f = {0};
        if (read_words(rows[i], &in, &f) < 0)
            fail_msg("row %zu: %s", i, f.text);
        assert_ptr_equal(in.command, &command_measure);
        assert_string_equal(in.config, "c");
        assert_string_equal(in.state_dir, "s");
        assert_int_equal(in.arg_count, 2);
        assert_string_equal(in.args[1], "x");
        assert_true(invocation_flag(&in, "json"));
        assert_false(invocation_flag(&in, "allow-private"));
        assert_string_equal(invocation_nth(&in, "set", 0), "a=1");
        assert_string_equal(invocation_nth(&in, "set", 1), "b=2");
        assert_null(invocation_nth(&in, "set", 2));
        assert_string_equal(invocation_text(&in, "set"), "b=2");
    }
}

static void names_the_option_and_the_cure(void **state)
{
    static const struct {
        const char *words[WORDS];
        const char *says[2];
    } rows[] = {
        {{NULL}, {"command", "--help"}},
        {{"mesure"}, {"mesure", "--help"}},
        {{"--json", "measure"}, {"--json", "before a command"}},
        {{"measure"}, {"measure", "CHECK [TARGET]"}},
        {{"measure", "ping", "x", "y"}, {"y", "usage"}},
        {{"measure", "ping", "x", "--sett", "a=1"}, {"--sett", "measure --help"}},
        {{"measure", "ping", "x", "--set"}, {"--set", "KEY=VALUE"}},
        {{"measure", "ping", "x", "--json=yes"}, {"--json", "no value"}},
        {{"measure", "ping", "x", "-j"}, {"-j", "two dashes"}},
        {{"run", "--config"}, {"--config", "FILE"}},
        {{"enroll", "http://x"}, {"enroll", "URL TOKEN"}},
        {{"enroll", "http://x", "imt_x", "--pin", "short"}, {"--pin short", "44 characters"}},
        {{"run", "--seconds", "12x"}, {"--seconds 12x", "1 to"}},
        {{"run", "--once", "--once"}, {"--once", "twice"}},
        {{"spool", "list", "--all"}, {"--all", "spool list"}},
        {{"spool", "export"}, {"missing", "spool"}},
        {{"spool", "lost"}, {"lost", "list, verify, export, push"}},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct invocation in;
        struct fault f = {0};
        if (read_words(rows[i].words, &in, &f) >= 0)
            fail_msg("row %zu was read", i);
        for (size_t w = 0; w < 2; w++)
            if (!strstr(f.text, rows[i].says[w]))
                fail_msg("row %zu lacks \"%s\": %s", i, rows[i].says[w], f.text);
    }
}

static void words_after_two_dashes_are_words(void **state)
{
    static const char *const words[WORDS] = {"measure", "ping", "--", "--set"};
    struct invocation in;
    struct fault f;
    assert_int_equal(read_words(words, &in, &f), 0);
    assert_string_equal(in.args[1], "--set");
}

static void help_needs_nothing_else(void **state)
{
    static const char *const rows[][WORDS] = {{"--help"}, {"measure", "--help"}, {"--help", "enroll"}, {"-h"}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct invocation in;
        struct fault f;
        assert_int_equal(read_words(rows[i], &in, &f), 0);
        assert_true(in.help);
    }
    static const char *const version[WORDS] = {"run", "--version"};
    struct invocation in;
    struct fault f;
    assert_int_equal(read_words(version, &in, &f), 0);
    assert_true(in.version);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shared_options_stand_anywhere),
        cmocka_unit_test(names_the_option_and_the_cure),
        cmocka_unit_test(words_after_two_dashes_are_words),
        cmocka_unit_test(help_needs_nothing_else),
    };
    lang_start("en");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
