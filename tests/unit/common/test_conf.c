#include "tests/unit/check.h"

#include <errno.h>
#include <unistd.h>

#include "common/conf.h"
#include "common/file.h"
#include "common/lang.h"

struct settings {
    char *listen, *note;
    int64_t count, interval_us, cap_bytes;
    bool private;
    int level;
    char last_task[200];
    char *page, *near, *folder, *zone, *country, *countries;
    int64_t low;
};

static const char *const levels[] = {"error", "warn", "info", NULL};

static const char *const none[] = {"none", NULL};

static void countries(struct buf *out)
{
    conf_add_word(out, "BJ");
    conf_add_word(out, "ML");
}

static int check_low(const void *target, struct fault *f)
{
    const struct settings *s = target;
    return s->low > s->count ? fault_set(f, -EINVAL, "low is above count") : 0;
}

/* Longer than a line of a file may be: the sample has to break it. */
#define WORDS10   "one and two and three and four and five and ten "
#define LONG_HELP WORDS10 WORDS10 WORDS10 WORDS10 WORDS10

#define AT(member) .name = #member, .offset = offsetof(struct settings, member)

static const struct conf_key keys[] = {
    {AT(page), .type = CONF_URL, .help = LONG_HELP},
    {AT(near), .type = CONF_ADDRESSES, .help = "nr"},
    {AT(folder), .type = CONF_PATH, .help = "f"},
    {AT(zone), .type = CONF_DOMAIN, .help = "z"},
    {AT(country), .type = CONF_WORD, .preset = "BJ", .words = countries, .help = "cc"},
    {AT(countries), .type = CONF_WORDS, .preset = "BJ", .words = countries, .help = "cs"},
    {AT(low), .type = CONF_INT, .preset = "0", .max = 100, .check = check_low, .help = "lw"},
    {.name = "listen",
     .type = CONF_LISTEN,
     .choices = none,
     .offset = offsetof(struct settings, listen),
     .preset = "127.0.0.1:8080",
     .help = "l"},
    {.name = "note", .type = CONF_TEXT, .offset = offsetof(struct settings, note), .help = "n"},
    {.name = "count",
     .type = CONF_INT,
     .offset = offsetof(struct settings, count),
     .preset = "10",
     .min = 1,
     .max = 100,
     .help = "c"},
    {.name = "interval",
     .type = CONF_DURATION,
     .offset = offsetof(struct settings, interval_us),
     .preset = "15m",
     .min = 1000000,
     .max = 86400000000,
     .help = "i"},
    {.name = "private", .type = CONF_BOOL, .offset = offsetof(struct settings, private), .preset = "no", .help = "p"},
    {.section = "spool",
     .name = "cap",
     .type = CONF_BYTES,
     .offset = offsetof(struct settings, cap_bytes),
     .preset = "20M",
     .min = 1024,
     .max = 1 << 30,
     .help = "cap"},
    {.section = "spool",
     .name = "level",
     .type = CONF_CHOICE,
     .offset = offsetof(struct settings, level),
     .preset = "info",
     .choices = levels,
     .help = "lv"},
};

static int on_task(void *target, const char *section, const char *name, const char *value, struct fault *f)
{
    struct settings *s = target;
    if (strcmp(name, "check") != 0)
        return fault_set(f, -EINVAL, "unknown key \"%s\"; known here: check", name);
    snprintf(s->last_task, sizeof s->last_task, "%s=%s", section, value);
    return 0;
}

static const struct conf_table table = {keys, sizeof keys / sizeof *keys, "task ", on_task};

static int read_text(const char *text, struct settings *s, struct fault *f)
{
    const char *dir = scratch_dir();
    char path[128];
    snprintf(path, sizeof path, "%s/a.conf", dir);
    assert_int_equal(file_write_atomic(path, text, strlen(text), 0600, f), 0);
    conf_preset(&table, s);
    int r = conf_read(&table, path, s, f);
    unlink(path);
    rmdir(dir);
    return r;
}

static void reads(void **state)
{
    struct settings s = {0};
    struct fault f = {0};
    assert_int_equal(read_text("# c\ncount = 7\r\n; c\ninterval=2h\nprivate = yes ; trailing\n\n[spool]\ncap = 5M\n"
                               "[task a b]\ncheck = ping\n[spool]\nlevel = warn",
                               &s, &f),
                     0);
    assert_string_equal(s.listen, "127.0.0.1:8080");
    assert_null(s.note);
    assert_string_equal(s.country, "BJ");
    assert_int_equal(s.count, 7);
    assert_int_equal(s.interval_us, 7200000000);
    assert_int_equal(s.cap_bytes, 5 << 20);
    assert_true(s.private);
    assert_int_equal(s.level, 1);
    assert_string_equal(s.last_task, "a b=ping");
    conf_free(&table, &s);
}

