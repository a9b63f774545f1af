#include "tests/unit/check.h"

#include <errno.h>

#include "collector/command/settings.h"
#include "common/file.h"

#define LONG "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static char *dir;

static int read_text(const char *text, struct settings *s, struct fault *f)
{
    _cleanup_text_ char *path = alloc_format("%s/collector.conf", dir);
    assert_int_equal(file_write_atomic(path, text, strlen(text), 0644, f), 0);
    int rc = settings_read(path, true, s, f);
    unlink(path);
    return rc;
}

static void defaults(void **state)
{
    struct settings s = {0};
    struct fault f = {0};
    assert_int_equal(read_text("", &s, &f), 0);
    assert_string_equal(s.listen, "127.0.0.1:8080");
    assert_string_equal(s.country, "BJ");
    assert_true(!s.database || !*s.database);
    assert_int_equal(s.writers, 2);
    assert_int_equal(s.publication_floor, SETTINGS_FLOOR_YES);
    settings_free(&s);
}

static void an_absent_file_is_fine_unless_named(void **state)
{
    struct settings s = {0};
    struct fault f = {0};
    assert_int_equal(settings_read("/nonexistent/collector.conf", false, &s, &f), 0);
    assert_string_equal(s.listen, "127.0.0.1:8080");
    settings_free(&s);
    s = (struct settings){0};
    assert_int_equal(settings_read("/nonexistent/collector.conf", true, &s, &f), -ENOENT);
    settings_free(&s);
}

static void values(void **state)
{
    struct settings s = {0};
    struct fault f = {0};
    assert_int_equal(read_text("listen = [::]:80\ndatabase = postgresql://x\nwriters = 8\nlog_level = debug\n", &s, &f),
                     0);
    assert_string_equal(s.listen, "[::]:80");
    assert_string_equal(s.database, "postgresql://x");
    assert_int_equal(s.writers, 8);
    assert_int_equal(s.log_level, 3);
    settings_free(&s);
}

/* Nobody stands behind simulated rows: whoever reaches the collector may see them. */
static void the_floor_of_simulated_rows_goes_everywhere(void **state)
{
    struct settings s = {0};
    struct fault f = {0};
    const char *text =
        "publication_floor = simulated\nlisten = [::]:80\nproxies = 192.0.2.1\ndatabase = postgresql://x\n";
    assert_int_equal(read_text(text, &s, &f), 0);
    assert_int_equal(s.publication_floor, SETTINGS_FLOOR_SIMULATED);
    settings_free(&s);
}

static void wrong_lines_say_where_and_what_is_allowed(void **state)
{
    static const struct {
        const char *text;
        const char *says[4];
    } cases[] = {
        {"listen = a\nwriters = none\n", {"collector.conf", "2", "writers"}},
        {"writers = 0\n", {"writers", "1", "64"}},
        {"writers = 65\n", {"writers", "1", "64"}},
        {"log_level = loud\n", {"log_level", "error", "debug"}},
        {"writer = 1\n", {"collector.conf", "writer"}},
        {"[serve]\nlisten = a\n", {"collector.conf", "serve"}},
        {"listen = a\n", {"line 1", "listen = a", "127.0.0.1:8080"}},
        {"\nproxies = 127.0.0.1, 300.1.1.1\n", {"line 2", "proxies = 300.1.1.1", "2001:db8::1"}},
        {"country = XX\n", {"line 1", "country = XX", "BJ"}},
        {"country =\n", {"line 1", "country", "BJ"}},
        {"database = mysql://x\n", {"line 1", "database", "postgresql://"}},
        {"database = postgresql://u:secret@x?sslmod=off\n", {"line 1", "database", "sslmod"}},
        {"user = nobody-of-that-name\n", {"line 1", "nobody-of-that-name", "adduser"}},
        {"user = root\n", {"line 1", "user = root", "root"}},
        {"publication_floor = off\n", {"line 1", "publication_floor = off", "no", "simulated"}},
        {"archive = data\n", {"line 1", "archive = data", "/"}},
        {"schedule = mine.json\n", {"line 1", "schedule = mine.json", "/"}},
        {"\ntarget = https://" LONG "." LONG "." LONG ".example\n", {"line 2", "longer than", "shorten it"}},
        {"packs = dns edns\n", {"line 1", "packs = edns", "dns, edns-africa"}},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct settings s = {0};
        struct fault f = {0};
        assert_true(read_text(cases[i].text, &s, &f) < 0);
        for (size_t k = 0; k < 4 && cases[i].says[k]; k++)
            if (!strstr(f.text, cases[i].says[k]))
                fail_msg("%s: \"%s\" does not say %s", cases[i].text, f.text, cases[i].says[k]);
        if (strstr(f.text, "secret"))
            fail_msg("a password is shown: %s", f.text);
        settings_free(&s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(defaults),
        cmocka_unit_test(an_absent_file_is_fine_unless_named),
        cmocka_unit_test(values),
        cmocka_unit_test(the_floor_of_simulated_rows_goes_everywhere),
        cmocka_unit_test(wrong_lines_say_where_and_what_is_allowed),
    };
    dir = scratch_dir();
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    rmdir(dir);
    return failed;
}
