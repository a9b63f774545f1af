#include "collector/probe/identity.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <jansson.h>

#include "common/clock.h"
#include "common/file.h"
#include "common/json.h"
#include "common/lang.h"
#include "common/limits.h"
#include "common/statement.h"

#define PUBLIC_TEXT_SIZE (4 * ((SIGN_PUBLIC_SIZE + 2) / 3) + 1)

static char *path_of(const char *state_dir, const char *name)
{
    return alloc_format("%s/%s", state_dir, name);
}

static int write_text(const char *state_dir, const char *name, const char *text, struct fault *f)
{
    _cleanup_text_ char *path = path_of(state_dir, name);
    return file_write_atomic(path, text, strlen(text), 0644, f);
}

static int write_key(const char *state_dir, const char *name, const struct sign_key *key, struct fault *f)
{
    _cleanup_text_ char *path = path_of(state_dir, name);
    return sign_key_write(path, key, f);
}

static int read_key(const char *state_dir, const char *name, struct sign_key *ret, struct fault *f)
{
    _cleanup_text_ char *path = path_of(state_dir, name);
    return sign_key_read(path, ret, f);
}

static int remove_file(const char *state_dir, const char *name, struct fault *f)
{
    _cleanup_text_ char *path = path_of(state_dir, name);
    if (unlink(path) < 0 && errno != ENOENT)
        return fault_set(f, -errno, _("%s: cannot be removed: %s"), path, fault_errno(errno));
    return file_sync_dir(state_dir, f);
}

/* ---- opening ---- */

static int read_or_make_key(const char *state_dir, struct sign_key *ret, struct fault *f)
{
    int rc = read_key(state_dir, "collector.key", ret, f);
    if (rc != -ENOENT)
        return rc;
    rc = sign_key_new(ret);
    if (rc < 0)
        return fault_set(f, rc, _("no random bytes for a key"));
    return write_key(state_dir, "collector.key", ret, f);
}

/* The public half stays when the key itself was moved away. */
static int read_or_make_recovery(const char *state_dir, struct identity *i, bool *ret_fresh, struct fault *f)
{
    _cleanup_text_ char *path = path_of(state_dir, "recovery.pub");
    _cleanup_(buf_free) struct buf text = {0};
    int rc = file_read(path, 200, &text, f);
    *ret_fresh = rc == -ENOENT;
    i->has_recovery = true;
    if (rc == 0 && base64_read(text.data, strcspn(text.data, "\n"), i->recovery, SIGN_PUBLIC_SIZE) < 0)
        return fault_set(f, -EBADMSG, _("%s: no public key"), path);
    if (rc != -ENOENT)
        return rc;
    struct sign_key key;
    char public[PUBLIC_TEXT_SIZE + 1];
    rc = sign_key_new(&key);
    if (rc < 0)
        return fault_set(f, rc, _("no random bytes for a key"));
    memcpy(i->recovery, key.public, SIGN_PUBLIC_SIZE);
    base64_write(key.public, SIGN_PUBLIC_SIZE, public);
    strcat(public, "\n");
    rc = write_key(state_dir, "recovery.key", &key, f);
    if (rc == 0)
        rc = write_text(state_dir, "recovery.pub", public, f);
    sign_key_wipe(&key);
    return rc;
}

static int read_succession(const char *state_dir, struct identity *i, struct fault *f)
{
    _cleanup_text_ char *path = path_of(state_dir, "keys.json");
    _cleanup_(buf_free) struct buf text = {0};
    _cleanup_json_ json_t *json = NULL;
    const char *until;
    int rc = file_read(path, 4096, &text, f);
    if (rc == -ENOENT)
        return 0;
    if (rc == 0)
        rc = json_read(text.data, text.len, 4096, 4, &json, f);
    if (rc == 0)
        rc = json_get_int(json, "serial", 0, INT64_MAX, &i->serial, f);
    if (rc == 0)
        rc = json_get_text_or(json, "old_until", 40, NULL, &until, f);
    if (rc == 0 && until && time_parse(until, strlen(until), &i->old_until_us) < 0)
        rc = fault_set(f, -EBADMSG, _("\"old_until\" is no time"));
    if (rc < 0)
        fault_prefix(f, "%s: ", path);
    return rc;
}

static int read_old(const char *state_dir, struct identity *i, struct fault *f)
{
    int rc = read_key(state_dir, "collector-old.key", &i->old, f);
    if (rc == -ENOENT)
        return 0;
    if (rc == 0 && i->old_until_us <= clock_wall_us(&clock_system)) {
        sign_key_wipe(&i->old);
        return remove_file(state_dir, "collector-old.key", f);
    }
    i->has_old = rc == 0;
    return rc;
}

