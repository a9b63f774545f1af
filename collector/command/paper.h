/* Documents that a command puts into a folder which the command line names. */
#pragma once

#include <stdbool.h>

#include "common/alloc.h"
#include "common/buf.h"
#include "common/fault.h"

/* The folder for what is written in passing: TMPDIR, or /tmp. */
const char *paper_scratch(void);

/* All of it is done as whoever gave the command. */
struct paper {
    const char *folder; /* is made where it is missing */
    bool no_png;        /* that there is none was said */
};

/* Writes a file, and prints its path. name: may be in one more folder, "figures/PER1.svg". */
int paper_write(const struct paper *paper, const char *name, const struct buf *bytes, struct fault *f) CHECKED;
/* Its halves, for files that are to appear together; what was staged and is not settled is to be taken back. */
int paper_stage(const struct paper *paper, const char *name, const struct buf *bytes, struct fault *f) CHECKED;
int paper_settle(const struct paper *paper, const char *name, struct fault *f) CHECKED;
void paper_unstage(const struct paper *paper, const char *name);
/* Waits for who else writes into the folder, until *ret_fd is closed. */
int paper_lock(const struct paper *paper, int *ret_fd, struct fault *f) CHECKED;
/* The HTML document as PDF. Where WeasyPrint is not installed that is said, with its package, and out stays empty. */
int paper_make_pdf(const struct buf *html, struct buf *out, struct fault *f) CHECKED;
/* The same as a file, where there is one. */
int paper_write_pdf(const struct paper *paper, const char *name, const struct buf *html, struct fault *f) CHECKED;
/* An SVG as PNG. Where rsvg-convert is not installed that is said once, and out stays empty. */
int paper_make_png(struct paper *paper, const struct buf *svg, struct buf *out, struct fault *f) CHECKED;
/* The first HTML file of the folder that is not among these, whose caller frees it; NULL: there is none. */
char *paper_other(const struct paper *paper, const char *const *names, size_t count);
/* Takes away what an earlier report left there, if any, and says so. */
int paper_remove(const struct paper *paper, const char *name, struct fault *f) CHECKED;
/* Reads one back. -ENOENT: there is none. */
int paper_read(const char *folder, const char *name, struct buf *ret, struct fault *f) CHECKED;
