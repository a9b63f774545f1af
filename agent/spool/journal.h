/* The journal: results that are not sealed yet, on disk.
 *
 * One file, journal/NNNNNNNN.ndjson, named for the batch that it will become
 * (a number that is never used twice in a state directory):
 *
 *   {"journal":1,"boot":"…","mono_us":…,"epoch":…}   when its first result came
 *   {"task":…}                                       a line a result
 *
 * Lines are written as they come and made durable by journal_sync, so that a
 * kill of the program loses nothing and a power cut at most what came since
 * the last sync. A cut may leave a torn last line, or blocks of zeros: only
 * lines that read as results are sealed, and the file is cut back to its last
 * whole line before more is appended. Results of two boots never share a
 * file, because their mono_us cannot be compared; nor do those of two networks
 * (epoch, see spool.h), so that a batch belongs to one. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

#include "common/alloc.h"
#include "common/buf.h"
#include "common/clock.h"
#include "common/fault.h"
#include "common/limits.h"

/* A journal is sealed early at this size: whatever its content, the batch
 * then stays below BATCH_WIRE_MAX and BATCH_BYTES_MAX. */
#define JOURNAL_BYTES_MAX (BATCH_WIRE_MAX - (256u << 10))

struct journal {
    char *dir; /* owned */
    int fd;    /* -1 when no result is open */
    int64_t number;
    char boot[BOOT_ID_SIZE];
    int64_t since_us; /* CLOCK_BOOTTIME of the first result, in that boot */
    int64_t count;
    size_t bytes;
    bool dirty; /* written and not durable yet */
};

/* Nothing is open; the folder is made. */
int journal_init(struct journal *j, const char *state_dir, struct fault *f) CHECKED;
void journal_free(struct journal *j); /* closes; what was written stays */

/* The numbers of the journals on disk, ascending; returns how many, at most
 * max, or < 0. There is one, or none, unless something went wrong. */
int journal_list(const struct journal *j, int64_t *ret_numbers, size_t max, struct fault *f) CHECKED;

/* Opens the journal of `number` to append more, cut back to its last whole
 * line. -ESTALE when it belongs to another boot. */
int journal_resume(struct journal *j, int64_t number, const struct clock *clock, struct fault *f) CHECKED;

/* Starts a new one. epoch is a small object for its first line, or NULL. */
int journal_start(struct journal *j, int64_t number, const struct clock *clock, const json_t *epoch,
                  struct fault *f) CHECKED;

/* Would a line of this length, newline included, still fit? */
bool journal_fits(const struct journal *j, size_t len);
/* line ends in its newline. On failure the file is as before. */
int journal_append(struct journal *j, const char *line, size_t len, struct fault *f) CHECKED;
int journal_sync(struct journal *j, struct fault *f) CHECKED;

/* What a journal file holds, for sealing. */
struct journal_content {
    char boot[BOOT_ID_SIZE];
    json_t *epoch;    /* owned, NULL when none */
    struct buf lines; /* whole, valid result lines */
    int64_t count;
    size_t damaged; /* lines that were left out */
    bool has_last;
    int64_t last_at_us, last_mono_us; /* of the last result */
    bool last_sync;
};
/* A file without a readable first line gives no results and an empty boot. */
int journal_read(const struct journal *j, int64_t number, struct journal_content *ret, struct fault *f) CHECKED;
void journal_content_free(struct journal_content *c);

/* Gives a journal that is not open another number, which must be free. */
int journal_rename(struct journal *j, int64_t from, int64_t to, struct fault *f) CHECKED;

/* Closes it if it is open, and removes the file durably. */
int journal_remove(struct journal *j, int64_t number, struct fault *f) CHECKED;
