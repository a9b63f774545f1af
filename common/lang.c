#include "common/lang.h"

#include <ctype.h>
#include <limits.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "build_config.h"
#include "common/alloc.h"
#include "common/qvalue.h"

#define PROCESS (-1)

static enum lang current = LANG_FR; /* the process's */
static bool logs;
/* gettext takes LANGUAGE, which is French, into account in any locale but "C":
 * C.UTF-8 needs no locale package, and with "C" texts stay the English that
 * they are. So do those of libc and libpq, which have catalogues of their own. */
static const char *const messages[] = {[LANG_FR] = "C.UTF-8", [LANG_EN] = "C"};
static locale_t locales[COUNT(messages)];
static _Thread_local int spoken = PROCESS;

static enum lang from_environment(void)
{
    static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
    for (size_t i = 0; i < COUNT(names); i++) {
        const char *value = getenv(names[i]);
        if (!value || !*value)
            continue;
        if (strncmp(value, "fr", 2) == 0 || strcmp(value, "POSIX") == 0 || strcmp(value, "C") == 0 ||
            strncmp(value, "C.", 2) == 0)
            return LANG_FR;
        return LANG_EN;
    }
    return LANG_FR;
}

static bool has_catalogues(const char *dir)
{
    char path[PATH_MAX + 64];
    snprintf(path, sizeof path, "%s/fr/LC_MESSAGES/internetmetre.mo", dir);
    return access(path, R_OK) == 0;
}

/* In a build folder the catalogues lie beside the programs. A Debian package
 * brings its program's own, for two packages may not share a file. Else they
 * are where meson put them. */
