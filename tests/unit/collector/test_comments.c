#include "tests/unit/check.h"

#include <errno.h>

#include "collector/import/comments.h"
#include "common/buf.h"
#include "common/json.h"

static void read_form(const char *text, struct comment_list *ret)
{
    struct fault f = {0};
    if (comments_read(text, strlen(text), ret, &f) < 0)
        fail_msg("%s", f.text);
}

static const char *said(const struct comment_list *list, size_t n, const char *member)
{
    const char *text = json_string_value(json_object_get(json_array_get(list->comments, n), member));
    return text ? text : "-";
}

/* As a French spreadsheet gives it back: a mark, semicolons, CRLF, days first, lines filled up with empty cells. */
static void reads_what_a_spreadsheet_saved(void **state)
{
    static const char text[] =
        "\xEF\xBB\xBF# Répondez par ligne ;;;;;;;;;\r\n"
        "édition;indicateur;intitulé;unité;groupe;organisation;personne;nom publiable;date;commentaire\r\n"
        "BJ-2027;ensemble;Tout le cadre;;Opérateurs;Réseau SA;A. Bio;oui;05/03/2026;\"Bien ; mais long.\r\nTrop "
        "long.\"\r\n"
        "BJ-2027;PER1;Temps de résolution;ms;;;;;;\r\n"
        "BJ-2027;PER2;Échecs;%;;;;;;Et en zone rurale ?\r\n"
        ";;;;;;;;;;;\r\n"
        "BJ-2027;PER3;Latence;ms;Diaspora;;C. Codjo;non;;Depuis Paris aussi.\r\n";
    struct comment_list list = {0};
    read_form(text, &list);
    assert_string_equal(list.edition, "BJ-2027");
    assert_int_equal(json_array_size(list.comments), 3);
    assert_string_equal(said(&list, 0, "indicator"), "-");
    assert_string_equal(said(&list, 0, "comment"), "Bien ; mais long.\nTrop long.");
    assert_string_equal(said(&list, 0, "person"), "A. Bio");
    /* Who says nothing of themselves is who spoke above. */
    assert_string_equal(said(&list, 1, "indicator"), "PER2");
    assert_string_equal(said(&list, 1, "group"), "Opérateurs");
    assert_string_equal(said(&list, 1, "organisation"), "Réseau SA");
    assert_string_equal(said(&list, 1, "said_on"), "2026-03-05");
    /* And a name that may not be printed is not kept. */
    assert_string_equal(said(&list, 2, "group"), "Diaspora");
    assert_string_equal(said(&list, 2, "person"), "-");
    assert_string_equal(said(&list, 2, "organisation"), "-");
    assert_int_equal(strlen(said(&list, 2, "said_on")), 10);
    comments_free(&list);
}

static void columns_stand_in_any_order_and_either_language(void **state)
{
    static const char *const texts[] = {
        "comment,Group,INDICATOR\nshorter,users,PER1\n",
        "\"comment\"\t\"group\"\t\"indicator\"\nshorter\tusers\tPER1\n",
        "Commentaire;Indicateur;Groupe\nshorter;PER1;users\n",
        "# a\n# b, c\nindicator,group,may_be_named,comment\nPER1,users,,shorter\n",
    };
    for (size_t i = 0; i < COUNT(texts); i++) {
        struct comment_list list = {0};
        struct fault f = {0};
        if (i == 3) { /* may_be_named is no column: its name has blanks */
            assert_int_equal(comments_read(texts[i], strlen(texts[i]), &list, &f), -EBADMSG);
            continue;
        }
        read_form(texts[i], &list);
        assert_null(list.edition);
        assert_string_equal(said(&list, 0, "indicator"), "PER1");
        assert_string_equal(said(&list, 0, "group"), "users");
        assert_string_equal(said(&list, 0, "comment"), "shorter");
        comments_free(&list);
    }
}

