#include "common/form.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <arpa/inet.h>

#include "common/clock.h"
#include "common/scan.h"

#define DIGITS       "0123456789"
#define LETTERS      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define NAME_OCTETS  253 /* RFC 1035 section 2.3.4, as text */
#define LABEL_OCTETS 63

bool form_address(const char *text, size_t len)
{
    char copy[INET6_ADDRSTRLEN];
    unsigned char octets[16];
    if (len == 0 || len >= sizeof copy)
        return false;
    memcpy(copy, text, len);
    copy[len] = '\0';
    return inet_pton(strchr(copy, ':') ? AF_INET6 : AF_INET, copy, octets) == 1;
}

bool form_name(const char *text, size_t len)
{
    bool number = false;
    if (len > 0 && text[len - 1] == '.')
        len--;
    if (len == 0 || len > NAME_OCTETS)
        return false;
    for (const char *at = text, *end = text + len; at <= end;) {
        const char *dot = memchr(at, '.', (size_t)(end - at));
        size_t label = (size_t)((dot ? dot : end) - at);
        if (label == 0 || label > LABEL_OCTETS || strspn(at, LETTERS DIGITS "-_") < label || *at == '-')
            return false;
        number = strspn(at, DIGITS) >= label;
        at += label + 1;
    }
    return !number;
}

static bool is_port(const char *text, size_t len, int least)
{
    return len >= 1 && len <= 5 && strspn(text, DIGITS) >= len && atoi(text) >= least && atoi(text) <= UINT16_MAX;
}

/* An address, one of IPv6 between brackets, or a name. */
static bool is_host(const char *text, size_t len)
{
    if (len >= 2 && text[0] == '[' && text[len - 1] == ']')
        return memchr(text, ':', len) && form_address(text + 1, len - 2);
    return !memchr(text, ':', len) && (form_address(text, len) || form_name(text, len));
}

bool form_listen(const char *text)
{
    const char *colon = strrchr(text, ':');
    if (!colon || !is_port(colon + 1, strlen(colon + 1), 0))
        return false;
    return colon == text || is_host(text, (size_t)(colon - text));
}

/* A scheme, and a host with a port behind it where one stands. */
static bool is_web(const char *text)
{
    size_t scheme = strncasecmp(text, "https://", 8) == 0 ? 8 : strncasecmp(text, "http://", 7) == 0 ? 7 : 0;
    if (scheme == 0 || strpbrk(text, " \t\"\\<>") || !form_text(text))
        return false;
    const char *host = text + scheme, *end = host + strcspn(host, "/?#");
    const char *bracket = memchr(host, ']', (size_t)(end - host)), *from = bracket ? bracket : host;
    const char *colon = memchr(from, ':', (size_t)(end - from));
    if (!colon)
        return is_host(host, (size_t)(end - host));
    return is_host(host, (size_t)(colon - host)) && is_port(colon + 1, (size_t)(end - colon) - 1, 1);
}

bool form_url(const char *text)
{
    return is_web(text) && !strpbrk(text, "?#@");
}

bool form_link(const char *text)
{
    return is_web(text);
}

bool form_number(const char *text, size_t digits)
{
    size_t len = strlen(text);
    return len > 0 && len <= digits && strspn(text, "0123456789") == len && strspn(text, "0") < len;
}

bool form_day(const char *text)
{
    char moment[TIME_TEXT_SIZE];
    int64_t us;
    snprintf(moment, sizeof moment, "%.10sT00:00:00Z", text);
    return strlen(text) == 10 && time_parse(moment, strlen(moment), &us) == 0 && us >= TIME_FIRST_US;
}

/* The octets of the control character that stands there, 0 when none does. */
static size_t control(const char *at)
{
    const unsigned char *c = (const unsigned char *)at;
    if (*c < ' ' || *c == 0x7f)
        return *c ? 1 : 0;
    return *c == 0xc2 && c[1] >= 0x80 && c[1] < 0xa0 ? 2 : 0;
}

bool form_text(const char *text)
{
    for (const char *c = text; *c; c++)
        if (control(c))
            return false;
    return scan_utf8(text, strlen(text)) == strlen(text);
}

void form_tame(char *text)
{
    for (char *c = text; *c; c++)
        memset(c, ' ', control(c));
}

size_t form_next_word(const char **at)
{
    static const char separators[] = " ,\t";
    *at += strspn(*at, separators);
    size_t len = strcspn(*at, separators);
    *at += len;
    return len;
}
