/* Other people's programs that make a file of a file: WeasyPrint, rsvg-convert. */
#pragma once

#include <stddef.h>

#include "common/alloc.h"
#include "common/buf.h"
#include "common/fault.h"

/* In the arguments of a program, the paths of what it reads and of what it is to make. */
#define TOOL_IN  "{in}"
#define TOOL_OUT "{out}"

#define TOOL_ARGUMENTS_MAX 8
#define TOOL_LIMIT_S       1800 /* a report of a thousand lines takes WeasyPrint a minute on a slow machine */

/* The program of that name in a search path such as PATH; the caller frees. NULL: there is none. */
char *tool_find(const char *name, const char *search) CHECKED;

struct tool_job {
    const char *program;          /* as tool_find gives it */
    const char *const *arguments; /* at most TOOL_ARGUMENTS_MAX, then NULL */
    const char *scratch;          /* a folder for folders */
    size_t max_bytes;             /* of what it makes */
    int limit_s;                  /* that it may take */
};

/* Gives the program `in` and adds what it made of it to out. As who acts: the files that this takes lie in a folder of
 * its own in the scratch, which is gone when it ends. -EIO with what the program said;
 * -ETIMEDOUT. */
int tool_run(const struct tool_job *job, const struct buf *in, struct buf *out, struct fault *f) CHECKED;
