#include "agent/io/url.h"

#include <errno.h>
#include <string.h>

#include <arpa/inet.h>

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

int url_read(CURLU *base, const char *text, CURLU **ret, struct fault *f)
{
    _cleanup_(url_freep) CURLU *url = base ? curl_url_dup(base) : curl_url();
    CURLUcode code = curl_url_set(url, CURLUPART_URL, text, CURLU_DISALLOW_USER | CURLU_URLENCODE);
    if (code == CURLUE_USER_NOT_ALLOWED)
        return fault_set(f, -EINVAL, _("a URL with a user name is not accepted"));
    if (code != CURLUE_OK && code != CURLUE_UNSUPPORTED_SCHEME)
        return fault_set(f, -EINVAL, _("%.200s is no URL: %s"), text, curl_url_strerror(code));
    _cleanup_text_ char *scheme = url_part(url, CURLUPART_SCHEME, 0);
    if (code != CURLUE_OK || !scheme || (strcmp(scheme, "http") != 0 && strcmp(scheme, "https") != 0))
        return fault_set(f, -EINVAL, _("%.200s is neither http:// nor https://"), text);
    *ret = TAKE(url);
    return 0;
}

bool url_is_tls(CURLU *url)
{
    _cleanup_text_ char *scheme = url_part(url, CURLUPART_SCHEME, 0);
    return scheme && !strcmp(scheme, "https");
}

char *url_host(CURLU *url)
{
    return url_part(url, CURLUPART_HOST, CURLU_PUNYCODE);
}

char *url_origin(CURLU *url)
{
    _cleanup_text_ char *scheme = url_part(url, CURLUPART_SCHEME, 0);
    _cleanup_text_ char *host = url_part(url, CURLUPART_HOST, 0);
    _cleanup_text_ char *port = url_part(url, CURLUPART_PORT, CURLU_DEFAULT_PORT);
    return alloc_format("%s://%s:%s", scheme, host, port);
}

bool url_host_is_literal(const char *host)
{
    struct in_addr v4;
    return host[0] == '[' || inet_pton(AF_INET, host, &v4) == 1;
}
