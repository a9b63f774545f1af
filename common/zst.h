/* zstd, one frame at a time (RFC 8878 section 3.1.1). */
#pragma once

#include <stddef.h>

#include "common/alloc.h"
#include "common/buf.h"
#include "common/fault.h"

/* Appends one frame that tells its content's size; its window is the whole when
 * that has at most ZST_WHOLE_MAX octets. */
void zst_pack(const void *bytes, size_t len, struct buf *out);

/* Appends what one frame holds, which has to be `length` octets as the frame
 * itself says: no octet more is written, whatever comes. -EBADMSG when it is not
 * one whole frame of `len` octets, when it tells no size or another one, asks
 * for a dictionary or for a window above ZST_WINDOW_MAX, or has one that is
 * shorter than what it holds. */
int zst_unpack(const void *bytes, size_t len, size_t length, struct buf *out, struct fault *f) CHECKED;

/* What a frame may make any reader allocate: RFC 8878 section 3.1.1.1.2 asks
 * readers to take 8 MiB. */
#define ZST_WINDOW_MAX (8u << 20)
#define ZST_WHOLE_MAX  (2u << 20)
