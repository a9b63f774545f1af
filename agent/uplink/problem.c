#include "agent/uplink/problem.h"

#include <stdio.h>
#include <string.h>

#include "common/json.h"
#include "common/limits.h"

static bool is_problem(const struct web_reply *reply)
{
    static const char type[] = PROBLEM_MEDIA_TYPE;
    size_t len = sizeof type - 1;
    return strncasecmp(reply->content_type, type, len) == 0 &&
           (reply->content_type[len] == '\0' || strchr("; \t", reply->content_type[len]));
}

/* The object, NULL when the answer is none. */
static json_t *problem_object(const struct web_reply *reply)
{
    json_t *problem = NULL;
    if (!is_problem(reply) || !reply->body.data ||
        json_read(reply->body.data, reply->body.len, STATEMENT_BYTES_MAX, JSON_DEPTH_MAX, &problem, NULL) < 0)
        return NULL;
    if (json_is_object(problem))
        return problem;
    json_decref(problem);
    return NULL;
}

bool problem_read(const struct web_reply *reply, char *ret_title, size_t title_size, char *ret_detail,
                  size_t detail_size)
{
    _cleanup_json_ json_t *problem = problem_object(reply);
    const char *title, *detail;
    if (!problem || json_get_text_or(problem, "title", 8192, "", &title, NULL) < 0 ||
        json_get_text_or(problem, "detail", 8192, "", &detail, NULL) < 0)
        return false;
    snprintf(ret_title, title_size, "%s", title);
    snprintf(ret_detail, detail_size, "%s", detail);
    return true;
}

bool problem_is(const struct web_reply *reply, const char *slug)
{
    static const char urn[] = "urn:internetmetre:problem:";
    _cleanup_json_ json_t *problem = problem_object(reply);
    const char *type = json_string_value(json_object_get(problem, "type"));
    return type && strncmp(type, urn, sizeof urn - 1) == 0 && strcmp(type + sizeof urn - 1, slug) == 0;
}
