/* What a camera or an editor noted in a picture beside what is to be seen: the
 * place where it was taken, the device, a smaller picture of what was cut off.
 * A report is public, and where a volunteer's box stands is not. */
#pragma once

#include "common/alloc.h"
#include "common/buf.h"
#include "common/fault.h"

/* Adds the JPEG (ITU-T T.81 annex B) to out: the picture, its colours (ICC, Adobe) and which way up it is, and nothing
 * behind its end. -EBADMSG with the cure. */
int photograph_jpeg(const struct buf *in, struct buf *out, struct fault *f) CHECKED;
/* The same of a PNG (ISO/IEC 15948 chapter 11). */
int photograph_png(const struct buf *in, struct buf *out, struct fault *f) CHECKED;
