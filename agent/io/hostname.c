#include "agent/io/hostname.h"

#include <ctype.h>
#include <errno.h>
#include <idn2.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "agent/io/address.h"
#include "common/lang.h"

#define LABEL_MAX 63 /* RFC 1035 section 2.3.4 */
#define LETTERS   "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS    "0123456789"
#define ZWNJ      "\xe2\x80\x8c"
#define ZWJ       "\xe2\x80\x8d"

static int refuse(const char *text, const char *why, struct fault *f)
{
    return fault_set(f, -EINVAL, _("\"%.100s\" is no name: %s"), text, why);
}

/* ---- what a hurried hand types instead ---- */

/* "name:443", or an IPv6 address with something wrong in it. */
static const char *why_colon(const char *text)
{
    const char *last = strrchr(text, ':');
    bool port = strchr(text, ':') == last && last[1] && strspn(last + 1, DIGITS) == strlen(last + 1);
    return port ? _("a port is no part of it; a check that has ports has a parameter for them, port")
                : _("only an IPv6 address has colons, and this is none");
}

/* What is wrong with its letters, for hosts and domains alike; NULL: nothing. */
static const char *why_not_plain(const char *text)
{
    if (!*text)
        return _("it is empty");
    if (strstr(text, "://"))
        return _("this is a URL; write the name alone, such as example.bj");
    for (const unsigned char *c = (const unsigned char *)text; *c; c++)
        if (*c <= ' ' || *c == 0x7f)
            return _("a blank or a control character stands in it");
    if (strchr(text, '@'))
        return _("a user name is no part of it");
    if (strchr(text, '['))
        return _("brackets stand around an IPv6 address only");
    if (strchr(text, '%'))
        return _("only a link-local IPv6 address is followed by a percent sign and an interface");
    if (strchr(text, ':'))
        return why_colon(text);
    if (strchr(text, '\\'))
        return _("a backslash stands in it; write the letter itself");
    return NULL;
}

/* Does the name end in a number, as only an address does ("127.1", "10.0.0.0x1")? */
static bool ends_in_number(const char *name, size_t len)
{
    size_t start = len;
    while (start > 0 && name[start - 1] != '.')
        start--;
    const char *last = name + start;
    size_t n = len - start;
    if (n == 0)
        return false;
    if (n >= 2 && last[0] == '0' && (last[1] | 0x20) == 'x')
        return strspn(last + 2, DIGITS "abcdefABCDEF") >= n - 2;
    return strspn(last, DIGITS) >= n;
}

/* ---- its parts ---- */

static const char *why_parts(const char *name, size_t len)
{
    if (len > HOSTNAME_SIZE - 3)
        return _("it has more than 253 letters");
    for (size_t at = 0; at <= len;) {
        size_t label = strcspn(name + at, ".");
        if (at + label > len)
            label = len - at;
        if (label == 0)
            return _("a part of it, between two dots, is empty");
        if (label > LABEL_MAX)
            return _("a part of it, between two dots, has more than 63 letters");
        at += label + 1;
    }
    return NULL;
}

/* IDNA 2008. Symbols, which it has no place for, are what browsers and curl make of them; a name whose fault lies in
 * directions or joiners would become another one that way. */
static int lookup(const char *text, uint8_t **ret)
{
    const uint8_t *name = (const uint8_t *)text;
    int r = idn2_lookup_u8(name, ret, IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL);
    bool joined = strstr(text, ZWNJ) || strstr(text, ZWJ);
    if ((r == IDN2_DISALLOWED || r == IDN2_UNASSIGNED) && !joined)
        r = idn2_lookup_u8(name, ret, IDN2_NFC_INPUT | IDN2_TRANSITIONAL);
    return r;
}

static bool is_ascii(const char *text)
{
    for (; *text; text++)
        if (!isascii((unsigned char)*text))
            return false;
    return true;
}

static int to_ascii(const char *text, char ret[static HOSTNAME_SIZE], struct fault *f)
{
    if (is_ascii(text)) {
        if (strlen(text) >= HOSTNAME_SIZE)
            return refuse(text, _("it has more than 253 letters"), f);
        snprintf(ret, HOSTNAME_SIZE, "%s", text);
        return 0;
    }
    uint8_t *found = NULL;
    bool fits = lookup(text, &found) == IDN2_OK && strlen((const char *)found) < HOSTNAME_SIZE;
    if (fits)
        snprintf(ret, HOSTNAME_SIZE, "%s", (const char *)found);
    idn2_free(found);
    if (!fits)
        return refuse(text, _("its letters beyond ASCII make no international name (IDNA)"), f);
    /* Wide forms of ASCII's marks have become these. */
    const char *why = why_not_plain(ret);
    return why ? refuse(text, why, f) : 0;
}

/* ---- the interface ---- */

int hostname_read(const char *text, char ret[static HOSTNAME_SIZE], struct fault *f)
{
    char name[HOSTNAME_SIZE];
    const char *why = why_not_plain(text);
    if (!why && strchr(text, '/'))
        why = _("what stands from the slash on is no part of it");
    if (why)
        return refuse(text, why, f);
    int r = to_ascii(text, name, f);
    if (r < 0)
        return r;
    size_t len = strlen(name);
    if (len > 1 && name[len - 1] == '.')
        name[--len] = '\0';
    why = why_parts(name, len);
    if (!why && ends_in_number(name, len))
        why = _("its last part is a number, and an IPv4 address has four, such as 192.0.2.1");
    if (!why && strspn(name, LETTERS DIGITS "-_.") != len)
        why = _("it has other marks than letters, digits, hyphens and dots");
    if (why)
        return refuse(text, why, f);
    memcpy(ret, name, len + 1);
    return 0;
}

int hostname_domain(const char *text, char ret[static HOSTNAME_SIZE], struct fault *f)
{
    struct sockaddr_storage address;
    char name[HOSTNAME_SIZE];
    if (address_read(text, &address, NULL) != -EINVAL)
        return refuse(text, _("it is an address; its name ends in in-addr.arpa or ip6.arpa"), f);
    const char *why = why_not_plain(text);
    if (why)
        return refuse(text, why, f);
    int r = to_ascii(text, name, f);
    if (r < 0)
        return r;
    size_t len = strlen(name);
    bool root = strcmp(name, ".") == 0, dot = len > 0 && name[len - 1] == '.';
    /* RFC 2317: names of address ranges have one. */
    bool reverse = len > 5 + dot && strncasecmp(name + len - 5 - dot, ".arpa", 5) == 0;
    if (!root)
        why = why_parts(name, len - dot);
    if (!why && strchr(name, '/') && !reverse)
        why = _("what stands from the slash on is no part of it");
    if (!why && strpbrk(name, "\"();$,"))
        why = _("it has marks that no domain name has");
    if (why)
        return refuse(text, why, f);
    memcpy(ret, name, len + 1);
    return 0;
}

const char *hostname_display(const char *name, char *ret, size_t size)
{
    char *found = NULL;
    uint8_t *back = NULL;
    /* Punycode can spell what turns a line around or moves a terminal's cursor: letters are those of a name. */
    bool fits = strstr(name, "xn--") && idn2_to_unicode_8z8z(name, &found, 0) == IDN2_OK &&
                lookup(found, &back) == IDN2_OK && strcasecmp((const char *)back, name) == 0;
    snprintf(ret, size, "%s", fits ? found : name);
    idn2_free(back);
    idn2_free(found);
    return ret;
}
