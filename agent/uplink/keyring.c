#include "agent/uplink/keyring.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "agent/io/web.h"
#include "common/json.h"
#include "common/lang.h"
#include "common/limits.h"
#include "common/statement.h"

#define FETCH_TIMEOUT_US (30 * INT64_C(1000000))

int keyring_accept(const char *state_dir, struct identity *identity, const char *text, size_t len, struct fault *f)
{
    uint8_t trusted[IDENTITY_KEYS_MAX + 1][SIGN_PUBLIC_SIZE];
    size_t count = identity->key_count;
    _cleanup_json_ json_t *object = NULL;
    struct identity next = *identity;
    memcpy(trusted, identity->keys, sizeof identity->keys);
    if (identity->has_recovery)
        memcpy(trusted[count++], identity->recovery, SIGN_PUBLIC_SIZE);
    int r = statement_read(trusted, count, DOMAIN_KEYS, text, len, &object, f);
    if (r == 0 && !json_is_object(object))
        r = fault_set(f, -EBADMSG, _("the list of keys is no object"));
    if (r == 0)
        r = json_get_int(object, "serial", 0, INT64_MAX, &next.serial, f);
    if (r == 0)
        r = identity_keys_parse(json_object_get(object, "keys"), next.keys, 1, IDENTITY_KEYS_MAX, &next.key_count, f);
    if (r == 0 && next.serial < identity->serial)
        r = fault_set(f, -ESTALE,
                      _("the collector offers list %" PRId64 " of its keys, older than %" PRId64 ": refused"),
                      next.serial, identity->serial);
    if (r == 0 && next.serial > identity->serial) {
        r = identity_write(state_dir, &next, f);
        if (r == 0) {
            *identity = next;
            r = 1;
        }
    }
    sign_key_wipe(&next.key);
    return r;
}

struct keyring_fetch {
    struct web_transfer *transfer;
    const char *state_dir;
    struct identity *identity;
    char *url;
    keyring_done_fn done;
    void *user;
};

static void fetch_free(struct keyring_fetch *fetch)
{
    free(fetch->url);
    free(fetch);
}

static void on_reply(void *user, const struct web_reply *reply)
{
    struct keyring_fetch *fetch = user;
    struct fault f = {0};
    int r;
    if (reply->outcome != OUTCOME_OK)
        r = fault_set(&f, -EIO, "%s: %s", outcome_word(reply->outcome), reply->reason);
    else if (reply->status != 200 || !reply->body.data)
        r = fault_set(&f, -EIO, _("HTTP status %ld"), reply->status);
    else
        r = keyring_accept(fetch->state_dir, fetch->identity, reply->body.data, reply->body.len, &f);
    keyring_done_fn done = fetch->done;
    void *done_user = fetch->user;
    fetch_free(fetch);
    done(done_user, r, &f);
}

int keyring_fetch_start(const struct env *env, const char *state_dir, struct identity *identity, const char *url,
                        keyring_done_fn done, void *user, struct keyring_fetch **ret, struct fault *f)
{
    struct keyring_fetch *fetch = alloc_zero(1, sizeof *fetch);
    fetch->state_dir = state_dir;
    fetch->identity = identity;
    fetch->url = alloc_format("%s/api/v1/keys", url);
    fetch->done = done;
    fetch->user = user;
    const struct web_request request = {
        .method = "GET",
        .url = fetch->url,
        .body_max = STATEMENT_BYTES_MAX,
        .timeout_us = FETCH_TIMEOUT_US,
        .unverified = true,
    };
    int r = web_start(env->web, &request, on_reply, fetch, &fetch->transfer, f);
    if (r < 0)
        fetch_free(fetch);
    else
        *ret = fetch;
    return r;
}

void keyring_fetch_cancel(struct keyring_fetch *fetch)
{
    if (!fetch)
        return;
    web_cancel(fetch->transfer);
    fetch_free(fetch);
}
