#include "tests/unit/check.h"

#include "agent/command/show.h"
#include "common/lang.h"

static void pads_by_characters(void **state)
{
    static const struct {
        const char *text;
        int width, result;
    } rows[] = {
        {"", 0, 0},      {"", 3, 3},       {"abc", 3, 0},        {"abc", 2, 0},
        {"abc", 10, 7},  {"reçu", 12, 8},  {"CLÉ", 3, 0},        {"1\u202f234,5", 12, 5},
        {"−1,0", 12, 8}, {"refusé", 6, 0}, {"en attente", 4, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_int_equal(show_pad(rows[i].text, rows[i].width), rows[i].result);
}

/* Units are those of tariffs: thousands, one decimal, none for octets. */
static void writes_bytes(void **state)
{
    static const struct {
        int64_t bytes;
        const char *text;
    } rows[] = {
        {0, "0 B"},
        {999, "999 B"},
        {1000, "1.0 kB"},
        {1250, "1.2 kB"},
        {63800000, "63.8 MB"},
        {INT64_C(4000000000), "4.0 GB"},
        {INT64_C(1234000000000000), "1,234.0 TB"},
    };
    lang_start("en");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[SHOW_BYTES_SIZE];
        assert_string_equal(show_bytes(rows[i].bytes, text), rows[i].text);
    }
}

/* What the reader is shown is words; what is sent stays the registry's. */
static void shows_a_result_in_the_reader_s_language(void **state)
{
    static const char *const says[][5] = {
        [LANG_FR] = {"ping a.example : délai dépassé\n", " 1 paquet\n", " 0 paquet\n", " 2 paquets\n", "1 o échangés"},
        [LANG_EN] = {"ping a.example: timeout\n", " 1 packet\n", " 0 packets\n", " 2 packets\n", "1 B on the line"},
    };
    struct result *r = result_new("ping", "t", "a.example");
    r->outcome = OUTCOME_TIMEOUT;
    r->bytes = 1;
    result_metric(r, "sent", 1);
    result_metric(r, "rcvd", 0);
    result_metric(r, "dup", 2);
    for (int l = 0; l < 2; l++) {
        LANG_SCOPE((enum lang)l);
        char *text = NULL;
        size_t size = 0;
        FILE *out = open_memstream(&text, &size);
        show_result(r, out);
        fclose(out);
        for (size_t i = 0; i < COUNT(says[l]); i++)
            if (!strstr(text, says[l][i]))
                fail_msg("%s\nis without%s", text, says[l][i]);
        free(text);
        assert_string_equal(show_class(CLASS_HEAVY), l == LANG_FR ? "lourde" : "heavy");
    }
    result_free(r);
}

/* What the figures do not say of themselves. */
static void shows_notes(void **state)
{
    static const struct {
        const char *check, *detail, *says;
    } rows[] = {
        {"stamp", "{\"oneway_reason\":\"clock_off\"}", "  no delay each way: clock_off\n"},
        {"traceroute", "{\"reached_as\":\"192.0.2.7\"}", "from another of its addresses: 192.0.2.7\n"},
        {"tcp", "{\"resent\":3}", "connected after another SYN: 3\n"},
        {"tcp", "{\"resent\":0}", NULL},
        {"dns", "{\"rcode\":\"NXDOMAIN\"}", " 3 NXDOMAIN\n"},
    };
    lang_start("en");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct result *r = result_new(rows[i].check, "t", "a.example");
        char *text = NULL;
        size_t size = 0;
        FILE *out = open_memstream(&text, &size);
        json_t *detail = json_loads(rows[i].detail, 0, NULL);
        json_object_update(r->detail, detail);
        json_decref(detail);
        if (strcmp(rows[i].check, "dns") == 0)
            result_metric(r, "rcode", 3);
        show_result(r, out);
        fclose(out);
        if (rows[i].says)
            assert_non_null(strstr(text, rows[i].says));
        else
            assert_null(strchr(strchr(text, '\n') + 1, '\n'));
        free(text);
        result_free(r);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(pads_by_characters), cmocka_unit_test(writes_bytes),
                                       cmocka_unit_test(shows_notes),
                                       cmocka_unit_test(shows_a_result_in_the_reader_s_language)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
