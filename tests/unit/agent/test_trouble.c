#include "tests/unit/check.h"

#include "agent/uplink/trouble.h"
#include "common/json.h"

static struct trouble trouble(enum outcome outcome, const char *cause, long status, const char *problem)
{
    struct web_reply reply = {.outcome = outcome, .cause = cause, .status = status, .reason = "curl's words"};
    struct trouble t;
    if (problem) {
        strcpy(reply.content_type, "application/problem+json");
        buf_add_text(&reply.body, problem);
    }
    trouble_of(&reply, &t);
    buf_free(&reply.body);
    return t;
}

#define PROBLEM "{\"title\":\"This token has expired\",\"detail\":\"ask the team that gave it for another\"}"

/* What will go away by itself may be tried again; what will not must not say so. */
static void says_what_to_do(void **state)
{
    static const struct {
        enum outcome outcome;
        const char *cause;
        long status;
        const char *problem;
        bool lasts;
        const char *en, *fr;
    } rows[] = {
        {OUTCOME_TIMEOUT, NULL, 0, NULL, false, "does not answer in time. Try again", "pas à temps. Réessayez"},
        {OUTCOME_REFUSED, NULL, 0, NULL, false, "refuses the connection. Try again", "refuse la connexion. Réessayez"},
        {OUTCOME_UNREACHABLE, NULL, 0, NULL, false, "no way leads to it", "aucun chemin"},
        {OUTCOME_RESET, NULL, 0, NULL, false, "was cut", "coupée"},
        {OUTCOME_RESET, NULL, 200, NULL, false, "was cut", "coupée"}, /* within the answer */
        {OUTCOME_DNS_ERROR, NULL, 0, NULL, false, "cannot be looked up", "Réessayez"},
        {OUTCOME_DNS_ERROR, "no_such_name", 0, NULL, true, "does not exist", "n'existe pas"},
        {OUTCOME_TLS_ERROR, "expired", 0, NULL, true, "clock is right (it says 20", "l'horloge"},
        {OUTCOME_TLS_ERROR, "not_yet_valid", 0, NULL, true, "not valid yet", "l'horloge"},
        {OUTCOME_TLS_ERROR, "wrong_host", 0, NULL, true, "check the address", "un autre nom"},
        {OUTCOME_TLS_ERROR, "self_signed", 0, NULL, true, "no authority", "point focal"},
        {OUTCOME_TLS_ERROR, "untrusted_root", 0, NULL, true, "does not trust", "point focal"},
        {OUTCOME_TLS_ERROR, "unknown_issuer", 0, NULL, true, "does not know (curl's words)", "ne connaît pas"},
        {OUTCOME_TLS_ERROR, "tls_version", 0, NULL, true, "safe enough", "point focal"},
        {OUTCOME_TLS_ERROR, "no_tls", 0, NULL, true, "does not speak TLS", "ne parle pas TLS"},
        {OUTCOME_TLS_ERROR, "handshake_cut", 0, NULL, false, "before it is secure", "avec https://"},
        {OUTCOME_TLS_ERROR, "weak_key", 0, NULL, true, "tell your focal point", "point focal"},
        {OUTCOME_TLS_ERROR, NULL, 0, NULL, true, "no secure connection comes about (curl's words)", "point focal"},
        {OUTCOME_PROTOCOL_ERROR, NULL, 0, NULL, true, "check the address", "vérifiez l'adresse"},
        {OUTCOME_ERROR, NULL, 0, NULL, false, "reached: curl's words", "injoignable : curl's words"},
        {OUTCOME_OK, NULL, 404, NULL, true, "HTTP status 404, not as a collector does. Waiting", "vérifiez l'adresse"},
        {OUTCOME_OK, NULL, 301, NULL, true, "check the address", "vérifiez l'adresse"},
        {OUTCOME_OK, NULL, 200, NULL, true, "check the address", "vérifiez l'adresse"},
        {OUTCOME_OK, NULL, 502, NULL, false, "HTTP status 502, not as a collector does. Try again", "Réessayez"},
        {OUTCOME_OK, NULL, 429, NULL, false, "Try again", "Réessayez"},
        {OUTCOME_OK, NULL, 408, NULL, false, "Try again", "Réessayez"},
        {OUTCOME_OK, NULL, 403, PROBLEM, true, "refuses: 403 This token has expired: ask the team that gave it",
         "refuse : 403 This token"},
        {OUTCOME_OK, NULL, 404, PROBLEM, true, "refuses: 404", "refuse : 404"},
        {OUTCOME_OK, NULL, 503, PROBLEM, false,
         "refuses: 503 This token has expired: ask the team that gave it for "
         "another. Try again later",
         "Réessayez"},
    };
    char text[FAULT_TEXT_MAX];
    for (size_t i = 0; i < COUNT(rows); i++) {
        for (int l = 0; l < 2; l++) {
            LANG_SCOPE((enum lang)l);
            struct trouble t = trouble(rows[i].outcome, rows[i].cause, rows[i].status, rows[i].problem);
            assert_int_equal(trouble_lasts(&t), rows[i].lasts);
            if (!strstr(trouble_text(&t, true, text), l == LANG_FR ? rows[i].fr : rows[i].en))
                fail_msg("row %zu: %s", i, text);
            if (rows[i].lasts && (strstr(text, "Try again") || strstr(text, "Réessayez")))
                fail_msg("row %zu, which lasts: %s", i, text);
            trouble_text(&t, false, text);
            assert_null(strstr(text, "Try again"));
            assert_null(strstr(text, "Réessayez"));
        }
    }
}

