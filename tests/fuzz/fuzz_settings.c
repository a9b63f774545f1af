/* The owner's file with tasks, of any octets: refused with file and line, or
 * tasks that can run, under the owner's own policy. */
#include "tests/fuzz/fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "agent/daemon/settings.h"

static void check_task(const struct task *t, const struct settings *s)
{
    struct fault f = {0};
    if (t->remote || t->interval_us < LOCAL_INTERVAL_MIN_US || t->interval_us > TASK_INTERVAL_MAX_US)
        abort();
    if (!task_name_valid(t->args.task) || schedule_find(&s->tasks, t->args.task) != t)
        abort();
    if (t->args.policy.allow_private != s->allow_private_targets || task_check(t, &f) < 0)
        abort();
    (void)task_month_bytes(t);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    static int fd = -1;
    static char path[32];
    if (fd < 0) {
        fd = memfd_create("agent.conf", 0);
        snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    }
    if (ftruncate(fd, 0) < 0 || pwrite(fd, bytes, len, 0) != (ssize_t)len)
        abort();
    struct settings s = {0};
    struct fault f = {0};
    if (settings_read(path, &s, &f) < 0) {
        if (!strstr(f.text, path))
            abort();
    } else {
        for (size_t i = 0; i < s.tasks.count; i++)
            check_task(s.tasks.tasks[i], &s);
    }
    settings_free(&s);
    return 0;
}
