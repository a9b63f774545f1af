/* An image that authors put beside a chapter: PNG, JPEG, or SVG that draws and
 * does nothing else. It becomes a part of the document, which stays one file; what a
 * camera noted beside the picture does not (photograph.h). */
#pragma once

#include "common/alloc.h"
#include "common/buf.h"
#include "common/fault.h"

#define IMAGE_BYTES_MAX (4u << 20)
#define IMAGE_DEPTH_MAX 64 /* elements of an SVG in each other */

/* Appends it as "data:image/png;base64,…". A link is not followed. -EBADMSG, -ENOENT, -ELOOP, -EFBIG with path and cure
 * in f. */
int image_read(const char *path, struct buf *out, struct fault *f) CHECKED;
