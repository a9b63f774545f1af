#include "collector/http/near.h"

#include <string.h>
#include <strings.h>

/* RFC 7239, RFC 9110 section 7.6.3, and what was there before them. */
static const char *const passed_on[] = {"Forwarded",         "Via",       "X-Forwarded-For", "X-Forwarded-Host",
                                        "X-Forwarded-Proto", "X-Real-IP", "CF-Connecting-IP"};

/* host: a name or an address, and perhaps a port. */
static bool names_this(const char *host)
{
    static const char *const own[] = {"localhost", "[::1]"};
    for (size_t i = 0; i < COUNT(own); i++) {
        size_t len = strlen(own[i]);
        if (!strncasecmp(host, own[i], len) && (!host[len] || host[len] == ':'))
            return true;
    }
    /* 127.example.org is not of 127.0.0.0/8. */
    size_t digits = strspn(host, "0123456789.");
    return !strncmp(host, "127.", 4) && (!host[digits] || host[digits] == ':');
}

bool near_is(const struct http_request *request)
{
    for (size_t i = 0; i < COUNT(passed_on); i++)
        if (http_header(request, passed_on[i]))
            return false;
    const char *host = http_host(request);
    return !host || names_this(host);
}
