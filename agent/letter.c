#include "agent/letter.h"

#include <errno.h>

#include "agent/problem.h"
#include "common/lang.h"
#include "common/limits.h"

#define LETTER_TIMEOUT_US (60 * INT64_C(1000000))

int letter_start(const struct check_env *env, const char *url, const struct buf *body, web_done_fn done, void *user,
                 struct web_transfer **ret, struct fault *f)
{
    static const char *const headers[] = {"Content-Type: application/x-ndjson",
                                          "Accept: application/x-ndjson, application/problem+json", NULL};
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
    char text[FAULT_TEXT_MAX];
    if (reply->outcome != OUTCOME_OK)
        return fault_set(f, -EIO, _("the collector cannot be reached: %s, %s. Try again later"),
                         outcome_word(reply->outcome), reply->reason);
    if ((reply->status == 200 || reply->status == 201) && reply->body.data)
        return 0;
    if (problem_text(reply, text))
        return fault_set(f, problem_is(reply, "signature") ? -EKEYREJECTED : -EACCES, _("the collector refuses: %s"),
                         text);
    return fault_set(f, -EIO, _("that address answers with HTTP status %ld, not as a collector does"), reply->status);
}
