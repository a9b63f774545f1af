#include "tests/unit/check.h"

#include <errno.h>

#include "common/invocation.h"
#include "common/lang.h"

static const char *const colours[] = {"red", "green", NULL};

static int check_even(const char *text, struct fault *f)
{
    return strlen(text) % 2 == 0 ? 0 : fault_set(f, -EINVAL, "an even number of letters is wanted");
}

static const struct option options[] = {
    {"note", "TEXT", "", .max = 5},
    {"file", "FILE", "", OPTION_FILE},
    {"count", "N", "", OPTION_NUMBER, 1, 10, .verb = "make"},
    {"keep", "90d", "", OPTION_DURATION, .verb = "make"},
    {"from", "DAY", "", OPTION_DAY},
    {"year", "YEAR", "", OPTION_YEAR},
    {"colour", "WORD", "", OPTION_WORD, .choices = colours},
    {"pair", "TEXT", "", .check = check_even, .many = true},
    {"force", NULL, "", .verb = "make"},
    {"why", "TEXT", "", .verb = "make drop"},
    {0},
};

static const struct verb verbs[] = {{"make"}, {"list"}, {"drop", 1, 2, check_even}, {0}};
static const struct verb perhaps[] = {{"show", 1, 1}, {"close"}, {""}, {0}};
static const struct option page_options[] = {{"year", "Y", "", .verb = " close"}, {"wide", NULL, "", .verb = ""}, {0}};

static const struct command box = {
    .name = "box", .usage = "make\nlist\ndrop NAME…", .help = "", .options = options, .verbs = verbs};
static const struct command page = {
    .name = "page", .usage = "[show NAME]", .help = "", .options = page_options, .verbs = perhaps};
static const struct command take = {.name = "take", .usage = "FILE…", .help = "", .args_min = 1, .args_max = SIZE_MAX};
static const struct command plain = {.name = "plain", .help = ""};
static const struct command *const commands[] = {&box, &page, &take, &plain, NULL};

static const struct program program = {.name = "prog", .commands = commands, .config = "c", .state_dir = "s"};
static const struct program stateless = {.name = "prog", .commands = commands, .config = "c"};

#define WORDS 100

static int read_line(const struct program *p, const char *line, struct invocation *in, struct fault *f)
{
    static char text[1000], *argv[WORDS];
    int argc = 1;
    argv[0] = "prog";
    snprintf(text, sizeof text, "%s", line);
    for (char *rest = text, *word; argc < WORDS && (word = strsep(&rest, " ")) != NULL;)
        if (*word)
            argv[argc++] = word;
    return invocation_read(p, argc, argv, in, f);
}

static void what_fits_is_read(void **state)
{
    struct invocation in;
    struct fault f = {0};
    if (read_line(&program,
                  "box --count 10 make --keep=2h --year 2026 --force --pair ab --note x --pair cd --colour green", &in,
                  &f) < 0)
        fail_msg("%s", f.text);
    assert_ptr_equal(in.command, &box);
    assert_true(invocation_verb(&in, "make"));
    assert_int_equal(in.arg_count, 0);
    assert_int_equal(invocation_number(&in, "count", 3), 10);
    assert_int_equal(invocation_number(&in, "keep", 3), 7200000000);
    assert_int_equal(invocation_number(&in, "none", 3), 3);
    assert_string_equal(invocation_nth(&in, "pair", 1), "cd");
    assert_true(invocation_flag(&in, "force"));

    assert_int_equal(read_line(&program, "box make --why x", &in, &f), 0);
    assert_int_equal(read_line(&program, "--state-dir x box drop ab --note n cdef --why x", &in, &f), 0);
    assert_int_equal(in.arg_count, 2);
    assert_string_equal(in.args[1], "cdef");
    assert_string_equal(in.state_dir, "x");

    assert_int_equal(read_line(&program, "page", &in, &f), 0);
    assert_true(invocation_verb(&in, ""));
    assert_int_equal(read_line(&program, "page show x", &in, &f), 0);
    assert_string_equal(in.args[0], "x");
    assert_int_equal(read_line(&program, "page --year 3 --wide", &in, &f), 0);
    assert_int_equal(read_line(&program, "page close --year 3", &in, &f), 0);
}

static void a_command_may_take_many_words(void **state)
{
    struct invocation in;
    struct fault f;
    char line[400] = "take";
    for (int i = 0; i < 90; i++)
        strcat(line, " a");
    assert_int_equal(read_line(&program, line, &in, &f), 0);
    assert_int_equal(in.arg_count, 90);
    for (size_t i = 0; i < in.arg_count; i++)
        assert_string_equal(in.args[i], "a");
}

