#include "agent/problem.h"

#include <stdio.h>
#include <string.h>

#include "common/json.h"
#include "common/limits.h"

static bool is_problem(const struct web_reply *reply)
{
    static const char type[] = "application/problem+json";
    size_t len = sizeof type - 1;
    return strncasecmp(reply->content_type, type, len) == 0 &&
           (reply->content_type[len] == '\0' || strchr("; \t", reply->content_type[len]));
}

bool problem_text(const struct web_reply *reply, char ret_text[static FAULT_TEXT_MAX])
{
    _cleanup_json_ json_t *problem = NULL;
    const char *title, *detail;
    if (!is_problem(reply) || !reply->body.data ||
        json_read(reply->body.data, reply->body.len, STATEMENT_BYTES_MAX, JSON_DEPTH_MAX, &problem, NULL) < 0 ||
        !json_is_object(problem) || json_get_text_or(problem, "title", 8192, "", &title, NULL) < 0 ||
        json_get_text_or(problem, "detail", 8192, "", &detail, NULL) < 0)
        return false;
    snprintf(ret_text, FAULT_TEXT_MAX, "%ld %.100s%s%.350s", reply->status, title, *title && *detail ? ": " : "",
             detail);
    return true;
}