static const char *catalogues(char *ret, size_t size)
{
    char exe[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", exe, sizeof exe - 1);
    exe[n > 0 ? n : 0] = '\0';
    char *name = strrchr(exe, '/');
    for (int up = 0; up < 3; up++) {
        char *slash = strrchr(exe, '/');
        if (!slash)
            break;
        *slash = '\0';
        int len = up == 1 ? snprintf(ret, size, "%s/share/%s/locale", exe, name + 1) : 0;
        if (len > 0 && (size_t)len < size && has_catalogues(ret))
            return ret;
        len = snprintf(ret, size, "%s/common/po", exe);
        if (len > 0 && (size_t)len < size && has_catalogues(ret))
            return ret;
    }
    return LOCALE_DIR;
}

/* Numbers stay in the C locale: they go into JSON. */
static void start_locales(void)
{
    for (size_t l = 0; l < COUNT(locales); l++) {
        if (locales[l])
            continue;
        locale_t ctype = newlocale(LC_CTYPE_MASK, "C.UTF-8", 0);
        locales[l] = newlocale(LC_MESSAGES_MASK, messages[l], ctype);
        if (!locales[l])
            locales[l] = ctype ? ctype : LC_GLOBAL_LOCALE;
    }
}

void lang_start(const char *wanted)
{
    if (strcmp(wanted, "fr") == 0)
        current = LANG_FR;
    else if (strcmp(wanted, "en") == 0)
        current = LANG_EN;
    else
        current = from_environment();
    if (logs)
        current = LANG_EN;
    setenv("LANGUAGE", "fr", 1);
    if (!setlocale(LC_MESSAGES, messages[current]))
        setlocale(LC_MESSAGES, "");
    if (!setlocale(LC_CTYPE, "C.UTF-8"))
        setlocale(LC_CTYPE, "");
    start_locales();
    char dir[PATH_MAX];
    bindtextdomain("internetmetre", catalogues(dir, sizeof dir));
    bind_textdomain_codeset("internetmetre", "UTF-8");
    textdomain("internetmetre");
}

enum lang lang_log(void)
{
    enum lang reader = isatty(STDERR_FILENO) ? lang_current() : LANG_EN;
    logs = true;
    lang_start("en");
    return reader;
}

enum lang lang_current(void)
{
    return spoken == PROCESS ? current : (enum lang)spoken;
}

const char *lang_code(enum lang lang)
{
    return lang == LANG_FR ? "fr" : "en";
}

/* ---- a thread's own ---- */

static void speak(int lang)
{
    spoken = lang;
    uselocale(lang == PROCESS || !locales[lang] ? LC_GLOBAL_LOCALE : locales[lang]);
}

struct lang_scope lang_speak(enum lang lang)
{
    struct lang_scope scope = {.before = spoken};
    speak((int)lang);
    return scope;
}

void lang_speak_again(const struct lang_scope *scope)
{
    speak(scope->before);
}

/* ---- what a client asks for ---- */

const char *lang_header(enum lang lang, char ret_text[static LANG_HEADER_SIZE])
{
    snprintf(ret_text, LANG_HEADER_SIZE, "Accept-Language: %s", lang_code(lang));
    return ret_text;
}

/* The weight of one element of the list ("fr-BJ ;q=0.8"), 0 to 1; one that
 * cannot be read is as good as absent. */
static double weight(const char *element, size_t len)
{
    const char *semicolon = memchr(element, ';', len), *end = element + len;
    if (!semicolon)
        return 1;
    const char *q = semicolon + 1 + strspn(semicolon + 1, " \t");
    if (end - q < 2 || strncasecmp(q, "q=", 2) != 0)
        return 0;
    int value = qvalue_read(q + 2, (size_t)(end - q - 2));
    return value > 0 ? (double)value / QVALUE_MAX : 0;
}

/* What the header says of a language: its weight, below 0 when it does not name it. */
static double wanted(const char *header, const char *code, double *ret_any)
{
    double best = -1;
    size_t code_len = strlen(code);
    while (header && *header) {
        header += strspn(header, ", \t");
        size_t len = strcspn(header, ","), tag = strcspn(header, ",;-_ \t");
        double w = weight(header, len);
        if (tag == code_len && strncasecmp(header, code, tag) == 0 && w > best)
            best = w;
        if (tag == 1 && *header == '*')
            *ret_any = w;
        header += len;
    }
    return best;
}

size_t lang_choose(const char *header, const char *const *codes, size_t count)
{
    size_t chosen = 0;
    double best = -1;
    for (size_t i = 0; i < count; i++) {
        double any = 0, w = wanted(header, codes[i], &any);
        /* One that was not named is still better than one that was refused. */
        if (w < 0)
            w = any > 0 ? any : 0.0001;
        if (w > best) {
            best = w;
            chosen = i;
        }
    }
    return chosen;
}

enum lang lang_accepted(const char *header)
{
    static const char *const codes[] = {[LANG_FR] = "fr", [LANG_EN] = "en"};
    return (enum lang)lang_choose(header, codes, COUNT(codes));
}

/* ---- numbers ---- */

#define NARROW_NO_BREAK_SPACE "\xE2\x80\xAF"

const char *lang_number(enum lang lang, double value, int decimals, char ret_text[static NUMBER_TEXT_SIZE])
{
    if (!isfinite(value) || fabs(value) >= 1e12)
        return strcpy(ret_text, "–");
    char plain[32];
    snprintf(plain, sizeof plain, "%.*f", decimals < 0 ? 0 : decimals > 6 ? 6 : decimals, fabs(value));
    bool zero = plain[strspn(plain, "0.")] == '\0';
    const char *group = lang == LANG_FR ? NARROW_NO_BREAK_SPACE : ",";
    size_t whole = strcspn(plain, "."), n = 0;
    if (value < 0 && !zero)
        n += (size_t)sprintf(ret_text, "−");
    for (size_t i = 0; i < whole; i++) {
        if (i > 0 && (whole - i) % 3 == 0)
            n += (size_t)sprintf(ret_text + n, "%s", group);
        ret_text[n++] = plain[i];
    }
    if (plain[whole])
        n += (size_t)sprintf(ret_text + n, "%c%s", lang == LANG_FR ? ',' : '.', plain + whole + 1);
    ret_text[n] = '\0';
    return ret_text;
}

bool lang_single(enum lang lang, double n)
{
    return lang == LANG_FR ? n > -2 && n < 2 : n == 1;
}

/* Octets of what makes no difference, at the start of text: blanks, hyphens,
 * apostrophes, and accents that follow their letter (U+0300 on, as macOS has them). */
static size_t ignored(const char *text)
{
    static const char apostrophe[] = "\xE2\x80\x99";
    if (strncmp(text, apostrophe, strlen(apostrophe)) == 0)
        return strlen(apostrophe);
    if ((text[0] == '\xcc' || text[0] == '\xcd') && (text[1] & 0xc0) == 0x80)
        return 2;
    return text[0] && strchr(" -'", text[0]) ? 1 : 0;
}

/* The next letter in lower case, without its accent; '\0' at the end. */
static char next_letter(const char **at)
{
    static const char plain[] = "aaaaaaaceeeeiiiidnooooo/ouuuuyty"; /* U+00E0 on, and U+00C0 on */
    for (size_t n; (n = ignored(*at)) > 0;)
        *at += n;
    const unsigned char *c = (const unsigned char *)*at;
    bool accented = c[0] == 0xc3 && (c[1] & 0xc0) == 0x80;
    *at += accented ? 2 : c[0] ? 1 : 0;
    return accented ? plain[c[1] & 0x1f] : (char)tolower(c[0]);
}

int lang_compare(const char *a, const char *b)
{
    unsigned char one, other;
    do {
        one = (unsigned char)next_letter(&a);
        other = (unsigned char)next_letter(&b);
    } while (one && one == other);
    return one - other;
}

bool lang_same(const char *a, const char *b)
{
    return lang_compare(a, b) == 0;
}
