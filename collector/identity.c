#include "collector/identity.h"

#include <errno.h>

int identity_open(const char *state_dir, const struct user *u, struct sign_key *ret, struct fault *f)
{
    _cleanup_text_ char *path = alloc_format("%s/collector.key", state_dir);
    int rc = sign_key_read(path, ret, f);
    if (rc != -ENOENT)
        return rc;
    rc = sign_key_new(ret);
    if (rc < 0)
        return fault_set(f, rc, "no random bytes for a key");
    rc = sign_key_write(path, ret, f);
    return rc < 0 ? rc : user_give(u, path, f);
}