static void names_line_and_cure(void **state)
{
#define HEAD "edition,indicator,group,organisation,person,may be named,date,comment\n"
    static const struct {
        const char *text, *says;
    } rows[] = {
        {"", "no header was found: a line of column names"},
        {"# only\n# words\n", "no header was found"},
        {"\xC9t\xE9\n", "octet 1: not UTF-8; save the file as \"CSV UTF-8\""},
        {"indicator,comment\nPER1,x\n", "line 1: the column group is missing"},
        {"indicator,group,comment,mood\n", "line 1, column 4: \"mood\" is no column of a comment form"},
        {"indicator,group,comment,group\n", "line 1, column 4: group stands twice; keep one"},
        {HEAD, "the form holds no comment; the last column is for it"},
        {HEAD "BJ-2027,PER1,users,,,,, \n", "the form holds no comment"},
        {HEAD "BJ-2027,PER1,,,,,,x\n", "line 2: column group: empty; say for which group this is"},
        {HEAD "BJ-2027,,users,,,,,x\n", "line 2: column indicator: an indicator is wanted, such as PER5, or \"whole\""},
        {HEAD "2027,PER1,users,,,,,x\n", "line 2: column edition: \"2027\" is no edition"},
        {HEAD "BJ-2027,PER1,users,,,,,x\nBJ-2028,PER1,users,,,,,y\n",
         "line 3: column edition: \"BJ-2028\" stands below BJ-2027"},
        {HEAD "BJ-2027,PER1,users,,A. Bio,perhaps,,x\n",
         "line 2: column may be named: \"perhaps\" is neither yes nor no"},
        {HEAD "BJ-2027,PER1,users,,,,05/03/2026,x\n",
         "line 2: column date: \"05/03/2026\" is no date; write year-month-day"},
        {HEAD "BJ-2027,PER1,users,,,,2026-02-30,x\n", "line 2: column date: \"2026-02-30\" is no date"},
        {HEAD "BJ-2027,PER1,users,,,,2026-01-31T10:00,x\n", "line 2: column date: \"2026-01-31T10:00\" is no date"},
        {HEAD "BJ-2027,PER1,users,,,,2999-01-01,x\n", "line 2: column date: 2999-01-01 lies in the future"},
        {HEAD "BJ-2027,PER1,users,,,,,x,and more\n",
         "line 2: 9 columns, the header has 8; put a value that holds a comma"},
        {HEAD "BJ-2027,PER1,users,,,,,\"x\n", "line 2, column 8: the quote that opens here is never closed"},
        {HEAD "BJ-2027,PER1,users,,,,,a\x1b[2Jb\n", "line 2: column comment: U+001B is in it"},
        {HEAD "BJ-2027,PER1,users,,,,,a\u200eb\n", "line 2: column comment: U+200E is in it"},
        {HEAD "BJ-2027,PER1,us\u200bers,,,,,a\n", "line 2: column group: U+200B is in it"},
        {HEAD "BJ-2027,PER\u200b1,users,,,,,a\n", "line 2: column indicator: U+200B is in it"},
        {"indicateur;groupe;date;commentaire\nPER1;users;31/02/2026;x\n",
         "line 2: column date: \"31/02/2026\" is no date"},
        {"indicateur;groupe;date;commentaire\nPER1;users;1/2/2026 soir;x\n",
         "line 2: column date: \"1/2/2026 soir\" is no date"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct comment_list list = {0};
        struct fault f = {0};
        if (comments_read(rows[i].text, strlen(rows[i].text), &list, &f) != -EBADMSG ||
            strncmp(f.text, rows[i].says, strlen(rows[i].says)) != 0)
            fail_msg("\"%s\", wanted \"%s…\"", f.text, rows[i].says);
        assert_null(list.comments);
    }
}

/* Forms that people have been sent say what they say: no word may come to mean another column. */
static void what_a_form_has_is_what_is_read(void **state)
{
    static const char *const heads[2] = {
        [LANG_FR] = "édition;indicateur;intitulé;unité;groupe;organisation;personne;nom publiable;date;commentaire;",
        [LANG_EN] = "edition,indicator,name,unit,group,organisation,person,may be named,date,comment,"};
    for (int lang = 0; lang < 2; lang++) {
        _cleanup_(buf_free) struct buf head = {0};
        for (enum comment_column c = 0; c < COMMENT_COLUMNS; c++)
            buf_addf(&head, "%s%c", comment_column(c, lang), comment_separator(lang));
        assert_string_equal(head.data, heads[lang]);
    }
    struct comment_list list = {0};
    read_form("edition,indicator,name,unit,group,organisation,person,may be named,date,comment\n"
              "BJ-2027,PER1,n,ms,users,Org,P,yes,2026-03-05,text\n",
              &list);
    assert_string_equal(list.edition, "BJ-2027");
    static const char *const members[][2] = {{"indicator", "PER1"}, {"group", "users"},        {"organisation", "Org"},
                                             {"person", "P"},       {"said_on", "2026-03-05"}, {"comment", "text"}};
    for (size_t m = 0; m < COUNT(members); m++)
        assert_string_equal(said(&list, 0, members[m][0]), members[m][1]);
    comments_free(&list);
    assert_string_equal(comment_whole(LANG_EN), "whole");
    assert_int_equal(comment_separator(LANG_FR), ';');
    assert_int_equal(comment_separator(LANG_EN), ',');
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_what_a_spreadsheet_saved),
        cmocka_unit_test(columns_stand_in_any_order_and_either_language),
        cmocka_unit_test(names_line_and_cure),
        cmocka_unit_test(what_a_form_has_is_what_is_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
