/* curl on one hop of a transfer: what it is told, what it asks while it works,
 * and what to make of how it ended. */
#pragma once

#include "agent/io/web_transfer.h"

/* Of the transfer's easy handle, new or reset. literal: the host is an address. */
void web_hop_set(struct web_transfer *t, bool literal);

/* May the hop go there, whatever leads there? */
bool web_hop_open(struct web_transfer *t, const struct sockaddr *sa);
/* Also as the target, which may have been typed, or back to where the redirect came from. */
bool web_hop_may_reach(struct web_transfer *t, const struct sockaddr *sa);

/* Does the answer send on, to where we follow? ret_location, which may be NULL, is curl's. */
bool web_hop_redirects(const struct web_transfer *t, const char **ret_location);

/* The outcome of a hop that curl ended with code, its cause in the reply, and more of it in ret_reason, or "". */
enum outcome web_hop_judge(struct web_transfer *t, CURLcode code, char *ret_reason, size_t size);
