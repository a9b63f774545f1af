/* zstd with a bound on what comes out. */
#pragma once

#include <stddef.h>

#include "common/alloc.h"
#include "common/buf.h"
#include "common/fault.h"

void zst_pack(const void *bytes, size_t len, struct buf *out);

/* -EFBIG when more than max bytes would come out, -EBADMSG when it is no whole
 * zstd frame. Memory stays below max whatever the frame's header claims. */
int zst_unpack(const void *bytes, size_t len, size_t max, struct buf *out, struct fault *f) CHECKED;