static void names_place_and_cure(void **state)
{
    static const struct {
        const char *text, *says[3];
    } rows[] = {
        {"count = 0", {"a.conf, line 1: ", "count = 0", "from 1 to 100"}},
        {"\n\ncount = 7x", {"line 3: ", "count = 7x", "from 1 to 100"}},
        {"count = 7\ncuont = 7", {"line 2: ", "unknown key \"cuont\"", "count, interval"}},
        {"interval = 15", {"line 1: ", "interval = 15", "from 1s to 1d"}},
        {"interval = 2d", {"line 1: ", "interval = 2d", "from 1s to 1d"}},
        {"private = maybe", {"line 1: ", "private = maybe", "yes or no"}},
        {"[spool]\nlevel = loud", {"line 2: ", "level = loud", "error, warn, info"}},
        {"[spool]\ncap = 2G", {"line 2: ", "cap = 2G", "from 1K to 1G"}},
        {"[spoll]\ncap = 2G", {"line 2: ", "unknown section [spoll]", "[spool], [task NAME]"}},
        {"[task x]\nchekc = ping", {"line 2: ", "unknown key \"chekc\"", "check"}},
        {"count = 1\njust words\n", {"line 2: ", "key = value", ""}},
        {"note = a\n  b = c\n", {"line 2: ", "begins with a space", ""}},
        {"note = \x01", {"line 1: ", "note = ", "text"}},
        {"count = 7\nnote = a\ncount = 8", {"line 3: ", "count stands twice", "in line 1"}},
        {"[task x]\ncheck = a\n[task x]\ncheck = b", {"line 4: ", "check stands twice", "in line 2"}},
        {"count = 7\n[spoll]\n", {"line 2: ", "unknown section [spoll]", "[spool]"}},
        {"[spool] cap = 5M\n", {"line 1: ", "behind the section", "own line"}},
        {"listen =", {"line 1: ", "listen = :", "ADDRESS:PORT"}},
        {"listen = a", {"line 1: ", "listen = a:", "127.0.0.1:8080"}},
        {"listen = 300.1.1.1:80", {"line 1: ", "300.1.1.1:80", "ADDRESS:PORT"}},
        {"count = 7\nlisten = x:65536", {"line 2: ", "x:65536", "none"}},
        {"page = ftp://x", {"line 1: ", "page = ftp://x", "https://"}},
        {"near = 10.0.0.1, 300.1.1.1 ::1", {"line 1: ", "near = 300.1.1.1:", "2001:db8::1"}},
        {"near = 10.0.0.0/8", {"line 1: ", "10.0.0.0/8", "192.0.2.1"}},
        {"folder = data", {"line 1: ", "folder = data", "begins with /"}},
        {"zone = a..b", {"line 1: ", "zone = a..b", "domain name"}},
        {"country = XX", {"line 1: ", "country = XX", "BJ, ML"}},
        {"country = BJ ML", {"line 1: ", "country = BJ ML", "BJ, ML"}},
        {"country =", {"line 1: ", "country = :", "BJ, ML"}},
        {"countries = BJ,xx", {"line 1: ", "countries = xx:", "BJ, ML"}},
        {"low = 9\ncount = 7", {"line 1: ", "low is above count", ""}},
    };
    lang_start("en");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct settings s = {0};
        struct fault f = {0};
        assert_true(read_text(rows[i].text, &s, &f) < 0);
        for (int k = 0; k < 3; k++) {
            if (!strstr(f.text, rows[i].says[k]))
                fail_msg("row %zu says: %s", i, f.text);
        }
        conf_free(&table, &s);
    }
    char line[400] = "note = ";
    memset(line + 7, 'x', 300);
    struct settings s = {0};
    struct fault f = {0};
    assert_true(read_text(line, &s, &f) < 0);
    assert_non_null(strstr(f.text, "line 1: longer than"));
    conf_free(&table, &s);
}

/* A list may be empty, and an empty text is none; a check sees the whole file. */
static void takes(void **state)
{
    struct settings s = {0};
    struct fault f = {0};
    if (read_text("low = 50\ncount = 60\nlisten = none\nnote =\ncountries =\nnear = ::1,\t192.0.2.1\n"
                  "page = HTTPS://e.org/a\nfolder = /x y\nzone = e.org.\ncountry = ML\n",
                  &s, &f) < 0)
        fail_msg("%s", f.text);
    assert_null(s.note);
    assert_null(s.countries);
    assert_string_equal(s.country, "ML");
    assert_string_equal(s.listen, "none");
    assert_int_equal(conf_set(&table, &s, NULL, "low", "70", &f), -EINVAL);
    assert_string_equal(f.text, "low is above count");
    assert_int_equal(conf_set(&table, &s, NULL, "listen", "x", &f), -EINVAL);
    assert_int_equal(conf_set(&table, &s, NULL, "listen", "[::]:0", &f), 0);
    conf_free(&table, &s);
}

