/* Documents that a command puts into a folder which the command line names. */
#pragma once

#include <stdbool.h>

#include "common/alloc.h"
#include "common/buf.h"
#include "common/fault.h"

/* The folder for what is written in passing: TMPDIR, or /tmp. */
const char *paper_scratch(void);
/* As whoever gave the command; the folder is made where it is missing, and the file's path is printed. name: may be in
 * one more folder, "figures/PER1.svg". */
int paper_write(const char *folder, const char *name, const struct buf *bytes, struct fault *f) CHECKED;
/* The HTML document as PDF. Where WeasyPrint is not installed that is said, with its package, and nothing is written.
 */
int paper_write_pdf(const char *folder, const char *name, const struct buf *html, struct fault *f) CHECKED;
/* An SVG as PNG beside it, "figures/PER1.png" of "figures/PER1.svg". Where rsvg-convert is not installed that is said,
 * once for all for which *told is the same, and nothing is written. */
int paper_write_png(const char *folder, const char *svg_name, const struct buf *svg, bool *told,
                    struct fault *f) CHECKED;
