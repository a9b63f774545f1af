/* What is known of each file that was imported: a run, with a number, in the
 * table import_run. What it replaced is kept until it is taken back, which
 * gives back exactly what was there before (schema/functions/import.sql). */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "collector/db/pg.h"
#include "collector/format/encode.h"
#include "collector/import/remark.h"
#include "common/buf.h"
#include "common/fault.h"
#include "common/sign.h"

struct import_kind;

struct import_run {
    const struct import_kind *kind;
    const char *word; /* of the kind, on the command line; borrowed, as are the next two */
    const char *path;
    const char *by;        /* who imports it */
    const char *country;   /* the collector's own; known once it is stored */
    const char *retrieved; /* the day on which its figures were taken, where they say none; NULL: not given */
    char sha256[HASH_TEXT_SIZE];
    size_t octets, lines;
    char number[16];   /* decimal; "" before it is begun */
    int64_t withdrawn; /* figures that its source gave before, and gives no more */
    int64_t same;      /* the run that brought the very same file and still stands, 0 for none */
    struct remarks remarks;
};

/* Fills in what a file's text tells: its hash, its size. */
void run_describe(struct import_run *run, const struct buf *text);

/* Stores what run->kind->read made, as a run, in one transaction and one run at a
 * time. Where the same file stands already, nothing is stored, and run->same
 * names its run: -EBADMSG where it was not taken with the same options. */
int run_store(struct pg *pg, struct import_run *run, const void *list, size_t *ret_count, struct fault *f) CHECKED;

/* Takes one back. -ENOENT when there is none of the number, -EALREADY when it
 * is taken back already, -EBUSY with the later runs that stand on it in f,
 * -EPERM for comments of a consultation. */
int run_undo(struct pg *pg, const char *number, const char *by, struct fault *f) CHECKED;

/* Lets surveys of one into reports that lack the visa their country asks for.
 * -ENOENT, -EALREADY as above, -EINVAL where nothing of it lacks one. */
int run_admit(struct pg *pg, const char *number, const char *by, const char *why, struct fault *f) CHECKED;

/* All of them, the last first: a table for people, or rows for programs. */
int run_list_table(struct pg *pg, struct fault *f) CHECKED;
int run_list(struct pg *pg, enum encode_format format, FILE *out, struct fault *f) CHECKED;
