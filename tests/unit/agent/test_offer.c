#include "tests/unit/check.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "agent/command/offer.h"
#include "common/json.h"
#include "common/lang.h"

#define PLAN(operator_name, key, rest)                                                                                 \
    "{\"operator\":\"" operator_name "\",\"plan\":\"" key "\",\"currency\":\"XOF\",\"price\":1000" rest "}"
#define MONTH                                                                                                          \
    PLAN("MTN Bénin (Spacetel)", "month-1gb", ",\"name\":\"Pass mois 1 Go\",\"volume_gb\":1,\"validity_days\":30")

static json_t *plans_of(const char *text, const char *carrier)
{
    json_t *plans = NULL;
    struct fault f;
    assert_int_equal(offer_read(text, strlen(text), carrier, &plans, &f), 0);
    return plans;
}

/* Of the operator, however its name is written; what a terminal or the collector would not take is left out. */
static void lists_what_the_operator_sells(void **state)
{
    static const struct {
        const char *text, *carrier;
        size_t count;
    } rows[] = {
        {"[" MONTH "]", "MTN Bénin (Spacetel)", 1},
        {"[" MONTH "]", "mtn benin (spacetel)", 1},
        {"[" MONTH "]", "mtn", 1},
        {"[" MONTH "]", "MTN Benin", 1},
        {"[" MONTH "]", "mtn bénin", 1},
        {"[" MONTH "]", "MT", 0},
        {"[" MONTH "]", "Moov", 0},
        {"[" MONTH "]", "MTN Bénin (Spacetel) SA", 0},
        {"[" MONTH "," PLAN("MTN", "b", "") "]", "MTN", 2},
        {"[" PLAN("MTN", "\\u001b[2J", "") "]", "MTN", 0},
        {"[" PLAN("MTN", "", "") "]", "MTN", 0},
        {"[{\"operator\":\"MTN\",\"plan\":\"x\",\"currency\":\"XOF\",\"price\":-1}]", "MTN", 0},
        {"[{\"operator\":\"MTN\",\"plan\":\"x\",\"price\":1}]", "MTN", 0},
        {"[1,null,{}]", "MTN", 0},
        {"{}", "MTN", 0},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        _cleanup_json_ json_t *plans = plans_of(rows[i].text, rows[i].carrier);
        if (json_array_size(plans) != rows[i].count)
            fail_msg("row %zu: %zu", i, json_array_size(plans));
    }
    json_t *none;
    struct fault f;
    assert_int_equal(offer_read("<html>", 6, "MTN", &none, &f), -EBADMSG);
}

