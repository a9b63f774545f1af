#include "common/lang.h"

#include <limits.h>
#include <locale.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "build_config.h"
#include "common/alloc.h"

static enum lang current = LANG_FR;

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

/* In a build folder the catalogues lie beside the programs; installed, where
 * meson put them. */
static const char *catalogues(char *ret, size_t size)
{
    char exe[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", exe, sizeof exe - 1);
    exe[n > 0 ? n : 0] = '\0';
    for (int up = 0; up < 3; up++) {
        char *slash = strrchr(exe, '/');
        if (!slash)
            break;
        *slash = '\0';
        int len = snprintf(ret, size, "%s/common/po", exe);
        char probe[PATH_MAX + 64];
        snprintf(probe, sizeof probe, "%s/fr/LC_MESSAGES/internetmetre.mo", ret);
        if (len > 0 && (size_t)len < size && access(probe, R_OK) == 0)
            return ret;
    }
    return LOCALE_DIR;
}

void lang_start(const char *wanted)
{
    if (strcmp(wanted, "fr") == 0)
        current = LANG_FR;
    else if (strcmp(wanted, "en") == 0)
        current = LANG_EN;
    else
        current = from_environment();
    /* gettext takes LANGUAGE into account in any locale but "C": C.UTF-8 needs
     * no locale package. Numbers stay in the C locale: they go into JSON. */
    setenv("LANGUAGE", current == LANG_FR ? "fr" : "en", 1);
    if (!setlocale(LC_MESSAGES, "C.UTF-8"))
        setlocale(LC_MESSAGES, "");
    if (!setlocale(LC_CTYPE, "C.UTF-8"))
        setlocale(LC_CTYPE, "");
    char dir[PATH_MAX];
    bindtextdomain("internetmetre", catalogues(dir, sizeof dir));
    bind_textdomain_codeset("internetmetre", "UTF-8");
    textdomain("internetmetre");
}

enum lang lang_current(void)
{
    return current;
}

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
