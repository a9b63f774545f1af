/* Paths of requests against the patterns of routes. A pattern is a path whose
 * segments may be members, "/fr/operateur/{id}": never empty, at most
 * PATH_MEMBER_MAX octets, UTF-8 without control characters. One that ends in "*"
 * stands for whatever begins so.
 *
 * Paths come decoded, once, from the HTTP server. A slash parts segments however
 * it was written: a member never holds one. */
#pragma once

#include <stdbool.h>

#include "common/buf.h"
#include "common/limits.h"

#define PATH_MEMBER_SIZE (PATH_MEMBER_MAX + 1)

bool path_matches(const char *pattern, const char *path);
/* Of two patterns that match a path: is `a` the closer one? What it spells out
 * goes before a member, from the left on, and a member before "*". */
bool path_closer(const char *a, const char *b);
/* The member of that name in a path that matches; NULL when the pattern has none. */
const char *path_member(const char *pattern, const char *path, const char *name,
                        char ret_text[static PATH_MEMBER_SIZE]);
/* A path of another pattern with the same members, written for a link. */
void path_write(const char *to, const char *pattern, const char *path, struct buf *out);
/* A text as a part of a link: what RFC 3986 leaves unreserved stands for itself. */
void path_encode(const char *text, struct buf *out);
