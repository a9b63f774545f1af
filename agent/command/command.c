#include "agent/command/command.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <grp.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/daemon/control.h"
#include "agent/command/errand_alone.h"
#include "common/file.h"
#include "common/json.h"
#include "common/lang.h"
#include "common/log.h"

#define PROGRAM "internetmetre-agent"

/* An agent that starts or ends has the lock for a moment without being asked. */
#define BUSY_TRIES    100
#define BUSY_PAUSE_US 100000

int command_failed(const char *format, ...)
{
    va_list ap;
    va_start(ap, format);
    fputs(PROGRAM ": ", stderr);
    vfprintf(stderr, format, ap);
    va_end(ap);
    fputc('\n', stderr);
    return EXIT_NOT_OK;
}

int command_settings(const struct invocation *in, struct settings *ret)
{
    struct fault f;
    if (settings_read(in->config, ret, &f) < 0) {
        command_failed("%s", f.text);
        return EXIT_USAGE;
    }
    lang_start(settings_language(ret));
    log_set_level((enum log_level)ret->log_level);
    return EXIT_OK;
}

static int act_as_owner(const char *dir, struct fault *f)
{
    struct stat st;
    if (stat(dir, &st) < 0)
        return fault_set(f, -errno, "%s: %s", dir, fault_errno(errno));
    if (geteuid() != 0 || st.st_uid == 0)
        return 0;
    if (setgroups(1, &st.st_gid) < 0 || setgid(st.st_gid) < 0 || setuid(st.st_uid) < 0)
        return fault_set(f, -errno, _("%s: cannot act as the folder's owner: %s"), dir, fault_errno(errno));
    return 0;
}

int command_folder(const struct invocation *in, struct fault *f)
{
    int r = file_make_dir(in->state_dir, 0711, f);
    return r < 0 ? r : act_as_owner(in->state_dir, f);
}

int command_denied(const struct invocation *in, struct fault *f)
{
    return fault_set(f, -EACCES, _("%s: only root and the probe's own user may do this; put sudo before the command"),
                     in->state_dir);
}

int command_probe(const struct invocation *in, struct identity *ret, struct fault *f)
{
    int r = identity_read(in->state_dir, ret, f);
    if (r == -EACCES)
        return command_denied(in, f);
    return r < 0 ? r : act_as_owner(in->state_dir, f);
}

/* Whoever has the lock does it: this command, or the agent that runs, which may
 * be just starting or ending. */
static int errand_do(const char *dir, const struct settings *settings, const json_t *request, json_t **ret_answer,
                     struct fault *f)
{
    for (int tries = 0;; tries++) {
        struct fault busy;
        _cleanup_fd_ int lock = -1;
        int r = file_lock_dir(dir, &lock, &busy);
        if (r == 0)
            return errand_alone(dir, settings, request, ret_answer, f);
        *f = busy;
        if (r != -EBUSY)
            return r;
        r = control_ask(dir, request, ret_answer, f);
        if (r != -ENOENT && r != -ECONNREFUSED && r != -EAGAIN)
            return r;
        if (tries == BUSY_TRIES) {
            *f = r == -EAGAIN ? *f : busy;
            return r;
        }
        usleep(BUSY_PAUSE_US);
    }
}

int command_errand(const struct invocation *in, const struct settings *settings, json_t *request, json_t **ret_answer,
                   struct fault *f)
{
    _cleanup_json_ json_t *asked = request, *answer = NULL;
    int r = errand_do(in->state_dir, settings, asked, &answer, f);
    if (r == 0)
        r = errand_judge(answer, f);
    if (r == 0)
        *ret_answer = TAKE(answer);
    return r;
}
