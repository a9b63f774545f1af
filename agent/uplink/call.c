#include "agent/uplink/call.h"

#include <errno.h>

#include "agent/uplink/problem.h"
#include "agent/uplink/trouble.h"
#include "common/lang.h"
#include "common/limits.h"
#include "common/statement.h"

/* Who waits for an answer waits no longer; a letter may be a long one on a slow line. */
#define QUESTION_TIMEOUT_US (30 * INT64_C(1000000))
#define LETTER_TIMEOUT_US   (60 * INT64_C(1000000))

bool call_needs_certificate(const struct call *call, const struct clock *clock)
{
    return call->body || call->is_unsigned || clock_synced(clock);
}

int call_start(const struct uplink *uplink, const struct call *call, struct web_transfer **ret, struct fault *f)
{
    char language[LANG_HEADER_SIZE];
    _cleanup_text_ char *url = alloc_format("%s%s", uplink->url, call->path);
    _cleanup_text_ char *media = alloc_format("Content-Type: %s", call->media ? call->media : STATEMENT_MEDIA_TYPE);
    const char *headers[5] = {"Accept: " STATEMENT_MEDIA_TYPE ", " PROBLEM_MEDIA_TYPE,
                              lang_header(lang_current(), language)};
    size_t count = 2;
    if (call->body)
        headers[count++] = media;
    if (call->header)
        headers[count++] = call->header;
    const struct web_request request = {
        .method = call->body ? "POST" : "GET",
        .url = url,
        .headers = headers,
        .body = call->body ? call->body->data : NULL,
        .body_len = call->body ? call->body->len : 0,
        .body_max = STATEMENT_BYTES_MAX,
        .timeout_us = call->body ? LETTER_TIMEOUT_US : QUESTION_TIMEOUT_US,
        .unverified = !call_needs_certificate(call, uplink->env->clock),
    };
    return web_start(uplink->env->web, &request, call->done, call->user, ret, f);
}

int call_judge(const struct web_reply *reply, bool by_hand, struct fault *f)
{
    struct trouble t;
    char text[FAULT_TEXT_MAX];
    if (reply->outcome == OUTCOME_OK && reply->status == 204)
        return fault_set(f, -ENODATA, _("the answer is empty"));
    if (reply->outcome == OUTCOME_OK && (reply->status == 200 || reply->status == 201) && reply->body.data)
        return 0;
    trouble_of(reply, &t);
    int r = t.kind != TROUBLE_REFUSED ? -EIO : problem_is(reply, "signature") ? -EKEYREJECTED : -EACCES;
    return fault_set(f, r, "%s", trouble_text(&t, by_hand, text));
}
