#include "tests/unit/check.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "agent/command/ask.h"
#include "common/lang.h"

/* A conversation in which this is typed; what was said to the person is in said. */
struct talk {
    struct ask ask;
    char *said;
    size_t len;
};

static void talk_open(struct talk *t, const char *typed, size_t len)
{
    *t = (struct talk){.ask.in = tmpfile()};
    t->ask.out = open_memstream(&t->said, &t->len);
    assert_int_equal(fwrite(typed, 1, len, t->ask.in), len);
    rewind(t->ask.in);
}

static void talk_close(struct talk *t)
{
    fclose(t->ask.in);
    fclose(t->ask.out);
    free(t->said);
    ask_free(&t->ask);
}

enum { YES = 1, NO = 0, STOPPED = -ECANCELED };

static void reads_a_yes(void **state)
{
    static const struct {
        const char *typed;
        bool safe;
        int means;
        const char *says;
    } rows[] = {
        {"oui\n", false, YES, ""},
        {"OUI\n", false, YES, ""},
        {"  Oui \r\n", false, YES, ""},
        {"o\n", false, YES, ""},
        {"O\n", false, YES, ""},
        {"y\n", false, YES, ""},
        {"Yes\n", false, YES, ""},
        {"oui", false, YES, ""}, /* a last line without its end */
        {"n\n", true, NO, ""},
        {"NON\n", true, NO, ""},
        {"no\n", true, NO, ""},
        {"peut-être\noui\n", false, YES, "peut-être"},
        {"\nnon\n", true, NO, "oui, non"},
        {"peut-être\npeut-être\npeut-être\n", true, YES, "compte comme oui"},
        {"peut-être\npeut-être\npeut-être\noui\n", false, NO, "compte comme non"},
        {"yess\nouais\n1\n", false, NO, "compte comme non"},
        {"", true, STOPPED, ""},
        {"peut-être\n", true, STOPPED, ""},
    };
    lang_start("fr");
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct talk t;
        bool yes;
        talk_open(&t, rows[i].typed, strlen(rows[i].typed));
        int r = ask_yes(&t.ask, "?", rows[i].safe, &yes);
        fflush(t.ask.out);
        if ((r < 0 ? r : yes) != rows[i].means || !strstr(t.said, rows[i].says))
            fail_msg("\"%s\" means %d: %s", rows[i].typed, r < 0 ? r : yes, t.said);
        talk_close(&t);
    }
}

static void an_empty_line_is_an_answer_where_it_is_said_to_be(void **state)
{
    static const struct {
        const char *typed;
        bool enter, means;
    } rows[] = {{"\n", true, true}, {"\n", false, false}, {"non\n", true, false}, {"?\n?\n?\n", false, true}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct talk t;
        bool yes;
        talk_open(&t, rows[i].typed, strlen(rows[i].typed));
        assert_int_equal(ask_yes_or(&t.ask, "?", rows[i].enter, true, &yes), 0);
        assert_int_equal(yes, rows[i].means);
        talk_close(&t);
    }
}

static const struct choice colours[] = {{"red", "red", {"rouge"}}, {"blue", "blue", {"bleu"}}, {0}};

static void reads_a_choice(void **state)
{
    static const struct {
        const char *typed, *means; /* NULL: not said */
        const char *says;
    } rows[] = {
        {"red\n", "red", "(red, blue;"},
        {"ROUGE\n", "red", ""},
        {"\n", NULL, ""},
        {"vert\nbleu\n", "blue", "\"vert\" is not understood; these are: red, blue"},
        {"a\nb\nc\nred\n", NULL, "unsaid"},
    };
    lang_start("en");
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct talk t;
        const char *word = "untouched";
        talk_open(&t, rows[i].typed, strlen(rows[i].typed));
        assert_int_equal(ask_choice(&t.ask, "Colour", colours, &word), 0);
        fflush(t.ask.out);
        if ((word == NULL) != (rows[i].means == NULL) || (word && strcmp(word, rows[i].means) != 0) ||
            !strstr(t.said, rows[i].says))
            fail_msg("\"%s\" means %s: %s", rows[i].typed, word ? word : "nothing", t.said);
        talk_close(&t);
    }
}

/* What does not fit one answer is not the next one's. */
static void a_line_is_one_answer(void **state)
{
    _cleanup_(buf_free) struct buf typed = {0};
    struct talk t;
    const char *text;
    for (int i = 0; i < 20000; i++)
        buf_add(&typed, "oui ", 4);
    buf_add(&typed, "\nParakou\n", 9);
    talk_open(&t, typed.data, typed.len);
    assert_int_equal(ask_text(&t.ask, "?", &text), 0);
    assert_int_equal(strlen(text), 79999);
    assert_int_equal(ask_text(&t.ask, "?", &text), 0);
    assert_string_equal(text, "Parakou");
    text = "untouched";
    assert_int_equal(ask_text(&t.ask, "?", &text), -ECANCELED);
    assert_string_equal(text, "untouched");
    talk_close(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_a_yes),
        cmocka_unit_test(an_empty_line_is_an_answer_where_it_is_said_to_be),
        cmocka_unit_test(reads_a_choice),
        cmocka_unit_test(a_line_is_one_answer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
