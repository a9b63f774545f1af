#include "agent/probe/identity.h"

#include <errno.h>
#include <string.h>

#include "common/clock.h"
#include "common/file.h"
#include "common/form.h"
#include "common/json.h"
#include "common/lang.h"
#include "common/limits.h"

int identity_url(const char *text, char ret[static COLLECTOR_URL_MAX + 1], struct fault *f)
{
    size_t len = strlen(text);
    while (len > 0 && text[len - 1] == '/')
        len--;
    if (!form_url(text) || len > COLLECTOR_URL_MAX)
        return fault_set(f, -EINVAL, _("%s: a collector's address looks like https://collector.example"), text);
    memcpy(ret, text, len);
    ret[len] = '\0';
    return 0;
}

int identity_key(const char *state_dir, struct sign_key *ret, struct fault *f)
{
    _cleanup_text_ char *path = alloc_format("%s/key", state_dir);
    int r = sign_key_read(path, ret, f);
    if (r != -ENOENT)
        return r;
    struct sign_key key;
    r = sign_key_new(&key);
    if (r < 0)
        return fault_set(f, r, _("cannot make a key: %s"), fault_errno(-r));
    r = sign_key_write(path, &key, f);
    if (r == 0)
        *ret = key;
    sign_key_wipe(&key);
    return r;
}

int identity_keys_parse(const json_t *array, uint8_t (*ret)[SIGN_PUBLIC_SIZE], size_t min, size_t max,
                        size_t *ret_count, struct fault *f)
{
    size_t n = json_array_size(array);
    if ((min > 0 && !json_is_array(array)) || n < min || n > max)
        return fault_set(f, -EBADMSG, _("\"keys\" is no array of %zu to %zu"), min, max);
    for (size_t i = 0; i < n; i++) {
        const char *text = json_string_value(json_array_get(array, i));
        if (!text || base64_read(text, strlen(text), ret[i], SIGN_PUBLIC_SIZE) < 0)
            return fault_set(f, -EBADMSG, _("key %zu is not 32 octets in base64"), i + 1);
    }
    *ret_count = n;
    return 0;
}

static int keys_read(const json_t *object, struct identity *id, struct fault *f)
{
    const char *recovery;
    int r;
    if ((r = identity_keys_parse(json_object_get(object, "keys"), id->keys, 1, IDENTITY_KEYS_MAX, &id->key_count, f)) <
            0 ||
        (r = identity_keys_parse(json_object_get(object, "was"), id->was, 0, IDENTITY_WAS_MAX, &id->was_count, f)) <
            0 ||
        (r = json_get_int_or(object, "serial", 0, INT64_MAX, 0, &id->serial, f)) < 0 ||
        (r = json_get_text_or(object, "recovery", 64, NULL, &recovery, f)) < 0)
        return r;
    id->has_recovery = recovery != NULL;
    if (recovery && base64_read(recovery, strlen(recovery), id->recovery, SIGN_PUBLIC_SIZE) < 0)
        return fault_set(f, -EBADMSG, _("\"recovery\" is not 32 octets in base64"));
    return 0;
}

static int object_read(const json_t *object, struct identity *id, struct fault *f)
{
    const char *probe, *collector, *at;
    int r;
    if (!json_is_object(object))
        return fault_set(f, -EBADMSG, _("no object"));
    if ((r = json_get_text(object, "probe", PROBE_ID_SIZE - 1, &probe, f)) < 0 ||
        (r = json_get_text(object, "collector", COLLECTOR_URL_MAX, &collector, f)) < 0 ||
        (r = json_get_text(object, "enrolled_at", 40, &at, f)) < 0 ||
        (r = json_get_int_or(object, "turn", 0, INT64_MAX - 1, 0, &id->turn, f)) < 0 ||
        (r = keys_read(object, id, f)) < 0)
        return r;
    if (time_parse(at, strlen(at), &id->enrolled_at_us) < 0)
        return fault_set(f, -EBADMSG, _("\"enrolled_at\" is no time"));
    strcpy(id->probe, probe);
    return identity_url(collector, id->collector, f);
}

int identity_read(const char *state_dir, struct identity *ret, struct fault *f)
{
    _cleanup_(identity_wipe) struct identity id = {0};
    _cleanup_text_ char *path = alloc_format("%s/identity.json", state_dir);
    _cleanup_text_ char *key_path = alloc_format("%s/key", state_dir);
    _cleanup_(buf_free) struct buf text = {0};
    _cleanup_json_ json_t *object = NULL;
    int r = file_read(path, ENROL_BYTES_MAX, &text, f);
    if (r == -ENOENT)
        return fault_set(f, r, _("%s: this probe is not enrolled; run `internetmetre-agent enroll URL TOKEN`"),
                         state_dir);
    if (r < 0)
        return r;
    r = json_read(text.data, text.len, ENROL_BYTES_MAX, JSON_DEPTH_MAX, &object, f);
    if (r == 0)
        r = object_read(object, &id, f);
    if (r < 0) {
        fault_prefix(f, "%s: ", path);
        return r;
    }
    r = sign_key_read(key_path, &id.key, f);
    if (r < 0)
        return r == -ENOENT ? fault_set(f, -EIO, _("%s: the key is gone; enrol anew in an empty folder"), key_path) : r;
    *ret = id;
    return 0;
}

static json_t *keys_json(const uint8_t (*keys)[SIGN_PUBLIC_SIZE], size_t count)
{
    char text[64];
    json_t *array = json_array();
    for (size_t i = 0; i < count; i++) {
        base64_write(keys[i], SIGN_PUBLIC_SIZE, text);
        json_array_append_new(array, json_string(text));
    }
    return array;
}

int identity_write(const char *state_dir, const struct identity *id, struct fault *f)
{
    char at[TIME_TEXT_SIZE], recovery[64];
    base64_write(id->recovery, SIGN_PUBLIC_SIZE, recovery);
    _cleanup_text_ char *path = alloc_format("%s/identity.json", state_dir);
    _cleanup_json_ json_t *object = json_pack(
        "{s:s, s:s, s:o, s:s?, s:I, s:o, s:s, s:I}", "probe", id->probe, "collector", id->collector, "keys",
        keys_json(id->keys, id->key_count), "recovery", id->has_recovery ? recovery : NULL, "serial",
        (json_int_t)id->serial, "was", keys_json(id->was, id->was_count), "enrolled_at",
        time_format(id->enrolled_at_us, at), "turn", (json_int_t)id->turn);
    _cleanup_text_ char *line = json_text(object);
    _cleanup_text_ char *content = alloc_format("%s\n", line);
    return file_write_atomic(path, content, strlen(content), 0600, f);
}

int64_t identity_turn(struct identity *id, int64_t wall_us)
{
    int64_t wall_s = wall_us / 1000000;
    id->turn = wall_s > id->turn ? wall_s : id->turn + 1;
    return id->turn;
}

void identity_retire(struct identity *id)
{
    if (id->was_count > 0 && memcmp(id->was[0], id->key.public, SIGN_PUBLIC_SIZE) == 0)
        return; /* a crash came between this and the new key */
    size_t kept = id->was_count < IDENTITY_WAS_MAX ? id->was_count : IDENTITY_WAS_MAX - 1;
    memmove(id->was[1], id->was[0], kept * SIGN_PUBLIC_SIZE);
    memcpy(id->was[0], id->key.public, SIGN_PUBLIC_SIZE);
    id->was_count = kept + 1;
}

void identity_wipe(struct identity *id)
{
    sign_key_wipe(&id->key);
}