static void says_what_a_plan_is(void **state)
{
    static const struct {
        const char *plan, *fr, *en;
    } rows[] = {
        {MONTH, "Pass mois 1 Go : 1\u202f000 XOF, 1 Go, 30 jours", "Pass mois 1 Go: 1,000 XOF, 1 GB, 30 days"},
        {PLAN("MTN", "box", ",\"validity_days\":30,\"down_mbps\":20,\"throttled_mbps\":1"),
         "box : 1\u202f000 XOF, volume illimité, 30 jours, 20 Mbit/s",
         "box: 1,000 XOF, no limit of volume, 30 days, 20 Mbit/s"},
        {PLAN("MTN", "d", ",\"name\":\"\\u0007\",\"volume_gb\":0.5,\"validity_days\":1,\"throttled_mbps\":0.25"),
         "d : 1\u202f000 XOF, 0,5 Go, 1 jour, puis 0,25 Mbit/s", "d: 1,000 XOF, 0.5 GB, 1 day, then 0.25 Mbit/s"},
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        for (int l = 0; l < 2; l++) {
            LANG_SCOPE((enum lang)l);
            _cleanup_(buf_free) struct buf out = {0};
            _cleanup_json_ json_t *plan = json_loads(rows[i].plan, 0, NULL);
            offer_plan(plan, &out);
            assert_string_equal(out.data, l == LANG_FR ? rows[i].fr : rows[i].en);
        }
}

/* By its number or what it is called; another's name is taken as it is; nothing is nothing. */
static void takes_what_people_answer(void **state)
{
    static const struct {
        const char *typed, *means, *says;
    } rows[] = {
        {"2\n", "box", "   1  Pass mois 1 Go: 1,000 XOF"},
        {"pass MOIS 1 go\n", "month-1gb", ""},
        {"BOX\n", "box", ""},
        {"Old Pass\n", "Old Pass", ""},
        {"\n", NULL, ""},
        {"500\n", "500", ""},
        {"4\n1\n", "month-1gb", "no number 4; it ends at 3"},
        {"0\n99999999999\n1\n", "month-1gb", "no number 99999999999;"},
        {"4\n4\n4\n", NULL, "unsaid"},
    };
    LANG_SCOPE(LANG_EN);
    for (size_t i = 0; i < COUNT(rows); i++) {
        char *said = NULL;
        size_t len;
        const char *picked = "?";
        struct ask ask = {.in = fmemopen((char *)rows[i].typed, strlen(rows[i].typed), "r"),
                          .out = open_memstream(&said, &len)};
        json_t *plans = plans_of("[" MONTH "," PLAN("MTN", "box", "") "," PLAN("MTN", "500", "") "]", "MTN");
        assert_int_equal(offer_ask(&ask, plans, &picked), 0);
        json_decref(plans); /* what was picked outlives the list */
        fflush(ask.out);
        if ((picked == NULL) != (rows[i].means == NULL) || (picked && strcmp(picked, rows[i].means) != 0) ||
            !strstr(said, rows[i].says))
            fail_msg("row %zu: %s\n%s", i, picked ? picked : "nothing", said);
        fclose(ask.in);
        fclose(ask.out);
        ask_free(&ask);
        free(said);
    }
}

/* However many they are: a page at a time, and none of them is left out. */
static void a_long_list_is_shown_page_by_page(void **state)
{
    static const struct {
        const char *typed, *means;
        int shown;
        const char *says;
    } rows[] = {
        {"1\n", "p1", OFFER_PAGE, "(Enter: the others, 61 to 121)"},
        {"\n61\n", "p61", 2 * OFFER_PAGE, "(Enter: the others, 121 to 121)"},
        {"121\n", "p121", OFFER_PAGE, ""},
        {"\n\np121\n", "p121", 2 * OFFER_PAGE + 1, "(Enter: not said)"},
        {"\n\n\n", NULL, 2 * OFFER_PAGE + 1, ""},
        {"999\n999\n999\n", NULL, OFFER_PAGE, "ends at 121"},
    };
    _cleanup_(buf_free) struct buf text = {0};
    for (int i = 1; i <= 2 * OFFER_PAGE + 1; i++)
        buf_addf(&text, "%c{\"operator\":\"MTN\",\"plan\":\"p%d\",\"currency\":\"XOF\",\"price\":1000}",
                 i > 1 ? ',' : '[', i);
    buf_add_text(&text, "]");
    _cleanup_json_ json_t *plans = plans_of(text.data, "MTN");
    assert_int_equal(json_array_size(plans), 2 * OFFER_PAGE + 1);
    LANG_SCOPE(LANG_EN);
    for (size_t i = 0; i < COUNT(rows); i++) {
        char *said = NULL;
        size_t len;
        const char *picked = "?";
        struct ask ask = {.in = fmemopen((char *)rows[i].typed, strlen(rows[i].typed), "r"),
                          .out = open_memstream(&said, &len)};
        assert_int_equal(offer_ask(&ask, plans, &picked), 0);
        fflush(ask.out);
        int shown = 0;
        for (const char *at = said; (at = strstr(at, " XOF")) != NULL; at++)
            shown++;
        if ((picked == NULL) != (rows[i].means == NULL) || (picked && strcmp(picked, rows[i].means) != 0) ||
            shown != rows[i].shown || !strstr(said, rows[i].says))
            fail_msg("row %zu: %s, %d\n%s", i, picked ? picked : "nothing", shown, said);
        fclose(ask.in);
        fclose(ask.out);
        ask_free(&ask);
        free(said);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists_what_the_operator_sells), cmocka_unit_test(a_long_list_is_shown_page_by_page),
        cmocka_unit_test(says_what_a_plan_is), cmocka_unit_test(takes_what_people_answer)};
    lang_start("en");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
