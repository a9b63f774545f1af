#include "agent/uplink/keyring.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "common/json.h"
#include "common/lang.h"
#include "common/limits.h"
#include "common/statement.h"

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
    const struct uplink *uplink;
    struct web_transfer *transfer;
    keyring_done_fn done;
    void *user;
};

static void on_reply(void *user, const struct web_reply *reply)
{
    const struct keyring_fetch fetch = *(struct keyring_fetch *)user;
    struct fault f = {0};
    free(user);
    int r = call_judge(reply, false, &f);
    if (r == 0)
        r = keyring_accept(fetch.uplink->state_dir, fetch.uplink->identity, reply->body.data, reply->body.len, &f);
    fetch.done(fetch.user, r, &f);
}

int keyring_fetch_start(const struct uplink *uplink, keyring_done_fn done, void *user, struct keyring_fetch **ret,
                        struct fault *f)
{
    struct keyring_fetch *fetch = alloc_zero(1, sizeof *fetch);
    *fetch = (struct keyring_fetch){.uplink = uplink, .done = done, .user = user};
    const struct call call = {.path = "/api/v1/keys", .done = on_reply, .user = fetch};
    int r = call_start(uplink, &call, &fetch->transfer, f);
    if (r < 0)
        free(fetch);
    else
        *ret = fetch;
    return r;
}

void keyring_fetch_cancel(struct keyring_fetch *fetch)
{
    if (!fetch)
        return;
    web_cancel(fetch->transfer);
    free(fetch);
}
