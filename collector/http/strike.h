/* Strikes: each request that is refused costs a signature check and a question
 * to the database. A network that sends them without end must wait between
 * two; nothing good that it sends meanwhile is lost, only late. */
#pragma once

#include "collector/http/http.h"

struct strikes;
struct strikes *strikes_new(void) CHECKED;
void strikes_free(struct strikes *s);

/* Runs the handler, and counts against the request's network (seen.h) when its
 * answer is a 4xx. A network with too many gets 429 and Retry-After instead;
 * never on loopback, which stands for all the clients of a proxy that the
 * setting `proxies` does not name. */
int strike_guard(struct strikes *s, http_handler handler, struct http_request *request, struct http_reply *reply);
