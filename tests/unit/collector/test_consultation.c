#include "tests/unit/check.h"

#include <errno.h>

#include "collector/import/comments.h"
#include "collector/report/consultation.h"
#include "common/json.h"

/* As framework_document gives it. */
static json_t *edition(bool adopted)
{
    json_t *e = json_loads("{\"country\": \"BJ\", \"edition\": \"2027\", \"opened_on\": \"2026-11-29\", \"opened_by\": "
                           "\"A. <Bio>\", \"adopted_on\": null,"
                           " \"comments_to\": \"2027-06-30\", \"reason\": null,"
                           " \"indicators\": ["
                           "  {\"indicator\": \"XYZ1\", \"family\": \"XYZ\", \"status\": \"proposed\", \"nature\": "
                           "\"quantitative\", \"kind\": \"imported, declared\","
                           "   \"measured_by\": null, \"dimensions\": [\"zone\", \"sex\"], \"method_version\": 2, "
                           "\"name_fr\": \"Dix ; onze\", \"name_en\": \"Ten\","
                           "   \"unit_fr\": \"% des gens\", \"unit_en\": \"% of people\", \"definition_fr\": \"Une <b> "
                           "& deux.\", \"definition_en\": \"One <b> & two.\","
                           "   \"waits_fr\": null, \"waits_en\": null, \"proposer\": \"A. Bio\", \"why\": null},"
                           "  {\"indicator\": \"PER1\", \"family\": \"PER\", \"status\": \"retired\", \"nature\": "
                           "\"quantitative\", \"kind\": \"measured\","
                           "   \"measured_by\": \"dns\", \"dimensions\": [], \"method_version\": 6, \"name_fr\": "
                           "\"Temps\", \"name_en\": \"Time\", \"unit_fr\": \"ms\","
                           "   \"unit_en\": \"ms\", \"definition_fr\": \"d\", \"definition_en\": \"d\", \"waits_fr\": "
                           "\"Pas de sonde.\", \"waits_en\": \"No probe.\","
                           "   \"proposer\": \"A. Bio\", \"why\": \"double\"},"
                           "  {\"indicator\": \"QAL1\", \"family\": \"QAL\", \"status\": \"proposed\", \"nature\": "
                           "\"qualitative\", \"kind\": \"qualitative\","
                           "   \"measured_by\": null, \"dimensions\": [], \"method_version\": 1, \"name_fr\": "
                           "\"Droit\", \"name_en\": \"Law\", \"unit_fr\": \"0-4\","
                           "   \"unit_en\": \"0-4\", \"definition_fr\": \"d\", \"definition_en\": \"d\", \"proposer\": "
                           "\"A. Bio\", \"why\": null}],"
                           " \"comments\": ["
                           "  {\"number\": 1, \"indicator\": null, \"group_fr\": \"Diaspora\", \"group_en\": "
                           "\"Diaspora\", \"organisation\": null, \"person\": null,"
                           "   \"said_on\": \"2027-03-01\", \"comment\": \"Et nous ?\", \"verdict\": null, \"answer\": "
                           "null, \"answered_by\": null},"
                           "  {\"number\": 2, \"indicator\": \"XYZ1\", \"group_fr\": \"Utilisateurs\", \"group_en\": "
                           "\"Users\", \"organisation\": \"UFC\","
                           "   \"person\": \"C. Codjo\", \"said_on\": \"2027-03-02\", \"comment\": "
                           "\"<script>alert(1)</script>\", \"verdict\": \"partly\","
                           "   \"answer\": \"Yes & no.\", \"answered_by\": \"A. Bio\"}],"
                           " \"ratings\": ["
                           "  {\"indicator\": \"QAL1\", \"rater\": \"C\", \"score\": 1, \"justification\": \"j\", "
                           "\"source_url\": \"https://example.org/?a=1&b=2\","
                           "   \"rated_on\": \"2027-04-01\"},"
                           "  {\"indicator\": \"QAL1\", \"rater\": \"D\", \"score\": 3, \"justification\": \"j\", "
                           "\"source_url\": \"https://example.org/\","
                           "   \"rated_on\": \"2027-04-02\"}],"
                           " \"voices\": ["
                           "  {\"name_fr\": \"Utilisateurs\", \"name_en\": \"Users\", \"comments\": 1, "
                           "\"organisations\": 1, \"answered\": 1, \"taken\": 0, \"partly\": 1},"
                           "  {\"name_fr\": \"Diaspora\", \"name_en\": \"Diaspora\", \"comments\": 1, "
                           "\"organisations\": 0, \"answered\": 0, \"taken\": 0, \"partly\": 0},"
                           "  {\"name_fr\": \"Opérateurs\", \"name_en\": \"Operators\", \"comments\": 0, "
                           "\"organisations\": 0, \"answered\": 0, \"taken\": 0, \"partly\": 0}]}",
                           0, NULL);
    assert_non_null(e);
    if (adopted) {
        json_object_set_new(e, "adopted_on", json_string("2027-07-01"));
        json_object_set_new(e, "adopted_by", json_string("A. Bio"));
        json_object_set_new(e, "reason", json_string("in a hurry"));
    }
    return e;
}

static char *document(const json_t *e, const char *language)
{
    struct buf out = {0};
    struct fault f = {0};
    if (consultation_document(e, language_find(language), &out, &f) < 0)
        fail_msg("%s", f.text);
    return buf_take(&out);
}

static void has(const char *page, const char *const *texts)
{
    for (; *texts; texts++)
        if (!strstr(page, *texts))
            fail_msg("\"%s\" is not in the document", *texts);
}

