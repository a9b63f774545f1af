/* What a collector says when it refuses: RFC 9457 problem JSON. */
#pragma once

#include <stdbool.h>

#include "agent/io/web.h"
#include "common/fault.h"

/* Status, title and detail. False when the answer is no problem+json, as from
 * a captive portal or a proxy: then the collector has not spoken. */
bool problem_text(const struct web_reply *reply, char ret_text[static FAULT_TEXT_MAX]);

/* Is it of the type urn:internetmetre:problem:<slug>? */
bool problem_is(const struct web_reply *reply, const char *slug);
