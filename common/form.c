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

/* ---- characters that nobody sees ---- */

/* Controls, and what Unicode 15 has as Cf, Zl and Zp, but for the signs of Arabic and other scripts among them that are
 * seen. Joiners are in it: no name of a place, an operator or a plan in French or English has one. */
static const struct {
    uint32_t first, last;
} unseen[] = {
    {0x1, 0x1f},      {0x7f, 0x9f},     {0xad, 0xad},       {0x61c, 0x61c},
    {0x180e, 0x180e}, {0x200b, 0x200f}, /* spaces and joiners of no width, marks of direction */
    {0x2028, 0x202e},                   /* ends of lines and paragraphs, embeddings and overrides of direction */
    {0x2060, 0x206f},                   /* no width, isolates of direction */
    {0xfeff, 0xfeff}, {0xfff9, 0xfffb}, {0x1d173, 0x1d17a}, {0xe0000, 0xe007f},
};

/* The octets of the character that stands there: 1 for what begins none, and is no character of the list. */
static size_t character(const char *at, uint32_t *ret)
{
    const unsigned char *c = (const unsigned char *)at;
    size_t more = (*c & 0xe0) == 0xc0 ? 1 : (*c & 0xf0) == 0xe0 ? 2 : (*c & 0xf8) == 0xf0 ? 3 : 0;
    uint32_t value = more ? *c & (0x3fu >> more) : *c;
    for (size_t i = 1; i <= more; i++) {
        if ((c[i] & 0xc0) != 0x80) { /* the text's end, too */
            value = *c;
            more = 0;
            break;
        }
        value = value << 6 | (c[i] & 0x3f);
    }
    *ret = more == 0 && *c >= 0x80 ? 0 : value;
    return more + 1;
}

static bool is_unseen(uint32_t value)
{
    for (size_t i = 0; i < COUNT(unseen); i++)
        if (value >= unseen[i].first && value <= unseen[i].last)
            return true;
    return false;
}

uint32_t form_unseen(const char *text)
{
    for (uint32_t value; *text;) {
        text += character(text, &value);
        if (is_unseen(value))
            return value;
    }
    return 0;
}

bool form_text(const char *text)
{
    return form_unseen(text) == 0 && scan_utf8(text, strlen(text)) == strlen(text);
}

void form_tame(char *text)
{
    uint32_t value;
    for (size_t n; *text; text += n) {
        n = character(text, &value);
        if (is_unseen(value))
            memset(text, ' ', n);
    }
}

size_t form_next_word(const char **at)
{
    static const char separators[] = " ,\t";
    *at += strspn(*at, separators);
    size_t len = strcspn(*at, separators);
    *at += len;
    return len;
}
