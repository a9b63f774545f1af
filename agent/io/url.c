#include "agent/io/url.h"

#include <errno.h>
#include <string.h>

#include "agent/io/address.h"
#include "agent/io/hostname.h"
#include "common/lang.h"

char *url_part(CURLU *url, CURLUPart part, unsigned flags)
{
    char *text = NULL;
    _cleanup_text_ char *ours = NULL;
    if (curl_url_get(url, part, &text, flags) == CURLUE_OK)
        ours = alloc_text(text);
    curl_free(text);
    return TAKE(ours);
}

static void url_freep(CURLU **url)
{
    curl_url_cleanup(*url);
}

char *url_host(CURLU *url)
{
    _cleanup_text_ char *host = url_part(url, CURLUPART_HOST, 0), *zone = url_part(url, CURLUPART_ZONEID, 0);
    size_t len = host ? strlen(host) : 0;
    if (!zone || len < 2)
        return TAKE(host);
    return alloc_format("%.*s%%%s]", (int)len - 1, host, zone);
}

static int no_url(const char *text, CURLUcode code, struct fault *f)
{
    switch (code) {
    case CURLUE_USER_NOT_ALLOWED:
        /* Nor is it repeated: a password may stand there. */
        return fault_set(f, -EINVAL, _("a URL with a user name before an @ is not accepted; leave it out"));
    case CURLUE_BAD_PORT_NUMBER:
        return fault_set(f, -EINVAL, _("%.200s is no URL: a port is a number from 0 to 65535"), text);
    default:
        return fault_set(f, -EINVAL, _("%.200s is no URL such as https://example.bj/path"), text);
    }
}

/* The host as it will be looked up, which curl is given too: it would hand the
 * last dot of a name to SNI, and convert names by the locale's letters. */
static int host_read(CURLU *url, const char *text, struct fault *f)
{
    struct sockaddr_storage addr;
    char name[HOSTNAME_SIZE];
    _cleanup_text_ char *host = url_host(url);
    int r = host ? address_read(host, &addr, f) : -EINVAL;
    if (r == 0 || r == -ENODEV) /* the interface may come back */
        return 0;
    if (r == -EINVAL && host && hostname_read(host, name, f) == 0)
        return curl_url_set(url, CURLUPART_HOST, name, 0) == CURLUE_OK ? 0 : no_url(text, CURLUE_BAD_HOSTNAME, f);
    if (!host)
        return no_url(text, CURLUE_NO_HOST, f);
    fault_prefix(f, "%.200s: ", text);
    return -EINVAL;
}

/* curl's own copy lacks the interface of an address. */
static CURLU *copy(CURLU *from)
{
    CURLU *url = curl_url_dup(from);
    _cleanup_text_ char *zone = url_part(from, CURLUPART_ZONEID, 0);
    if (zone)
        curl_url_set(url, CURLUPART_ZONEID, zone, 0);
    return url;
}

int url_read(CURLU *base, const char *text, CURLU **ret, struct fault *f)
{
    _cleanup_(url_freep) CURLU *url = base ? copy(base) : curl_url();
    CURLUcode code = curl_url_set(url, CURLUPART_URL, text, CURLU_DISALLOW_USER | CURLU_URLENCODE);
    if (code != CURLUE_OK && code != CURLUE_UNSUPPORTED_SCHEME)
        return no_url(text, code, f);
    _cleanup_text_ char *scheme = url_part(url, CURLUPART_SCHEME, 0);
    if (code != CURLUE_OK || !scheme || (strcmp(scheme, "http") != 0 && strcmp(scheme, "https") != 0))
        return fault_set(f, -EINVAL, _("%.200s is neither http:// nor https://"), text);
    int r = host_read(url, text, f);
    if (r == 0)
        *ret = TAKE(url);
    return r;
}

bool url_is_tls(CURLU *url)
{
    _cleanup_text_ char *scheme = url_part(url, CURLUPART_SCHEME, 0);
    return scheme && !strcmp(scheme, "https");
}

char *url_origin(CURLU *url)
{
    _cleanup_text_ char *scheme = url_part(url, CURLUPART_SCHEME, 0);
    _cleanup_text_ char *host = url_host(url);
    _cleanup_text_ char *port = url_part(url, CURLUPART_PORT, CURLU_DEFAULT_PORT);
    return alloc_format("%s://%s:%s", scheme, host, port);
}

bool url_host_is_literal(const char *host)
{
    struct sockaddr_storage addr;
    return address_read(host, &addr, NULL) != -EINVAL;
}
