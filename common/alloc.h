/* Allocation that does not fail: a program of ours that cannot get a few
 * kilobytes stops with a message, and what was promised to the user is on disk.
 * Sizes that a peer controls are checked against common/limits.h first. */
#pragma once

#include <stdlib.h>
#include <unistd.h>

#define CHECKED __attribute__((warn_unused_result))

void *alloc_zero(size_t count, size_t size) CHECKED;
void *alloc_resize(void *old, size_t count, size_t size) CHECKED;
char *alloc_text(const char *text) CHECKED; /* NULL stays NULL */
char *alloc_text_n(const char *text, size_t len) CHECKED;
char *alloc_format(const char *format, ...) CHECKED __attribute__((format(printf, 1, 2)));

/* `_cleanup_(buf_free) struct buf b = {0};` calls the function with the
 * variable's address when it goes out of scope. */
#define _cleanup_(function) __attribute__((cleanup(function)))

static inline void free_text(char **text)
{
    free(*text);
}
static inline void close_fd(int *fd)
{
    if (*fd >= 0)
        close(*fd);
}
#define _cleanup_text_ _cleanup_(free_text)
#define _cleanup_fd_   _cleanup_(close_fd)

/* Hands a pointer over: returns it and nulls the local. */
#define TAKE(pointer)                                                                                                  \
    ({                                                                                                                 \
        __typeof__(pointer) _p = (pointer);                                                                            \
        (pointer) = NULL;                                                                                              \
        _p;                                                                                                            \
    })

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
