/* What goes past the functions that powercut.c stands in for, straight to the
 * kernel, and the paths that it is about. */
#pragma once

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static __attribute__((noreturn)) void broken(const char *what)
{
    char text[200];
    int len = snprintf(text, sizeof text, "powercut: %s: %s\n", what, strerror(errno));
    syscall(SYS_write, 2, text, (size_t)len);
    abort();
}

static char *copy(const char *text)
{
    char *c = strdup(text);
    if (!c)
        broken("memory");
    return c;
}

static int real_open(const char *path, int flags, mode_t mode)
{
    return (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
}

static void real_close(int fd)
{
    syscall(SYS_close, fd);
}

/* The path of an open file, "" when it has none. */
static void path_of(int fd, char ret[static PATH_MAX])
{
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(link, ret, PATH_MAX - 1);
    ret[n > 0 ? n : 0] = '\0';
}

static void absolute(int folder, const char *path, char ret[static PATH_MAX])
{
    char base[PATH_MAX];
    if (*path == '/') {
        snprintf(ret, PATH_MAX, "%s", path);
        return;
    }
    if (folder == AT_FDCWD) {
        if (!getcwd(base, sizeof base))
            base[0] = '\0';
    } else {
        path_of(folder, base);
    }
    if (snprintf(ret, PATH_MAX, "%s/%s", base, path) >= PATH_MAX)
        ret[0] = '\0';
}

static size_t folder_len(const char *path)
{
    return (size_t)(strrchr(path, '/') - path);
}

static bool is_in(const char *path, const char *folder)
{
    return path && folder_len(path) == strlen(folder) && strncmp(path, folder, strlen(folder)) == 0;
}