/* Help and sample name every key, and the sample is itself a valid file. */
static void prints_every_key(void **state)
{
    for (int sample = 0; sample < 2; sample++) {
        char *text = NULL;
        size_t size;
        FILE *out = open_memstream(&text, &size);
        sample ? conf_print_sample(&table, out) : conf_print_help(&table, out);
        fclose(out);
        for (size_t i = 0; i < table.count; i++)
            assert_non_null(strstr(text, keys[i].name));
        if (sample) {
            struct settings s = {0};
            struct fault f;
            assert_int_equal(read_text(text, &s, &f), 0);
            conf_free(&table, &s);
        }
        free(text);
    }
}

static void hostile_values(void **state)
{
    int64_t n;
    bool b;
    assert_int_equal(conf_parse_duration("99999999999999d", &n), -ERANGE);
    assert_int_equal(conf_parse_duration("-1s", &n), -EINVAL);
    assert_int_equal(conf_parse_duration("", &n), -EINVAL);
    assert_int_equal(conf_parse_bytes("9999999999999G", &n), -ERANGE);
    static const char *const numbers[] = {"",    " 1",   "+1", "1 ",  "1e3",
                                          "12x", "0x10", "-",  "--1", "99999999999999999999"};
    for (size_t i = 0; i < COUNT(numbers); i++)
        if (conf_parse_int(numbers[i], &n) != -EINVAL)
            fail_msg("\"%s\" is taken for a number", numbers[i]);
    assert_int_equal(conf_parse_int("-12", &n), 0);
    assert_int_equal(n, -12);
    assert_int_equal(conf_parse_duration("+1s", &n), -EINVAL);
    assert_int_equal(conf_parse_duration(" 1s", &n), -EINVAL);
    assert_int_equal(conf_parse_duration("1s ", &n), -EINVAL);
    assert_int_equal(conf_parse_bool("", &b), -EINVAL);
}

/* ---- prose ---- */

struct prose {
    char text[200];
    int line;
};

static void take_line(void *target, int line)
{
    ((struct prose *)target)->line = line;
}

static int take_text(void *target, const char *section, const char *name, const char *value, struct fault *f)
{
    struct prose *p = target;
    const size_t len = strlen(p->text);
    snprintf(p->text + len, sizeof p->text - len, "%s/%s=%s@%d|", section, name, value, p->line);
    return 0;
}

static int read_prose(const char *text, struct prose *p, struct fault *f)
{
    static const struct conf_table prose = {
        .section_prefix = "", .section = take_text, .prose = true, .line = take_line};
    const char *folder = scratch_dir();
    _cleanup_text_ char *path = alloc_format("%s/a.conf", folder);
    assert_int_equal(file_write_atomic(path, text, strlen(text), 0600, f), 0);
    int r = conf_read(&prose, path, p, f);
    unlink(path);
    rmdir(folder);
    return r;
}

static void prose_goes_on(void **state)
{
    static const struct {
        const char *text, *is; /* or what is wrong */
        bool wrong;
    } rows[] = {
        {"; a remark\n[a b]\nt = one ; two;\nt = three\n[a c]\nt=x\n", "a b/t=one; two;@3|a b/t=three@4|a c/t=x@6|"},
        {"[a]\nt = x\n[a]\nt = y\n", "line 3: [a] stands twice, first in line 1", true},
        {"[a]\n t = x\n", "line 2: begins with a space", true},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct prose p = {0};
        struct fault f = {0};
        int rc = read_prose(rows[i].text, &p, &f);
        if (rows[i].wrong != (rc < 0) || !strstr(rows[i].wrong ? f.text : p.text, rows[i].is))
            fail_msg("%s: %s %s", rows[i].text, p.text, f.text);
    }
    struct prose p = {0};
    struct fault f = {0};
    _cleanup_(buf_free) struct buf text = {0};
    buf_addf(&text, "[a]\nt = %0*d\n", 300, 0);
    assert_int_equal(read_prose(text.data, &p, &f), -EINVAL);
    assert_non_null(strstr(f.text, "go on in another line of the same key"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads),          cmocka_unit_test(names_place_and_cure),
        cmocka_unit_test(takes),          cmocka_unit_test(prints_every_key),
        cmocka_unit_test(hostile_values), cmocka_unit_test(prose_goes_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
