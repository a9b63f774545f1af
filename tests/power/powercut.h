/* A disk that forgets: stands between a program and one folder of its files,
 * remembers what was made durable and what was not, and at a cut puts the
 * folder into a state that a power failure could have left.
 *
 * The model is stricter than ext4's promises:
 *   - the octets of a file are durable up to its length at its last fsync or
 *     fdatasync; of what came after, a cut keeps all, nothing, a part, or a part
 *     followed by zeros;
 *   - creating, renaming and removing a name are durable once its folder was
 *     fsynced (one of the two, for a rename between folders); of those that were
 *     not, a cut keeps none, the first few, or any of them whatever their order.
 * Replacing and truncating are the only changes of a file that it understands:
 * what is written goes to the file's end. Folders are durable at once.
 *
 * Linked into a test it offers the functions below. Preloaded into a program
 * (LD_PRELOAD) it is steered by the environment:
 *   POWERCUT_ROOT  the folder; POWERCUT_ROOT.kept beside it is used meanwhile
 *   POWERCUT_AT    the operation at whose start the power goes: the folder is
 *                  changed and the program killed
 *   POWERCUT_SEED  chooses what is kept
 *   POWERCUT_LOG   a file that tells what a journal was given, and when, in
 *                  seconds of CLOCK_BOOTTIME: "w TIME FILE LINE" for each write,
 *                  "s TIME FILE" when it was made durable, "c TIME" at the cut
 * One thread. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* Everything that is there counts as durable. */
void powercut_start(const char *root, uint64_t seed);
/* From the nth operation on nothing works any more (EIO); 0: never. */
void powercut_after(uint64_t n);
bool powercut_dead(void); /* has it gone? */
/* What is left after the cut; the power is back. */
void powercut_apply(void);
/* Octets that the disk still takes (then ENOSPC); -1: any number. */
void powercut_room(int64_t bytes);
void powercut_stop(void);

struct powercut_count {
    uint64_t operations, syncs, bytes; /* bytes: given to write() */
};
extern struct powercut_count powercut_count;
