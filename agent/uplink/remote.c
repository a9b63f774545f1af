#include "agent/uplink/remote.h"

#include <errno.h>
#include <inttypes.h>

#include "common/file.h"
#include "common/limits.h"
#include "common/json.h"
#include "common/lang.h"
#include "common/statement.h"

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
    const struct uplink *uplink;
    struct web_transfer *transfer;
    int64_t version;
    remote_done_fn done;
    void *user;
};

static void on_reply(void *user, const struct web_reply *reply)
{
    const struct remote_fetch fetch = *(struct remote_fetch *)user;
    const struct uplink *uplink = fetch.uplink;
    struct schedule schedule = {0};
    struct fault f = {0};
    free(user);
    int r = call_judge(reply, false, &f);
    if (r == 0)
        r = remote_accept(uplink->state_dir, uplink->identity, fetch.version, reply->body.data, reply->body.len,
                          &schedule, &f);
    else if (r == -ENODATA) /* nothing newer */
        r = 0;
    fetch.done(fetch.user, r, &schedule, &f);
}

int remote_fetch_start(const struct uplink *uplink, int64_t version, remote_done_fn done, void *user,
                       struct remote_fetch **ret, struct fault *f)
{
    struct remote_fetch *fetch = alloc_zero(1, sizeof *fetch);
    *fetch = (struct remote_fetch){.uplink = uplink, .version = version, .done = done, .user = user};
    _cleanup_text_ char *path = alloc_format("/api/v1/schedule?probe=%s&have=%" PRId64, uplink->identity->probe,
                                             version);
    const struct call call = {.path = path, .done = on_reply, .user = fetch};
    int r = call_start(uplink, &call, &fetch->transfer, f);
    if (r < 0)
        free(fetch);
    else
        *ret = fetch;
    return r;
}

void remote_fetch_cancel(struct remote_fetch *fetch)
{
    if (!fetch)
        return;
    web_cancel(fetch->transfer);
    free(fetch);
}
