#include "agent/probe/owner.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "common/alloc.h"
#include "common/buf.h"
#include "common/file.h"
#include "common/lang.h"

#define PREFIX "imo_"

int owner_read(const char *state_dir, char ret[static OWNER_TEXT_SIZE], struct fault *f)
{
    _cleanup_text_ char *path = alloc_format("%s/owner", state_dir);
    _cleanup_(buf_free) struct buf text = {0};
    int r = file_read(path, 256, &text, f);
    if (r < 0)
        return r;
    size_t len = strcspn(text.data, "\n");
    if (len != OWNER_TEXT_SIZE - 1 || strncmp(text.data, PREFIX, strlen(PREFIX)) != 0)
        return fault_set(f, -ENOENT, _("%s: holds no owner's secret"), path);
    memcpy(ret, text.data, len);
    ret[len] = '\0';
    return 0;
}

int owner_make(const char *state_dir, char ret[static OWNER_TEXT_SIZE], struct fault *f)
{
    uint8_t bytes[16];
    char line[OWNER_TEXT_SIZE + 1];
    int r = owner_read(state_dir, ret, f);
    if (r != -ENOENT)
        return r;
    random_bytes(bytes, sizeof bytes);
    strcpy(ret, PREFIX);
    for (size_t i = 0; i < sizeof bytes; i++)
        snprintf(ret + strlen(PREFIX) + 2 * i, 3, "%02x", bytes[i]);
    snprintf(line, sizeof line, "%s\n", ret);
    _cleanup_text_ char *path = alloc_format("%s/owner", state_dir);
    return file_write_atomic(path, line, strlen(line), 0600, f);
}

const char *owner_hash(const char *secret, char ret[static HASH_TEXT_SIZE])
{
    uint8_t hash[HASH_SIZE];
    hash_make("", secret, strlen(secret), hash);
    return hash_text(hash, ret);
}

char *owner_link(const char *collector, const char *secret)
{
    return alloc_format("%s/api/v1/results?format=csv&key=%s", collector, secret);
}
