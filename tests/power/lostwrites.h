/* A disk that forgets, under several programs: stands between them and one
 * folder of their files and notes how to undo each change that they make. At a
 * cut all of them stop at once, and tests/e2e/disk.py, which holds the model of
 * what a power failure may leave, undoes changes that were not durable.
 *
 * Preloaded (LD_PRELOAD) into a program, and by its execve() into what that
 * starts, with LOSTWRITES=ROOT in the environment. ROOT.disk lies beside the
 * folder and holds
 *   control  struct lost_control, shared by all
 *   log      one struct lost_record after another, each with its octets
 *   kept/    files that were removed or replaced, by inode number
 *
 * Each call that changes the folder or makes it durable is one operation; one
 * lock makes them happen one after another. Processes that come to an operation
 * after the cut wait there until they are killed. An fsync is noted and not
 * done: the log is the disk.
 *
 * What is not seen, and thus counts as durable: writes through mmap, those that
 * libc makes itself for stdio (fopen, fprintf), fallocate, copy_file_range,
 * modes and owners. PostgreSQL 15 writes its relations, its log and its
 * commit log with pwrite and pwritev; it uses stdio for files that it does not
 * count on after a crash, and the collector for its addition to the preset
 * postgresql.conf. Folders that are made or removed are so at once. */
#pragma once

#include <pthread.h>
#include <stdint.h>

#define LOST_LOG_MAX (1u << 30)

struct lost_control {
    uint64_t operations;
    uint64_t cut_at; /* the operation that does not happen any more; 0: none is */
    uint64_t log_len;
    uint32_t dead;  /* the power has gone */
    uint32_t ready; /* of the lock: 0 untouched, 1 being made, 2 made */
    pthread_mutex_t lock;
};

enum lost_kind {
    LOST_RANGE = 1, /* octets of inode: [a, a + b) changed, the size was c; what of them was there follows */
    LOST_SYNC,      /* inode, a file or a folder, was made durable */
    LOST_CREATE,    /* a name in folder a means inode now; the name follows */
    LOST_REMOVE,    /* a name in folder a does not mean inode any more */
    LOST_RENAME,    /* inode's name in folder a became another in folder b, where it replaced inode c or none (0) */
    LOST_RMDIR,     /* folder inode is no more */
};

struct lost_record {
    uint32_t kind, len; /* len: octets that follow; names end in a NUL each */
    uint64_t inode, a, b, c;
};
