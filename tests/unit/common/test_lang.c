#include "tests/unit/check.h"

#include <fcntl.h>
#include <math.h>
#include <pthread.h>
#include <unistd.h>

#include "common/lang.h"

static void chooses(void **state)
{
    static const struct {
        const char *wanted, *all, *lang;
        enum lang result;
    } rows[] = {
        {"auto", NULL, NULL, LANG_FR},          {"auto", NULL, "C.UTF-8", LANG_FR},
        {"auto", NULL, "en_GB.UTF-8", LANG_EN}, {"auto", "fr_BJ.UTF-8", "en_US", LANG_FR},
        {"auto", NULL, "POSIX", LANG_FR},       {"en", NULL, NULL, LANG_EN},
        {"fr", "en_US.UTF-8", NULL, LANG_FR},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        unsetenv("LC_MESSAGES");
        rows[i].all ? setenv("LC_ALL", rows[i].all, 1) : unsetenv("LC_ALL");
        rows[i].lang ? setenv("LANG", rows[i].lang, 1) : unsetenv("LANG");
        lang_start(rows[i].wanted);
        assert_int_equal(lang_current(), rows[i].result);
    }
}

static void reads_accept_language(void **state)
{
    static const struct {
        const char *header;
        enum lang result;
    } rows[] = {
        {NULL, LANG_FR},
        {"", LANG_FR},
        {"fr", LANG_FR},
        {"en", LANG_EN},
        {"EN-us", LANG_EN},
        {"de", LANG_FR},
        {"*", LANG_FR},
        {"en-GB,en;q=0.9,fr;q=0.8", LANG_EN},
        {"fr-BJ,en;q=0.9", LANG_FR},
        {"en;q=0.5, fr;q=0.7", LANG_FR},
        {"en ; q=0.5,fr;Q=0.4", LANG_EN},
        {"de,en;q=0.1", LANG_EN},
        {"fr;q=0.2,*", LANG_EN},
        {"fr;q=0,*", LANG_EN},
        {"fr;q=0", LANG_EN}, /* refused, and nothing said of the other */
        {"en;q=0", LANG_FR},
        {"en;q=1.5", LANG_FR}, /* no weight */
        {"en;q=,fr;q=0.001", LANG_FR},
        {"en;quality=1", LANG_FR},
        {"eng,freq=1", LANG_FR}, /* other languages */
        {",, ,en;q=0.999 ,", LANG_EN},
        {";;;,;q=,=,en", LANG_EN},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (lang_accepted(rows[i].header) != rows[i].result)
            fail_msg("%s: %s", rows[i].header, lang_code(lang_accepted(rows[i].header)));
}

static void chooses_among_many(void **state)
{
    static const char *const codes[] = {"fr", "en", "fon"};
    static const struct {
        const char *header;
        size_t result;
    } rows[] = {
        {NULL, 0},
        {"de", 0},
        {"fon", 2},
        {"FON-BJ;q=0.3, en;q=0.2", 2},
        {"fo, en;q=0.2", 1}, /* another language */
        {"fr;q=0, en;q=0, *", 2},
        {"fr;q=0, en;q=0", 2},
        {"*;q=0.5, en;q=0.4", 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_int_equal(lang_choose(rows[i].header, codes, 3), rows[i].result);
}

static const char *in_english(const char *text)
{
    LANG_SCOPE(LANG_EN);
    return _(text);
}

static void a_thread_speaks_for_a_while(void **state)
{
    lang_start("en");
    assert_string_equal(_("never"), "never");
    {
        LANG_SCOPE(LANG_FR);
        assert_int_equal(lang_current(), LANG_FR);
        assert_string_equal(_("never"), "jamais");
        assert_string_equal(in_english("never"), "never");
        assert_string_equal(_("never"), "jamais");
    }
    assert_int_equal(lang_current(), LANG_EN);
    lang_start("fr");
    assert_string_equal(_("never"), "jamais");
    LANG_SCOPE(LANG_EN);
    assert_string_equal(_("never"), "never");
}

/* Half of them speak French, half English; the last call of each may meet a
 * catalogue that another is just opening. */
static void *talk(void *lang)
{
    static const char *const fr[] = {"jamais", "oui", "non", "aucun"};
    static const char *const en[] = {N_("never"), N_("yes"), N_("no"), N_("none")};
    size_t wrong = 0;
    for (int i = 0; i < 20000; i++) {
        LANG_SCOPE(*(const enum lang *)lang);
        const char *const *right = lang_current() == LANG_FR ? fr : en;
        wrong += strcmp(_(en[i % 4]), right[i % 4]) != 0;
    }
    return (void *)wrong;
}

static void threads_do_not_mix(void **state)
{
    static const enum lang langs[] = {LANG_FR, LANG_EN};
    pthread_t threads[8];
    lang_start("en");
    for (size_t i = 0; i < 8; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, talk, (void *)&langs[i % 2]), 0);
    for (size_t i = 0; i < 8; i++) {
        void *wrong;
        pthread_join(threads[i], &wrong);
        assert_null(wrong);
    }
}

/* Last: nothing takes it back. */
static void a_log_is_in_english(void **state)
{
    int terminal = dup(STDERR_FILENO), file = open("/dev/null", O_WRONLY);
    assert_true(terminal >= 0 && file >= 0);
    lang_start("fr");
    dup2(file, STDERR_FILENO);
    assert_int_equal(lang_log(), LANG_EN); /* nobody watches */
    dup2(terminal, STDERR_FILENO);
    close(terminal);
    close(file);
    assert_string_equal(_("never"), "never");
    lang_start("fr"); /* the configuration was read anew */
    assert_int_equal(lang_current(), LANG_EN);
    assert_string_equal(_("never"), "never");
    LANG_SCOPE(LANG_FR);
    assert_string_equal(_("never"), "jamais");
}

static void writes_numbers(void **state)
{
    static const struct {
        double value;
        int decimals;
        const char *fr, *en;
    } rows[] = {
        {0, 0, "0", "0"},
        {-0.01, 1, "0,0", "0.0"},
        {1234.56, 1,
         "1\xE2\x80\xAF"
         "234,6",
         "1,234.6"},
        {-1234567, 0,
         "−1\xE2\x80\xAF"
         "234\xE2\x80\xAF"
         "567",
         "−1,234,567"},
        {999.999, 2,
         "1\xE2\x80\xAF"
         "000,00",
         "1,000.00"},
        {INFINITY, 1, "–", "–"},
        {999999999999.0, 6,
         "999\xE2\x80\xAF"
         "999\xE2\x80\xAF"
         "999\xE2\x80\xAF"
         "999,000000",
         "999,999,999,999.000000"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[NUMBER_TEXT_SIZE];
        assert_string_equal(lang_number(LANG_FR, rows[i].value, rows[i].decimals, text), rows[i].fr);
        assert_string_equal(lang_number(LANG_EN, rows[i].value, rows[i].decimals, text), rows[i].en);
    }
}

static void takes_a_word_as_it_is_typed(void **state)
{
    static const struct {
        const char *a, *b;
        bool same;
    } rows[] = {
        {"", "", true},
        {"oui", "OUI", true},
        {"Ouémé", "oueme", true},
        {"OUÉMÉ", "ouémé", true},
        {"Ouémé", "Oue\xCC\x81me\xCC\x81", true}, /* as macOS writes it */
        {"Wi-Fi", "wifi", true},
        {"point d'accès", "Point d’acces", true},
        {"Dassa-Zoumé", "dassa zoume", true},
        {"oui", "ouï", true},
        {"oui", "ou", false},
        {"ou", "oui", false},
        {"", "x", false},
        {"non", "nan", false},
        {"\xC3", "\xC3", true}, /* cut in a letter */
        {"\xC3", "", false},
        {"\xFF", "\xFE", false},
        {"\xE2\x80", "", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (lang_same(rows[i].a, rows[i].b) != rows[i].same || lang_same(rows[i].b, rows[i].a) != rows[i].same)
            fail_msg("row %zu: \"%s\" and \"%s\"", i, rows[i].a, rows[i].b);
}

static void knows_the_alphabet(void **state)
{
    static const char *const sorted[] = {
        "", "Celtiis (SBIN)", "\xC3\x89nergie", "Fibre", "Moov Africa B\xC3\xA9nin", "MTN", "MTN B\xC3\xA9nin"};
    for (size_t i = 1; i < sizeof sorted / sizeof *sorted; i++)
        if (lang_compare(sorted[i - 1], sorted[i]) >= 0 || lang_compare(sorted[i], sorted[i - 1]) <= 0)
            fail_msg("\"%s\" and \"%s\"", sorted[i - 1], sorted[i]);
    assert_int_equal(lang_compare("mtn b\xC3\xA9nin", "MTN Benin"), 0);
}

static void tells_one_from_many(void **state)
{
    static const struct {
        double n;
        bool fr, en;
    } rows[] = {{0, true, false},  {1, true, true},    {1.5, true, false},  {1.9, true, false},
                {2, false, false}, {21, false, false}, {-1.5, true, false}, {-2, false, false}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_int_equal(lang_single(LANG_FR, rows[i].n), rows[i].fr);
        assert_int_equal(lang_single(LANG_EN, rows[i].n), rows[i].en);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(chooses),
        cmocka_unit_test(reads_accept_language),
        cmocka_unit_test(chooses_among_many),
        cmocka_unit_test(writes_numbers),
        cmocka_unit_test(a_thread_speaks_for_a_while),
        cmocka_unit_test(threads_do_not_mix),
        cmocka_unit_test(a_log_is_in_english),
        cmocka_unit_test(takes_a_word_as_it_is_typed),
        cmocka_unit_test(knows_the_alphabet),
        cmocka_unit_test(tells_one_from_many),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
