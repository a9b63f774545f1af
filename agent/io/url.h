/* URLs of http and https, read as libcurl reads them, so that what is judged is
 * what is asked for. */
#pragma once

#include <stdbool.h>

#include <curl/curl.h>

#include "common/alloc.h"
#include "common/fault.h"

/* Reads text, which may be relative to base (NULL: it must stand alone). Its
 * host is a name as hostname_read makes it, or an address. -EINVAL with the
 * cure in f for another scheme, a user name, a port that is none, a host that is
 * none. The caller frees *ret (curl_url_cleanup). */
int url_read(CURLU *base, const char *text, CURLU **ret, struct fault *f) CHECKED;

/* Parts are the caller's to free. */
char *url_part(CURLU *url, CURLUPart part, unsigned flags) CHECKED; /* NULL when there is none */
char *url_host(CURLU *url) CHECKED;                                 /* as address_read or hostname_read has it */
char *url_origin(CURLU *url) CHECKED;                               /* scheme, host and port */
bool url_is_tls(CURLU *url);

/* Is the host, as url_host gives it, an address? */
bool url_host_is_literal(const char *host);