/* Kept by a log's process, read by a French person: nothing English comes through. */
static void is_kept_as_data(void **state)
{
    static const struct {
        const char *title, *detail, *fr;
    } rows[] = {
        {"This probe was revoked", "probe abc was revoked; ask the team that gave the token",
         "le collecteur refuse : 403 Cette sonde a été révoquée"},
        {"This token has expired", "ask the team that gave it for another",
         "le collecteur refuse : 403 Ce jeton a expiré : demandez-en un autre à l'équipe qui l'a donné"},
        {"Of a later version", "with words of its own", "le collecteur refuse : 403"},
    };
    char text[FAULT_TEXT_MAX];
    lang_start("en");
    for (size_t i = 0; i < COUNT(rows); i++) {
        _cleanup_text_ char *problem = alloc_format("{\"title\":\"%s\",\"detail\":\"%s\"}", rows[i].title,
                                                    rows[i].detail);
        struct trouble t = trouble(OUTCOME_OK, NULL, 403, problem), again;
        assert_non_null(strstr(trouble_text(&t, false, text), rows[i].detail));
        _cleanup_json_ json_t *kept = trouble_json(&t);
        trouble_read(kept, &again);
        assert_int_equal(again.kind, t.kind);
        assert_int_equal(again.status, 403);
        assert_int_equal(again.lang, LANG_EN);
        LANG_SCOPE(LANG_FR);
        trouble_text(&again, false, text);
        if (strncmp(text, rows[i].fr, strlen(rows[i].fr)) != 0 || strlen(text) > strlen(rows[i].fr) + 1)
            fail_msg("%s", text);
    }
}

/* A portal's words are shown at a terminal, as they came or out of status.json. */
static void has_nothing_that_a_terminal_obeys(void **state)
{
    char text[FAULT_TEXT_MAX];
    struct trouble t = trouble(OUTCOME_OK, NULL, 403,
                               "{\"title\":\"a\\u001b[2J\",\"detail\":\"b\\nc\\u009bm\\u007f\"}");
    assert_string_equal(trouble_text(&t, false, text), "the collector refuses: 403 a [2J: b c  m ");
    _cleanup_json_ json_t *kept = trouble_json(&t);
    json_object_set_new(kept, "detail", json_string("\x1b]0;x\x07"));
    trouble_read(kept, &t);
    assert_string_equal(trouble_text(&t, false, text), "the collector refuses: 403 a [2J:  ]0;x ");
}

static void broken_data_is_none(void **state)
{
    static const char *const rows[] = {
        "null",
        "[]",
        "{}",
        "{\"kind\":\"away\"}",
        "{\"kind\":\"none\",\"outcome\":\"ok\",\"cause\":\"\",\"status\":0,\"lang\":\"en\",\"title\":\"\",\"detail\":"
        "\"\"}",
        "{\"kind\":\"away\",\"outcome\":\"odd\",\"cause\":\"\",\"status\":0,\"lang\":\"en\",\"title\":\"\",\"detail\":"
        "\"\"}",
        "{\"kind\":\"away\",\"outcome\":\"ok\",\"cause\":\"a cause that is longer than any word of the "
        "table\",\"status\":0,\"lang\":\"en\","
        "\"title\":\"\",\"detail\":\"\"}",
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct trouble t;
        _cleanup_json_ json_t *object = json_loads(rows[i], 0, NULL);
        trouble_read(object, &t);
        if (t.kind != TROUBLE_NONE)
            fail_msg("row %zu", i);
    }
    struct trouble none = {0};
    _cleanup_json_ json_t *null = trouble_json(&none);
    assert_true(json_is_null(null));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(says_what_to_do),
        cmocka_unit_test(is_kept_as_data),
        cmocka_unit_test(has_nothing_that_a_terminal_obeys),
        cmocka_unit_test(broken_data_is_none),
    };
    lang_start("en");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
