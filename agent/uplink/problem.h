/* What a collector says when it refuses: RFC 9457 problem JSON. */
#pragma once

#include <stdbool.h>

#include "agent/io/web.h"

#define PROBLEM_MEDIA_TYPE "application/problem+json"

/* Title and detail, which may be "". False when the answer is no problem+json,
 * as from a captive portal or a proxy: then the collector has not spoken. */
bool problem_read(const struct web_reply *reply, char *ret_title, size_t title_size, char *ret_detail,
                  size_t detail_size);

/* Is it of the type urn:internetmetre:problem:<slug>? */
bool problem_is(const struct web_reply *reply, const char *slug);
