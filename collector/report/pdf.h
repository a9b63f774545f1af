/* A document as PDF, by WeasyPrint where it is installed. */
#pragma once

#include "common/alloc.h"
#include "common/buf.h"
#include "common/fault.h"

#define PDF_PROGRAM   "weasyprint"
#define PDF_BYTES_MAX (64u << 20)

/* Makes a PDF of an HTML text that needs nothing else, as tool_run does, with its structure as tags, its title and its
 * language (PDF/UA-1, as far as the program knows it: its version 57 has no tag for a figure, whose words are read). */
int pdf_make(const char *program, const char *scratch, const struct buf *html, struct buf *out,
             struct fault *f) CHECKED;
