#include "agent/uplink/letter.h"

#include <errno.h>

#include "agent/uplink/problem.h"
#include "agent/uplink/trouble.h"
#include "common/lang.h"
#include "common/limits.h"

#define LETTER_TIMEOUT_US (60 * INT64_C(1000000))

int letter_start(const struct env *env, const char *url, const struct buf *body, web_done_fn done, void *user,
                 struct web_transfer **ret, struct fault *f)
{
    char language[LANG_HEADER_SIZE];
    const char *const headers[] = {"Content-Type: application/x-ndjson",
                                   "Accept: application/x-ndjson, application/problem+json",
                                   lang_header(lang_current(), language), NULL};
    const struct web_request request = {
        .method = "POST",
        .url = url,
        .headers = headers,
        .body = body->data,
        .body_len = body->len,
        .body_max = STATEMENT_BYTES_MAX,
        .timeout_us = LETTER_TIMEOUT_US,
    };
    return web_start(env->web, &request, done, user, ret, f);
}

int letter_judge(const struct web_reply *reply, struct fault *f)
{
    if (reply->outcome == OUTCOME_OK && (reply->status == 200 || reply->status == 201) && reply->body.data)
        return 0;
    int r = trouble_fault(reply, f);
    return problem_is(reply, "signature") ? -EKEYREJECTED : r;
}
