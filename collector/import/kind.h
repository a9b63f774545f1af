/* A kind of file that `import` takes. One is a file of this folder, which
 * defines it, and a line in the table of collector/command/import.c. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "collector/db/pg.h"
#include "collector/import/run.h"
#include "common/buf.h"
#include "common/fault.h"

struct input;

struct import_kind {
    /* Reads and checks a whole file before anything is stored, and notes in
     * run->remarks what is unusual: -EBADMSG with the place and the cure in f. *ret
     * is freed by `free`, before the text. */
    int (*read)(struct import_run *run, const struct buf *text, void **ret, struct fault *f);
    /* Stores all of it, in a transaction that run_store opens and ends. What is
     * stored has run->number. -EBADMSG: the file's fault. */
    int (*store)(struct pg *pg, struct import_run *run, const void *list, size_t *ret_count, struct fault *f);
    void (*free)(void *list);
    void (*say)(const void *list, size_t count); /* how many of what are stored now, in the log */
    const char *template;                        /* of a file; NULL: its publisher makes it */
    int (*undo)(struct pg *pg, const char *by,
                struct fault *f); /* takes all its runs back; NULL: `import undo N` does */
    bool whole;                   /* a file is all there is of its sources: what it lacks is taken away */
    const struct input *input;    /* what INPUT_KIND reads and stores (input.h); NULL: a kind with code of its own */
    const char *within;           /* its file of a folder that is given in its place; NULL: a folder is none */
};
