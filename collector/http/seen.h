/* Where a request came from, as far as a volunteer's privacy allows: the
 * address cut to /24 (IPv4) or /48 (IPv6). Nothing else of the collector reads
 * a client's address. */
#pragma once

#include "collector/http/http.h"
#include "common/prefix.h"

/* The prefix as text, "?" when there is no address. The address is the
 * socket's; when that is one of http_options.proxies, the last one of
 * X-Forwarded-For that is not. Returns ret_text. */
const char *seen_prefix(const struct http_request *request, char ret_text[static PREFIX_TEXT_SIZE]);
