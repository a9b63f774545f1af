#include "collector/report/tool.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "collector/db/user.h"
#include "common/file.h"
#include "common/lang.h"

char *tool_find(const char *name, const char *search)
{
    for (const char *at = search; at && *at;) {
        size_t len = strcspn(at, ":");
        _cleanup_text_ char *path = alloc_format("%.*s/%s", (int)len, at, name);
        if (*path == '/' && access(path, X_OK) == 0)
            return TAKE(path);
        at += len + (at[len] == ':');
    }
    return NULL;
}

static int run_in(const struct tool_job *job, const char *folder, const struct buf *in, struct buf *out,
                  struct fault *f)
{
    _cleanup_(buf_free) struct buf said = {0};
    _cleanup_text_ char *given = alloc_format("%s/in", folder), *made = alloc_format("%s/out", folder);
    const char *argv[TOOL_ARGUMENTS_MAX + 2] = {job->program};
    for (size_t a = 0; a < TOOL_ARGUMENTS_MAX && job->arguments[a]; a++)
        argv[a + 1] = !strcmp(job->arguments[a], TOOL_IN)    ? given
                      : !strcmp(job->arguments[a], TOOL_OUT) ? made
                                                             : job->arguments[a];
    int rc = file_write_atomic(given, in->data, in->len, 0600, f);
    if (rc == 0)
        rc = user_run_bound(argv, job->limit_s, &said, f);
    if (rc == 0)
        rc = file_read(made, job->max_bytes, out, f);
    unlink(given);
    unlink(made);
    return rc;
}

int tool_run(const struct tool_job *job, const struct buf *in, struct buf *out, struct fault *f)
{
    _cleanup_text_ char *folder = alloc_format("%s/internetmetre-XXXXXX", job->scratch);
    if (!mkdtemp(folder))
        return fault_set(f, -errno, _("%s: cannot make the folder: %s"), folder, fault_errno(errno));
    int rc = run_in(job, folder, in, out, f);
    rmdir(folder);
    return rc;
}
