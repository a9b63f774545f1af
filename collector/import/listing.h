/* Files that have a prefix a line: what the kinds of them read alike. */
#pragma once

#include <arpa/inet.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/alloc.h"
#include "common/fault.h"

/* Hands each line that is not empty to read, without its end, which may be \r\n.
 * Stops at the first fault and names its line; -EBADMSG as well when the file is
 * no text. */
int import_lines(const char *text, size_t len, int (*read)(void *ctx, char *line, struct fault *f), void *ctx,
                 struct fault *f) CHECKED;

/* A whole number of digits alone, at most max; else -EBADMSG. */
int import_whole(const char *text, size_t len, uint64_t max, uint64_t *ret) CHECKED;

struct import_prefix {
    char addr[INET6_ADDRSTRLEN]; /* the first address */
    unsigned bits;
    bool v6;
};

/* "192.0.2.0" and "24"; -EBADMSG with the cure in f. */
int import_prefix(const char *addr, const char *length, struct import_prefix *ret, struct fault *f) CHECKED;
