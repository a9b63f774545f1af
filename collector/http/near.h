/* Does a request come from this machine itself? The socket's address does not
 * tell: a proxy on this machine, or a page of somebody else's whose name was
 * turned to 127.0.0.1, calls from here as well. */
#pragma once

#include "collector/http/http.h"

/* False when somebody passed it on (X-Forwarded-For and its like), or when it
 * asks for another name than localhost, 127.… or [::1]. */
bool near_is(const struct http_request *request);
