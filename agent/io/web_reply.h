/* What an easy handle says after a hop, in the words of web.h. */
#pragma once

#include <curl/curl.h>

#include "agent/io/multi.h"
#include "agent/io/web.h"

/* The outcome of a hop that curl ended with code, and why in ret_reason
 * ("" when ok). error_text is the handle's CURLOPT_ERRORBUFFER. */
enum outcome web_reply_outcome(CURL *easy, CURLcode code, const char *error_text, char *ret_reason, size_t size);

/* What web.h's cause is to say; NULL when the outcome says all. */
const char *web_reply_cause(CURL *easy, CURLcode code, const char *error_text);

/* What the job has not got past, for the reason of a timeout. */
const char *web_reply_phase(const struct multi_job *job, bool tls);

/* Status, version, phases, address and headers of the hop that began at hop_ns
 * in a transfer that began at since_ns (uv_hrtime). Adds the hop's octets to
 * reply->wire_bytes. */
void web_reply_read(struct web_reply *reply, const struct multi_job *job, bool tls, uint64_t since_ns, uint64_t hop_ns);