static void tells_what_is_consulted_on(void **state)
{
    static const char *const french[] = {"<html lang=\"fr\">",
                                         "Cadre d’indicateurs de l’Internet au Bénin",
                                         "du 29 novembre 2026 au 30 juin 2027",
                                         "A. &lt;Bio&gt;",
                                         "Il compte 3 indicateurs.",
                                         "2 groupes sur 3 se sont exprimés",
                                         "ne s’est pas exprimé à ce jour",
                                         "Une &lt;b&gt; &amp; deux.",
                                         "repris d’une source publiée, déclaré par les opérateurs",
                                         "mesuré par les sondes (mesure «\xC2\xA0"
                                         "dns\xC2\xA0»)",
                                         "zone (urbaine, rurale), sexe",
                                         "pays entier",
                                         "Pas de sonde.",
                                         "double",
                                         "Notes\xC2\xA0: 1 et 3. Les deux personnes ne s’accordent pas.",
                                         "Pas encore de réponse.",
                                         "sans nom",
                                         "C. Codjo, UFC",
                                         "Retenu en partie.",
                                         "Et nous\xC2\xA0?",
                                         NULL};
    static const char *const english[] = {"<html lang=\"en\">",
                                          "Framework of Internet indicators in Benin",
                                          "One &lt;b&gt; &amp; two.",
                                          "2 groups of 3 spoke",
                                          "&lt;script&gt;alert(1)&lt;/script&gt;",
                                          "Yes &amp; no.",
                                          "https://example.org/?a=1&amp;b=2",
                                          "Scores: 1 and 3. The two people do not agree.",
                                          "Nothing is decided yet",
                                          "<h4>1 comment</h4>",
                                          NULL};
    _cleanup_json_ json_t *e = edition(false);
    _cleanup_text_ char *fr = document(e, "fr"), *en = document(e, "en");
    has(fr, french);
    has(en, english);
    assert_null(strstr(en, "<script"));
    assert_null(strstr(en, "{{"));
    /* Families that the texts know come in their order, others last. */
    const char *per = strstr(fr, "<section id=\"PER\">"), *qal = strstr(fr, "<section id=\"QAL\">"),
               *other = strstr(fr, "<section id=\"XYZ\">");
    assert_true(per && qal && other && per < qal && qal < other);
}

static void asks_nobody_for_anything(void **state)
{
    _cleanup_json_ json_t *e = edition(true);
    _cleanup_text_ char *page = document(e, "en");
    static const char *const never[] = {"src=", "url(", "@import", "<script", "<form", "http-equiv"};
    for (size_t i = 0; i < COUNT(never); i++)
        if (strstr(page, never[i]))
            fail_msg("%s", never[i]);
}

static void says_that_it_is_adopted(void **state)
{
    static const char *const wanted[] = {"Adopted on 1 July 2027 by A. Bio, and frozen", "Reason: in a hurry", NULL};
    _cleanup_json_ json_t *e = edition(true);
    _cleanup_text_ char *page = document(e, "en");
    has(page, wanted);
    assert_null(strstr(page, "Nothing is decided yet"));
}

static void raters_who_agree_give_one_score(void **state)
{
    _cleanup_json_ json_t *e = edition(false);
    json_t *ratings = json_object_get(e, "ratings");
    json_object_set_new(json_array_get(ratings, 1), "score", json_integer(1));
    _cleanup_text_ char *alike = document(e, "en");
    assert_non_null(strstr(alike, "Score: 1. Both people agree."));
    json_array_remove(ratings, 1);
    _cleanup_text_ char *one = document(e, "en");
    assert_non_null(strstr(one, "A rating is missing"));
}

static void the_form_comes_back_as_it_went(void **state)
{
    static const char *const languages[] = {"fr", "en"};
    _cleanup_json_ json_t *e = edition(false);
    for (size_t l = 0; l < COUNT(languages); l++) {
        struct buf form = {0}, filled = {0};
        struct comment_list list = {0};
        struct fault f = {0};
        consultation_form(e, language_find(languages[l]), &form);
        assert_memory_equal(form.data, "\xEF\xBB\xBF", 3);
        assert_int_equal(comments_read(form.data, form.len, &list, &f), -EBADMSG); /* nobody wrote into it */
        assert_non_null(strstr(f.text, "the form holds no comment"));
        /* The last two lines are the last two indicators; each ends in the cell for the comment. */
        buf_add(&filled, form.data, form.len - 2);
        buf_add_text(&filled, "Bien\r\n");
        _cleanup_text_ char *text = alloc_format(
            "%.*s%s%s", (int)(strstr(filled.data, "BJ-2027") - filled.data), filled.data,
            l ? "BJ-2027,whole,,,users,,,,,\r\n" : "BJ-2027;ensemble;;;Utilisateurs;;;;;\r\n",
            strstr(filled.data, "BJ-2027"));
        if (comments_read(text, strlen(text), &list, &f) < 0)
            fail_msg("%s", f.text);
        assert_string_equal(list.edition, "BJ-2027");
        assert_int_equal(json_array_size(list.comments), 1);
        assert_string_equal(json_string_value(json_object_get(json_array_get(list.comments, 0), "indicator")), "QAL1");
        comments_free(&list);
        buf_free(&form);
        buf_free(&filled);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_what_is_consulted_on),     cmocka_unit_test(asks_nobody_for_anything),
        cmocka_unit_test(says_that_it_is_adopted),        cmocka_unit_test(raters_who_agree_give_one_score),
        cmocka_unit_test(the_form_comes_back_as_it_went),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
