#include "agent/uplink/remote.h"

#include <errno.h>
#include <inttypes.h>

#include "agent/io/web.h"
#include "common/file.h"
#include "common/limits.h"
#include "common/json.h"
#include "common/lang.h"
#include "common/statement.h"

#define FETCH_TIMEOUT_US (30 * INT64_C(1000000))

static char *path_of(const char *state_dir)
{
    return alloc_format("%s/schedule.ndjson", state_dir);
}

static int statement_schedule(const struct identity *identity, const char *text, size_t len, struct schedule *ret,
                              struct fault *f)
{
    _cleanup_json_ json_t *object = NULL;
    int r = statement_read(identity->keys, identity->key_count, DOMAIN_SCHEDULE, text, len, &object, f);
    return r < 0 ? r : schedule_read(object, ret, f);
}

int remote_read(const char *state_dir, const struct identity *identity, struct schedule *ret, struct fault *f)
{
    _cleanup_text_ char *path = path_of(state_dir);
    _cleanup_(buf_free) struct buf text = {0};
    int r = file_read(path, STATEMENT_BYTES_MAX, &text, f);
    if (r < 0)
        return r;
    r = statement_schedule(identity, text.data, text.len, ret, f);
    if (r < 0)
        fault_prefix(f, "%s: ", path);
    return r;
}

int remote_accept(const char *state_dir, const struct identity *identity, int64_t version, const char *text, size_t len,
                  struct schedule *ret, struct fault *f)
{
    _cleanup_text_ char *path = path_of(state_dir);
    _cleanup_(schedule_free) struct schedule s = {0};
    int r = statement_schedule(identity, text, len, &s, f);
    if (r < 0)
        return r;
    if (s.version == version)
        return 0;
    if (s.version < version)
        return fault_set(f, -ESTALE, _("the collector offers schedule %" PRId64 ", older than %" PRId64 ": refused"),
                         s.version, version);
    r = file_write_atomic(path, text, len, 0600, f);
    if (r < 0)
        return r;
    *ret = s;
    s = (struct schedule){0};
    return 1;
}

struct remote_fetch {
    struct web_transfer *transfer;
    const char *state_dir;
    const struct identity *identity;
    char *url;
    int64_t version;
    remote_done_fn done;
    void *user;
};

static void fetch_free(struct remote_fetch *fetch)
{
    free(fetch->url);
    free(fetch);
}

static void on_reply(void *user, const struct web_reply *reply)
{
    struct remote_fetch *fetch = user;
    struct schedule schedule = {0};
    struct fault f = {0};
    int r;
    if (reply->outcome != OUTCOME_OK)
        r = fault_set(&f, -EIO, "%s: %s", outcome_word(reply->outcome), reply->reason);
    else if (reply->status == 204)
        r = 0; /* nothing newer */
    else if (reply->status != 200 || !reply->body.data)
        r = fault_set(&f, -EIO, _("HTTP status %ld"), reply->status);
    else
        r = remote_accept(fetch->state_dir, fetch->identity, fetch->version, reply->body.data, reply->body.len,
                          &schedule, &f);
    remote_done_fn done = fetch->done;
    void *done_user = fetch->user;
    fetch_free(fetch);
    done(done_user, r, &schedule, &f);
}

int remote_fetch_start(const struct env *env, const char *state_dir, const struct identity *identity, const char *url,
                       int64_t version, remote_done_fn done, void *user, struct remote_fetch **ret, struct fault *f)
{
    static const char *const headers[] = {"Accept: application/x-ndjson", NULL};
    struct remote_fetch *fetch = alloc_zero(1, sizeof *fetch);
    fetch->state_dir = state_dir;
    fetch->identity = identity;
    fetch->url = alloc_format("%s/api/v1/schedule?probe=%s&have=%" PRId64, url, identity->probe, version);
    fetch->version = version;
    fetch->done = done;
    fetch->user = user;
    const struct web_request request = {
        .method = "GET",
        .url = fetch->url,
        .headers = headers,
        .body_max = STATEMENT_BYTES_MAX,
        .timeout_us = FETCH_TIMEOUT_US,
    };
    int r = web_start(env->web, &request, on_reply, fetch, &fetch->transfer, f);
    if (r < 0)
        fetch_free(fetch);
    else
        *ret = fetch;
    return r;
}

void remote_fetch_cancel(struct remote_fetch *fetch)
{
    if (!fetch)
        return;
    web_cancel(fetch->transfer);
    fetch_free(fetch);
}
