/* What an easy handle says after a hop, in the words of web.h. */
#pragma once

#include <curl/curl.h>

#include "agent/io/multi.h"
#include "agent/io/web.h"

/* The outcome of a hop that curl ended with code, and its cause (NULL when ok).
 * error_text is the handle's CURLOPT_ERRORBUFFER. */
enum outcome web_reply_judge(CURL *easy, CURLcode code, const char *error_text, const char **ret_cause);

/* What the job has not got past, for the reason of a timeout, and its cause. */
const char *web_reply_phase(const struct multi_job *job, bool tls, const char **ret_cause);

/* Status, version, phases, address and headers of the hop that began at hop_ns
 * in a transfer that began at since_ns (uv_hrtime). Adds the hop's octets to
 * reply->wire_bytes. */
void web_reply_read(struct web_reply *reply, const struct multi_job *job, bool tls, uint64_t since_ns, uint64_t hop_ns);
