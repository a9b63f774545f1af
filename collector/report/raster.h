/* A picture as PNG, by rsvg-convert where it is installed: for word processors, slides and messages, which take no SVG.
 */
#pragma once

#include "common/alloc.h"
#include "common/buf.h"
#include "common/fault.h"

#define RASTER_PROGRAM   "rsvg-convert"
#define RASTER_BYTES_MAX (16u << 20)

/* Makes a PNG of an SVG that needs nothing else, as tool_run does; on white, and fine enough to be printed, but one
 * that is drawn in pixels has as many. */
int raster_make(const char *program, const char *scratch, const struct buf *svg, struct buf *out,
                struct fault *f) CHECKED;
