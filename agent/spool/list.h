/* The files of the spool and where they lie: sealed batches that wait, that the
 * collector holds, that it refused. Reading them needs no lock: files only ever
 * appear whole and never change. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/batch.h"
#include "common/buf.h"
#include "common/fault.h"

enum spool_place { SPOOL_WAITING, SPOOL_ACKED, SPOOL_REJECTED, SPOOL_PLACES };

struct spool_entry {
    int64_t number; /* names the file; ascending with time, never used twice */
    int64_t size;   /* as on disk, compressed */
    /* Of the batch in it, once somebody has looked: seq 0 when not. */
    int64_t seq;
    uint64_t chain; /* the first 16 digits of its id */
    bool rotates;   /* it brings a new key */
};

struct spool_list {
    struct spool_entry *entries; /* ascending by number */
    size_t count, cap;
    int64_t bytes;
};

/* What is in a place, without a lock: files only ever appear whole. */
int spool_list_read(const char *state_dir, enum spool_place place, struct spool_list *ret, struct fault *f) CHECKED;
void spool_list_free(struct spool_list *list);
/* In its place in the order; removing tells the size, 0 when it is not there. */
void spool_list_add(struct spool_list *list, int64_t number, int64_t size);
int64_t spool_list_remove(struct spool_list *list, int64_t number);

const char *spool_folder(enum spool_place place); /* within the state directory */
char *spool_path(const char *state_dir, enum spool_place place, int64_t number) CHECKED;
const char *spool_place_word(enum spool_place place);

/* Reads one sealed file, which is our own: its bytes, which ret borrows, and the
 * results unpacked. -EBADMSG when it is damaged. */
int spool_read(const char *path, struct buf *ret_bytes, struct batch *ret, struct fault *f) CHECKED;