static void what_does_not_fit_is_refused(void **state)
{
    static const struct {
        const char *line, *says[3];
    } rows[] = {
        {"", {"a command is missing", "prog --help"}},
        {"bix", {"bix: no such command", "prog --help"}},
        {"box", {"box needs a verb", "make, list, drop", "prog box --help"}},
        {"box mke", {"mke: ", "make, list, drop", "prog box --help"}},
        {"box list x", {"x: one word too many", "usage: prog box list"}},
        {"box drop", {"something is missing", "usage: prog box drop NAME…"}},
        {"box drop ab cd ef", {"ef: one word too many"}},
        {"box drop ab abc", {"abc: an even number", "prog box --help"}},
        {"take", {"something is missing", "usage: prog take FILE…"}},
        {"plain x", {"x: one word too many", "usage: prog plain"}},
        {"page hide", {"hide: ", "only: show, close"}},
        {"page show x --year 3", {"--year does not go with page show"}},
        {"page close --wide", {"--wide does not go with page close"}},
        {"box make --cuont 3", {"--cuont: box has no such option", "prog box --help"}},
        {"box make --coun 3", {"--coun: box has no such option"}},
        {"--count 3 box make", {"--count: no such option before a command"}},
        {"box make --count", {"--count needs a value"}},
        {"box make --note --force", {"--note needs a value"}},
        {"box make --count=", {"--count : a whole number from 1 to 10"}},
        {"box make --count 12x", {"--count 12x: a whole number", "prog box --help"}},
        {"box make --count 0", {"--count 0: a whole number"}},
        {"box make --count 11", {"--count 11: a whole number"}},
        {"box make --count -3", {"--count -3: a whole number"}},
        {"box make --count +3", {"--count +3: a whole number"}},
        {"box make --count 3 --count 3", {"--count stands twice"}},
        {"box list --count 3", {"--count does not go with box list"}},
        {"box drop ab --force", {"--force does not go with box drop"}},
        {"box list --why x", {"--why does not go with box list"}},
        {"box make --force=yes", {"--force takes no value"}},
        {"box make --keep 0s", {"--keep 0s: a duration"}},
        {"box make --keep 5", {"--keep 5: a duration"}},
        {"box make --keep -3d", {"--keep -3d: a duration"}},
        {"box make --keep 99999d", {"--keep 99999d: a duration"}},
        {"box list --from 2026-02-30", {"--from 2026-02-30: a day"}},
        {"box list --from yesterday", {"--from yesterday: a day"}},
        {"box list --year 26", {"--year 26: a year of four digits"}},
        {"box list --year 202x", {"--year 202x: a year of four digits"}},
        {"box list --year 0026", {"--year 0026: a year of four digits"}},
        {"box list --colour blue", {"--colour blue: one of these", "red, green"}},
        {"box list --pair abc", {"--pair abc: an even number"}},
        {"box list --note=", {"--note : a text of 1 to 5"}},
        {"box list --note abcdef", {"--note abcdef: a text of 1 to 5"}},
        {"box list --note \xff", {"a text of 1 to 5"}},
        {"box list --file=", {"--file : a path"}},
        {"box list --config=", {"--config : a path"}},
        {"box list --config a --config b", {"--config stands twice"}},
        {"box list -c", {"-c: options are words"}},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct invocation in;
        struct fault f = {0};
        if (read_line(&program, rows[i].line, &in, &f) >= 0)
            fail_msg("\"%s\" was taken", rows[i].line);
        assert_null(strchr(f.text, '\n'));
        for (size_t w = 0; w < 3 && rows[i].says[w]; w++)
            if (!strstr(f.text, rows[i].says[w]))
                fail_msg("\"%s\" lacks \"%s\": %s", rows[i].line, rows[i].says[w], f.text);
    }
}

static void a_program_without_state_has_no_folder_for_it(void **state)
{
    struct invocation in;
    struct fault f = {0};
    assert_int_equal(read_line(&stateless, "take x --state-dir y", &in, &f), -EINVAL);
    assert_non_null(strstr(f.text, "--state-dir: take has no such option"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_fits_is_read),
        cmocka_unit_test(a_command_may_take_many_words),
        cmocka_unit_test(what_does_not_fit_is_refused),
        cmocka_unit_test(a_program_without_state_has_no_folder_for_it),
    };
    lang_start("en");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
