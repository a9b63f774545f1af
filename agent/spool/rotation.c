#include "agent/spool/rotation.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "common/file.h"

int rotation_wish(const char *state_dir, struct sign_key *ret, struct fault *f)
{
    _cleanup_text_ char *path = alloc_format("%s/key.next", state_dir);
    int r = sign_key_read(path, ret, f);
    return r == -ENOENT || r == -EBADMSG ? 0 : r < 0 ? r : 1;
}

int rotation_finish(const char *state_dir, const struct chain *head, struct identity *identity, struct fault *f)
{
    _cleanup_(sign_key_wipe) struct sign_key next = {0};
    int r = head->has_rotated ? rotation_wish(state_dir, &next, f) : 0;
    if (r <= 0 || memcmp(next.public, head->rotated, sizeof next.public) != 0)
        return r < 0 ? r : 0;
    _cleanup_text_ char *wish = alloc_format("%s/key.next", state_dir), *path = alloc_format("%s/key", state_dir);
    identity_retire(identity);
    r = identity_write(state_dir, identity, f);
    if (r < 0)
        return r;
    if (rename(wish, path) < 0)
        return fault_set(f, -errno, "%s: %s", wish, fault_errno(errno));
    identity->key = next;
    return file_sync_dir(state_dir, f);
}
