#include "common/output.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/lang.h"

void output_open(void)
{
    /* The wrong way round, so that reading and writing fail. */
    static const int ways[] = {O_WRONLY, O_RDONLY, O_RDONLY};
    for (int fd = 0; fd < 3; fd++)
        if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", ways[fd]) != fd)
            _exit(1); /* 0 to fd - 1 are open: the next one is fd */
}

static bool told; /* a command has said so already */

int output_flush(struct fault *f)
{
    bool failed = ferror(stdout);
    errno = 0;
    if (fflush(stdout) == 0 && !failed)
        return 0;
    int why = errno ? errno : EIO;
    told = true;
    return fault_set(f, -why, _("standard output: %s; what was printed is lost, in whole or in part"),
                     fault_errno(why));
}

int output_close(const char *program, int status)
{
    struct fault f;
    bool said = told;
    if (output_flush(&f) == 0)
        return status;
    if (!said)
        fprintf(stderr, "%s: %s\n", program, f.text);
    return status ? status : 1;
}
