/* Files written so that a power cut leaves the old or the new content, whole. */
#pragma once

#include <glob.h>
#include <stddef.h>
#include <sys/types.h>

#include "common/alloc.h"
#include "common/buf.h"
#include "common/fault.h"

/* Writes path.tmp, fsyncs it, renames it over path, fsyncs the folder. */
int file_write_atomic(const char *path, const void *bytes, size_t len, mode_t mode, struct fault *f) CHECKED;
/* Its halves, for files that are to appear together: the first takes all the room, or fails with -EISDIR where a folder
 * has the name; it is taken back by unstage. */
int file_stage(const char *path, const void *bytes, size_t len, mode_t mode, struct fault *f) CHECKED;
int file_settle(const char *path, struct fault *f) CHECKED;
void file_unstage(const char *path);

/* Removes what writes that were cut off left in a folder: the files whose names
 * end in `ending`, FILE_UNFINISHED or the same behind more of a name where the
 * folder is not ours alone. What somebody is writing stays. A folder that is not
 * there is clean. */
#define FILE_UNFINISHED ".tmp"
int file_sweep(const char *dir, const char *ending, struct fault *f) CHECKED;

/* open(2) for names that somebody else may have given a meaning: a named pipe
 * would be waited for without end, and is refused with -EINVAL, a folder with
 * -EISDIR; a device such as /dev/null is as good as a file. */
int file_open(const char *path, int flags, mode_t mode, int *ret_fd, struct fault *f) CHECKED;

/* Reads a whole file of at most max bytes; -EFBIG past that, -ENOENT when
 * absent (f is filled each time). */
int file_read(const char *path, size_t max, struct buf *ret, struct fault *f) CHECKED;

/* The same of a file that is there itself: of a link, which somebody may have laid to what only we can read, -ELOOP. */
int file_read_itself(const char *path, size_t max, struct buf *ret, struct fault *f) CHECKED;

/* The paths that match a pattern (glob(3)), for globfree in any case. None is
 * fine; a folder that cannot be read is a failure, and not none. */
int file_match(const char *pattern, glob_t *ret, struct fault *f) CHECKED;

/* mkdir -p; what it makes gets `mode`. */
int file_make_dir(const char *path, mode_t mode, struct fault *f) CHECKED;

/* fsyncs a folder, so that a rename or an unlink in it is durable. */
int file_sync_dir(const char *path, struct fault *f) CHECKED;

/* Takes the lock of a state directory, and sweeps it: an exclusive flock on
 * dir/lock that holds the owner's process id. -EBUSY names the other process. The
 * descriptor in ret_fd keeps the lock until it is closed. */
int file_lock_dir(const char *dir, int *ret_fd, struct fault *f) CHECKED;
