#include "common/stop.h"

#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <time.h>

#include "common/lang.h"

static void signals(sigset_t *ret)
{
    sigemptyset(ret);
    sigaddset(ret, SIGINT);
    sigaddset(ret, SIGTERM);
}

void stop_hold(void)
{
    sigset_t set;
    signals(&set);
    sigprocmask(SIG_BLOCK, &set, NULL);
}

bool stop_asked(void)
{
    sigset_t pending;
    return sigpending(&pending) == 0 && (sigismember(&pending, SIGINT) || sigismember(&pending, SIGTERM));
}

int stop_check(struct fault *f)
{
    return stop_asked() ? fault_set(f, -EINTR, _("stopped")) : 0;
}

void stop_release(void)
{
    static const struct timespec at_once;
    sigset_t set;
    signals(&set);
    while (sigtimedwait(&set, NULL, &at_once) > 0)
        ;
    sigprocmask(SIG_UNBLOCK, &set, NULL);
}
