/* A document as PDF, by WeasyPrint where it is installed. */
#pragma once

#include <stdbool.h>

#include "common/alloc.h"
#include "common/buf.h"
#include "common/fault.h"

/* The program in a search path such as PATH; the caller frees. NULL: there is none. */
char *pdf_program(const char *search) CHECKED;

#define PDF_BYTES_MAX (64u << 20)

/* Makes a PDF of an HTML text that needs nothing else, with its structure as tags, its title and its language
 * (PDF/UA-1, as far as the program knows it: its version 57 has no tag for a figure, whose words are read). As who
 * acts: the files that this takes lie in a folder of its own in `scratch`, which is gone when it ends. -EIO with what
 * the program said. */
int pdf_make(const char *program, const char *scratch, const struct buf *html, struct buf *out,
             struct fault *f) CHECKED;
