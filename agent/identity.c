#include "agent/identity.h"

#include <errno.h>
#include <string.h>

#include "common/clock.h"
#include "common/file.h"
#include "common/json.h"
#include "common/lang.h"
#include "common/limits.h"

int identity_url(const char *text, char ret[static COLLECTOR_URL_MAX + 1], struct fault *f)
{
    size_t len = strlen(text);
    while (len > 0 && text[len - 1] == '/')
        len--;
    size_t scheme = strncasecmp(text, "https://", 8) == 0 ? 8 : strncasecmp(text, "http://", 7) == 0 ? 7 : 0;
    if (scheme == 0 || len <= scheme || len > COLLECTOR_URL_MAX || strpbrk(text, " \"\\?#"))
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
        return fault_set(f, r, _("cannot make a key: %s"), strerror(-r));
    r = sign_key_write(path, &key, f);
    if (r == 0)
        *ret = key;
    sign_key_wipe(&key);
    return r;
}

static int keys_read(const json_t *object, struct identity *id, struct fault *f)
{
    const json_t *keys = json_object_get(object, "keys");
    if (!json_is_array(keys) || json_array_size(keys) < 1 || json_array_size(keys) > IDENTITY_KEYS_MAX)
        return fault_set(f, -EBADMSG, "\"keys\" is no array of 1 to %d", IDENTITY_KEYS_MAX);
    for (size_t i = 0; i < json_array_size(keys); i++) {
        const char *text = json_string_value(json_array_get(keys, i));
        if (!text || base64_read(text, strlen(text), id->keys[i], SIGN_PUBLIC_SIZE) < 0)
            return fault_set(f, -EBADMSG, "key %zu is not 32 octets in base64", i + 1);
    }
    id->key_count = json_array_size(keys);
    return 0;
}

static int object_read(const json_t *object, struct identity *id, struct fault *f)
{
    const char *probe, *collector, *at;
    int r;
    if (!json_is_object(object))
        return fault_set(f, -EBADMSG, "no object");
    if ((r = json_get_text(object, "probe", PROBE_ID_SIZE - 1, &probe, f)) < 0 ||
        (r = json_get_text(object, "collector", COLLECTOR_URL_MAX, &collector, f)) < 0 ||
        (r = json_get_text(object, "enrolled_at", 40, &at, f)) < 0 || (r = keys_read(object, id, f)) < 0)
        return r;
    if (time_parse(at, strlen(at), &id->enrolled_at_us) < 0)
        return fault_set(f, -EBADMSG, "\"enrolled_at\" is no time");
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

int identity_write(const char *state_dir, const struct identity *id, struct fault *f)
{
    char at[TIME_TEXT_SIZE], text[64];
    _cleanup_text_ char *path = alloc_format("%s/identity.json", state_dir);
    _cleanup_json_ json_t *keys = json_array();
    for (size_t i = 0; i < id->key_count; i++) {
        base64_write(id->keys[i], SIGN_PUBLIC_SIZE, text);
        json_array_append_new(keys, json_string(text));
    }
    _cleanup_json_ json_t *object = json_pack("{s:s, s:s, s:O, s:s}", "probe", id->probe, "collector", id->collector,
                                              "keys", keys, "enrolled_at", time_format(id->enrolled_at_us, at));
    _cleanup_text_ char *line = json_text(object);
    _cleanup_text_ char *content = alloc_format("%s\n", line);
    return file_write_atomic(path, content, strlen(content), 0644, f);
}

void identity_wipe(struct identity *id)
{
    sign_key_wipe(&id->key);
}