int identity_open(const char *state_dir, struct identity *ret, bool *ret_fresh, struct fault *f)
{
    _cleanup_text_ char *path = path_of(state_dir, "keys.signed");
    int rc = read_or_make_key(state_dir, &ret->key, f);
    if (rc == 0)
        rc = read_or_make_recovery(state_dir, ret, ret_fresh, f);
    if (rc == 0)
        rc = read_succession(state_dir, ret, f);
    if (rc == 0)
        rc = read_old(state_dir, ret, f);
    if (rc < 0)
        return rc;
    rc = file_read(path, STATEMENT_BYTES_MAX, &ret->signed_list, f);
    return rc == -ENOENT ? 0 : rc;
}

void identity_close(struct identity *i)
{
    sign_key_wipe(&i->key);
    sign_key_wipe(&i->old);
    buf_free(&i->signed_list);
}

/* ---- the list ---- */

static json_t *public_json(const struct sign_key *key)
{
    char text[PUBLIC_TEXT_SIZE];
    base64_write(key->public, SIGN_PUBLIC_SIZE, text);
    return json_string(text);
}

json_t *identity_list(const struct identity *i)
{
    json_t *list = json_pack("[o]", public_json(&i->key));
    if (i->has_old)
        json_array_append_new(list, public_json(&i->old));
    return list;
}

static void write_list(json_t *keys, int64_t serial, const struct sign_key *signer, struct buf *out)
{
    char at[TIME_TEXT_SIZE];
    _cleanup_json_ json_t *json = json_pack("{s:o, s:I, s:s}", "keys", keys, "serial", (json_int_t)serial, "at",
                                            time_format(clock_wall_us(&clock_system), at));
    statement_write(signer, DOMAIN_KEYS, json, out);
}

void identity_keys(const struct identity *i, struct buf *out)
{
    if (i->signed_list.len > 0)
        buf_add(out, i->signed_list.data, i->signed_list.len);
    else
        write_list(identity_list(i), i->serial, i->has_old ? &i->old : &i->key, out);
}

/* ---- succession ---- */

/* Before the new key counts, so that a crash leaves the old list or the new. */
static int prepare(const char *state_dir, const struct identity *i, const struct sign_key *recovery,
                   const struct sign_key *next, int64_t until_us, struct fault *f)
{
    char until[TIME_TEXT_SIZE];
    _cleanup_(buf_free) struct buf list = {0};
    _cleanup_text_ char *state = alloc_format("{\"serial\":%lld,\"old_until\":\"%s\"}\n", (long long)i->serial + 1,
                                              time_format(until_us, until));
    int rc = recovery ? remove_file(state_dir, "collector-old.key", f)
                      : write_key(state_dir, "collector-old.key", &i->key, f);
    if (rc == 0 && recovery) {
        write_list(json_pack("[o]", public_json(next)), i->serial + 1, recovery, &list);
        rc = write_text(state_dir, "keys.signed", list.data, f);
    } else if (rc == 0) {
        rc = remove_file(state_dir, "keys.signed", f);
    }
    return rc < 0 ? rc : write_text(state_dir, "keys.json", state, f);
}

int identity_succeed(const char *state_dir, const struct sign_key *recovery, int64_t until_us, struct fault *f)
{
    struct identity i = {0};
    struct sign_key next;
    bool fresh;
    int rc = identity_open(state_dir, &i, &fresh, f);
    if (rc == 0 && recovery && memcmp(recovery->public, i.recovery, SIGN_PUBLIC_SIZE) != 0)
        rc = fault_set(f, -EKEYREJECTED, _("this is not the recovery key that probes have pinned"));
    /* An attempt that was interrupted left the same key as the old one. */
    if (rc == 0 && !recovery && i.has_old && memcmp(i.old.public, i.key.public, SIGN_PUBLIC_SIZE) != 0)
        rc = fault_set(f, -EBUSY, _("the key before the last is still listed: some probes may trust nothing else"));
    if (rc == 0)
        rc = sign_key_new(&next);
    if (rc == 0)
        rc = prepare(state_dir, &i, recovery, &next, until_us, f);
    if (rc == 0)
        rc = write_key(state_dir, "collector.key", &next, f);
    sign_key_wipe(&next);
    identity_close(&i);
    return rc;
}
